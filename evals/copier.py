"""Could a perfect copier have made this call? The ceiling of a base that only quotes, beside what it reaches.

A copier fills every argument from what stands before it: a run of whole words of the conversation, a number that is
said in digits or in words, a choice the schema lists, true or false. It does not compute, translate, abbreviate or
know. It is perfect at choosing: the right tool, the right words, how often to call.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from evals.call_check import OPTIONAL, Wanted, accepts, optional
from router.conversation import ToolSpec
from router.grounding import amounts
from router.source import words

if TYPE_CHECKING:
    from evals.call_cases import Case

LONGEST = 400  # characters of a quoted run


class Source:
    """What may be copied from one conversation."""

    def __init__(self, text: str) -> None:
        self._chunks = words(text)
        digits = map(Decimal, re.findall(r"\d+(?:\.\d+)?", text.replace(",", "")))
        self._numbers = {*map(abs, amounts(text)), *map(Decimal, re.findall(r"\d+(?:\.\d+)?", text)), *digits}
        self._negative = "-" in text or "minus" in text or "negative" in text or "below" in text

    def says_number(self, value: float) -> bool:
        number = Decimal(repr(value))
        return abs(number) in self._numbers and (number >= 0 or self._negative)

    def quotes(self, value: str) -> bool:
        """Whether some run of whole words is accepted for `value`, by the rules that compare strings."""
        field, wanted = {"type": "string"}, [value]
        target = _letters(value)
        for start, chunk in enumerate(self._chunks):
            if chunk.isspace():
                continue
            run = ""
            for part in self._chunks[start:]:
                run += part
                if len(run) > LONGEST or not target.startswith(_letters(run)):
                    break
                if accepts(field, run, wanted):
                    return True
        return False


def _letters(text: str) -> str:
    """What two strings that are compared as equal have in common from the start: their letters and digits."""
    return "".join(character for character in text.lower() if character.isalnum())


def can_copy(case: Case) -> bool:
    """Whether every call wanted can be filled. A case without calls asks for nothing."""
    source = Source("\n".join(message.content for message in case.messages if message.content))
    return all(_can_call(case.tools, wanted, source) for wanted in case.wanted)


def _can_call(tools: Sequence[ToolSpec], wanted: Wanted, source: Source) -> bool:
    tool = next((tool for tool in tools if tool.name == wanted.name), None)
    fields = (tool.parameters.get("properties") or {}) if tool is not None else {}
    required = (tool.parameters.get("required") or ()) if tool is not None else ()
    return tool is not None and all(
        (optional(values) and name not in required) or _can_fill(fields.get(name), values, source)
        for name, values in wanted.arguments.items()
    )


def _can_fill(field: Any, accepted: Sequence[Any], source: Source) -> bool:
    schema = field if isinstance(field, Mapping) else {}
    return any(_can_say(schema, value, source) for value in accepted)


def _can_say(field: Mapping[str, Any], value: Any, source: Source) -> bool:
    choices = field.get("enum")
    if isinstance(choices, list) and any(accepts(field, choice, [value]) for choice in choices):
        return True
    if isinstance(value, bool) or value is None or value in (OPTIONAL, [], {}):
        return True
    if isinstance(value, int | float):
        return source.says_number(value)
    if isinstance(value, str):
        return source.quotes(value)
    if isinstance(value, list):
        inner = field.get("items")
        return all(_can_say(inner if isinstance(inner, Mapping) else {}, item, source) for item in value)
    return isinstance(value, Mapping) and _can_say_dict(field, value, source)


def _can_say_dict(field: Mapping[str, Any], value: Mapping[str, Any], source: Source) -> bool:
    """In an accepted dict, every value is a list of accepted ones."""
    fields = field.get("properties") or {}
    lists = {key: ok if isinstance(ok, list) else [ok] for key, ok in value.items()}
    return all(optional(ok) or _can_fill(fields.get(key), ok, source) for key, ok in lists.items())
