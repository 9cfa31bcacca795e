"""Makes packed files and tables with types of the texts in `tables`, into a folder of a test."""

import bz2
import gzip
import io
import lzma
import zipfile
from functools import partial
from pathlib import Path

import pandas as pd
import pytest

from tests.archives import tarred, with_zst

TABLES = Path(__file__).parent / "tables"


def zipped(content, *names):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names or ["table.csv"]:
            archive.writestr(name, content)
    return file.getvalue()


def cut(content):
    return gzip.compress(content)[:-20]


def as_it_is(content):
    return content


# By the ends of names, the longest first.
PACK = {
    ".cut.gz": cut,
    ".plain.gz": as_it_is,
    ".plain.parquet": as_it_is,
    ".two.zip": lambda content: zipped(content, "a.csv", "b.csv"),
    ".packed.csv": gzip.compress,
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zip": zipped,
    ".tar": tarred,
    ".zst": with_zst,
}
WRITE = {
    ".xlsx": ("openpyxl", "to_excel", {"index": False}),
    ".parquet": ("pyarrow", "to_parquet", {}),
    ".feather": ("pyarrow", "to_feather", {}),
    ".jsonl": ("pandas", "to_json", {"orient": "records", "lines": True, "date_format": "iso"}),
    ".json": ("pandas", "to_json", {"orient": "records", "date_format": "iso"}),
}
READ = {
    ".xlsx": pd.read_excel,
    ".parquet": pd.read_parquet,
    ".feather": pd.read_feather,
    ".jsonl": partial(pd.read_json, lines=True),
    ".json": pd.read_json,
}


@pytest.fixture
def make(tmp_path, monkeypatch):
    """Return a function that puts a file into an empty folder, the working directory."""
    monkeypatch.chdir(tmp_path)
    return partial(put, tmp_path)


@pytest.fixture
def read():
    """Return a function that reads a file in the way of somebody who knows pandas."""
    return read_by_pandas


def put(folder, name, facts):
    path, source = folder / name, TABLES / facts.get("from", name)
    suffix = next((end for end in PACK if name.endswith(end)), path.suffix)
    if "from" not in facts or suffix in PACK:
        path.write_bytes(PACK.get(suffix, as_it_is)(source.read_bytes()))
        return path
    package, method, options = WRITE[suffix]
    pytest.importorskip(package)
    frame = pd.read_csv(source, dtype=str)
    if facts.get("kind") == "dates":
        frame["x"] = pd.to_datetime(frame["x"])
    getattr(frame, method)(path, **options)
    return path


def read_by_pandas(path, facts):
    if path.suffix in READ:
        return READ[path.suffix](path)
    if path.suffix == ".zst":  # pandas needs a package for it that nothing else does
        path = TABLES / facts["from"]
    return pd.read_csv(path, **facts.get("pandas", {}))
