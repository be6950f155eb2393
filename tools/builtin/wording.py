"""The words and signs of arithmetic: tables of what counts as a number, and a text → the parser's tokens.

Only what the tables name is read; a word they do not know stays a word, for the parser to complain of.
"""

from __future__ import annotations

import re
from fractions import Fraction

from tools.builtin.exact import Incalculable


class Unreadable(Incalculable):
    """The text is no arithmetic this room knows. The message says how far it was read."""


# fmt: off
_ONES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
         "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
# fmt: on
NUMBERS = (
    {word: value for value, word in enumerate(_ONES)}
    | {word: 10 * value for value, word in enumerate(_TENS, 2)}
    | {f"{ten}-{one}": 10 * t + o for t, ten in enumerate(_TENS, 2) for o, one in enumerate(_ONES[1:10], 1)}
)
SCALES = {"hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12, "dozen": 12}
PARTS = {"half": 2, "halves": 2, "third": 3, "quarter": 4, "fourth": 4} | {
    f"{stem}th": value for value, stem in enumerate(["fif", "six", "seven", "eigh", "nin", "ten"], 5)
}
PARTS |= {f"{word}s": value for word, value in PARTS.items() if word not in ("half", "halves")}
MULTIPLES = {"twice": 2, "double": 2, "triple": 3, "thrice": 3}
CONSTANTS = {"pi": Fraction("3.14159265358979323846264338327950288419716939937510582097494459")}

# Phrases → the symbol or word the parser knows. Longer phrases come first, so that "to the power of" is not "to".
_PHRASES = [
    (r"(?:raised )?to (?:the )?power(?: of)?|raised to", "^"),
    (r"square root|sqrt", "root2"),
    (r"cube root|cbrt", "root3"),
    (r"absolute value|abs", "abs"),
    (r"multiplied by|times", "*"),
    (r"divided by|over", "/"),
    (r"plus|added to|increased by", "+"),
    (r"minus|less|take away|decreased by|reduced by", "-"),
    (r"modulo|modulus", "mod"),
    (r"per cent|percent|percentage", "%"),
    (r"average|mean", "mean"),
    (r"largest|maximum", "max"),
    (r"smallest|minimum", "min"),
    (r"difference between|difference of", "difference"),
]
_WORDED = [(re.compile(rf"\b(?:{phrase})\b".replace(" ", r"\s+")), f" {symbol} ") for phrase, symbol in _PHRASES]
_SYMBOLS = str.maketrans({"×": "*", "·": "*", "÷": "/", "−": "-", "–": "-", "∙": "*", "π": " pi ", "√": " root2 "})
_POWERS = {"²": "^2", "³": "^3", "½": "(1/2)", "¼": "(1/4)", "¾": "(3/4)", "**": "^"}
# Words and signs that frame a sum without changing it.
_FRAME = re.compile(
    r"\b(?:what(?:'s| is| are)?|how much(?: is| are)?|calculate|compute|work out|please|the|a|an|dollars?|euros?)\b"
    r"|\bequals?\b|[?=$€£]|\.$"
)
_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d|,\d)|\d+(?:\.\d*)?(?:e[+-]?\d{1,3})?|\.\d+)"
    r"|(?P<word>[a-z]+(?:-[a-z]+)*[23]?)|(?P<sign>[-+*/^%(),!]))"
)


def tokens(text: str) -> list[str]:
    """The text as symbols, numbers and the few words of the grammar."""
    text = text.lower().translate(_SYMBOLS)
    for symbol, plain in _POWERS.items():
        text = text.replace(symbol, plain)
    text = _FRAME.sub(" ", text.strip())
    for pattern, symbol in _WORDED:
        text = pattern.sub(symbol, text)
    found: list[str] = []
    position, end = 0, len(text.rstrip())
    while position < end:
        match = _TOKEN.match(text, position)
        if match is None:
            raise Unreadable(f"I cannot read {text[position:].split()[0][:20]!r}")
        found.append(match[0].strip())
        position = match.end()
    return found
