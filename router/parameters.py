"""The parameters of a call as the text at hand tells of them: dates that are dates, numbers that are theirs, and no
longer left to choice what the request plainly speaks of.

For a small base. Everything here narrows what a grammar offers of a source; what a call may hold is the schema's word,
and nothing is filled in.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from router import quantities, when
from router.schema import Schema
from router.when import spelt

_STEM = 6  # letters: "shuffled" names `shuffle`
_AUXILIARY = frozenset(("is", "are", "has", "have", "use", "with", "include", "enable", "enabled", "be", "should"))
_NOT = re.compile(r"\b(?:not|no|without|never|don['’]t|doesn['’]t|unless)\b", re.IGNORECASE)


def narrowed(
    fields: Mapping[str, Schema], required: Collection[str], source: str, clause: str
) -> tuple[dict[str, Schema], list[str]]:
    """The parameters, and those that must be given: a number whose unit the `clause` says, a switch it names."""
    numbers, measured = quantities.narrowed(fields, source, clause)
    told = when.narrowed(numbers, required, source, clause)
    named = [name for name, field in told.items() if field == {"type": "boolean"} and _names(name, clause)]
    return told, list(dict.fromkeys([*required, *measured, *named]))


def _names(name: str, clause: str) -> bool:
    """Whether the clause says every word of a switch's name, and denies nothing."""
    said = {word[:_STEM] for word in re.findall(r"[^\W\d_]+", clause.lower())}
    words = [word[:_STEM] for word in spelt(name) if word not in _AUXILIARY]
    return bool(words) and not _NOT.search(clause) and said.issuperset(words)
