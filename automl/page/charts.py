"""Charts as inline SVG: pure functions of numbers and texts, whose every text is escaped.

Colors are classes, so that the page gives them for light and dark.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from math import ceil, floor, log10
from typing import Literal

WIDTH, HEIGHT = 560, 300  # units of a chart, which grows and shrinks with the page
LEFT, RIGHT, TOP, BOTTOM = 62, 14, 12, 46  # margins for the numbers and words of the axes
N_TICKS = 5
ROW, NAMES, NAME_LENGTH = 20, 190, 28  # height of a named row, margin and characters of its name

Point = tuple[float, float]


@dataclass(frozen=True)
class Series:
    """Points of a chart that belong together."""

    name: str
    """Its name in the legend."""
    points: tuple[Point, ...]
    """The points in the order in which a line connects them."""
    kind: Literal["line", "step", "points", "guide"] = "line"
    """The shape; a guide is a thin line to compare with."""
    labels: tuple[str, ...] = ()
    """What each point is, shown where the pointer rests on it; none for lines."""
    links: tuple[str, ...] = ()
    """Where each point leads to on the page; empty for points that lead nowhere."""


def chart(title: str, axes: tuple[str, str], series: Sequence[Series]) -> str:
    """Return a chart of lines and points.

    Parameters
    ----------
    title : str
        Read aloud instead of the chart.
    axes : tuple of str
        The words of the horizontal and the vertical axis.
    series : sequence of Series
    """
    points = [point for part in series for point in part.points]
    across = _ticks([x for x, _ in points])
    upwards = _ticks([y for _, y in points])
    body = [_frame(axes, across, upwards)]
    body += [_draw(part, place, across, upwards) for place, part in enumerate(series)]
    # What is an image to a screen reader has no parts, and so no links that can be followed.
    role = "group" if any(part.links for part in series) else "img"
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="{role}" aria-label="{escape(title)}">'
        f"<title>{escape(title)}</title>{''.join(body)}</svg>"
    )


def interval_chart(title: str, axis: str, rows: Sequence[tuple[str, float, float, float]]) -> str:
    """Return a chart of a mean with its interval for each of some names, one below the other.

    Parameters
    ----------
    title : str
        Read aloud instead of the chart.
    axis : str
        The words of the horizontal axis.
    rows : sequence of tuple
        A name, a mean, and the ends of its interval.
    """
    ticks = _ticks([0.0, *(value for _, *values in rows for value in values)])
    bottom = TOP + ROW * len(rows)
    body = [
        f'<text x="{_x(tick, ticks, NAMES)}" y="{bottom + 18}" text-anchor="middle">{tick:.4g}'
        "</text>"
        for tick in ticks
    ]
    zero = _x(0.0, ticks, NAMES)
    body.append(f'<polyline class="guide" points="{zero},{TOP} {zero},{bottom}"/>')
    for place, (name, mean, low, high) in enumerate(rows):
        y = TOP + ROW * (place + 0.5)
        short = name if len(name) <= NAME_LENGTH else f"{name[: NAME_LENGTH - 1]}…"
        ends = " ".join(f"{_x(end, ticks, NAMES)},{y}" for end in (low, high))
        body += [
            f'<text x="{NAMES - 8}" y="{y + 4}" text-anchor="end">{escape(short)}</text>',
            f'<polyline class="l0" points="{ends}"/>',
            f'<circle class="p1" cx="{_x(mean, ticks, NAMES)}" cy="{y}" r="4"/>',
        ]
    height = bottom + BOTTOM
    middle = (NAMES + WIDTH - RIGHT) / 2
    body.append(f'<text x="{middle}" y="{height - 6}" text-anchor="middle">{escape(axis)}</text>')
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(title)}">'
        f"<title>{escape(title)}</title>{''.join(body)}</svg>"
    )


def thinned(points: Sequence[Point], limit: int = 200) -> tuple[Point, ...]:
    """Return at most so many points, evenly by their places, the first and the last among them.

    Examples
    --------
    >>> thinned([(float(x), 0.0) for x in range(101)], limit=3)
    ((0.0, 0.0), (50.0, 0.0), (100.0, 0.0))
    """
    if len(points) <= limit:
        return tuple(points)
    step = (len(points) - 1) / (limit - 1)
    return tuple(points[round(place * step)] for place in range(limit))


def _ticks(values: Sequence[float]) -> list[float]:
    """Return round numbers, of which the first and the last enclose all values."""
    low, high = min(values, default=0.0), max(values, default=1.0)
    if high - low <= 1e-12 * max(abs(low), abs(high)):
        low, high = low - 0.5 * (abs(low) or 1.0), high + 0.5 * (abs(high) or 1.0)
    size = 10.0 ** floor(log10((high - low) / N_TICKS))
    step = next(size * factor for factor in (1, 2, 5, 10) if high - low <= N_TICKS * size * factor)
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    return [number * step for number in range(first, last + 1)]


def _x(value: float, ticks: Sequence[float], margin: int = LEFT) -> float:
    share = (value - ticks[0]) / (ticks[-1] - ticks[0])
    return round(margin + share * (WIDTH - margin - RIGHT), 1)


def _y(value: float, ticks: Sequence[float]) -> float:
    share = (value - ticks[0]) / (ticks[-1] - ticks[0])
    return round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM), 1)


def _frame(axes: tuple[str, str], across: Sequence[float], upwards: Sequence[float]) -> str:
    """Return the axes with their numbers and words."""
    bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    middle = (LEFT + right) / 2, (TOP + bottom) / 2
    parts = [
        f'<line class="grid" x1="{LEFT}" x2="{right}" y1="{_y(tick, upwards)}"'
        f' y2="{_y(tick, upwards)}"/>'
        f'<text x="{LEFT - 6}" y="{_y(tick, upwards) + 4}" text-anchor="end">{tick:.4g}</text>'
        for tick in upwards
    ]
    parts += [
        f'<text x="{_x(tick, across)}" y="{bottom + 18}" text-anchor="middle">{tick:.4g}</text>'
        for tick in across
    ]
    parts += [
        f'<text x="{middle[0]}" y="{HEIGHT - 6}" text-anchor="middle">{escape(axes[0])}</text>',
        f'<text transform="translate(13 {middle[1]}) rotate(-90)" text-anchor="middle">'
        f"{escape(axes[1])}</text>",
    ]
    return "".join(parts)


def _dots(part: Series, place: int, spots: Sequence[Point]) -> Iterator[str]:
    """Yield the points of a series, with their labels and links."""
    labels, links = iter(part.labels), iter(part.links)
    for x, y in spots:
        label, link = escape(next(labels, "")), escape(next(links, ""))
        radius = 5 if link else 3
        end = f"><title>{label}</title></circle>" if label else "/>"
        dot = f'<circle class="p{place}" cx="{x}" cy="{y}" r="{radius}"{end}'
        yield f'<a href="{link}" aria-label="{label}">{dot}</a>' if link else dot


def _draw(part: Series, place: int, across: Sequence[float], upwards: Sequence[float]) -> str:
    """Return the shapes of a series."""
    spots = [(_x(x, across), _y(y, upwards)) for x, y in part.points]
    if part.kind == "points":
        return "".join(_dots(part, place, spots))
    if part.kind == "step":
        corners = [(after[0], before[1]) for before, after in pairwise(spots)]
        pairs = zip(spots, [*corners, spots[-1]], strict=True) if spots else []
        spots = [spot for pair in pairs for spot in pair]
    path = " ".join(f"{x},{y}" for x, y in spots)
    name = "guide" if part.kind == "guide" else f"l{place}"
    return f'<polyline class="{name}" points="{path}"/>'
