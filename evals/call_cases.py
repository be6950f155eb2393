"""What is measured by `quiver eval calls`: a case, and the readers of the files that hold cases.

Three layouts are read: BFCL's own JSON files with their `possible_answer` (Python's categories; Java and JavaScript are
left out, as a call there is source code), our JSONL (a case a line, accepted values in lists), and chat-with-tools
JSONL, where the last assistant turn is what is right. Types stay in the file's own dialect: `evals.call_schemas` and
`evals.call_check` read both. The sets that are made from other data are `evals.call_sets`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from evals.call_check import Wanted
from router import jsonl
from router.conversation import Message, Role, ToolCall, ToolSpec
from router.errors import UsageError

OWN = Path(__file__).with_name("calls") / "own.jsonl"
CATEGORIES = ("simple", "multiple", "parallel", "parallel-multiple", "irrelevance", "relevance")
_OTHER_LANGUAGES = ("java", "javascript")


@dataclass(frozen=True)
class Case:
    """One request with the tools offered and the calls that are right: none for `irrelevance`, any for `relevance`.

    `set` and `part` say where it comes from ("bfcl", "live"); `messages` end with the user's words.
    """

    id: str
    set: str
    category: str
    messages: tuple[Message, ...]
    tools: tuple[ToolSpec, ...]
    wanted: tuple[Wanted, ...] = ()
    part: str = ""

    @property
    def text(self) -> str:
        """The user's words, all turns."""
        return "\n".join(message.content for message in self.messages if message.role == "user")

    @property
    def must_call(self) -> bool:
        return self.category != "irrelevance"


def read_cases(path: Path) -> list[Case]:
    """A JSONL file in our layout or as chats with tools, or a folder of BFCL's files. Raises UsageError."""
    if path.is_dir():
        return list(read_bfcl(path))
    if not path.is_file():
        raise UsageError(f"there are no cases at {path}", hint="give a .jsonl file, or a folder with BFCL's files")
    cases = [_read_row(row, path.stem, number) for number, row in enumerate(jsonl.read(path), 1)]
    return _distinct(cases, path)


def _distinct(cases: Sequence[Case], path: Path) -> list[Case]:
    seen: set[str] = set()
    for case in cases:
        if case.id in seen:
            raise UsageError(f"{path}: two cases are called {case.id!r}", hint="give each an id of its own")
        seen.add(case.id)
    if not cases:
        raise UsageError(f"{path} holds no case", hint="one JSON object a line")
    return list(cases)


# --- BFCL -------------------------------------------------------------------------------------------------------------


def find_bfcl(folder: Path) -> Path | None:
    """Where BFCL's files lie: in `folder`, or below it in the installed package's layout."""
    places = (folder, folder / "bfcl_eval" / "data", folder / "data")
    return next((place for place in places if any(place.glob("BFCL_v*_simple*.json"))), None)


def bfcl_files(folder: Path) -> list[Path]:
    """The files that hold single-turn cases for Python, without their answers."""
    place = find_bfcl(folder)
    if place is None:
        raise UsageError(
            f"there is no BFCL_v*_simple*.json in {folder}",
            hint=f"fetch them: pip install --no-deps --target {folder} bfcl-eval",
        )
    return [path for path in sorted(place.glob("BFCL_v*_*.json")) if _bfcl_category(path) is not None]


def read_bfcl(folder: Path) -> Iterator[Case]:
    """Raises UsageError where there are none, or where a file is not in BFCL's layout."""
    for path in bfcl_files(folder):
        named = _bfcl_category(path)
        assert named is not None
        part, category = named
        answers = _bfcl_answers(path.parent / "possible_answer" / path.name) if category in CATEGORIES[:4] else {}
        for row in jsonl.read(path):
            yield _bfcl_case(row, path, part, category, answers)


def _bfcl_category(path: Path) -> tuple[str, str] | None:
    """("live" or "non-live", category) from the file's name; None for what is not measured here."""
    found = re.fullmatch(r"BFCL_v\d+_(live_)?([a-z_]+?)(?:_([a-z]+script|java|python))?\.json", path.name)
    if found is None or found[3] in _OTHER_LANGUAGES:
        return None
    category = found[2].replace("_", "-")
    return ("live" if found[1] else "non-live", category) if category in CATEGORIES else None


