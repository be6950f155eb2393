"""What a request wants of what was just read: a sum of its numbers, the line with the highest, how many lines.

A small head on the encoder reads that from the request's wording, and that most requests want nothing of the kind; the
numbers come from the observation. Sums are told, not worked out, and where it is not clear which numbers are meant,
nothing is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from router.amounts import Amount, amounts_said, is_headed, lines_of, mark_of, meant, meant_one
from router.encoder import Encoder
from router.operations import lettered, load

WEIGHTS = Path(__file__).parents[1] / "adapters" / "router" / "wanted.safetensors"
NONE, COUNT, HIGHEST, LOWEST = "none", "count", "highest", "lowest"
SURE = 0.7  # probability of what is wanted; below it nothing is
ONE, TOTAL = "O", "total"  # in an operation: the one number of the observation that the request is about, or of all
MOST = 40  # numbers of one sum, lines that are counted out

_FILE = re.compile(r"\S*[\w-]\.[A-Za-z]\w{1,4}\b|\S*/\S+")
_KEPT = 64  # requests
_LETTER = re.compile(r"[XYZW]")
_TOKEN = re.compile(r"[^\W_]+")


class Wanted:
    def __init__(self, encoder: Encoder, path: Path = WEIGHTS) -> None:
        """Raises WeightsRefused when the file is missing, damaged or of another shape."""
        self._embed, self._head = encoder.embed, load(path)
        self._told = lru_cache(_KEPT)(self._read)  # a step asks several times of the same request

    def sums(self, request: str, observed: str) -> list[str]:
        """The expression the request tells over the observation, one or none."""
        said = amounts_said(observed)
        operation, own = self._told(request) if said else (NONE, {})
        if not said or set(_LETTER.findall(operation)) != set(own):  # "the mean of 3 and 5" is of the request's own
            return []
        if operation in SEVERAL:
            return SEVERAL[operation](self._several(request, said))
        told = _LETTER.sub(lambda letter: own[letter[0]], operation)
        slot = TOTAL if TOTAL in operation else ONE
        if slot not in operation:
            return []
        return [told.replace(slot, number) for number in self._one(request, said, of_total=slot == TOTAL)]

    def _several(self, request: str, said: Sequence[Amount]) -> list[str]:
        return [_bracketed(each.number) for each in meant(self._embed, request, said)]

    def _one(self, request: str, said: Sequence[Amount], of_total: bool) -> list[str]:
        """The number that an operation is on, one or none: one of the observation, or the total of several."""
        if of_total:
            return [f"({total})" for total in _total(self._several(request, said))]
        one = meant_one(self._embed, request, said)
        return [] if one is None else [_bracketed(one)]

    def lines(self, request: str, observed: str) -> str:
        """What of the observation is the answer as it stands: the line with the highest number, below the heading of a
        table, or how many lines there are and which; empty where the request wants neither."""
        lines = lines_of(observed)
        operation, own = self._told(request) if len(lines) > 1 else (NONE, {})
        if operation in (HIGHEST, LOWEST) and not own:
            return _extreme(lines, meant(self._embed, request, amounts_said(observed)), operation)
        if operation == COUNT and not own and not amounts_said(observed) and mark_of(lines) is None:
            counted = _named(request, lines)
            return f"{len(counted)} in all: {', '.join(counted)}" if len(counted) <= MOST else f"{len(counted)} in all"
        return ""

    def _read(self, request: str) -> tuple[str, Mapping[str, str]]:
        """The operation, `NONE` where none is sure, and the request's own numbers by their letters."""
        sentence, own = lettered(without_files(request))
        shares = self._head.shares(self._embed([sentence]))[0]
        best = int(shares.argmax())
        return (self._head.classes[best] if shares[best] >= SURE else NONE), own


def without_files(request: str) -> str:
    """The request with no file's name in it, which says nothing of what is wanted and may hold numbers."""
    return _FILE.sub("the file", request)


def _extreme(lines: Sequence[str], amounts: Sequence[Amount], which: str) -> str:
    """The line, or the lines that are equal; none where all are."""
    values = {each.line: float(each.number) for each in amounts}
    best = (max if which == HIGHEST else min)(values.values(), default=0.0)
    found = [lines[at] for at, value in values.items() if value == best]
    mark = mark_of(lines)
    heading = [lines[0]] if mark and is_headed(lines[0].split(mark)) else []
    return "\n".join([*heading, *found]) if 0 < len(found) < len(values) == len(amounts) else ""


def _named(request: str, lines: Sequence[str]) -> list[str]:
    """The lines that have what the request names and only some have: the csv files of a folder. All, where it names
    nothing of the kind."""
    tokens = [set(_TOKEN.findall(line.casefold())) for line in lines]
    some = {token for each in tokens for token in each} - set.intersection(*tokens)
    named = set(_TOKEN.findall(request.casefold())) & some
    return [line for line, each in zip(lines, tokens, strict=True) if not named or named & each]


def _bracketed(number: str) -> str:
    return f"({number})" if number.startswith("-") else number


def _total(numbers: Sequence[str]) -> list[str]:
    return [" + ".join(numbers)] if 1 < len(numbers) <= MOST else []


def _mean(numbers: Sequence[str]) -> list[str]:
    return [f"({total}) / {len(numbers)}" for total in _total(numbers)]


def _difference(numbers: Sequence[str]) -> list[str]:
    two = sorted(numbers, key=lambda number: float(number.strip("()")), reverse=True)
    return [" - ".join(two)] if len(two) == 2 else []


SEVERAL = {TOTAL: _total, "mean": _mean, "difference": _difference}
