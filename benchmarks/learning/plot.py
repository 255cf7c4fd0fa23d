"""A plot of the figures, as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 760, 300, 52, 34, 18, 46
_COLOURS = ("#1f6feb", "#d1242f", "#1a7f37", "#9a6700")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a panel: its name, and its points as shares."""

    name: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel of the plot; ``x`` and ``y`` name what is measured."""

    title: str
    x: str
    y: str
    lines: Sequence[Line]


def svg(panels: Sequence[Panel]) -> str:
    """Return panels side by side."""
    width = WIDTH // len(panels)
    drawn = "".join(_panel(panel, number * width, width) for number, panel in enumerate(panels))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'font-family="sans-serif" font-size="11">\n<title>{"; ".join(panel.title for panel in panels)}</title>\n'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>\n{drawn}</svg>\n'
    )


def _panel(panel: Panel, left: int, width: int) -> str:
    inner_width, inner_height = width - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    most = max((x for line in panel.lines for x, _ in line.points), default=1.0)

    def place(x: float, y: float) -> str:
        return f"{left + LEFT + x / most * inner_width:.1f},{TOP + (1 - y) * inner_height:.1f}"

    parts = [f'<text x="{left + LEFT}" y="18" font-weight="bold">{panel.title}</text>']
    for step in range(0, 101, 25):
        x, y = place(0, step / 100).split(",")
        parts.append(f'<line x1="{x}" y1="{y}" x2="{left + width - RIGHT}" y2="{y}" stroke="#d0d7de"/>')
        parts.append(f'<text x="{float(x) - 6}" y="{float(y) + 4}" text-anchor="end">{step} %</text>')
        share = step / 100 * most
        label = f"{share:.0%}" if most <= 1 else f"{share:,.0f}"
        x = place(share, 0).split(",")[0]
        parts.append(f'<text x="{x}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{label}</text>')
    parts.append(f'<text x="{left + LEFT}" y="{HEIGHT - 8}">{panel.x} →   {panel.y} ↑</text>')
    for number, line in enumerate(panel.lines):
        colour = _COLOURS[number % len(_COLOURS)]
        points = " ".join(place(*point) for point in line.points)
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        y = TOP + 14 + 15 * number
        parts.append(
            f'<text x="{left + width - RIGHT}" y="{y}" fill="{colour}" text-anchor="end">{line.name}</text>'
        )
    return "\n".join(parts) + "\n"
