"""One case as an agent would meet it: draw, show, generate, read. What was said comes back; judging is `call_scores`'.

Our agent makes one call a step. A case of one call is therefore one step over the whole conversation. A case of several
(`parallel`, `parallel-multiple`; with `stepwise` every case) is worked off step by step: the user's last words are cut
into clauses, each joins the conversation as a turn of its own, and steps follow until the agent draws no call,
declines, or repeats itself; every call is answered by a plain "Done.". A base that reads whole tasks gets the words
uncut, and may make several calls in one output; all of them count. Calls are then compared without order.

A small base goes through the router and the shortlist, as in a run of the agent. A base that reads whole tasks is shown
all tools as they were offered, and nothing chooses for it, unless the router is asked for. Nothing here knows what is
right, but for the `oracle`, who knows that a call is due: with it, the first step may not decline.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import TYPE_CHECKING, Literal

from evals.call_schemas import as_offered, shown
from router.attempt import attempt, total
from router.contract import CALL, END_CALL, Contract, ContractViolation
from router.conversation import Message, ToolCall, ToolSpec
from router.engines.engine import Request, Tokens
from router.errors import ContextOverflow, EngineAnswerBroken, SchemaRefused
from router.limits import Limits
from router.routing import State
from router.strict_json import read

if TYPE_CHECKING:
    from adapters.skill import Skill
    from evals.call_cases import Case
    from router.drawing import Drawing
    from router.engines.engine import Engine

DrawnBy = Literal["router", "forced", "oracle"]
SKILL = "tool-call"
MOST_STEPS = 12
LONGEST_RAW = 128  # tokens of a small base; what rambles on longer is no call
LONGEST_CALL = 512
OBSERVATION = "Done."


@dataclass(frozen=True)
class How:
    """One way of running a case. `skill`: its weights act, or the base alone does."""

    constrained: bool = True
    skill: bool = True
    drawn: DrawnBy = "router"
    stepwise: bool = False


@dataclass
class Made:
    """What came of a case. `calls` bear the names the case offers; `attempted` counts tags, whether they parse or not;
    `failure`: why nothing could be asked, in a word."""

    outputs: list[str] = field(default_factory=list)
    calls: list[ToolCall] = field(default_factory=list)
    attempted: int = 0
    valid: int = 0
    tokens: Tokens = Tokens()
    ms: float = 0.0
    confidence: float | None = None
    drawn: list[str] = field(default_factory=list)
    failure: str | None = None
    message: str = ""


@dataclass(frozen=True)
class Said:
    """The calls of one output that can be read as calls, and how many were attempted."""

    calls: list[ToolCall]
    attempted: int


def read_calls(text: str) -> Said:
    """Every tag is an attempt; one whose content is no call is an attempt that failed."""
    parts = [part.split(END_CALL, 1)[0] for part in text.split(CALL)[1:]]
    return Said([call for part in parts if (call := _read_call(part)) is not None], len(parts))


def _read_call(text: str) -> ToolCall | None:
    try:
        value = read(text.strip())
    except ContractViolation:
        return None
    if not isinstance(value, dict) or not isinstance(value.get("name"), str):
        return None
    arguments = value.get("arguments", {})
    return ToolCall(value["name"], arguments) if isinstance(arguments, dict) else None


def is_valid(call: ToolCall, tools: Sequence[ToolSpec]) -> bool:
    """Whether the call satisfies the JSON Schema of the tool it names."""
    tool = next((tool for tool in tools if tool.name == call.name), None)
    if tool is None:
        return False
    contract = Contract.for_tools([tool])
    try:
        contract.parse(contract.dump({"name": call.name, "arguments": call.arguments}))
    except (ContractViolation, ValueError):
        return False
    return True


@dataclass
class Caller:
    """Runs cases over one engine. `drawing` None: nothing chooses, all tools are shown. `skill`: what fills a call."""

    engine: Engine
    drawing: Drawing | None = None
    skill: Skill | None = None
    split: Callable[[str], Sequence[str]] = lambda task: [task]

    def run(self, case: Case, how: How) -> Made:
        """A schema the grammar refuses, a prompt too long and an answer no endpoint should give are findings of the
        case; other errors are raised."""
        made, tools = Made(), shown(case.tools)
        began = time.perf_counter()
        try:
            for messages, text in self._turns(case, tools, how, made):
                self._step(case, tools, messages, text, how, made)
        except SchemaRefused as refused:
            made.failure, made.message = "schema", refused.message
        except ContextOverflow as overflow:
            made.failure, made.message = "context", overflow.message
        except EngineAnswerBroken as broken:
            made.failure, made.message = "engine", broken.message
        made.ms = (time.perf_counter() - began) * 1000
        made.calls = as_offered(made.calls, case.tools)
        return made

    def _clauses(self, text: str, tools: list[ToolSpec]) -> Iterator[str]:
        """As the agent cuts them, those that ask for several things spread out."""
        if self.engine.base.reads_whole_task:
            yield text
            return
        for clause in self.split(text):
            yield from replace(self.drawing, tools=tools).spread(clause) if self.drawing else [clause]

    def _turns(self, case: Case, tools: list[ToolSpec], how: How, made: Made) -> Iterator[tuple[list[Message], str]]:
        """The conversation and the words at hand, once a step."""
        if not (how.stepwise or case.category.startswith("parallel")):
            yield list(case.messages), case.text
            return
        *before, last = case.messages
        conversation = list(before)
        for clause in self._clauses(last.content, tools):
            conversation.append(Message("user", clause))
            while len(made.outputs) < MOST_STEPS:
                said = len(made.calls)
                yield conversation, clause
                new = made.calls[said:]
                if not new or all(call in made.calls[:said] for call in new):
                    del made.calls[said:]
                    break
                for call in new:
                    conversation.append(Message("assistant", calls=(call,)))
                    conversation.append(Message("tool", OBSERVATION, name=call.name))
            conversation.append(Message("assistant", OBSERVATION))

    def _step(
        self, case: Case, tools: list[ToolSpec], messages: list[Message], text: str, how: How, made: Made
    ) -> None:
        called = _called(messages)
        requests = self._requests(tools, messages, text, called, how, made)
        first = next(requests, None)
        if first is None or first.contract is None or first.contract.tools is None:
            made.outputs.append("")
            return
        if how.drawn == "oracle" and not made.calls and first.tools:
            first = replace(first, contract=replace(first.contract, may_decline=False))
        said, tokens = self._generate(first, requests, how)
        made.outputs.append(said)
        made.tokens = total(made.tokens, tokens)
        found = read_calls(said)
        made.attempted += found.attempted
        made.valid += sum(is_valid(call, tools) for call in found.calls)
        made.calls += found.calls

    def _generate(self, first: Request, others: Iterator[Request], how: How) -> tuple[str, Tokens]:
        if how.constrained:
            made = attempt(self.engine, chain([first], others), repairs=Limits().repairs)
            return made.text, made.tokens
        longest = LONGEST_CALL if self.engine.base.reads_whole_task else LONGEST_RAW
        completion = self.engine.generate(replace(first, contract=None, max_tokens=longest))
        return completion.text, completion.tokens

    def _requests(
        self, tools: list[ToolSpec], messages: list[Message], text: str, called: list[str], how: How, made: Made
    ) -> Iterator[Request]:
        if self.drawing is None:
            made.drawn.append(SKILL if how.skill and self.skill else "base")
            if tools:
                yield Request(
                    list(messages), tools=tools, skill=self.skill if how.skill else None,
                    contract=Contract.for_tools(tools), max_tokens=LONGEST_CALL,
                )  # fmt: skip
            return
        forced = SKILL if how.drawn in ("forced", "oracle") else None
        drawing = replace(self.drawing, tools=tools, forced=forced, use_skills=how.skill)
        seen: Sequence[Message] = messages
        if how.drawn == "oracle":  # a call is due, so the likeliest tool is shown however unlikely it looks
            drawing, seen = replace(drawing, thresholds=replace(drawing.thresholds, fits=0.0)), ()
        draw = drawing.draw(State(text, bool(called)), seen, called)
        made.drawn.append(draw.skill or "base")
        if made.confidence is None:
            made.confidence = draw.confidence
        yield from drawing.requests(draw, list(messages), bool(called))


def _called(messages: Sequence[Message]) -> list[str]:
    """The tools used since the user last spoke."""
    names: list[str] = []
    for message in messages:
        names = [] if message.role == "user" else [*names, *(call.name for call in message.calls)]
    return names
