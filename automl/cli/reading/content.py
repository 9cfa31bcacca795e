"""The bytes of a file or of a stream, read once and unpacked.

A file is unpacked by its first bytes, whatever its name. A name that promises an archive has to
keep its promise, since a file that is cut or mistaken for another should not be learnt from.
"""

import bz2
import gzip
import io
import lzma
import os
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath

from automl.errors import FileError

STANDARD_INPUT = "-"
PARQUET_SIGN = b"PAR1"
WORKBOOK_PARTS = {"[Content_Types].xml", "mimetype"}  # Excel's and LibreOffice's files are archives
DAMAGE = (EOFError, OSError, ValueError, lzma.LZMAError, zlib.error, zipfile.BadZipFile)
TAR_SIGN = slice(257, 262)  # the place of "ustar" in the first block


@dataclass(frozen=True)
class Content:
    """The bytes of a table, with the name that tells its format."""

    source: str
    """The file in messages."""
    name: str
    """The name of the table, in lower case and without the suffix of an archive."""
    data: bytes
    """All bytes; of a Parquet file on a disk the first, because its columns are read one by one."""
    path: str | None = None
    """The path of such a Parquet file."""


def read_content(path: str) -> Content:
    """Read a file, a pipe, or the standard input for "-", and unpack it.

    Raises
    ------
    FileError
        If it cannot be read, is empty, or is not the archive that its name promises.
    """
    source = "the standard input" if path == STANDARD_INPUT else repr(path)
    try:
        if path == STANDARD_INPUT:
            data = sys.stdin.buffer.read()
        else:
            with open(path, "rb") as file:
                start = file.peek(len(PARQUET_SIGN))[: len(PARQUET_SIGN)]
                # A pipe can be read but once, from its start to its end.
                if start == PARQUET_SIGN and os.path.isfile(path):
                    return Content(source, PurePath(path).name.lower(), start, path)
                data = file.read()
    except (OSError, ValueError, AttributeError) as error:  # a NUL in a path; no standard input
        reason = getattr(error, "strerror", None) or error
        raise FileError(f"{source} cannot be read: {reason}") from error
    content = _unpacked(Content(source, PurePath(path).name.lower(), data))
    if not content.data.strip():
        raise FileError(f"{source} is empty; expected a table with a line of column names")
    return content


def _unpacked(content: Content) -> Content:
    """Return the content of an archive, or a content that is none."""
    for suffix, start, unpack in PACKINGS:
        is_named = content.name.endswith(suffix)
        if content.data.startswith(start):
            if suffix == ".zip" and _is_workbook(content):
                return content
            try:
                name, data = unpack(content)
            except FileError:
                raise
            except DAMAGE as error:
                raise FileError(
                    f"{content.source} cannot be unpacked, it is cut or damaged: {error}"
                ) from error
            return _unpacked(Content(content.source, name.lower(), data))
        if is_named:
            raise FileError(
                f"{content.source} is not a {suffix} file, whatever its name says; rename it, or "
                "compress it again"
            )
    if content.name.endswith((".tar", ".tgz")) and content.data[TAR_SIGN] != b"ustar":
        raise FileError(f"{content.source} is not a .tar file, whatever its name says; rename it")
    return _from_tar(content) if content.data[TAR_SIGN] == b"ustar" else content


def _is_workbook(content: Content) -> bool:
    if not zipfile.is_zipfile(io.BytesIO(content.data)):
        return False
    with zipfile.ZipFile(io.BytesIO(content.data)) as archive:
        return not WORKBOOK_PARTS.isdisjoint(archive.namelist())


def _stem(content: Content) -> str:
    name = PurePath(content.name)
    return f"{name.stem}.tar" if name.suffix == ".tgz" else name.stem


def _from_gzip(content: Content) -> tuple[str, bytes]:
    return _stem(content), gzip.decompress(content.data)


def _from_bz2(content: Content) -> tuple[str, bytes]:
    return _stem(content), bz2.decompress(content.data)


def _from_xz(content: Content) -> tuple[str, bytes]:
    return _stem(content), lzma.decompress(content.data)


def _from_zst(content: Content) -> tuple[str, bytes]:
    try:
        import pyarrow
    except ImportError as error:
        raise FileError(
            f"{content.source} needs pyarrow to be unpacked: pip install 'automl-gp[files]'"
        ) from error
    source = pyarrow.BufferReader(content.data)
    return _stem(content), pyarrow.CompressedInputStream(source, "zstd").read()


def _from_zip(content: Content) -> tuple[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content.data)) as archive:
        # Folders, and what the archiver of macOS adds, are no tables.
        names = [
            name
            for name in archive.namelist()
            if not name.endswith("/") and not name.startswith("__MACOSX")
        ]
        name = _only(names, content)
        return PurePath(name).name, archive.read(name)


def _from_tar(content: Content) -> Content:
    with tarfile.open(fileobj=io.BytesIO(content.data)) as archive:
        files = {member.name: member for member in archive.getmembers() if member.isfile()}
        name = _only(list(files), content)
        file = archive.extractfile(files[name])
        data = file.read() if file else b""
    return Content(content.source, PurePath(name).name.lower(), data)


def _only(names: list[str], content: Content) -> str:
    if len(names) == 1:
        return names[0]
    raise FileError(
        f"expected one file in {content.source}, got {len(names)}: {names[:5]}; unpack it and give "
        "the path of the table"
    )


Unpack = Callable[[Content], tuple[str, bytes]]
PACKINGS: tuple[tuple[str, bytes, Unpack], ...] = (
    (".gz", b"\x1f\x8b", _from_gzip),
    (".bz2", b"BZh", _from_bz2),
    (".xz", b"\xfd7zXZ\x00", _from_xz),
    (".zst", b"\x28\xb5\x2f\xfd", _from_zst),
    (".zip", b"PK\x03\x04", _from_zip),
)
