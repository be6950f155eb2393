"""What may be said from a source: its numbers, sums of them, and sentences whose names and numbers all stand in it.

Bodies of grammar rules for a base too small to be trusted with a number it has not just read. Whole strings quoted
from a source are `router.source`'s; whether a sentence is true is nobody's here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import zip_longest

from router.strict_json import write

# Not the parts of a date, a time or a code: 2031-03-05, 06:40, 3/4/31, KR-2291.
NUMERAL = re.compile(r"(?<![\w/:])(?<!\w-)(?<!\d[.,])(?:[0-9]+(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?(?![-/:]?[0-9])")
_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
)
_SMALL = {word: value for value, word in enumerate(f"{_UNITS} eighteen nineteen".split())}
_TENS = {
    word: 10 * value
    for value, word in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2)
}
_OTHER = {"a": 1, "an": 1, "once": 1, "couple": 2, "twice": 2, "dozen": 12, "hundred": 100, "thousand": 1000}
_IMPLIED = {
    "half": "2", "halve": "2", "halves": "2", "halved": "2", "double": "2", "doubled": "2", "square": "2",
    "squared": "2", "triple": "3", "tripled": "3", "third": "3", "quarter": "4", "percent": "100", "average": "2",
}  # fmt: skip
_WORDS = {**_SMALL, **_TENS, **_OTHER}
_ONES = list(_SMALL)[1:10]
_BELOW_HUNDRED = rf"(?:(?:{'|'.join(_TENS)})(?:[ -](?:{'|'.join(_ONES)}))?|{'|'.join([*list(_SMALL)[10:], *_ONES])})\b"
_SPELT = re.compile(
    rf"(?<![\w-])(?!one\b(?! hundred| thousand)){_BELOW_HUNDRED}"
    rf"(?: (?:hundred|thousand)(?: (?:and )?{_BELOW_HUNDRED})?)?(?![\w-])",
    re.I,
)

_ROUND = {
    "one": 1,
    "zero": 0,
    "once": 1,
    "twice": 2,
    "a couple": 2,
    "dozen": 12,
    "a dozen": 12,
    "a hundred": 100,
    "a thousand": 1000,
}
_ROUNDED = re.compile(
    r"\b(?:one|zero|once|twice|a couple|(?:a )?dozen|a hundred|a thousand)\b(?! hundred| thousand)", re.I
)

PARTS, LONGEST_PART = 60, 60  # words of a sentence, characters of a word
LONGEST_SENTENCE = (PARTS + 1) * (LONGEST_PART + 4)  # characters, marks, spaces and line breaks included
_PLAIN = "[a-z]{1,20}(?:['’-][a-z]{1,20})?"
_OPENING = f"[A-Z]?{_PLAIN}|I"
# "notes.txt:3" names a file and a line, "12,7" is two cells of a row; "1,250" is one number.
_PLACES = re.compile(r"(?<=[^\W\d]):(?!//)|(?<=\d),(?=\d)(?!\d{3}(?!\d))")
_OPERATORS = r"[-+*\/^]"


def amounts(source: str, clause: str = "") -> list[Decimal]:
    """The numbers the `clause` says, in digits or in words ("1,250.50", "forty-two"), each once, in order; those of all
    the `source` where the clause says none, because then it speaks of an earlier one."""
    return _amounts(clause) or _amounts(source)


def spelt_in_digits(text: str) -> str:
    """The text with the numbers it says in words in digits, "one" aside: "three of us paid two hundred and fifty" → "3
    of us paid 250"."""
    return _SPELT.sub(lambda match: str(_value(match[0])), text)


def _value(words: str) -> int:
    value = 0
    for word in re.findall(r"[a-z]+", words.casefold()):
        if word in ("hundred", "thousand"):
            value *= _OTHER[word]
        elif word != "and":
            value += _WORDS[word]
    return value


def worth(numeral: str) -> Decimal:
    """What a numeral says: "1,250.50" is 1250.50."""
    return Decimal(numeral.replace(",", ""))


