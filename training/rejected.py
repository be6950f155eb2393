"""What a teacher said and should not have: outputs it was voted down on, and outputs a filter found wrong.

Training on preferences needs both sides. Only what is known to be wrong is taken: not what merely could not be agreed
on, not a request that should never have been written. Beside rows.jsonl, in the same form, with the reason.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from router import jsonl
from router.errors import UsageError
from router.strict_json import ContractViolation
from training import rows
from training.candidates import Voted, read_output
from training.example import Example
from training.filters import Dropped
from training.making import Making

WRONG = ("required", "undeclared", "type", "enum", "range", "contract", "grounding", "checks", "executes")
"""The filters whose verdict is on the answer, and certain. A request that had to be declined may have been complete
after all, and where the samples disagree nobody knows which is wrong."""


@dataclass(frozen=True)
class Rejected:
    """`output`: the JSON value, None for a wrong refusal. `why`: `voted down`, or the filter and its reason."""

    request: str
    output: Any
    why: str
    tool: str | None = None


def found(kept: Iterable[Voted], dropped: Iterable[Dropped], calls: bool) -> Iterator[Rejected]:
    """Of rows that are learned from, the samples that lost the vote; of dropped rows, what was wrong with them."""
    for row in kept:
        for value in _losers(row, calls):
            yield Rejected(row.request, value, "voted down", row.candidate.tool)
    for each in dropped:
        if each.filter in WRONG:
            yield Rejected(each.row.request, each.row.output, f"{each.filter}: {each.reason}", each.row.candidate.tool)


def _losers(row: Voted, calls: bool) -> Iterator[Any]:
    """Each value once; answers that cannot be read are no outputs."""
    known = {json.dumps(row.output, sort_keys=True)}
    for answer in row.candidate.answers:
        try:
            value = read_output(answer, calls)
        except ContractViolation:
            continue
        key = json.dumps(value, sort_keys=True)
        if key not in known:
            known.add(key)
            yield value


def write(making: Making, rejected: Iterable[Rejected]) -> None:
    """The whole file or none of it. What no row can hold (a tool that is not offered) is left out."""
    jsonl.write(making.rejected, (row for each in rejected if (row := _row(making, each)) is not None))


def _row(making: Making, each: Rejected) -> Mapping[str, Any] | None:
    if each.output is not None and not isinstance(each.output, Mapping):
        return None
    if making.tools and each.output is not None and each.output["name"] not in {tool.name for tool in making.tools}:
        return None
    example = making.example(each.request, each.output, "rejected", each.tool)
    return {**rows.to_json(example), "why": each.why}


def read(making: Making) -> Sequence[Example]:
    """Raises UsageError where there is no such file: the data set was made before they were kept."""
    if not making.rejected.is_file():
        raise UsageError(
            f"{making.name} has no rejected samples: {making.rejected.name} is missing",
            hint=f"quiver skill distill {making.name} --resume: it is written anew, and nothing is asked again",
        )
    return rows.read(making.rejected)
