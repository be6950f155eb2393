"""`quiver eval calls`: the right tool and the exact call, on tools the base has never seen.

Shortlist and model together, as an agent's step uses them: the encoder ranks the tools offered, the model settles close
calls and fills the arguments. Measured raw (free generation) and constrained, with the tools' own names and with random
ones. Data: SGD's test services that are not in train, and requests written for MCP servers held out of training.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from evals.intervals import Share
from router.attempt import attempt
from router.contract import Contract, ContractViolation
from router.conversation import Message, ToolCall, ToolSpec
from router.errors import UsageError
from router.limits import Limits

if TYPE_CHECKING:
    from router.drawing import Drawing
    from router.session import Session
    from training.example import Example

SETS = ("sgd-unseen", "mcp-held-out")
LONGEST_RAW = 128  # tokens; what rambles on longer is no call


@dataclass(frozen=True)
class Case:
    """One request, the tools offered with it, and the call that is right. `text`: the user's words, all turns."""

    messages: tuple[Message, ...]
    tools: tuple[ToolSpec, ...]
    call: ToolCall

    @property
    def text(self) -> str:
        return " ".join(message.content for message in self.messages if message.role == "user")


@dataclass(frozen=True)
class Result:
    case: Case
    output: str
    call: ToolCall | None
    valid: bool

    @property
    def right_tool(self) -> bool:
        return self.call is not None and self.call.name == self.case.call.name

    @property
    def exact(self) -> bool:
        return self.right_tool and self.call is not None and same(self.call.arguments, self.case.call.arguments)


def same(given: Any, wanted: Any) -> bool:
    """Equal arguments, strings compared as BFCL does: without case and without the characters ` ,./-_*^`."""
    if isinstance(given, Mapping) and isinstance(wanted, Mapping):
        return set(given) == set(wanted) and all(same(given[key], wanted[key]) for key in wanted)
    if isinstance(given, list) and isinstance(wanted, list):
        return len(given) == len(wanted) and all(map(same, given, wanted))
    if isinstance(given, str) and isinstance(wanted, str):
        return _bare(given) == _bare(wanted)
    return type(given) is type(wanted) and bool(given == wanted)


def _bare(text: str) -> str:
    return re.sub(r"[ ,./\-_*^]", "", text).casefold().replace("'", '"')


def cases(name: str, data: Path, count: int, offered: int, masked: bool, seed: int = 0) -> list[Case]:
    """`count` cases of a set, each with about `offered` tools. Raises UsageError for a set or folder not there."""
    from training.curriculum import Curriculum, dress

    rng = random.Random(seed)
    how = Curriculum(
        mask_names=1.0 if masked else 0.0, drop_descriptions=0.0, shuffle_parameters=0.0, withhold=0.0,
        offered=(0.0,) * (offered - 1) + (1.0,), longest=10_000,
    )  # fmt: skip
    rows, pool = _rows(name, data, rng)
    return [_case(dress(row, pool, rng, how)) for row in islice(rows, count)]


def _rows(name: str, data: Path, rng: random.Random) -> tuple[Iterator[Example], list[Mapping[str, Any]]]:
    from training.sources import mcp, requests, sgd
    from training.sources.texts import read_texts

    if name == "sgd-unseen":
        rows = [row for row in sgd.read(data / "sgd", "test") if row.output is not None and row.output["arguments"]]
        rng.shuffle(rows)
        return iter(rows), [tool for row in rows[:500] for tool in row.tools]
    if name == "mcp-held-out":
        served = mcp.read_tools(data, "held-out")
        made = requests.generate(served, rng, read_texts(data), extracted=0.0)
        return (row for row in made if row.output is not None and row.output["arguments"]), [s.tool for s in served]
    raise UsageError(f"there is no set {name!r}", hint=f"choose of: {', '.join(SETS)}")


def _case(row: Example) -> Case:
    assert row.output is not None
    messages = tuple(Message(message["role"], message["content"]) for message in row.messages)
    tools = tuple(ToolSpec(t["name"], t["description"], t["parameters"]) for t in row.tools)
    return Case(messages, tools, ToolCall(row.output["name"], row.output["arguments"]))


