"""The plots of a report as inline SVG: text in, markup out, colours by CSS class. What is plotted, `breakdown` counts.

A bar of an interval is drawn in percent of its place, so that it stretches with the page; the square plots scale.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

import numpy as np

from evals.breakdown import Calibration, Confusion, Interval
from evals.intervals import Doubles

WIDTH, HEIGHT = 340, 300
LEFT, RIGHT, TOP, BOTTOM = 52, 330, 12, 232  # the square plots' frame
COLUMNS = 36  # of a histogram
LOGARITHMIC = 20.0  # when the slow cases take so many times as long as the quick ones
CELL = 30


def svg(content: str, width: int, height: int, title: str, kind: str = "plot") -> str:
    return f'<svg class="{kind}" viewBox="0 0 {width} {height}" role="img" aria-label="{escape(title)}">{content}</svg>'


def text(x: float, y: float, words: str, anchor: str = "middle", kind: str = "tick", more: str = "") -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{more}>{escape(words)}</text>'


def line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    return f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def interval_bar(share: Interval) -> str:
    """The value as a dot and its interval as a whisker, on a track from 0 to 100%."""
    low, value, high = (100 * float(share[name]) for name in ("low", "share", "high"))
    title = f"{value:.1f}%, 95% interval {low:.1f} to {high:.1f}"
    grid = "".join(f'<line class="grid" x1="{at}%" x2="{at}%" y1="2" y2="18"/>' for at in (0, 25, 50, 75, 100))
    return (
        f'<svg class="bar" role="img" aria-label="{title}"><title>{title}</title>{grid}'
        f'<line class="whisker" x1="{low:.2f}%" x2="{high:.2f}%" y1="10" y2="10"/>'
        f'<circle class="dot" cx="{value:.2f}%" cy="10" r="4.5"/></svg>'
    )


# --- the square plots -------------------------------------------------------------------------------------------------


def _x(share: float) -> float:
    return LEFT + share * (RIGHT - LEFT)


def _y(share: float) -> float:
    return BOTTOM - share * (BOTTOM - TOP)


def _frame(across: str, up: str, top: float = 1.0) -> str:
    """Grid and percent ticks of both axes; the upper end of the vertical one is `top`."""
    parts = []
    for quarter in range(5):
        at = quarter / 4
        parts += [line(LEFT, _y(at), RIGHT, _y(at), "grid"), line(_x(at), TOP, _x(at), BOTTOM, "grid")]
        parts.append(text(LEFT - 7, _y(at) + 3.5, _percent(at * top), "end"))
        parts.append(text(_x(at), BOTTOM + 16, _percent(at)))
    middle = (TOP + BOTTOM) / 2
    parts.append(text((LEFT + RIGHT) / 2, BOTTOM + 34, across, kind="axis"))
    parts.append(text(10, middle, up, kind="axis", more=f' transform="rotate(-90 10 {middle:.0f})"'))
    return "".join(parts)


def _percent(share: float) -> str:
    return f"{100 * share:.3g}%" if share < 0.1 else f"{100 * share:.0f}%"


def reliability(calibration: Calibration) -> str:
    """Mean confidence of each bin against the share right in it, with Wilson's interval; below, where the cases lie."""
    parts = [_frame("confidence", "right"), line(_x(0), _y(0), _x(1), _y(1), "ideal")]
    most = max(each.right.n for each in calibration.bins)
    for each in calibration.bins:
        x, low, high = _x(each.confidence), *map(_y, each.right.interval)
        told = f"confidence {each.confidence:.1%}: {each.right}"
        parts.append(f"<g><title>{escape(told)}</title>{line(x, low, x, high, 'whisker')}")
        radius = 2.5 + 3.5 * math.sqrt(each.right.n / most)
        parts.append(f'<circle class="dot" cx="{x:.1f}" cy="{_y(each.right.value):.1f}" r="{radius:.1f}"/></g>')
        tall = max(1.0, 18 * each.right.n / most)
        parts.append(f'<rect class="count" x="{x - 4:.1f}" y="{HEIGHT - 2 - tall:.1f}" width="8" height="{tall:.1f}"/>')
    parts.append(text(LEFT - 7, HEIGHT - 3, "cases", "end"))
    return svg("".join(parts), WIDTH, HEIGHT, "Reliability: confidence against the share right")


def risk_coverage(calibration: Calibration) -> str:
    """Of the surest cases, how many are wrong; flat and low is good. The dashed line: were confidence no help."""
    points = calibration.risks()
    overall = points[-1][1]
    top = _ceiling(max(risk for _, risk in points))
    path = " ".join(f"{_x(covered):.1f},{_y(risk / top):.1f}" for covered, risk in points)
    first = points[0][0]
    parts = [
        _frame("coverage, surest first", "wrong", top),
        line(_x(0), _y(overall / top), _x(1), _y(overall / top), "ideal"),
        f'<polygon class="under" points="{_x(first):.1f},{_y(0):.1f} {path} {_x(1):.1f},{_y(0):.1f}"/>',
        f'<polyline class="curve" points="{path}"/>',
    ]
    return svg("".join(parts), WIDTH, HEIGHT - 24, "Risk and coverage: share wrong among the surest cases")


def _ceiling(value: float) -> float:
    """The next round number above a share, at least 4%: quarters of it read well on an axis."""
    return next((top for top in (0.04, 0.08, 0.2, 0.4, 0.6, 0.8) if value <= top), 1.0)


# --- histogram and heat map -------------------------------------------------------------------------------------------