def _amounts(text: str) -> list[Decimal]:
    found = [worth(numeral) for numeral in NUMERAL.findall(text)]
    spoken = re.findall(r"[a-z]+", text.casefold())
    for word, after in zip_longest(spoken, spoken[1:], fillvalue=""):
        if word in _WORDS:
            found.append(Decimal(_WORDS[word]))
        if word in _TENS and _SMALL.get(after, 10) < 10:
            found.append(Decimal(_TENS[word] + _SMALL[after]))
    return list(dict.fromkeys(found))


def numbers_in(text: str) -> list[tuple[Decimal, int, int]]:
    """The numbers of a text, in digits or in words, and where each stands (first character, last + 1), in order."""
    digits = [(worth(match[0]), *match.span()) for match in NUMERAL.finditer(text)]
    spelt = [(Decimal(_value(match[0])), *match.span()) for match in _SPELT.finditer(text)]
    rounded = [(Decimal(_ROUND[match[0].lower()]), *match.span()) for match in _ROUNDED.finditer(text)]
    return sorted([*digits, *spelt, *rounded], key=lambda each: each[1:])


def numerals(text: str) -> list[str]:
    """The numbers of `text` as they stand in it, without thousands separators, each once, in order."""
    return list(dict.fromkeys(digits.replace(",", "") for digits in NUMERAL.findall(text)))


def operands(source: str, clause: str = "") -> list[str]:
    """The numbers a sum may be made of, each once; see `sums`."""
    said = list(dict.fromkeys([*numerals(clause), *_spoken(clause)]))
    numbers = said if len(said) > 1 else list(dict.fromkeys([*said, *numerals(source)]))
    return numbers + [number for number in _implied(clause) if number not in numbers]


def sums(source: str, clause: str = "") -> str | None:
    """A terminal: a JSON string of numbers joined by operators, "3 + 4", "(3 + 4) / 2" or "15% of 60": those of the
    `clause` where it says two or more, else those of all the `source` and what the clause's words imply ("double it").
    None where there is none to join."""
    numbers = operands(source, clause)
    if len(numbers) < 2:
        return None
    one = "(" + "|".join(re.escape(number).replace("/", r"\/") for number in numbers) + ")%?"
    joined = f"{one}( {_OPERATORS} {one}){{1,7}}"
    parts = f"{_part(numbers)} of {one}|{one} off {one}|{one} squared|square root of {one}"
    return f'/"({joined}|[(]{joined}[)]( {_OPERATORS} {one}){{1,3}}|{parts})"/'


def _part(numbers: Sequence[str]) -> str:
    """A percentage, or a number below one: "3 of 120" is no sum, whatever it is worth."""
    below = [re.escape(number) for number in numbers if number.startswith("0.")]
    return f"({'|'.join([*(re.escape(number) + '%' for number in numbers), *below])})"


def _spoken(text: str) -> list[str]:
    """The numbers a text says in words; "a" and "an" are none."""
    words = re.sub(r"\b(?:an?|once)\b|\d", " ", text.casefold())
    return [format(number, "f") for number in _amounts(words)]


def _implied(text: str) -> list[str]:
    found = (number for word, number in _IMPLIED.items() if re.search(rf"\b{word}\b", text.casefold()))
    return list(dict.fromkeys(found))


def sentence(words: Sequence[str]) -> str:
    """A terminal: a JSON string of lower-case words, marks and words of the source; it may open with a capital.

    Numbers, names, file names: all that is not a lower-case word comes from the source as it stands there.
    """
    pieces = (piece for word in words for piece in (word, *_PLACES.split(word)))
    special = (word for word in pieces if re.search(r"\w|[&+]", word) and not re.fullmatch(_PLAIN, word))
    quoted = sorted({write(word)[1:-1] for word in special if len(write(word)) <= LONGEST_PART})
    said = "|".join([_PLAIN, "I", *(re.escape(word).replace("/", r"\/") for word in quoted)])
    part = rf"(?:{said})(?:[,.:;!?%'’)]|\\n|\\\"|)"
    return f'/"(?:{_OPENING}|{said})[,.:;!?%]?(?: [(]?{part}|\\\\n{part}){{0,{PARTS}}}"/'
