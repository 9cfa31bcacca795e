"""The memory of a machine, of its containers, and of the groups around a process."""

import psutil
import pytest

from automl.execution.memory import (
    MemoryWatch,
    left_mebibytes,
    n_killed,
    own_mebibytes,
    total_mebibytes,
)

MEBIBYTE = 2**20


def machine(root, groups, **files):
    """Write the files of a system: the list of groups, and those below the mount point."""
    (root / "proc/self").mkdir(parents=True)
    (root / "proc/self/cgroup").write_text(groups)
    for name, content in files.items():
        path = root / "sys/fs/cgroup" / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{content}\n")
    return root


def test_a_machine_without_groups_has_its_own_memory(tmp_path):
    memory = psutil.virtual_memory()
    assert total_mebibytes(tmp_path) == pytest.approx(memory.total / MEBIBYTE)
    assert 0 < left_mebibytes(tmp_path) <= total_mebibytes(tmp_path)
    assert n_killed(tmp_path) == 0


def limited(version, path, limit, used, dropped=0, kills=0):
    """Return the files of a group with its MiB."""
    first = {
        "memory_dot_limit_in_bytes": limit * MEBIBYTE,
        "memory_dot_usage_in_bytes": used * MEBIBYTE,
        "memory_dot_stat": f"cache 5\ntotal_inactive_file {dropped * MEBIBYTE}",
        "memory_dot_oom_control": f"oom_kill_disable 0\noom_kill {kills}",
    }
    second = {
        "memory_dot_max": limit * MEBIBYTE if limit else "max",
        "memory_dot_current": used * MEBIBYTE,
        "memory_dot_stat": f"anon 5\ninactive_file {dropped * MEBIBYTE}",
        "memory_dot_events": f"oom 1\noom_kill {kills}",
    }
    return {f"{path}{name}": text for name, text in (first if version == 1 else second).items()}


V1 = "11:memory:/docker/abc\n10:cpu,cpuacct:/docker/abc\n"
V2 = "0::/system.slice/job_7/step\n"


@pytest.mark.parametrize(
    ("groups", "files"),
    [
        ("0::/\n", limited(2, "", 100, 60, dropped=10, kills=3)),  # a container of its own
        (V2, limited(2, "system.slice__job_7__step__", 100, 60, 10, 3)),
        (V2, limited(2, "system.slice__", 100, 60, 10, 3)),  # of a parent
        (V2, limited(2, "system.slice__", 100, 60, 10, 3) | limited(2, "", 0, 500)),
        (V1, limited(1, "memory__docker__abc__", 100, 60, 10, 3)),
        (V1, limited(1, "memory__", 100, 60, 10, 3)),  # where only its root is visible
        (V1 + "0::/x\n", limited(1, "memory__docker__", 100, 60, 10, 3)),
        ("5:cpu:/\n0::/a\n", limited(2, "unified__a__", 100, 60, 10, 3)),
        ("0::/../../a\n", limited(2, "", 100, 60, 10, 3)),
    ],
)
def test_a_group_has_less_than_the_machine(tmp_path, groups, files):
    root = machine(tmp_path, groups, **files)
    assert total_mebibytes(root) == pytest.approx(100)
    assert left_mebibytes(root) == pytest.approx(50)
    assert n_killed(root) == 3


def test_the_smallest_group_holds(tmp_path):
    inner = limited(2, "a__b__", 300, 10)
    outer = limited(2, "a__", 200, 190)
    root = machine(tmp_path, "0::/a/b\n", **inner, **outer)
    assert total_mebibytes(root) == pytest.approx(200)
    assert left_mebibytes(root) == pytest.approx(10)


@pytest.mark.parametrize("content", ["", "max", "nonsense", "-", "9" * 400])
def test_files_that_say_nothing_are_no_limit(tmp_path, content):
    root = machine(tmp_path, "0::/\n", memory_dot_max=content, memory_dot_stat="x y z")
    assert total_mebibytes(root) > 100


def test_a_process_has_memory_of_its_own():
    assert own_mebibytes() > 10
    assert own_mebibytes(2**22 + 1) == 0


def test_the_watch_looks_at_intervals(monkeypatch):
    monkeypatch.setattr("automl.execution.memory.left_mebibytes", lambda: 1.0)
    watch = MemoryWatch()
    assert watch.is_short()
    assert not watch.is_short()  # what was killed needs a moment to give its memory back
    assert not watch.n_killed_since()
