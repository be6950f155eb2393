"""The restrictions of a question as conditions of SQL: which column a value is compared with, and how.

The words before and after a value say how ("over", "at least", "before", "or more"). What cannot be paired with a
column is no condition, and then there is none at all: a statement that forgot one would answer another question.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from router.questions import CONDITION, TARGET
from tools.builtin.schema_words import Link, Linked
from tools.builtin.tables import Column, quoted

# The first that the words before a value match. "|" stands where the value is.
_COMPARISONS = (
    (r"\b(?:no|not) (?:more|later|higher|bigger|larger|greater|longer|older|heavier) than\W*$|\bat most\W*$|\bup to\W*$"
     r"|<=\W*$|\b(?:not|isn't|is not) (?:over|above|after)\W*$|\bmaximum of\W*$|\buntil\W*$|≤\W*$", "<="),
    (r"\b(?:no|not) (?:less|fewer|earlier|lower|smaller|shorter|younger) than\W*$|\bat least\W*$|>=\W*$|\bsince\W*$"
     r"|\b(?:not|isn't|is not) (?:under|below|before)\W*$|\bminimum of\W*$|≥\W*$|\bstarting (?:on|at)\W*$",
     ">="),
    (r"\b(?:not|isn't|other than|different from|except(?: for)?|apart from|unlike|excluding|but|never)"
     r"(?: (?:in|from|the|a|for|to|of|equal|called|named))*\W*$|!=\W*$|<>\W*$|≠\W*$", "!="),
    (r"\b(?:under|below|before|beneath|less than|fewer than"
     r"|(?:low|earli|cheap|small|young|short|light)er than)\W*(?:the|a|an)?\W*$|<\W*$", "<"),
    (r"\b(?:over|above|after|beyond|exceed\w*|past|more than|\w+er than|later than)\W*(?:the|a|an)?\W*$|>\W*$", ">"),
    (r"\b(?:starts?|begin(?:s|ning)?|starting) with\W*$", "|%"),
    (r"\b(?:ends?|ending) (?:with|in|on)\W*$", "%|"),
    (r"\b(?:contain(?:s|ing)?|includ(?:es?|ing)|mention(?:s|ing)?)\W*$", "%|%"),
)  # fmt: skip
_AFTERWARDS = (
    (r"^\W*(?:or|and) (?:more|above|over|higher|later|older|longer|up|onwards?|upwards?)\b", ">="),
    (r"^\W*(?:onwards?|upwards?)\b", ">="),
    (r"^\W*(?:or|and) (?:less|fewer|below|under|lower|earlier|younger|shorter)\b", "<="),
)
_DENIED = re.compile(r"\b(?:not|except|without|excluding|other than)(?: (?:of|with|in|from|the|a|those|for))*\s*$")
_YEAR = re.compile(r"(?:19|20)\d\d")
_WORDS_BEFORE = 6


def conditions(linked: Linked, roles: Sequence[str]) -> str | None:
    """What follows WHERE; empty where nothing restricts, None where something does and cannot be written."""
    asked = [link for link, role in zip(linked.asked, roles, strict=True) if role == CONDITION]
    columns = [link for link in asked if link.kind == "column"]
    free = list(columns)
    wanted = [link.column for link, role in zip(linked.asked, roles, strict=True) if role == TARGET]
    found: list[tuple[Column, str, str]] = []
    for link in asked:
        if link.kind == "column":
            continue
        column = _column(linked, link, columns, free)
        if column is None:
            return None
        operator, literal = _comparison(linked, link), _literal(link.value, column)
        operator = operator if _ordered(column) or operator in ("=", "!=") or "|" in operator else "="
        between = bool(found) and found[-1][1] == "between" and found[-1][0] == column
        if not literal:
            return None
        found.append((column, "and" if between else operator, literal))
    for link in free:
        if _of(link) in wanted:  # "which city does she live in" says it twice
            continue
        said = _alone(linked, link)
        if said is None:
            return None
        found.append((_of(link), said, ""))
    return _joined(
        found, re.search(r"(?i)\bor\b(?! (?:more|less|fewer|over|above|under|below|\w+er\b))", _span(linked, asked))
    )


def _of(link: Link) -> Column:
    assert link.column is not None
    return link.column


def _ordered(column: Column) -> bool:
    return column.numeric or column.dated


def _column(linked: Linked, link: Link, columns: Sequence[Link], free: list[Link]) -> Column | None:
    """The column a value or a number is compared with: its own, the one said before it, after it, or the only one."""
    before = next((each for each in reversed(columns) if each.start < link.start), None)
    after = next((each for each in columns if each.start > link.start), None)
    chosen = next((each for each in (before, after) if each is not None and each in free), before)
    if link.column is not None:
        own = next((each for each in (before, after) if each is not None and each.column == link.column), None)
        if own in free and own is not None:
            free.remove(own)
        return link.column
    if chosen is None:
        return _only(linked, link)
    if chosen in free:
        free.remove(chosen)
    return chosen.column


def _only(linked: Linked, link: Link) -> Column | None:
    """The one column that can be meant where none is named."""
    if link.kind == "value":
        return None
    dated = [column for column in linked.table.columns if column.dated]
    years = [column for column in linked.table.columns if column.years]
    if "-" in link.value.lstrip("-") or (_YEAR.fullmatch(link.value) and (dated or years)):
        meant = dated or ([] if "-" in link.value else years)
        return meant[0] if len(meant) == 1 else None
    numeric = [column for column in linked.table.columns if column.numeric and not column.flags]
    measures = [column for column in numeric if not re.search(r"(?i)(?:^|_)(?:id|no|nr|year)$", column.name)]
    return measures[0] if len(measures) == 1 else None


def _comparison(linked: Linked, link: Link) -> str:
    """An operator, "between", or a pattern with "|" where the value goes."""
    earlier = max((each.end for each in linked.links if each.end <= link.start), default=0)
    later = min((each.start for each in linked.links if each.start >= link.end), default=len(linked.sentence))
    before = " ".join(linked.sentence[earlier : link.start].casefold().split()[-_WORDS_BEFORE:]) + " "
    after = linked.sentence[link.end : later].casefold()
    if re.search(r"\bbetween\W*$", before):
        return "between"
    for pattern, operator in _AFTERWARDS:
        if re.search(pattern, after):
            return operator
    found = next((operator for pattern, operator in _COMPARISONS if re.search(pattern, before)), "=")
    return "!=" if found == "=" and _denied_before(linked, earlier) else found


def _denied_before(linked: Linked, end: int) -> bool:
    """Whether the column that ends there was denied: "not of breed" before a value."""
    column = next((each for each in linked.asked if each.end == end and each.kind == "column"), None)
    return column is not None and _DENIED.search(linked.sentence[: column.start].casefold()) is not None


def _literal(value: str, column: Column) -> str:
    """As SQL writes it; empty where the column can hold no such thing."""
    if column.numeric:
        return value if re.fullmatch(r"-?\d+(\.\d+)?", value) else ""
    return "'" + value.replace("'", "''") + "'"


def _alone(linked: Linked, link: Link) -> str | None:
    """What a column says without a value: that it is so, where it holds nothing but 0 and 1, or that it is empty."""
    before = linked.sentence[: link.start].casefold()
    denied = re.search(r"\b(?:not|without|no|lack\w*|aren't|isn't|missing)(?: (?:an?|any|the|yet))*\s*$", before)
    if _of(link).flags:
        return "= 0" if denied else "= 1"
    return "IS NULL" if denied else None


def _joined(found: Sequence[tuple[Column, str, str]], either: re.Match[str] | None) -> str | None:
    parts: list[str] = []
    equal: dict[str, list[str]] = {}
    for at, (column, operator, literal) in enumerate(found):
        if operator == "and":
            parts[-1] += f" AND {literal}"
        elif operator == "between":
            if at + 1 == len(found) or found[at + 1][1] != "and":
                return None
            parts.append(f"{quoted(column.name)} BETWEEN {literal}")
        elif operator == "=" and not column.dated:
            equal.setdefault(column.name, []).append(literal)
        else:
            parts.append(_part(column, operator, literal))
    for name, literals in equal.items():
        several = f"IN ({', '.join(dict.fromkeys(literals))})"
        parts.append(f"{quoted(name)} {several if len(set(literals)) > 1 else f'= {literals[0]}'}")
    return (" OR " if either and len(equal) != 1 else " AND ").join(parts)


def _part(column: Column, operator: str, literal: str) -> str:
    name = quoted(column.name)
    if "|" in operator:
        return f"{name} LIKE '{operator.replace('|', literal.strip(chr(39)))}'"
    if column.dated and literal:
        return f"{name} {_dated(operator, literal[1:-1])}"
    return f"{name} {operator} {literal}".rstrip()


def _dated(operator: str, day: str) -> str:
    """A comparison of text that begins with a date; a year or a day stands for all of it."""
    if operator == "=":
        return f"LIKE '{day}%'"
    if operator in (">", "<="):  # after all of it, or up to its end
        return f"{operator} '{day}~'"  # "~" sorts after whatever may follow
    return f"NOT LIKE '{day}%'" if operator == "!=" else f"{operator} '{day}'"


def _span(linked: Linked, asked: Sequence[Link]) -> str:
    """The text between the first and the last value: an "or" elsewhere joins nothing."""
    values = [link for link in asked if link.kind != "column"]
    return linked.sentence[values[0].end : values[-1].start] if len(values) > 1 else ""
