"""The numbers of a text that are amounts, and which of them a request speaks of.

Dates, times, codes, counters and percentages are none. In a table a number stands under its column's heading, in a line
beside the words around it; a request means the column or the words that are most like it, or that it names. What is to
be done with the numbers is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from router.grounding import NUMERAL

Embed = Callable[[Sequence[str]], npt.NDArray[np.float32]]

MARKS = (" | ", "\t", ",", ";")  # between the cells of a row
APART = 0.06  # cosine by which the number that is meant stands out from the next

_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_DATED = re.compile(rf"\s*(?:of\s+)?(?:{_MONTHS})[a-z]*\b", re.I)
_MONTH_DAY = re.compile(rf"\b(?:{_MONTHS})[a-z]*\.?\s*$", re.I)
_SHARE = re.compile(r"\s*(?:%|percent)")
_COUNTER = re.compile(r"^\W*\d+[.)]\s")  # "3. butter"
_COUNTED = re.compile(r"^\W*(?:no|nr|number|page|invoice|order|ticket|week|version|#)\W*$", re.I)
_BETWEEN = re.compile(r"(?<!\d),|,(?!\d{3}(?!\d))|;|\.\s|\s(?:and|or)\s")
_NEGATIVE = re.compile(r"(?:^|[\s:=(])[-−]$")
_WORD = re.compile(r"[^\W\d_]+")


class Amount(NamedTuple):
    """A number of a text: without separators, the `words` around it, its line among those that are not empty, and its
    column where the text is a table."""

    number: str
    words: str
    line: int
    column: int | None


def amounts_said(text: str) -> list[Amount]:
    """In order."""
    lines = lines_of(text)
    mark = mark_of(lines)
    return _of_table([line.split(mark) for line in lines]) if mark else _of_lines(lines)


def lines_of(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


def mark_of(lines: Sequence[str]) -> str | None:
    """What parts the cells, where every line has as many: such rows mean little without the first."""
    even = (mark for mark in MARKS if mark in lines[0] and len({line.count(mark) for line in lines}) == 1)
    return next(even, None) if len(lines) > 1 else None


def is_headed(row: Sequence[str]) -> bool:
    return not any(NUMERAL.fullmatch(cell.strip()) for cell in row)


def meant(embed: Embed, request: str, said: Sequence[Amount]) -> list[Amount]:
    """The numbers of the column that is most like the request, or of the lines that share a word with it; none where
    they are neither of one line nor one a line."""
    columns = list(dict.fromkeys(each.column for each in said))
    if None not in columns:
        headed = {each.column: each.words for each in said}
        likeness = cosines(embed, request, list(headed.values())) if len(columns) > 1 else np.ones(len(columns))
        column = columns[int(likeness.argmax())] if said else None
        return [each for each in said if each.column == column]
    asked = _stems(request)
    named = [each for each in said if asked & _stems(each.words)]
    chosen = named if len(named) > 1 else list(said)
    lines = [each.line for each in chosen]
    return chosen if len(set(lines)) in (1, len(lines)) else []


def meant_one(embed: Embed, request: str, said: Sequence[Amount]) -> str | None:
    """The number the request is about; None where two are as likely."""
    if len({each.number for each in said}) < 2:
        return said[0].number if said else None
    likeness = cosines(embed, request, [each.words for each in said])
    best, second = np.argsort(-likeness, kind="stable")[:2]
    return said[best].number if likeness[best] - likeness[second] >= APART else None


def cosines(embed: Embed, request: str, texts: Sequence[str]) -> npt.NDArray[np.float32]:
    """Of the request with each text, [n]."""
    vectors = embed([request, *texts])
    found: npt.NDArray[np.float32] = vectors[1:] @ vectors[0]
    return found


def _of_table(rows: Sequence[Sequence[str]]) -> list[Amount]:
    headed = is_headed(rows[0])
    found = []
    for at, row in enumerate(rows[1:] if headed else rows, headed):
        for column, cell in enumerate(row):
            if (match := NUMERAL.search(cell)) and not _is_no_amount(cell, match):
                words = rows[0][column].strip() if headed else _around(cell, match)
                found.append(Amount(_signed(cell, match), words, at, column))
    return found


def _of_lines(lines: Sequence[str]) -> list[Amount]:
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
                    found.append(Amount(_signed(part, match), lead + words, at, None))
    return found


def _signed(part: str, number: re.Match[str]) -> str:
    sign = "-" if _NEGATIVE.search(part[: number.start()]) else ""
    return sign + number[0].replace(",", "")


def _around(part: str, number: re.Match[str]) -> str:
    return " ".join((part[: number.start()] + part[number.end() :]).split()) or number[0]


def _is_no_amount(part: str, number: re.Match[str]) -> bool:
    before, after = part[: number.start()], part[number.end() :]
    return any((_DATED.match(after), _MONTH_DAY.search(before), _SHARE.match(after), _COUNTED.search(before)))


def _stems(text: str) -> set[str]:
    return {word[:-1] if len(word) > 3 and word.endswith("s") else word for word in _WORD.findall(text.casefold())}
