// SPDX-License-Identifier: Apache-2.0
// The noise's permutation (docs/numerics.md, section 2), to be included inside a module: SIMON-64's round function (Beaulieu et
// al., 2013) on the state {x, y}, and the constant of each of the 16 rounds, digits of pi.
function [63:0] simon_round(input [63:0] state, input [3:0] round);
    reg [31:0] x;
    begin
        x = state[63:32];
        simon_round = {state[31:0] ^ ({x[30:0], x[31]} & {x[23:0], x[31:24]}) ^ {x[29:0], x[31:30]} ^ simon_constant(round), x};
    end
endfunction
function [31:0] simon_constant(input [3:0] round);
    case (round)
        4'd0:    simon_constant = 32'h243f6a88;
        4'd1:    simon_constant = 32'h85a308d3;
        4'd2:    simon_constant = 32'h13198a2e;
        4'd3:    simon_constant = 32'h03707344;
        4'd4:    simon_constant = 32'ha4093822;
        4'd5:    simon_constant = 32'h299f31d0;
        4'd6:    simon_constant = 32'h082efa98;
        4'd7:    simon_constant = 32'hec4e6c89;
        4'd8:    simon_constant = 32'h452821e6;
        4'd9:    simon_constant = 32'h38d01377;
        4'd10:   simon_constant = 32'hbe5466cf;
        4'd11:   simon_constant = 32'h34e90c6c;
        4'd12:   simon_constant = 32'hc0ac29b7;
        4'd13:   simon_constant = 32'hc97c50dd;
        4'd14:   simon_constant = 32'h3f84d5b5;
        default: simon_constant = 32'hb5470917;
    endcase
endfunction
