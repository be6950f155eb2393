"""The words of a question linked to what a database is made of: its tables, columns and cells, and the numbers beside.

What is linked is put as a letter, so that a reader sees the shape of the question and nothing else. Cases, plurals and
underscores do not matter; a name of several words may be said in part. Nothing is asked of a database here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise

from router.questions import LETTERS, Question
from tools.builtin.column_words import EVERYDAY
from tools.builtin.question_words import COMMON, Token, key_of, name_words, singular, tokens_of
from tools.builtin.tables import Column, Table

_LONGEST_NAME = 6  # words
_WHOLE = 2.0  # weight of a name that was said whole; more than any value's
_BEFORE_ORDERS = ("please", "pls", "you", "and", "then", "to", "now", "kindly", "just")
_AFTER_ORDERS = ("the", "all", "every", "each", "me", "us", "my", "our", "these", "those", "how")
_COUNTED = {
    word: str(value)
    for value, word in enumerate(
        ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"], 2
    )
}


@dataclass(frozen=True)
class Link:
    """`start`, `end`: of its letter in the sentence. `kind`: one of `LETTERS`. `column`: the one named, or the one a
    value stands in; `value`: as it stands there, or as it was said."""

    kind: str
    start: int
    end: int
    column: Column | None = None
    value: str = ""


@dataclass(frozen=True)
class Linked:
    """A question with letters, and what each stands for. `weight`: how much of `table` it names; `settled`: more than
    of any other."""

    table: Table
    sentence: str
    links: tuple[Link, ...]
    weight: float
    settled: bool = True

    @cached_property
    def asked(self) -> tuple[Link, ...]:
        """The links that do something in the question: columns, values, numbers."""
        return tuple(link for link in self.links if link.kind in ("column", "value", "number"))

    @property
    def question(self) -> Question:
        return Question(self.sentence, tuple((link.start, link.end) for link in self.asked))


@dataclass(frozen=True)
class _Match:
    """`size`: tokens. `before`, `after`: words that stay beside the letter."""

    kind: str
    size: int
    weight: float = 0.0
    column: Column | None = None
    value: str = ""
    before: str = ""
    after: str = ""


class Vocabulary:
    """What a table's name, its columns and its cells are called."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self._names: dict[tuple[str, ...], list[Column]] = {}
        self._cells: dict[str, list[tuple[Column, str]]] = {}
        for column in table.columns:
            self._names.setdefault(name_words(column.name), []).append(column)
            for text in sorted(column.texts):
                self._cells.setdefault(key_of(tokens_of(text)), []).append((column, text))
        self._title = name_words(table.name)

    def linked(self, text: str, databases: Sequence[str]) -> Linked | None:
        """`text` with what is known in it as letters; None where there are more things than letters."""
        tokens = tokens_of(text)
        sentence, reached, weight, at = "", 0, 0.0, 0
        links: list[Link] = []
        used = dict.fromkeys(LETTERS, 0)
        while at < len(tokens):
            match = self._match(tokens, at, databases, links)
            if match is None:
                at += 1
                continue
            letter = LETTERS[match.kind][used[match.kind] :][:1]
            if not letter:
                return None
            used[match.kind] += match.kind not in ("table", "database")
            sentence += text[reached : tokens[at].start] + match.before
            links.append(Link(match.kind, len(sentence), len(sentence) + 1, match.column, match.value))
            sentence += letter + match.after
            at += match.size
            reached = tokens[at - 1].end
            weight += match.weight
        return Linked(self.table, sentence + text[reached:], tuple(links), weight)

    def _match(
        self, tokens: Sequence[Token], at: int, databases: Sequence[str], links: Sequence[Link]
    ) -> _Match | None:
        """The longest thing that begins at a token."""
        first = tokens[at]
        if first.inner in databases:
            return _Match("database", 1)
        if first.kind == "quoted":
            return self._quoted(tokens, at)
        if first.kind == "sign":
            return None
        run = tokens[at : at + _LONGEST_NAME]
        for size in range(len(run), 0, -1):
            if any(token.kind in ("sign", "quoted") for token in run[:size]):
                continue
            if match := self._phrase(run[:size], tokens[:at], tokens[at + size :], links):
                return match
        return self._number(first)

    def _quoted(self, tokens: Sequence[Token], at: int) -> _Match:
        """A name, where one stands between the marks; otherwise a value, even one that no cell holds."""
        inner = tokens[at].inner
        compared = at > 0 and tokens[at - 1].text.casefold() in ("=", "is", "equals", "==")
        name = self._name(name_words(inner)) if not compared else None
        cell = self._cells.get(key_of(tokens_of(inner)))
        if name and not cell:
            return name
        column, value = cell[0] if cell and len(cell) == 1 else (None, cell[0][1] if cell else inner)
        return _Match("value", 1, 1.0, column, value)

    def _phrase(
        self, run: Sequence[Token], before: Sequence[Token], after: Sequence[Token], links: Sequence[Link]
    ) -> _Match | None:
        words = tuple(word for token in run for word in name_words(token.text))
        if _is_order(run, before, after):
            return None
        named = self._name(words) if run[0].kind == "word" else None
        cell = self._cell(run, links)
        whole = named is not None and (cell is None or named.weight >= _WHOLE)
        match = named if whole else cell or self._everyday(run)
        return None if match is None else _resized(match, len(run))

    def _name(self, words: tuple[str, ...]) -> _Match | None:
        """The table or a column by its whole name, or by a part of it that no other bears."""
        if not words:
            return None
        if columns := self._names.get(words):
            return _Match("column", 1, _WHOLE, columns[0])
        if words == self._title:
            return _Match("table", 1, 4.0)
        if len(words) == 1 and words[0] in COMMON - {"name", "day", "number", "value", "total"}:
            return None
        parts = {column for name, of in self._names.items() if _within(words, name) for column in of}
        if len(parts) == 1:
            return _Match("column", 1, 1.5, parts.pop())
        return _Match("table", 1, 3.0) if not parts and _within(words, self._title) else None

    def _cell(self, run: Sequence[Token], links: Sequence[Link]) -> _Match | None:
        said = key_of(run)
        found = self._cells.get(said) or self._cells.get(key_of(run, one=True)) or []
        if not found:
            return None
        last = links[-1].column if links and links[-1].kind == "column" else None
        beside = [(column, value) for column, value in found if column == last]
        if len(run) == 1 and (said in COMMON or len(said) == 1 or run[0].kind == "number"):
            exact = [value for _, value in beside if value == run[0].text]
            meant = exact and (said not in COMMON or run[0].text.isupper())
            return _Match("value", 1, 0.5, last, exact[0]) if meant else None
        column, value = (beside or found)[0]
        alone = len({column for column, _ in found}) == 1
        return _Match("value", 1, 1.0 + len(run) / 10, column if alone or beside else None, value)

    def _everyday(self, run: Sequence[Token]) -> _Match | None:
        """A column that is meant by another word: "cheapest" by what it is least of, "drives" by who does it."""
        said = " ".join(token.text.casefold() for token in run)
        bare = singular(said)
        for instead, names in dict.fromkeys((*EVERYDAY.get(said, ()), *EVERYDAY.get(bare, ()))):
            column = next((column for name in names if (column := self._called(name))), None) or self._day(names)
            if column:
                before, _, after = instead.partition("|")
                return _Match("column", 1, 1.0, column, before=before and f"{before} ", after=after and f" {after}")
        doer = next((column for ending in ("r", "er", "or") if (column := self._called(bare + ending))), None)
        return _Match("column", 1, 1.0, doer) if doer and len(run) == 1 and len(bare) > 2 else None

    def _called(self, name: str) -> Column | None:
        match = self._name((name,))
        return match.column if match else None

    def _day(self, names: Sequence[str]) -> Column | None:
        """The only column of dates, for a word that speaks of one."""
        dated = [column for column in self.table.columns if column.dated]
        return dated[0] if "date" in names and len(dated) == 1 else None

    def _number(self, token: Token) -> _Match | None:
        if token.kind == "number":
            return _Match("number", 1, 0.0, value=token.text.replace(",", ""))
        value = _COUNTED.get(token.text.casefold())
        return _Match("number", 1, 0.0, value=value) if value else None


