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
    switches = {name: _said_of(name, clause) for name, field in told.items() if field == {"type": "boolean"}}
    spoken_of = [name for name, share in switches.items() if share == 1 and not _NOT.search(clause)]
    silent = {
        name for name in switches if name not in required and not _said_of(f"{name} {about.get(name, '')}", source)
    }
    return {name: field for name, field in told.items() if name not in silent}, [*measured, *spoken_of]


def _said_of(name: str, text: str) -> float:
    """The share of a switch's name that the text says."""
    said = {word[:_STEM] for word in re.findall(r"[^\W\d_]+", text.lower())}
    words = [word[:_STEM] for word in spelt(name) if word not in _AUXILIARY and len(word) > _SHORT]
    return sum(word in said for word in words) / max(len(words), 1)
