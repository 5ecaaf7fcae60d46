// SPDX-License-Identifier: Apache-2.0
//
// Behavioural models of the ECP5 cells that Yosys ships as empty boxes, as far as its synth_ecp5 uses them. Written from Lattice
// FPGA-TN-02204 (memory) and FPGA-TN-02205 (sysDSP), both public. Anything else stops elaboration.
// A read that meets a write of the other port at the same place is undefined in the silicon: the model returns the inverted
// bits, so that a design that relies on it fails.
`default_nettype none

module DP16KD #(
    parameter DATA_WIDTH_A = 18,
    parameter DATA_WIDTH_B = 18,
    parameter REGMODE_A = "NOREG",
    parameter REGMODE_B = "NOREG",
    parameter RESETMODE = "SYNC",
    parameter ASYNC_RESET_RELEASE = "SYNC",
    parameter CSDECODE_A = "0b000",
    parameter CSDECODE_B = "0b000",
    parameter WRITEMODE_A = "NORMAL",
    parameter WRITEMODE_B = "NORMAL",
    parameter CLKAMUX = "CLKA",
    parameter CLKBMUX = "CLKB",
    parameter GSR = "AUTO",
    parameter INIT_DATA = "STATIC",
    parameter [319:0] INITVAL_00 = 320'd0,
    parameter [319:0] INITVAL_01 = 320'd0,
    parameter [319:0] INITVAL_02 = 320'd0,
    parameter [319:0] INITVAL_03 = 320'd0,
    parameter [319:0] INITVAL_04 = 320'd0,
    parameter [319:0] INITVAL_05 = 320'd0,
    parameter [319:0] INITVAL_06 = 320'd0,
    parameter [319:0] INITVAL_07 = 320'd0,
    parameter [319:0] INITVAL_08 = 320'd0,
    parameter [319:0] INITVAL_09 = 320'd0,
    parameter [319:0] INITVAL_0A = 320'd0,
    parameter [319:0] INITVAL_0B = 320'd0,
    parameter [319:0] INITVAL_0C = 320'd0,
    parameter [319:0] INITVAL_0D = 320'd0,
    parameter [319:0] INITVAL_0E = 320'd0,
    parameter [319:0] INITVAL_0F = 320'd0,
    parameter [319:0] INITVAL_10 = 320'd0,
    parameter [319:0] INITVAL_11 = 320'd0,
    parameter [319:0] INITVAL_12 = 320'd0,
    parameter [319:0] INITVAL_13 = 320'd0,
    parameter [319:0] INITVAL_14 = 320'd0,
    parameter [319:0] INITVAL_15 = 320'd0,
    parameter [319:0] INITVAL_16 = 320'd0,
    parameter [319:0] INITVAL_17 = 320'd0,
    parameter [319:0] INITVAL_18 = 320'd0,
    parameter [319:0] INITVAL_19 = 320'd0,
    parameter [319:0] INITVAL_1A = 320'd0,
    parameter [319:0] INITVAL_1B = 320'd0,
    parameter [319:0] INITVAL_1C = 320'd0,
    parameter [319:0] INITVAL_1D = 320'd0,
    parameter [319:0] INITVAL_1E = 320'd0,
    parameter [319:0] INITVAL_1F = 320'd0,
    parameter [319:0] INITVAL_20 = 320'd0,
    parameter [319:0] INITVAL_21 = 320'd0,
    parameter [319:0] INITVAL_22 = 320'd0,
    parameter [319:0] INITVAL_23 = 320'd0,
    parameter [319:0] INITVAL_24 = 320'd0,
    parameter [319:0] INITVAL_25 = 320'd0,
    parameter [319:0] INITVAL_26 = 320'd0,
    parameter [319:0] INITVAL_27 = 320'd0,
    parameter [319:0] INITVAL_28 = 320'd0,
    parameter [319:0] INITVAL_29 = 320'd0,
    parameter [319:0] INITVAL_2A = 320'd0,
    parameter [319:0] INITVAL_2B = 320'd0,
    parameter [319:0] INITVAL_2C = 320'd0,
    parameter [319:0] INITVAL_2D = 320'd0,
    parameter [319:0] INITVAL_2E = 320'd0,
    parameter [319:0] INITVAL_2F = 320'd0,
    parameter [319:0] INITVAL_30 = 320'd0,
    parameter [319:0] INITVAL_31 = 320'd0,
    parameter [319:0] INITVAL_32 = 320'd0,
    parameter [319:0] INITVAL_33 = 320'd0,
    parameter [319:0] INITVAL_34 = 320'd0,
    parameter [319:0] INITVAL_35 = 320'd0,
    parameter [319:0] INITVAL_36 = 320'd0,
    parameter [319:0] INITVAL_37 = 320'd0,
    parameter [319:0] INITVAL_38 = 320'd0,
    parameter [319:0] INITVAL_39 = 320'd0,
    parameter [319:0] INITVAL_3A = 320'd0,
    parameter [319:0] INITVAL_3B = 320'd0,
    parameter [319:0] INITVAL_3C = 320'd0,
    parameter [319:0] INITVAL_3D = 320'd0,
    parameter [319:0] INITVAL_3E = 320'd0,
    parameter [319:0] INITVAL_3F = 320'd0
) (
    input wire DIA0, DIA1, DIA2, DIA3, DIA4, DIA5, DIA6, DIA7, DIA8, DIA9, DIA10, DIA11,
    input wire DIA12, DIA13, DIA14, DIA15, DIA16, DIA17,
    input wire ADA0, ADA1, ADA2, ADA3, ADA4, ADA5, ADA6, ADA7, ADA8, ADA9, ADA10, ADA11, ADA12, ADA13,
    input wire CEA, OCEA, CLKA, WEA, RSTA, CSA0, CSA1, CSA2,
    output wire DOA0, DOA1, DOA2, DOA3, DOA4, DOA5, DOA6, DOA7, DOA8, DOA9, DOA10, DOA11,
    output wire DOA12, DOA13, DOA14, DOA15, DOA16, DOA17,
    input wire DIB0, DIB1, DIB2, DIB3, DIB4, DIB5, DIB6, DIB7, DIB8, DIB9, DIB10, DIB11,
    input wire DIB12, DIB13, DIB14, DIB15, DIB16, DIB17,
    input wire ADB0, ADB1, ADB2, ADB3, ADB4, ADB5, ADB6, ADB7, ADB8, ADB9, ADB10, ADB11, ADB12, ADB13,
    input wire CEB, OCEB, CLKB, WEB, RSTB, CSB0, CSB1, CSB2,
    output wire DOB0, DOB1, DOB2, DOB3, DOB4, DOB5, DOB6, DOB7, DOB8, DOB9, DOB10, DOB11,
    output wire DOB12, DOB13, DOB14, DOB15, DOB16, DOB17
);
    generate
        if (REGMODE_A != "NOREG" || REGMODE_B != "NOREG" || CLKAMUX != "CLKA" || CLKBMUX != "CLKB") begin : g_check
            DP16KD_OPTION_NOT_MODELLED u_rule ();
        end
    endgenerate

    localparam [64*320-1:0] INIT = {
        INITVAL_3F, INITVAL_3E, INITVAL_3D, INITVAL_3C, INITVAL_3B, INITVAL_3A, INITVAL_39, INITVAL_38,
        INITVAL_37, INITVAL_36, INITVAL_35, INITVAL_34, INITVAL_33, INITVAL_32, INITVAL_31, INITVAL_30,
        INITVAL_2F, INITVAL_2E, INITVAL_2D, INITVAL_2C, INITVAL_2B, INITVAL_2A, INITVAL_29, INITVAL_28,
        INITVAL_27, INITVAL_26, INITVAL_25, INITVAL_24, INITVAL_23, INITVAL_22, INITVAL_21, INITVAL_20,
        INITVAL_1F, INITVAL_1E, INITVAL_1D, INITVAL_1C, INITVAL_1B, INITVAL_1A, INITVAL_19, INITVAL_18,
        INITVAL_17, INITVAL_16, INITVAL_15, INITVAL_14, INITVAL_13, INITVAL_12, INITVAL_11, INITVAL_10,
        INITVAL_0F, INITVAL_0E, INITVAL_0D, INITVAL_0C, INITVAL_0B, INITVAL_0A, INITVAL_09, INITVAL_08,
        INITVAL_07, INITVAL_06, INITVAL_05, INITVAL_04, INITVAL_03, INITVAL_02, INITVAL_01, INITVAL_00
    };
    reg [8:0] mem [0:2047];    // two bytes of 9 bits an 18-bit word; a word of 20 bits in INIT
    integer   i;
    initial
        for (i = 0; i < 2048; i = i + 1)
            mem[i] = INIT[(i / 2) * 20 + (i % 2) * 9 +: 9];

    wire [13:0] ad_a = {ADA13, ADA12, ADA11, ADA10, ADA9, ADA8, ADA7, ADA6, ADA5, ADA4, ADA3, ADA2, ADA1, ADA0};
    wire [17:0] di_a = {DIA17, DIA16, DIA15, DIA14, DIA13, DIA12, DIA11, DIA10, DIA9, DIA8, DIA7, DIA6, DIA5, DIA4, DIA3,
                   DIA2, DIA1, DIA0};
    wire        on_a = CEA && {CSA2, CSA1, CSA0} == 3'd0;
    reg  [17:0] do_a_q;
    assign {DOA17, DOA16, DOA15, DOA14, DOA13, DOA12, DOA11, DOA10, DOA9, DOA8, DOA7, DOA6, DOA5, DOA4, DOA3,
                   DOA2, DOA1, DOA0} = do_a_q;
    wire [13:0] ad_b = {ADB13, ADB12, ADB11, ADB10, ADB9, ADB8, ADB7, ADB6, ADB5, ADB4, ADB3, ADB2, ADB1, ADB0};
    wire [17:0] di_b = {DIB17, DIB16, DIB15, DIB14, DIB13, DIB12, DIB11, DIB10, DIB9, DIB8, DIB7, DIB6, DIB5, DIB4, DIB3,
                   DIB2, DIB1, DIB0};
    wire        on_b = CEB && {CSB2, CSB1, CSB0} == 3'd0;
    reg  [17:0] do_b_q;
    assign {DOB17, DOB16, DOB15, DOB14, DOB13, DOB12, DOB11, DOB10, DOB9, DOB8, DOB7, DOB6, DOB5, DOB4, DOB3,
                   DOB2, DOB1, DOB0} = do_b_q;

    // The bytes that a port writes: enables from the low address bits at width 18 and 36.
    wire [35:0] word_a = {di_b, di_a};
    wire [3:0]  be_a   = DATA_WIDTH_A == 36 ? ad_a[3:0] : DATA_WIDTH_A == 18 ? {2'd0, ad_a[1:0]} : 4'd1;
    wire [10:0] at_a   = DATA_WIDTH_A == 36 ? {ad_a[13:5], 2'd0} : DATA_WIDTH_A == 18 ? {ad_a[13:4], 1'd0} : ad_a[13:3];
    wire [3:0]  be_b   = DATA_WIDTH_B == 18 ? {2'd0, ad_b[1:0]} : 4'd1;
    wire [10:0] at_b   = DATA_WIDTH_B == 36 ? {ad_b[13:5], 2'd0} : DATA_WIDTH_B == 18 ? {ad_b[13:4], 1'd0} : ad_b[13:3];
    wire        wr_a   = on_a && WEA;
    wire        wr_b   = on_b && WEB;

    // Bits of byte `old` that a narrow port changes or reads.
    function [8:0] merge(input integer width, input [2:0] low, input [8:0] old, input [8:0] data);
        begin
            merge = old;
            case (width)
                1: merge[low] = data[0];
                2: merge[{low[2:1], 1'b0} +: 2] = data[1:0];
                4: merge[{low[2], 2'b00} +: 4] = data[3:0];
                default: merge = data;
            endcase
        end
    endfunction
    function [8:0] narrow(input integer width, input [2:0] low, input [8:0] data);
        case (width)
            1: narrow = {8'd0, data[low]};
            2: narrow = {7'd0, data[{low[2:1], 1'b0} +: 2]};
            4: narrow = {5'd0, data[{low[2], 2'b00} +: 4]};
            default: narrow = data;
        endcase
    endfunction
    // Does a write of the other port meet the byte read here? (Yosys writes 36 and 18 bits with WE = 1 and the byte enables.)
    function meets(input write, input [3:0] enables, input [10:0] at, input [10:0] byte_read);
        reg [10:0] away;
        begin
            away  = byte_read - at;
            meets = write && away < 11'd4 && enables[away[1:0]];
        end
    endfunction

    wire [35:0] rd_a, rd_b;
    genvar g;
    generate
        for (g = 0; g < 4; g = g + 1) begin : g_byte
            wire [10:0] read_a = at_a + g[10:0];
            wire [10:0] read_b = at_b + g[10:0];
            assign rd_a[g*9 +: 9] = mem[read_a] ^ {9{meets(wr_b, be_b, at_b, read_a)}};
            assign rd_b[g*9 +: 9] = mem[read_b] ^ {9{meets(wr_a, be_a, at_a, read_b)}};
        end
    endgenerate

    integer k;
    always @(posedge CLKA)
        if ((RSTA || RSTB) && RESETMODE != "SYNC") begin
            $display("DP16KD: asynchronous reset in use, not modelled");
            $finish;
        end
    always @(posedge CLKA) begin
        if (wr_a && !RSTA)
            for (k = 0; k < 4; k = k + 1)
                if (be_a[k])
                    mem[at_a + k[10:0]] <= merge(DATA_WIDTH_A, ad_a[2:0], mem[at_a + k[10:0]], word_a[k*9 +: 9]);
        if (RSTA)
            do_a_q <= 18'd0;
        else if (on_a && DATA_WIDTH_A <= 18) begin
            if (!WEA || WRITEMODE_A == "READBEFOREWRITE")
                do_a_q <= DATA_WIDTH_A == 18 ? rd_a[17:0] : {9'd0, narrow(DATA_WIDTH_A, ad_a[2:0], rd_a[8:0])};
            else if (WRITEMODE_A == "WRITETHROUGH")
                do_a_q <= DATA_WIDTH_A == 18 ? {be_a[1] ? di_a[17:9] : rd_a[17:9], be_a[0] ? di_a[8:0] : rd_a[8:0]} : di_a;
        end
        if (on_b && DATA_WIDTH_B == 36 && !RSTB)    // 36 bits read: the low half leaves on port A's pins, at port B's clock
            do_a_q <= rd_b[17:0];
    end
    always @(posedge CLKB) begin
        if (wr_b && !RSTB)
            for (k = 0; k < 2; k = k + 1)
                if (be_b[k])
                    mem[at_b + k[10:0]] <= merge(DATA_WIDTH_B, ad_b[2:0], mem[at_b + k[10:0]], di_b[k*9 +: 9]);
        if (RSTB)
            do_b_q <= 18'd0;
        else if (on_b) begin
            if (!WEB || WRITEMODE_B == "READBEFOREWRITE")
                do_b_q <= DATA_WIDTH_B == 36 ? rd_b[35:18] : DATA_WIDTH_B == 18 ? rd_b[17:0] :
                          {9'd0, narrow(DATA_WIDTH_B, ad_b[2:0], rd_b[8:0])};
            else if (WRITEMODE_B == "WRITETHROUGH")
                do_b_q <= DATA_WIDTH_B == 18 ? {be_b[1] ? di_b[17:9] : rd_b[17:9], be_b[0] ? di_b[8:0] : rd_b[8:0]} : di_b;
        end
    end
endmodule

module MULT18X18D #(
    parameter REG_INPUTA_CLK = "NONE",
    parameter REG_INPUTA_CE = "CE0",
    parameter REG_INPUTA_RST = "RST0",
    parameter REG_INPUTB_CLK = "NONE",
    parameter REG_INPUTB_CE = "CE0",
    parameter REG_INPUTB_RST = "RST0",
    parameter REG_INPUTC_CLK = "NONE",
    parameter REG_INPUTC_CE = "CE0",
    parameter REG_INPUTC_RST = "RST0",
    parameter REG_PIPELINE_CLK = "NONE",
    parameter REG_PIPELINE_CE = "CE0",
    parameter REG_PIPELINE_RST = "RST0",
    parameter REG_OUTPUT_CLK = "NONE",
    parameter REG_OUTPUT_CE = "CE0",
    parameter REG_OUTPUT_RST = "RST0",
    parameter CLK0_DIV = "ENABLED",
    parameter CLK1_DIV = "ENABLED",
    parameter CLK2_DIV = "ENABLED",
    parameter CLK3_DIV = "ENABLED",
    parameter HIGHSPEED_CLK = "NONE",
    parameter GSR = "ENABLED",
    parameter CAS_MATCH_REG = "FALSE",
    parameter SOURCEB_MODE = "B_SHIFT",
    parameter MULT_BYPASS = "DISABLED",
    parameter RESETMODE = "SYNC"
) (
    input wire A0, A1, A2, A3, A4, A5, A6, A7, A8, A9, A10, A11,
    input wire A12, A13, A14, A15, A16, A17,
    input wire B0, B1, B2, B3, B4, B5, B6, B7, B8, B9, B10, B11,
    input wire B12, B13, B14, B15, B16, B17,
    input wire C0, C1, C2, C3, C4, C5, C6, C7, C8, C9, C10, C11,
    input wire C12, C13, C14, C15, C16, C17,
    input wire SIGNEDA, SIGNEDB, SOURCEA, SOURCEB,
    input wire CLK0, CLK1, CLK2, CLK3,
    input wire CE0, CE1, CE2, CE3,
    input wire RST0, RST1, RST2, RST3,
    input wire SRIA0, SRIA1, SRIA2, SRIA3, SRIA4, SRIA5, SRIA6, SRIA7, SRIA8, SRIA9, SRIA10, SRIA11,
    input wire SRIA12, SRIA13, SRIA14, SRIA15, SRIA16, SRIA17,
    input wire SRIB0, SRIB1, SRIB2, SRIB3, SRIB4, SRIB5, SRIB6, SRIB7, SRIB8, SRIB9, SRIB10, SRIB11,
    input wire SRIB12, SRIB13, SRIB14, SRIB15, SRIB16, SRIB17,
    output wire SROA0, SROA1, SROA2, SROA3, SROA4, SROA5, SROA6, SROA7, SROA8, SROA9, SROA10, SROA11,
    output wire SROA12, SROA13, SROA14, SROA15, SROA16, SROA17,
    output wire SROB0, SROB1, SROB2, SROB3, SROB4, SROB5, SROB6, SROB7, SROB8, SROB9, SROB10, SROB11,
    output wire SROB12, SROB13, SROB14, SROB15, SROB16, SROB17,
    output wire ROA0, ROA1, ROA2, ROA3, ROA4, ROA5, ROA6, ROA7, ROA8, ROA9, ROA10, ROA11,
    output wire ROA12, ROA13, ROA14, ROA15, ROA16, ROA17,
    output wire ROB0, ROB1, ROB2, ROB3, ROB4, ROB5, ROB6, ROB7, ROB8, ROB9, ROB10, ROB11,
    output wire ROB12, ROB13, ROB14, ROB15, ROB16, ROB17,
    output wire ROC0, ROC1, ROC2, ROC3, ROC4, ROC5, ROC6, ROC7, ROC8, ROC9, ROC10, ROC11,
    output wire ROC12, ROC13, ROC14, ROC15, ROC16, ROC17,
    output wire P0, P1, P2, P3, P4, P5, P6, P7, P8, P9, P10, P11,
    output wire P12, P13, P14, P15, P16, P17, P18, P19, P20, P21, P22, P23,
    output wire P24, P25, P26, P27, P28, P29, P30, P31, P32, P33, P34, P35,
    output wire SIGNEDP
);
    generate
        if (REG_INPUTA_CLK != "NONE" || REG_INPUTB_CLK != "NONE" || REG_INPUTC_CLK != "NONE" || REG_PIPELINE_CLK != "NONE" ||
            REG_OUTPUT_CLK != "NONE" || MULT_BYPASS != "DISABLED") begin : g_check
            MULT18X18D_OPTION_NOT_MODELLED u_rule ();
        end
    endgenerate
    wire [17:0] a = {A17, A16, A15, A14, A13, A12, A11, A10, A9, A8, A7, A6, A5, A4, A3, A2, A1, A0};
    wire [17:0] b = {B17, B16, B15, B14, B13, B12, B11, B10, B9, B8, B7, B6, B5, B4, B3, B2, B1, B0};
    wire signed [36:0] wide = $signed({{19{SIGNEDA & a[17]}}, a}) * $signed({{19{SIGNEDB & b[17]}}, b});
    assign {P35, P34, P33, P32, P31, P30, P29, P28, P27, P26, P25, P24, P23, P22, P21, P20, P19, P18, P17, P16,
                   P15, P14, P13, P12, P11, P10, P9, P8, P7, P6, P5, P4, P3, P2, P1, P0} = wide[35:0];
    assign SIGNEDP = SIGNEDA | SIGNEDB;
endmodule

`default_nettype wire
