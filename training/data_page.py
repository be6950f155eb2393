"""The report of a data set as one page that needs nothing else: a bar a filter, and under it what it dropped and why.

Drawn from the figures of `training.data_report`; counts nothing itself.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from typing import Any

_STYLE = """
:root { color-scheme: light dark; --ink: #1c1c1c; --paper: #fff; --line: #ddd; --kept: #3f7f5f; --gone: #c2573a }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e6e6; --paper: #17181a; --line: #3a3c40; --kept: #6fb392; --gone: #e08a6c }
}
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 0 auto;
  max-width: 60rem; padding: 1rem }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top }
th small, th details { font-weight: normal }
td.number { text-align: right; font-variant-numeric: tabular-nums }
.bar { display: flex; height: .7rem; min-width: 5rem; margin-top: .4rem; background: var(--line) }
.bar i { background: var(--kept) } .bar b { background: var(--gone) }
pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: .2rem 0 }
.scroll { overflow-x: auto }
"""


def page(name: str, figures: Mapping[str, Any]) -> str:
    """HTML; every text of the data is escaped."""
    told = figures["counts"]
    title = escape(f"{name}: {told['rows']} rows")
    facts = {
        "rows to train on": told["train"],
        "rows held out": told["held_out"],
        "seeds among them": told["seeds"],
        "requests written by the teacher": told["requests"],
        "dropped": told["dropped"],
        "unanswered": told["unanswered"],
        "share that declines": f"{figures['refusals']['share']:.1%}",
        "kinds": _listed(figures["kinds"]),
        "tools": _listed(figures["tools"]),
        "votes": _listed(figures["agreement"]),
        "faults of the teacher": _listed(told["faults"]),
        "filters left out": ", ".join(figures["without"]),
    }
    rows = "".join(f"<tr><th>{escape(k)}</th><td>{escape(str(v))}</td></tr>" for k, v in facts.items() if v != "")
    most = max((each["seen"] for each in figures["filters"]), default=1) or 1
    filters = "".join(_filter(each, most) for each in figures["filters"])
    head = "<tr><th>filter</th><th>seen</th><th>dropped</th><th>kept</th><th></th></tr>"
    plan = escape(json.dumps(figures["plan"], ensure_ascii=False, indent=1))
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style><h1>{title}</h1>'
        f"<table>{rows}</table><h2>Filters</h2>"
        f'<div class="scroll"><table>{head}{filters}</table></div>'
        f"<h2>Plan</h2><details><summary>as resolved</summary><pre>{plan}</pre></details></html>\n"
    )


def _filter(each: Mapping[str, Any], most: int) -> str:
    numbers = "".join(f'<td class="number">{each[what]}</td>' for what in ("seen", "dropped", "kept"))
    widths = [100 * each[what] / most for what in ("kept", "dropped")]
    bar = f'<div class="bar"><i style="width:{widths[0]:.1f}%"></i><b style="width:{widths[1]:.1f}%"></b></div>'
    what = f"<th>{escape(each['name'])}<br><small>{escape(each['what'])}</small>{_examples(each['examples'])}</th>"
    return f"<tr>{what}{numbers}<td>{bar}</td></tr>"


def _examples(dropped: list[Mapping[str, Any]]) -> str:
    if not dropped:
        return ""
    shown = "".join(f"<pre>{escape(_example(each))}</pre>" for each in dropped)
    return f"<details><summary>examples</summary>{shown}</details>"


def _example(row: Mapping[str, Any]) -> str:
    output = f"\n→ {json.dumps(row['output'], ensure_ascii=False)}" if "output" in row else ""
    return f"{row['request']}{output}\n{row['reason']}"


def _listed(counted: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {number}" for name, number in counted.items())
