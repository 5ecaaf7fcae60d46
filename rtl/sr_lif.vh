// SPDX-License-Identifier: Apache-2.0
// Fields of the bundle that sr_lif gives to all its lanes. For inclusion in a module's body.
// verilator lint_off UNUSEDPARAM
localparam LIF_SUM        = 0;  // a term of the perturbation is added
localparam LIF_SUM_FIRST  = 1;  // ... to 0
localparam LIF_LOAD       = 2;  // base current and perturbation become the two members' inputs (MEMBERS 1: nothing does)
localparam LIF_FIRE       = 3;  // a step of both neurons
localparam LIF_STEP_FIRST = 4;  // ... a sample's first: the count starts anew
localparam LIF_STEP_LAST  = 5;  // ... a sample's last: the membranes are empty afterwards
localparam LIF_CLEAR      = 6;  // the membranes are empty
localparam LIF_MINUS      = 7;  // with LIF_SUM, MEMBERS 1: the sum is the minus member's
// verilator lint_on UNUSEDPARAM
