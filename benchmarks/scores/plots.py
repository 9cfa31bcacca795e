"""Plots as SVG texts, the same for the same numbers."""

from collections.abc import Mapping, Sequence
from io import StringIO
from typing import Any

from matplotlib import rc_context
from matplotlib.figure import Figure

Curves = Mapping[str, Sequence[tuple[float, float]]]
"""Points by the name of a line."""

WIDTH = 8.0  # inches
LINE_STYLES = ("-", "--", ":", "-.")  # where there are more lines than colors
N_COLORS = 10


def plot_curves(panels: Mapping[str, Curves], across: str, up: str, *, log: bool = False) -> str:
    """Return panels of lines, one below the other.

    Parameters
    ----------
    panels : mapping of str to Curves
        The lines by the title of their panel.
    across, up : str
        What the axes are called.
    log : bool
        Whether the horizontal axis is logarithmic.
    """
    figure = Figure(figsize=(WIDTH, 4.0 * len(panels)), layout="constrained")
    for axes, (title, curves) in zip(
        figure.subplots(len(panels), squeeze=False)[:, 0], panels.items(), strict=True
    ):
        for number, (name, points) in enumerate(curves.items()):
            style = LINE_STYLES[number // N_COLORS % len(LINE_STYLES)]
            axes.plot(*zip(*points, strict=True), style, label=name, marker="." if log else "")
        axes.set(title=title, xlabel=across, ylabel=up)
        if log:
            axes.set_xscale("log")
        axes.grid(alpha=0.3)
        axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize="small")
    return _svg(figure)


def plot_ranks(mean_ranks: Mapping[str, float], critical_difference: float | None) -> str:
    """Return a bar for every mean rank, the best on top, with the critical difference of the best.

    Parameters
    ----------
    mean_ranks : mapping of str to float
    critical_difference : float, optional
        Whoever is within it may be as good as the best.
    """
    names = sorted(mean_ranks, key=lambda name: -mean_ranks[name])
    ranks = [mean_ranks[name] for name in names]
    figure = Figure(figsize=(WIDTH, 1.0 + 0.3 * len(names)), layout="constrained")
    axes = figure.subplots()
    axes.barh(names, ranks, color="#4477aa")
    if critical_difference is not None:
        end = min(ranks) + critical_difference
        axes.axvspan(min(ranks), end, color="#ee6677", alpha=0.2, label="critical difference")
        axes.legend(loc="lower right", fontsize="small")
    axes.set(xlabel="mean rank, 1 the best")
    return _svg(figure)


def plot_shares(shares: Mapping[str, Mapping[str, float]]) -> str:
    """Return a dot for every task and adapter: 0 the constant, 1 the best of the task.

    Parameters
    ----------
    shares : mapping of str to mapping of str to float
        Normalized scores by task and adapter; what is below 0 is drawn there.
    """
    figure = Figure(figsize=(WIDTH, 1.5 + 0.4 * len(shares)), layout="constrained")
    axes = figure.subplots()
    for number, name in enumerate(next(iter(shares.values()), {})):
        values = [max(0.0, of[name]) for of in shares.values()]
        marker = "osD^v"[number // N_COLORS % 5]
        axes.plot(values, list(shares), marker, label=name, alpha=0.7)
    axes.invert_yaxis()
    axes.set(xlabel="normalized score: 0 the constant, 1 the best")
    axes.grid(alpha=0.3)
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize="small")
    return _svg(figure)


def _svg(figure: Any) -> str:
    text = StringIO()
    # Names instead of random numbers inside, texts instead of outlines, no date.
    with rc_context({"svg.hashsalt": "benchmarks", "svg.fonttype": "none"}):
        figure.savefig(text, format="svg", metadata={"Date": None})
    found = text.getvalue()
    return found[found.index("<svg") :]
