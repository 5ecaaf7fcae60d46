// SPDX-License-Identifier: Apache-2.0
//
// sr_skid: skid buffer, the one place where a ready is registered.
// Latency    0 cycles while the output is ready, 1 transfer a cycle.
// Handshake  valid/ready both sides; s_ready_o is a flip-flop; data and valid are stable while stalled.
// Reset      rst_i empties it.
// Test       tests/rtl/tb_skid.cpp, and the properties at the tail.
`default_nettype none

module sr_skid #(
    parameter WIDTH = 8
) (
    input  wire             clk_i,
    input  wire             rst_i,
    input  wire             s_valid_i,
    output wire             s_ready_o,
    input  wire [WIDTH-1:0] s_data_i,
    output wire             m_valid_o,
    input  wire             m_ready_i,
    output wire [WIDTH-1:0] m_data_o
);
    reg             full_q;
    reg [WIDTH-1:0] data_q;

    assign s_ready_o = ~full_q;
    assign m_valid_o = s_valid_i | full_q;
    assign m_data_o  = full_q ? data_q : s_data_i;

    always @(posedge clk_i) begin
        if (rst_i)
            full_q <= 1'b0;
        else
            full_q <= m_valid_o & ~m_ready_i;
        if (~full_q)
            data_q <= s_data_i;
    end

`ifdef FORMAL
    // The input keeps the handshake's rule; the output must keep it too, and lose or make up nothing.
    reg past_q = 1'b0;
    always @(posedge clk_i)
        past_q <= 1'b1;

    // a watched word: the (count_w)-th word in is the (count_w)-th word out
    (* anyconst *) reg [3:0]       watch;
    (* anyconst *) reg [WIDTH-1:0] value;
    reg [3:0] in_q;
    reg [3:0] out_q;
    always @(posedge clk_i) begin
        if (rst_i) begin
            in_q  <= 4'd0;
            out_q <= 4'd0;
        end else begin
            if (s_valid_i && s_ready_o)
                in_q <= in_q + 4'd1;
            if (m_valid_o && m_ready_i)
                out_q <= out_q + 4'd1;
        end
    end

    always @(posedge clk_i) begin
        if (!past_q)
            assume (rst_i);
        if (past_q && !rst_i && !$past(rst_i) && $past(s_valid_i && !s_ready_o)) begin
            assume (s_valid_i);
            assume (s_data_i == $past(s_data_i));
        end
        if (s_valid_i && s_ready_o && in_q == watch)
            assume (s_data_i == value);
        if (past_q && !rst_i && !$past(rst_i) && $past(m_valid_o && !m_ready_i)) begin
            assert (m_valid_o);
            assert (m_data_o == $past(m_data_o));
        end
        if (past_q && !rst_i && !$past(rst_i)) begin
            assert ((in_q - out_q) == {3'd0, full_q});
            if (full_q && (out_q == watch))
                assert (data_q == value);
            if (m_valid_o && m_ready_i && (out_q == watch))
                assert (m_data_o == value);
        end
        cover (past_q && !rst_i && full_q && m_ready_i && s_valid_i);
        cover (past_q && !rst_i && in_q == 4'd5 && out_q == 4'd5);
    end
`endif
endmodule

`default_nettype wire
