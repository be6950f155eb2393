"""From a teacher to a data set: asks for requests, sifts them, asks for answers, votes, sifts again, writes the rows.

Everything drawn is drawn by the plan's seed and everything answered is kept in the teacher's log, so that the same plan
comes to the same rows however often it is stopped and begun again. What is asked and what is good enough is told by
`training.prompts` and `training.filters`; nothing is trained here.
"""

from __future__ import annotations

import math
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from router import jsonl
from router.branches import ordered
from router.errors import TeacherUnreachable
from training import data_report, rejected, rows
from training.candidates import Candidate, Kind, Voted, vote
from training.example import Example
from training.filters import Context, Dropped, FilterStage, Rules, sift, surplus
from training.making import Making
from training.near_duplicates import normal
from training.prompts import answer_prompt, query_prompts, requests_in
from training.rows import Split
from training.safe_tools import SafeTools
from training.teacher import Prompt, Reply, Teacher

Say = Callable[[str, int], None]

CALL_KINDS: Mapping[Kind, float] = {"plain": 0.72, "near-miss": 0.12, "incomplete": 0.08, "off-topic": 0.08}
JSON_KINDS: Mapping[Kind, float] = {"plain": 1.0}  # a schema has no way to decline
_SPARE = 1.3  # requests asked for each row wanted, until it is known how many pass
_MOST_SPARE = 10.0
_SAMPLING = 0.7  # the temperature of answers that are voted on; a single one is taken at 0


@dataclass(frozen=True)
class Plan:
    """What decides the data set. `teacher`: its address or folder. `rows`: how many are wanted, seeds not counted;
    `samples`: answers a request; `batch`: requests a prompt; `rounds`: how often at most it is asked for more;
    `held_out`: the share kept apart to stop training by."""

    teacher: str = ""
    model: str = ""
    rows: int = 500
    samples: int = 1
    batch: int = 8
    rounds: int = 6
    seed: int = 0
    held_out: float = 0.1
    answer_tokens: int = 512
    rules: Rules = field(default_factory=Rules)

    def to_json(self) -> dict[str, Any]:
        row = asdict(self)
        row["rules"] = {key: list(each) if isinstance(each, tuple) else each for key, each in row["rules"].items()}
        return row

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Plan:
        """Reads what `to_json` wrote. Raises TypeError for keys it does not know."""
        told: dict[str, Any] = {
            key: tuple(each) if isinstance(each, list) else each for key, each in row["rules"].items()
        }
        return cls(**{**row, "rules": Rules(**told)})


@dataclass(frozen=True)
class Cost:
    """What a plan will ask for at most, if as many requests pass as are expected to. Tokens: prompts and answers."""

    query_requests: int
    answer_requests: int
    tokens: int


@dataclass
class Counts:
    """What came of it. `complete`: nothing more would come of the same plan; False where the budget ended it."""

    rows: int = 0
    train: int = 0
    held_out: int = 0
    seeds: int = 0
    dropped: int = 0
    requests: int = 0
    unanswered: int = 0
    complete: bool = True
    faults: Counter[str] = field(default_factory=Counter)

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "faults": dict(sorted(self.faults.items()))}


def distil(making: Making, teacher: Teacher, plan: Plan, say: Say = lambda what, number: None) -> Counts:
    """Writes rows, dropped, rejected and report; the counts. Raises TeacherUnreachable, and what reading the workspace
    raises.

    Whatever ends it early, the next call with the same plan goes on where it was.
    """
    making.begin("distill", plan.to_json())
    with ExitStack() as stack:
        drawing = _Drawing(making, teacher, plan, say, stack.enter_context(SafeTools(making.tools)))
        drawing.take_seeds()
        for round in range(plan.rounds):
            if drawing.missing <= 0 or not drawing.counts.complete:
                break
            drawing.round(round)
        counts = drawing.write()
    if counts.complete:
        making.finish("distill", counts.to_json())
    return counts


def cost(making: Making, plan: Plan) -> Cost:
    """Nothing is asked. Raises what reading the workspace raises."""
    requests = math.ceil(plan.rows * _SPARE)
    count = math.ceil(requests / plan.batch)
    queries = [asked.prompt for asked in query_prompts(making, _kinds(making), plan.batch, count, 0, plan.seed)]
    answer = answer_prompt(making, "x" * 120, 0, 0.0, plan.answer_tokens)
    tokens = sum(prompt.most_tokens for prompt in queries) + requests * plan.samples * answer.most_tokens
    return Cost(len(queries), requests * plan.samples, tokens)


def _kinds(making: Making) -> Mapping[Kind, float]:
    return CALL_KINDS if making.tools else JSON_KINDS


