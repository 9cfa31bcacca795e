"""Messages of the library name the options of the command line."""

import pytest

from automl.cli.wording import in_options


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("expected time_budget above 0 seconds, got 0", "expected --budget above 0 seconds, got 0"),
        ("got 'time_budget' and n_jobs", "got 'time_budget' and --jobs"),
        (
            "run.db holds a run already; pass resume=True to continue it",
            "run.db holds a run already; continue it with `automl resume`",
        ),
        ("drop them or pass groups, or scores", "drop them or pass --groups, or scores"),
        ("AutoMLRegressor predicts numbers", "--task regression predicts numbers"),
        (
            "expected scoring to be None, a callable (estimator, X, y) or the name of a scorer",
            "expected --scoring to be None or the name of a scorer",
        ),
        ("settings (tuner: 'auto' then, 'grid' now)", "settings (--tuner 'auto' then, 'grid' now)"),
        ("two\nlines", "two lines"),
        ("kinds={'zip': 'numeric'} reads these", "--kind 'zip=numeric' reads these"),
        ("by kinds={'cv': 'left out'} if", "by --kind 'cv=left out' if"),
        ("kinds={\"it's\": 'texts'}", '--kind "it\'s=texts"'),
        ("kinds={'a\\nb': 'texts'}, 'kinds'", "--kind 'a\\nb=texts', 'kinds'"),
        ("a column 'groups' of kinds", "a column 'groups' of kinds"),
    ],
)
def test_parameters_are_options(message, expected):
    assert in_options(message) == expected
