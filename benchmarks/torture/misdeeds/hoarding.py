"""Acts that take memory, a few GiB at most: the machine has other users."""

import mmap
import os
import resource
import sys
import threading
import time
from collections.abc import Callable

import numpy as np

MOST = 3 * 2**30  # bytes, more than a job may have
BLOCK = 2**24
N_CHILDREN = 4


def hoard_lists() -> None:
    hoard: list[list[int]] = []
    while len(hoard) * 8 * 10**6 < MOST:
        hoard.append(list(range(10**6)))


def hoard_arrays() -> None:
    hoard = [np.ones(BLOCK // 8) for _ in range(MOST // BLOCK)]
    time.sleep(len(hoard))


def hoard_at_once() -> None:
    np.ones(MOST // 8).sum()


def hoard_texts() -> None:
    text = "a"
    while len(text) < MOST:
        text += text


def hoard_maps() -> None:
    hoard = []
    for _ in range(MOST // BLOCK):
        block = mmap.mmap(-1, BLOCK)
        block.write(b"a" * BLOCK)
        hoard.append(block)


def hoard_in_children() -> None:
    for _ in range(N_CHILDREN):
        if os.fork() == 0:
            try:
                block = np.ones(MOST // N_CHILDREN // 8)
                time.sleep(30 * block[0])
            finally:
                os._exit(0)


def hoard_beyond_its_limit() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
    block = np.ones(MOST // 2 // 8)
    time.sleep(30 * block[0])


def hoard_and_catch() -> None:
    hoard: list[bytearray] = []
    while len(hoard) * BLOCK < MOST:
        try:
            hoard.append(bytearray(BLOCK))
        except MemoryError:
            time.sleep(1)


def hoard_threads() -> None:
    threading.stack_size(2**26)
    for _ in range(60):
        threading.Thread(target=time.sleep, args=[30], daemon=True).start()


def hoard_and_return() -> None:
    sys.hoard = np.ones(400 * 2**20 // 8)  # type: ignore[attr-defined]


ACTS: dict[str, Callable[[], object]] = {
    "lists": hoard_lists,
    "arrays": hoard_arrays,
    "one array": hoard_at_once,
    "a text": hoard_texts,
    "memory maps": hoard_maps,
    "children": hoard_in_children,
    "beyond its own limit": hoard_beyond_its_limit,
    "and catches": hoard_and_catch,
    "stacks of threads": hoard_threads,
    "and returns": hoard_and_return,
}
