"""What a row must be to be learned from: one table of filters, each deterministic, counted, and able to say why.

They come in three stages: on the request alone (before anybody pays for answers), on the answers voted on, and on the
whole set. A row stops at the first filter that drops it. Nothing is mended here, and no teacher is asked.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from router.checks import CHECKS, CheckContext
from router.contract import Contract, ContractViolation
from router.conversation import Message, ToolCall
from router.redaction import HIDDEN
from router.schema import Schema
from router.validation import findings
from training.candidates import Voted
from training.grounded_values import leaves, ungrounded
from training.near_duplicates import NearDuplicates, normal

FilterStage = Literal["request", "answer", "set"]
Judge = Callable[[Voted, "Context"], str | None]
Run = Callable[[ToolCall], str | None]

_SHORTEST, _LONGEST = 2, 4000  # characters of a request


@dataclass(frozen=True)
class Rules:
    """`agreement`: the least share of samples that say the same. `near_duplicate`, `leakage`: Jaccard similarities of
    requests from which on they are the same. `refusals`: the share of rows that decline, least and most; the former is
    reported, the latter kept. `exempt`: fields whose values need not be said in the request. `without`: filters left
    out, to measure what they are good for."""

    agreement: float = 0.6
    near_duplicate: float = 0.8
    leakage: float = 0.7
    refusals: tuple[float, float] = (0.10, 0.15)
    exempt: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


@dataclass
class Context:
    """What filters look at beyond the row, and what they have seen of it so far. `run` tries a call where that is safe
    and says what went wrong; `checks`: the skill's own."""

    contract: Contract
    rules: Rules = field(default_factory=Rules)
    checks: Sequence[str] = ()
    run: Run | None = None
    held_out: Collection[str] = ()

    def __post_init__(self) -> None:
        self.met: set[str] = set()
        self.near = NearDuplicates(self.rules.near_duplicate)
        self.apart = NearDuplicates(self.rules.leakage)
        self.apart_exactly = {normal(text) for text in self.held_out}
        for text in self.held_out:
            self.apart.add(text)
        self.seen: Counter[str] = Counter()
        self.refusals, self.refusals_allowed = 0, 0

    @property
    def calls(self) -> bool:
        return self.contract.tools is not None

    def meet(self, request: str) -> None:
        """From now on, it and its like are known."""
        self.met.add(normal(request))
        self.near.add(request)

    def weigh(self, rows: Sequence[Voted]) -> None:
        """How many refusals so many calls bear."""
        most = self.rules.refusals[1]
        calls = sum(row.output is not None for row in rows)
        self.refusals, self.refusals_allowed = (
            0,
            math.floor(calls * most / (1 - most) + 1e-9) if most < 1 else len(rows),
        )

    def governing(self, row: Voted) -> tuple[Any, Schema] | None:
        """The value that a schema governs and that schema; None where there is none, as for a declined call."""
        if self.contract.tools is None:
            return row.output, self.contract.schema
        if row.output is None or row.output["name"] not in self.contract.tools:
            return None
        return row.output["arguments"], self.contract.tools[row.output["name"]]


@dataclass(frozen=True)
class Filter:
    """`judge` gives the reason to drop a row, or None. `always`: without it a row could not even be written."""

    name: str
    stage: FilterStage
    what: str
    judge: Judge
    always: bool = False


@dataclass(frozen=True)
class Dropped:
    row: Voted
    filter: str
    reason: str

    def to_json(self) -> dict[str, Any]:
        return {**self.row.to_json(), "filter": self.filter, "reason": self.reason}


# --- on the request --------------------------------------------------------------------------------------------------


def _length(row: Voted, context: Context) -> str | None:
    length = len(row.request.strip())
    return None if _SHORTEST <= length <= _LONGEST else f"it has {length} characters"


def _duplicate(row: Voted, context: Context) -> str | None:
    return "the same request is there already" if normal(row.request) in context.met else None


