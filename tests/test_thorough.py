"""What `make test` leaves out is there, so that no name is stale."""

from pathlib import Path

import pytest

LINES = Path(__file__).with_name("thorough.txt").read_text("utf-8").splitlines()


@pytest.mark.parametrize("line", LINES)
def test_a_thorough_test_is_there(line):
    path, *_, name = line.partition("[")[0].split("::")
    assert f"def {name}(" in (Path(__file__).parents[1] / path).read_text("utf-8")
