"""The two members of a model file, packed and unpacked.

A file may claim to unpack to anything: a few KiB can say that they are many GiB. So a file unpacks
to `MOST_RATIO` times its bytes or less, or to `LEAST_BYTES`, which any machine has room for. `pack`
holds to it, too: what is smaller than that when compressed is not compressed.

The pipelines are an archive themselves, of thousands of small arrays that are not compressed.
Compressed as a whole they are written in a fraction of the time, and take less.
"""

import io
import os
import zipfile
from collections.abc import Iterator

from automl.errors import FileError
from automl.files import read_whole

FACTS, PIPELINES = "automl.json", "pipelines.skops"
MOST_RATIO = 100
LEAST_BYTES = 2**26
LEVEL = 1  # of the compression: higher ones take twice the time for a tenth of the bytes


def pack(facts: bytes, pipelines: bytes) -> bytes:
    """Return the content of a model file.

    Raises
    ------
    FileError
        If `unpack` would refuse it.
    """
    content = _zipped(facts, pipelines, zipfile.ZIP_DEFLATED)
    if len(facts) + len(pipelines) > _limit(content):
        content = _zipped(facts, pipelines, zipfile.ZIP_STORED)
    _check_pipelines(pipelines, _limit(content))
    return content


def unpack(path: str | os.PathLike[str]) -> tuple[bytes, bytes]:
    """Return the facts and the pipelines of a model file.

    Raises
    ------
    FileError
        If it is no file, or has other members, or these are broken or too large.
    """
    content = read_whole(path)
    try:
        return _members(content)
    except Exception as error:  # a broken zip raises errors of many kinds
        reason = str(error) if isinstance(error, FileError) else f"{type(error).__name__}: {error}"
        raise FileError(
            f"{str(path)!r} is not a model that this version saved: {reason}"
        ) from error


def _zipped(facts: bytes, pipelines: bytes, compression: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, part in ((FACTS, facts), (PIPELINES, pipelines)):
            archive.writestr(zipfile.ZipInfo(name), part, compression, LEVEL)
    return buffer.getvalue()


def _limit(content: bytes) -> int:
    """Return the bytes that the content of a file may unpack to."""
    return max(MOST_RATIO * len(content), LEAST_BYTES)


def _members(content: bytes) -> tuple[bytes, bytes]:
    limit = _limit(content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        if names != [FACTS, PIPELINES]:
            raise FileError(f"expected the members {[FACTS, PIPELINES]}, got {names[:5]}")
        _check(archive, limit)
        facts, pipelines = map(archive.read, names)  # not a byte more than was declared
    _check_pipelines(pipelines, limit)
    return facts, pipelines


def _check_pipelines(pipelines: bytes, limit: int) -> None:
    """Raise an error if the archive of the pipelines is not as skops writes it."""
    with zipfile.ZipFile(io.BytesIO(pipelines)) as archive:
        _check(archive, limit, zipfile.ZIP_STORED)
        for part in _sparse(archive):
            with zipfile.ZipFile(io.BytesIO(part)) as matrix:
                limit -= _check(matrix, limit, zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def _sparse(archive: zipfile.ZipFile) -> Iterator[bytes]:
    """Yield the sparse matrices, which are archives of arrays that scipy compresses."""
    for name in archive.namelist():
        if name.endswith(".npz"):
            yield archive.read(name)


def _check(archive: zipfile.ZipFile, limit: int, *methods: int) -> int:
    """Return the bytes that an archive unpacks to.

    Parameters
    ----------
    archive : ZipFile
    limit : int
        The largest number of bytes.
    *methods : int
        The ways of compression; by default both that a model file has.

    Raises
    ------
    FileError
        If they are too many, or members are there twice, encrypted or compressed by another method.
    """
    members = archive.infolist()
    if len({member.filename for member in members}) < len(members):
        raise FileError("it has two members of one name")
    if any(member.flag_bits & 1 for member in members):
        raise FileError("it has encrypted members")
    methods = methods or (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    if any(member.compress_type not in methods for member in members):
        raise FileError("it has members that are compressed in another way")
    n_bytes = sum(member.file_size for member in members)
    if n_bytes > limit:
        raise FileError(f"it unpacks to {n_bytes:,} bytes, but {limit:,} are the most for its size")
    return n_bytes
