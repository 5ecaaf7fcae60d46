// SPDX-License-Identifier: Apache-2.0
// sr_counters: the status registers CYC_* and EVENTS: cycles of a run in which a unit was busy (docs/architecture.md says which), from clear_i on, when
// a run begins. COUNTERS 0: the total alone; the others read 0. Reset: none. Test: tests/rtl/tb_counters.cpp
`default_nettype none

module sr_counters #(
    parameter COUNTERS = 1
) (
    input  wire         clk_i,
    input  wire         clear_i,
    input  wire         run_i,
    input  wire         base_i,
    input  wire         lif_i,
    input  wire         lif_busy_i,      // a step of LANES neurons is issued
    input  wire         readout_i,
    input  wire         update_i,
    input  wire         event_i,
    output wire [511:0] st_o
);
    reg  [31:0] st_cyc_total, st_cyc_base, st_cyc_lif, st_cyc_lif_busy, st_cyc_readout, st_cyc_update, st_events;
    `include "sr_st.vh"
    always @(posedge clk_i)
        if (clear_i) st_cyc_total <= 32'd0;
        else if (run_i) st_cyc_total <= st_cyc_total + 32'd1;
    always @(posedge clk_i)
        if (clear_i || COUNTERS == 0) begin
            st_cyc_base     <= 32'd0;
            st_cyc_lif      <= 32'd0;
            st_cyc_lif_busy <= 32'd0;
            st_cyc_readout  <= 32'd0;
            st_cyc_update   <= 32'd0;
            st_events       <= 32'd0;
        end else begin
            st_cyc_base     <= st_cyc_base + {31'd0, base_i};
            st_cyc_lif      <= st_cyc_lif + {31'd0, lif_i};
            st_cyc_lif_busy <= st_cyc_lif_busy + {31'd0, lif_busy_i};
            st_cyc_readout  <= st_cyc_readout + {31'd0, readout_i};
            st_cyc_update   <= st_cyc_update + {31'd0, update_i};
            st_events       <= st_events + {31'd0, event_i};
        end
endmodule

`default_nettype wire