def _bfcl_answers(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise UsageError(f"the answers {path} are missing", hint="keep possible_answer/ beside the cases")
    return {row["id"]: row["ground_truth"] for row in jsonl.read(path)}


def _bfcl_case(row: Mapping[str, Any], path: Path, part: str, category: str, answers: Mapping[str, Any]) -> Case:
    try:
        messages = tuple(message_of(turn) for turn in row["question"][0])
        tools = tuple(tool_of(document) for document in row["function"])
        truth = answers[row["id"]] if answers else []
        wanted = tuple(Wanted(name, given) for call in truth for name, given in call.items())
        return Case(row["id"], "bfcl", category, messages, tools, wanted, part)
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        raise UsageError(
            f"{path}: the case {row.get('id')!r} is not in BFCL's layout: {error!r}", hint="fetch the files again"
        ) from error


# --- JSONL ------------------------------------------------------------------------------------------------------------


def _read_row(row: Mapping[str, Any], name: str, number: int) -> Case:
    """Ours where it says what is accepted, else a chat."""
    try:
        return _own_case(row, name, number) if "category" in row else _chat_case(row, name, number)
    except (KeyError, IndexError, TypeError, AttributeError, ValueError) as error:
        raise UsageError(
            f"{name}: case {number} cannot be read: {error!r}",
            hint='a case is {"id", "category", "messages", "tools", "calls"}, or a chat {"messages", "tools"}',
        ) from error


def _own_case(row: Mapping[str, Any], name: str, number: int) -> Case:
    if row["category"] not in CATEGORIES:
        raise ValueError(f"{row['category']!r} is none of {', '.join(CATEGORIES)}")
    said = row.get("messages") or [{"role": "user", "content": row["request"]}]
    wanted = tuple(Wanted(call["name"], call["arguments"]) for call in row.get("calls", ()))
    tools = tuple(map(tool_of, row["tools"]))
    messages = tuple(map(message_of, said))
    return Case(str(row.get("id", f"{name}-{number}")), name, row["category"], messages, tools, wanted)


def _chat_case(row: Mapping[str, Any], name: str, number: int) -> Case:
    """The last assistant turn is what is right; where it calls nothing, nothing is to be called."""
    turns = row.get("messages") or row["conversations"]
    last = max(at for at, turn in enumerate(turns) if turn["role"] == "assistant")
    offered = row.get("tools") or []
    tools = tuple(map(tool_of, json.loads(offered) if isinstance(offered, str) else offered))
    wanted = tuple(map(_wanted, turns[last].get("tool_calls") or ()))
    messages = tuple(map(message_of, turns[:last]))
    return Case(str(row.get("id", f"{name}-{number}")), name, _category(wanted, tools), messages, tools, wanted)


def _category(wanted: Sequence[Wanted], tools: Sequence[ToolSpec]) -> str:
    if not wanted:
        return "irrelevance"
    if len(wanted) > 1:
        return "parallel-multiple" if len({each.name for each in wanted}) > 1 else "parallel"
    return "simple" if len(tools) == 1 else "multiple"


def _wanted(call: Mapping[str, Any]) -> Wanted:
    made = _call(call)
    return Wanted(made.name, accepted(made.arguments))


def accepted(arguments: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Arguments of one right call as accepted values: just these."""
    return {name: [_each_accepted(value)] for name, value in arguments.items()}


def _each_accepted(value: Any) -> Any:
    """In a dict, and in each dict of a list, every value is a list of accepted ones."""
    if isinstance(value, Mapping):
        return {key: [item] for key, item in value.items()}
    if isinstance(value, list):
        return [_each_accepted(item) if isinstance(item, Mapping) else item for item in value]
    return value


def _call(call: Mapping[str, Any]) -> ToolCall:
    """OpenAI's form or the bare one; arguments may be JSON text."""
    function = call.get("function", call)
    given = function["arguments"]
    return ToolCall(function["name"], json.loads(given) if isinstance(given, str) else given)


def tool_of(document: Mapping[str, Any]) -> ToolSpec:
    """A tool in OpenAI's form, MCP's or BFCL's."""
    tool = document.get("function", document)
    parameters = tool.get("parameters") or tool.get("inputSchema") or {"type": "object", "properties": {}}
    return ToolSpec(tool["name"], tool.get("description") or "", parameters)


def message_of(turn: Mapping[str, Any]) -> Message:
    """A turn of a chat, the calls in it included. Raises ValueError for a role nobody has."""
    role = turn["role"]
    if role not in get_args(Role):
        raise ValueError(f"{role!r} is no role of a message")
    calls = tuple(map(_call, turn.get("tool_calls") or ()))
    return Message(role, turn.get("content") or "", calls, turn.get("name") or "")
