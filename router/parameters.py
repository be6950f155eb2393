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
from router.when import About, spelt

LONGEST = 20_000  # characters of a source; a longer one tells too much to choose from
_SHORT = 3  # letters, at most, of a word that names nothing
_STEM = 6  # letters: "shuffled" names `shuffle`
_AUXILIARY = frozenset(
    ("is", "are", "has", "have", "use", "with", "include", "enable", "enabled", "be", "should", "whether", "this")
)
_NOT = re.compile(r"\b(?:not|no|without|never|don['’]t|doesn['’]t|unless)\b", re.IGNORECASE)


def narrowed(
    fields: Mapping[str, Schema], required: Collection[str], source: str, clause: str, about: About
) -> tuple[dict[str, Schema], list[str]]:
    """The parameters, and those the `clause` speaks of: a number whose unit it says, a switch it names. A switch that
    may be left out and that nothing names is left out. Of a source longer than `LONGEST` nothing is told."""
    if len(source) > LONGEST:
        return dict(fields), []
    numbers, measured = quantities.narrowed(fields, source, clause, about)
    told = when.narrowed(numbers, required, source, clause, about)
    switches = [name for name, field in told.items() if field == {"type": "boolean"}]
    asked, said = _stems(clause), _stems(source)
    denied = _NOT.search(clause) is not None
    spoken_of = [name for name in switches if not denied and (named := _named(name)) and named <= asked]
    silent = {name for name in switches if not _named(f"{name} {about.get(name, '')}") & said} - set(required)
    return {name: field for name, field in told.items() if name not in silent}, [*measured, *spoken_of]


def _named(name: str) -> set[str]:
    """The stems of the words that a switch's name, or its description, calls it by."""
    return {word[:_STEM] for word in spelt(name) if word not in _AUXILIARY and len(word) > _SHORT}


def _stems(text: str) -> set[str]:
    return {word[:_STEM] for word in re.findall(r"[^\W\d_]+", text.lower())}
