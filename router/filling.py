"""A tool's parameters narrowed to what the pointer reads for them: words to the parameter they are said for, each once.

For a small base. What is surely said becomes a parameter's enumeration, what may be left out and is not spoken of is
left out, and what is required and not surely said stays open to the base. Which words are likely is `router.pointer`'s;
that what comes out satisfies the tool's schema, the contract's.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, pairwise
from typing import Any

from router.codes import coded
from router.errors import SchemaRefused
from router.grounding import numbers_in
from router.moments import shape_told, shaped
from router.pointer import Found, Pointed
from router.schema import normalise
from router.slots import LONGEST_TEXT, SCALARS
from router.validation import findings

Schema = Mapping[str, Any]
Option = tuple[Found, Any]

CANDIDATES = 5  # runs of words of one parameter that are weighed against the others'
UNSAID = -6.0  # score below which words are not taken for a parameter that must be given
UNSURE = 2.0  # nats below nought within which words are offered to the base, which may leave them out
_LEAST = 1e-9  # probability
LONGEST_LIST = 1000  # characters of an array that is written out
MOST_TRIED = 5000  # partial choices
_PERCENT = re.compile(r"\s*(?:%|percent\b|per cent\b|pct\b)", re.IGNORECASE)
_UP_TO_ONE = re.compile(r"\b0(?:\.0)? (?:to|and) 1(?:\.0)?\b")
_SHARE = re.compile(r"\b(?:rate|probability|fraction|decimal|proportion|ratio)\b", re.IGNORECASE)
_IN_PERCENT = re.compile(r"percent|per cent|%", re.IGNORECASE)
_LISTING = re.compile(r"[\s,;]*(?:\b(?:and|or)\b)?[\s,;]*", re.IGNORECASE)
_BRACKET = re.compile(r"[\[(]")
_SIDE_BY_SIDE = re.compile(r"\s?(?:%|percent)?(?:\s*[,;]\s*(?:and\s+)?|\s+and\s+)[-$€£]?", re.IGNORECASE)
_SCALE = re.compile(r"\s*-?(k|thousand|million|billion|trillion)\b", re.IGNORECASE)
_SCALES = {"k": 3, "thousand": 3, "million": 6, "billion": 9, "trillion": 12}


def filled(parameters: Schema, pointed: Mapping[str, Pointed], turns: Sequence[str]) -> dict[str, Any]:
    """A tool's `parameters` (its JSON Schema), narrowed by what is `pointed` to in the `turns`; parameters that it does
    not name stay as they are."""
    return _Filling(parameters, pointed, turns).narrowed()


def is_told(parameters: Schema, pointed: Mapping[str, Pointed], turns: Sequence[str]) -> bool:
    """Whether words of the `turns` likely fill all that must be given, and there is such a thing."""
    filling = _Filling(parameters, pointed, turns)
    return bool(filling.required) and all(
        name in filling.literals or (name in pointed and filling.score(name) > -UNSURE and filling.values(name))
        for name in filling.required
    )


@dataclass(frozen=True)
class _Filling:
    parameters: Schema
    pointed: Mapping[str, Pointed]
    turns: Sequence[str]

    @cached_property
    def fields(self) -> Mapping[str, Schema]:
        found: Mapping[str, Schema] = self.parameters.get("properties", {})
        return found

    @cached_property
    def required(self) -> frozenset[str]:
        return frozenset(self.parameters.get("required", ()))

    @cached_property
    def literals(self) -> dict[str, list[Any]]:
        """What the newest turn writes out in brackets, by parameter."""
        return _literals(self.fields, self.turns[0] if self.turns else "")

    def narrowed(self) -> dict[str, Any]:
        narrow: dict[str, Any] = {}
        said = list(self.parameters.get("required", ()))
        for name, field in self.fields.items():
            values = self.literals.get(name) or self.values(name)
            if values:
                narrow[name] = {**_open(field), "enum": values}
                said += [name] if name not in said and (name in self.literals or self._is_sure(name)) else []
            elif name in self.required or self.score(name) > 0:
                narrow[name] = field
        return {**self.parameters, "properties": narrow, **({"required": said} if said else {})}

    def score(self, name: str) -> float:
        """How surely something is said of a parameter, in nats; without bound for one that nothing was read of."""
        read = self.pointed.get(name)
        if read is None:
            return math.inf
        if read.slot.kind == "flag":
            return math.log(max(*read.flag[1:], _LEAST) / max(read.flag[0], _LEAST))
        return max(read.options or [each.score for each in read.found], default=UNSAID)

    def _is_sure(self, name: str) -> bool:
        """Whether what fills a parameter is said for it: then it must be given."""
        return (self._given[name][0].score if name in self._given else self.score(name)) > 0

    def values(self, name: str) -> list[Any]:
        """What the parameter may be filled with; nothing where that is not read."""
        read = self.pointed.get(name)
        if read is None or read.slot.kind in SCALARS:
            return [self._given[name][1]] if name in self._given else []
        if read.slot.kind == "flag":
            return [read.flag[2] > read.flag[1]] if self.score(name) > -UNSURE else []
        if read.slot.kind == "choice":
            return self._picked(name, read)
        return self._listed(name, read)

    def _least(self, name: str) -> float:
        """The score from which on the base is held to what is read."""
        return UNSAID if name in self.required else -UNSURE

    def _picked(self, name: str, read: Pointed) -> list[Any]:
        best = max(range(len(read.options)), key=read.options.__getitem__)
        options = self.fields[name].get("enum", read.slot.options)
        return [options[best]] if read.options[best] > self._least(name) else []

    def _listed(self, name: str, read: Pointed) -> list[Any]:
        """The values of an array, in the order they are said."""
        field = self.fields[name]
        numeric = read.slot.kind == "numbers"
        sure = [each for each in read.found if each.score > 0]
        taken = (_whole_lists(read.found, self.turns) if numeric else []) or without_overlaps(sure)
        taken.sort(key=lambda each: (-each.place[0], each.place[1]))
        values = [_value(each, numeric, field.get("items", {}), read.slot.about, self.turns) for each in taken]
        listed = [value for value in values if value is not None]
        return [listed] if listed and _satisfies(listed, field) else []

    @cached_property
    def _given(self) -> dict[str, Option]:
        """Of parameters that take one value: the words that fit all of them best together, none taken twice."""
        names = [name for name, read in self.pointed.items() if read.slot.kind in SCALARS and name in self.fields]
        least = {name: self._least(name) for name in names}
        options = {name: self._options(name, least[name]) for name in names}
        names.sort(key=lambda name: -max((each.score for each, _ in options[name]), default=UNSAID))
        return _best(names, options, least)

    def _options(self, name: str, least: float) -> list[Option]:
        """The likeliest words that the parameter can take, with what they say."""
        read, field = self.pointed[name], self.fields[name]
        likely = [each for each in read.found if each.score > least]
        newest = [each for each in likely if each.place[0] == 0]
        if any(each.score > 0 for each in newest):  # what was said before is meant where nothing new is said
            likely = newest
        said = ((each, _value(each, read.slot.kind == "number", field, read.slot.about, self.turns)) for each in likely)
        return list(islice((one for one in said if one[1] is not None), CANDIDATES))


# --- which words go where ---------------------------------------------------------------------------------------------


def without_overlaps(found: Sequence[Found]) -> list[Found]:
    """The surest first, without those that overlap one before them."""
    taken: list[Found] = []
    for each in found:
        if not any(_overlap(each, other) for other in taken):
            taken.append(each)
    return taken


def _whole_lists(found: Sequence[Found], turns: Sequence[str]) -> list[Found]:
    """Of the numbers that stand side by side in a list those of the list that is said the surest, none left out."""
    lists: list[list[Found]] = []
    for each in sorted(found, key=lambda each: each.place):
        turn, start, _ = each.place
        last = lists[-1][-1].place if lists else None
        gap = turns[turn][last[2] : start] if last and last[0] == turn and last[2] <= start else None
        if gap is not None and _SIDE_BY_SIDE.fullmatch(gap):
            lists[-1].append(each)
        else:
            lists.append([each])
    several = [some for some in lists if len(some) > 1 and max(each.score for each in some) > 0]
    return max(several, key=lambda some: sum(each.score for each in some) / len(some), default=[])


def _best(
    names: Sequence[str], options: Mapping[str, Sequence[Option]], least: Mapping[str, float]
) -> dict[str, Option]:
    """The choice of one option or none for each name with the highest sum, no two of overlapping places. Branch and
    bound in the order of the names, the likeliest first, so that what is found when `MOST_TRIED` ends it is good."""
    tops = [max((least[name], *(each.score for each, _ in options[name]))) for name in names]
    rest = [sum(tops[at:]) for at in range(len(names) + 1)]
    best: tuple[float, dict[str, Option]] = (float("-inf"), {})
    open_ends: list[tuple[int, float, dict[str, Option]]] = [(0, 0.0, {})]
    for _ in range(MOST_TRIED):
        if not open_ends:
            break
        at, total, chosen = open_ends.pop()
        if total + rest[at] <= best[0]:
            continue
        if at == len(names):
            best = (total, chosen)
            continue
        name = names[at]
        open_ends.append((at + 1, total + least[name], chosen))
        for one in reversed(options[name]):
            if not any(_overlap(one[0], other) for other, _ in chosen.values()):
                open_ends.append((at + 1, total + one[0].score, {**chosen, name: one}))
    return best[1]


def _overlap(one: Found, other: Found) -> bool:
    (turn, first, last), (turn2, first2, last2) = one.place, other.place
    return turn == turn2 and first < last2 and first2 < last


# --- what words say ---------------------------------------------------------------------------------------------------


def _value(found: Found, numeric: bool, field: Schema, about: str, turns: Sequence[str]) -> Any:
    """The words as a JSON value that satisfies the parameter's schema; None where they are none."""
    value = _number(found, field, about, turns[found.place[0]]) if numeric else _words(found, about)
    return value if value is not None and _satisfies(value, field) else None


