# SPDX-License-Identifier: Apache-2.0
"""Small spikes and graphs for the tests of the Python package. SPIKEROLL_LIBRARY names the library."""
import os
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]


def toy(seed, count, classes=3, inputs=70, steps=6):
    """Samples whose class is the third of the inputs that spikes most."""
    draw = np.random.default_rng(seed)
    labels = draw.integers(0, classes, count).astype(np.uint8)
    rate = np.where(np.arange(inputs) * classes // inputs == labels[:, None], 0.6, 0.1)
    return draw.random((count, steps, inputs)) < rate[:, None, :], labels


@pytest.fixture
def train():
    return toy(1, 300)


@pytest.fixture
def test():
    return toy(2, 100)


@pytest.fixture
def nmnist():
    folder = Path(os.environ.get("SR_SHARED", ROOT / "../shared")) / "data/nmnist"
    if not folder.is_dir():
        pytest.skip(f"no {folder}: SR_SHARED names the folder that holds data/nmnist")
    return folder
