# SPDX-License-Identifier: Apache-2.0
"""Models: a network and its weights."""
from __future__ import annotations

import ctypes as c
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ._library import HIDDEN_LAYERS, LAYERS, READOUT, Handle, call, check, encode, lib, make, sr_net
from .config import Config

RESETS, READOUTS = ("hard", "subtract"), ("sum", "membrane", "spikes")
LAYER_NAMES = ("hidden0", "hidden1", "hidden2", "readout")


@dataclass
class Network:
    """Shape and constants. theta and leak: one for each hidden layer; leak in 256ths a step."""

    inputs: int
    hidden: list[int]
    classes: int
    steps: int
    theta: list[int]
    leak: list[int]
    reset: str = "hard"
    readout: str = "sum"
    readout_theta: int = 1
    readout_leak: int = 0

    @classmethod
    def _of(cls, net: sr_net) -> "Network":  # type: ignore[valid-type]
        n = net.layers
        return cls(net.inputs, list(net.hidden[:n]), net.classes, net.steps, list(net.theta[:n]), list(net.leak[:n]),
                   RESETS[net.reset], READOUTS[net.readout], net.theta[READOUT], net.leak[READOUT])

    def _struct(self) -> sr_net:  # type: ignore[valid-type]
        if not len(self.hidden) == len(self.theta) == len(self.leak) <= HIDDEN_LAYERS:
            raise ValueError("hidden, theta and leak must have one value for each of at most three layers")
        net = sr_net(layers=len(self.hidden), inputs=self.inputs, classes=self.classes, steps=self.steps,
                     reset=RESETS.index(self.reset), readout=READOUTS.index(self.readout))
        for layer in range(LAYERS):
            hidden = layer < len(self.hidden)
            net.hidden[min(layer, HIDDEN_LAYERS - 1)] = self.hidden[layer] if hidden else net.hidden[min(layer, 2)]
            net.theta[layer] = self.theta[layer] if hidden else 1
            net.leak[layer] = self.leak[layer] if hidden else 0
        net.theta[READOUT], net.leak[READOUT] = self.readout_theta, self.readout_leak
        return net


class Model(Handle):
    """A network and its weights, from a file, a training, NIR (:class:`spikeroll.Graph`) or a :class:`Network`."""

    _free = "sr_model_free"

    @classmethod
    def load(cls, path: str | Path) -> "Model":
        """A model or checkpoint file, or of a run folder its best model."""
        return cls(make("sr_model_load", encode(path)))

    @classmethod
    def new(cls, network: Network, frac_bits: int = 8) -> "Model":
        """A model of this network with weights 0."""
        handle, net = c.c_void_p(), network._struct()
        check(lib.sr_model_new(c.byref(net), frac_bits, c.byref(handle)))
        return cls(handle)

    def save(self, path: str | Path) -> None:
        """Write a model file; what was there is replaced."""
        call("sr_model_save", self.handle, encode(path))

    @property
    def network(self) -> Network:
        """Shape and constants."""
        return Network._of(lib.sr_model_net(self.handle).contents)

    @property
    def config(self) -> Config:
        """A copy of the settings that it was trained with."""
        return Config._copy(lib.sr_model_config(self.handle))

    @property
    def frac_bits(self) -> int:
        """Fraction bits of the master weights: a weight is master / 2^frac_bits, and inference sees master >> frac_bits."""
        return lib.sr_model_frac_bits(self.handle)

    @property
    def generation(self) -> int:
        """Generations of training behind it."""
        return lib.sr_model_generation(self.handle)

    def master(self, layer: str) -> np.ndarray:
        """Master weights of a layer ("hidden0".. or "readout"), int16 [rows, columns], to read and to write: hidden layers have a
        column for each neuron, the readout a row for each class. The array is the model's own memory, and keeps the model alive; after
        the model's close() it must not be used."""
        number, net = LAYER_NAMES.index(layer), lib.sr_model_net(self.handle)
        values = lib.sr_model_weights(self.handle, number)
        if not values:
            raise KeyError(layer)
        shape = lib.sr_net_rows(net, number), lib.sr_net_cols(net, number)
        memory = (c.c_int16 * (shape[0] * shape[1])).from_address(c.addressof(values.contents))
        memory._model = self  # type: ignore[attr-defined]
        return np.frombuffer(memory, np.int16).reshape(shape)

    @property
    def weights(self) -> dict[str, np.ndarray]:
        """The whole numbers that inference sees, int8, a copy of each layer in the same layout."""
        net = self.network
        names = LAYER_NAMES[: len(net.hidden)] + LAYER_NAMES[READOUT:]
        return {name: (self.master(name) >> self.frac_bits).astype(np.int8) for name in names}
