# SPDX-License-Identifier: Apache-2.0
"""From a folder of N-MNIST recordings to a trained model, and to waveforms of the core that runs it.

    python nmnist.py FOLDER [--generations N] [--out model.h5] [--build NAME --trace wave.fst]

Without FOLDER the built-in recordings are written and used. --build names a simulation build (make build/sim/tiny.so), on which one
sample is run with every signal in --trace, for GTKWave or Surfer."""
import argparse
import tempfile

import spikeroll
from spikeroll.data import synth

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("folder", nargs="?")
parser.add_argument("--hidden", type=int, default=64)
parser.add_argument("--generations", type=int, default=100)
parser.add_argument("--out", default="model.h5")
parser.add_argument("--build", help="simulation build for the waveform")
parser.add_argument("--trace", default="wave.fst")
options = parser.parse_args()
if not options.folder:
    options.folder = tempfile.mkdtemp() + "/data"
    synth(options.folder, train=1000, test=200)

config = spikeroll.Config(mode="local", hidden=options.hidden, theta=256, temperature=100, local_step=0.008, batch=200,
                          generations=options.generations, eval_every=25, average=10)


def show(progress: spikeroll.Progress) -> None:
    if progress.validation is not None:
        print(f"generation {progress.generation}: {progress.validation:.1%} of the validation samples, "
              f"{progress.evaluations_second:.0f} samples a second")


with spikeroll.Data.open(options.folder, config) as data, spikeroll.Device("ref") as device:
    with spikeroll.Training(config, data, device) as training:
        training.run(show)
        print(f"test accuracy {training.test():.1%}")
        model = training.model()
    spikes, labels = data["test"]
model.save(options.out)
print(f"{options.out}: {model.network}")
if options.build:
    with spikeroll.Device("sim", build=options.build, trace=options.trace) as core:
        core.load(model)
        scores, predicted = core.infer(spikes[:1])
        print(f"{options.trace}: sample of a {labels[0]}, seen as {predicted[0]}, scores {scores[0].tolist()}")