class _Drawing:
    """One data set while it is drawn."""

    def __init__(self, making: Making, teacher: Teacher, plan: Plan, say: Say, tools: SafeTools) -> None:
        self._making, self._teacher, self._plan, self._say = making, teacher, plan, say
        held_out = [seed.request for seed in making.held_out]
        self._context = Context(making.contract, plan.rules, making.manifest.checks, tools.run, held_out)
        self._kept: list[Voted] = []
        self._dropped: list[Dropped] = []
        self._replied = 0
        self.counts = Counts()

    @property
    def missing(self) -> int:
        """Rows still wanted: refusals beyond their share will be dropped, and so are none."""
        made = sum(row.candidate.kind != "seed" for row in self._kept)
        return self._plan.rows - made + surplus(self._kept, self._context)

    def take_seeds(self) -> None:
        seeds = [seed for seed in self._making.seeds if seed.answered and not seed.observed]
        found = [Voted(Candidate(seed.request, "seed"), seed.output, votes=1, asked=1) for seed in seeds]
        self._kept += self._sifted(found, "request")

    def round(self, number: int) -> None:
        fresh = self._sifted([Voted(candidate) for candidate in self._requests(number)], "request")
        self._say("requests", len(fresh))
        answered = [vote(each, self._context.calls) for each in self._answered([row.candidate for row in fresh])]
        self._kept += self._sifted(answered, "answer")
        self._say("rows", len(self._kept))

    def write(self) -> Counts:
        """The rows in the order drawn; each file whole or not at all."""
        kept = self._sifted(self._kept, "set")
        apart = self._apart(kept)
        splits: list[Split] = ["held-out" if row.request in apart else "train" for row in kept]
        pairs = [(self._example(row), split) for row, split in zip(kept, splits, strict=True)]
        rows.write(self._making.rows, pairs)
        jsonl.write(self._making.dropped, (each.to_json() for each in self._dropped))
        learned = [row for row in kept if row.request not in apart]
        rejected.write(self._making, rejected.found(learned, self._dropped, self._context.calls))
        self.counts.rows, self.counts.dropped = len(kept), len(self._dropped)
        self.counts.seeds = sum(row.candidate.kind == "seed" for row in kept)
        self.counts.train = sum(split == "train" for _, split in pairs)
        self.counts.held_out = len(pairs) - self.counts.train
        figures = data_report.figures(kept, self._dropped, self._context, self._plan.to_json(), self.counts.to_json())
        data_report.write(self._making.report, self._making.name, figures)
        return self.counts

    # --- asking ------------------------------------------------------------------------------------------------------

    def _requests(self, round: int) -> Iterator[Candidate]:
        passed = max(1, self._plan.rows - self.missing)
        asked_before = self.counts.requests
        spare = min(_MOST_SPARE, max(1.1, asked_before / passed)) if asked_before else _SPARE
        count = math.ceil(self.missing * spare / self._plan.batch)
        plan = self._plan
        asked = list(query_prompts(self._making, _kinds(self._making), plan.batch, count, round, plan.seed))
        for each, reply in zip(asked, self._replies(each.prompt for each in asked), strict=True):
            found = requests_in(reply.answer.text)[: 2 * plan.batch] if reply.answer else []
            if reply.answer and not found:
                self.counts.faults["no requests"] += 1
            for request in found:
                self.counts.requests += 1
                yield Candidate(request, each.kind, each.tool)

    def _answered(self, candidates: Sequence[Candidate]) -> Iterator[Candidate]:
        """Those that were answered at all, with their answers."""
        plan = self._plan
        temperature = _SAMPLING if plan.samples > 1 else 0.0
        prompts = (
            answer_prompt(self._making, each.request, sample, temperature, plan.answer_tokens)
            for each in candidates
            for sample in range(plan.samples)
        )
        replies = self._replies(prompts)
        for number, each in enumerate(candidates, 1):
            answers = [reply.answer for _ in range(plan.samples) if (reply := next(replies)).answer is not None]
            self.counts.unanswered += not answers
            self._say("answers", number)
            if answers:
                yield replace(each, answers=tuple(answers))
        next(replies, None)

    def _replies(self, prompts: Iterable[Prompt]) -> Iterator[Reply]:
        """As many as prompts. Raises TeacherUnreachable at their end where nothing has come to anything so far."""
        failed = Reply(Prompt(()))
        for reply in self._teacher.ask(prompts):
            self._replied += reply.answer is not None
            if reply.fault is not None:
                failed = reply
                self.counts.faults[reply.fault] += 1
                self.counts.complete &= reply.fault != "budget"
            yield reply
        if not self._replied and failed.fault not in (None, "budget"):
            raise TeacherUnreachable(f"the teacher answered nothing: {failed.why}", hint="go on with --resume")

    # --- writing -----------------------------------------------------------------------------------------------------

    def _sifted(self, found: Sequence[Voted], stage: FilterStage) -> list[Voted]:
        sifted = sift(found, stage, self._context)
        self._dropped += sifted.dropped
        return sifted.kept

    def _example(self, row: Voted) -> Example:
        seed = row.candidate.kind == "seed"
        source = "seed" if seed else f"teacher {self._teacher.name}"
        return self._making.example(row.request, self._in_order(row), source, row.candidate.tool)

    def _in_order(self, row: Voted) -> Any:
        """The output with its keys in the schema's order."""
        governed = self._context.governing(row)
        if governed is None:
            return row.output
        value = ordered(*governed, governed[1])
        return {"name": row.output["name"], "arguments": value} if self._context.calls else value

    def _apart(self, kept: Sequence[Voted]) -> set[str]:
        """Requests held out: by their words, so that the same one is always on the same side, and at least one. Never
        a seed."""
        made = [row.request for row in kept if row.candidate.kind != "seed"]
        place = {request: zlib.crc32(normal(request).encode()) / 2**32 for request in made}
        least = min(place.values(), default=0.0)
        return {request for request in made if place[request] < self._plan.held_out or place[request] == least}
