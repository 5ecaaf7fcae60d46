// SPDX-License-Identifier: Apache-2.0
// Sizes of the engine that its parameters leave no choice in. For inclusion in the body of a module that has these parameters:
// sr_engine, which is built so, and sr_core, which tells the host of it.
// verilator lint_off UNUSEDPARAM
localparam BLOCK_A0 = $clog2((HIDDEN_MAX + LANES - 1) / LANES);
localparam BLOCK_AW = BLOCK_A0 > 0 ? BLOCK_A0 : 1;                       // bits of a column block of LANES neurons
localparam BLOCKS   = 1 << BLOCK_AW;                                     // weight words are {row, block}: ROW_WORDS
localparam X_WORDS  = (INPUTS_MAX + 15) / 16;                            // sample words of a step
localparam GROUPS   = FACTORS / PROJ_UNITS;
localparam GROUP_AW = $clog2(GROUPS) > 0 ? $clog2(GROUPS) : 1;
localparam STEP_AW  = STEPS_MAX > 2 ? $clog2(STEPS_MAX) : 1;
localparam BANK_AW  = BUFFERS > 1 ? 1 : 0;
localparam BASE_AW  = STEP_AW + BLOCK_AW;                                // base buffer: {bank, step, block}
localparam COUNT_AW = GROUP_AW + STEP_AW;                                // count buffer: {bank, group, step}, or results of inference
localparam CBUF_AW  = COUNT_AW + BANK_AW;
localparam WEIGHT_WORDS = X_WORDS * 16 * BLOCKS;
localparam CBUF_WORDS   = 1 << CBUF_AW;
// verilator lint_on UNUSEDPARAM