def _near_duplicate(row: Voted, context: Context) -> str | None:
    if row.candidate.kind == "seed":  # what a person wrote may be alike on purpose
        return None
    near = context.near.nearest(row.request)
    return f"{near[1]:.2f} like: {near[0][:120]}" if near else None


def _leakage(row: Voted, context: Context) -> str | None:
    if normal(row.request) in context.apart_exactly:
        return "it is a held-out request"
    near = context.apart.nearest(row.request)
    return f"{near[1]:.2f} like the held-out: {near[0][:120]}" if near else None


# --- on the answers --------------------------------------------------------------------------------------------------


def _parse(row: Voted, context: Context) -> str | None:
    return row.problem or None


def _agreement(row: Voted, context: Context) -> str | None:
    needed = math.ceil(context.rules.agreement * row.asked - 1e-9)
    return None if row.votes >= needed else f"{row.votes} of {row.asked} answers say the same"


def _must_refuse(row: Voted, context: Context) -> str | None:
    called = row.candidate.must_decline and row.output is not None
    return f"it had to be declined, being {row.candidate.kind}, and was not" if called and context.calls else None


def _known_name(row: Voted, context: Context) -> str | None:
    tools = context.contract.tools
    unknown = tools is not None and row.output is not None and row.output["name"] not in tools
    return f"there is no tool {row.output['name']!r}" if unknown else None


_KEYWORDS: Mapping[str, Sequence[str]] = {
    "required": ("required",),
    "undeclared": ("additionalProperties", "unevaluatedProperties"),
    "type": ("type", "anyOf", "oneOf"),
    "enum": ("enum", "const"),
}
_NAMED = frozenset(keyword for group in _KEYWORDS.values() for keyword in group)


def _schema(name: str) -> Judge:
    """Judges by the keywords of this name; `range` by all that no other filter has."""

    def judge(row: Voted, context: Context) -> str | None:
        governed = context.governing(row)
        for error in findings(*governed) if governed else ():
            keyword = str(error.validator)
            if keyword in _KEYWORDS.get(name, ()) or (name == "range" and keyword not in _NAMED):
                return f"{error.json_path}: {error.message}"[:200]
        return None

    return judge


def _contract(row: Voted, context: Context) -> str | None:
    try:
        context.contract.parse(context.contract.dump(row.output))
    except ContractViolation as violation:
        return violation.message
    return None


def _grounding(row: Voted, context: Context) -> str | None:
    governed = context.governing(row)
    return ungrounded(*governed, row.request, context.rules.exempt) if governed else None


def _checks(row: Voted, context: Context) -> str | None:
    said = CheckContext((Message("user", row.request),))
    value = row.output if isinstance(row.output, Mapping) else {"value": row.output}
    return next((why for name in context.checks if (why := CHECKS[name](value, said))), None)


def _secret(row: Voted, context: Context) -> str | None:
    texts = [row.request, *(leaf.value for leaf in leaves(row.output, {}, {}) if isinstance(leaf.value, str))]
    return "it held what looks like a secret" if any(HIDDEN in text for text in texts) else None


def _executes(row: Voted, context: Context) -> str | None:
    if context.run is None or not context.calls or row.output is None:
        return None
    return context.run(ToolCall(row.output["name"], row.output["arguments"]))


# --- on the set ------------------------------------------------------------------------------------------------------


def _refusal_share(row: Voted, context: Context) -> str | None:
    surplus = context.calls and row.output is None and context.refusals >= context.refusals_allowed
    return f"more than {context.rules.refusals[1]:.0%} of the rows would decline" if surplus else None


