"""Peers get environments of their own, really made, and are run by them."""

import sys
import zipfile
from pathlib import Path

import pytest

from benchmarks.adapters import ADAPTERS
from benchmarks.errors import PeerError
from benchmarks.running.peers import find_installation, find_python, install, read_needs

PEERS = [name for name in ADAPTERS if read_needs(name) is not None]
VERSION = ".".join(map(str, sys.version_info[:2]))
SOURCE = """\
# /// script
# requires-python = "=={python}.*"
# dependencies = ["{dependency}"]
# ///
"""


def make_wheel(folder):
    """Write a package that pip can install without a network."""
    path = folder / "tiny-1.5-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("tiny.py", "ANSWER = 42\n")
        info = "tiny-1.5.dist-info"
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1.5\n")
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any"
        )
        wheel.writestr(f"{info}/RECORD", "")
    return path


@pytest.fixture
def own_peer(tmp_path, monkeypatch):
    """Return the file of an adapter that is found as ``own_peer:Peer``."""
    monkeypatch.syspath_prepend(str(tmp_path))
    wheel = make_wheel(tmp_path)
    path = tmp_path / "own_peer.py"
    path.write_text(SOURCE.format(python=VERSION, dependency=f"tiny @ {wheel.as_uri()}"))
    return path


@pytest.mark.slow
def test_an_environment_is_made_once_and_again_when_needs_change(own_peer, tmp_path):
    folder = tmp_path / "environments"
    with pytest.raises(PeerError, match=r"got none; make it .*setup own_peer:Peer"):
        find_installation("own_peer:Peer", folder)
    installation = install("own_peer:Peer", folder)
    assert installation.versions["tiny"] == "1.5"
    assert installation.versions["python"].startswith(VERSION)
    assert installation.python.is_relative_to(folder)
    stamp = folder / "own_peer" / "versions.json"
    before = stamp.stat().st_mtime_ns
    assert install("own_peer:Peer", folder) == installation
    assert stamp.stat().st_mtime_ns == before
    own_peer.write_text(own_peer.read_text().replace("tiny @", "tiny  @"))
    with pytest.raises(PeerError, match="got one with other packages"):
        find_installation("own_peer:Peer", folder)


@pytest.mark.slow
def test_what_pip_says_is_told(own_peer, tmp_path):
    own_peer.write_text(
        SOURCE.format(python=VERSION, dependency="tiny @ file:///nowhere/tiny-1.5-py3-none-any.whl")
    )
    with pytest.raises(
        PeerError, match=r"pip for own_peer:Peer ended with status 1:\n(.|\n)*nowhere"
    ):
        install("own_peer:Peer", tmp_path / "environments")
    assert not (tmp_path / "environments" / "own_peer" / "versions.json").exists()


def test_a_python_that_is_not_there():
    assert find_python(f"=={VERSION}.*") == sys.executable
    with pytest.raises(PeerError, match=r"expected a Python ==2\.3\.\* on the PATH"):
        find_python("==2.3.*")


def test_a_damaged_block_is_told(own_peer):
    own_peer.write_text("# /// script\n# dependencies = []\n# ///\n")
    with pytest.raises(PeerError, match=r"at the top of own_peer\.py, got KeyError"):
        read_needs("own_peer:Peer")


def test_what_runs_here_needs_nothing():
    assert read_needs("automl") is None
    assert find_installation("automl").python == Path(sys.executable)


@pytest.mark.parametrize("name", PEERS)
def test_every_peer_is_pinned(name):
    needs = read_needs(name)
    assert needs is not None
    assert any("==" in line for line in needs.dependencies)
    assert any(line.startswith("pyarrow") for line in needs.dependencies)
    assert needs.python.startswith("==3.")
