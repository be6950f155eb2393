"""What right routing is worth: of the steps that come out right when the right skill is always drawn (the oracle), how
many still do when the router draws?

Steps with a known output come from the generators of `training.synthetic`, with a seed that training does not use. A
step drawn wrongly counts as wrong: the output of another skill is of another form.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

from evals.intervals import Share, bootstrap
from evals.runs import NO_CLASS, Record, Run, run_cases
from router.contract import CheckContext, Contract, ContractViolation
from router.conversation import Message, ToolCall, ToolSpec
from router.errors import SchemaRefused
from router.routing import State

if TYPE_CHECKING:
    from adapters.skill import Skill
    from router.engines.engine import Completion, Engine, Request
    from router.routing import Router
    from training.example import Example

GENERATORS = ("builtin_calls", "answers", "extraction", "retrieval", "safety")
MAX_TOKENS = 256


@dataclass(frozen=True)
class Step:
    """One step: its row, and the state the router sees."""

    id: str
    row: Example
    state: State


def steps(number: int, seed: int) -> list[Step]:
    """As many of each generator; steps to decline are left out, as any skill can say nothing."""
    from training import synthetic

    streams = [synthetic.generator(name)(random.Random(f"routing oracle {name} {seed}")) for name in GENERATORS]
    found: list[Step] = []
    for place in count():
        if len(found) >= number:
            return found
        row = next(row for row in streams[place % len(streams)] if row.output is not None)
        said = [message["content"] for message in row.messages if message["role"] == "user"]
        observed = row.messages[-1]["role"] == "tool"
        found.append(Step(f"tasks/{place}", row, State(said[-1], observed)))
    return found


def digest(cases: Sequence[Step]) -> str:
    """Names the steps that were drawn, as the generators they come from may change."""
    written = json.dumps([[step.id, list(step.row.messages), step.row.output] for step in cases], default=dict)
    return hashlib.sha256(written.encode()).hexdigest()


def measure(run: Run, engine: Engine, router: Router, skills: Sequence[Skill], drawn: Sequence[Step]) -> dict[str, Any]:
    """Runs what is not done; `recovered`: right outputs with the router over right outputs with the oracle."""
    by_name = {skill.name: skill for skill in skills}
    cases = [step for step in drawn if step.row.skill in by_name]
    records = run_cases(run, cases, lambda step: ask(engine, router, by_name[step.row.skill], step))
    return figures(records)


def ask(engine: Engine, router: Router, skill: Skill, step: Step) -> Record:
    """The step with the right skill, and whether the router draws it."""
    decision = router.route(step.state)
    drawn = decision.skill or NO_CLASS
    output, right = _generated(engine, skill, step.row)
    same = drawn == skill.name
    return Record(
        case=step.id,
        slice={"set": "tasks", "kind": skill.name, "observed": step.state.observed},
        right=right and same,
        scores={"oracle": float(right), "routed": float(right and same)},
        prompt=step.state.text,
        output=output,
        expected={"skills": [skill.name], "output": plain(step.row.output)},
        reason=None if right and same else f"{drawn} was drawn" if not same else "the output is another",
        failure=None if right and same else "route" if not same else "output",
        confidence=None,
        gold=skill.name,
        predicted=drawn,
    )


def figures(records: Sequence[Record]) -> dict[str, Any]:
    oracle = [record.scores["oracle"] for record in records]
    routed = [record.scores["routed"] for record in records]
    kept = [record.scores["routed"] for record in records if record.scores["oracle"]]
    return {
        "oracle": Share(int(sum(oracle)), len(oracle)).to_json(),
        "routed": Share(int(sum(routed)), len(routed)).to_json(),
        "recovered": Share(int(sum(kept)), len(kept)).to_json(),
        "lost": bootstrap([a - b for a, b in zip(oracle, routed, strict=True)]).to_json(),
    }


def _generated(engine: Engine, skill: Skill, row: Example) -> tuple[str, bool]:
    try:
        request = request_of(skill, row, own_words=not engine.base.reads_whole_task)
    except SchemaRefused as refused:
        return str(refused), False
    completion = engine.generate(request)
    try:
        return completion.text, said(request, completion) == plain(row.output)
    except ContractViolation:
        return completion.text, False


def said(request: Request, completion: Completion) -> Any:
    """The output as the request's contract reads it, in the form of a row's own. Raises ContractViolation."""
    assert request.contract is not None
    context = CheckContext(request.messages)
    value = request.contract.parse(completion.text, truncated=completion.finish != "stop", context=context)
    return {"name": value.name, "arguments": dict(value.arguments)} if isinstance(value, ToolCall) else value


def request_of(skill: Skill, row: Example, own_words: bool) -> Request:
    """`own_words`: values are taken from the conversation, as a small base is held to."""
    from router.engines.engine import Request

    messages = list(_messages(row))
    source = "\n".join(message.content for message in reversed(messages) if message.content) if own_words else None
    if skill.contract == "tools":
        tools = [ToolSpec(tool["name"], tool["description"], tool["parameters"]) for tool in row.tools]
        contract = Contract.for_tools(tools, source=source)
        return Request(messages, tools=tools, skill=skill, contract=contract, max_tokens=MAX_TOKENS)
    schema = row.schema if skill.contract == "given" else skill.schema
    assert schema is not None
    contract = Contract.for_schema(schema, skill.checks, source=source)
    shown = [ToolSpec("extract", "", schema)] if skill.contract == "given" else []
    return Request(messages, tools=shown, skill=skill, contract=contract, max_tokens=MAX_TOKENS)


def _messages(row: Example) -> Iterator[Message]:
    for message in row.messages:
        calls = tuple(
            ToolCall(call["function"]["name"], call["function"]["arguments"]) for call in message.get("tool_calls", ())
        )
        yield Message(message["role"], message.get("content") or "", calls, message.get("name", ""))


def plain(output: Any) -> Any:
    """As JSON reads it."""
    return json.loads(json.dumps(output))
