// SPDX-License-Identifier: Apache-2.0
// Fields of the bundle that sr_update gives to all accumulators. For inclusion in a module's body.
// verilator lint_off UNUSEDPARAM
localparam UPD_MISS   = 0;  // age 2: what is missed is counted, for the next cycle
localparam UPD_TOTAL  = 1;  // age 2: the operand of the next cycle is the total
localparam UPD_ACC    = 2;  // age 3: acc takes its sum
localparam UPD_FIRST  = 3;  // ... from 0 on
localparam UPD_DOUBLE = 4;  // ... of twice what it holds
localparam UPD_HAND   = 5;  // the accumulators hold a word's A 2^e, which is taken over
// verilator lint_on UNUSEDPARAM
