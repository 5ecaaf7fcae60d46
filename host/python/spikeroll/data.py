# SPDX-License-Identifier: Apache-2.0
"""Data sets: spikes as NumPy arrays."""
from __future__ import annotations

import ctypes as c
from pathlib import Path
from typing import TYPE_CHECKING, Tuple

import numpy as np

from ._library import Handle, _labels, _words, call, check, encode, lib, make, sr_data_arrays, u32
from .config import Config

if TYPE_CHECKING:
    from .device import Device

Samples = Tuple[np.ndarray, np.ndarray]
SPLITS = ("train", "test")


def pack(spikes: np.ndarray) -> np.ndarray:
    """Spikes [count, steps, inputs], of any type, 0 or not 0, as the library's words: uint64 [count, steps, ceil(inputs / 64)]."""
    spikes = np.asarray(spikes)
    if spikes.ndim != 3:
        raise ValueError(f"spikes must be [count, steps, inputs], and are {spikes.shape}")
    packed = np.packbits(spikes != 0, axis=2, bitorder="little")
    padded = np.zeros((*spikes.shape[:2], (spikes.shape[2] + 63) // 64 * 8), np.uint8)
    padded[:, :, : packed.shape[2]] = packed
    return padded.view("<u8").astype(np.uint64, copy=False)


def unpack(words: np.ndarray, inputs: int) -> np.ndarray:
    """The spikes of words, as bool [..., steps, inputs]."""
    octets = np.ascontiguousarray(words, "<u8").view(np.uint8)
    return np.unpackbits(octets, axis=-1, count=inputs, bitorder="little").astype(bool)


class Data(Handle):
    """A data set in two splits, "train" and "test". ``data["test"]`` is (spikes, labels): bool [count, steps, inputs] and uint8."""

    _free = "sr_data_close"

    @classmethod
    def open(cls, folder: str | Path, config: Config | None = None) -> "Data":
        """Load a folder of N-MNIST recordings or of MNIST's files, binned as the settings say."""
        config = config or Config()
        return cls(make("sr_data_open", config.handle, encode(folder)))

    @classmethod
    def from_arrays(cls, train: Samples | None = None, test: Samples | None = None, classes: int | None = None) -> "Data":
        """Samples from memory, each split as (spikes [count, steps, inputs], labels [count]). Everything is copied."""
        arrays, keep, shape, most = sr_data_arrays(), [], None, 0
        for split, samples in enumerate((train, test)):
            if samples is None:
                continue
            spikes, labels = np.asarray(samples[0]), np.ascontiguousarray(samples[1], np.uint8)
            words = np.ascontiguousarray(pack(spikes))
            if labels.shape != spikes.shape[:1] or np.any(labels != samples[1]):
                raise ValueError("labels must be one number from 0 to 255 for each sample")
            if shape is not None and shape != spikes.shape[1:]:
                raise ValueError("both splits must have the same steps and inputs")
            shape = spikes.shape[1:]
            most = max(most, int(labels.max(initial=0)))
            keep += [words, labels]
            arrays.count[split] = len(labels)
            arrays.bits[split] = words.ctypes.data_as(_words)
            arrays.labels[split] = labels.ctypes.data_as(_labels)
        if shape is None:
            raise ValueError("neither train nor test samples")
        arrays.steps, arrays.inputs, arrays.classes = shape[0], shape[1], classes or max(most + 1, 2)
        return cls(make("sr_data_make", c.byref(arrays)))

    @property
    def shape(self) -> tuple[int, int, int]:
        """Classes, inputs, steps."""
        values = [u32(), u32(), u32()]
        lib.sr_data_shape(self.handle, *map(c.byref, values))
        return tuple(value.value for value in values)  # type: ignore[return-value]

    def count(self, split: str) -> int:
        """Samples of a split."""
        return lib.sr_data_count(self.handle, SPLITS.index(split))

    def __getitem__(self, split: str) -> Samples:
        """Spikes and labels of a split, as copies."""
        _, inputs, steps = self.shape
        count, number, label = self.count(split), SPLITS.index(split), c.c_uint8()
        words, labels = np.empty((count, steps, (inputs + 63) // 64), np.uint64), np.empty(count, np.uint8)
        for i in range(count):
            sample = lib.sr_data_sample(self.handle, number, i, c.byref(label))
            words[i] = np.ctypeslib.as_array(sample, words.shape[1:])
            labels[i] = label.value
        return unpack(words, inputs), labels

    @property
    def is_holdout(self) -> bool:
        """The test split was taken from the training samples, since the folder has none."""
        return lib.sr_data_is_holdout(self.handle)

    @property
    def warnings(self) -> list[str]:
        """What one should know of this data."""
        lines = []
        while line := lib.sr_data_warning(self.handle, len(lines)):
            lines.append(line.decode())
        return lines

    def accuracy(self, device: "Device", split: str = "test") -> float:
        """Share of a split that the weights on a device get right."""
        right, total = u32(), u32()
        status = lib.sr_data_accuracy(self.handle, SPLITS.index(split), device.handle, c.byref(right), c.byref(total))
        check(status, lib.sr_device_error(device.handle))
        return right.value / total.value if total.value else float("nan")


def synth(folder: str | Path, train: int = 2000, test: int = 500, seed: int = 1) -> None:
    """Write the built-in data as N-MNIST recordings; the folder is made."""
    call("sr_data_synth", encode(folder), train, test, seed)
