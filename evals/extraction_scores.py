"""What the records of `quiver eval json` say: compiled, refused, valid, exact, fields, and the constraint's cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from evals import schemas_random
from evals.intervals import Share, bootstrap
from evals.runs import Record

ARM = ("weights", "output")


def f1(said: Counter[tuple[str, str]], wanted: Counter[tuple[str, str]]) -> float:
    """Harmonic mean of precision and recall of fields; 1 where neither side has any."""
    if not said and not wanted:
        return 1.0
    return 2 * (said & wanted).total() / (said.total() + wanted.total())


def figures(records: Sequence[Record]) -> dict[str, Any]:
    found: dict[str, Any] = {"sets": {}}
    for name in dict.fromkeys(str(record.slice["set"]) for record in records):
        rows = [record for record in records if record.slice["set"] == name]
        found["sets"][name] = schemas_random.figures(rows) if name == "random" else of_set(rows)
    extracted = _part(records, "extract")
    if extracted:
        found["constraint"] = constraint(extracted)
    return found


def of_set(records: Sequence[Record]) -> dict[str, Any]:
    compiled, refused, extracted = (_part(records, part) for part in ("compiles", "spoilt", "extract"))
    names = dict.fromkeys(" ".join(str(record.slice[each]) for each in ARM) for record in extracted)
    arms = {name: [r for r in extracted if " ".join(str(r.slice[each]) for each in ARM) == name] for name in names}
    return {
        "compiles": _share(compiled),
        "invalid_refused": _share(refused),
        "invalid_refused_by": {who: Share(int(sum(r.scores[who] for r in refused)), len(refused)).to_json()
                               for who in ("contract", "grammar")},
        "extraction": {name: arm(rows) for name, rows in arms.items()},
    }  # fmt: skip


def arm(records: Sequence[Record]) -> dict[str, Any]:
    return {
        "valid": Share(int(sum(record.scores["valid"] for record in records)), len(records)).to_json(),
        "exact": _share(records),
        "field_f1": bootstrap([record.scores["f1"] for record in records]).to_json(),
        "ms": round(float(np.median([record.ms for record in records if record.ms is not None] or [np.nan])), 1),
    }


def constraint(records: Sequence[Record]) -> dict[str, Any]:
    """Microseconds that a token costs more with a grammar than without, over all real schemas; compiling apart.

    Each output counts by its tokens. With a grammar the engine's forced tokens are among them, as they save passes.
    """
    groups = {how: [r for r in records if r.slice["output"] == how and "choosing_us" in r.scores]
              for how in ("free", "constrained")}  # fmt: skip
    if not all(groups.values()):
        return {}
    cost = {how: _per_token(rows) for how, rows in groups.items()}
    compiling = [record.scores["compile_ms"] for record in groups["constrained"]]
    forced = sum((record.tokens or {}).get("forced", 0) for record in groups["constrained"])
    tokens = sum((record.tokens or {}).get("generated", 0) for record in groups["constrained"])
    return {
        "us_a_token": round(cost["constrained"] - cost["free"], 1),
        "choosing_us_free": round(cost["free"], 1),
        "choosing_us_constrained": round(cost["constrained"], 1),
        "compile_ms_p50": round(float(np.median(compiling)), 2),
        "compile_ms_p95": round(float(np.quantile(compiling, 0.95)), 2),
        "forced": Share(forced, tokens).to_json(),
        "tokens": tokens,
    }


def _per_token(records: Sequence[Record]) -> float:
    tokens = np.array([(record.tokens or {}).get("generated", 0) for record in records], dtype=np.float64)
    cost = np.array([record.scores["choosing_us"] for record in records])
    return float((tokens * cost).sum() / tokens.sum())


def least_valid(figures: dict[str, Any]) -> float:
    """What `--min-accuracy` is held against: the least share of constrained outputs valid, of invalid ones refused."""
    shares = []
    for row in figures["sets"].values():
        if "valid" in row:
            shares.append(row["valid"])
        shares += [row[key] for key in ("invalid_refused",) if key in row]
        shares += [one["valid"] for name, one in row.get("extraction", {}).items() if name.endswith("constrained")]
    return min((float(each["share"]) for each in shares if each["n"]), default=0.0)


def _part(records: Sequence[Record], part: str) -> list[Record]:
    return [record for record in records if record.slice.get("part") == part]


def _share(records: Sequence[Record]) -> dict[str, object]:
    return Share(sum(record.right is True for record in records), len(records)).to_json()
