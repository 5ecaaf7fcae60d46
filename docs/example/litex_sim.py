#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A LiteX system with Spikeroll in it, simulated: what litex_spikeroll.py is used like, and the proof that it works.

litex_sim.py packets [--folder DIR]      packets on a serial line, as a board has them: IDENTIFY is asked and answered
litex_sim.py bus [--folder DIR]          registers on the system's bus, reached by LiteX's UARTBone: MAGIC is read, a register written and read

The line of the simulation is a TCP port. Needs LiteX, Verilator, libevent and json-c (Debian: libevent-dev, libjson-c-dev)."""
import argparse
import os
import socket
import struct
import subprocess
import sys
import time
import zlib

from litex.build.generic_platform import Pins, Subsignal
from litex.build.sim import SimPlatform
from litex.build.sim.config import SimConfig
from litex.gen import LiteXModule
from litex.soc.cores.uart import RS232PHYModel, UARTBone
from litex.soc.integration.builder import Builder
from litex.soc.integration.soc import SoCRegion
from litex.soc.integration.soc_core import SoCMini
from migen import ClockDomain, ClockSignal, ResetSignal

from litex_spikeroll import SpikerollBus, SpikerollStream

LINE = [("source_valid", 1), ("source_ready", 1), ("source_data", 8), ("sink_valid", 1), ("sink_ready", 1), ("sink_data", 8)]
IO = [("sys_clk", 0, Pins(1)), ("sys_rst", 0, Pins(1)), ("serial", 0, *(Subsignal(name, Pins(width)) for name, width in LINE))]
CLOCK = 1_000_000
BASE = 0x4000_0000
MAGIC, STEPS = 0x53504B52, 0x40  # the first register; one that may be written (docs/registers.md)


class Clock(LiteXModule):
    def __init__(self, pads):
        self.cd_sys = ClockDomain()
        self.comb += [ClockSignal("sys").eq(pads), ResetSignal("sys").eq(0)]


class System(SoCMini):
    def __init__(self, kind):
        self.platform = SimPlatform("SIM", IO)
        self.crg = Clock(self.platform.request("sys_clk"))
        super().__init__(self.platform, clk_freq=CLOCK, ident="Spikeroll in LiteX")
        self.phy = RS232PHYModel(self.platform.request("serial"))
        if kind == "packets":
            self.spikeroll = SpikerollStream(self.platform)
            self.comb += [self.phy.source.connect(self.spikeroll.sink), self.spikeroll.source.connect(self.phy.sink)]
        else:
            self.spikeroll = SpikerollBus(self.platform)
            self.bus.add_slave("spikeroll", self.spikeroll.bus, SoCRegion(origin=BASE, size=SpikerollBus.SIZE, cached=False))
            self.bone = UARTBone(self.phy, CLOCK)
            self.bus.add_master(name="bone", master=self.bone.wishbone)


def build(kind, folder, port):
    """Makes the simulation; the folder to start obj_dir/Vsim in."""
    config = SimConfig()
    config.add_clocker("sys_clk", freq_hz=CLOCK)
    config.add_module("serial2tcp", "serial", args={"port": port})
    builder = Builder(System(kind), output_dir=folder, compile_software=False)
    builder.build(sim_config=config, run=False, build_name="sim", opt_level="O1", interactive=False)
    gateware = os.path.join(os.path.abspath(folder), "gateware")
    made = subprocess.run(["bash", "build_sim.sh"], cwd=gateware, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if made.returncode:
        sys.exit(made.stdout[-2000:])
    return gateware


def receive(line, count):
    data = b""
    while len(data) < count:
        piece = line.recv(count - len(data))
        if not piece:
            raise ConnectionError("the simulation has gone")
        data += piece
    return data


def ask_packets(line):
    body = bytes([0x01, 7, 0, 0])  # IDENTIFY, number 7, no payload
    line.sendall(b"\xa5\x5a" + body + struct.pack("<I", zlib.crc32(body)))
    head = receive(line, 7)
    assert head[:2] == b"\x5a\xa5" and head[2:5] == bytes([0x01, 7, 0]), head.hex()
    payload = receive(line, struct.unpack("<H", head[5:7])[0])
    crc, = struct.unpack("<I", receive(line, 4))
    assert crc == zlib.crc32(head[2:] + payload)
    words = struct.unpack(f"<{len(payload) // 4}I", payload)
    assert words[0] == MAGIC, hex(words[0])
    print(f"IDENTIFY is answered: MAGIC {words[0]:08x}, PROTOCOL {words[1]}, {len(words)} registers")


def ask_bus(line):
    def read(register):
        line.sendall(bytes([0x02, 1]) + struct.pack(">I", (BASE + 4 * register) // 4))
        return struct.unpack(">I", receive(line, 4))[0]

    def write(register, value):
        line.sendall(bytes([0x01, 1]) + struct.pack(">II", (BASE + 4 * register) // 4, value))

    assert read(0) == MAGIC, hex(read(0))
    write(STEPS, 9)
    assert read(STEPS) == 9, read(STEPS)
    print(f"on the bus: MAGIC {read(0):08x}, PROTOCOL {read(1)}; a register holds what was written")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=("packets", "bus"))
    parser.add_argument("--folder", default="build/litex")
    parser.add_argument("--tcp", type=int, default=11119, help="port of the simulation's line (default: 11119)")
    options = parser.parse_args()
    gateware = build(options.kind, os.path.join(options.folder, options.kind), options.tcp)
    simulation = subprocess.Popen(["obj_dir/Vsim"], cwd=gateware, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        for attempt in range(100):
            try:
                line = socket.create_connection(("127.0.0.1", options.tcp), timeout=120)
                break
            except ConnectionRefusedError:
                assert simulation.poll() is None, "the simulation has ended"
                time.sleep(0.1)
        (ask_packets if options.kind == "packets" else ask_bus)(line)
    finally:
        simulation.kill()
        simulation.wait()


sys.exit(main())
