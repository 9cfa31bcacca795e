"""The script of a winner, written anew from the facts that a fitted estimator knows."""

from statistics import pstdev

from automl.pipelines import Bagging, BuildOptions, Genome, Member, Script, export_script
from automl.problem.metric import TunedThreshold
from automl.problem.several import metric_of
from automl.winner.facts import plain
from automl.winner.fitted import Fitted
from automl.winner.script_facts import ScriptFacts


def script_of(fitted: Fitted) -> str | None:
    """Return the Python source of what predicts; None where operators are not there.

    It is the same after `load` as after the fit. All of it is made by the exporter, so that no
    text of a model file becomes code.
    """
    facts = fitted.script
    if facts is None or fitted.absent:
        return None
    threshold = None
    if facts.tunes_threshold:
        threshold = metric_of(TunedThreshold(fitted.metric), fitted.task, fitted.classes).threshold
    members = zip(fitted.members["pipeline"], facts.rounds, fitted.members["weight"], strict=True)
    return export_script(
        Script(
            members=[Member(Genome.parse(text), *member) for text, *member in members],
            catalogue=fitted.catalogue,
            columns=fitted.columns,
            task=fitted.task,
            target=fitted.names.target,
            options=BuildOptions(facts.seed, facts.quantile, threshold, fitted.n_outputs),
            rescaling=facts.rescaling,
            threshold=None if fitted.threshold is None else fitted.threshold.value,
            bagging=None if facts.bags is None else Bagging(fitted.task, facts.bags, facts.seed),
            classes=None if fitted.classes is None else plain(fitted.classes),
            weighted=facts.is_weighted,
            n_rows=facts.n_rows,
            n_learnt=facts.n_learnt,
            check_rows=facts.check_rows,
            check_values=facts.check_values,
            form=facts.form,
            notes=_notes(fitted, facts),
        )
    )


def _notes(fitted: Fitted, facts: ScriptFacts) -> list[str]:
    """Return the sentences on the score for the head of a script."""
    scores = fitted.nested_results["score"].tolist()
    estimated = "a hold-out"
    if len(scores) > 1:
        estimated = f"nested cross-validation with {len(scores)} outer folds"
    choice = f"the choice among {len(fitted.search.leaderboard)} pipelines"
    if fitted.expected is None:
        subject = "Score of the best member" if len(fitted.members) > 1 else "Score"
        spread = f" ± {pstdev(scores):.2g}" if len(scores) > 1 else ""
        text = f"{subject}: {fitted.metric} {fitted.best_score:.6g}{spread}, from {estimated}. "
        text += f"Expect less on new data, for it is not corrected for {choice}."
    else:
        learnt = "all" if facts.n_learnt is None else f"{facts.n_learnt:,}"
        growth = "" if facts.bags is not None else f" and for learning from {learnt} rows"
        text = f"Score: {fitted.expected} The score is from {estimated}. "
        text += f"It is corrected for {choice}{growth}."
    tuning = f"Settings were tuned by {facts.trials} trials of {facts.tuner} search in each "
    notes = [text] if facts.tuner is None else [text, f"{tuning}training part."]
    return [*notes, *fitted.names.remarks, *fitted.changes]
