"""Files are written through links, whole or not at all, and only where they are files."""

import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from automl import FileError
from automl.files import check_writable, read_whole, write_whole

POSIX = pytest.mark.skipif(os.name == "nt", reason="the system has no such files or modes")


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_content_comes_back_and_nothing_else_stays(tmp_path):
    for content in (b"first\n", b"", b"second\r\n"):
        write_whole(tmp_path / "file", content)
        assert read_whole(tmp_path / "file") == content
    assert os.listdir(tmp_path) == ["file"]


@POSIX
@pytest.mark.parametrize("is_private", [False, True])
def test_an_old_file_keeps_its_mode(tmp_path, is_private):
    path = tmp_path / "file"
    path.write_text("old")
    path.chmod(0o640)
    write_whole(path, b"new", is_private=is_private)
    assert (path.read_text(), mode(path)) == ("new", 0o640)


@POSIX
def test_a_new_file_is_private_or_as_the_umask_says(tmp_path):
    mask = os.umask(0o027)
    try:
        write_whole(tmp_path / "shared", b"")
        write_whole(tmp_path / "private", b"", is_private=True)
    finally:
        os.umask(mask)
    assert mode(tmp_path / "shared") == 0o640
    assert mode(tmp_path / "private") == 0o600


@POSIX
def test_a_link_stays(tmp_path):
    (tmp_path / "inner").mkdir()
    target = tmp_path / "inner" / "target"
    for content in (b"new", b"newer"):  # the target is not there at first
        (tmp_path / "link").unlink(missing_ok=True)
        (tmp_path / "link").symlink_to(Path("inner") / "target")
        write_whole(tmp_path / "link", content)
        assert (tmp_path / "link").is_symlink()
        assert target.read_bytes() == content
    assert os.listdir(tmp_path / "inner") == ["target"]


def irregular(folder):
    """Make what is no regular file, and yield it with the words for it."""
    (folder / "folder").mkdir()
    yield folder / "folder", "a folder"
    os.mkfifo(folder / "pipe")
    yield folder / "pipe", "a pipe"
    (folder / "to_pipe").symlink_to(folder / "pipe")
    yield folder / "to_pipe", "a pipe"
    (folder / "loop").symlink_to(folder / "loop")
    yield folder / "loop", "a link that leads to itself|symbolic links"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(folder / "socket"))
        yield folder / "socket", "a socket"
    yield "/dev/null", "a device"


@POSIX
def test_what_is_no_file_is_neither_written_nor_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for path, words in irregular(tmp_path):
        before = os.lstat(path)
        for use in (check_writable, lambda path: write_whole(path, b""), read_whole):
            with pytest.raises(FileError, match=words):
                use(path)
        assert os.lstat(path).st_ino == before.st_ino


@POSIX
@pytest.mark.parametrize("path", ["/dev/stdout", "/dev/stderr", "/dev/fd/1", "/proc/self/fd/1"])
def test_streams_are_not_written(path):
    with pytest.raises(FileError, match="expected the path of a file"):
        check_writable(path)


@pytest.mark.parametrize(
    "path",
    ["", ".", "a\0b", b"bytes", 3, None, "x" * 300, "no/file", "file/inner", "new/", "\ud800\0"],
)
def test_what_is_no_path_is_one_error(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("file").write_text("old")
    for use in (check_writable, lambda path: write_whole(path, b""), read_whole):
        with pytest.raises(FileError):
            use(path)
    assert os.listdir() == ["file"]


@POSIX
@pytest.mark.skipif(os.name != "nt" and os.geteuid() == 0, reason="root may write everywhere")
def test_what_is_protected_is_told_before(tmp_path):
    path = tmp_path / "folder" / "file"
    path.parent.mkdir()
    path.write_text("old")
    for protected, rights in ((path.parent, 0o555), (path, 0o444)):
        protected.chmod(rights)
        for use in (check_writable, lambda path: write_whole(path, b"new")):
            with pytest.raises(FileError, match="cannot be written: Permission denied"):
                use(path)
        protected.chmod(0o755)
    assert path.read_text() == "old"


@pytest.mark.parametrize("name", ["new", "old"])
def test_what_the_system_refuses_is_told_before(tmp_path, monkeypatch, name):
    (tmp_path / "old").write_text("old")

    def read_only(*_):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(os, "open", read_only)
    for use in (check_writable, lambda path: write_whole(path, b"new")):
        with pytest.raises(FileError, match=f"{name}' cannot be written: Read-only file system"):
            use(tmp_path / name)
    monkeypatch.undo()
    assert os.listdir(tmp_path) == ["old"]


@POSIX
def test_a_file_of_another_user_is_told_before_where_only_owners_may_replace(tmp_path, monkeypatch):
    tmp_path.chmod(0o1777)
    (tmp_path / "file").write_text("old")
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    with pytest.raises(FileError, match="only its owner may replace it"):
        check_writable(tmp_path / "file")
    check_writable(tmp_path / "new")


@POSIX
@pytest.mark.slow
def test_a_process_that_was_killed_is_in_nobodys_way(tmp_path):
    source = """
import os, signal, sys
from automl import files
files._copy_rights = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
files.write_whole(sys.argv[1], b"new")
"""
    path = tmp_path / "file"
    path.write_text("old")
    killed = subprocess.run([sys.executable, "-c", source, str(path)], check=False)
    assert killed.returncode < 0
    assert path.read_text() == "old"
    leftovers = [name for name in os.listdir(tmp_path) if name != "file"]
    assert len(leftovers) == 1
    write_whole(path, b"newer")
    assert path.read_text() == "newer"


def test_an_error_while_writing_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "file"
    path.write_text("old")

    def no_room(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_room)
    with pytest.raises(FileError, match="No space left"):
        write_whole(path, b"new")
    assert os.listdir(tmp_path) == ["file"]
    assert path.read_text() == "old"
