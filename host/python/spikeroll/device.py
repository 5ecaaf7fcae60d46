# SPDX-License-Identifier: Apache-2.0
"""Engines: the golden model, a simulation of the core, or a board."""
from __future__ import annotations

import ctypes as c
from typing import TYPE_CHECKING

import numpy as np

from ._library import Handle, _labels, _words, check, encode, lib, make, sr_batch, sr_counters, sr_open, u32
from .data import pack

if TYPE_CHECKING:
    from .model import Model, Network

# Above the numbers of data sets, which count from 0, and of moved samples.
FIRST_ID, FRESH_IDS = 0xC000_0000, 0x3000_0000


class Device(Handle):
    """An engine: "ref", "sim" or "serial". All give the same numbers.

    threads: of ref, or simulators side by side. frac_bits: of ref's master weights, 0 for 8. build: the name of a simulation build, or
    its file if it has a slash. trace: a file for waveforms (FST), written until the device is closed. port, baud: of a board; several
    ports with commas between are one device of several boards, which share the work."""

    _free = "sr_device_close"

    def __init__(self, engine: str = "ref", *, threads: int = 1, frac_bits: int = 0, build: str | None = None,
                 trace: str | None = None, reset_seed: int = 0, port: str | None = None, baud: int = 0):
        how = sr_open(engine=encode(engine), threads=threads, frac_bits=frac_bits, trace=encode(trace), port=encode(port),
                      baud=baud, reset_seed=reset_seed, build=encode(build))
        super().__init__(make("sr_device_open", c.byref(how)))
        self._network: "Network | None" = None
        self._fresh = 0

    def _check(self, status: int) -> None:
        check(status, lib.sr_device_error(self.handle))

    @property
    def caps(self) -> dict[str, int | str]:
        """Limits and identity, by the names of struct sr_caps."""
        caps = lib.sr_device_caps(self.handle).contents
        values = {name: getattr(caps, name) for name, *_ in caps._fields_}
        values["engine"] = caps.engine.decode()
        return values

    @property
    def remark(self) -> str:
        """A line about a device that works and could work better, or nothing."""
        return lib.sr_device_remark(self.handle).decode()

    @property
    def counters(self) -> dict[str, int]:
        """Cycles and link bytes of the last evaluation or batch."""
        counters = sr_counters()
        self._check(lib.sr_device_counters(self.handle, c.byref(counters)))
        return {name: getattr(counters, name) for name, *_ in counters._fields_}

    def load(self, model: "Model") -> None:
        """Configure the device for a model and write its weights."""
        self._check(lib.sr_model_to_device(model.handle, self.handle))
        self._network = model.network

    def infer(self, spikes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Class scores int32 [count, classes] and predicted classes uint8 [count] of spikes [count, steps, inputs], by the model
        that was loaded."""
        net = self._network
        if net is None:
            raise ValueError("no model was loaded: see Device.load")
        words = np.ascontiguousarray(pack(spikes))
        if np.shape(spikes)[1:] != (net.steps, net.inputs):
            raise ValueError(f"spikes are {np.shape(spikes)}, and the model wants [count, {net.steps}, {net.inputs}]")
        count = len(words)
        # A device keeps samples by their numbers: those of an array, which may have changed since, are always new ones.
        ids = (FIRST_ID + (self._fresh + np.arange(count)) % FRESH_IDS).astype(np.uint32)
        self._fresh = (self._fresh + count) % FRESH_IDS
        labels = np.zeros(count, np.uint8)
        stride = words.strides[0] if count else 0
        bits = (_words * count)(*(c.cast(words.ctypes.data + i * stride, _words) for i in range(count)))
        batch = sr_batch(count, ids.ctypes.data_as(c.POINTER(u32)), bits, labels.ctypes.data_as(_labels))
        scores, predicted = np.empty((count, net.classes), np.int32), np.empty(count, np.uint8)
        if count:
            self._check(lib.sr_device_infer(self.handle, c.byref(batch), scores.ctypes.data_as(c.POINTER(c.c_int32)),
                                            predicted.ctypes.data_as(_labels)))
        return scores, predicted
