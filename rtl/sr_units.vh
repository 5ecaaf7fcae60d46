// SPDX-License-Identifier: Apache-2.0
// The units that sr_seq starts, as bits of start_o (a pulse) and busy_i, and the fields of a job that it starts. For inclusion in a module's body.
// verilator lint_off UNUSEDPARAM
localparam UNIT_DRAW   = 0;  // sr_factor_store: the factors of the pairs
localparam UNIT_FRONT  = 1;  // sr_front: a sample, or in full rank a sample for a pair
localparam UNIT_LIF    = 2;  // sr_lif: a pair, or one member of it
localparam UNIT_READ   = 3;  // sr_readout: likewise
localparam UNIT_FIT    = 4;  // sr_member_fitness: likewise
localparam UNIT_CREDIT = 5;  // sr_pair_update: pair weights become words
localparam UNIT_UPDATE = 6;  // sr_pair_update: a layer
localparam UNIT_LEARN  = 7;  // sr_local: the samples of the batch list
localparam JOB_FIRST   = 0;  // LIF, readout: the sample's first pair; fitness: sums begin anew
localparam JOB_MINUS   = 1;  // MEMBERS 1: it is the minus member
localparam JOB_BANK    = 2;  // LIF: of base current and counts
// verilator lint_on UNUSEDPARAM
