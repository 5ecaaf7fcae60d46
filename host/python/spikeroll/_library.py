# SPDX-License-Identifier: Apache-2.0
"""The shared library: where it is, its structures, and how its failures become exceptions.

Structures are those of host/include/spikeroll; tests/python compares every size and offset with what a C compiler says."""
from __future__ import annotations

import ctypes as c
import os
from pathlib import Path
from typing import Any

SONAME = "libspikeroll.so.0"
LAYERS, HIDDEN_LAYERS, READOUT = 4, 3, 3
ERROR_SIZE = 512
STATUSES = ("OK", "MEMORY", "ARGUMENT", "LIMIT", "FILE", "FORMAT", "LINK", "DEVICE", "MISMATCH", "UNSUPPORTED", "INTERRUPTED")


class SpikerollError(RuntimeError):
    """A call of the library that failed. ``status`` is its reason: one of STATUSES, such as "FILE"."""

    def __init__(self, status: int, text: str):
        self.status = STATUSES[status] if 0 <= status < len(STATUSES) else str(status)
        super().__init__(text or _lib.sr_status_text(status).decode())


def _struct(name: str, *fields: tuple) -> type:
    return type(name, (c.Structure,), {"_fields_": list(fields)})


u32, u64, f64, text, flag = c.c_uint32, c.c_uint64, c.c_double, c.c_char_p, c.c_bool
_words = c.POINTER(u64)
_labels = c.POINTER(c.c_uint8)

sr_net = _struct("sr_net", ("layers", u32), ("inputs", u32), ("hidden", u32 * 3), ("classes", u32), ("steps", u32),
                 ("theta", u32 * 4), ("leak", u32 * 4), ("reset", c.c_int), ("readout", c.c_int))
sr_open = _struct("sr_open", ("engine", text), ("threads", u32), ("frac_bits", u32), ("trace", text), ("port", text),
                  ("baud", u32), ("reset_seed", u32), ("build", text))
_caps = ("lanes rank_lanes proj_units sample_w frac_w buffers layers_max inputs_max hidden_max "
         "classes_max steps_max rank_max pairs_max sample_words weight_words rweight_words batch_max score_words "
         "packet_max step_readout clock_hz map_hash protocol modes factors row_words devices")
sr_caps = _struct("sr_caps", ("engine", c.c_char * 16), *((name, u32) for name in _caps.split()))
_counters = "total base lif lif_busy readout update events link_tx link_rx link_requests link_retries"
sr_counters = _struct("sr_counters", *((name, u64) for name in _counters.split()))
sr_batch = _struct("sr_batch", ("count", u32), ("ids", c.POINTER(u32)), ("bits", c.POINTER(_words)), ("labels", _labels))
sr_data_arrays = _struct("sr_data_arrays", ("classes", u32), ("inputs", u32), ("steps", u32), ("count", u32 * 2),
                         ("bits", _words * 2), ("labels", _labels * 2))
sr_training_how = _struct("sr_training_how", ("out", text), ("use", c.c_int), ("checkpoint_every", u32), ("time_limit", u32),
                          ("init", c.c_void_p))
sr_progress = _struct("sr_progress", ("generation", u32), ("generations", u32), ("fitness", f64), ("accuracy", f64),
                      ("validated", flag), ("validation", f64), ("has_best", flag), ("best", f64), ("best_generation", u32),
                      ("seconds", f64), ("generations_second", f64), ("evaluations_second", f64), ("counters", sr_counters),
                      ("in_float", flag), ("spikes", f64), ("active", f64), ("float_validation", f64),
                      ("done", f64))
sr_nir_rules = _struct("sr_nir_rules", ("dt", f64), ("method", c.c_int), ("comparison", c.c_int), ("reset", c.c_int),
                       ("moment", c.c_int), ("drop_bias", flag))
sr_nir_layer = _struct("sr_nir_layer", ("name", c.c_char * 64), ("inputs", u32), ("outputs", u32), ("scale", f64),
                       ("exact", flag), ("error", f64), ("rails", f64), ("theta_wanted", f64), ("leak_wanted", f64),
                       ("theta", u32), ("leak", u32), ("bias", f64))
STRUCTURES = (sr_net, sr_open, sr_caps, sr_counters, sr_batch, sr_data_arrays, sr_training_how, sr_progress, sr_nir_rules,
              sr_nir_layer)
sr_progress_call = c.CFUNCTYPE(flag, c.c_void_p, c.POINTER(sr_progress))

