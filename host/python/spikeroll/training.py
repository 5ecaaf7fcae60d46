# SPDX-License-Identifier: Apache-2.0
"""Training."""
from __future__ import annotations

import ctypes as c
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Optional

from ._library import Handle, _counters, check, encode, lib, make, sr_progress, sr_progress_call, sr_training_how, u32
from .config import Config
from .data import Data
from .device import Device
from .model import Model

USES = ("new", "replace", "resume")
ENDS = ("none", "complete", "stopped", "time")


@dataclass
class Progress:
    """State of a training after a generation. validation, best: accuracies, None where there is none (yet). done: share of the run
    that is over, of its generations or of its time limit, the larger."""

    generation: int
    generations: int
    fitness: float
    accuracy: float
    validation: Optional[float]
    best: Optional[float]
    seconds: float
    evaluations_second: float
    counters: dict
    done: float

    @classmethod
    def _of(cls, p: sr_progress) -> "Progress":  # type: ignore[valid-type]
        return cls(p.generation, p.generations, p.fitness, p.accuracy, p.validation if p.validated else None,
                   p.best if p.has_best else None, p.seconds, p.evaluations_second,
                   {name: getattr(p.counters, name) for name in _counters.split()}, p.done)


class Training(Handle):
    """A training of ``config``'s network on a data set and a device, both of which must not be used by others until it is closed.

    out: the run folder; None writes nothing. use: "new", "replace" a run that is there, or "resume" it, bit for bit as if never
    interrupted (config must then be None, and data loaded with :meth:`resumed_config`). init: begin with this model's weights (one
    from NIR, say) instead of random ones. time_limit: seconds from now on, after which :meth:`run` stops; steps
    that shrink over the run have shrunk by then."""

    _free = "sr_training_close"

    def __init__(self, config: Config | None, data: Data, device: Device, *, out: str | Path | None = None, use: str = "new",
                 init: Model | None = None, checkpoint_every: int = 50, time_limit: int = 0):
        how = sr_training_how(encode(out), USES.index(use), checkpoint_every, time_limit, init.handle if init else None)
        super().__init__(make("sr_training_open", c.byref(how), config.handle if config else None))
        self.data, self.device = data, device  # kept alive
        self._check(lib.sr_training_start(self.handle, data.handle, device.handle))

    @staticmethod
    def resumed_config(out: str | Path) -> Config:
        """The settings of a run that is to be resumed."""
        return Model.load(Path(out) / "checkpoint.h5").config

    def _check(self, status: int) -> None:
        check(status, lib.sr_training_error(self.handle))

    def run(self, callback: Callable[[Progress], Optional[bool]] | None = None) -> str:
        """Train until the planned number of generations is done: "complete", "stopped" or "time". The callback gets the state after
        each generation; if it returns False the run stops in good order, and run can be called again. What it raises is raised
        here, once the run has stopped."""
        raised: list[BaseException] = []

        def forward(_context: object, progress: object) -> bool:
            try:
                return callback is None or callback(Progress._of(progress.contents)) is not False  # type: ignore[attr-defined]
            except BaseException as problem:  # Ctrl-C too: it must not be lost between C and here
                raised.append(problem)
                return False

        self._check(lib.sr_training_run(self.handle, sr_progress_call(forward), None))
        if raised:
            raise raised[0]
        return ENDS[lib.sr_training_ended(self.handle)]

    def stop(self) -> None:
        """Stop after the generation under way; from any thread."""
        lib.sr_training_stop(self.handle)

    def test(self) -> float:
        """Accuracy of the best model on the test samples; nan if there are none."""
        right, total = u32(), u32()
        self._check(lib.sr_training_test(self.handle, c.byref(right), c.byref(total)))
        return right.value / total.value if total.value else float("nan")

    def model(self) -> Model:
        """A copy of the best model so far, or of the last."""
        handle = c.c_void_p()
        self._check(lib.sr_training_model(self.handle, c.byref(handle)))
        return Model(handle)
