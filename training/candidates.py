"""A request and what a teacher answered to it, read strictly and voted on: what may become a row of training data.

An answer counts with its value, not its spelling. Code fences and thoughts before the answer are taken off, because
many teachers cannot be talked out of them; nothing else is mended.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from router.strict_json import ContractViolation, read
from training.responses import Answer

Kind = Literal["seed", "plain", "near-miss", "incomplete", "off-topic"]
"""`near-miss`: looks like a request for one tool, and is one for another or for none. `incomplete`: a value that must
be given is not. `off-topic`: nothing here serves it. The last two must be declined."""

MUST_DECLINE: tuple[Kind, ...] = ("incomplete", "off-topic")

_THOUGHTS = re.compile(r"\A.*</think(?:ing)?>", re.DOTALL)
_FENCE = re.compile(r"```[a-zA-Z]*\s*\n(.*?)\n?\s*```", re.DOTALL)
_MARKS = re.compile(r"<tool_call>(.*)</tool_call>", re.DOTALL)


@dataclass(frozen=True)
class Candidate:
    """`tool`: the one the request was written for, or comes nearest to. `answers`: none yet before it was asked."""

    request: str
    kind: Kind = "plain"
    tool: str | None = None
    answers: tuple[Answer, ...] = ()

    @property
    def must_decline(self) -> bool:
        return self.kind in MUST_DECLINE


@dataclass(frozen=True)
class Voted:
    """What most answers say. `output`: the JSON value, None to decline; without meaning where `problem` says why no
    answer could be read. `votes` of `asked` answers say the same."""

    candidate: Candidate
    output: Any = None
    votes: int = 0
    asked: int = 0
    problem: str = ""

    @property
    def request(self) -> str:
        return self.candidate.request

    def to_json(self) -> dict[str, Any]:
        row: dict[str, Any] = {"request": self.request, "kind": self.candidate.kind, "tool": self.candidate.tool}
        if self.asked:
            row |= {"output": self.output, "votes": self.votes, "asked": self.asked}
        if self.problem:
            row["answers"] = [answer.text for answer in self.candidate.answers]
        return row


def vote(candidate: Candidate, calls: bool) -> Voted:
    """The output most answers agree on, the first of them where several are as many. `calls`: tools are called."""
    values: dict[str, Any] = {}
    counted: Counter[str] = Counter()
    problem = "it has no answer"
    for answer in candidate.answers:
        try:
            value = read_output(answer, calls)
        except ContractViolation as violation:
            problem = violation.message
            continue
        key = json.dumps(value, sort_keys=True)
        values.setdefault(key, value)
        counted[key] += 1
    asked = len(candidate.answers)
    if not counted:
        return Voted(candidate, asked=asked, problem=problem)
    key, votes = counted.most_common(1)[0]
    return Voted(candidate, values[key], votes, asked)


def read_output(answer: Answer, calls: bool) -> Any:
    """The value an answer holds: for calls {"name", "arguments"} or None. Raises ContractViolation."""
    if answer.cut:
        raise ContractViolation("truncated", "The answer was cut off at its limit.")
    value = read(bare(answer.text))
    if calls and not _is_call(value):
        raise ContractViolation("schema", "This is no call: it has not just a name and arguments.")
    return value


def bare(text: str) -> str:
    """The answer itself: without thoughts before it, and out of its fence or its marks where that is all there is."""
    text = _THOUGHTS.sub("", text).strip()
    for wrapping in (_FENCE, _MARKS):
        if match := wrapping.fullmatch(text):
            text = match.group(1).strip()
    return text


def _is_call(value: Any) -> bool:
    if value is None:
        return True
    named = isinstance(value, Mapping) and set(value) == {"name", "arguments"}
    return named and isinstance(value["name"], str) and isinstance(value["arguments"], Mapping)
