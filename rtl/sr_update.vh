// SPDX-License-Identifier: Apache-2.0
// Fields of what the update of pairs asks for: of all accumulators, by sr_update, and of the factors. For inclusion in a module's body.
// verilator lint_off UNUSEDPARAM
localparam UPD_MISS   = 0;  // age 2: what is missed is counted, for the next cycle
localparam UPD_TOTAL  = 1;  // age 2: the operand of the next cycle is the total
localparam UPD_ACC    = 2;  // age 3: acc takes its sum
localparam UPD_FIRST  = 3;  // ... from 0 on
localparam UPD_DOUBLE = 4;  // ... of twice what it holds
localparam UPD_HAND   = 5;  // the accumulators hold a word's A 2^e, which is taken over
localparam UPD_TURN   = 6;  // the factors' ports are the update's: it is busy, or was until a cycle ago
localparam UPD_ROW    = 7;  // row or class factors are read
localparam UPD_COL    = 8;  // column factors are read
localparam UPD_DITHER = 9;  // a word of dither is drawn
// verilator lint_on UNUSEDPARAM
