# SPDX-License-Identifier: Apache-2.0
"""Spikeroll: spiking neural networks, trained by forward passes on an accelerator, its simulation or its golden model.

    import spikeroll

    config = spikeroll.Config(hidden=64, mode="local", generations=100)
    with spikeroll.Data.open("N-MNIST", config) as data, spikeroll.Device("ref", threads=2) as device:
        training = spikeroll.Training(config, data, device)
        training.run(lambda progress: print(progress.generation, progress.accuracy))
        print(training.test())
        training.model().save("model.h5")

Every object holds one of the library's: it is used by one thread at a time, and freed with ``close()``, at the end of a ``with``, or
with the last reference. What fails raises :class:`SpikerollError` with the library's one line.
"""
from ._library import SpikerollError, version
from .config import Config
from .data import Data
from .device import Device
from .model import Model, Network
from .nir import Graph, LayerReport, Rules
from .training import Progress, Training

__all__ = ["Config", "Data", "Device", "Graph", "LayerReport", "Model", "Network", "Progress", "Rules", "SpikerollError", "Training",
           "version"]
__version__ = version()
