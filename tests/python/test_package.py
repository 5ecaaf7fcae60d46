# SPDX-License-Identifier: Apache-2.0
"""The Python package against ref, and against a simulation build where one is there."""
import ctypes
import os
import shutil
import subprocess

import numpy as np
import pytest

import spikeroll
from spikeroll import _library
from spikeroll.data import pack, synth, unpack

from conftest import ROOT

SETTINGS = dict(hidden=16, mode="local", theta=64, batch=50, generations=30, eval_every=10, local_step=0.02)


def test_structures_are_the_compilers(tmp_path):
    """Every size and offset that ctypes computes is the one that C has."""
    compiler = shutil.which(os.environ.get("CC", "cc"))
    if not compiler:
        pytest.skip("no C compiler")
    lines, wanted = [], []
    for s in _library.STRUCTURES:
        name = f"struct {s.__name__}"
        lines.append(f'printf("%zu\\n", sizeof({name}));')
        wanted.append(ctypes.sizeof(s))
        for field, *_ in s._fields_:
            lines.append(f'printf("%zu\\n", offsetof({name}, {field}));')
            wanted.append(getattr(s, field).offset)
    source = tmp_path / "sizes.c"
    source.write_text("#include <spikeroll/spikeroll.h>\n#include <stdio.h>\nint main(void) {" + "\n".join(lines) + "}\n")
    subprocess.run([compiler, source, f"-I{ROOT}/host/include", "-o", tmp_path / "sizes"], check=True)
    got = subprocess.run([tmp_path / "sizes"], check=True, capture_output=True, text=True).stdout.split()
    assert list(map(int, got)) == wanted


def test_words_and_spikes(train):
    spikes, _ = train
    assert (unpack(pack(spikes), spikes.shape[2]) == spikes).all()


def test_settings():
    config = spikeroll.Config(hidden=[128, 64], local_step=0.5)
    assert config["hidden"] == "128,64" and dict(config)["local-step"] == "0.5"
    assert "neurons" in config.help("hidden")
    with pytest.raises(spikeroll.SpikerollError, match="leak") as failure:
        config["leak"] = 400
    assert failure.value.status == "ARGUMENT"
    with pytest.raises(KeyError):
        config["nothing"]


def test_data_come_back(train, test):
    with spikeroll.Data.from_arrays(train, test) as data:
        assert data.shape == (3, 70, 6) and data.count("train") == 300
        spikes, labels = data["test"]
        assert (spikes == test[0]).all() and (labels == test[1]).all()
    with pytest.raises(ValueError, match="closed"):
        data.shape
    with pytest.raises(ValueError, match="one number"):
        spikeroll.Data.from_arrays((train[0], train[1][:5]))


def test_training_learns_and_calls_back(train, test, tmp_path):
    seen, done = [], []
    with spikeroll.Data.from_arrays(train, test) as data, spikeroll.Device("ref") as device:
        with spikeroll.Training(spikeroll.Config(**SETTINGS), data, device, out=tmp_path / "run") as training:
            assert training.run(lambda p: seen.append(p.generation) or p.generation < 20) == "stopped"
            assert training.run(lambda p: seen.append(p.generation) or done.append(p.done)) == "complete"
            assert seen == list(range(1, 31)) and done == [g / 30 for g in range(21, 31)]
            accuracy, model = training.test(), training.model()
        assert accuracy > 0.6
        device.load(model)
        scores, predicted = device.infer(test[0])
        assert (predicted == test[1]).mean() == accuracy == data.accuracy(device)
        assert (scores.argmax(axis=1) == predicted).all()
        again = spikeroll.Model.load(tmp_path / "run")
        assert (again.weights["hidden0"] == model.weights["hidden0"]).all()
        assert model.network.hidden == [16] and model.config["theta"] == "64"


def test_a_resumed_run_is_the_unbroken_one(train, test, tmp_path):
    weights = []
    with spikeroll.Data.from_arrays(train, test) as data, spikeroll.Device("ref") as device:
        for stops in (False, True):
            out = tmp_path / str(stops)
            with spikeroll.Training(spikeroll.Config(**SETTINGS), data, device, out=out) as training:
                training.run(lambda p: not stops or p.generation < 12)
            if stops:
                assert spikeroll.Training.resumed_config(out)["generations"] == "30"
                with spikeroll.Training(None, data, device, out=out, use="resume") as training:
                    training.run()
            weights.append(spikeroll.Model.load(out / "last.h5").weights)
    assert all((weights[0][layer] == weights[1][layer]).all() for layer in weights[0])


def test_what_a_callback_raises_is_raised(train):
    with spikeroll.Data.from_arrays(train) as data, spikeroll.Device("ref") as device:
        with spikeroll.Training(spikeroll.Config(**SETTINGS), data, device) as training:
            def fails(_progress):
                raise KeyError("mine")

            with pytest.raises(KeyError, match="mine"):
                training.run(fails)


def test_models_are_made_written_and_read(tmp_path):
    network = spikeroll.Network(inputs=70, hidden=[5], classes=3, steps=6, theta=[64], leak=[32], reset="subtract")
    model = spikeroll.Model.new(network)
    assert model.network == network
    model.master("readout")[1, 2] = 7 << 8
    model.save(tmp_path / "m.h5")
    assert spikeroll.Model.load(tmp_path / "m.h5").weights["readout"][1, 2] == 7
    with pytest.raises(spikeroll.SpikerollError) as failure:
        spikeroll.Model.load(tmp_path / "none.h5")
    assert failure.value.status == "FILE"


def test_the_simulation_gives_what_ref_gives(train, test):
    build = os.environ.get("SR_PYTHON_SIM")
    if not build or not os.path.exists(build):
        pytest.skip(f"no simulation build {build or ''}: make build/sim/tiny.so")
    weights = []
    settings = dict(SETTINGS, hidden=8, generations=3, batch=8, mode="lowrank", population=8)
    for engine in (dict(engine="sim", build=build), dict(engine="ref")):
        with spikeroll.Data.from_arrays(train, (test[0][:20], test[1][:20])) as data:
            with spikeroll.Device(**engine, **({"frac_bits": bits} if engine["engine"] == "ref" else {})) as device:
                bits = device.caps["frac_w"]
                with spikeroll.Training(spikeroll.Config(**settings), data, device) as training:
                    training.run()
                    weights.append((training.test(), training.model().master("hidden0").copy()))
                if engine["engine"] == "sim":
                    assert device.counters["total"] > 0
    assert weights[0][0] == weights[1][0] and (weights[0][1] == weights[1][1]).all()


def test_recordings_from_a_folder(tmp_path):
    synth(tmp_path / "data", train=60, test=30)
    with spikeroll.Data.open(tmp_path / "data", spikeroll.Config(steps=5)) as data:
        assert data.shape == (10, 578, 5) and data["train"][0].shape == (60, 5, 578)


def test_moved_recordings(tmp_path):
    """Recordings that are moved by less than an input need copies, which loading makes for a configuration that moves them."""
    synth(tmp_path / "data", 60, 10)
    config = spikeroll.Config(mode="local", hidden=20, batch=20, generations=2, shift=1)
    with spikeroll.Data.open(tmp_path / "data", config) as data, spikeroll.Device("ref") as device:
        with spikeroll.Training(config, data, device) as training:
            assert training.run() == "complete"
