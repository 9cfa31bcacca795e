"""The settings that a resumed run has to share, and how they differ from those of a run.

A setting is a value of JSON. Where a value is long or says nothing to a person, such as a digest,
the setting is a pair: what is compared, and what is shown.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import joblib

from automl.execution import Limits
from automl.pipelines import Genome
from automl.problem import Problem
from automl.search.budget import Budget

LONGEST = 200  # characters of a text in the file
SHOWN = 60  # characters of a value in a message; longer ones are not shown


def fingerprint(
    problem: Problem,
    budget: Budget,
    columns: Sequence[Any],
    starts: Sequence[Genome],
    parameters: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the settings that have to be the same for a run to be resumed, by their names.

    Parameters
    ----------
    problem : Problem
    budget : Budget
        Its kind only: a resumed run may get more seconds or evaluations.
    columns : sequence
        The names of the columns, in the order of the user's frame.
    starts : sequence of Genome
        The user's own pipelines, which come first.
    parameters : mapping of str to Any
        Those of the estimator.

    Raises
    ------
    DataError, SettingsError
        If the data do not allow the inner folds.
    """
    cv, metric, axes = problem.cv, problem.metric, problem.objectives.names
    limits, refit = parameters["limits"] or Limits(), parameters["refit"]
    operators = [repr(operator) for operator in problem.catalogue.values()]
    return {
        "random_state": problem.seed,
        "columns": list(map(str, columns)),
        # The digest has the cells, the kinds, the targets, the weights and the groups.
        "data": _pair(problem.dataset.digest, f"{len(problem.dataset)} rows"),
        # The folds, not the splitter: splitters are compared by identity.
        "cv": _pair(
            joblib.hash([problem.splits, problem.inner_splits]),
            f"outer={cv.outer!r}, inner={cv.inner!r}, repeats={cv.repeats}",
        ),
        "held_out": problem.thrift.is_held_out,
        "learnt_rows": problem.thrift.n_learnt,
        "tuner": cv.tuner,
        "trials": int(cv.trials),
        "scoring": _pair(
            [metric.quantile, repr(metric.threshold), metric.name, *axes],
            ", ".join(map(repr, [metric.name, *axes])),
        ),
        # The records, not the names: an operator with another range proposes other pipelines.
        "catalogue": _pair(joblib.hash(operators), f"{len(operators)} operators"),
        "template": " > ".join(problem.catalogue.template),
        "strategy": parameters["strategy"],
        "starts": [start.text for start in starts],
        "ensemble_size": int(parameters["ensemble_size"]),
        "refit": refit if isinstance(refit, str) else bool(refit),
        "limits": _pair([limits.seconds, limits.mebibytes], repr(limits)),
        "kind of budget": "max_evaluations" if budget.is_ordered else "time_budget",
    }


def differences(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Return how the settings of a run differ from those of now, a text for each.

    Folds follow from the other settings, so they are named only if nothing else differs, or `cv`
    itself does.

    Examples
    --------
    >>> differences({"tuner": "auto"}, {"tuner": "random"})
    ["tuner: 'auto' then, 'random' now"]
    """
    now = json.loads(json.dumps(now))  # as if it were read from a file, too
    names = [name for name in now if _compared(then.get(name)) != _compared(now[name])]
    if len(names) > 1 and "cv" in names and _shown(then.get("cv")) == _shown(now["cv"]):
        names.remove("cv")
    return [_difference(name, _shown(then.get(name)), _shown(now[name])) for name in names]


def _difference(name: str, then: str, now: str) -> str:
    if then == now or max(len(then), len(now)) > SHOWN:
        return f"other {name}"
    return f"{name}: {then} then, {now} now"


def _pair(compared: Any, shown: str) -> dict[str, Any]:
    # A list of splits has a page of text, and its numbers of rows need not be in the file.
    return {"compared": compared, "shown": shown if len(shown) <= LONGEST else ""}


def _compared(setting: Any) -> Any:
    return setting.get("compared") if isinstance(setting, dict) else setting


def _shown(setting: Any) -> str:
    shown = setting.get("shown") if isinstance(setting, dict) else None
    return shown if isinstance(shown, str) and shown.isprintable() else repr(setting)
