"""Sums over what was just read: "add up the litres" below a list of them, "what is 21% VAT on it" below an invoice.

A small head on the encoder reads from the request's wording what is to be reckoned, and that most requests want nothing
reckoned; the numbers come from the observation: the column or the lines that the request names, or the one number it is
about. Nothing is worked out here, and where it is not clear which numbers are meant, no sum is told.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from router.encoder import Encoder
from router.focus import MARKS
from router.grounding import NUMERAL
from router.operations import Head, lettered, load

WEIGHTS = Path(__file__).parents[1] / "adapters" / "router" / "observed_sums.safetensors"
NONE = "none"
SURE = 0.7  # probability of what is to be reckoned; below it nothing is
ONE = "O"  # in an operation: the one number of the observation that the request is about
APART = 0.06  # cosine by which the number that is meant stands out from the next
MOST = 40  # numbers of one sum

_FILE = re.compile(r"\S*[\w-]\.[A-Za-z]\w{1,4}\b|\S*/\S+")
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_DATED = re.compile(rf"\s*(?:of\s+)?(?:{_MONTHS})[a-z]*\b", re.I)
_SHARE = re.compile(r"\s*(?:%|percent)")
_COUNTER = re.compile(r"^\W*\d+[.)]\s")  # "3. butter"
_COUNTED = re.compile(r"^\W*(?:no|nr|number|page|invoice|order|ticket|week|version|#)\W*$", re.I)
_BETWEEN = re.compile(r"(?<!\d),|,(?!\d{3}(?!\d))|;|\.\s|\s(?:and|or)\s")
_LETTER = re.compile(r"[XYZW]")
_WORD = re.compile(r"[^\W\d_]+")


class Said(NamedTuple):
    """A number of an observation: as it stands there without separators, the `words` around it, its line, and its
    column where the observation is a table."""

    number: str
    words: str
    line: int
    column: int | None


class ObservedSums:
    def __init__(self, encoder: Encoder, path: Path = WEIGHTS) -> None:
        """Raises WeightsRefused when the file is missing, damaged or of another shape."""
        self._encoder, self._head = encoder, load(path)

    def __call__(self, request: str, observed: str) -> list[str]:
        """The expression the request tells over the observation, one or none."""
        said = numbers_said(observed)
        sentence, own = lettered(_FILE.sub("the file", request))
        operation = likeliest(self._head, self._encoder, sentence) if said else NONE
        if operation == NONE or not set(_LETTER.findall(operation)) <= set(own):
            return []
        if operation in SEVERAL:
            return SEVERAL[operation](self._several(request, said))
        one = self._one(request, said)
        if one is None or len(own) > len(set(_LETTER.findall(operation))):
            return []
        told = _LETTER.sub(lambda letter: own[letter[0]], operation.replace(ONE, "{}"))
        return [told.format(one)]

    def _several(self, request: str, said: Sequence[Said]) -> list[str]:
        """The numbers of the column that is most like the request, or of the lines that share a word with it."""
        columns = {each.column for each in said}
        if None not in columns and len(columns) > 1:
            headed = {each.column: each.words for each in said}
            likeness = self._likeness(request, list(headed.values()))
            column = list(headed)[int(likeness.argmax())]
            return [each.number for each in said if each.column == column]
        asked = {_stem(word) for word in _WORD.findall(request.casefold())}
        named = [each for each in said if asked & {_stem(word) for word in _WORD.findall(each.words.casefold())}]
        chosen = named if len(named) > 1 else list(said)
        lines = [each.line for each in chosen]
        return [each.number for each in chosen] if len(set(lines)) in (1, len(lines)) else []

    def _one(self, request: str, said: Sequence[Said]) -> str | None:
        if len({each.number for each in said}) < 2:
            return said[0].number if said else None
        likeness = self._likeness(request, [each.words for each in said])
        best, second = np.argsort(-likeness, kind="stable")[:2]
        return said[best].number if likeness[best] - likeness[second] >= APART else None

    def _likeness(self, request: str, texts: Sequence[str]) -> np.typing.NDArray[np.float32]:
        vectors = self._encoder.embed([request, *texts])
        found: np.typing.NDArray[np.float32] = vectors[1:] @ vectors[0]
        return found


def _total(numbers: Sequence[str]) -> list[str]:
    return [" + ".join(numbers)] if 1 < len(numbers) <= MOST else []


def _mean(numbers: Sequence[str]) -> list[str]:
    return [f"({total}) / {len(numbers)}" for total in _total(numbers)]


def _difference(numbers: Sequence[str]) -> list[str]:
    two = sorted(numbers, key=float, reverse=True)
    return [" - ".join(two)] if len(two) == 2 else []


SEVERAL = {"total": _total, "mean": _mean, "difference": _difference}


def likeliest(head: Head, encoder: Encoder, sentence: str) -> str:
    """The operation of a lettered sentence, `NONE` where none is sure."""
    shares = head.probabilities(encoder.embed([sentence]))[0]
    best = int(shares.argmax())
    return head.operations[best] if shares[best] >= SURE else NONE


def numbers_said(text: str) -> list[Said]:
    """The numbers of a text that are amounts, in order: none of dates, times, codes, counters and percentages."""
    lines = [line for line in text.splitlines() if line.strip()]
    mark = next((mark for mark in MARKS if len(lines) > 1 and _even(lines, mark)), None)
    return _of_table([line.split(mark) for line in lines]) if mark else _of_lines(lines)


def _even(lines: Sequence[str], mark: str) -> bool:
    return mark in lines[0] and len({line.count(mark) for line in lines}) == 1


def _of_table(rows: Sequence[Sequence[str]]) -> list[Said]:
    """The cells that are numbers, under the words of their column's heading."""
    headed = not any(NUMERAL.fullmatch(cell.strip()) for cell in rows[0])
    found = []
    for at, row in enumerate(rows[1:] if headed else rows, headed):
        for column, cell in enumerate(row):
            if (match := NUMERAL.search(cell)) and not _is_no_amount(cell, match):
                words = rows[0][column].strip() if headed else _around(cell, match)
                found.append(Said(match[0].replace(",", ""), words, at, column))
    return found


def _of_lines(lines: Sequence[str]) -> list[Said]:
    """Numbers of a line apart from one another where commas, "and" and full stops part them, each under what the line
    opens with: "rent: 900 in May, 950 in June"."""
    found = []
    for at, line in enumerate(lines):
        opening, colon, _ = line.partition(":")
        for part in _BETWEEN.split(_COUNTER.sub("", line)):
            for match in NUMERAL.finditer(part):
                words = _around(part, match)
                lead = f"{opening} " if colon and opening not in words else ""
                if not _is_no_amount(part, match):
                    found.append(Said(match[0].replace(",", ""), lead + words, at, None))
    return found


def _around(part: str, number: re.Match[str]) -> str:
    return " ".join((part[: number.start()] + part[number.end() :]).split()) or number[0]


def _is_no_amount(part: str, number: re.Match[str]) -> bool:
    before, after = part[: number.start()], part[number.end() :]
    dated = _DATED.match(after) or re.search(rf"\b(?:{_MONTHS})[a-z]*\.?\s*$", before, re.I)
    return bool(dated or _SHARE.match(after) or _COUNTED.search(before))


def _stem(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") else word