def run_case(session: Session, drawing: Drawing, case: Case, *, constrained: bool) -> Result:
    """One case as a step of an agent whose toolbox is the case's; declining is not offered."""
    from router.drawing import Draw

    ranked = session.shortlist.rank(case.text, list(case.tools))
    shortlist = tuple((tool.name, probability) for tool, probability in ranked)
    tools = tuple(tool for tool, _ in ranked)
    draw = Draw("tool-call", 1.0, shortlist=shortlist, tools=tools, able=["tool-call"])
    request = next(drawing.requests(draw, case.messages, on_called=False))
    assert request.contract is not None
    shown, source, clause = request.tools or case.tools, request.contract.source, request.contract.clause
    if constrained:
        contract = Contract.for_tools(shown, may_decline=False, source=source, clause=clause)
        made = attempt(session.engine, [replace(request, contract=contract)], repairs=Limits().repairs)
        return Result(case, made.text, made.value if made.valid else None, made.valid)
    contract = Contract.for_tools(shown, may_decline=False)
    completion = session.engine.generate(replace(request, contract=None, max_tokens=LONGEST_RAW))
    try:
        call = contract.parse(completion.text, truncated=completion.finish != "stop")
    except ContractViolation:
        return Result(case, completion.text, None, False)
    return Result(case, completion.text, call, True)


def figures(results: Sequence[Result]) -> dict[str, Any]:
    n = len(results)
    return {
        "tool": Share(sum(r.right_tool for r in results), n).to_json(),
        "exact": Share(sum(r.exact for r in results), n).to_json(),
        "valid": Share(sum(r.valid for r in results), n).to_json(),
    }


@click.command("calls")
@click.option("--data", type=click.Path(path_type=Path, exists=True, file_okay=False), required=True,
              help="Folder that holds the public data sets, each in its upstream layout.")  # fmt: skip
@click.option("--set", "sets", multiple=True, type=click.Choice(SETS), default=SETS, help="Which cases.")
@click.option("--limit", type=click.IntRange(1), default=200, help="Cases a set.")
@click.option("--offered", type=click.IntRange(1), default=5, help="Tools offered with each request.")
@click.option("--no-skill", is_flag=True, help="The base alone.")
@click.option("--show-failures", type=int, default=0, help="Print so many wrong calls.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.option("--min-accuracy", type=float, default=0.0, help="Exit 1 when a named, constrained exact share is lower.")
def command(
    data: Path, sets: Sequence[str], limit: int, offered: int, no_skill: bool, show_failures: int, as_json: bool,
    min_accuracy: float,
) -> int:  # fmt: skip
    """Function calls on unseen tools: the right tool, and the exact call."""
    from router.cli.output import print_data, print_json, to_stderr
    from router.drawing import Drawing
    from router.session import Options, Session, preload

    preload()
    found: dict[str, Any] = {}
    with Session.open(Options(no_skill=no_skill)) as session:
        skills = {skill.name: skill for skill in session.registry.all()}
        drawing = Drawing(session.engine, session.router, session.shortlist, skills, use_skills=not no_skill)
        for name in sets:
            for masked in (False, True):
                chosen = cases(name, data, limit, offered, masked)
                for constrained in (True, False):
                    results = [run_case(session, drawing, case, constrained=constrained) for case in chosen]
                    label = f"{name} {'masked' if masked else 'named'} {'constrained' if constrained else 'raw'}"
                    found[label] = figures(results)
                    if not as_json:
                        print_data(_line(label, found[label]))
                    for wrong in [r for r in results if not r.exact][:show_failures]:
                        to_stderr(f"  {wrong.case.text}\n    said   {wrong.output}\n    wanted {wrong.case.call}")
    if as_json:
        print_json(found)
    named = [value["exact"]["share"] for label, value in found.items() if label.endswith("named constrained")]
    return 1 if named and min(named) < min_accuracy else 0


def _line(label: str, row: Mapping[str, Any]) -> str:
    shares = (f"{name} {Share(value['hits'], value['n'])}" for name, value in row.items())
    return f"{label:36} {'  '.join(shares)}"


def main(words: Sequence[str]) -> int:
    return int(command.main(list(words), standalone_mode=False) or 0)
