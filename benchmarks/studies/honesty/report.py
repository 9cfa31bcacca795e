"""The report of the study: a pure function of the rows of its journal."""

from collections.abc import Sequence
from dataclasses import replace
from statistics import fmean

from benchmarks.scores.markdown import (
    EMPTY,
    NONE,
    bullets,
    cell,
    describe_origin,
    document,
    markdown_table,
)
from benchmarks.studies.honesty.calibration import Calibration, count_signs, spread
from benchmarks.studies.honesty.comparisons import bound_parts, choice_parts, part_parts
from benchmarks.studies.honesty.promise import (
    FEW_ROWS,
    INTERVAL,
    HonestyKey,
    HonestyRow,
    Promise,
)
from benchmarks.studies.study import failures

MAX_GAP = 0.25  # standard errors, the aim for the mean: a quarter of the noise misleads nobody
EVEN = 0.5  # the probability that says "no better"
COVERAGE = (0.92, 0.98)  # the aim: 120 runs do not tell these from 95 %
GAPS_HEADER = ["set", "metric", "runs", "estimate", "test", "estimate off", "naive off"]
GAPS_HEADER += ["growth", "within", "coverage", "test noise"]
SINGLE_HEADER = ["set", "metric", "members", "single", "ensemble", "gain", "better–same–worse"]
SCALE_HEADER = ["set", "runs", "rescaled", "log loss before", "after", "change"]
ROWS_NOTE = (
    "every seed has training rows of its own; test scores are of rows that no search saw; "
    "greater is better everywhere, so that losses have a minus sign"
)
GAPS_NOTES = """\
- *estimate*, *test*: means over seeds of the honest estimate and of the score on the test part.
- *estimate off*: mean of (estimate – test) / standard error, ± the standard error of that mean; 0 \
is what to hope for, and above 0 the estimate promises too much. The standard error is that of the \
interval: from the estimate to the upper end / 1.96, or to the lower end where the upper end was \
cut at the best score there is.
- *naive off*: the same for the mean over the folds as the search saw it, not corrected.
- *growth*: the part of the estimate that is for more rows than the folds learnt from, in standard \
errors; without it, *estimate off* would be lower by so much.
- *within*: runs whose test score lies within the 95 % interval. *coverage*: their share, with the \
exact binomial 95 % interval of that share.
- *test noise*: the standard error of the test score itself, by the honest one, mean over seeds; \
the closer to 0, the closer is the test score to the truth. It widens gaps and costs coverage \
that the honest score is not to blame for."""
SINGLE_NOTES = """\
- *members*: pipelines that predict together, mean over seeds; 1 is the best one alone.
- *single*, *ensemble*: means over seeds of the test scores of the best pipeline by itself and of \
what predicts. *gain*: their difference in units of the metric, above 0 where the ensemble is \
better.
- *better–same–worse*: seeds on which the ensemble has the better test score, the same (it is the \
best pipeline alone), the worse."""


def honesty_report(rows: Sequence[HonestyRow]) -> str:
    """Return the report in Markdown."""
    if not rows:
        return EMPTY
    origin = describe_origin("searches", [row.provenance for row in rows])
    parts = ["# Whether the honest score can be believed", f"{origin}\n{bullets([ROWS_NOTE])}"]
    # Promises after few rows or few pipelines say nothing of those after many.
    groups: dict[HonestyKey, list[HonestyRow]] = {}
    for row in rows:
        groups.setdefault(replace(row.key, task="", seed=0, part=""), []).append(row)
    for key, group in groups.items():
        usual = [row for row in group if not row.key.part]
        parts.append(
            f"## {key.rows} rows, {key.evaluations} pipelines of the catalogue {key.catalogue!r}"
        )
        parts += [*_group_parts(usual), *part_parts(group)]
    return document(*parts)


def _group_parts(rows: Sequence[HonestyRow]) -> list[str]:
    # Failures promise nothing; they are listed at the end.
    promises: dict[str, list[Promise]] = {}
    for row in rows:
        if row.result is not None:
            promises.setdefault(row.key.task, []).append(row.result)
    if not promises:
        return [failures(rows)]
    sets = {task: Calibration(runs) for task, runs in promises.items()}
    overall = Calibration([promise for runs in promises.values() for promise in runs])
    gaps = [_gap_row(task, calibration) for task, calibration in sets.items()]
    duels = [_single_row(task, calibration) for task, calibration in sets.items()]
    return [
        "### Promised and come true",
        _verdict(overall),
        markdown_table(GAPS_HEADER, [*gaps, _overall_row(overall)]),
        GAPS_NOTES,
        "### The ensemble and the single pipeline",
        _duel_verdict(sets, overall),
        markdown_table(SINGLE_HEADER, duels),
        SINGLE_NOTES,
        *_scale_parts(sets),
        *_interval_parts(sets),
        *_few_parts(overall),
        *_forest_parts(overall),
        *bound_parts(overall),
        *choice_parts(overall),
        failures(rows),
    ]


def _scale_parts(sets: dict[str, Calibration]) -> list[str]:
    """Return what rescaled probabilities were worth on the test parts."""
    classified = {task: runs for task, runs in sets.items() if runs.has_probabilities}
    if not classified:
        return []
    rescaled = [run for runs in classified.values() for run in runs.rescaled]
    better, level, worse = count_signs(_log_loss_gain(run) for run in rescaled)
    n_runs = sum(len(runs.promises) for runs in classified.values())
    return [
        "### Probabilities on another scale",
        f"Of {n_runs} runs, {len(rescaled)} rescaled their probabilities; on the test part the log "
        f"loss is lower for {better} of these, the same for {level}, higher for {worse}.",
        markdown_table(SCALE_HEADER, [_scale_row(*item) for item in classified.items()]),
    ]


