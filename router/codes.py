"""Codes for what people call by name, where a parameter's description asks for them: EUR, DE and es for "Spanish".

Options that are codes, or lengths of time ("1wk"), are read by what they are called. Names and symbols are those of the
Unicode locale data in English, as the library `babel` has them. Whether words are said for a parameter is
`router.pointer`'s; nothing is guessed: words that could be two codes stay as they are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache

_LOCALE = "en"
_NO_LAND = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})  # groups of countries, and what only tests use
_KINDS = {
    kind: re.compile(rf"\b{kind[:-1]}(?:y|ies)\b" if kind.endswith("y") else rf"\b{kind}s?\b", re.IGNORECASE)
    for kind in ("currency", "country", "language")
}
_CODED = re.compile(r"\bcodes?\b|\bISO\b|\balpha-2\b", re.IGNORECASE)
_OTHERWISE = re.compile(
    r"\b(?:call|dial|phone|telephone|postal|zip)\w*|\balpha-3\b|\b639-[23]\b|\bprogramming",
    re.IGNORECASE,
)
_LETTERS = re.compile(r"\b(two|2|three|3)[- ]letter", re.IGNORECASE)
_LONG = {"two": 2, "2": 2, "three": 3, "3": 3}
_EXAMPLE = re.compile(
    r"(?:\be\.?g\b\.?|\bfor example\b|\bsuch as\b|\bex\b\.?)[\s,:]*['\"“‘`(]*(\w{2,3})\b", re.IGNORECASE
)
_UNITS = {
    short: (name, each)
    for shorts, name, each in (
        ("s sec", "second", "every second"), ("m min", "minute", "every minute"), ("h hr", "hour", "hourly"),
        ("d day", "day", "daily"), ("w wk week", "week", "weekly"), ("M mo mon month", "month", "monthly"),
        ("y yr year", "year", "yearly"),
    )
    for short in shorts.split()
}  # fmt: skip
_SPAN = re.compile(rf"(\d{{1,3}})(M|(?i:{'|'.join(short for short in _UNITS if short != 'M')}))")


def coded(words: str, description: str) -> str | None:
    """The code that a parameter so described takes for `words`; None where it takes none, or they name none for sure.
    `description`: its name and what is said of it."""
    example = match[1] if (match := _EXAMPLE.search(description)) else ""
    for kind, named in _KINDS.items():
        if not named.search(description) or _OTHERWISE.search(description):
            continue
        codes = set(_names(kind).values())
        shown = next((code for code in codes if code.lower() == example.lower()), None)
        if shown is None and (example.isupper() or not _CODED.search(description)):
            continue  # codes of another list, or none
        code = next((code for code in codes if code.lower() == words.lower()), None) or _named(kind).get(_plain(words))
        letters = _LETTERS.search(description)
        if code is None or (letters and len(code) != _LONG[letters[1].lower()]):
            return None
        return code.lower() if shown is not None and example == example.lower() else code
    return None


def called(options: Sequence[str], description: str) -> Sequence[str]:
    """What `options` are called, where all are codes of what the `description` speaks of, or two and more lengths of
    time; the rest as they are."""
    spans = {option: _span(int(match[1]), match[2]) for option in options if (match := _SPAN.fullmatch(option))}
    if len(spans) > 1:
        return [spans.get(option, option) for option in options]
    for kind, named in _KINDS.items() if options else ():
        if named.search(description) and not _OTHERWISE.search(description):
            names = _spoken(kind)
            if all(option.upper() in names for option in options):
                return [names[option.upper()] for option in options]
    return options


def _span(count: int, unit: str) -> str:
    """ "1wk" as "1 week, weekly"; "5m" as "5 minutes"."""
    name, each = _UNITS["M" if unit == "M" else unit.lower()]
    return f"1 {name}, {each}" if count == 1 else f"{count} {name}s"


@cache
def _spoken(kind: str) -> Mapping[str, str]:
    """The first name of each code, which is how the locale says it, by the code in capitals."""
    spoken: dict[str, str] = {}
    for name, code in _names(kind).items():
        spoken.setdefault(code.upper(), name)
    return spoken


@cache
def _named(kind: str) -> Mapping[str, str]:
    """Codes by names as they are compared; of currencies also by the last words of a name, "dollars", where one code
    alone has them, or one that is written with a sign of its own."""
    names = {_plain(name): code for name, code in _names(kind).items()}
    if kind != "currency":
        return names
    ends: dict[str, set[str]] = {}
    for name, code in names.items():
        words = name.split()
        for at in range(1, len(words)):
            ends.setdefault(" ".join(words[at:]), set()).add(code)
    signs = {code for name, code in _names(kind).items() if len(name) == 1}
    for end, codes in ends.items():
        one = codes if len(codes) == 1 else codes & signs
        if len(one) == 1:
            names.setdefault(end, *one)
    return names


@cache
def _names(kind: str) -> Mapping[str, str]:
    """Codes by what they are called."""
    from babel import Locale
    from babel.core import get_global
    from babel.numbers import get_currency_name

    locale = Locale(_LOCALE)
    if kind == "language":
        return {name: code for code, name in locale.languages.items() if len(code) == 2}
    if kind == "country":
        lands = {code: name for code, name in locale.territories.items() if code.isalpha() and code not in _NO_LAND}
        aliases = get_global("territory_aliases")
        others = {alias: found[0] for alias, found in aliases.items() if len(found) == 1 and found[0] in lands}
        return {name: code for code, name in lands.items()} | others
    used = locale.currency_symbols  # what is no longer used has none
    names = {name: code for code, name in locale.currencies.items() if code in used}
    names |= {get_currency_name(code, count, _LOCALE): code for code in map(str, used) for count in (1, 2)}
    return names | {sign: code for code, sign in used.items()}


def _plain(name: str) -> str:
    """Without accents, marks, capitals and the article."""
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", name) if not unicodedata.combining(sign))
    said = re.sub(r"[.'’]", "", bare).casefold().strip()
    return re.sub(r"^the\s+", "", said)
