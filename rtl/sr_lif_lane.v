// SPDX-License-Identifier: Apache-2.0
// sr_lif_lane: one pair lane: the LIF update (docs/numerics.md, section 4) of both members of an antithetic pair.
//
// A barrel of four threads. The four pipeline stages are the membrane storage: they form a ring that moves on `fire_i`
// only, one thread entering a fire, so thread k meets its own membrane again at fire k + 4 and nothing ever stalls on it.
//   stage 1  leak product, i = b +- d      stage 3  threshold, spike count
//   stage 2  u = sat_16(v - leak + i)      stage 4  reset; its result is the membrane at the ring's entry
// Formats: b, d, v signed 16; leak u8 / 256; theta 1..32767. Spikes and counts of a thread are at the outputs after it
// has been through stage 3 (two fires after its own), and hold until the next fire.
// first_i: the membrane and the count start at 0 (entry). on_i: 0 keeps the thread in stage 2 from spiking (padding).
// No reset: state is initialised by first_i. Test: tests/rtl/tb_lif_lane.cpp
`default_nettype none

module sr_lif_lane #(
    parameter CNT_W = 9
) (
    input  wire               clk_i,
    input  wire               fire_i,
    input  wire               first_i,
    input  wire               on_i,
    input  wire signed [15:0] b_i,
    input  wire signed [15:0] d_i,
    input  wire        [ 7:0] leak_i,
    input  wire        [15:0] theta_i,
    input  wire               subtract_i,
    output wire               spike_p_o,
    output wire               spike_m_o,
    output wire [CNT_W-1:0]   count_p_o,
    output wire [CNT_W-1:0]   count_m_o
);
    sr_lif_half #(.CNT_W(CNT_W), .MINUS(0)) u_plus (
        .clk_i(clk_i), .fire_i(fire_i), .first_i(first_i), .on_i(on_i), .b_i(b_i), .d_i(d_i), .leak_i(leak_i),
        .theta_i(theta_i), .subtract_i(subtract_i), .spike_o(spike_p_o), .count_o(count_p_o)
    );
    sr_lif_half #(.CNT_W(CNT_W), .MINUS(1)) u_minus (
        .clk_i(clk_i), .fire_i(fire_i), .first_i(first_i), .on_i(on_i), .b_i(b_i), .d_i(d_i), .leak_i(leak_i),
        .theta_i(theta_i), .subtract_i(subtract_i), .spike_o(spike_m_o), .count_o(count_m_o)
    );
endmodule

`default_nettype wire
