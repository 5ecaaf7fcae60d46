# SPDX-License-Identifier: Apache-2.0
"""Settings of a run."""
from __future__ import annotations

import ctypes as c
from typing import Any, Iterator

from ._library import Handle, call, check, lib


class Config(Handle):
    """The settings that a run's results depend on, under the names of ``spikeroll train --help`` with _ for -.

        config = Config(hidden=[128, 64], mode="local", local_step=0.008)
        config["theta"] = 256
        config["theta"]          # "256": values are read as one would type them
    """

    _free = "sr_config_free"

    def __init__(self, **settings: Any):
        handle = c.c_void_p()
        check(lib.sr_config_new(c.byref(handle)))
        super().__init__(handle)
        self.update(**settings)

    @classmethod
    def _copy(cls, of: Any) -> "Config":
        """A copy of settings that belong to another object."""
        handle = c.c_void_p()
        check(lib.sr_config_copy(of, c.byref(handle)))
        config = cls.__new__(cls)
        Handle.__init__(config, handle)
        return config

    def update(self, **settings: Any) -> None:
        """Set several, in order."""
        for name, value in settings.items():
            self[name] = value

    def __setitem__(self, name: str, value: Any) -> None:
        """A number, a text, or a sequence of numbers."""
        typed = ",".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
        call("sr_config_set", self.handle, name.replace("_", "-").encode(), typed.encode())

    def __getitem__(self, name: str) -> str:
        text = c.create_string_buffer(256)
        if lib.sr_config_get(self.handle, name.replace("_", "-").encode(), text, len(text)):
            raise KeyError(name)
        return text.value.decode()

    def __iter__(self) -> Iterator[str]:
        """Names of all settings."""
        number = 0
        while name := lib.sr_config_name(number):
            yield name.decode()
            number += 1

    def keys(self) -> list[str]:
        """Names of all settings: ``dict(config)`` works."""
        return list(self)

    @staticmethod
    def help(name: str) -> str:
        """What a setting is for."""
        text = lib.sr_config_help(name.replace("_", "-").encode())
        if text is None:
            raise KeyError(name)
        return text.decode()

    def check(self) -> None:
        """Raise if settings contradict one another."""
        call("sr_config_check", self.handle)
