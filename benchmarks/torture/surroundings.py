"""Surroundings of a search on a cluster: a plain one, a network of its own, TLS, a small disk."""

import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import cache

from benchmarks.errors import BenchmarkError
from benchmarks.torture.dask_cluster import AdaptiveCluster, DaskCluster
from benchmarks.torture.disks import namespace
from benchmarks.torture.part import Skipped
from benchmarks.torture.sandbox import LOOK, Sandbox

WORKERS = 2  # of a cluster
DISK = "disk"  # the folder that is mounted
MOUNT = 'mount -t tmpfs -o size="$0" torture "$1" && shift && exec "$@"'
READY = "ready"
UP = f'ip link set lo up && touch {READY} && exec sleep "$0"'
LONGEST = "86400"  # seconds of a network
KEYS = """
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=torture -keyout ca.key -out ca.pem
openssl req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout node.key -out node.csr
openssl x509 -req -days 2 -in node.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out node.pem
"""


@dataclass(frozen=True)
class Surroundings:
    """What a cluster and a search have around them."""

    cluster: Callable[[str], DaskCluster]
    """Starts a cluster with its workers, given a name."""
    prefix: tuple[str, ...] = ()
    """What stands before all commands."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Variables of all processes."""


Setting = Callable[[Sandbox], AbstractContextManager[Surroundings]]


@contextmanager
def plain(sandbox: Sandbox) -> Iterator[Surroundings]:
    """The loopback."""
    yield _around(sandbox)


@contextmanager
def impatient(sandbox: Sandbox) -> Iterator[Surroundings]:
    """A scheduler that gives up a silent worker after half a minute; by default after 5 minutes."""
    # Less would give up workers that make their imports on a busy machine.
    yield _around(sandbox, environment={"DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": "30s"})


@contextmanager
def network(sandbox: Sandbox) -> Iterator[Surroundings]:
    """A network of its own, whose packets can be dropped."""
    options = _network_options()
    holder = sandbox.start(["unshare", *options, "sh", "-c", UP, LONGEST])
    while not (sandbox.folder / READY).exists():
        if holder.poll() is not None:
            raise BenchmarkError("a network of its own did not start")
        time.sleep(LOOK)
    enter = ["-U", "--preserve-credentials"] if "-r" in options[0] else []
    yield _around(sandbox, ("nsenter", *enter, f"--net=/proc/{holder.pid}/ns/net"))
    holder.kill()
    holder.wait()


@cache
def _network_options() -> tuple[str, ...]:
    """Return the options of `unshare` for a network of its own.

    Raises
    ------
    Skipped
        If the machine allows none, or drops no packets.
    """
    drop = "ip link set lo up && tc qdisc replace dev lo root blackhole"
    for options in (("-n",), ("-rn",)):
        try:
            command = ["unshare", *options, "sh", "-c", drop]
            if subprocess.run(command, capture_output=True, check=False).returncode == 0:
                return options
        except FileNotFoundError:
            break
    raise Skipped("no network of its own is allowed here")


@contextmanager
def encrypted(sandbox: Sandbox) -> Iterator[Surroundings]:
    """TLS, with certificates for these processes only."""
    try:
        for line in KEYS.strip().splitlines():
            subprocess.run(line.split(), cwd=sandbox.folder, check=True, capture_output=True)
    except FileNotFoundError:
        raise Skipped("openssl is not installed") from None
    prefix = "DASK_DISTRIBUTED__COMM__"
    environment = {
        f"{prefix}TLS__CA_FILE": str(sandbox.folder / "ca.pem"),
        f"{prefix}REQUIRE_ENCRYPTION": "true",
    }
    for role in ("SCHEDULER", "WORKER", "CLIENT"):
        environment |= {
            f"{prefix}TLS__{role}__CERT": str(sandbox.folder / "node.pem"),
            f"{prefix}TLS__{role}__KEY": str(sandbox.folder / "node.key"),
        }
    yield _around(sandbox, environment=environment, protocol="tls")


def small_disk(size: str) -> Setting:
    """Return a setting in which the last worker has a disk of its own.

    Parameters
    ----------
    size : str
        As `mount` reads it.
    """

    @contextmanager
    def open_disk(sandbox: Sandbox) -> Iterator[Surroundings]:
        disk = sandbox.folder / DISK
        disk.mkdir()
        mount = (*namespace(), "sh", "-c", MOUNT, size, str(disk))

        def cluster(name: str) -> DaskCluster:
            started = DaskCluster(sandbox, name)
            for _ in range(WORKERS - 1):
                started.start_worker()
            started.start_worker(mount, disk)
            return started

        yield Surroundings(cluster)

    return open_disk


@contextmanager
def adaptive(sandbox: Sandbox) -> Iterator[Surroundings]:
    """A cluster that Dask lets grow and shrink."""
    yield Surroundings(lambda name: AdaptiveCluster(sandbox, name))


def _around(
    sandbox: Sandbox,
    prefix: tuple[str, ...] = (),
    environment: Mapping[str, str] | None = None,
    protocol: str = "tcp",
) -> Surroundings:
    def cluster(name: str) -> DaskCluster:
        started = DaskCluster(sandbox, name, prefix, environment, protocol)
        for _ in range(WORKERS):
            started.start_worker()
        return started

    return Surroundings(cluster, prefix, environment or {})
