# SPDX-License-Identifier: Apache-2.0
"""Spikeroll's core as LiteX modules: on two byte streams that carry packets, or as registers and memories on a bus.

    from litex_spikeroll import SpikerollStream, SpikerollBus

    self.spikeroll = SpikerollStream(platform, clock_hz=int(sys_clk_freq))       # sink: requests, source: replies (docs/protocol.md)
    self.comb += [phy.source.connect(self.spikeroll.sink), self.spikeroll.source.connect(phy.sink)]

    self.spikeroll = SpikerollBus(platform, clock_hz=int(sys_clk_freq))          # a region of 16 MB
    self.bus.add_slave("spikeroll", self.spikeroll.bus, SoCRegion(origin=0x4000_0000, size=SpikerollBus.SIZE, cached=False))
    self.irq.add("spikeroll")                                                    # with a processor: at the end of a run

Parameters are the core's (docs/architecture.md, "Parameters"); what is not given is as in docs/example/sr_example.v."""
import glob
import os

from litex.gen import LiteXModule
from litex.soc.interconnect import axi, stream
from litex.soc.interconnect.csr_eventmanager import EventManager, EventSourcePulse
from migen import Cat, ClockSignal, Constant, Instance, ResetSignal, Signal

RTL = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "rtl")
# The build of docs/example/sr_example.v: 112 inputs, 16 hidden neurons, 10 classes, 13 steps.
SMALL = dict(LANES=2, PROJ_UNITS=4, RANK_LANES=1, BUFFERS=1, 
             INPUTS_MAX=112, HIDDEN_MAX=16, CLASSES_MAX=10, STEPS_MAX=13, RANK_MAX=4, PAIRS_MAX=64, FACTORS=64, BATCH_MAX=64, 
             SAMPLE_WORDS=1024, RWEIGHT_WORDS=128, SCORE_WORDS=256, FRAC_W=4, PACKET_MAX=256, SOFT_LANES=2)


class _Spikeroll(LiteXModule):
    """The instance. busy: a run is under way; done: it has ended, for a clock; fault: with another code than OK."""

    def __init__(self, platform, clock_hz, port, parameters, ports):
        self.busy, self.done, self.fault = Signal(), Signal(), Signal()
        self.ev = EventManager()
        self.ev.done = EventSourcePulse(description="A run has ended.")
        self.ev.finalize()
        self.comb += self.ev.done.trigger.eq(self.done)
        values = {**SMALL, **parameters, "PORT": port, "CLOCK_HZ": clock_hz}
        # As plain numbers: Migen would give each as few bits as it needs, and the core selects bits of them.
        given = {"p_" + name: Instance.PreformattedParam(str(value)) for name, value in values.items()}
        self.specials += Instance("sr_core", **given, i_clk_i=ClockSignal("sys"), i_rst_i=ResetSignal("sys"), o_busy_o=self.busy,
                                  o_done_o=self.done, o_fault_o=self.fault, **_TIED[1 - port], **ports)
        for name in sorted(glob.glob(os.path.join(RTL, "*.v"))):
            if os.path.basename(name) != "sr_board.v":  # a top of its own, with a PLL
                platform.add_source(name)
        platform.add_verilog_include_path(RTL)


# The inputs of the way in that a core does not have.
_TIED = [dict(i_s_axis_tdata=0, i_s_axis_tvalid=0, i_m_axis_tready=0),
         dict(i_s_axil_awaddr=0, i_s_axil_awvalid=0, i_s_axil_wdata=0, i_s_axil_wstrb=0, i_s_axil_wvalid=0, i_s_axil_bready=0,
              i_s_axil_araddr=0, i_s_axil_arvalid=0, i_s_axil_rready=0)]


class SpikerollStream(_Spikeroll):
    """Packets on two streams of bytes: AXI4-Stream, which LiteX's streams are under other names."""

    def __init__(self, platform, clock_hz=0, **parameters):
        self.sink, self.source = stream.Endpoint([("data", 8)]), stream.Endpoint([("data", 8)])
        super().__init__(platform, clock_hz, 0, parameters, dict(
            i_s_axis_tdata=self.sink.data, i_s_axis_tvalid=self.sink.valid, o_s_axis_tready=self.sink.ready,
            o_m_axis_tdata=self.source.data, o_m_axis_tvalid=self.source.valid, i_m_axis_tready=self.source.ready))


class SpikerollBus(_Spikeroll):
    """Registers, commands and memories on AXI4-Lite, folded into 16 MB: registers and commands from 0 on as docs/protocol.md has them,
    memory number m from 0x800000 + 0x100000 m on, up to 262,144 words of 32 bits each."""

    SIZE = 1 << 24

    def __init__(self, platform, clock_hz=0, **parameters):
        self.bus = bus = axi.AXILiteInterface(data_width=32, address_width=32)

        def unfold(address):
            return Cat(address[:20], Constant(0, 8), address[20:24])

        super().__init__(platform, clock_hz, 1, parameters, dict(
            i_s_axil_awaddr=unfold(bus.aw.addr), i_s_axil_awvalid=bus.aw.valid, o_s_axil_awready=bus.aw.ready,
            i_s_axil_wdata=bus.w.data, i_s_axil_wstrb=bus.w.strb, i_s_axil_wvalid=bus.w.valid, o_s_axil_wready=bus.w.ready,
            o_s_axil_bresp=bus.b.resp, o_s_axil_bvalid=bus.b.valid, i_s_axil_bready=bus.b.ready,
            i_s_axil_araddr=unfold(bus.ar.addr), i_s_axil_arvalid=bus.ar.valid, o_s_axil_arready=bus.ar.ready,
            o_s_axil_rdata=bus.r.data, o_s_axil_rresp=bus.r.resp, o_s_axil_rvalid=bus.r.valid, i_s_axil_rready=bus.r.ready))
