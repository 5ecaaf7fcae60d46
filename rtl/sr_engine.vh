// SPDX-License-Identifier: Apache-2.0
// Sizes that follow from the parameters, for inclusion at the end of a parameter list that begins with sr_params.vh. Nobody sets them. They
// stand in the list, not in the body, because widths of ports are made of them.
// verilator lint_off UNUSEDPARAM
parameter LOOPS     = LANES > 64 ? 1 : 0,                               // lanes as loops, for simulators (sr_loop_*)
parameter WORD_W    = LANES * 16 > 32 ? LANES * 16 : 32,                // bits of the widest memory word that the host sees
parameter MASTER_W  = 8 + FRAC_W,                                       // of a weight
parameter LANES_LOG = $clog2(LANES),
parameter CUT       = LANES < 16 ? LANES : 16,                          // entries of a factor that a draw writes in a cycle
parameter CUT_LOG   = $clog2(CUT),
// what is counted: a _W holds the number itself, an _AW its addresses
parameter BLOCK_A0  = $clog2((HIDDEN_MAX + LANES - 1) / LANES),
parameter BLOCK_AW  = BLOCK_A0 > 0 ? BLOCK_A0 : 1,                      // a column block of LANES neurons
parameter BLOCKS    = 1 << BLOCK_AW,                                    // weight words are {row, block}: ROW_WORDS
parameter GROUPS    = FACTORS / PROJ_UNITS,                             // factor groups, projected in one pass of the front
parameter GROUP_AW  = $clog2(GROUPS) > 0 ? $clog2(GROUPS) : 1,
parameter GROUP_W   = $clog2(GROUPS + 1),
parameter UNIT_LOG  = $clog2(PROJ_UNITS),
parameter UNIT_W    = PROJ_UNITS > 1 ? UNIT_LOG : 1,                    // a factor in its group
parameter FACTOR_AW = $clog2(FACTORS),
parameter RANK_W    = $clog2(RANK_MAX + 1),
parameter PAIR_AW   = $clog2(PAIRS_MAX),
parameter STEP_W    = $clog2(STEPS_MAX + 1),
parameter STEP_AW   = STEPS_MAX > 2 ? $clog2(STEPS_MAX) : 1,
parameter X_WORDS   = (INPUTS_MAX + 15) / 16,                           // sample words of a step
parameter XW_W      = $clog2(X_WORDS + 1),
parameter X_AW      = $clog2(SAMPLE_WORDS),
parameter ROWS_W    = XW_W + 4 > 5 ? XW_W + 4 : 5,                      // rows of weights: inputs, or classes
parameter READ_RANK_W  = FULL != 0 ? 5 : RANK_W,                        // the readout's rows of factors; full rank: a class each
parameter READ_RANK_AW = FULL != 0 ? 4 : RANK_MAX > 1 ? $clog2(RANK_MAX) : 1,
parameter UPD_GROUP_W  = FULL != 0 ? PAIR_AW + 1 : GROUP_W,             // the update's groups; full rank: a pair each
parameter BLOCK_W0  = $clog2(BLOCKS + RANK_MAX + 2),                    // a class row's items and a gap
parameter BLOCK_W1  = BLOCK_W0 > GROUP_W ? BLOCK_W0 : GROUP_W,
parameter BLOCK_W   = BLOCK_W1 > READ_RANK_W ? BLOCK_W1 : READ_RANK_W,
parameter APART     = BUFFERS > 1 || LOCAL != 0 ? 1 : 0,                // the readout's weights have a memory of their own: mode `local` changes them
                                                                        // beside the next sample's front
parameter COLS      = SERIAL != 0 ? 1 : LANES,                          // columns that readout and learning work on together
parameter TURN_LOG  = SERIAL != 0 ? LANES_LOG : 0,
parameter TURN_W    = TURN_LOG > 0 ? TURN_LOG : 1,
parameter ITEM_W    = BLOCK_W + TURN_LOG,                               // their number, and the address of COLS of them
parameter ITEM_AW   = BLOCK_AW + TURN_LOG,
// addresses and depths of memories
parameter BANK_AW   = BUFFERS > 1 ? 1 : 0,
parameter BASE_AW   = STEP_AW + BLOCK_AW,                               // base buffer: {bank, step, block}
parameter COUNT_AW  = GROUP_AW + STEP_AW,                               // count buffer: {bank, group, step}, or results of inference
parameter CBUF_AW   = COUNT_AW + BANK_AW,
parameter CBUF_WORDS = 1 << CBUF_AW,
parameter Y_BANKS   = LOOPS != 0 || (FIT_UNITS != 0 && LOWRANK != 0) ? 4 : 2, // spike counts: {bank, block}. Where fitness keeps up with the readout, two
                                                                        // banks would stop it: the first is free when the second is full
parameter YBANK_W   = $clog2(Y_BANKS),
parameter SBANK_W   = YBANK_W,                                          // as many of scores
parameter Y_AW      = YBANK_W + BLOCK_AW,
parameter TOGETHER  = BUFFERS > 1 ? 0 : 1,                              // row and class factors are in one store
parameter ROW_AW0   = $clog2(GROUPS * (X_WORDS + TOGETHER) * 16 / CUT),
parameter ROW_AW    = ROW_AW0 > 9 ? ROW_AW0 : 9,
parameter COL_AW    = FACTOR_AW + BLOCK_AW,
parameter CLASS_AW  = FACTOR_AW + 4 - CUT_LOG,
parameter WEIGHT_WORDS = X_WORDS * 16 * BLOCKS,
parameter W_AW      = $clog2(WEIGHT_WORDS + RWEIGHT_WORDS),
// numbers
parameter CNT_W     = $clog2(STEPS_MAX + 1),                            // a spike count
parameter C_W       = $clog2(INPUTS_MAX + 1) + 1,                       // a projection count
parameter COUNT_W   = PROJ_UNITS * C_W > 32 ? PROJ_UNITS * C_W : 32,    // a word of them
parameter SUM_W     = CNT_W + 8 + $clog2(HIDDEN_MAX),                   // a row of the readout
parameter G_W       = CNT_W + 1 + $clog2(HIDDEN_MAX) + 12,              // S g
parameter Q_W       = G_W + $clog2(RANK_MAX),
parameter SCORE_0   = (SUM_W > Q_W - 8 ? SUM_W : Q_W - 8) + 1,
parameter SCORE_W   = SCORE_0 > 16 ? SCORE_0 : 16,
parameter LIF_TERM_W = LOCAL != 0 ? 17 : 16,                            // c' or, sixteenfold, sigma
parameter LRN_W     = 16,                                               // what mode `local` asks for (sr_local.vh)
parameter READ_W_W  = LOOPS != 0 ? MASTER_W : 8,                        // of a weight, what readout and credit are given
parameter UPD_W     = 10,                                               // what the update of pairs asks for (sr_update.vh)
parameter UPD_SUM_W = LOOPS != 0 ? 24 : 16,                             // a sum of the update, A 2^e, and the sum of all |u|
parameter MISS_W    = $clog2(PROJ_UNITS + 1),                           // misses of a column in a cycle
parameter GROUP_COLS_W = LOOPS != 0 ? 1 : PROJ_UNITS * LANES            // column factors of a group in all lanes (not LOOPS)
// verilator lint_on UNUSEDPARAM