FILTERS: Mapping[str, Filter] = {
    each.name: each
    for each in (
        Filter("length", "request", "the request has words, and not too many", _length),
        Filter("duplicate", "request", "no other row asks the same", _duplicate),
        Filter("near-duplicate", "request", "no other row asks nearly the same", _near_duplicate),
        Filter("leakage", "request", "no held-out row asks the same or nearly the same", _leakage),
        Filter("parse", "answer", "at least one answer is whole, strict JSON of the right form", _parse, always=True),
        Filter("agreement", "answer", "enough samples give the same output", _agreement),
        Filter("must-refuse", "answer", "what was written to be declined is declined", _must_refuse),
        Filter("known-name", "answer", "the tool is one of those offered", _known_name, always=True),
        Filter("required", "answer", "no required field is missing", _schema("required")),
        Filter("undeclared", "answer", "no field is there that the schema does not declare", _schema("undeclared")),
        Filter("type", "answer", "every value has its type", _schema("type")),
        Filter("enum", "answer", "every value is one of those allowed", _schema("enum")),
        Filter("range", "answer", "limits, lengths, patterns and formats are kept", _schema("range")),
        Filter("contract", "answer", "the skill's contract takes the output as it would be written", _contract),
        Filter("grounding", "answer", "every value to be copied is said in the request", _grounding),
        Filter("checks", "answer", "the skill's own checks pass", _checks),
        Filter("secret", "answer", "nothing in it looks like a secret", _secret),
        Filter("executes", "answer", "the call runs, where running it is safe", _executes),
        Filter("refusal-share", "set", "no more rows decline than should", _refusal_share),
    )
}


@dataclass(frozen=True)
class Sifted:
    kept: list[Voted] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)


def sift(rows: Sequence[Voted], stage: FilterStage, context: Context) -> Sifted:
    """The rows of one stage, each to the first filter that drops it. Requests kept are met; calls are tried last.

    Counts what reached each filter in `context.seen`.
    """
    sifted = Sifted()
    filters = [each for each in FILTERS.values() if each.stage == stage and applies(each, context.rules)]
    if stage == "set":
        context.weigh(rows)
    for row in rows:
        dropped = None if stage == "set" and row.candidate.kind == "seed" else _first(row, filters, context)
        if dropped is not None:
            sifted.dropped.append(dropped)
            continue
        sifted.kept.append(row)
        if stage == "request":
            context.meet(row.request)
        if stage == "set":
            context.refusals += row.output is None
    return sifted


def surplus(rows: Sequence[Voted], context: Context) -> int:
    """How many of these rows decline beyond their share, and would be dropped."""
    if not context.calls or not applies(FILTERS["refusal-share"], context.rules):
        return 0
    context.weigh(rows)
    return max(0, sum(row.output is None for row in rows) - context.refusals_allowed)


def run(rows: Sequence[Voted], context: Context) -> tuple[list[Voted], list[Dropped], dict[str, dict[str, int]]]:
    """All stages, of rows whose answers are in: kept, dropped, and for each filter how many it saw and dropped."""
    kept, dropped = list(rows), list[Dropped]()
    stages: tuple[FilterStage, ...] = ("request", "answer", "set")
    for stage in stages:
        sifted = sift(kept, stage, context)
        kept = sifted.kept
        dropped += sifted.dropped
    return kept, dropped, counts(dropped, context)


def counts(dropped: Iterable[Dropped], context: Context) -> dict[str, dict[str, int]]:
    """Every filter of the table that applies, in its order: rows seen and rows dropped."""
    by_filter = Counter(each.filter for each in dropped)
    applied = [name for name, each in FILTERS.items() if applies(each, context.rules)]
    return {name: {"seen": context.seen[name], "dropped": by_filter[name]} for name in applied}


def applies(filter: Filter, rules: Rules) -> bool:
    return filter.always or not ({filter.name, "all"} & set(rules.without))


def _first(row: Voted, filters: Iterable[Filter], context: Context) -> Dropped | None:
    for each in filters:
        context.seen[each.name] += 1
        reason = each.judge(row, context)
        if reason is not None:
            return Dropped(row, each.name, reason)
    return None
