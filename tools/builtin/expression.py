"""Arithmetic in symbols or plain English → an exact fraction. A tokenizer and a recursive-descent parser; no eval.

Reads `+ - * / ^ %`, brackets, and the English of them: "12 times 7", "15% of 240", "half of 90", "twenty-five minus 4",
"the sum of 3, 4 and 5", "square root of 81", "divide 10 by 4". Precedence, loosest first: plus and minus; times,
divided by and "of"; sign; powers; "percent" and "squared". Two readings are a matter of choice:

- "1,250" is one number (a comma before exactly three digits); any other comma separates the items of a list.
- A percentage that is added or subtracted is one of what stands before it: "200 + 10%" is 220, as on a pocket
  calculator. Everywhere else "10%" is 0.1.

Work is bounded: text length, nesting, and the size of every intermediate number.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction

from tools.builtin.exact import Incalculable, bounded, power, root, times
from tools.builtin.wording import CONSTANTS, MULTIPLES, NUMBERS, PARTS, SCALES, Unreadable, tokens

_MAX_TEXT = 500
_MAX_DEPTH = 40


def evaluate(text: str) -> Fraction:
    """The exact value; roots and broken powers to 60 digits. Errors: `Unreadable`, `Incalculable`."""
    if len(text) > _MAX_TEXT:
        raise Unreadable(f"the expression is longer than {_MAX_TEXT} characters")
    parser = _Parser(tokens(text))
    value = parser.sum()
    if parser.rest():
        raise parser.expected("an operator")
    return value


class _Parser:
    """One method per level of precedence; each consumes its tokens and returns the value."""

    def __init__(self, found: Sequence[str]) -> None:
        self._tokens = found
        self._at = 0
        self._depth = 0

    def rest(self) -> Sequence[str]:
        return self._tokens[self._at :]

    def expected(self, what: str) -> Unreadable:
        read = " ".join(self._tokens[: self._at]) or "nothing"
        found = repr(self._peek()[:20]) if self._peek() else "the end"
        return Unreadable(f"I read {read!r} and expected {what}, but found {found}")

    def sum(self) -> Fraction:
        value = self._product()
        while sign := self._take("+", "-", "off"):
            if sign == "off":
                raise Unreadable("'off' needs a percentage before it, such as 20% off 50")
            term = self._term(value)
            value = bounded(value + term if sign == "+" else value - term)
        return value

    def _term(self, before: Fraction) -> Fraction:
        """What is added to or taken from `before`; a bare percentage is a part of it."""
        start = self._at
        term = self._product()
        return before * term if self._at - start == 2 and self._tokens[start + 1] == "%" else term

    def _product(self) -> Fraction:
        value = self._signed()
        while True:
            if self._tokens[self._at - 1 : self._at] == ["%"] and self._take("off"):
                value = bounded((1 - value) * self._signed())
            elif sign := self._take("*", "x", "of", "/", "mod"):
                value = bounded(times(sign, value, self._signed()))
            elif self._peek() == "(":
                value = bounded(value * self._signed())
            else:
                return value

    def _signed(self) -> Fraction:
        if sign := self._take("-", "+"):
            value = self._nested(self._signed)
            return -value if sign == "-" else value
        return self._power()

    def _power(self) -> Fraction:
        base = self._postfixed()
        if self._take("^"):
            return power(base, self._nested(self._signed))
        return base

    def _postfixed(self) -> Fraction:
        value = self._atom()
        while sign := self._take("%", "squared", "cubed", *SCALES, *PARTS):
            value = bounded(_postfix(sign, value))
        return value

    def _atom(self) -> Fraction:
        token = self._peek()
        if token[:1].isdigit() or token[:1] == ".":
            return _number(self._next())
        if token in NUMBERS:
            return self._number_words()
        if token in CONSTANTS:
            return CONSTANTS[self._next()]
        if token in PARTS or token in SCALES:
            return self._word_alone()
        if token in MULTIPLES:
            self._next()
            self._take("of")
            return MULTIPLES[token] * self._nested(self._postfixed)
        if token == "(":
            return self._bracketed()
        return self._nested(self._named)

    def _number_words(self) -> Fraction:
        """'twenty five', 'three hundred', 'two thousand fifty': tens and ones add up, scales multiply."""
        total, group = 0, 0
        while (word := self._peek()) in NUMBERS or word in SCALES:
            self._next()
            if word in NUMBERS:
                group += NUMBERS[word]
            elif word in ("hundred", "dozen"):
                group = max(group, 1) * SCALES[word]
            else:
                total, group = total + max(group, 1) * SCALES[word], 0
        return Fraction(total + group)

    def _word_alone(self) -> Fraction:
        """'half of 90', 'half 90', 'quarter of 80', 'dozen'."""
        word = self._next()
        value = Fraction(SCALES[word]) if word in SCALES else Fraction(1, PARTS[word])
        follows = self._peek()[:1].isdigit() or self._peek() in NUMBERS
        return value * self._nested(self._postfixed) if follows else value

    def _bracketed(self) -> Fraction:
        self._next()
        value = self._nested(self.sum)
        if not self._take(")"):
            raise self.expected("a closing bracket")
        return value

    def _named(self) -> Fraction:
        """Functions of one value, of a list, and sums told as orders ('subtract 3 from 10')."""
        name = self._peek()
        if name in _ONE:
            self._next()
            self._take("of")
            return bounded(_ONE[name](self._argument()))
        if name in _MANY:
            self._next()
            self._take("of")
            return bounded(_MANY[name](self._items()))
        if name in _ORDERS:
            return self._order()
        raise self.expected("a number")

    def _argument(self) -> Fraction:
        """One value with its sign, no more: the root of 81 in 'square root of 81 plus 19'."""
        return -self._nested(self._argument) if self._take("-") else self._nested(self._postfixed)

    def _items(self) -> list[Fraction]:
        """'3, 4 and 5' or '(3, 4, 5)'; an item may be a product."""
        bracket = self._take("(")
        items = [self._nested(self.sum if bracket else self._product)]
        while self._separator():
            items.append(self._nested(self.sum if bracket else self._product))
        if bracket and not self._take(")"):
            raise self.expected("a closing bracket")
        return items

    def _separator(self) -> str:
        return (self._take(",") and (self._take("and") or ",")) or self._take("and")

    def _order(self) -> Fraction:
        verb = self._next()
        first = self._product()
        words, combine = _ORDERS[verb]
        value = first
        joined = self._take(*words) or self._separator()
        if not joined:
            raise self.expected(f"'{words[0]}'")
        while joined:
            value = bounded(combine(value, self._product()))
            joined = self._take(*words) or self._separator()
        return value

    def _nested(self, rule: Callable[[], Fraction]) -> Fraction:
        if self._depth >= _MAX_DEPTH:
            raise Unreadable("the expression is nested too deeply")
        self._depth += 1
        value = rule()
        self._depth -= 1
        return value

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _next(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1]

    def _take(self, *wanted: str) -> str:
        return self._next() if self._peek() and self._peek() in wanted else ""


def _number(token: str) -> Fraction:
    return bounded(Fraction(token.replace(",", "")))


def _postfix(sign: str, value: Fraction) -> Fraction:
    if sign in SCALES:
        return value * SCALES[sign]
    if sign in PARTS:
        return value / PARTS[sign]
    return value / 100 if sign == "%" else value ** (2 if sign == "squared" else 3)


def _spread(items: list[Fraction]) -> Fraction:
    if len(items) != 2:
        raise Incalculable("a difference is between two numbers")
    return items[0] - items[1]


_ONE: dict[str, Callable[[Fraction], Fraction]] = {
    "root2": lambda value: root(value, 2),
    "root3": lambda value: root(value, 3),
    "abs": abs,
    "round": lambda value: Fraction(math.floor(value + Fraction(1, 2))),  # halves up, as people round
    "floor": lambda value: Fraction(math.floor(value)),
    "ceil": lambda value: Fraction(math.ceil(value)),
    "square": lambda value: value**2,
    "cube": lambda value: value**3,
}
_MANY: dict[str, Callable[[list[Fraction]], Fraction]] = {
    "sum": lambda items: sum(items, Fraction(0)),
    "total": lambda items: sum(items, Fraction(0)),
    "product": lambda items: math.prod(items, start=Fraction(1)),
    "mean": lambda items: sum(items, Fraction(0)) / len(items),
    "difference": _spread,
    "max": max,
    "min": min,
}
_ORDERS: dict[str, tuple[tuple[str, ...], Callable[[Fraction, Fraction], Fraction]]] = {
    "add": (("to", "+"), lambda first, second: first + second),
    "subtract": (("from",), lambda first, second: second - first),
    "multiply": (("by",), lambda first, second: first * second),
    "divide": (("by",), lambda first, second: times("/", first, second)),
}
