"""The short table of a run of the suite, as README shows it."""

from collections.abc import Mapping, Sequence

from benchmarks.running.journal import Row
from benchmarks.scores.markdown import cell, markdown_table
from benchmarks.scores.standings import Standings, compute_standings

TITLES = {
    "automl": "this project",
    "autogluon_medium": "AutoGluon (medium)",
    "autogluon_best": "AutoGluon (best)",
    "h2o": "H2O",
    "gama": "GAMA",
    "flaml_ensemble": "FLAML (ensemble)",
    "flaml": "FLAML",
    "optuna_xgboost": "XGBoost by Optuna",
    "random_forest": "random forest",
    "tpot": "TPOT 1.1",
}
"""The names for people of the adapters that are shown; the constant is none of them."""

DEFAULT_BOOSTERS = {
    "catboost_default": "CatBoost (default)",
    "lightgbm_default": "LightGBM (default)",
    "xgboost_default": "XGBoost (default)",
}
"""The names of boosters that are fitted once."""

METRICS = {"roc_auc": "ROC AUC", "log_loss": "log loss", "rmse": "RMSE"}


def comparison_table(rows: Sequence[Row], titles: Mapping[str, str] = TITLES) -> str:
    """Return scores, mean ranks and seconds of the tools, the best tool first.

    Parameters
    ----------
    rows : sequence of Row
    titles : mapping of str to str
        The adapters to show, with their names for people.
    """
    # Ranks are among the tools that the table shows, or nobody could recompute them.
    shown = [row for row in rows if row.key.adapter in titles]
    standings = compute_standings(shown)
    adapters = sorted(standings.adapters, key=standings.mean_rank)
    body = [
        [task, METRICS[metric], *(_score(standings, task, adapter) for adapter in adapters)]
        for task, metric in standings.metrics.items()
    ]
    ranks = [f"{standings.mean_rank(adapter):.2f}" for adapter in adapters]
    seconds = [_most_seconds(shown, adapter) for adapter in adapters]
    body += [["mean rank", "", *ranks], ["seconds of a `fit`, most", "", *seconds]]
    return markdown_table(["set", "metric", *(titles[adapter] for adapter in adapters)], body)


def _score(standings: Standings, task: str, adapter: str) -> str:
    if standings.failures[task][adapter]:
        return "failed"
    score = standings.scores[task][adapter]
    # Four digits at least, which is as far as sets of a few hundred rows tell tools apart.
    text = f"{score:.4f}" if score < 10 else f"{score:.2f}" if score < 100 else f"{score:.1f}"
    return f"**{text}**" if standings.normalized[task][adapter] == 1.0 else text


def _most_seconds(rows: Sequence[Row], adapter: str) -> str:
    seconds = [row.costs.fit_seconds for row in rows if row.key.adapter == adapter]
    return cell(max((value for value in seconds if value is not None), default=None), ".1f")
