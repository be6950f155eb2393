"""A text cut into the chunks that may be quoted from it word for word."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate


def words(text: str) -> list[str]:
    """`text` in chunks whose runs are quotable: words with their inner punctuation (`notes.txt`, `10:30`), and one by
    one the spaces and the marks around words. Joined they are the text again."""
    return [part for piece in re.findall(r"\s+|\S+", text) for part in _word(piece) if part]


def _word(piece: str) -> list[str]:
    marks = re.fullmatch(r"([^\w$€£#@~/+.-]*)(.*?)(['’]s)?([^\w/%°$€£+]*)", piece, re.DOTALL)
    if piece.isspace() or marks is None:
        return [piece]
    before, core, owner, after = marks.groups()
    return [*before, *re.split(r"([—–\"“”()\[\]{}<>;]|,(?!\d))", core), owner or "", *after]


def quotable(chunks: Sequence[str], low: int, high: int) -> bool:
    """Is there a run of chunks, no space at its ends, of `low` to `high` characters?"""
    for start, chunk in enumerate(chunks):
        if chunk.isspace():
            continue
        for end, length in enumerate(accumulate(map(len, chunks[start:])), start):
            if length > high:
                break
            if length >= low and not chunks[end].isspace():
                return True
    return False
