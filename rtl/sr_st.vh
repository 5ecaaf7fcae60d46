// SPDX-License-Identifier: Apache-2.0
// Made by `make map` from host/map/sr_map.def; do not edit. For inclusion in the body of a module that has an output
// st_o[511:0] and every status register but STATUS as a signal.
assign st_o = {
    256'd0, st_events,
    st_cyc_update,
    st_cyc_readout,
    st_cyc_lif_busy,
    st_cyc_lif,
    st_cyc_base,
    st_cyc_total,
    32'd0};
