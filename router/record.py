"""What a step and a run leave behind: the records of `quiver run --json` and of the trace, and their JSON.

Plain data. Nothing is written, routed or judged here; `router.trace` keeps records, `router.trace_page` draws them.
The first keys of a step are the contract other programs rely on; the keys after `ms` are the trace's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal

VERSION = 1
"""The version of the trace's lines. A reader refuses a higher one; keys may be added without raising it."""

Status = Literal["ok", "declined", "failed", "interrupted", "running", "killed"]
"""The first four end a run; `declined`: answered, but some of the task could not be done, and the answer says so.
Without an end a run is `running` while its process lives, and `killed` afterwards."""


def no_tokens() -> dict[str, int]:
    return {"prompt": 0, "reused": 0, "generated": 0, "forced": 0}


def no_ms() -> dict[str, float]:
    return {"route": 0.0, "generate": 0.0, "check": 0.0, "tool": 0.0}


@dataclass(frozen=True)
class StepRecord:
    """One step: which skill was drawn and how surely, what it said, what was done, what that cost.

    skill: None where the base itself acted. confidence: calibrated, 0 to 1. runner_up: the skill that came second.
    output: the parsed value (a call is {"name", "arguments"}), None when declined, the raw text when not valid.
    repairs: how often the same skill was asked again. escalated_from: the skills that failed this step before.
    failure: the kind of what went wrong at the end (a contract violation's kind, or a tool's), None when nothing did.
    tokens: counts over all generations of the step. ms: milliseconds of each part.
    ranked, shortlist: every skill, and every tool considered, with its probability, best first.
    started: UTC, ISO 8601. version: the skill as served, `name@digest`.
    """

    skill: str | None
    confidence: float = 0.0
    runner_up: str | None = None
    output: Any = None
    valid: bool = False
    repairs: int = 0
    tool: str | None = None
    arguments: Mapping[str, Any] | None = None
    observation: str | None = None
    tokens: Mapping[str, int] = field(default_factory=no_tokens)
    ms: Mapping[str, float] = field(default_factory=no_ms)
    clause: str = ""
    failure: str | None = None
    escalated_from: Sequence[str] = ()
    ranked: Sequence[tuple[str, float]] = ()
    shortlist: Sequence[tuple[str, float]] = ()
    started: str = ""
    version: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The step as JSON values, keys in the contract's order; milliseconds and probabilities rounded."""
        row = {each.name: getattr(self, each.name) for each in fields(self)}
        row["confidence"] = round(float(self.confidence), 4)
        row["arguments"] = None if self.arguments is None else dict(self.arguments)
        row["tokens"] = {**no_tokens(), **self.tokens}
        row["ms"] = {part: round(float(spent), 2) for part, spent in {**no_ms(), **self.ms}.items()}
        row["escalated_from"] = list(self.escalated_from)
        for ranking in ("ranked", "shortlist"):
            row[ranking] = [[name, round(float(probability), 4)] for name, probability in row[ranking]]
        return row

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> StepRecord:
        """Reads what `to_json` wrote; keys it does not know are ignored, keys that are missing keep their defaults."""
        known = {each.name: row[each.name] for each in fields(cls) if each.name in row}
        for ranking in ("ranked", "shortlist"):
            known[ranking] = tuple((name, probability) for name, probability in row.get(ranking, ()))
        known["escalated_from"] = tuple(row.get("escalated_from", ()))
        return cls(**{"skill": None, **known})


@dataclass(frozen=True)
class RunRecord:
    """A whole run. `trace` is the id to give to `quiver trace show`; `error` says why it failed, as an error's JSON."""

    status: Status
    answer: str | None
    steps: Sequence[StepRecord]
    trace: str
    error: Mapping[str, str] | None = None

    def to_json(self) -> dict[str, Any]:
        """`quiver run --json`: the key `error` is there only when the run failed."""
        row: dict[str, Any] = {
            "status": self.status,
            "answer": self.answer,
            "steps": [step.to_json() for step in self.steps],
            "trace": self.trace,
        }
        return row if self.error is None else {**row, "error": dict(self.error)}


@dataclass(frozen=True)
class GenerationRecord:
    """One answer of the engine, word for word, so that a run can be replayed without the model.

    `scores` is set, and `text` empty, where the engine was asked for the likelihood of given candidates instead.
    `tokens`: what it cost, where that is known.
    """

    skill: str | None
    text: str = ""
    finish: str = "stop"
    scores: Sequence[float] | None = None
    logprob: float = 0.0
    tokens: Mapping[str, int] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "scores": None if self.scores is None else list(self.scores)}

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> GenerationRecord:
        return cls(**{each.name: row[each.name] for each in fields(cls) if each.name in row})


@dataclass(frozen=True)
class ObservationRecord:
    """What a tool answered, before anybody judged it; `kind` as in `tools.observation`, `ms` milliseconds."""

    tool: str
    text: str
    kind: str
    ms: float = 0.0

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "ms": round(self.ms, 2)}

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> ObservationRecord:
        return cls(**{each.name: row[each.name] for each in fields(cls) if each.name in row})