_object, _out, P = c.c_void_p, c.POINTER(c.c_void_p), c.POINTER
_error = (text, c.c_size_t)
_i16, _size = P(c.c_int16), c.c_size_t
# Function: what it returns (int: a status) and takes.
_functions = {
    "sr_version": (text,),
    "sr_status_text": (text, c.c_int),
    "sr_config_new": (c.c_int, _out),
    "sr_config_copy": (c.c_int, _object, _out),
    "sr_config_free": (None, _object),
    "sr_config_set": (c.c_int, _object, text, text, *_error),
    "sr_config_get": (c.c_int, _object, text, text, _size),
    "sr_config_name": (text, _size),
    "sr_config_help": (text, text),
    "sr_config_check": (c.c_int, _object, *_error),
    "sr_config_net": (None, _object, u32, u32, u32, P(sr_net)),
    "sr_device_open": (c.c_int, P(sr_open), _out, *_error),
    "sr_device_close": (None, _object),
    "sr_device_error": (text, _object),
    "sr_device_remark": (text, _object),
    "sr_device_caps": (P(sr_caps), _object),
    "sr_device_configure": (c.c_int, _object, P(sr_net)),
    "sr_device_write_weights": (c.c_int, _object, c.c_uint, _i16),
    "sr_device_read_weights": (c.c_int, _object, c.c_uint, _i16),
    "sr_device_infer": (c.c_int, _object, P(sr_batch), P(c.c_int32), _labels),
    "sr_device_counters": (c.c_int, _object, P(sr_counters)),
    "sr_data_open": (c.c_int, _object, text, _out, *_error),
    "sr_data_make": (c.c_int, P(sr_data_arrays), _out, *_error),
    "sr_data_close": (None, _object),
    "sr_data_count": (u32, _object, c.c_int),
    "sr_data_shape": (None, _object, P(u32), P(u32), P(u32)),
    "sr_data_sample": (_words, _object, c.c_int, u32, _labels),
    "sr_data_is_holdout": (flag, _object),
    "sr_data_warning": (text, _object, u32),
    "sr_data_accuracy": (c.c_int, _object, c.c_int, _object, P(u32), P(u32)),
    "sr_data_synth": (c.c_int, text, u32, u32, u64, *_error),
    "sr_model_load": (c.c_int, text, _out, *_error),
    "sr_model_new": (c.c_int, P(sr_net), u32, _out),
    "sr_model_free": (None, _object),
    "sr_model_net": (P(sr_net), _object),
    "sr_model_config": (_object, _object),
    "sr_model_frac_bits": (u32, _object),
    "sr_model_generation": (u32, _object),
    "sr_model_weights": (_i16, _object, c.c_uint),
    "sr_model_to_device": (c.c_int, _object, _object),
    "sr_model_from_device": (c.c_int, _object, _object),
    "sr_model_save": (c.c_int, _object, text, *_error),
    "sr_net_rows": (u32, P(sr_net), c.c_uint),
    "sr_net_cols": (u32, P(sr_net), c.c_uint),
    "sr_training_open": (c.c_int, P(sr_training_how), _object, _out, *_error),
    "sr_training_set": (c.c_int, _object, text, text),
    "sr_training_config": (_object, _object),
    "sr_training_start": (c.c_int, _object, _object, _object),
    "sr_training_run": (c.c_int, _object, sr_progress_call, c.c_void_p),
    "sr_training_stop": (None, _object),
    "sr_training_ended": (c.c_int, _object),
    "sr_training_test": (c.c_int, _object, P(u32), P(u32)),
    "sr_training_model": (c.c_int, _object, _out),
    "sr_training_error": (text, _object),
    "sr_training_close": (None, _object),
    "sr_nir_load": (c.c_int, text, _out, *_error),
    "sr_nir_of_model": (c.c_int, _object, P(sr_nir_rules), _out, *_error),
    "sr_nir_save": (c.c_int, _object, text, *_error),
    "sr_nir_free": (None, _object),
    "sr_nir_shape": (None, _object, P(u32), P(u32), P(u32)),
    "sr_nir_run": (c.c_int, _object, P(sr_nir_rules), _words, u32, P(f64), *_error),
    "sr_nir_quantise": (c.c_int, _object, P(sr_nir_rules), u32, u32, f64, _out, P(sr_nir_layer), *_error),
}


def _load() -> c.CDLL:
    """$SPIKEROLL_LIBRARY, then the wheel's own, then the system's."""
    own = Path(__file__).with_name("libspikeroll.so")
    path = os.environ.get("SPIKEROLL_LIBRARY") or (str(own) if own.exists() else SONAME)
    try:
        lib = c.CDLL(path)
    except OSError as problem:
        raise ImportError(f"the Spikeroll library: {problem}; install it, or name it in SPIKEROLL_LIBRARY") from problem
    for name, (result, *arguments) in _functions.items():
        function = getattr(lib, name)
        function.restype, function.argtypes = result, arguments
    return lib


_lib = _load()
lib = _lib


def version() -> str:
    """The library's version."""
    return _lib.sr_version().decode()


def check(status: int, why: bytes | None = None) -> None:
    """Raise what a status says."""
    if status:
        raise SpikerollError(status, (why or b"").decode(errors="replace"))


def call(function: str, *arguments: Any) -> None:
    """Call a function whose last two parameters are room for its error."""
    error = c.create_string_buffer(ERROR_SIZE)
    check(getattr(_lib, function)(*arguments, error, ERROR_SIZE), error.value)


def make(function: str, *arguments: Any, before: int | None = None) -> c.c_void_p:
    """The object that such a function makes: its parameter number ``before`` (default: the last before the error)."""
    made = c.c_void_p()
    at = len(arguments) if before is None else before
    call(function, *arguments[:at], c.byref(made), *arguments[at:])
    return made


def encode(path: Any) -> bytes | None:
    """A path or text for the library; None is NULL."""
    return None if path is None else os.fsencode(path)


class Handle:
    """An object of the library, freed once by the function that the class names."""

    _free: str

    def __init__(self, handle: c.c_void_p):
        self._handle: c.c_void_p | None = handle

    @property
    def handle(self) -> c.c_void_p:
        """The library's object; raises ValueError once it is closed."""
        if not getattr(self, "_handle", None):
            raise ValueError(f"this {type(self).__name__} is closed")
        return self._handle  # type: ignore[return-value]

    def close(self) -> None:
        """Free it. Twice does no harm."""
        handle, self._handle = getattr(self, "_handle", None), None
        if handle:
            getattr(_lib, self._free)(handle)

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def __del__(self) -> None:
        try:
            self.close()
        except Exception:  # at the interpreter's end, when this module is half gone
            pass
