"""A question cut into words, quotations and numbers, and names cut into the words they are made of.

English plurals are undone, so that "vans" and `van` are the same name. What a word stands for is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_QUOTED = r"\"[^\"\n]+\"|“[^”\n]+”|`[^`\n]+`|(?<!\w)['‘][^'\n]*(?:'\w[^'\n]*)*['’](?!\w)"
_DATE = r"\d{4}-\d{2}-\d{2}(?![\w-])"
_NUMERAL = r"(?<![\w.])-?\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\w,])|(?<![\w.])-?\d+(?:\.\d+)?(?![\w-]|\.\d)"
_TOKEN = re.compile(rf"(?P<quoted>{_QUOTED})|(?P<number>{_DATE}|{_NUMERAL})|(?P<word>\w+(?:[-./@]\w+)*)|(?P<sign>\S)")
_IRREGULAR = {"people": "person", "children": "child", "men": "man", "women": "woman", "mice": "mouse"}


# Words that a cell may hold and a question hardly ever means by themselves.
COMMON = frozenset(
    re.findall(
        r"\w+",
        """
        a all an and any are as at average be by can column count day did do does each entry every find first for from
        get give has have high highest how i in is it its last least list look low lowest many max me min more most much
        my name new no not number of off old on one or other our over row rows show some sum table tell than that the
        their then there these this to top total under up us used value was we were what when where which who whose why
        with yes you your true false none null
        """,
    )
)


@dataclass(frozen=True)
class Token:
    """`kind`: "word", "number" (dates too), "quoted" or "sign". `start`, `end`: in the text."""

    kind: str
    text: str
    start: int
    end: int

    @property
    def inner(self) -> str:
        return self.text[1:-1] if self.kind == "quoted" else self.text


def tokens_of(text: str) -> list[Token]:
    return list(_all_tokens(text))


def _all_tokens(text: str) -> Iterator[Token]:
    for match in _TOKEN.finditer(text):
        end = match.end()
        if match.lastgroup == "word" and match[0].endswith(("'s", "’s")):
            end -= 2
        yield Token(str(match.lastgroup), text[match.start() : end], match.start(), end)


def key_of(tokens: Sequence[Token], *, one: bool = False) -> str:
    """How a cell is looked up: its words in lower case, without marks; `one`: the last not as a plural."""
    words = [token.text.casefold() for token in tokens if token.kind != "sign"]
    if one and words:
        words[-1] = singular(words[-1])
    return " ".join(words)


def name_words(name: str) -> tuple[str, ...]:
    """A name as the words it is made of: `unitPrices_2` → ("unit", "price", "2")."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    return tuple(singular(word) for word in re.split(r"[\W_]+", spaced.casefold()) if word)


def singular(word: str) -> str:
    """An English noun without the ending of the plural; a word that has none stays."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    for ending, instead in (("ies", "y"), ("sses", "ss"), ("xes", "x"), ("ches", "ch"), ("shes", "sh"), ("s", "")):
        if word.endswith(ending) and len(word) > len(ending) + 1 and not word.endswith(("ss", "us", "is")):
            return word.removesuffix(ending) + instead
    return word
