"""The figures of a summary as tables, whatever an evaluation put there: nested mappings of measured and plain values.

A measured value is one of `Share.to_json` or `Mean.to_json`; it is shown with its interval. Rows of rows become one
table whose columns are the fewer of the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from evals.report_plots import interval_bar

SPELLED = {
    "ece": "ECE", "auroc": "AUROC", "aurc": "AURC", "oos": "out-of-scope", "f1": "F1", "json": "JSON", "ms": "ms",
    "bfcl": "BFCL", "mcp": "MCP", "sgd": "SGD", "p50": "median", "p95": "95th percentile",
    "us": "µs",
}  # fmt: skip
WIDEST = 8


def title_of(name: str) -> str:
    """`ece_in_scope` → ECE in scope."""
    words = [SPELLED.get(word, word) for word in str(name).replace("_", " ").split()]
    return " ".join(words)


def is_measured(value: Any) -> bool:
    return isinstance(value, Mapping) and {"low", "high"} <= value.keys() and bool({"share", "mean"} & value.keys())


def is_plain(value: Any) -> bool:
    return not isinstance(value, Mapping) or is_measured(value)


def tables(figures: Mapping[str, Any], depth: int = 3) -> str:
    """HTML: what is measured here, then what is nested, under headings of level `depth` and below."""
    here = {name: value for name, value in figures.items() if is_plain(value)}
    below = {name: value for name, value in figures.items() if not is_plain(value) and value}
    parts = [_rows(here)] if here else []
    if _is_matrix(below):
        return "".join([*parts, _matrix(below, depth)])
    for name, value in below.items():
        level, title = min(depth, 6), title_of(name)
        parts.append(f"<h{level}>{escape(title[:1].upper() + title[1:])}</h{level}>")
        parts.append(_matrix(value, depth + 1) if _is_matrix(value) else tables(value, depth + 1))
    return "".join(parts)


def _rows(values: Mapping[str, Any]) -> str:
    """Shares with a bar; the rest as name and value."""
    drawn = []
    for name, value in values.items():
        bar = interval_bar(value) if is_measured(value) and "share" in value and value.get("n") else ""
        drawn.append(
            f'<tr><th scope="row">{escape(title_of(name))}</th><td class="value">{cell(value)}</td>'
            f'<td class="track">{bar}</td></tr>'
        )
    return f'<table class="figures">{"".join(drawn)}</table>'


def _is_matrix(value: Mapping[str, Any]) -> bool:
    rows = list(value.values())
    if len(rows) < 2 or any(is_plain(row) for row in rows):
        return False
    columns = [{name for name, each in row.items() if is_plain(each)} for row in rows]
    union = set().union(*columns)
    return bool(union) and sum(map(len, columns)) > 0.6 * len(union) * len(rows)


def _matrix(value: Mapping[str, Mapping[str, Any]], depth: int) -> str:
    """One table of the plain values; what is nested deeper follows, under the row's name."""
    columns = list(dict.fromkeys(name for row in value.values() for name, each in row.items() if is_plain(each)))
    lines, heads = list(value), columns
    turned = len(columns) > min(len(lines), WIDEST)
    if turned:
        lines, heads = columns, list(value)

    def at(line: str, head: str) -> str:
        row, column = (head, line) if turned else (line, head)
        return cell(value[row][column]) if column in value[row] else '<span class="none">–</span>'

    top = "".join(f'<th scope="col">{escape(title_of(head))}</th>' for head in heads)
    body = "".join(
        f'<tr><th scope="row">{escape(title_of(line))}</th>'
        f"{''.join(f'<td>{at(line, head)}</td>' for head in heads)}</tr>"
        for line in lines
    )
    deeper = {
        row: {name: each for name, each in held.items() if not is_plain(each) and each} for row, held in value.items()
    }
    rest = "".join(
        f"<details class=more><summary>{escape(title_of(row))}, in more detail</summary>{tables(held, depth)}</details>"
        for row, held in deeper.items()
        if held
    )
    return f'<div class="scroll"><table class="matrix"><thead><tr><td></td>{top}</tr></thead>{body}</table></div>{rest}'


def cell(value: Any) -> str:
    if not is_measured(value):
        return escape(plain(value))
    low, high = value["low"], value["high"]
    n = f" · n {value['n']:,}"
    if "share" in value:
        if not value["n"]:
            return '<span class="none">–</span>'
        return f"<b>{100 * value['share']:.1f}%</b> <small>{100 * low:.1f}–{100 * high:.1f}{n}</small>"
    if value["mean"] is None:
        return '<span class="none">–</span>'
    return f"<b>{plain(value['mean'])}</b> <small>{plain(low)} to {plain(high)}{n}</small>"


def plain(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "–"}[value]
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:.4g}".replace("-", "−")
    return (", ".join(map(str, value)) or "–") if isinstance(value, list) else str(value)
