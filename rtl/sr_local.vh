// SPDX-License-Identifier: Apache-2.0
// What the product of sr_local_lane does, banks of spike counts, and the fields of what sr_local asks of sr_engine. For inclusion in a module's body.
// verilator lint_off UNUSEDPARAM
localparam [1:0] LOCAL_CREDIT       = 2'd0;  // readout weight times error
localparam [1:0] LOCAL_FORM         = 2'd1;  // credit times difference of spike counts
localparam [1:0] LOCAL_MOVE         = 2'd2;  // f times z: a hidden weight
localparam [1:0] LOCAL_MOVE_READOUT = 2'd3;  // error times spike count: a readout weight
localparam [1:0] LOCAL_PLAIN        = 2'd0;  // of the run without perturbation
localparam [1:0] LOCAL_PLUS         = 2'd1;  // of a pair; MEMBERS 1: of its plus members
localparam [1:0] LOCAL_MINUS        = 2'd2;  // MEMBERS 1: of its minus members
localparam LRN_SAMPLE  = 0;   // a sample begins
localparam LRN_FRONT   = 1;   // the front starts
localparam LRN_LIF     = 2;   // the LIF unit starts
localparam LRN_PLAIN   = 3;   // ... its run is without perturbation
localparam LRN_MINUS   = 4;   // ... MEMBERS 1: of the minus members
localparam LRN_READ    = 5;   // the readout starts
localparam LRN_X       = 6;   // a word of the sample is read at x_addr_o
localparam LRN_Y       = 7;   // spike counts are read at y_addr_o
localparam LRN_WALK    = 8;   // w_addr_o counts
localparam LRN_TURN    = 9;   // m_addr_o counts
localparam LRN_READOUT = 10;  // ... it is of the readout
localparam LRN_WE      = 11;  // ... a word of weights is written
localparam LRN_TAKE    = 12;  // COLS 1: m_i is of the word that is there
localparam LRN_PUT     = 13;  // COLS 1: m_o goes to the word to be written
localparam LRN_BANK_RE = 14;  // the bank is read
localparam LRN_BANK_WE = 15;  // the bank is written
// verilator lint_on UNUSEDPARAM
