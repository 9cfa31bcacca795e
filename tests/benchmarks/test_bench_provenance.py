"""A measurement says which code gave it."""

import re
import subprocess

from benchmarks.running.provenance import (
    package_version,
    read_commit,
    read_machine,
    read_provenance,
    source_digest,
)

VERSION = package_version()  # before the fixture that keeps it still


def test_the_version_tells_sources_apart():
    assert re.fullmatch(r"\d+\.\d+\.\d+\+[0-9a-f]{8}", VERSION)


def test_the_digest_sees_every_file(tmp_path):
    def digest():
        return source_digest([tmp_path, tmp_path / "nowhere"])

    (tmp_path / "a.py").write_text("A = 1")
    first = digest()
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.pyc").write_text("compiled")
    assert digest() == first
    (tmp_path / "a.py").write_text("A = 2")
    second = digest()
    (tmp_path / "a.py").rename(tmp_path / "b.py")
    assert len({first, second, digest()}) == 3


def test_the_commit(tmp_path):
    def git(*arguments):
        identity = ["-c", "user.name=a", "-c", "user.email=a@b"]
        command = ["git", "-C", str(tmp_path), *identity, *arguments]
        subprocess.run(command, check=True, capture_output=True)

    assert read_commit(tmp_path) == "unknown"
    git("init")
    assert read_commit(tmp_path) == "unknown"
    for name in ("automl", "benchmarks"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "code.py").write_text("A = 1")
    git("add", ".")
    git("commit", "-m", "one")
    commit = read_commit(tmp_path)
    assert re.fullmatch("[0-9a-f]{12}", commit)
    (tmp_path / "benchmarks" / "results.jsonl").write_text("{}")
    assert read_commit(tmp_path) == commit
    (tmp_path / "benchmarks" / "code.py").write_text("A = 2")
    assert read_commit(tmp_path) == f"{commit}+"


def test_all_of_it():
    origin = read_provenance(jobs=3)
    assert origin.versions["automl"] == "0.1.0+tests"
    assert origin.jobs == 3
    assert origin.machine == read_machine()
    assert origin.machine["cpu"]