def _words(found: Found, about: str) -> str:
    """As they are said; a date in the shape, a name as the code that the parameter's description asks for."""
    words = found.text.strip()
    shape = shape_told(about)
    return (shaped(words, shape) if shape else coded(words, about)) or words


def _number(found: Found, field: Schema, about: str, text: str) -> int | float | None:
    said = numbers_in(found.text)
    if len(said) != 1:
        return None
    value, (_, first, last) = said[0][0], found.place
    after = text[last:]
    if scale := _SCALE.match(after):
        value = value.scaleb(_SCALES[scale[1].lower()])
    if re.search(r"(?:^|[\s(=,\[])[-−–]$|\b(?:minus|negative) $", text[:first]):
        value = -value
    if _PERCENT.match(after) and _wants_share(field, about):
        value = value / 100
    whole = value == value.to_integral_value()
    if _kind(field) == "integer" or (whole and "." not in found.text):
        return int(value) if whole else None
    return float(value)


def _wants_share(field: Schema, about: str) -> bool:
    """Whether "5%" is 0.05 for this parameter: it takes numbers up to one, or fractions and is not said to be in
    percent."""
    if field.get("maximum") == 1 or _UP_TO_ONE.search(about):
        return _kind(field) != "integer"
    return _kind(field) != "integer" and not _IN_PERCENT.search(about) and _SHARE.search(about) is not None


