"""Temporary folders are private, and are removed also after their process was killed."""

import os
import signal
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from automl import temporary
from automl.temporary import OWNER, sweep, temporary_folder

# The module alone, for the imports of the whole package take seconds.
HOLDER = f"""
import runpy
import sys
from pathlib import Path
module = runpy.run_path({temporary.__file__!r})
with module["temporary_folder"]() as folder:
    Path(folder, "rows").write_text("secret")
    print(folder, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def folders(tmp_path, monkeypatch):
    """The folder that temporary folders are made in."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.fixture
def holder():
    """A process with a temporary folder, and that folder."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", HOLDER], **pipes) as process:
        yield process, Path(process.stdout.readline().strip())
        process.kill()


def test_a_folder_is_there_as_long_as_it_is_used(folders):
    with temporary_folder() as name, temporary_folder() as second:
        assert Path(name).is_dir()
        assert name != second
        assert Path(name).parent == folders
    assert not os.listdir(folders)


@pytest.mark.skipif(os.name == "nt", reason="the system has no modes")
def test_nobody_else_looks_into_a_folder():
    with temporary_folder() as name:
        assert stat.S_IMODE(os.stat(name).st_mode) == 0o700
        assert stat.S_IMODE(os.stat(Path(name) / OWNER).st_mode) == 0o600


def test_the_folder_of_a_process_that_lives_is_left_alone(holder):
    process, folder = holder
    sweep()
    assert (folder / "rows").is_file()
    process.communicate("")
    assert not folder.exists()


def test_the_folder_of_a_killed_process_is_swept_at_the_next_start(holder):
    process, folder = holder
    process.kill()
    process.wait()
    assert (folder / "rows").is_file()
    with temporary_folder():
        assert not folder.exists()


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="the system stops no processes")
def test_the_folder_of_a_stopped_process_is_left_alone(holder):
    process, folder = holder
    process.send_signal(signal.SIGSTOP)
    sweep()
    assert (folder / "rows").is_file()


def leftover(folders, name, content):
    folder = folders / name
    folder.mkdir()
    if content is not None:
        (folder / OWNER).write_bytes(content)
    return folder


def test_folders_that_are_not_ours_are_left_alone(folders, monkeypatch):
    own = temporary._host()
    alone = [
        leftover(folders, "automl-foreign", b"another host\n"),
        leftover(folders, "automl-new", b""),  # its owner is about to lock it
        leftover(folders, "automl-other", None),
        leftover(folders, "another", own),
    ]
    gone = leftover(folders, "automl-gone", own)
    sweep()
    assert all(folder.is_dir() for folder in alone)
    assert not gone.exists()
    left = leftover(folders, "automl-left", own)
    if os.name != "nt":
        monkeypatch.setattr(os, "geteuid", lambda: 12345)
        sweep()
        assert left.is_dir()


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_is_not_followed(folders):
    target = leftover(folders, "precious", temporary._host())
    (folders / "automl-link").symlink_to(target)
    (folders / "automl-file").write_text("")
    sweep()
    assert target.is_dir()


@pytest.mark.skipif(os.name == "nt", reason="flock is one of POSIX")
def test_a_file_system_without_locks_is_left_alone(folders, monkeypatch):
    def no_locks(descriptor):
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr(temporary, "_lock", no_locks)
    folder = leftover(folders, "automl-left", temporary._host())
    with temporary_folder() as name:
        assert Path(name).is_dir()
    assert folder.is_dir()
