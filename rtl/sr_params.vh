// SPDX-License-Identifier: Apache-2.0
// Parameters of the core, for inclusion at the head of a module's parameter list: of sr_core, of what holds it, and of every part of the engine
// that is built by most of them. A part is given all of them at once by sr_pass.vh. They are named as in host/map/sr_map.def; their rules are in
// sr_rules.v, and docs/architecture.md ("Parameters") says more.
// verilator lint_off UNUSEDPARAM
parameter LANES         = 4,      // columns: weights and neurons a cycle. Above 64 all lanes of a module are one loop (sr_loop_*), for simulators
parameter RANK_LANES    = 1,      // terms of the perturbation a lane and cycle
parameter PROJ_UNITS    = 4,      // factors projected, and summed in the update, side by side
parameter FRAC_W        = 4,      // fraction bits of a weight
parameter BUFFERS       = 1,      // 2: base current and counts have two banks, the readout's weights a memory of their own, and the front of the next
                                  // sample runs beside the pairs of this one; 1: it runs after them
parameter INPUTS_MAX    = 592,    // limits of a network, a population, a batch
parameter HIDDEN_MAX    = 64,
parameter CLASSES_MAX   = 10,
parameter STEPS_MAX     = 14,
parameter RANK_MAX      = 4,
parameter PAIRS_MAX     = 64,
parameter SAMPLE_WORDS  = 16384,  // depths of memories
parameter RWEIGHT_WORDS = 256,
parameter BATCH_MAX     = 64,
parameter SCORE_WORDS   = 256,
parameter FACTORS       = 64,     // pairs x rank of which factors are kept
parameter COUNTERS      = 1,      // 0: the cycles in total alone are counted
parameter SOFT_LANES    = 0,      // lanes, the last ones, whose products are of LUTs, where DSP blocks do not suffice
parameter BASE_LUT      = 0,      // 1: the base buffer and, with BUFFERS 2, the class factors are in LUT RAM, where block RAM is better spent on samples
parameter WEIGHT_HOLD   = 1,      // 1: a weight is registered behind its memory, which is slow or far; 0: its address in front of it, and what
                                  // goes to the other memories is not registered: fewer cells
parameter FIT_UNITS     = 0,      // fitness in 2 pipelined units, a member each; in 1, from scores that are kept; 0: in one small serial unit
parameter SCALE_OWN     = 0,      // 1: the readout's S g has products of its own, one a member, and no gap behind rows of factors (sr_readout)
parameter QUAD          = 4,      // lanes at most that take one product of the update in turn (not LOOPS): 2 or 4
parameter LEAK_MUL      = 1,      // 1: any leak; 0: leak 32/256 alone, without multipliers
parameter LUT_RAM       = 0,      // 1: the family has RAM of LUTs, and the small memories are built of it; 2: but for the wide ones of 64 words and more,
                                  // column factors and the readout's weights, which block RAM that is left over holds in fewer cells. With either,
                                  // and where LOWRANK 0 leaves block RAM, the front has a queue of words
parameter LOCAL         = 0,      // 1: it learns in mode `local` too (sr_local)
parameter NOISE_ROUNDS  = 1,      // rounds of a noise unit in a cycle, of 16
parameter SUBTRACT      = 1,      // 1: either reset of a membrane; 0: the hard reset alone
parameter MEMBERS       = 2,      // 2: LIF and readout work on both members of a pair; 1: on one after the other, in half the cells
parameter LEAK_DSP      = 0,      // lanes, the first ones, whose neuron takes a DSP block for leak and input (sr_neuron)
parameter DSP_CHAIN     = 0,      // 1: the readout's products are added by their DSP blocks, one behind the other, where these can add (iCE40)
parameter CFG_RAM       = 0,      // 1: settings that one unit at a time reads are in a block RAM, not in flip-flops
parameter LOWRANK       = 1,      // 0, with LOCAL 1: mode `local` and inference alone. Factors, projections, the readout's S g, fitness and the
                                  // update of pairs are left out, and the readout's products are those of sr_local
parameter FULL          = 0,      // 1, with LANES above 64: full rank too, of hidden layer and readout together. The front runs once a pair and
                                  // adds up the entries of the events' rows beside their weights (sr_entries); no factors are drawn
parameter SERIAL        = 0,      // 1, with LOWRANK 0: readout and learning work on one column after another, in a fraction of the cells
// verilator lint_on UNUSEDPARAM
