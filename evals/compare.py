"""`quiver eval compare A B`: is B better than A, on the cases both ran? Paired, so that hard cases do not blur it.

The difference has a paired bootstrap interval, right against wrong also McNemar's exact test. Nothing is measured here.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from evals.intervals import Mean, bootstrap
from evals.runs import SHOWN_DIFFERENCES, Record, Run, differences, read_run
from router.errors import UsageError

RIGHT = "right"
SHOWN_FLIPS = 20
SHOWN_VALUES = 30  # of a slice: one with more is for --json
Pair = tuple[Record, Record]


def value_of(record: Record, metric: str) -> float | None:
    """`right` as 0 or 1, `ms`, or a score; None where the case has none."""
    value = record.right if metric == RIGHT else record.ms if metric == "ms" else record.scores.get(metric)
    return None if value is None else float(value)


@dataclass(frozen=True)
class Side:
    """One group of pairs: the means of both runs, and their difference, B less A, with its interval."""

    a: float
    b: float
    difference: Mean

    @classmethod
    def of(cls, pairs: Sequence[Pair], metric: str) -> Side:
        a, b = ([value_of(pair[side], metric) or 0.0 for pair in pairs] for side in (0, 1))
        groups = [first.group or first.case for first, _ in pairs]
        difference = bootstrap([y - x for x, y in zip(a, b, strict=True)], groups)
        return cls(sum(a) / len(a), sum(b) / len(b), difference)

    def to_json(self) -> dict[str, Any]:
        return {"n": self.difference.n, "a": round(self.a, 6), "b": round(self.b, 6),
                "difference": self.difference.to_json()}  # fmt: skip


@dataclass(frozen=True)
class Comparison:
    """`gained`: right in B alone; `lost`: right in A alone. `p`: McNemar's, None for a metric that is not yes or no.
    `only_a`, `only_b`: cases the other run lacks; they are left out. `changed`: cases that expect otherwise now."""

    a: Run
    b: Run
    metric: str
    overall: Side
    slices: Mapping[str, Mapping[str, Side]]
    gained: Sequence[Pair]
    lost: Sequence[Pair]
    p: float | None
    only_a: int
    only_b: int
    changed: int

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.a.kind,
            "metric": self.metric,
            "a": {"folder": str(self.a.folder), "digest": self.a.digest},
            "b": {"folder": str(self.b.folder), "digest": self.b.digest},
            "configuration": differences(self.a.config, self.b.config),
            **self.overall.to_json(),
            "mcnemar": None if self.p is None else {"gained": len(self.gained), "lost": len(self.lost), "p": self.p},
            "slices": {
                name: {value: side.to_json() for value, side in sides.items()} for name, sides in self.slices.items()
            },
            "gained": [after.case for _, after in self.gained],
            "lost": [after.case for _, after in self.lost],
            "only_a": self.only_a,
            "only_b": self.only_b,
            "changed": self.changed,
        }


def compare(a: Run, b: Run, metric: str = RIGHT) -> Comparison:
    """Raises UsageError for runs of two kinds, runs that share no case, and a metric that no shared case has."""
    if a.kind != b.kind:
        raise UsageError(f"{a.folder} measures {a.kind} and {b.folder} {b.kind}", hint="compare runs of one kind")
    in_b = {record.case: record for record in b.records()}
    shared = [(record, in_b[record.case]) for record in a.records() if record.case in in_b]
    if not shared:
        raise UsageError(f"{a.folder} and {b.folder} have no case in common", hint="run both on the same cases")
    pairs = [pair for pair in shared if all(value_of(record, metric) is not None for record in pair)]
    if not pairs:
        raise UsageError(f"no case of both runs has the metric {metric!r}", hint=f"there are: {_metrics(shared)}")
    yes_or_no = all(value_of(record, metric) in (0.0, 1.0) for pair in pairs for record in pair)
    gained, lost = (_flipped(pairs, metric, up=up) if yes_or_no else [] for up in (True, False))
    return Comparison(
        a,
        b,
        metric,
        Side.of(pairs, metric),
        _slices(pairs, metric),
        gained,
        lost,
        mcnemar(len(gained), len(lost)) if yes_or_no else None,
        len(a.done) - len(shared),
        len(b.done) - len(shared),
        sum((first.expected, first.gold) != (second.expected, second.gold) for first, second in pairs),
    )


def mcnemar(gained: int, lost: int) -> float:
    """Two-sided exact p of as lopsided a split of the cases that flipped, were both ways equally likely
    (McNemar 1947, by the binomial distribution)."""
    n = gained + lost
    tail = sum(math.comb(n, k) for k in range(min(gained, lost) + 1))
    return min(1.0, float(2 * tail / 2**n))


def _flipped(pairs: Sequence[Pair], metric: str, *, up: bool) -> list[Pair]:
    """Those whose value rose (or fell)."""
    values = [(pair, value_of(pair[0], metric) or 0.0, value_of(pair[1], metric) or 0.0) for pair in pairs]
    return [pair for pair, before, after in values if before != after and (after > before) == up]


def _slices(pairs: Sequence[Pair], metric: str) -> dict[str, dict[str, Side]]:
    """By dimension and value, where a dimension has more than one value; a case counts where the first run puts it."""
    found: dict[str, dict[str, list[Pair]]] = defaultdict(lambda: defaultdict(list))
    for pair in pairs:
        for name, value in pair[0].slice.items():
            found[name][str(value)].append(pair)
    return {
        name: {value: Side.of(held, metric) for value, held in sorted(values.items())}
        for name, values in found.items()
        if len(values) > 1
    }


def _metrics(pairs: Sequence[Pair]) -> str:
    names = {name for pair in pairs for record in pair for name in record.scores}
    return ", ".join([RIGHT, "ms", *sorted(names)])


@click.command("compare")
@click.argument("a", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.argument("b", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--metric", default=RIGHT, show_default=True, help="`right`, `ms`, or a score of the records.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(a: Path, b: Path, metric: str, as_json: bool) -> int:
    """Compare two runs, folder A and folder B, on the cases both have."""
    from router.cli.output import print_data, print_json

    found = compare(read_run(a), read_run(b), metric)
    if as_json:
        print_json(found.to_json())
    else:
        print_data("\n".join(as_text(found)))
    return 0


def as_text(found: Comparison) -> list[str]:
    from router.cli.output import columns

    share = found.p is not None
    rows = [("", "n", "A", "B", "B less A", "95% interval"), _row("all cases", found.overall, share)]
    for name, sides in found.slices.items():
        rows += [_row(f"{name} {value}", side, share) for value, side in sides.items() if len(sides) <= SHOWN_VALUES]
    told = [f"A  {found.a.folder}", f"B  {found.b.folder}"]
    told += [f"   {each}" for each in differences(found.a.config, found.b.config)[:SHOWN_DIFFERENCES]]
    told += ["", *columns(rows), ""]
    if found.p is not None:
        told.append(f"McNemar: {len(found.gained)} gained, {len(found.lost)} lost, exact p = {found.p:.3g}")
    for count, what in ((found.only_a, "only in A"), (found.only_b, "only in B"), (found.changed, "expect otherwise")):
        told += [f"{count} cases {what}"] if count else []
    return told + _flips("gained", found.gained) + _flips("lost", found.lost)


def _row(name: str, side: Side, share: bool) -> tuple[str, ...]:
    def shown(value: float, sign: str = "") -> str:
        return f"{value:{sign}.1%}" if share else f"{value:{sign}.4g}"

    d = side.difference
    interval = f"{shown(d.low, '+')} to {shown(d.high, '+')}"
    return name, str(d.n), shown(side.a), shown(side.b), shown(d.value, "+"), interval


def _flips(title: str, pairs: Sequence[Pair]) -> list[str]:
    """The cases by name, with what is wrong in the run that has it wrong."""
    from router.cli.output import one_line

    told = [f"{title}:"] if pairs else []
    for first, second in pairs[:SHOWN_FLIPS]:
        told.append(f"  {second.case:28} {one_line(first.reason or second.reason or '', 80)}".rstrip())
    return [*told, f"  and {len(pairs) - SHOWN_FLIPS} more: --json"] if len(pairs) > SHOWN_FLIPS else told


def main(words: Sequence[str]) -> int:
    return int(command.main(list(words), standalone_mode=False) or 0)
