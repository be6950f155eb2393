"""The named checks a skill may add to its schema: what JSON Schema cannot say about an answer and its conversation.

Each takes the parsed value and the conversation and returns one sentence saying what is wrong, or None. They compare
words and numbers, literally; they do not judge meaning.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from router.conversation import Message

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_CELL = re.compile(r"\d+(?:\.\d+)?")  # in "3555,268" either two numbers or one: both may be said
_NAME = re.compile(r"\b[^\W\d_][\w'’-]*")
_SENTENCE_START = re.compile(r"(?:^|[.!?:]\s+|\n\s*|[\"“(]\s*)$")
_PASSAGE = re.compile(r"^\s*\[(\d+)\]", re.MULTILINE)


@dataclass(frozen=True)
class CheckContext:
    """What a check may look at: the conversation before the output."""

    messages: Sequence[Message] = ()

    def text(self) -> str:
        return "\n".join(part for message in self.messages for part in _parts(message))


Check = Callable[[Mapping[str, Any], CheckContext], str | None]


def grounded(value: Mapping[str, Any], context: CheckContext) -> str | None:
    """Every number of the value's strings, and every capitalised word, occurs in the conversation.

    A word that only a sentence's beginning capitalises is not a name. Numbers compare by value: 1,200 is 1200.0.
    """
    said = context.text()
    numbers = set(map(_amount, [*_NUMBER.findall(said), *_CELL.findall(said)]))
    words = set(re.findall(r"\w+", said.casefold()))
    for text in _strings(value):
        for number in _NUMBER.findall(text):
            if _amount(number) not in numbers:
                return f"The number {number} does not occur in the conversation."
        for name in _names(text):
            if not set(re.findall(r"\w+", name.casefold())) - {"s"} <= words:
                return f"The name {name} does not occur in the conversation."
    return None


def citations_exist(value: Mapping[str, Any], context: CheckContext) -> str | None:
    """Every number in `citations` is a passage of the conversation, a line beginning with `[number]`."""
    passages = {int(number) for number in _PASSAGE.findall(context.text())}
    for citation in value.get("citations", ()):
        if citation not in passages:
            known = ", ".join(map(str, sorted(passages))) or "none"
            return f"There is no passage {citation}; the passages are: {known}."
    return None


def evidence_quoted(value: Mapping[str, Any], context: CheckContext) -> str | None:
    """`evidence` is quoted word for word from the conversation, line breaks and case aside; empty is allowed."""
    evidence = _plain(str(value.get("evidence", "")))
    if evidence and evidence not in _plain(context.text()):
        return "The evidence is not quoted from the text."
    return None


CHECKS: Mapping[str, Check] = {
    "grounded": grounded,
    "citations-exist": citations_exist,
    "evidence-quoted": evidence_quoted,
}


def _parts(message: Message) -> Iterator[str]:
    yield message.content
    for call in message.calls:
        yield call.name
        yield from (str(argument) for argument in call.arguments.values())


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _strings(item)


def _names(text: str) -> Iterator[str]:
    """Capitalised words that do not merely begin a sentence; a word with a second capital (NASA, McKay) always."""
    for match in _NAME.finditer(text):
        word = match.group()
        begins = _SENTENCE_START.search(text[: match.start()]) is not None
        if any(map(str.isupper, word[1:])) or (word[0].isupper() and len(word) > 1 and not begins):
            yield word


def _amount(number: str) -> float | str:
    """A number's value, thousands separators dropped; several dots (a version, an address) stay text."""
    try:
        return float(re.sub(r",(?=\d{3}(?!\d))", "", number).replace(",", "."))
    except ValueError:
        return number


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
