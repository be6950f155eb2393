"""Sums in symbols and in words that the calculator reads exactly as they stand, each with the value its words mean.

The value is worked out here from the numbers drawn, never by the calculator, so that the two can be compared. A sum
that is a noun begins at that noun ("sum of 3 and 4"): the article before it belongs to the sentence around.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from random import Random

from training.synthetic import values as v
from training.synthetic.phrases import fill
from training.synthetic.words import pool

Numbers = Mapping[str, Fraction]
Meaning = Callable[[Numbers], Fraction]


@dataclass(frozen=True)
class Sum:
    """`kind`: "number" stands where a number could, "noun" takes an article, "order" is a verb phrase. `value` is None
    where only the calculator knows (random symbols, roots that do not come out even)."""

    text: str
    kind: str
    value: Fraction | None


def plain(rng: Random, most: float = 1000) -> str:
    """A number without thousands commas."""
    return v.number_text(rng, most).replace(",", "")


_PERCENTS = pool(
    "1 2 3 4 5 6 7 7.5 8 9 10 12 12.5 15 16 17 18 19 20 21 22 23 24 25 30 33 35 37 40 45 60 75 85 90 110 0.5"
)
_ONES = pool("one two three four five six seven eight nine")
_TEENS = pool("ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen")
_TENS = pool("twenty thirty forty fifty sixty seventy eighty ninety")
_SIGNS = ("$", "€", "£")


def in_words(number: int) -> str:
    """1 to 99, 100 to 900 and 1000 to 9000 in whole hundreds and thousands, in English words. ValueError for others."""
    if 1 <= number <= 99:
        ten, one = divmod(number, 10)
        if ten == 0:
            return _ONES[one - 1]
        return _TEENS[one] if ten == 1 else _TENS[ten - 2] + (f"-{_ONES[one - 1]}" if one else "")
    for scale, word in ((1000, "thousand"), (100, "hundred")):
        count, rest = divmod(number, scale)
        if not rest and 1 <= count <= 9:
            return f"{_ONES[count - 1]} {word}"
    raise ValueError(f"no words for {number}")


def amount(rng: Random) -> tuple[str, Fraction]:
    """A number as it may stand in a sum: with thousands commas, with a currency sign, or plain."""
    kind = rng.random()
    text = v.number_text(rng) if kind < 0.2 else v.money_text(rng) if kind < 0.4 else plain(rng)
    if kind < 0.08:
        text = f"{rng.randint(1, 99)},{rng.randint(0, 999):03d}" + rng.choice(("", "", f".{rng.randint(10, 99)}"))
    return text, Fraction(text.replace(",", ""))


def _numbers(rng: Random) -> tuple[dict[str, str], dict[str, Fraction]]:
    """Texts and values of the slots: a to d amounts (all with the same currency sign, or none), i and j small whole
    numbers, p a percentage, s a square, u a cube, w and y small numbers in words, e an exponent, n below zero."""
    texts: dict[str, str] = {}
    for name in "abcd":
        texts[name] = amount(rng)[0]
    texts |= {"i": str(rng.randint(2, 99)), "j": str(rng.randint(2, 20)), "e": str(rng.randint(2, 6))}
    texts |= {"p": rng.choice(_PERCENTS), "s": str(rng.randint(2, 60) ** 2), "u": str(rng.randint(2, 20) ** 3)}
    texts["n"] = f"-{plain(rng, 200)}"
    found = {name: Fraction(text.replace(",", "")) for name, text in texts.items()}
    if rng.random() < 0.12:
        sign = rng.choice(_SIGNS)
        texts |= {name: sign + texts[name] for name in "abcd"}
    for name in "wy":
        number = rng.choice((rng.randint(2, 20), rng.randint(2, 99), rng.choice((100, 200, 300, 500, 1000, 2000))))
        texts[name], found[name] = in_words(number), Fraction(number)
    return texts, found


_NUMBER: tuple[tuple[str, Meaning], ...] = (
    ("{a} [plus|+|added to] {b}", lambda n: n["a"] + n["b"]),
    ("{a} [minus|-|less|take away] {b}", lambda n: n["a"] - n["b"]),
    ("{a} [times|multiplied by|x|×|*|·] {b}", lambda n: n["a"] * n["b"]),
    ("{a} [divided by|over|÷|/] {i}", lambda n: n["a"] / n["i"]),
    ("{i} [times|multiplied by|x|×] {j}", lambda n: n["i"] * n["j"]),
    ("{p}[%| %| percent| per cent] of {a}", lambda n: n["p"] / 100 * n["a"]),
    ("{p}[%| percent] of {i}", lambda n: n["p"] / 100 * n["i"]),
    ("{p}[%| percent] of {b}", lambda n: n["p"] / 100 * n["b"]),
    ("{a} [plus|+|increased by] {p}[%| percent]", lambda n: n["a"] * (1 + n["p"] / 100)),
    ("{a} [minus|-|less|reduced by|decreased by] {p}[%| percent]", lambda n: n["a"] * (1 - n["p"] / 100)),
    ("{p}% off {a}", lambda n: n["a"] * (1 - n["p"] / 100)),
    ("{i} squared", lambda n: n["i"] ** 2),
    ("{i}²", lambda n: n["i"] ** 2),
    ("{i} cubed", lambda n: n["i"] ** 3),
    ("{i} [to the power of|to the power|raised to the power of|raised to] {e}", lambda n: n["i"] ** int(n["e"])),
    ("{i}[^|**| ^ ]{e}", lambda n: n["i"] ** int(n["e"])),
    ("[half of|half] {a}", lambda n: n["a"] / 2),
    ("quarter of {a}", lambda n: n["a"] / 4),
    ("third of {a}", lambda n: n["a"] / 3),
    ("three quarters of {a}", lambda n: n["a"] * 3 / 4),
    ("two thirds of {a}", lambda n: n["a"] * 2 / 3),
    ("[two|three|four] fifths of {i}", lambda n: n["i"]),
    ("[one fifth|one tenth|one eighth] of {a}", lambda n: n["a"]),
    ("[1/3|2/3|3/4|1/8|2/5|5/6] of {a}", lambda n: n["a"]),
    ("[twice|double|two times] {a}", lambda n: n["a"] * 2),
    ("[triple|three times|thrice] {a}", lambda n: n["a"] * 3),
    ("{w} [plus|+] {y}", lambda n: n["w"] + n["y"]),
    ("{w} [times|multiplied by|x] {y}", lambda n: n["w"] * n["y"]),
    ("{w} minus {y}", lambda n: n["w"] - n["y"]),
    ("{w} divided by {y}", lambda n: n["w"] / n["y"]),
    ("{p} percent of {w}", lambda n: n["p"] / 100 * n["w"]),
    ("half of {w}", lambda n: n["w"] / 2),
    ("{a} + {b} + {c}", lambda n: n["a"] + n["b"] + n["c"]),
    ("{a} plus {b} plus {c}", lambda n: n["a"] + n["b"] + n["c"]),
    ("{a} plus {b} minus {c}", lambda n: n["a"] + n["b"] - n["c"]),
    ("{a} minus {b} minus {c}", lambda n: n["a"] - n["b"] - n["c"]),
    ("{a} times {b} plus {c}", lambda n: n["a"] * n["b"] + n["c"]),
    ("{a} plus {b} times {i}", lambda n: n["a"] + n["b"] * n["i"]),
    ("{a} + {b} + {c} + {d}", lambda n: n["a"] + n["b"] + n["c"] + n["d"]),
    ("({a} + {b}) [*|/|x|times|divided by] {j}", lambda n: n["a"] + n["b"]),
    ("({a} - {b}) [*|times|x] {j}", lambda n: (n["a"] - n["b"]) * n["j"]),
    ("{j} [*|times|x] ({a} [+|plus] {b})", lambda n: n["j"] * (n["a"] + n["b"])),
    ("{a} - ({b} + {c})", lambda n: n["a"] - (n["b"] + n["c"])),
    ("({a} + {b} + {c}) / 3", lambda n: (n["a"] + n["b"] + n["c"]) / 3),
    ("{n} [+|plus] {i}", lambda n: n["n"] + n["i"]),
    ("{n} [*|times|x] {i}", lambda n: n["n"] * n["i"]),
    ("{i} [-|minus] {n}", lambda n: n["i"] - n["n"]),
    ("{n} [*|times] {n}", lambda n: n["n"] * n["n"]),
    ("sqrt({s})", lambda n: Fraction(math.isqrt(int(n["s"])))),
    ("√{s}", lambda n: Fraction(math.isqrt(int(n["s"])))),
    ("{i} mod {j}", lambda n: n["i"] % n["j"]),
    ("{i} dozen", lambda n: n["i"] * 12),
    ("{j} times the sum of {a} and {b}", lambda n: n["j"] * (n["a"] + n["b"])),
    ("half of the sum of {i} and {j}", lambda n: (n["i"] + n["j"]) / 2),
)
_NOUN: tuple[tuple[str, Meaning], ...] = (
    ("[sum|total] of {a} and {b}", lambda n: n["a"] + n["b"]),
    ("[sum|total] of {a}, {b} and {c}", lambda n: n["a"] + n["b"] + n["c"]),
    ("[sum|total] of {a}, {b}, {c} and {d}", lambda n: n["a"] + n["b"] + n["c"] + n["d"]),
    ("[sum|total] of {a} + {b}", lambda n: n["a"] + n["b"]),
    ("sum of {w} and {y}", lambda n: n["w"] + n["y"]),
    ("product of {a} and {b}", lambda n: n["a"] * n["b"]),
    ("product of {i} and {j}", lambda n: n["i"] * n["j"]),
    ("product of {i}, {j} and {e}", lambda n: n["i"] * n["j"] * n["e"]),
    ("product of {w} and {y}", lambda n: n["w"] * n["y"]),
    ("difference [between|of] {a} and {b}", lambda n: n["a"] - n["b"]),
    ("[average|mean] of {a} and {b}", lambda n: (n["a"] + n["b"]) / 2),
    ("[average|mean] of {i}, {j} and {e}", lambda n: (n["i"] + n["j"] + n["e"]) / 3),
    ("[average|mean] of {a}, {b} and {c}", lambda n: (n["a"] + n["b"] + n["c"]) / 3),
    ("[average|mean] of {a}, {b}, {c} and {d}", lambda n: (n["a"] + n["b"] + n["c"] + n["d"]) / 4),
    ("square root of {s}", lambda n: Fraction(math.isqrt(int(n["s"])))),
    ("square root of {s}", lambda n: Fraction(math.isqrt(int(n["s"])))),
    ("cube root of {u}", lambda n: Fraction(round(float(n["u"]) ** (1 / 3)))),
    ("square of {i}", lambda n: n["i"] ** 2),
    ("cube of {j}", lambda n: n["j"] ** 3),
    ("[largest|maximum] of {a}, {b} and {c}", lambda n: max(n["a"], n["b"], n["c"])),
    ("[smallest|minimum] of {a}, {b} and {c}", lambda n: min(n["a"], n["b"], n["c"])),
    ("absolute value of {n}", lambda n: abs(n["n"])),
    ("sum of {a} and {b} [times|divided by] {j}", lambda n: n["a"]),
)
_ORDER: tuple[tuple[str, Meaning], ...] = (
    ("add {a} [and|to] {b}", lambda n: n["a"] + n["b"]),
    ("add {a} and {b}", lambda n: n["a"] + n["b"]),
    ("add {a}, {b} and {c}", lambda n: n["a"] + n["b"] + n["c"]),
    ("add {a}, {b}, {c} and {d}", lambda n: n["a"] + n["b"] + n["c"] + n["d"]),
    ("add {w} and {y}", lambda n: n["w"] + n["y"]),
    ("[sum|total] {a} and {b}", lambda n: n["a"] + n["b"]),
    ("[sum|total] {a}, {b} and {c}", lambda n: n["a"] + n["b"] + n["c"]),
    ("subtract {a} from {b}", lambda n: n["b"] - n["a"]),
    ("subtract {i} from {a}", lambda n: n["a"] - n["i"]),
    ("subtract {w} from {y}", lambda n: n["y"] - n["w"]),
    ("multiply {a} [by|and] {b}", lambda n: n["a"] * n["b"]),
    ("multiply {a} by {j}", lambda n: n["a"] * n["j"]),
    ("multiply {i}, {j} and {e}", lambda n: n["i"] * n["j"] * n["e"]),
    ("multiply {w} by {y}", lambda n: n["w"] * n["y"]),
    ("divide {a} by {i}", lambda n: n["a"] / n["i"]),
    ("divide {a} by {j}", lambda n: n["a"] / n["j"]),
    ("divide {w} by {j}", lambda n: n["w"] / n["j"]),
    ("[double|triple] {a}", lambda n: n["a"]),
    ("square {i}", lambda n: n["i"] ** 2),
    ("cube {j}", lambda n: n["j"] ** 3),
    ("add {n} and {i}", lambda n: n["n"] + n["i"]),
    ("subtract {n} from {i}", lambda n: n["i"] - n["n"]),
)
# Chosen words that change the value: read off the text afterwards. The first that stands in the text counts.
_FACTORS: tuple[tuple[str, Fraction], ...] = (
    ("two fifths", Fraction(2, 5)),
    ("three fifths", Fraction(3, 5)),
    ("four fifths", Fraction(4, 5)),
    ("one fifth", Fraction(1, 5)),
    ("one tenth", Fraction(1, 10)),
    ("one eighth", Fraction(1, 8)),
    ("1/3 of", Fraction(1, 3)),
    ("2/3 of", Fraction(2, 3)),
    ("3/4 of", Fraction(3, 4)),
    ("1/8 of", Fraction(1, 8)),
    ("2/5 of", Fraction(2, 5)),
    ("5/6 of", Fraction(5, 6)),
)


def worded(rng: Random) -> Sum:
    """A sum to be copied as it stands, with what it means."""
    kind = rng.random()
    name, table = ("number", _NUMBER) if kind < 0.5 else ("noun", _NOUN) if kind < 0.75 else ("order", _ORDER)
    template, meaning = rng.choice(table)
    texts, found = _numbers(rng)
    text = fill(rng, template, texts)
    value = meaning(found)
    for words, factor in _FACTORS:
        if text.startswith(words):
            value *= factor
    if template.startswith("[double|triple]"):
        value *= 2 if text.startswith("double") else 3
    if template.startswith("({a} + {b})"):
        by = text.rpartition(")")[2].split()[0]
        value = value / found["j"] if by in ("/", "divided") else value * found["j"]
    if template.startswith("sum of {a} and {b} ["):
        part = found["b"] / found["j"] if " divided " in text else found["b"] * found["j"]
        value += part
    return Sum(text, name, value)


_OPERATORS = ("+", "-", "*", "/")


def symbolic(rng: Random) -> Sum:
    """One to three operators in symbols, brackets now and then, with or without spaces."""
    gap = rng.choice((" ", " ", " ", ""))
    text = plain(rng)
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3))):
        sign, other = rng.choice(_OPERATORS), plain(rng)
        if rng.random() < 0.3 and any(sign in text for sign in _OPERATORS):
            text = f"({text})"
        text = f"{text}{gap}{sign}{gap}{other}" if rng.random() < 0.6 else f"{other}{gap}{sign}{gap}{text}"
    return Sum(text, "number", None)
