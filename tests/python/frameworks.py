# SPDX-License-Identifier: Apache-2.0
"""What the tests of other frameworks' neurons share."""
import numpy as np

N = 10  # neurons, and classes: the readout is the identity, and counts each neuron's spikes


def draw(seed, steps, inputs=12, count=40):
    generator = np.random.default_rng(seed)
    return generator, generator.random((count, steps, inputs)) < 0.4


def each_step(count):
    """Spikes of each step from a function that counts those of the first t."""
    return lambda spikes: np.diff([np.zeros((len(spikes), N)), *(count(spikes[:, :t]) for t in range(1, spikes.shape[1] + 1))],
                                  axis=0).swapaxes(0, 1)


def agree(wanted, got, most=0.9):
    """Spike for spike, and there are spikes, and pauses."""
    assert wanted.sum() >= 10 and wanted.mean() < most
    assert np.array_equal(wanted, got), f"{np.sum(wanted != got)} of {wanted.size} differ"
