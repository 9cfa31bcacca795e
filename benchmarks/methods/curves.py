"""Curves as an SVG file, without a library for plots."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 640, 320  # of one panel, pixels
LEFT, TOP, RIGHT, BOTTOM = 60, 40, 170, 50  # margins; the right one holds the names
COLORS = ("#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377", "#888888", "#dd7700")
DASHES = ("", "6 3")  # where there are more curves than colors


@dataclass(frozen=True)
class Curve:
    """A named line."""

    name: str
    """What the legend says."""
    points: list[tuple[float, float]]
    """Both from 0 to 1."""


def curves_svg(panels: Mapping[str, Sequence[Curve]], across: str, up: str) -> str:
    """Return a picture of panels, one below the other.

    Parameters
    ----------
    panels : mapping of str to sequence of Curve
        The curves by the title of their panel.
    across, up : str
        What the axes are called.
    """
    height = max(len(panels), 1) * HEIGHT
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}" font-family="sans-serif" font-size="12">'
    )
    lines = [head, f'<rect width="{WIDTH}" height="{height}" fill="white"/>']
    for number, (title, curves) in enumerate(panels.items()):
        lines.append(f'<g transform="translate(0 {number * HEIGHT})">')
        lines += _frame(title, across, up)
        for place, curve in enumerate(curves):
            lines += _curve(curve, place)
        lines.append("</g>")
    return "\n".join([*lines, "</svg>"]) + "\n"


def _x(share: float) -> float:
    return LEFT + share * (WIDTH - LEFT - RIGHT)


def _y(value: float) -> float:
    return HEIGHT - BOTTOM - value * (HEIGHT - TOP - BOTTOM)


def _frame(title: str, across: str, up: str) -> list[str]:
    middle = (_y(0) + _y(1)) / 2
    lines = [
        f'<text x="{LEFT}" y="{TOP - 14}" font-weight="bold">{escape(title)}</text>',
        f'<text x="{_x(0.5):.1f}" y="{HEIGHT - 10}" text-anchor="middle">{escape(across)}</text>',
        f'<text transform="translate(16 {middle:.1f}) rotate(-90)" text-anchor="middle">'
        f"{escape(up)}</text>",
    ]
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        x, y = _x(tick), _y(tick)
        lines += [
            f'<line x1="{x:.1f}" y1="{_y(0)}" x2="{x:.1f}" y2="{_y(1)}" stroke="#dddddd"/>',
            f'<line x1="{_x(0)}" y1="{y:.1f}" x2="{_x(1)}" y2="{y:.1f}" stroke="#dddddd"/>',
            f'<text x="{x:.1f}" y="{_y(0) + 16}" text-anchor="middle">{tick:.0%}</text>',
            f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{tick:g}</text>',
        ]
    return lines


def _curve(curve: Curve, place: int) -> list[str]:
    look = f'stroke="{COLORS[place % len(COLORS)]}" stroke-width="2"'
    dash = DASHES[place // len(COLORS) % len(DASHES)]
    look += f' stroke-dasharray="{dash}"' if dash else ""
    points = " ".join(f"{_x(share):.1f},{_y(value):.1f}" for share, value in curve.points)
    y, x = TOP + 10 + 18 * place, WIDTH - RIGHT + 14
    return [
        f'<polyline points="{points}" fill="none" {look}/>',
        f'<line x1="{x}" y1="{y}" x2="{x + 24}" y2="{y}" {look}/>',
        f'<text x="{x + 32}" y="{y + 4}">{escape(curve.name)}</text>',
    ]
