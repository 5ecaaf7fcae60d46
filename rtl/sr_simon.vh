// SPDX-License-Identifier: Apache-2.0
// The noise's permutation (docs/numerics.md, section 2), to be included inside a module: SIMON-64's round function (Beaulieu et
// al., 2013) on the state {x, y}, and the constant of each of the 16 rounds, digits of pi. SIMON_ROUNDS, of the including module: how
// many rounds simon_rounds makes, from `first` on, a multiple of it. All 16 make the word of a state counter ^ key.
function [63:0] simon_round(input [63:0] state, input [3:0] round);
    reg [31:0] x;
    begin
        x = state[63:32];
        simon_round = {state[31:0] ^ ({x[30:0], x[31]} & {x[23:0], x[31:24]}) ^ {x[29:0], x[31:30]} ^ simon_constant(round), x};
    end
endfunction
function [63:0] simon_rounds(input [63:0] state, input [3:0] first);
    integer r;
    begin
        simon_rounds = state;
        for (r = 0; r < SIMON_ROUNDS; r = r + 1) simon_rounds = simon_round(simon_rounds, first | r[3:0]);
    end
endfunction
// One vector, and not a table by `case`: Yosys would make a memory of that and register its words, which costs more cells.
localparam [511:0] SIMON_CONSTANTS = {
    32'hb5470917, 32'h3f84d5b5, 32'hc97c50dd, 32'hc0ac29b7, 32'h34e90c6c, 32'hbe5466cf, 32'h38d01377, 32'h452821e6,
    32'hec4e6c89, 32'h082efa98, 32'h299f31d0, 32'ha4093822, 32'h03707344, 32'h13198a2e, 32'h85a308d3, 32'h243f6a88};
function [31:0] simon_constant(input [3:0] round);
    simon_constant = SIMON_CONSTANTS[{round, 5'd0}+:32];
endfunction
