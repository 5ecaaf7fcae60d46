// SPDX-License-Identifier: Apache-2.0
//
// sr_clock, ECP5: clk_o = clk_i / PLL_REF * PLL_FB / PLL_OUT. The data sheet (FPGA-DS-02012, sysCLOCK PLL timing) allows 10 to 400 MHz at
// the phase detector, clk_i / PLL_REF, and 400 to 800 MHz for the oscillator, PLL_FB times that; below 10 MHz a PLL may run and never
// say that it is locked. Output CLKOP closes the loop at the frequency of the phase detector, so that clk_o, on CLKOS, may be
// any fraction of the oscillator. PLL_FILTER and PLL_PAD are not used.
`default_nettype none

module sr_clock #(
    parameter PLL_REF    = 1,
    parameter PLL_FB     = 24,
    parameter PLL_OUT    = 10,
    parameter PLL_FILTER = 0,
    parameter PLL_PAD    = 0
) (
    input  wire clk_i,
    output wire clk_o,
    output wire locked_o
);
    wire loop;
    (* ICP_CURRENT="12" *) (* LPF_RESISTOR="8" *) (* MFG_ENABLE_FILTEROPAMP="1" *) (* MFG_GMCREF_SEL="2" *)
    EHXPLLL #(
        .PLLRST_ENA       ("DISABLED"),
        .INTFB_WAKE       ("DISABLED"),
        .STDBY_ENABLE     ("DISABLED"),
        .DPHASE_SOURCE    ("DISABLED"),
        .OUTDIVIDER_MUXA  ("DIVA"),
        .OUTDIVIDER_MUXB  ("DIVB"),
        .OUTDIVIDER_MUXC  ("DIVC"),
        .OUTDIVIDER_MUXD  ("DIVD"),
        .CLKI_DIV         (PLL_REF),
        .CLKFB_DIV        (1),
        .CLKOP_DIV        (PLL_FB),
        .CLKOP_ENABLE     ("ENABLED"),
        .CLKOP_CPHASE     (PLL_FB / 2),
        .CLKOP_FPHASE     (0),
        .CLKOS_DIV        (PLL_OUT),
        .CLKOS_ENABLE     ("ENABLED"),
        .CLKOS_CPHASE     (PLL_OUT / 2),
        .CLKOS_FPHASE     (0),
        .FEEDBK_PATH      ("CLKOP")
    ) u_pll (
        .RST          (1'b0),
        .STDBY        (1'b0),
        .CLKI         (clk_i),
        .CLKFB        (loop),
        .CLKOP        (loop),
        .CLKOS        (clk_o),
        .CLKINTFB     (),
        .PHASESEL0    (1'b0),
        .PHASESEL1    (1'b0),
        .PHASEDIR     (1'b1),
        .PHASESTEP    (1'b1),
        .PHASELOADREG (1'b1),
        .PLLWAKESYNC  (1'b0),
        .ENCLKOP      (1'b0),
        .LOCK         (locked_o)
    );
endmodule

`default_nettype wire
