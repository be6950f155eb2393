"""One request that asks the same of several things, spread out: "dim the lamp to 40 percent and the spot to 15" asks
twice. An agent makes one call a step, and a small base takes words of the one for the other.

Only where both halves are built alike, the same prepositions around numbers or words in the same order, and never where
the halves are to be set against each other. The words are the user's own, but for those of the first half that the
second leaves out. Requests with verbs of their own are cut apart in `router.clauses`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from router.clauses import inside_quotes
from router.source import asking

_PREPOSITIONS = frozenset(
    (
        "to", "of", "for", "from", "in", "into", "on", "onto", "at", "as", "with", "by", "under", "over", "until",
        "till", "about", "per", "via", "through",
    )
)  # fmt: skip
_JOINT = re.compile(r",?\s+(?:and\s+then|and\s+also|and|then)\s+|,\s+then\s+|,\s+(?=\S+\s)", re.IGNORECASE)
_TOGETHER = re.compile(
    r"\b(?:sum|total|together|difference|differ|ratio|compare|compared|comparison|versus|vs|average|mean|combined"
    r"|more|less|than|both|between|each|respectively|join|mix|combine|plus|minus|times)\b",
    re.IGNORECASE,
)
_PRONOUN = re.compile(r"^(?:one|another(?:\s+one)?|the\s+other|others?)$", re.IGNORECASE)
_WORD = re.compile(r"\S+")
_FEWEST, _MOST = 2, 12  # words of a half that leaves the verb out
Shape = list[tuple[str, int]]  # what a half is built of, and where each part begins


def spread(clause: str) -> list[str]:
    """The requests that `clause` makes of several things, one each; itself where it makes one."""
    if _TOGETHER.search(clause) or "\n" in clause:
        return [clause]
    inside = inside_quotes(clause)
    joints = [match for match in _JOINT.finditer(clause) if not inside[match.start()]]
    starts = [0, *(match.end() for match in joints)]
    ends = [*(match.start() for match in joints), len(clause)]
    first, *others = (clause[start:end].rstrip(" ,.?!") for start, end in zip(starts, ends, strict=True))
    end = clause[len(clause.rstrip(".?! ")) :].strip()
    said = [_completed(first, other) for other in others]
    whole = [each for each in said if each is not None]
    if not whole or len(whole) < len(said):
        return [clause]
    return [f"{each}{end}" for each in (first, *whole)]


def _completed(first: str, other: str) -> str | None:
    """The `other` half with the words of the `first` that it leaves out; None where they are not built alike."""
    if not _FEWEST <= len(other.split()) <= _MOST or asking(other):
        return None
    built, model = _shape(other), _shape(first)
    tail = model[-len(built) :]
    if not any(part in _PREPOSITIONS for part, _ in built) or [part for part, _ in tail] != [part for part, _ in built]:
        return None
    before = other[: built[0][1]].strip()
    if not before or _PRONOUN.match(before):
        return f"{first[: tail[0][1]].rstrip()} {other[built[0][1] :]}"
    verb = asking(first)
    if not verb or tail[0][1] <= len(verb) or any(part in _PREPOSITIONS for part, _ in model[: -len(built)]):
        return None  # what of the first half the other stands for is not plain
    return f"{verb.rstrip()} {other}"


def _shape(text: str) -> Shape:
    """Prepositions and numbers, in order."""
    found = ((match.group().strip(",;").lower(), match.start()) for match in _WORD.finditer(text))
    return [("#" if _is_number(word) else word, at) for word, at in found if word in _PREPOSITIONS or _is_number(word)]


def _is_number(word: str) -> bool:
    return re.fullmatch(r"[$€£]?\d[\d.,]*%?", word) is not None


def spread_all(clauses: Sequence[str]) -> list[str]:
    """The requests of all `clauses`, in order."""
    return [each for clause in clauses for each in spread(clause)]
