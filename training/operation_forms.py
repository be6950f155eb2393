"""One way to write an operation: "Y * X" and "X * Y" are the same sum, and so are "X / Y * Z" and "X * Z / Y".

Letters stand in the order their numbers are said, what is taken away and what is divided by come last. Values are not
changed, and no operation is simplified.
"""

from __future__ import annotations

import ast
import re
from typing import TypeGuard

from router.operations import LETTERS

_PERCENT = re.compile(r"(\w+)%( of )?")
_MARK = "P_"  # before the name of a percentage, which Python's grammar does not know


def canonical(expression: str) -> str:
    """An expression of letters and whole numbers in the form that all its equals have: "Z + Y * X" → "X * Y + Z".

    Raises SyntaxError for what is no such expression."""
    marked = _PERCENT.sub(lambda match: f"{_MARK}{match[1]}" + (" * " if match[2] else ""), expression)
    return _written(ast.parse(marked, mode="eval").body)


def _written(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return f"{node.id.removeprefix(_MARK)}%" if node.id.startswith(_MARK) else node.id
    if isinstance(node, ast.Constant):
        return str(node.value)
    if not isinstance(node, ast.BinOp):
        raise SyntaxError(f"{ast.dump(node)} is no sum")
    if isinstance(node.op, ast.Mult | ast.Div):
        return _product(node)
    sign = "+" if isinstance(node.op, ast.Add) else "-"
    if _is_percent(node.right):  # of what stands before it, all of it
        whole = _written(node.left)
        return f"{_bracketed(node.left) if _is_sum(node.left) else whole} {sign} {_written(node.right)}"
    return _sum(node)


def _sum(node: ast.expr) -> str:
    terms = _terms(node)
    added, taken = (sorted((text for sign, text in terms if sign == which), key=_place) for which in (1, -1))
    return " - ".join([" + ".join(added), *taken])


def _terms(node: ast.expr) -> list[tuple[int, str]]:
    """Each with its sign."""
    if not _is_sum(node):
        return [(1, _written(node))]
    if _is_percent(node.right):
        return [(1, _bracketed(node))]
    sign = 1 if isinstance(node.op, ast.Add) else -1
    return _terms(node.left) + [(sign * each, text) for each, text in _terms(node.right)]


def _product(node: ast.expr) -> str:
    factors = _factors(node)
    percents = [text for text in factors[1] if text.endswith("%")]
    over = sorted((text for text in factors[1] if not text.endswith("%")), key=_place)
    written = " / ".join([" * ".join(over), *sorted(factors[-1], key=_place)])
    if percents and len(over) + len(factors[-1]) > 1:
        written = f"({written})"
    return " of ".join([*percents, written])


def _factors(node: ast.expr) -> dict[int, list[str]]:
    """What is multiplied, under 1, and what is divided by, under -1."""
    if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div)):
        return {1: [_bracketed(node) if _is_sum(node) else _written(node)], -1: []}
    left, right = _factors(node.left), _factors(node.right)
    way = 1 if isinstance(node.op, ast.Mult) else -1
    return {1: left[1] + right[way], -1: left[-1] + right[-way]}


def _is_sum(node: ast.expr) -> TypeGuard[ast.BinOp]:
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub)


def _is_percent(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id.startswith(_MARK)


def _bracketed(node: ast.expr) -> str:
    return f"({_written(node)})"


def _place(text: str) -> tuple[int, str]:
    """Where the first number of the text is said; what is not said comes last."""
    said = [LETTERS.index(letter) for letter in text if letter in LETTERS]
    return min(said, default=len(LETTERS)), text
