# SPDX-License-Identifier: Apache-2.0
"""NIR, the Neuromorphic Intermediate Representation: graphs of other frameworks as models, and models as graphs."""
from __future__ import annotations

import ctypes as c
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ._library import LAYERS, Handle, _words, call, encode, f64, lib, make, sr_nir_layer, sr_nir_rules, u32
from .data import pack
from .model import RESETS, Model

METHODS, COMPARISONS, MOMENTS = ("euler", "exponential"), ("greater", "at-least"), ("same", "next")


@dataclass
class Rules:
    """What NIR leaves open; docs/nir.md says which options of other frameworks mean what.

    dt: seconds in a step. method: a step keeps 1 - dt/tau ("euler") or exp(-dt/tau) ("exponential") of a membrane. comparison: a
    membrane "greater" than the threshold spikes, or one "at-least" as great. reset: "hard" to v_reset, or "subtract" the threshold.
    moment: in the "same" step, or in the "next". drop_bias: leave out a bias that is not zero, which is refused otherwise."""

    dt: float = 1e-4
    method: str = "euler"
    comparison: str = "greater"
    reset: str = "hard"
    moment: str = "same"
    drop_bias: bool = False

    def _struct(self) -> sr_nir_rules:  # type: ignore[valid-type]
        return sr_nir_rules(self.dt, METHODS.index(self.method), COMPARISONS.index(self.comparison), RESETS.index(self.reset),
                            MOMENTS.index(self.moment), self.drop_bias)


@dataclass
class LayerReport:
    """What became of a layer: its scale, the root mean square of the rounding as a share of that of the weights, the share of weights
    at +-127, threshold and leak as wanted and as they are (leak in 256ths), and the largest bias that was left out."""

    name: str
    inputs: int
    outputs: int
    scale: float
    exact: bool
    error: float
    rails: float
    theta: int
    theta_wanted: float
    leak: int
    leak_wanted: float
    bias: float


class Graph(Handle):
    """A NIR graph that the device can run: a chain of Linear or Affine maps, each followed by LIF, CubaLIF or IF neurons."""

    _free = "sr_nir_free"

    @classmethod
    def load(cls, path: str | Path) -> "Graph":
        """Read a NIR file."""
        return cls(make("sr_nir_load", encode(path)))

    @classmethod
    def of_nir(cls, graph: Any) -> "Graph":
        """Take a graph of the package nir over (a nir.NIRGraph)."""
        import nir

        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "graph.nir")
            nir.write(path, graph, compression=None)  # which scalars need
            return cls.load(path)

    @classmethod
    def of_model(cls, model: Model, rules: Rules | None = None) -> "Graph":
        """The graph of a model, with the whole numbers that inference sees as weights. The rules' reset is the model's."""
        struct = (rules or Rules())._struct()
        struct.reset = RESETS.index(model.network.reset)
        return cls(make("sr_nir_of_model", model.handle, c.byref(struct)))

    def save(self, path: str | Path) -> None:
        """Write a NIR file; what was there is replaced."""
        call("sr_nir_save", self.handle, encode(path))

    def to_nir(self) -> Any:
        """As a nir.NIRGraph."""
        import nir

        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "graph.nir")
            self.save(path)
            return nir.read(path)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Inputs, classes, hidden layers."""
        values = [u32(), u32(), u32()]
        lib.sr_nir_shape(self.handle, *map(c.byref, values))
        return tuple(value.value for value in values)  # type: ignore[return-value]

    def scores(self, spikes: np.ndarray, rules: Rules | None = None) -> np.ndarray:
        """Class scores float64 [count, classes] of spikes [count, steps, inputs], run as the graph says, in double precision."""
        inputs, classes, _ = self.shape
        if np.shape(spikes)[2:] != (inputs,):
            raise ValueError(f"spikes are {np.shape(spikes)}, and the graph wants [count, steps, {inputs}]")
        words, struct = np.ascontiguousarray(pack(spikes)), (rules or Rules())._struct()
        scores = np.empty((len(words), classes))
        for sample, row in zip(words, scores):
            call("sr_nir_run", self.handle, c.byref(struct), sample.ctypes.data_as(_words), len(sample),
                 row.ctypes.data_as(c.POINTER(f64)))
        return scores

    def quantise(self, steps: int, rules: Rules | None = None, *, frac_bits: int = 0,
                 scale: float = 0) -> tuple[Model, list[LayerReport]]:
        """A model of 8-bit weights, and what became of each layer. scale 0: one for each layer, that uses the 8 bits."""
        report, struct = (sr_nir_layer * LAYERS)(), (rules or Rules())._struct()
        model = Model(make("sr_nir_quantise", self.handle, c.byref(struct), steps, frac_bits, scale, report, before=5))
        layers = [LayerReport(r.name.decode(errors="replace"), r.inputs, r.outputs, r.scale, r.exact, r.error, r.rails, r.theta,
                              r.theta_wanted, r.leak, 256 * r.leak_wanted, r.bias) for r in report if r.outputs]
        return model, layers