def _interval_parts(sets: dict[str, Calibration]) -> list[str]:
    """Return how many targets of the test parts lie in their intervals."""
    shares = {task: runs.inside for task, runs in sets.items() if runs.inside is not None}
    if not shares:
        return []
    body = [[task, str(len(sets[task].promises)), f"{share:.1%}"] for task, share in shares.items()]
    return [
        "### Intervals for targets",
        f"Targets of the test part that lie in intervals with {INTERVAL:.0%} coverage: "
        f"**{fmean(shares.values()):.1%}**, the mean of {len(shares)} sets.",
        markdown_table(["set", "runs", "inside"], body),
    ]


def _few_parts(overall: Calibration) -> list[str]:
    """Return how often the interval for a small test part has its score."""
    runs = [run for run in overall.promises if run.few_test is not None]
    if not runs:
        return []
    wide = sum(bool(run.is_covered_on_few) for run in runs)
    narrow = sum(run.low <= (run.few_test or 0.0) <= run.high for run in runs)
    return [
        f"### A test part of {FEW_ROWS} rows",
        f"`honest_score_.on({FEW_ROWS})` has the score on so many rows of the test part in "
        f"**{wide} of {len(runs)}** runs ({wide / len(runs):.1%}); the interval for "
        f"new rows without end has it in {narrow}.",
    ]


def _forest_parts(overall: Calibration) -> list[str]:
    """Return what it would be worth to hand over the forest where that is said to be better."""
    compared = [
        (run.forest_lead, run.gain_probability)
        for run in overall.promises
        if run.forest_lead is not None and run.gain_probability is not None
    ]
    doubtful = [lead for lead, probability in compared if probability < EVEN]
    if not compared:
        return []
    text = (
        f"In {len(doubtful)} of {len(compared)} runs the honest score says that a random forest is "
        "better than what is handed over."
    )
    if doubtful:
        better, level, worse = count_signs(doubtful)
        text += (
            f" On the test part the forest is better in {better}, the same in {level}, worse in "
            f"{worse} of these, by **{spread(doubtful)}** standard errors on average."
        )
    return ["### Where a forest is said to be better", text]


def _log_loss_gain(run: Promise) -> float:
    return (run.plain_log_loss or 0.0) - (run.log_loss or 0.0)


def _scale_row(task: str, calibration: Calibration) -> list[str]:
    """Return how much the log loss of a set falls where probabilities are rescaled."""
    rescaled = calibration.rescaled
    head = [task, str(len(calibration.promises)), str(len(rescaled))]
    if not rescaled:
        return [*head, NONE, NONE, NONE]
    before, after = (
        fmean(getattr(run, name) for run in rescaled) for name in ("plain_log_loss", "log_loss")
    )
    return [*head, f"{before:.4g}", f"{after:.4g}", f"{after / before - 1:+.1%}"]


def _verdict(overall: Calibration) -> str:
    gap, naive = fmean(overall.estimate_gaps), fmean(overall.naive_gaps)
    share, low, high = overall.coverage
    lower, upper = COVERAGE
    return (
        f"Over {len(overall.promises)} runs the honest estimate promises **{gap:+.2f}** standard "
        f"errors more than comes true (aim: within ±{MAX_GAP:g}, "
        f"{_met(abs(gap) <= MAX_GAP)}), the naive score {naive:+.2f}. The 95 % interval has "
        f"the test score in **{share:.1%}** of them (95 % interval of that share {low:.1%} to "
        f"{high:.1%}; aim: {lower:.0%} to {upper:.0%}, {_met(lower <= share <= upper)}). A search "
        f"took {fmean(promise.seconds for promise in overall.promises):.0f} s on average."
    )


def _met(is_so: bool) -> str:
    return "met" if is_so else "not met"


def _duel_verdict(sets: dict[str, Calibration], overall: Calibration) -> str:
    by_set, by_run = count_signs(runs.gain for runs in sets.values()), overall.duels
    return (
        f"By the mean over seeds, what predicts is better than the best pipeline by itself on "
        f"**{by_set[0]} of {len(sets)} sets** (the same on {by_set[1]}, worse on {by_set[2]}); by "
        f"run, {by_run[0]} of {len(overall.promises)} times (the same {by_run[1]}, worse "
        f"{by_run[2]} times)."
    )


def _gap_row(task: str, calibration: Calibration) -> list[str]:
    promises = calibration.promises
    scores = [
        f"{fmean(getattr(run, name) for run in promises):.4g}" for name in ("estimate", "test")
    ]
    return [task, promises[0].metric, str(len(promises)), *scores, *_gap_cells(calibration)]


def _overall_row(overall: Calibration) -> list[str]:
    # Scores of different metrics have no mean; gaps in standard errors have one.
    n_runs = str(len(overall.promises))
    return ["**overall**", NONE, n_runs, NONE, NONE, *_gap_cells(overall)]


def _gap_cells(calibration: Calibration) -> list[str]:
    share, low, high = calibration.coverage
    return [
        spread(calibration.estimate_gaps),
        spread(calibration.naive_gaps),
        f"{calibration.growth:+.2f}",
        str(calibration.covered),
        f"{share:.0%} [{low:.0%}, {high:.0%}]",
        cell(calibration.noise, ".2f"),
    ]


def _single_row(task: str, calibration: Calibration) -> list[str]:
    promises = calibration.promises
    return [
        task,
        promises[0].metric,
        f"{fmean(run.members for run in promises):.1f}",
        f"{fmean(run.single_test for run in promises):.5g}",
        f"{fmean(run.test for run in promises):.5g}",
        f"{calibration.gain:+.3g}",
        "–".join(map(str, calibration.duels)),
    ]
