"""What a question about records is after: one look at a sentence in which what a tool knows by name is a letter.

"How many T in D have an X over K?" wants a count; X and K restrict it. Which words are a table, a column or a value is
the tool's to say, and what is made of the reading too: see `Asked`. Nothing of a tool or its language is known here,
and no weights are: the reader is `router.question_reader`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from router.conversation import ToolSpec
from router.narrowing import Asked, Finders

LETTERS = {"table": "T", "database": "D", "column": "XYZW", "value": "PQRS", "number": "KLMN"}
TARGET, CONDITION, ORDER, GROUP, LIMIT = "target", "condition", "order", "group", "limit"
NO_ROLE, BEYOND = "none", "beyond"  # BEYOND: a word that says what matters and is none of what the tool knows
UNSURE = ""  # a role that could not be told
OTHER = "other"  # an act: no question about records, or none that one look answers
SURELY = 0.97  # probability of a tool that a question was surely read for


@dataclass(frozen=True)
class Question:
    """`sentence` with letters; `spans` (start, end) of those letters whose roles are asked for, in order."""

    sentence: str
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Reading:
    """`act`: what is wanted, such as "sum"; `roles`: of each span of the question."""

    act: str
    roles: tuple[str, ...]


Reader = Callable[[Question], Reading | None]
"""None where the question is not read with certainty."""


def informed(candidates: Callable[[str], Finders], reader: Reader) -> Callable[[str], Finders]:
    """The `candidates` of tools, with the `reader` for those that are asked in plain words."""

    def found(tool: str) -> Finders:
        return {
            name: replace(finder, reader=reader) if isinstance(finder, Asked) else finder
            for name, finder in candidates(tool).items()
        }

    return found


class Shortlists(Protocol):
    def rank(self, request: str, tools: Sequence[ToolSpec]) -> list[tuple[ToolSpec, float]]: ...


@dataclass(frozen=True)
class Evident:
    """A shortlist that puts a tool first for which a request was read as a question about what it holds: better
    evidence than how alike their words are."""

    shortlist: Shortlists
    candidates: Callable[[str], Finders]

    def rank(self, request: str, tools: Sequence[ToolSpec]) -> list[tuple[ToolSpec, float]]:
        ranked = [
            (tool, max(p, SURELY) if self._reads(tool, request) else p)
            for tool, p in self.shortlist.rank(request, tools)
        ]
        return sorted(ranked, key=lambda pair: -pair[1])

    def _reads(self, tool: ToolSpec, request: str) -> bool:
        finders = self.candidates(tool.name).values()
        return any(isinstance(f, Asked) and not f.find(request) and f.tells(request) for f in finders)