def _literals(fields: Mapping[str, Schema], text: str) -> dict[str, list[Any]]:
    """Arrays that the text writes out in brackets, to the array parameters that can take them, in order; several in a
    row are one array of them where a single parameter takes arrays."""
    arrays = [name for name, field in fields.items() if _kind(field) == "array"]
    written = list(written_lists(text)) if arrays else []
    values = [value for value, _, _ in written]
    rows = [values] if len(arrays) == 1 < len(values) and _in_a_row(written, text) else []
    found: dict[str, list[Any]] = {}
    for name in arrays:
        fitting = next((value for value in [*rows, *values] if _satisfies(value, fields[name])), None)
        if fitting is not None:
            found[name] = [fitting]
            values = [value for value in values if value is not fitting]
    return found


def _in_a_row(written: Sequence[tuple[list[Any], int, int]], text: str) -> bool:
    return all(_LISTING.fullmatch(text[end:start]) for (_, _, end), (_, start, _) in pairwise(written))


def written_lists(text: str) -> Iterator[tuple[list[Any], int, int]]:
    """The bracketed lists of a text, outermost: "[[1, 2], [3, 4]]", "(3, 4)"; and where they begin and end."""
    text = text[:LONGEST_TEXT]
    at = 0
    while match := _BRACKET.search(text, at):
        end = _closing(text, match.start())
        value = _parsed(text[match.start() : end]) if end else None
        if value is not None and end:
            yield value, match.start(), end
        at = end if end and value is not None else match.end()


def _closing(text: str, start: int) -> int | None:
    depth = 0
    for at in range(start, min(len(text), start + LONGEST_LIST)):
        depth += (text[at] in "[(") - (text[at] in "])")
        if depth == 0:
            return at + 1
    return None


def _parsed(text: str) -> list[Any] | None:
    try:
        value = json.loads(text.replace("(", "[").replace(")", "]").replace("'", '"'))
    except ValueError:
        return None
    return value if isinstance(value, list) and value else None


def _kind(field: Schema) -> str | list[str] | None:
    try:
        return normalise(field).get("type")
    except SchemaRefused:
        return None


def _satisfies(value: Any, field: Schema) -> bool:
    try:
        return next(findings(value, normalise(field)), None) is None
    except SchemaRefused:
        return False


def _open(field: Schema) -> dict[str, Any]:
    return {key: value for key, value in field.items() if key not in ("enum", "format", "default")}
