// SPDX-License-Identifier: Apache-2.0
// Asks the core of sr_example who it is, and prints what it answers:
//     iverilog -g2005 -Irtl -y rtl -o example.vvp docs/example/sr_example.v docs/example/sr_example_tb.v && vvp example.vvp
// tests/icarus.sh runs it. The CRC of a request is that of zlib over everything between the sync bytes and it.
`timescale 1ns / 1ps
`default_nettype none

module sr_example_tb;
    `include "sr_map.vh"
    reg        clk = 1'b0, rst = 1'b1;
    reg  [7:0] request = 8'd0;
    reg        request_valid = 1'b0;
    wire       request_ready, reply_valid, busy, done, fault;
    wire [7:0] reply;
    sr_example dut (
        .clk(clk), .rst(rst), .s_axis_tdata(request), .s_axis_tvalid(request_valid), .s_axis_tready(request_ready),
        .m_axis_tdata(reply), .m_axis_tvalid(reply_valid), .m_axis_tready(1'b1), .busy(busy), .done(done), .fault(fault)
    );
    always #10 clk = !clk;

    task send(input [7:0] value);
        begin
            request       = value;
            request_valid = 1'b1;
            @(posedge clk);
            while (!request_ready) @(posedge clk);
            #1 request_valid = 1'b0;
        end
    endtask

    // The reply: sync bytes, op, seq, status, length (2), payload, CRC (4).
    integer    count = 0;
    reg [31:0] word;
    always @(posedge clk)
        if (!rst && reply_valid) begin
            if (count == 4) $display("IDENTIFY is answered with status %0d", reply);
            if (count >= 7 && count < 7 + 4 * 32) begin
                word = {reply, word[31:8]};
                if (count == 10) $display("MAGIC %h", word);
                if (count == 14) $display("PROTOCOL %0d", word);
                if (count == 7 + 4 * SR_REG_INPUTS_MAX + 3) $display("INPUTS_MAX %0d", word);
                if (count == 7 + 4 * SR_REG_HIDDEN_MAX + 3) $display("HIDDEN_MAX %0d", word);
            end
            count = count + 1;
            if (count == 11 + 4 * 32) begin
                $display("busy %b fault %b", busy, fault);
                $finish;
            end
        end
    initial begin
        repeat (20) @(posedge clk);
        #1 rst = 1'b0;
        send(8'hA5); send(8'h5A);                          // sync
        send(8'h01); send(8'h07); send(8'h00); send(8'h00);   // IDENTIFY, sequence number 7, no payload
        send(8'hFC); send(8'hAE); send(8'hB7); send(8'h9C);   // CRC
        #100000 $display("no answer");
        $finish;
    end
endmodule

`default_nettype wire
