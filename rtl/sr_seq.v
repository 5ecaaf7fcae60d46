// SPDX-License-Identifier: Apache-2.0
// sr_seq: sequencer of a run: evaluation of a batch, shaping, update. Three small machines:
//   front  batch entry -> base current (once a sample) and projection (a chunk of pairs at a time) into a free buffer half
//   back   takes what the front has made ready: the LIF phase of the chunk; for networks of several layers it then runs
//          base, projection and LIF for each layer and member
//   main   waits for both, shapes, updates layer by layer, reports
// One hidden layer and BUFFERS = 2: the front works one sample or chunk ahead. Otherwise front and back take turns.
// A fault that a memory or the host raises ends the run: after the sample under way, or after the layer.
// Units: start pulse, busy from the next cycle until done; job fields stable meanwhile. Reset: control only.
// Test: tests/test_sim.c
`default_nettype none

module sr_seq #(
    parameter ENGINES    = 1,
    parameter BUFFERS    = 2,
    parameter LAYERS_MAX = 3
) (
    input  wire        clk_i,
    input  wire        rst_i,
    // run
    input  wire        run_start_i,
    input  wire [ 4:0] run_flags_i,
    output wire        run_busy_o,
    output wire [ 7:0] run_code_o,
    input  wire [ 7:0] limit_code_i,    // of sr_limits
    input  wire [ 7:0] fault_code_i,    // of the memories, OK until one was overrun
    output wire        clear_o,         // a run begins: clear counters and faults
    output wire        infer_o,
    input  wire [ 4:0] classes_i,
    output wire        label_over_o,    // an entry of the batch list has a label beyond the classes
    // configuration
    input  wire [ 1:0] layers_i,
    input  wire        full_i,          // hidden layers in full mode (0 in inference)
    input  wire [15:0] batch_i,
    input  wire [15:0] pair_first_i,    // 0 in inference
    input  wire [15:0] pair_count_i,    // 1 in inference
    input  wire [15:0] chunk_i,
    // batch list
    output wire        list_re_o,
    output wire [15:0] list_addr_o,
    input  wire [31:0] list_data_i,
    // front units
    output wire        base_start_o,
    input  wire        base_busy_i,
    output wire        proj_start_o,
    input  wire        proj_busy_i,
    output wire        front_deep_o,    // job of a later layer: input from the spike store
    output wire [27:0] front_x_base_o,
    output wire [15:0] proj_pair_o,
    output wire [15:0] proj_count_o,
    output wire        front_bhalf_o,
    output wire        front_chalf_o,
    output wire [ 1:0] front_layer_o,
    // LIF
    output wire        lif_start_o,
    input  wire        lif_busy_i,
    output wire [ 1:0] lif_layer_o,
    output wire [15:0] lif_pair_o,
    output wire [15:0] lif_local_o,
    output wire [15:0] lif_count_o,
    output wire        lif_single_o,
    output wire        lif_bhalf_o,
    output wire        lif_chalf_o,
    output wire [27:0] lif_x_base_o,
    // the member of a single job, and where its input spikes are
    output wire [ 1:0] member_slot_o,
    output wire [ 7:0] member_engine_o,
    output wire        member_minus_o,
    // readout
    output wire        deep_group_o,    // a group's members are done: read it out
    output wire [ 3:0] item_label_o,
    output wire        item_clear_o,    // first sample of a run that does not accumulate
    output wire [15:0] group_pair_o,    // several layers: first pair of the group and pairs from it on
    output wire [15:0] group_left_o,
    input  wire        readout_busy_i,  // anything between LIF and fitness sums
    // shaping, update
    output wire        shape_start_o,
    input  wire        shape_busy_i,
    output wire        upd_start_o,
    output wire [ 1:0] upd_layer_o,
    input  wire        upd_busy_i
);
    `include "sr_map.vh"

    wire deep      = LAYERS_MAX > 1 && layers_i > 2'd1;
    wire two_halves = BUFFERS > 1 && !deep;

    // ---- main ----
    localparam M_IDLE = 3'd0, M_CHECK = 3'd1, M_EVAL = 3'd2, M_SHAPE = 3'd3, M_SHAPED = 3'd4, M_UPDATE = 3'd5,
               M_UPDATED = 3'd6;
    reg [2:0] main_q;
    reg [4:0] flags_q;
    reg [7:0] code_q;
    reg [1:0] upd_layer_q;
    wire      eval_start, eval_done;
    wire      want_eval   = |(flags_q & (SR_RUN_EVALUATE[4:0] | SR_RUN_INFER[4:0]));
    wire      want_update = |(flags_q & SR_RUN_UPDATE[4:0]);
    wire      want_shape  = |(flags_q & SR_RUN_SHAPE[4:0]);
    assign eval_start = main_q == M_CHECK && limit_code_i == SR_REPLY_OK && want_eval;
    always @(posedge clk_i) begin
        case (main_q)
            M_IDLE: if (run_start_i) begin
                flags_q <= run_flags_i;
                code_q  <= SR_REPLY_OK;
                main_q  <= M_CHECK;
            end
            M_CHECK: begin
                code_q <= limit_code_i;
                upd_layer_q <= 2'd0;
                main_q <= limit_code_i != SR_REPLY_OK ? M_IDLE : want_eval ? M_EVAL : want_shape ? M_SHAPE :
                          want_update ? M_UPDATE : M_IDLE;
            end
            M_EVAL: if (eval_done) begin
                code_q <= fault_code_i;
                main_q <= fault_code_i != SR_REPLY_OK ? M_IDLE : want_shape ? M_SHAPE : want_update ? M_UPDATE : M_IDLE;
            end
            M_SHAPE:  main_q <= M_SHAPED;
            M_SHAPED: if (!shape_busy_i) main_q <= want_update ? M_UPDATE : M_IDLE;
            M_UPDATE: main_q <= M_UPDATED;
            default: if (!upd_busy_i) begin
                code_q      <= fault_code_i;
                upd_layer_q <= upd_layer_q + 2'd1 == layers_i ? SR_LAYER_READOUT[1:0] : upd_layer_q + 2'd1;
                main_q      <= upd_layer_q == SR_LAYER_READOUT[1:0] || fault_code_i != SR_REPLY_OK ? M_IDLE : M_UPDATE;
            end
        endcase
        if (rst_i) main_q <= M_IDLE;
    end
    assign run_busy_o    = main_q != M_IDLE;
    assign run_code_o    = code_q;
    assign clear_o       = main_q == M_IDLE && run_start_i;
    assign infer_o       = |(flags_q & SR_RUN_INFER[4:0]);
    assign shape_start_o = main_q == M_SHAPE;
    assign upd_start_o   = main_q == M_UPDATE;
    assign upd_layer_o   = upd_layer_q;

    // ---- front ----
    localparam F_IDLE = 3'd0, F_FETCH = 3'd1, F_ENTRY = 3'd2, F_START = 3'd3, F_RUN = 3'd4, F_PUSH = 3'd5;
    reg [ 2:0] front_q;
    reg [15:0] b_q, done_pairs_q;      // sample; pairs of it already handed over
    reg [27:0] x_base_q;
    reg [ 3:0] label_q;
    reg        bhalf_q, chalf_q;
    reg [ 1:0] bused_q, cused_q;       // buffer halves in use
    wire [15:0] pairs_left  = pair_count_i - done_pairs_q;
    wire [15:0] chunk       = pairs_left > chunk_i ? chunk_i : pairs_left;
    wire        first_chunk = done_pairs_q == 16'd0;
    wire        last_chunk  = pairs_left <= chunk_i;
    wire        room        = two_halves ? cused_q != 2'd2 && !(first_chunk && bused_q == 2'd2)
                                         : cused_q == 2'd0 && !(first_chunk && bused_q != 2'd0);
    wire        go          = front_q == F_START && room;
    wire        item_done, item_last_chunk;
    wire        item_room;
    always @(posedge clk_i) begin
        case (front_q)
            F_IDLE: if (eval_start) begin
                front_q <= F_FETCH;
                b_q     <= 16'd0;
                bhalf_q <= 1'b0;
                chalf_q <= 1'b0;
            end
            F_FETCH: begin
                front_q      <= F_ENTRY;
                done_pairs_q <= 16'd0;
            end
            F_ENTRY: begin
                front_q  <= F_START;
                x_base_q <= list_data_i[27:0];
                label_q  <= list_data_i[31:28];
            end
            F_START: if (room) front_q <= F_RUN;
            F_RUN: if (!base_busy_i && !proj_busy_i) front_q <= F_PUSH;
            default: if (item_room) begin  // F_PUSH
                done_pairs_q <= done_pairs_q + chunk;
                if (two_halves) chalf_q <= !chalf_q;
                front_q <= F_START;
                if (last_chunk) begin
                    if (two_halves) bhalf_q <= !bhalf_q;
                    b_q     <= b_q + 16'd1;
                    front_q <= b_q == batch_i - 16'd1 || fault_code_i != SR_REPLY_OK ? F_IDLE : F_FETCH;
                end
            end
        endcase
        bused_q <= bused_q + {1'b0, go && first_chunk} - {1'b0, item_done && item_last_chunk};
        cused_q <= cused_q + {1'b0, go} - {1'b0, item_done};
        if (rst_i || eval_start) begin
            bused_q <= 2'd0;
            cused_q <= 2'd0;
        end
        if (rst_i) front_q <= F_IDLE;
    end
    assign label_over_o = front_q == F_ENTRY && {1'b0, list_data_i[31:28]} >= classes_i && !infer_o;
    assign list_re_o   = front_q == F_FETCH;
    assign list_addr_o = b_q;

    // ---- items handed from front to back: two entries ----
    localparam ITEM_W = 28 + 4 + 16 + 16 + 4;
    reg  [ITEM_W-1:0] item_q0, item_q1;
    reg  [ 1:0]       items_q;
    wire              push = front_q == F_PUSH && item_room;
    wire [ITEM_W-1:0] item_new = {x_base_q, label_q, done_pairs_q, chunk, bhalf_q, chalf_q, last_chunk, b_q == 16'd0};
    assign item_room = items_q != 2'd2;
    wire [27:0] item_x_base;
    wire [15:0] item_local, item_count;
    wire        item_bhalf, item_chalf, item_first;
    assign {item_x_base, item_label_o, item_local, item_count, item_bhalf, item_chalf, item_last_chunk, item_first} = item_q0;
    always @(posedge clk_i) begin
        if (item_done) begin
            item_q0 <= items_q == 2'd2 ? item_q1 : item_new;
            item_q1 <= item_new;
        end else if (push) begin
            if (items_q == 2'd0) item_q0 <= item_new;
            else item_q1 <= item_new;
        end
        items_q <= items_q + {1'b0, push} - {1'b0, item_done};
        if (rst_i) items_q <= 2'd0;
    end
    assign item_clear_o = item_first && !(|(flags_q & SR_RUN_ACCUMULATE[4:0]));

    // ---- back ----
    localparam K_IDLE = 3'd0, K_LIF = 3'd1, K_WAIT = 3'd2, K_FRONT = 3'd3, K_FWAIT = 3'd4, K_NEXT = 3'd5, K_READ = 3'd6,
               K_RWAIT = 3'd7;
    reg [ 2:0] back_q;
    reg [15:0] group_q;       // several layers: first pair of the group, in the chunk
    reg [ 1:0] layer_q;
    reg [ 1:0] slot_q;
    reg [ 7:0] engine_q;
    reg        minus_q;
    wire [15:0] group_left = item_count - group_q;
    wire [15:0] member     = {14'd0, slot_q} * ENGINES[15:0] + {8'd0, engine_q};
    wire [15:0] member_up  = member + 16'd1;
    wire        engine_end = engine_q == ENGINES[7:0] - 8'd1;
    wire        member_end = minus_q && (member_up >= group_left || (slot_q == 2'd3 && engine_end));
    wire        group_end  = group_left <= 16'd4 * ENGINES[15:0];
    generate
        if (LAYERS_MAX > 1) begin : g_deep
            always @(posedge clk_i) begin
                case (back_q)
                    K_IDLE: if (items_q != 2'd0) begin
                        back_q  <= K_LIF;
                        group_q <= 16'd0;
                        layer_q <= 2'd0;
                    end
                    K_LIF:  back_q <= K_WAIT;
                    K_WAIT: if (!lif_busy_i) begin
                        slot_q   <= 2'd0;
                        engine_q <= 8'd0;
                        minus_q  <= 1'b0;
                        back_q   <= !deep ? K_IDLE : K_FRONT;
                        if (deep) layer_q <= layer_q + 2'd1;
                        if (layer_q != 2'd0) begin  // a member's later layer is done
                            slot_q   <= slot_q;
                            engine_q <= engine_q;
                            minus_q  <= minus_q;
                            if (layer_q + 2'd1 == layers_i) back_q <= K_NEXT;
                        end
                    end
                    K_FRONT: back_q <= K_FWAIT;
                    K_FWAIT: if (!base_busy_i && !proj_busy_i) back_q <= K_LIF;
                    K_NEXT: begin
                        layer_q <= 2'd1;
                        back_q  <= member_end ? K_READ : K_FRONT;
                        minus_q <= !minus_q;
                        if (minus_q) begin
                            engine_q <= engine_end ? 8'd0 : engine_q + 8'd1;
                            if (engine_end) slot_q <= slot_q + 2'd1;
                        end
                    end
                    K_READ: back_q <= K_RWAIT;
                    default: if (!readout_busy_i) begin
                        layer_q <= 2'd0;
                        group_q <= group_q + 16'd4 * ENGINES[15:0];
                        back_q  <= group_end ? K_IDLE : K_LIF;
                    end
                endcase
                if (rst_i) back_q <= K_IDLE;
            end
            assign item_done = deep ? back_q == K_RWAIT && !readout_busy_i && group_end : back_q == K_WAIT && !lif_busy_i;
        end else begin : g_shallow
            always @(posedge clk_i) begin
                case (back_q)
                    K_IDLE:  if (items_q != 2'd0) back_q <= K_LIF;
                    K_LIF:   back_q <= K_WAIT;
                    default: if (!lif_busy_i) back_q <= K_IDLE;
                endcase
                if (rst_i) back_q <= K_IDLE;
            end
            always @(posedge clk_i) begin  // constants; @* would never run
                group_q  <= 16'd0;
                layer_q  <= 2'd0;
                slot_q   <= 2'd0;
                engine_q <= 8'd0;
                minus_q  <= 1'b0;
            end
            assign item_done = back_q == K_WAIT && !lif_busy_i;
        end
    endgenerate
    wire _unused = &{1'b0, member_end, group_end};
    wire later = deep && back_q != K_IDLE && layer_q != 2'd0;  // the back runs a member's later layer
    assign eval_done = main_q == M_EVAL && front_q == F_IDLE && items_q == 2'd0 && back_q == K_IDLE && !readout_busy_i;

    wire [15:0] item_pair   = pair_first_i + item_local;
    wire [15:0] member_pair = item_pair + group_q + {14'd0, slot_q} * ENGINES[15:0];  // of engine 0
    assign front_deep_o   = later;
    assign base_start_o   = (go && first_chunk) || (LAYERS_MAX > 1 && back_q == K_FRONT);
    assign proj_start_o   = !full_i && (go || (LAYERS_MAX > 1 && back_q == K_FRONT));
    assign front_x_base_o = later ? 28'd0 : x_base_q;
    assign proj_pair_o    = later ? member_pair : pair_first_i + done_pairs_q;
    assign proj_count_o   = later ? {8'd0, engine_q} + 16'd1 : chunk;
    assign front_bhalf_o  = later ? 1'b1 : bhalf_q;
    assign front_chalf_o  = later ? 1'b1 : chalf_q;
    assign front_layer_o  = later ? layer_q : 2'd0;
    assign lif_start_o    = back_q == K_LIF;
    assign lif_layer_o    = layer_q;
    assign lif_pair_o     = later ? member_pair : item_pair + group_q;
    assign lif_local_o    = later ? 16'd0 : group_q;
    assign lif_count_o    = later ? 16'd1 : !deep ? item_count : group_end ? group_left : 16'd4 * ENGINES[15:0];
    assign lif_single_o   = later;
    assign lif_bhalf_o    = later ? 1'b1 : item_bhalf;
    assign lif_chalf_o    = later ? 1'b1 : item_chalf;
    assign lif_x_base_o   = later ? 28'd0 : item_x_base;
    assign member_slot_o   = slot_q;
    assign member_engine_o = engine_q;
    assign member_minus_o  = minus_q;
    assign deep_group_o    = LAYERS_MAX > 1 && back_q == K_READ;
    assign group_pair_o    = item_pair + group_q;
    assign group_left_o    = group_left;
endmodule

`default_nettype wire
