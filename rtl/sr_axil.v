// SPDX-License-Identifier: Apache-2.0
// sr_axil: the device as memory, on AXI4-Lite: registers, memories and runs without packets. It takes the place of sr_link and sr_exec
// in sr_host.
//
//   address                      what is there
//   0x00000000 + 4 * register    the registers of docs/registers.md: 0x00..0x7F to read, 0x40..0x7F to write
//   0x00000200, 204, 208         commands, write only: RUN (the flags), ABORT, RESET (any value)
//   0x80000000 + (memory << 28)  a memory, a word in one place of 32 bits, or in as many as it needs, a power of two of them: the low
//                                bits come first. A wide word is written when its last place is written, from what was last
//                                written to the others.
//
// A transaction at a time; a write when address and data are both there. Response SLVERR, and no effect: an address where nothing is, a
// word beyond its memory, a write that is not of all four bytes, to what can only be read or to a memory of results, flags of RUN that do
// not go together; and, while a run is under way, whatever a packet would be answered BUSY for. Commands are answered when they
// are obeyed; the end of a run shows in STATUS.
// Latency    from a request to its response: registers 7 cycles, memories 3 and what the memory takes, RESET 18.
// Handshake  AXI4-Lite: valids and payload stay until ready; ready and valid of this side are flip-flops.
// Reset      rst_i: no transaction, no word begun.
// Test       tests/test_axil.c (tests/rtl/axil_tb.v in Icarus); proofs: tests/formal
`default_nettype none

module sr_axil #(
    parameter LANES         = 4,
    parameter WORD_W        = 64,
    parameter SAMPLE_WORDS  = 1024,
    parameter BATCH_MAX     = 64,
    parameter WEIGHT_WORDS  = 1024,
    parameter RWEIGHT_WORDS = 256,
    parameter PAIRS_MAX     = 64,
    parameter SCORE_WORDS   = 128
) (
    input  wire              clk_i,
    input  wire              rst_i,
    input  wire [31:0]       s_axil_awaddr,
    input  wire              s_axil_awvalid,
    output wire              s_axil_awready,
    input  wire [31:0]       s_axil_wdata,
    input  wire [3:0]        s_axil_wstrb,
    input  wire              s_axil_wvalid,
    output wire              s_axil_wready,
    output wire [1:0]        s_axil_bresp,
    output wire              s_axil_bvalid,
    input  wire              s_axil_bready,
    input  wire [31:0]       s_axil_araddr,
    input  wire              s_axil_arvalid,
    output wire              s_axil_arready,
    output wire [31:0]       s_axil_rdata,
    output wire [1:0]        s_axil_rresp,
    output wire              s_axil_rvalid,
    input  wire              s_axil_rready,
    // sr_regs
    output wire              reg_we_o,
    output wire [6:0]        reg_waddr_o,
    output wire              reg_bwe_o,
    output wire [1:0]        reg_bsel_o,
    output wire [8:0]        reg_raddr_o,
    input  wire [7:0]        reg_rdata_i,
    // memories and runs: as of sr_exec
    output wire [2:0]        mem_sel_o,
    output wire [27:0]       mem_addr_o,
    output wire              mem_we_o,
    output wire [WORD_W-1:0] wr_word_o,      // of registers the low 32 bits; reg_bsel_o says which byte is copied
    output wire [7:0]        reg_bdata_o,
    output wire              mem_re_o,
    input  wire [WORD_W-1:0] mem_rdata_i,
    input  wire              mem_rvalid_i,
    output wire              run_start_o,
    output wire [5:0]        run_flags_o,
    output wire              run_abort_o,
    input  wire              run_busy_i,
    output wire              engine_rst_o
);
    `include "sr_map.vh"

    localparam PLACES   = WORD_W / 32;                       // of the widest word
    localparam PLACE_0  = $clog2(PLACES);
    localparam PLACE_W  = PLACE_0 > 0 ? PLACE_0 : 1;
    localparam [1:0] OKAY = 2'b00, SLVERR = 2'b10;

    localparam [3:0] IDLE  = 4'd0, DECODE = 4'd1, ACT = 4'd2, REG_READ = 4'd3, REG_COPY = 4'd4, MEM_READ = 4'd5, MEM_WAIT = 4'd6,
                     START = 4'd7, HOLD = 4'd8, RESPOND = 4'd9, DONE = 4'd10;
    reg [3:0]        state_q;
    reg              write_q;      // the transaction: a write
    reg [31:0]       addr_q;
    reg [31:0]       data_q;       // written; then what is read
    reg              bad_q;
    reg [4:0]        count_q;      // bytes of a register, clocks of a reset
    reg              take_w_q, take_r_q, bvalid_q, rvalid_q;
    reg [1:0]        resp_q;
    reg [5:0]        flags_q;
    reg              abort_q, mem_we_q, reg_we_q;
    reg [WORD_W-1:0] word_q;

    // ---- what is addressed ----
    wire             is_mem   = addr_q[31];
    wire [2:0]       mem      = addr_q[30:28];
    wire [3:0]       size;                                   // log2 of the bytes of a word
    wire [31:0]      depth;
    sr_sizes #(
        .LANES(LANES), .SAMPLE_WORDS(SAMPLE_WORDS), .BATCH_MAX(BATCH_MAX), .WEIGHT_WORDS(WEIGHT_WORDS),
        .RWEIGHT_WORDS(RWEIGHT_WORDS), .PAIRS_MAX(PAIRS_MAX), .SCORE_WORDS(SCORE_WORDS)
    ) u_sizes (.mem_i(mem), .size_o(size), .depth_o(depth));
    wire [3:0]       places   = size > 4'd2 ? size - 4'd2 : 4'd0;   // log2 of the places of a word
    wire [PLACE_W-1:0] place_ok = ~({PLACE_W{1'b1}} << places);
    wire [PLACE_W-1:0] place  = addr_q[2+:PLACE_W] & place_ok;
    wire [25:0]      index    = addr_q[27:2] >> places;
    wire             last     = place == place_ok;
    wire             beyond   = {6'd0, index} >= depth;
    wire             results  = mem == SR_MEM_FITNESS[2:0] || mem == SR_MEM_CORRECT[2:0] || mem == SR_MEM_SCORE[2:0];
    wire             is_reg   = !is_mem && addr_q[30:9] == 22'd0;
    wire             command  = !is_mem && addr_q[30:4] == 27'h20 && addr_q[3:2] != 2'd3;
    wire             to_run   = command && addr_q[3:2] == 2'd0;
    wire             to_abort = command && addr_q[3:2] == 2'd1;
    wire             to_reset = command && addr_q[3:2] == 2'd2;
    wire             bad_flags = data_q[31:6] != 26'd0 || (data_q[5] && data_q[4:0] != 5'd0) ||
                                  (data_q[4] && data_q[3:0] != 4'd0);
    wire             refused  = addr_q[1:0] != 2'd0 || (write_q && bad_q) ||
                                (is_mem ? beyond || run_busy_i || (write_q && results)
                                        : write_q ? !(command || (is_reg && addr_q[8])) || (to_run && bad_flags) ||
                                                    (run_busy_i && !to_abort && !to_reset)
                                                  : !is_reg);

    always @(posedge clk_i) begin
        take_w_q <= 1'b0;
        take_r_q <= 1'b0;
        mem_we_q <= 1'b0;
        reg_we_q <= 1'b0;
        if (!run_busy_i) abort_q <= 1'b0;
        case (state_q)
            IDLE: begin
                count_q <= 5'd0;
                resp_q  <= OKAY;
                if (s_axil_awvalid && s_axil_wvalid) begin
                    take_w_q <= 1'b1;
                    write_q  <= 1'b1;
                    addr_q   <= s_axil_awaddr;
                    data_q   <= s_axil_wdata;
                    bad_q    <= s_axil_wstrb != 4'hF;
                    state_q  <= DECODE;
                end else if (s_axil_arvalid) begin
                    take_r_q <= 1'b1;
                    write_q  <= 1'b0;
                    addr_q   <= s_axil_araddr;
                    state_q  <= DECODE;
                end
            end
            DECODE:
                if (refused) begin
                    resp_q  <= SLVERR;
                    data_q  <= 32'd0;
                    state_q <= RESPOND;
                end else state_q <= ACT;
            ACT:
                if (!write_q) state_q <= is_mem ? MEM_READ : REG_READ;
                else if (is_mem) begin
                    mem_we_q <= last;
                    state_q  <= HOLD;
                end else if (to_run) begin
                    flags_q <= data_q[5:0];
                    state_q <= START;
                end else if (to_abort) begin
                    abort_q <= run_busy_i;
                    state_q <= RESPOND;
                end else if (to_reset) state_q <= HOLD;
                else begin
                    reg_we_q <= 1'b1;
                    state_q  <= REG_COPY;
                end
            REG_COPY: begin   // bytes 0 to 3
                count_q <= count_q + 5'd1;
                if (count_q[1:0] == 2'd3) state_q <= RESPOND;
            end
            REG_READ: begin   // the byte asked for in the cycle before enters at the top
                count_q <= count_q + 5'd1;
                data_q  <= {reg_rdata_i, data_q[31:8]};
                if (count_q[2]) state_q <= RESPOND;
            end
            MEM_READ: state_q <= MEM_WAIT;
            MEM_WAIT:
                if (mem_rvalid_i) begin
                    data_q  <= read;
                    state_q <= RESPOND;
                end
            START: state_q <= HOLD;
            HOLD: begin       // a start is seen by the engine, a word by its memory, a reset by everything
                count_q <= count_q + 5'd1;
                if (!to_reset || count_q == 5'd15) state_q <= RESPOND;
            end
            RESPOND: begin
                bvalid_q <= write_q;
                rvalid_q <= !write_q;
                state_q  <= DONE;
            end
            default:          // DONE
                if (write_q ? s_axil_bready : s_axil_rready) begin
                    bvalid_q <= 1'b0;
                    rvalid_q <= 1'b0;
                    state_q  <= IDLE;
                end
        endcase
        if (state_q == ACT && write_q && is_mem) word_q[32*place+:32] <= data_q;
        if (state_q == ACT && write_q && is_reg) word_q[31:0] <= data_q;
        if (rst_i) begin
            state_q  <= IDLE;
            take_w_q <= 1'b0;
            take_r_q <= 1'b0;
            bvalid_q <= 1'b0;
            rvalid_q <= 1'b0;
            abort_q  <= 1'b0;
            mem_we_q <= 1'b0;
            reg_we_q <= 1'b0;
        end
    end

    // a place of the word that was read; what lies beyond a short word is not its own
    wire [31:0] at_place = mem_rdata_i[32*place+:32];
    wire [31:0] read     = size == 4'd0 ? {24'd0, at_place[7:0]} : size == 4'd1 ? {16'd0, at_place[15:0]} : at_place;

    assign s_axil_awready = take_w_q;
    assign s_axil_wready  = take_w_q;
    assign s_axil_bresp   = resp_q;
    assign s_axil_bvalid  = bvalid_q;
    assign s_axil_arready = take_r_q;
    assign s_axil_rdata   = data_q;
    assign s_axil_rresp   = resp_q;
    assign s_axil_rvalid  = rvalid_q;
    assign reg_we_o     = reg_we_q;
    assign reg_waddr_o  = addr_q[8:2];
    assign reg_bwe_o    = state_q == REG_COPY && !rst_i;
    assign reg_bsel_o   = count_q[1:0];
    wire [31:0] copied  = word_q[31:0] >> {count_q[1:0], 3'd0};
    assign reg_bdata_o  = copied[7:0];
    assign reg_raddr_o  = {addr_q[8:2], count_q[1:0]};
    assign mem_sel_o    = mem;
    assign mem_addr_o   = {2'd0, index};
    assign mem_we_o     = mem_we_q;
    assign wr_word_o    = word_q;
    assign mem_re_o     = state_q == MEM_READ;
    assign run_start_o  = state_q == START && flags_q != 6'd0;
    assign run_flags_o  = flags_q;
    assign run_abort_o  = abort_q;
    assign engine_rst_o = state_q == HOLD && to_reset;
    wire _unused = &{1'b0, copied[31:8]};

`ifdef FORMAL
    // formal: DEPTH=14
    // Assumed of the master: what AXI4-Lite says (valid and payload stay until ready); of the device: run_busy_i rises with a start
    // alone, and a memory answers once what it was asked for.
    reg  past_q = 1'b0;
    reg  [1:0] open_q;                 // requests that were taken and not answered: reads, writes
    reg        asked_q;                // a memory was asked and has not answered
    always @(posedge clk_i) begin
        past_q <= 1'b1;
        if (!past_q) assume (rst_i);
        if (past_q && !$past(rst_i)) begin
            if ($past(s_axil_awvalid && !s_axil_awready)) assume (s_axil_awvalid && $stable(s_axil_awaddr));
            if ($past(s_axil_wvalid && !s_axil_wready)) assume (s_axil_wvalid && $stable(s_axil_wdata) && $stable(s_axil_wstrb));
            if ($past(s_axil_arvalid && !s_axil_arready)) assume (s_axil_arvalid && $stable(s_axil_araddr));
            assume (!run_busy_i || $past(run_busy_i || run_start_o));
        end
        if ($past(rst_i) || $past(engine_rst_o)) assume (!run_busy_i);
        if (!asked_q) assume (!mem_rvalid_i);
        asked_q <= (mem_re_o || (asked_q && !mem_rvalid_i)) && !rst_i;
        open_q[0] <= (s_axil_arready || (open_q[0] && !(s_axil_rvalid && s_axil_rready))) && !rst_i;
        open_q[1] <= (s_axil_awready || (open_q[1] && !(s_axil_bvalid && s_axil_bready))) && !rst_i;
        if (past_q) begin
            assert (state_q <= DONE);
            if ($past(rst_i)) assert (!s_axil_awready && !s_axil_arready && !s_axil_bvalid && !s_axil_rvalid && !reg_bwe_o);
            else begin
                // a response waits unchanged
                if ($past(s_axil_bvalid && !s_axil_bready)) assert (s_axil_bvalid && $stable(s_axil_bresp));
                if ($past(s_axil_rvalid && !s_axil_rready)) assert (s_axil_rvalid && $stable(s_axil_rresp) && $stable(s_axil_rdata));
            end
            // a request is taken with all that belongs to it, alone, and each has one response of its kind
            assert (s_axil_wready == s_axil_awready);
            if (s_axil_awready) assert (s_axil_awvalid && s_axil_wvalid && !s_axil_arready && open_q == 2'b00);
            if (s_axil_arready) assert (s_axil_arvalid && open_q == 2'b00);
            if (s_axil_bvalid) assert (open_q == 2'b10 && !s_axil_rvalid);
            if (s_axil_rvalid) assert (open_q == 2'b01 && !s_axil_bvalid);
            // what is refused has no effect; nothing touches memories or registers in a run, and a run has flags that go together
            if (mem_we_o) assert (write_q && !refused && !results);
            if (reg_we_o || reg_bwe_o) assert (write_q && is_reg && addr_q[8] && !run_busy_i);
            if (mem_we_o || mem_re_o) assert (is_mem && !beyond && !run_busy_i);
            if (run_start_o) assert (write_q && to_run && !run_busy_i && run_flags_o != 6'd0);
            if (run_start_o) assert (!(run_flags_o[5] && run_flags_o[4:0] != 5'd0) && !(run_flags_o[4] && run_flags_o[3:0] != 4'd0));
            if (run_abort_o && $past(!run_abort_o)) assert (to_abort);
            if (engine_rst_o) assert (write_q && to_reset);
            if ($past(engine_rst_o && !rst_i) && !engine_rst_o) assert ($past(count_q) == 5'd15);
            // for the induction
            if (state_q == IDLE) assert (open_q == 2'b00 && !take_w_q && !take_r_q && !bvalid_q && !rvalid_q && !asked_q && !mem_we_q && !reg_we_q);
            if (state_q == DECODE) assert (open_q == 2'b00 && take_w_q == write_q && take_r_q == !write_q && !bvalid_q && !rvalid_q && count_q == 5'd0);
            if (state_q != DECODE) assert (!take_w_q && !take_r_q);
            if (state_q > DECODE) assert (open_q == (write_q ? 2'b10 : 2'b01) && {bvalid_q, rvalid_q} == (state_q == DONE ? open_q : 2'b00));
            if (asked_q) assert (state_q == MEM_WAIT);
            if (state_q == MEM_WAIT) assert (asked_q);
            if (mem_we_q) assert (state_q == HOLD);
            if (reg_we_q) assert (state_q == REG_COPY);
            if (state_q != IDLE && state_q != DECODE && state_q < RESPOND) assert (!refused || state_q == HOLD || state_q == START);
            if (state_q == MEM_READ || state_q == MEM_WAIT) assert (!write_q && is_mem);
            if (state_q == REG_READ) assert (!write_q && is_reg);
            if (state_q == REG_COPY) assert (write_q && is_reg && addr_q[8]);
            if (state_q == START) assert (write_q && to_run && !run_busy_i && flags_q == data_q[5:0] && !bad_flags);
            if (state_q == HOLD) assert (write_q && (is_mem ? !beyond && !results && !bad_q && addr_q[1:0] == 0 && !run_busy_i : to_run || to_reset));
            if (state_q == DECODE || state_q == ACT || state_q == REG_READ || state_q == REG_COPY)
                assert (state_q == REG_READ ? count_q <= 5'd4 : state_q == REG_COPY ? count_q <= 5'd3 : count_q == 5'd0);
            if (state_q == HOLD) assert (to_reset ? count_q < 5'd16 : count_q == 5'd0);
            if (abort_q) assert ($past(run_busy_i));
        end
        cover (past_q && s_axil_bvalid && s_axil_bready && s_axil_bresp == OKAY && is_mem && last);
        cover (past_q && s_axil_rvalid && s_axil_rready && s_axil_rresp == OKAY && is_reg);
        cover (past_q && s_axil_bvalid && s_axil_bresp == OKAY && to_abort && run_busy_i);
    end
`endif
endmodule

`default_nettype wire
