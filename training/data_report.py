"""What became of a data set, for people and programs: how many rows each filter kept and dropped, and which, and why.

Figures come from what was drawn, never from the clock, so that equal data sets have equal reports.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from router.cache import write_atomically
from training.candidates import Voted
from training.data_page import page
from training.filters import FILTERS, Context, Dropped, counts

_EXAMPLES = 3  # of what a filter dropped


def figures(
    kept: Sequence[Voted],
    dropped: Sequence[Dropped],
    context: Context,
    plan: Mapping[str, Any],
    outcome: Mapping[str, Any],
) -> dict[str, Any]:
    """`filters` in the order they are applied; `kept` of one is what went on to the next."""
    shown: dict[str, list[Dropped]] = {}
    for each in dropped:
        shown.setdefault(each.filter, []).append(each)
    refusals = sum(row.output is None for row in kept) if context.calls else 0
    share = refusals / len(kept) if kept else 0.0
    least, most = context.rules.refusals
    return {
        "counts": dict(outcome),
        "refusals": {"rows": refusals, "share": round(share, 4), "wanted": [least, most], "met": _met(share, context)},
        "kinds": dict(Counter(row.candidate.kind for row in kept)),
        "tools": _tools(kept, context),
        "agreement": dict(sorted(Counter(f"{row.votes}/{row.asked}" for row in kept if row.asked > 1).items())),
        "filters": [
            {
                "name": name,
                "what": FILTERS[name].what,
                **seen,
                "kept": seen["seen"] - seen["dropped"],
                "examples": [each.to_json() for each in shown.get(name, ())[:_EXAMPLES]],
            }
            for name, seen in counts(dropped, context).items()
        ],
        "without": [name for name in FILTERS if name not in counts(dropped, context)],
        "plan": dict(plan),
    }


def text(figures: Mapping[str, Any]) -> str:
    """The same in lines for a terminal."""
    told = figures["counts"]
    lines = [
        f"{told['rows']} rows ({told['train']} to train on, {told['held_out']} held out; {told['seeds']} are seeds), "
        f"{told['dropped']} dropped, {told['unanswered']} unanswered",
        "",
        f"{'filter':16}{'seen':>7}{'dropped':>9}{'kept':>7}",
    ]
    for each in figures["filters"]:
        lines.append(f"{each['name']:16}{each['seen']:>7}{each['dropped']:>9}{each['kept']:>7}")
        lines += [f"    {_line(example)}" for example in each["examples"]]
    if figures["without"]:
        lines.append(f"left out: {', '.join(figures['without'])}")
    lines += ["", *_shares("kinds", figures["kinds"]), *_shares("tools", figures["tools"])]
    lines += _shares("votes", figures["agreement"])
    if not figures["refusals"]["met"]:
        least, most = figures["refusals"]["wanted"]
        share = figures["refusals"]["share"]
        lines.append(f"{share:.1%} of the rows decline; {least:.0%} to {most:.0%} should")
    if told["faults"]:
        lines += _shares("faults", told["faults"])
    return "\n".join(lines)


def write(path: Path, name: str, figures: Mapping[str, Any]) -> None:
    """The JSON at `path`, the lines and the page beside it, each whole or not at all. `name`: the skill's."""
    content = json.dumps(figures, ensure_ascii=False, indent=1)
    write_atomically(path, content.encode("utf-8", "backslashreplace") + b"\n")
    write_atomically(path.with_suffix(".txt"), text(figures).encode("utf-8", "backslashreplace") + b"\n")
    write_atomically(path.with_suffix(".html"), page(name, figures).encode("utf-8", "xmlcharrefreplace"))


def _met(share: float, context: Context) -> bool:
    """Only where declining is possible is it asked for."""
    least, most = context.rules.refusals
    return not context.calls or least <= share <= most


def _tools(kept: Sequence[Voted], context: Context) -> dict[str, int]:
    called = (row.output["name"] for row in kept if context.calls and row.output is not None)
    return dict(sorted(Counter(called).items()))


def _shares(what: str, counted: Mapping[str, int]) -> list[str]:
    said = ", ".join(f"{name} {number}" for name, number in counted.items())
    return [f"{what:16}{said}"] if said else []


def _line(dropped: Mapping[str, Any]) -> str:
    request = " ".join(str(dropped["request"]).split())
    short = request if len(request) <= 60 else f"{request[:59]}…"
    return f"{short} → {dropped['reason']}"
