"""The tables of training.compare_methods: who is right how often, and whose mistakes are not the others'."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Record = Mapping[str, Any]
_LEAST_ALIKE = 5


def methods(records: Sequence[Record]) -> str:
    """One line a method and skill, best first, the interval of its share by Wilson."""
    from evals.intervals import Share

    lines = [
        "| skill | method | exact | 95% | trained | rate | peak GB | seconds | leaves |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for one in sorted(records, key=lambda record: (record["skill"], -record["exact"])):
        low, high = Share(one["exact"], one["rows"]).interval
        lines.append(
            f"| {one['skill']} | {one['method']} | {one['exact']} of {one['rows']} | {low:.0%}–{high:.0%} | "
            f"{_or_dash(one, 'parameters', ',')} | {_or_dash(one, 'rate', '.0e')} | {_gb(one)} | "
            f"{_or_dash(one, 'seconds', '.0f')} | {one['left']['form']} |"
        )
    return "\n".join(lines)


def _or_dash(one: Record, name: str, form: str) -> str:
    return format(one[name], form) if name in one else "–"


def _gb(one: Record) -> str:
    return f"{one['peak_bytes'] / 1e9:.2f}" if "peak_bytes" in one else "–"


def overlap(one: Record, other: Record) -> dict[str, float]:
    """How alike the mistakes of two runs are: shared over all (Jaccard), and the share right by at least one."""
    wrong, missed = set(one["wrong"]), set(other["wrong"])
    either = wrong | missed
    alike = len(wrong & missed) / len(either) if either else 1.0
    return {"alike": alike, "one_of_both": 1 - len(wrong & missed) / max(1, one["rows"])}


def overlaps(records: Sequence[Record]) -> str:
    """For every skill the pairs whose mistakes are the least alike, and what all pairs share on average."""
    lines = ["| skill | methods | mistakes | together |", "|---|---|---|---|"]
    for skill in dict.fromkeys(record["skill"] for record in records):
        here = [record for record in records if record["skill"] == skill]
        pairs = [(overlap(a, b), a["method"], b["method"]) for i, a in enumerate(here) for b in here[i + 1 :]]
        for found, a, b in sorted(pairs, key=lambda pair: pair[0]["alike"])[:_LEAST_ALIKE]:
            lines.append(_pair(skill, f"{a} and {b}", found))
        if pairs:
            mean = {key: sum(found[key] for found, _, _ in pairs) / len(pairs) for key in pairs[0][0]}
            lines.append(_pair(skill, f"all {len(pairs)} pairs on average", mean))
    return "\n".join(lines)


def _pair(skill: str, named: str, found: Mapping[str, float]) -> str:
    return f"| {skill} | {named} | {found['alike']:.0%} of mistakes shared | {found['one_of_both']:.0%} right by one |"
