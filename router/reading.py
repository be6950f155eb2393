"""How a small base is helped to read: which lines of an observation it is shown, and what is found in them for it.

Joins what the encoder's heads find (`focus`, `operations`, `wanted`) with a conversation. A base that reads whole tasks
needs none of it. Nothing is generated here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from router.conversation import Message, ToolSpec, known_to, last_observed, last_said
from router.grounding import numerals, operands
from router.narrowing import Finder, Finders, There, fresh
from router.schema import ARITHMETIC, PATH

if TYPE_CHECKING:
    from router.pointer import Pointed

QUOTED_LINES = 12  # at most, of an observation that are an answer as they stand


class Focused(NamedTuple):
    """`quote`: the words that stand in the observation's place, where they are few, as they may be quoted: with the
    file they are from, if one of the call's parameters names a file. `surely`: they are the answer."""

    conversation: Sequence[Message]
    quote: str = ""
    surely: bool = False


@dataclass(frozen=True)
class Reading:
    """`focus`: a request and an observation → the lines it is about. `operations`: a request → the sum it tells as a
    story, where it surely does. `wanted_sums`, `wanted_lines`: a request and an observation → the sum, or the lines,
    that it wants of it."""

    focus: Callable[[str, str], str] = lambda request, text: text
    operations: Callable[[str], Sequence[str]] = lambda request: ()
    wanted_sums: Callable[[str, str], Sequence[str]] = lambda request, observed: ()
    wanted_lines: Callable[[str, str], str] = lambda request, observed: ""
    pointer: Callable[[Mapping[str, Any], Sequence[str]], Mapping[str, Pointed]] | None = None

    def focused(self, conversation: Sequence[Message], tools: Sequence[ToolSpec]) -> Focused:
        """The conversation with what its last observations say about the clause in their place, or the very lines it
        wants of one."""
        seen, clause = _observations(conversation), last_said(conversation)
        if not seen:
            return Focused(conversation)
        answer = self.wanted_lines(clause, conversation[seen[0]].content) if len(seen) == 1 else ""
        read, said = list(conversation), []
        for at in seen:
            about = answer or self.focus(clause, conversation[at].content)
            read[at] = replace(conversation[at], content=about)
            file = _file_of(conversation[max(0, at - 1)], conversation[at], tools)
            said.append(f"{file} says: {about}" if file else about)
        quote = "\n".join(said)
        return Focused(read, quote, bool(answer)) if quote.count("\n") < QUOTED_LINES else Focused(read)

    def sums(self, request: str, conversation: Sequence[Message]) -> Sequence[str]:
        """The sum that the request wants of what was observed last."""
        observed = last_observed(conversation)
        return self.wanted_sums(request, observed) if observed else ()

    def answers(self, request: str, conversation: Sequence[Message]) -> bool:
        """Whether lines of what was observed last are what the request wants."""
        observed = last_observed(conversation)
        return bool(observed and self.wanted_lines(request, observed))

    def finders(self, tool: ToolSpec, own: Finders, conversation: Sequence[Message]) -> Finders:
        """The tool's `own`; a sum not said in full may be wanted of what was observed, or be told as a story, and a
        file that was not yet read comes before one that was."""
        finders = dict(own)
        for name, finder in own.items():
            if isinstance(finder, There):
                finders[name] = fresh(finder, known_to(conversation))
        for name in own.keys() & sums_taken(tool):
            finders[name] = lambda text, find=own[name]: self._sums(text, find, conversation)  # type: ignore[misc]
        return finders

    def _sums(self, text: str, said: Finder, conversation: Sequence[Message]) -> Sequence[str | float]:
        """A sum said or told in full is meant before one of what was read; "the mean of the three" is neither."""
        found = said(text)
        full = [each for each in found if re.search(r"\d", str(each)) or len(operands("", str(each))) > 1]
        return full or self.operations(text) or self.sums(text, conversation) or found


def reckoned_with(conversation: Sequence[Message]) -> str:
    """What a small base may put a sum together of by itself: what the user said, and results that are one number. Of a
    text with several it takes the wrong ones, and a wrong sum looks like a right one."""
    return "\n".join(
        message.content
        for message in reversed(conversation)
        if message.role == "user" or (message.role == "tool" and len(numerals(message.content)) == 1)
    )


def sums_taken(tool: ToolSpec) -> set[str]:
    """The tool's parameters that take a sum."""
    fields = tool.parameters.get("properties", {})
    return {name for name, field in fields.items() if field.get("format") == ARITHMETIC}


def _observations(conversation: Sequence[Message]) -> list[int]:
    """Where the last one stands, and those of the same tool for the same turn."""
    told = [at for at, message in enumerate(conversation) if message.role == "tool"]
    turn = max((at for at, message in enumerate(conversation) if message.role == "user"), default=-1)
    alike = [at for at in told if at > turn and conversation[at].name == conversation[told[-1]].name]
    return alike or told[-1:]


def _file_of(call: Message, observation: Message, tools: Sequence[ToolSpec]) -> str:
    """The file that an observation is of: what the call's parameter for files was given; empty where there is none."""
    given = {name: value for each in call.calls for name, value in each.arguments.items()}
    fields = {tool.name: tool.parameters.get("properties", {}) for tool in tools}.get(observation.name, {})
    return next((str(value) for name, value in given.items() if fields.get(name, {}).get("format") == PATH), "")
