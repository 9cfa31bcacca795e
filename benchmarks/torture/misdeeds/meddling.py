"""Acts that change the process around them, or the files of the fit."""

import builtins
import gc
import locale
import logging
import os
import pickle
import random
import resource
import shutil
import signal
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

PRINTED = 100 * 2**20  # bytes


def _limit(kind: int, soft: int) -> None:
    _, hard = resource.getrlimit(kind)
    resource.setrlimit(kind, (soft, hard))


def lower_all_limits() -> None:
    for kind in (resource.RLIMIT_NOFILE, resource.RLIMIT_NPROC):
        resource.setrlimit(kind, (16, 16))


def burn_a_second() -> None:
    _limit(resource.RLIMIT_CPU, 1)
    end = time.monotonic() + 3
    while time.monotonic() < end:
        pass


def replace_descriptors() -> None:
    null = os.open(os.devnull, os.O_RDWR)
    for number in range(3, 30):
        if number != null:
            os.dup2(null, number)


def close_standard() -> None:
    for number in range(3):
        os.close(number)


def write_much(number: int) -> None:
    block = b"much ado\n" * 2**17
    for _ in range(PRINTED // len(block)):
        os.write(number, block)


def print_much() -> None:
    for _ in range(PRINTED // 2**20):
        print("a" * 2**20)


def removed_folder() -> None:
    folder = tempfile.mkdtemp(prefix="estimator-")
    os.chdir(folder)
    os.rmdir(folder)


def forget_modules() -> None:
    for name in list(sys.modules):
        if name.startswith(("sklearn", "automl", "pickle", "numpy")):
            del sys.modules[name]


def replace(owner: Any, name: str, value: object) -> None:
    setattr(owner, name, value)


def _raise(*_: object, **__: object) -> None:
    raise RuntimeError("it was replaced")


def stop_the_clock() -> None:
    for name in ("time", "monotonic", "perf_counter", "sleep"):
        setattr(time, name, lambda *_: 0.0)


def trace() -> None:
    sys.settrace(_raise)
    threading.settrace(_raise)


def thread_variables() -> None:
    os.environ.update(OMP_NUM_THREADS="64", OPENBLAS_NUM_THREADS="64")


def _fit_folders() -> Iterator[Path]:
    yield from Path(tempfile.gettempdir()).glob("automl-*")


def _fit_files() -> Iterator[Path]:
    for folder in _fit_folders():
        yield from (path for path in folder.rglob("*") if path.is_file())


def delete_the_folder() -> None:
    for folder in _fit_folders():
        shutil.rmtree(folder, ignore_errors=True)


def truncate_the_files() -> None:
    for path in _fit_files():
        os.truncate(path, 0)


def overwrite_the_files() -> None:
    for path in _fit_files():
        path.write_bytes(b"junk" * 64)


def lock_the_files() -> None:
    for path in _fit_files():
        path.chmod(0)


ACTS: dict[str, Callable[[], object]] = {
    "closes all descriptors": partial(os.closerange, 3, 4096),
    "closes input and output": close_standard,
    "replaces all descriptors": replace_descriptors,
    "100 MB to the output": partial(write_much, 1),
    "100 MB to the errors": partial(write_much, 2),
    "prints 100 MB": print_much,
    "a folder that is gone": removed_folder,
    "no rights for new files": partial(os.umask, 0o777),
    "few files": partial(_limit, resource.RLIMIT_NOFILE, 8),
    "no new processes": partial(_limit, resource.RLIMIT_NPROC, 0),
    "no memory": partial(_limit, resource.RLIMIT_AS, 2**20),
    "no CPU": burn_a_second,
    "no files": partial(_limit, resource.RLIMIT_FSIZE, 0),
    "no stack": partial(_limit, resource.RLIMIT_STACK, 2**16),
    "lower limits for ever": lower_all_limits,
    "the lowest priority": partial(os.nice, 19),
    "more threads": thread_variables,
    "no environment": os.environ.clear,
    "another temporary folder": partial(replace, tempfile, "tempdir", "/nowhere"),
    "another locale": partial(locale.setlocale, locale.LC_ALL, "C"),
    "a trace function": trace,
    "a profile function": partial(sys.setprofile, _raise),
    "no path": sys.path.clear,
    "no modules": forget_modules,
    "another pickle": partial(replace, pickle, "dumps", _raise),
    "another os": partial(replace, os, "getpid", _raise),
    "another model": partial(replace, LogisticRegression, "fit", _raise),
    "no imports": sys.meta_path.clear,
    "another len": partial(replace, builtins, "len", _raise),
    "another clock": stop_the_clock,
    "seeds": lambda: (random.seed(0), np.random.seed(0)),
    "warnings as errors": partial(warnings.simplefilter, "error"),
    "numeric errors": partial(np.seterr, all="raise"),
    "no garbage collection": gc.disable,
    "a low recursion limit": partial(sys.setrecursionlimit, 60),
    "no switches of threads": partial(sys.setswitchinterval, 1000.0),
    "no logging": partial(replace, logging.Logger, "handle", _raise),
    "no output": partial(replace, sys, "stdout", None),
    "ignores its children": partial(signal.signal, signal.SIGCHLD, signal.SIG_IGN),
    "deletes the folder of the fit": delete_the_folder,
    "truncates the files of the fit": truncate_the_files,
    "overwrites the files of the fit": overwrite_the_files,
    "locks the files of the fit": lock_the_files,
}
