// SPDX-License-Identifier: Apache-2.0
// A core on AXI4-Lite in a four-state simulator: registers, memories, an inference, a generation, refusals, ABORT and RESET. It
// prints what it reads, a name and a number a line, for tests/test_axil.c, which knows what it should be. Nothing is written but
// what the network needs: an undefined bit in what is read is a fault.
`timescale 1ns / 1ps
`default_nettype none

module axil_tb;
    `include "sr_map.vh"
    localparam INPUTS = 40, HIDDEN = 13, CLASSES = 7, STEPS = 5, SAMPLES = 4, PAIRS = 3, BLOCKS = 8, WORDS = 3;

    reg         clk = 1'b0, rst = 1'b1;
    reg  [31:0] awaddr = 0, wdata = 0, araddr = 0;
    reg  [3:0]  wstrb = 4'hF;
    reg         awvalid = 0, wvalid = 0, bready = 0, arvalid = 0, rready = 0;
    wire        awready, wready, bvalid, arready, rvalid, busy, done, fault;
    wire [1:0]  bresp, rresp;
    wire [31:0] rdata;
    always #5 clk = !clk;

    sr_core #(
        .PORT(1), .LANES(2), .PROJ_UNITS(4), .RANK_LANES(1), 
        .BUFFERS(1), .INPUTS_MAX(112), .HIDDEN_MAX(16), .CLASSES_MAX(10), .STEPS_MAX(13), .RANK_MAX(4), .PAIRS_MAX(64),
        .FACTORS(64), .BATCH_MAX(64), .SAMPLE_WORDS(1024), .RWEIGHT_WORDS(128), .SCORE_WORDS(256), .FRAC_W(4),
        .PACKET_MAX(256)) dut (
        .clk_i(clk), .rst_i(rst), .s_axis_tdata(8'd0), .s_axis_tvalid(1'b0), .s_axis_tready(), .m_axis_tdata(), .m_axis_tvalid(),
        .m_axis_tready(1'b0), .s_axil_awaddr(awaddr), .s_axil_awvalid(awvalid), .s_axil_awready(awready), .s_axil_wdata(wdata),
        .s_axil_wstrb(wstrb), .s_axil_wvalid(wvalid), .s_axil_wready(wready), .s_axil_bresp(bresp), .s_axil_bvalid(bvalid),
        .s_axil_bready(bready), .s_axil_araddr(araddr), .s_axil_arvalid(arvalid), .s_axil_arready(arready), .s_axil_rdata(rdata),
        .s_axil_rresp(rresp), .s_axil_rvalid(rvalid), .s_axil_rready(rready), .busy_o(busy), .done_o(done), .fault_o(fault)
    );

    reg [1:0]  resp;
    reg [31:0] got;
    integer    dones = 0;
    always @(posedge clk) if (done === 1'b1) dones = dones + 1;

    task write(input [31:0] addr, input [31:0] data);   // address and data come in any order
        begin
            awaddr  = addr;
            wdata   = data;
            awvalid = 1'b1;
            if ($random & 1) repeat ($random & 3) @(posedge clk);
            #1 wvalid = 1'b1;
            @(posedge clk);
            while (!(awready && wready)) @(posedge clk);
            #1 awvalid = 1'b0;
            wvalid = 1'b0;
            repeat ($random & 3) @(posedge clk);
            #1 bready = 1'b1;
            @(posedge clk);
            while (!bvalid) @(posedge clk);
            resp = bresp;
            #1 bready = 1'b0;
        end
    endtask
    task read(input [31:0] addr);
        begin
            araddr  = addr;
            arvalid = 1'b1;
            @(posedge clk);
            while (!arready) @(posedge clk);
            #1 arvalid = 1'b0;
            repeat ($random & 3) @(posedge clk);
            #1 rready = 1'b1;
            @(posedge clk);
            while (!rvalid) @(posedge clk);
            got  = rdata;
            resp = rresp;
            #1 rready = 1'b0;
            if (^got === 1'bx) $display("undefined at %h: %b", addr, got);
        end
    endtask
    task must_write(input [31:0] addr, input [31:0] data);
        begin
            write(addr, data);
            if (resp !== 2'b00) $display("refused: write of %h to %h", data, addr);
        end
    endtask
    task must_refuse(input [31:0] addr, input [31:0] data);
        begin
            write(addr, data);
            if (resp !== 2'b10) $display("obeyed: write of %h to %h", data, addr);
        end
    endtask
    task must_refuse_read(input [31:0] addr);
        begin
            read(addr);
            if (resp !== 2'b10) $display("obeyed: read of %h", addr);
        end
    endtask
    function [31:0] register(input [7:0] number);
        register = {22'd0, number, 2'd0};
    endfunction
    function [31:0] place(input [2:0] memory, input [31:0] word);
        place = {1'b1, memory, word[25:0], 2'd0};
    endfunction
    task set(input [7:0] number, input [31:0] value);
        must_write(register(number), value);
    endtask
    task wait_idle;
        begin
            read(register(SR_REG_STATUS));
            while (got[0]) read(register(SR_REG_STATUS));
        end
    endtask
    task run(input [31:0] flags);
        begin
            must_write(32'h200, flags);
            wait_idle;
        end
    endtask
    task print(input [8*8-1:0] name, input [2:0] memory, input integer words);
        integer i;
        for (i = 0; i < words; i = i + 1) begin
            read(place(memory, i));
            $display("%0s %0d %0d", name, i, $signed(got));
        end
    endtask

    function integer hidden(input integer i);
        hidden = ((i * 37 + 11) % 61 - 30) * 16 + i % 16;
    endfunction
    function integer readout(input integer i);
        readout = ((i * 29 + 5) % 53 - 26) * 16 + i % 7;
    endfunction
    function spike(input integer s, input integer t, input integer j);
        reg [31:0] mixed;
        begin
            mixed = ((s * STEPS + t) * INPUTS + j) * 32'd2654435761;
            spike = mixed[31:28] < 4'd5;
        end
    endfunction
    // two weights of a row; a column that is not there holds something that must not matter
    function [31:0] pair(input integer first, input integer block, input top);
        reg [15:0] low, high;
        begin
            low  = top ? readout(first + 2 * block) : hidden(first + 2 * block);
            high = 2 * block + 1 >= HIDDEN ? 16'h0555 : top ? readout(first + 2 * block + 1) : hidden(first + 2 * block + 1);
            pair = {high, low};
        end
    endfunction

    integer s, t, j, w, row;
    reg [15:0] word;
    initial begin
        repeat (20) @(posedge clk);
        #1 rst = 1'b0;
        read(register(SR_REG_MAGIC));
        $display("magic 0 %0d", got);
        read(register(SR_REG_ROW_WORDS));
        $display("stride 0 %0d", got);
        read(register(SR_REG_STATUS));
        $display("status 0 %0d", got);
        set(SR_REG_EPOCH, 77);
        set(SR_REG_STEPS, STEPS);
        set(SR_REG_CLASSES, CLASSES);
        set(SR_REG_RESET_KIND, 0);
        set(SR_REG_ROWS0, INPUTS);
        set(SR_REG_COLS0, HIDDEN);
        set(SR_REG_THETA0, 60);
        set(SR_REG_LEAK0, 32);
        set(SR_REG_KEY_LO, 99);
        set(SR_REG_KEY_HI, 0);
        set(SR_REG_PAIRS, PAIRS);
        set(SR_REG_PAIR_FIRST, 0);
        set(SR_REG_PAIR_COUNT, PAIRS);
        set(SR_REG_RANK, 2);
        set(SR_REG_MODE, 0);
        set(SR_REG_BATCH, SAMPLES);
        set(SR_REG_FITNESS, 2 | 3 << 2 | 2 << 6);
        set(SR_REG_SCALE0, 512);
        set(SR_REG_SCALE3, 512);
        set(SR_REG_STEP0, 51200 | 4 << 16);
        set(SR_REG_STEP3, 51200 | 4 << 16);
        for (row = 0; row < INPUTS; row = row + 1)
            for (j = 0; 2 * j < HIDDEN; j = j + 1) must_write(place(SR_MEM_WEIGHT, row * BLOCKS + j), pair(row * HIDDEN, j, 1'b0));
        for (row = 0; row < CLASSES; row = row + 1)
            for (j = 0; 2 * j < HIDDEN; j = j + 1) must_write(place(SR_MEM_RWEIGHT, row * BLOCKS + j), pair(row * HIDDEN, j, 1'b1));
        for (s = 0; s < SAMPLES; s = s + 1) begin
            for (t = 0; t < STEPS; t = t + 1)
                for (w = 0; w < WORDS; w = w + 1) begin
                    for (j = 0; j < 16; j = j + 1) word[j] = 16 * w + j < INPUTS ? spike(s, t, 16 * w + j) : $random;
                    must_write(place(SR_MEM_SAMPLE, (s * STEPS + t) * WORDS + w), {16'h1234, word});
                end
            must_write(place(SR_MEM_BATCH, s), ((s * 3) % CLASSES) << 28 | s * STEPS * WORDS);
        end
        read(register(SR_REG_KEY_LO));
        $display("key 0 %0d", got);
        run(SR_RUN_INFER);
        $display("status 1 %0d", got);
        print("score", SR_MEM_SCORE, SAMPLES * (CLASSES + 1));
        run(SR_RUN_EVALUATE | SR_RUN_SHAPE | SR_RUN_UPDATE);
        print("fitness", SR_MEM_FITNESS, 2 * PAIRS);
        print("correct", SR_MEM_CORRECT, 2 * PAIRS);
        for (row = 0; row < INPUTS; row = row + 1)
            for (j = 0; 2 * j < HIDDEN; j = j + 1) begin
                read(place(SR_MEM_WEIGHT, row * BLOCKS + j));
                $display("hidden %0d %0d", row * HIDDEN + 2 * j, $signed(got[15:0]));
                if (2 * j + 1 < HIDDEN) $display("hidden %0d %0d", row * HIDDEN + 2 * j + 1, $signed(got[31:16]));
            end
        for (row = 0; row < CLASSES; row = row + 1)
            for (j = 0; 2 * j < HIDDEN; j = j + 1) begin
                read(place(SR_MEM_RWEIGHT, row * BLOCKS + j));
                $display("readout %0d %0d", row * HIDDEN + 2 * j, $signed(got[15:0]));
                if (2 * j + 1 < HIDDEN) $display("readout %0d %0d", row * HIDDEN + 2 * j + 1, $signed(got[31:16]));
            end
        // refusals
        must_refuse(register(SR_REG_MAGIC), 0);
        must_refuse(register(SR_REG_STATUS), 0);
        must_refuse(32'h20C, 0);
        must_refuse(32'h210, 0);
        must_refuse(32'h1000, 0);
        must_refuse(register(SR_REG_STEPS) + 1, 0);
        must_refuse(place(SR_MEM_FITNESS, 0), 0);
        must_refuse(place(SR_MEM_SAMPLE, 1024), 0);
        must_refuse(place(SR_MEM_BATCH, 64), 0);
        must_refuse(32'h200, SR_RUN_INFER | SR_RUN_UPDATE);
        must_refuse(32'h200, SR_RUN_LEARN | SR_RUN_EVALUATE);
        must_refuse(32'h200, 64);
        must_refuse_read(32'h200);
        must_refuse_read(place(SR_MEM_SCORE, 256));
        wstrb = 4'h7;
        must_refuse(register(SR_REG_STEPS), 0);
        wstrb = 4'hF;
        // a run under way; ABORT; a limit; RESET
        must_write(32'h200, SR_RUN_EVALUATE);
        must_refuse(register(SR_REG_STEPS), 0);
        must_refuse(place(SR_MEM_SAMPLE, 0), 0);
        must_refuse_read(place(SR_MEM_SAMPLE, 0));
        must_refuse(32'h200, SR_RUN_EVALUATE);
        $display("busy 0 %0d", busy);
        must_write(32'h204, 0);
        wait_idle;
        $display("status 2 %0d", got);
        $display("fault 0 %0d", fault);
        set(SR_REG_STEPS, 0);
        run(SR_RUN_EVALUATE);
        $display("status 3 %0d", got);
        set(SR_REG_STEPS, STEPS);
        run(SR_RUN_EVALUATE);
        $display("status 4 %0d", got);
        print("again", SR_MEM_CORRECT, 0);
        $display("fault 1 %0d", fault);
        must_write(32'h200, SR_RUN_EVALUATE);
        must_write(32'h208, 0);
        read(register(SR_REG_STATUS));
        $display("status 5 %0d", got);
        run(SR_RUN_INFER);
        print("later", SR_MEM_SCORE, SAMPLES * (CLASSES + 1));
        $display("dones 0 %0d", dones);
        $display("end 0 0");
        $finish;
    end
    initial #20000000 $display("hangs");
endmodule

`default_nettype wire
