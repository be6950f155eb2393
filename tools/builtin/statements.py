"""A question that was read, as one statement of SQL. It only ever selects.

What is wanted and what each linked word does are given; where the two do not fit together, there is no statement.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from router.questions import BEYOND, CONDITION, GROUP, LIMIT, NO_ROLE, ORDER, TARGET, UNSURE, Reading
from tools.builtin.conditions import conditions
from tools.builtin.question_words import name_words
from tools.builtin.schema_words import Linked
from tools.builtin.tables import Column, Table, quoted

# What the act leaves open, said by words that mean the same in any question.
_DIFFERENT = r"different|distinct|unique|various|duplicates?|once"
_WHOLE = r"rows?|records?|entry|entries|everything|whole|full|complete|contents?|data|details?|columns|know"
_OFTEN = r"(?:most|least) (?:common|frequent|often|popular|frequently|usual)|commonest|usually|rarest"
_DOWNWARDS = (
    r"desc(?:ending)?|downwards?|backwards|reversed?|high(?:est)? to low(?:est)?|latest to earliest|z to a"
    r"|(?:highest|largest|latest|biggest|newest|most)(?: \w+)? first"
)
_TITLES = ("name", "title", "label")
_EACH = re.compile(r"(?i)\b(?:per|each|every)\s+(?:the\s+)?$")
_ROLES = {
    "column": (TARGET, CONDITION, ORDER, GROUP, NO_ROLE),
    "value": (CONDITION, NO_ROLE),
    "number": (CONDITION, LIMIT, NO_ROLE),
}
_ALL_TABLES = (
    "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%' ORDER BY name"
)


class Parts:
    """The linked words by what they do: columns by name, each once, in the order they are said."""

    def __init__(self, linked: Linked, roles: Sequence[str]) -> None:
        self.table = linked.table
        self._said = list(zip(linked.asked, roles, strict=True))
        self.limits = [link.value for link, role in self._said if role == LIMIT]
        self.where = conditions(linked, roles)
        self._sentence = linked.sentence

    def columns(self, role: str) -> list[Column]:
        named = (link.column for link, does in self._said if does == role and link.column is not None)
        return list(dict.fromkeys(named))

    def says(self, words: str) -> bool:
        return re.search(rf"(?i)\b(?:{words})\b", self._sentence) is not None

    @property
    def how_many(self) -> bool:
        return self.says("how many")

    @property
    def fit(self) -> bool:
        """Whether every word does what one of its kind can do."""
        known = all(role in _ROLES[link.kind] for link, role in self._said)
        return known and self.where is not None and len(self.limits) < 2 and BEYOND not in [r for _, r in self._said]

    def select(self, what: str, *, order: str = "", limit: str = "", group: str = "", also: str = "") -> str:
        where = " AND ".join(part for part in (self.where, also) if part)
        return " ".join([
            f"SELECT {what} FROM {quoted(self.table.name)}",
            *([f"WHERE {where}"] if where else []),
            *([f"GROUP BY {group}"] if group else []),
            *([f"ORDER BY {order}"] if order else []),
            *([f"LIMIT {limit}"] if limit else []),
        ])  # fmt: skip


def statement(linked: Linked, reading: Reading) -> str | None:
    """None where the reading and the words do not fit together."""
    if reading.act == "tables":
        return _ALL_TABLES
    parts = Parts(linked, _evident(linked, reading))
    if not parts.fit or not linked.settled or reading.act not in _ACTS:
        return None
    return _ACTS[reading.act](parts, reading.act)


def _evident(linked: Linked, reading: Reading) -> list[str]:
    """The roles, but for those that the words beside a column or its cells leave no doubt of."""
    roles = list(reading.roles)
    for at, link in enumerate(linked.asked):
        if link.kind != "column" or link.column is None:
            continue
        if _EACH.search(linked.sentence[: link.start]):
            roles[at] = GROUP
        beside = [other.column for other in linked.asked[max(0, at - 1) : at + 2] if other.kind == "value"]
        unsure = (GROUP, ORDER, LIMIT, NO_ROLE, BEYOND, UNSURE)
        if (roles[at] in unsure and link.column in beside) or (link.column.flags and reading.act == "count"):
            roles[at] = CONDITION
    if roles.count(UNSURE) == 1 and TARGET not in roles and reading.act != "count":
        roles[roles.index(UNSURE)] = TARGET  # something must be wanted
    return roles


def _columns(parts: Parts, act: str) -> str:
    """How the table was made says what its columns are called and what they hold."""
    name = parts.table.name.replace("'", "''")
    return f"SELECT sql FROM sqlite_master WHERE name = '{name}'"


def _count(parts: Parts, act: str) -> str | None:
    groups, targets = parts.columns(GROUP), parts.columns(TARGET)
    if parts.limits or parts.columns(ORDER) or len(groups) > 1 or len(targets) > 1:
        return None
    if groups:
        return _grouped(parts, groups[0], "COUNT(*)")
    if not targets:
        return parts.select("COUNT(*)")
    if _is_measure(targets[0]) and not parts.says(_DIFFERENT):
        return parts.select(f"SUM({quoted(targets[0].name)})") if parts.how_many else None
    return parts.select(f"COUNT(DISTINCT {quoted(targets[0].name)})")


def _function(parts: Parts, act: str) -> str | None:
    """A sum or mean; of how many there are of what is no number, the number of different ones."""
    targets = parts.columns(TARGET) or parts.columns(ORDER) or _measures(parts.table)
    if len(targets) != 1 or parts.limits or len(parts.columns(GROUP)) > 1:
        return None
    if not targets[0].numeric:
        return parts.select(f"COUNT(DISTINCT {quoted(targets[0].name)})") if act == "sum" and parts.how_many else None
    return _valued(parts, f"{'SUM' if act == 'sum' else 'AVG'}({quoted(targets[0].name)})")


def _valued(parts: Parts, value: str) -> str:
    groups = parts.columns(GROUP)
    return _grouped(parts, groups[0], value) if groups else parts.select(value)


def _grouped(parts: Parts, group: Column, value: str) -> str:
    name = quoted(group.name)
    return parts.select(f"{name}, {value}", group=name)


def _list(parts: Parts, act: str) -> str | None:
    if parts.columns(ORDER) or parts.columns(GROUP):
        return None
    targets = parts.columns(TARGET)
    distinct = "DISTINCT " if targets and parts.says(_DIFFERENT) else ""
    shown = "*" if not targets and parts.says(_WHOLE) else _shown(parts.table, targets)
    return parts.select(distinct + shown, limit="".join(parts.limits))


def _extreme(parts: Parts, act: str) -> str | None:
    """The most or least there is of something, or what has it; of what is no amount, what there is most often."""
    orders, targets, groups = parts.columns(ORDER), parts.columns(TARGET), parts.columns(GROUP)
    often = parts.says(_OFTEN) or (
        bool(targets) and not any(each.numeric or each.dated for each in [*targets, *orders])
    )
    if often and len(targets + orders) == 1 and not groups:
        return _commonest(parts, (targets + orders)[0], act)
    if not orders and len(targets) == 1 and len(groups) < 2 and not parts.limits and not parts.says("who|whose"):
        return _valued(parts, f"{'MAX' if act == 'most' else 'MIN'}({quoted(targets[0].name)})")
    if not orders and len(targets) == 1:
        orders, targets = targets, []
    if len(orders) != 1 or groups:
        return None
    name, limit = quoted(orders[0].name), "".join(parts.limits) or "1"
    if act == "most":
        return parts.select(_shown(parts.table, targets), order=f"{name} DESC", limit=limit)
    return parts.select(_shown(parts.table, targets), order=name, limit=limit, also=f"{name} IS NOT NULL")


def _sorted(parts: Parts, act: str) -> str | None:
    orders, targets = parts.columns(ORDER), parts.columns(TARGET)
    if not orders and len(targets) == 1:
        orders = targets
    if len(orders) != 1 or parts.columns(GROUP):
        return None
    shown = _shown(parts.table, [*targets, *(each for each in orders if targets and each not in targets)])
    way = " DESC" if parts.says(_DOWNWARDS) else ""
    return parts.select(shown, order=quoted(orders[0].name) + way, limit="".join(parts.limits))


def _commonest(parts: Parts, column: Column, act: str) -> str:
    name = quoted(column.name)
    way = "DESC" if act == "most" else "ASC"
    return parts.select(name, group=name, order=f"COUNT(*) {way}", limit="".join(parts.limits) or "1")


def _shown(table: Table, targets: Sequence[Column]) -> str:
    """The columns that were named, else the one that names a row, else all."""
    title = None if targets else _title(table)
    return ", ".join(quoted(column.name) for column in targets or ([title] if title else [])) or "*"


def _title(table: Table) -> Column | None:
    """The column that says what a row is called."""
    titles = [*((each,) for each in _TITLES), name_words(table.name)]
    named = (column for title in titles for column in table.columns if name_words(column.name) == title)
    return next(named, next((column for column in table.columns if column.names and not column.dated), None))


def _measures(table: Table) -> list[Column]:
    return [column for column in table.columns if _is_measure(column)]


def _is_measure(column: Column) -> bool:
    """Whether its numbers are amounts: neither numbers of a row nor yes and no."""
    return column.numeric and not column.flags and name_words(column.name)[-1:] not in (("id",), ("no",), ("nr",))


_ACTS: dict[str, Callable[[Parts, str], str | None]] = {
    "columns": _columns,
    "count": _count,
    **dict.fromkeys(("sum", "average"), _function),
    "list": _list,
    **dict.fromkeys(("most", "least"), _extreme),
    "sorted": _sorted,
}
