// SPDX-License-Identifier: Apache-2.0
// What the product of sr_local_lane does, and banks of spike counts. For inclusion in a module's body.
// verilator lint_off UNUSEDPARAM
localparam [1:0] LOCAL_CREDIT       = 2'd0;  // readout weight times error
localparam [1:0] LOCAL_FORM         = 2'd1;  // credit times difference of spike counts
localparam [1:0] LOCAL_MOVE         = 2'd2;  // f times z: a hidden weight
localparam [1:0] LOCAL_MOVE_READOUT = 2'd3;  // error times spike count: a readout weight
localparam [1:0] LOCAL_PLAIN        = 2'd0;  // of the run without perturbation
localparam [1:0] LOCAL_PLUS         = 2'd1;  // of a pair; MEMBERS 1: of its plus members
localparam [1:0] LOCAL_MINUS        = 2'd2;  // MEMBERS 1: of its minus members
// verilator lint_on UNUSEDPARAM
