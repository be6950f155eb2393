"""From what was made of a case to its record, and from records to figures, each with n and a 95% interval.

A case is right when its calls are (`evals.call_check`); one of `relevance` when any call was attempted, one of
`irrelevance` when none was. Attempts are counted by their tag: a refusal that garbles a call is no refusal.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from evals.call_cases import CATEGORIES, Case
from evals.call_check import arguments_right, check
from evals.call_step import Made
from evals.copier import can_copy
from evals.intervals import LEVEL, RESAMPLES, Mean, Share, bootstrap
from evals.runs import Record

SHARES = ("tool", "exact", "copier_ceiling", "schema_valid", "must_call", "must_refuse")
CALL, REFUSE = "call", "refuse"


def record_of(case: Case, made: Made, id: str, slice: Mapping[str, Any], *, group: str) -> Record:
    """`case` as it was offered. `group`: the case whatever the slice, so that intervals keep its records together."""
    wrong = why_wrong(case, made)
    return Record(
        case=id,
        slice={**slice, "category": case.category},
        right=wrong is None,
        scores=scores_of(case, made, wrong is None),
        prompt=_prompt(case),
        output="\n".join(made.outputs),
        expected=[{"name": each.name, "arguments": dict(each.arguments)} for each in case.wanted] or _must(case),
        reason=wrong,
        failure=None if wrong is None else _failure(case, made),
        ms=round(made.ms, 2),
        tokens=vars(made.tokens),
        confidence=made.confidence,
        gold=CALL if case.must_call else REFUSE,
        predicted=CALL if made.attempted else REFUSE,
        group=group,
    )


def why_wrong(case: Case, made: Made) -> str | None:
    if made.failure is not None:
        return made.message
    if not case.must_call:
        return "Nothing was to be called." if made.attempted else None
    if not made.attempted:
        drawn = " then ".join(dict.fromkeys(made.drawn))
        return f"Nothing was called (drawn: {drawn})."
    if case.wanted and made.attempted > len(made.calls) and len(made.calls) != len(case.wanted):
        return f"Calls attempted: {made.attempted}; of these can be read: {len(made.calls)}."
    return check(case.tools, made.calls, case.wanted) if case.wanted else None


def scores_of(case: Case, made: Made, right: bool) -> dict[str, float]:
    """Only what the case asks: whether a tool is right is no question where none is."""
    asked = made.failure is None
    if not case.must_call:
        return {"must_refuse": float(asked and not made.attempted), **_validity(made)}
    scores = {"must_call": float(made.attempted > 0), **_validity(made)}
    if case.wanted:
        hits, given, due = arguments_right(case.tools, made.calls, case.wanted)
        named = sorted(call.name for call in made.calls) == sorted(each.name for each in case.wanted)
        scores["tool"] = float(named)
        scores["exact"] = float(right)
        scores["argument_f1"] = 2 * hits / (given + due) if given + due else float(named)
        scores["copier_ceiling"] = float(can_copy(case))
    return scores


def _validity(made: Made) -> dict[str, float]:
    return {"schema_valid": float(made.valid == made.attempted)} if made.attempted else {}


def _failure(case: Case, made: Made) -> str:
    """Where it went wrong, in a word to count by."""
    if made.failure is not None:
        return made.failure
    if not case.must_call:
        return "called"
    if not made.attempted:
        return "not-called"
    if made.attempted > len(made.calls):
        return "syntax"
    if len(made.calls) != len(case.wanted):
        return "count"
    names = sorted(call.name for call in made.calls) == sorted(each.name for each in case.wanted)
    return "arguments" if names else "tool"


def _must(case: Case) -> str:
    return "any call" if case.must_call else "no call"


def _prompt(case: Case) -> str:
    said = [f"{m.role}: {m.content or json.dumps([call.name for call in m.calls])}" for m in case.messages]
    return "\n".join([*said, f"tools: {', '.join(tool.name for tool in case.tools)}"])


# --- figures ----------------------------------------------------------------------------------------------------------


def figures(records: Sequence[Record]) -> dict[str, Any]:
    """Slice → category → metric, all categories of a slice together first."""
    found: dict[str, Any] = {}
    for name, some in _by(records, _slice_name).items():
        parts = _by(some, lambda record: str(record.slice["category"]))
        live = _by(some, lambda record: f"{record.slice.get('part') or ''} {record.slice['category']}".strip())
        order = [c for c in CATEGORIES if c in parts]
        found[name] = {"all": measures(some)} | {category: measures(parts[category]) for category in order}
        if len(live) > len(parts):
            found[name] |= {part: measures(live[part]) for part in sorted(live)}
    return found


def measures(records: Sequence[Record]) -> dict[str, Any]:
    """Every metric that any of the records has."""
    found: dict[str, Any] = {"right": Share(sum(bool(r.right) for r in records), len(records)).to_json()}
    for name in SHARES:
        values = [record.scores[name] for record in records if name in record.scores]
        if values:
            found[name] = Share(int(sum(values)), len(values)).to_json()
    f1 = [record.scores["argument_f1"] for record in records if "argument_f1" in record.scores]
    if f1:
        found["argument_f1"] = bootstrap(f1).to_json()
    calls, refusals = ([r.scores[name] for r in records if name in r.scores] for name in ("must_call", "must_refuse"))
    if calls and refusals:
        found["call_refuse_harmonic"] = harmonic(calls, refusals).to_json()
    return {**found, **_costs(records)}


def harmonic(calls: Sequence[float], refusals: Sequence[float], seed: int = 0) -> Mean:
    """The harmonic mean of two shares, with a percentile bootstrap interval over both samples."""
    rng = np.random.default_rng(seed)
    shares = [(sum(values) / len(values), len(values)) for values in (calls, refusals)]
    a, b = (rng.binomial(n, p, RESAMPLES) / n for p, n in shares)
    low, high = np.quantile(_harmonic(a, b), [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    value = _harmonic(np.array([shares[0][0]]), np.array([shares[1][0]]))[0]
    return Mean(float(value), float(low), float(high), len(calls) + len(refusals))


def _harmonic(a: Any, b: Any) -> Any:
    return np.divide(2 * a * b, a + b, out=np.zeros_like(a), where=a + b > 0)


def _costs(records: Sequence[Record]) -> dict[str, Any]:
    ms = [record.ms for record in records if record.ms is not None]
    found: dict[str, Any] = {"ms": bootstrap(ms).to_json()} if ms else {}
    if ms:
        found |= {"ms_p50": round(float(np.median(ms)), 1), "ms_p95": round(float(np.quantile(ms, 0.95)), 1)}
    for name in ("prompt", "generated"):
        counts = [float(record.tokens[name]) for record in records if record.tokens is not None]
        found |= {f"tokens_{name}": bootstrap(counts).to_json()} if counts else {}
    return found


def _slice_name(record: Record) -> str:
    named = (str(value) for name, value in record.slice.items() if name not in ("category", "part"))
    return " · ".join(value for value in named if value)


def _by(records: Iterable[Record], key: Any) -> dict[str, list[Record]]:
    groups: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        groups[key(record)].append(record)
    return groups


def table(found: Mapping[str, Any]) -> list[str]:
    """The figures as lines for a terminal: one a slice and category, the ceiling beside the exact share."""
    lines = []
    for name, parts in found.items():
        lines.append(name)
        for category, row in parts.items() if len(parts) > 2 else list(parts.items())[:1]:
            columns = [
                (label, key) for label, key in _COLUMNS if key in row and row[key] != row.get(_SAME.get(key, ""))
            ]
            shares = [f"{label} {_short(row[key])}" for label, key in columns]
            time = f"p50 {row['ms_p50']:.0f} ms" if "ms_p50" in row else ""
            lines.append(f"  {category:18} n={row['right']['n']:<4} {'  '.join([*shares, time])}")
    return lines


_SAME = {"right": "exact"}  # a figure that says what another one says is not said twice
_COLUMNS = (
    ("right", "right"), ("tool", "tool"), ("exact", "exact"), ("copier", "copier_ceiling"), ("F1", "argument_f1"),
    ("call", "must_call"), ("refuse", "must_refuse"), ("both", "call_refuse_harmonic"), ("valid", "schema_valid"),
)  # fmt: skip


def _short(value: Mapping[str, Any]) -> str:
    share = value.get("share", value.get("mean"))
    return f"{share:.1%} ({value['low']:.0%}–{value['high']:.0%})".replace("%–", "–").replace("%)", ")")