@dataclass(frozen=True)
class SchemaWords:
    """All the tables of one database."""

    tables: tuple[Table, ...]
    vocabularies: tuple[Vocabulary, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "vocabularies", tuple(map(Vocabulary, self.tables)))

    def linked(self, text: str, databases: Sequence[str]) -> Linked | None:
        """The question as asked of the table that it names most of; None where it cannot be put in letters."""
        found = [linked for each in self.vocabularies if (linked := each.linked(text, databases)) is not None]
        found.sort(key=lambda linked: -_weight(linked, text))
        alike = any(_weight(one, text) == _weight(other, text) for one, other in pairwise(found[:2]))
        return replace(found[0], settled=not alike) if found else None


def _weight(linked: Linked, text: str) -> float:
    """A table that is called one outweighs whatever its columns have in common with the question."""
    called = re.search(
        rf"(?i)\btable\W+{re.escape(linked.table.name)}\b|\b{re.escape(linked.table.name)}\W+table\b", text
    )
    return linked.weight + 20 * (called is not None)


def _is_order(run: Sequence[Token], before: Sequence[Token], after: Sequence[Token]) -> bool:
    """Whether a word that a column may be called is said as a verb: "name the", "please order all"."""
    begins = not before or before[-1].kind == "sign" or before[-1].text.casefold() in _BEFORE_ORDERS
    return len(run) == 1 and begins and bool(after) and after[0].text.casefold() in _AFTER_ORDERS


def _resized(match: _Match, size: int) -> _Match:
    return _Match(match.kind, size, match.weight, match.column, match.value, match.before, match.after)


def _within(words: tuple[str, ...], name: tuple[str, ...]) -> bool:
    """Whether the words stand beside one another in a longer name."""
    return any(name[at : at + len(words)] == words for at in range(len(name) - len(words) + 1))
