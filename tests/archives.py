"""Packed files, for tests that read them."""

import io
import tarfile

import pytest


def tarred(content):
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        member = tarfile.TarInfo("table.csv")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return file.getvalue()


def with_zst(content):
    return pytest.importorskip("pyarrow").compress(content, codec="zstd", asbytes=True)