def histogram(values: Doubles, *, wide: bool = True) -> str:
    """Milliseconds, on a logarithmic axis where they span magnitudes; median and 95th percentile marked."""
    low, high = float(values.min()), float(values.max())
    middle, late = (float(each) for each in np.quantile(values, [0.5, 0.95]))
    stretched = low > 0 and float(np.quantile(values, 0.99)) / low > LOGARITHMIC
    edges = (
        np.geomspace(low, high * 1.0001, COLUMNS + 1)
        if stretched
        else np.linspace(0, high * 1.0001 + 1e-9, COLUMNS + 1)
    )
    counts, _ = np.histogram(values, edges)
    width, height, floor = 1000 if wide else 430, 200, 168
    step = (width - 20) / COLUMNS

    def across(value: float) -> float:
        begin, end = float(edges[0]), float(edges[-1])
        part = math.log(value / begin) / math.log(end / begin) if stretched else (value - begin) / (end - begin)
        return 10 + part * (width - 20)

    parts = [line(10, floor, width - 10, floor, "base")]
    for number, count in enumerate(counts):
        if count:
            tall = max(1.5, 128 * count / counts.max())
            told = f"{duration(float(edges[number]))} to {duration(float(edges[number + 1]))}: {count}"
            parts.append(
                f'<rect class="column" x="{10 + number * step + 0.75:.1f}" y="{floor - tall:.1f}" '
                f'width="{step - 1.5:.1f}" height="{tall:.1f}"><title>{told}</title></rect>'
            )
    for tick in _ticks(float(edges[0]), float(edges[-1]), stretched):
        parts.append(text(across(tick), floor + 17, duration(tick)))
    for value, name, y in ((middle, "median", 14), (late, "95%", 28)):
        x = across(value)
        anchor, shift = ("end", -5) if x > width * 0.8 else ("start", 5)
        parts += [line(x, y - 9, x, floor, "mark"), text(x + shift, y, f"{name} {duration(value)}", anchor, "label")]
    return svg("".join(parts), width, height, "How long a case took", "plot wide" if wide else "plot small")


def _ticks(low: float, high: float, stretched: bool) -> list[float]:
    if stretched:
        powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
        found = [digit * 10.0**power for power in powers for digit in (1, 2, 5)]
        inside = [tick for tick in found if low <= tick <= high]
        return inside if len(inside) <= 9 else [tick for tick in inside if f"{tick:e}"[0] == "1"]
    rough = (high - low) / 5
    unit = 10 ** math.floor(math.log10(rough))
    step = next(unit * each for each in (1, 2, 5, 10) if unit * each >= rough)
    return [low + step * number for number in range(int((high - low) / step) + 1)]


def duration(ms: float) -> str:
    if ms >= 60_000:
        return f"{ms / 60_000:.3g} min"
    return f"{ms / 1000:.3g} s" if ms >= 1000 else f"{ms:.3g} ms"


def heat_map(confusion: Confusion) -> str:
    """Rows: what is right; columns: what was said; a cell's strength is its share of the row."""
    names = confusion.classes
    side = CELL * len(names)
    label = 16 + 6.6 * max(len(_short(name)) for name in names)
    top = 14 + 0.72 * label
    parts = []
    for row, gold in enumerate(names):
        y = top + CELL * row
        parts.append(text(label - 8, y + CELL / 2 + 4, _short(gold), "end", "name"))
        x = label + CELL * row + CELL / 2
        turned = f' transform="rotate(-50 {x:.0f} {top - 8:.0f})"'
        parts.append(text(x + 3, top - 6, _short(gold), "start", "name", turned))
        total = confusion.of_gold(gold)
        for column, predicted in enumerate(names):
            count = confusion.counts.get((gold, predicted), 0)
            parts.append(_cell(label + CELL * column, y, count, total, gold, predicted))
    width = int(label + side + label * 0.6)
    drawn = svg("".join(parts), width, int(top + side + 2), "Confusion matrix", "plot heat")
    return drawn.replace("<svg ", f'<svg style="width:{width}px" ', 1)


def _cell(x: float, y: float, count: int, total: int, gold: str, predicted: str) -> str:
    kind = "hit" if gold == predicted else "miss"
    strength = 0.0 if not count else 0.12 + 0.88 * count / total
    told = f"{gold} → {predicted}: {count} of {total}"
    box = f'x="{x + 1:.0f}" y="{y + 1:.0f}" width="{CELL - 2}" height="{CELL - 2}" rx="3"'
    fill = f'<rect class="{kind}" {box} style="fill-opacity:{strength:.2f}"/>' if count else ""
    number = (
        text(x + CELL / 2, y + CELL / 2 + 4, _count(count), kind="on" if strength > 0.6 else "off") if count else ""
    )
    return f'<g><title>{escape(told)}</title><rect class="cell" {box}/>{fill}{number}</g>'


def _count(count: int) -> str:
    return str(count) if count < 1000 else f"{count / 1000:.0f}k"


def _short(name: str, longest: int = 20) -> str:
    return name if len(name) <= longest else name[: longest - 1] + "…"


def shares(rows: Sequence[tuple[str, Interval]]) -> str:
    """Name, interval bar and figure, a row each."""
    cells = (
        f'<li><span class="name">{escape(name)}</span>{interval_bar(share)}'
        f"<output>{100 * float(share['share']):.1f}%</output><small>{share['hits']:,} of {share['n']:,}</small></li>"
        for name, share in rows
    )
    return f'<ul class="shares">{"".join(cells)}</ul>'
