// SPDX-License-Identifier: Apache-2.0
// Sizes of the compact engine that its parameters leave no choice in. For inclusion in the body of a module that has these parameters:
// sr_compact, which is built so, and sr_core, which tells the host of it.
// verilator lint_off UNUSEDPARAM
localparam BLOCK_A0 = $clog2((HIDDEN_MAX + LANES - 1) / LANES);
localparam BLOCK_AW = BLOCK_A0 > 0 ? BLOCK_A0 : 1;                       // bits of a column block of LANES neurons
localparam BLOCKS   = 1 << BLOCK_AW;                                     // weight words are {row, block}: ROW_WORDS
localparam X_WORDS  = (INPUTS_MAX + 15) / 16;                            // sample words of a step
localparam GROUPS   = FACTORS / PROJ_UNITS;
localparam GROUP_AW = $clog2(GROUPS) > 0 ? $clog2(GROUPS) : 1;
localparam LATER    = BLOCKS < 16 ? 16 / BLOCKS : 1;                     // base buffer: steps x blocks, then a row of spike counts
localparam STEP_AW  = $clog2(STEPS_MAX + 1 + LATER);                     // and 16 scores
localparam COUNT_AW = GROUP_AW + STEP_AW;                                // count buffer: {group, step}
localparam COMPACT_WEIGHT_WORDS = X_WORDS * 16 * BLOCKS;
localparam COMPACT_CBUF_WORDS   = 1 << COUNT_AW;
// verilator lint_on UNUSEDPARAM
