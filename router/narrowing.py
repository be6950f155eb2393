"""A tool's parameters narrowed to what the conversation offers: units that are units, dates that are dates.

A tool may say which parts of a text could fill a parameter (`Tool.candidates`). Where the request names some, the
grammar admits only those, so that a small base chooses between readable dates instead of cutting one out of a sentence.
Nothing is filled in here, and a parameter no candidate is found for stays as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from router.conversation import ToolSpec
from router.grounding import operands
from router.schema import ARITHMETIC

if TYPE_CHECKING:
    from router.questions import Reader

Finder = Callable[[str], Sequence[str | float]]


@dataclass(frozen=True)
class Here:
    """A finder that only the request itself is asked: what it finds is meant, what it does not find may stand anywhere
    and in any form."""

    find: Finder

    def __call__(self, text: str) -> Sequence[str | float]:
        return self.find(text)


@dataclass(frozen=True)
class There:
    """A finder of names, `there` of those among them that something bears: a file that exists, say."""

    find: Finder
    there: Finder

    def __call__(self, text: str) -> Sequence[str | float]:
        return self.find(text)


@dataclass(frozen=True)
class Role:
    """A finder of what plays one role among all of a `kind`: the unit that is wanted among the units. Two parameters of
    a kind never take the same."""

    find: Finder
    kind: Finder

    def __call__(self, text: str) -> Sequence[str | float]:
        return self.find(text)


@dataclass(frozen=True)
class Asked:
    """A finder of what a text quotes (`find`) and, once it has a `reader`, of what comes of a question in plain words
    (`told`). Only the request itself is read so: what was asked earlier has been answered."""

    find: Finder
    told: Callable[[str, Reader], Sequence[str]]
    reader: Reader | None = None

    def __call__(self, text: str) -> Sequence[str | float]:
        return self.find(text) or self.tells(text)

    def tells(self, text: str) -> Sequence[str]:
        return self.told(text, self.reader) if self.reader else []


Finders = Mapping[str, Finder]


def _kind(finder: Finder | None) -> Finder | None:
    return finder.kind if isinstance(finder, Role) else finder


def _quoted(finder: Finder) -> Finder:
    """What finds in an earlier turn."""
    return finder.find if isinstance(finder, Asked) else finder


def narrowed(tool: ToolSpec, finders: Finders, clause: str, turns: Sequence[str]) -> ToolSpec:
    """`tool` with the candidates of its parameters as their enumerations.

    The `clause` that asks comes first; where it names fewer candidates than the tool requires, the `turns` before it
    are looked through, the newest first, until there are enough: "that day" is the one that was spoken of last. A
    parameter that may be left out is only filled from the clause, and left out where that offers nothing."""
    parameters = tool.parameters
    required = set(parameters.get("required", ()))
    wanted = {finder: sum(finders.get(name) == finder for name in required) for finder in finders.values()}
    fields: dict[str, Any] = {}
    for name, field in parameters.get("properties", {}).items():
        finder = finders.get(name)
        if finder is None:
            fields[name] = field
            continue
        found = list(dict.fromkeys(finder(clause)))
        # A new sum is not an earlier one.
        elsewhere = name in required and field.get("format") != ARITHMETIC and not isinstance(finder, Here)
        for turn in turns if elsewhere else ():
            if len(found) >= wanted[finder]:
                break
            found = list(dict.fromkeys([*found, *_quoted(finder)(turn)]))
        if found:
            fields[name] = {**_without_format(field), "enum": found}
        elif name in required or isinstance(finder, Here):
            fields[name] = field
    narrow = {**parameters, "properties": fields}
    for kind in dict.fromkeys(map(_kind, finders.values())):
        names = [name for name in fields if name in required and _kind(finders.get(name)) == kind]
        if len(names) == 2 and (choices := _apart(fields, *names)):
            narrow["anyOf"] = choices
    return replace(tool, parameters=narrow)


def _apart(fields: Mapping[str, Any], one: str, other: str) -> list[dict[str, Any]]:
    """The choices for two parameters of one kind, which never take the same; none where nothing is to be told apart."""
    first, second = (fields[name].get("enum", []) for name in (one, other))
    pairs = [(choice, [each for each in second if each != choice]) for choice in first]
    if not set(first) & set(second) or not any(others for _, others in pairs):
        return []
    return [{"properties": {one: {"const": choice}, other: {"enum": others}}} for choice, others in pairs if others]


def fillable(tool: ToolSpec, finders: Finders, source: str, clause: str = "", reckoned: str | None = None) -> bool:
    """Whether the `source` offers something for every parameter that `tool` requires and knows candidates for, and for
    two parameters of one kind two things. A sum may also be put together of two numbers: of the clause, or of what may
    be `reckoned` with, the source where that is not said."""
    fields, required = tool.parameters.get("properties", {}), tool.parameters.get("required", ())
    known = [name for name in required if name in finders and not isinstance(finders[name], Here)]
    sums = [finders[name] for name in known if fields[name].get("format") == ARITHMETIC]
    told = [finder for name in known if isinstance(finder := finders[name], Asked)]
    asked = [finders[name] for name in known if finders[name] not in (*sums, *told)]
    kinds = [_kind(finder) for finder in asked]
    enough = all(len(set(kind(source))) >= kinds.count(kind) for kind in kinds if kind is not None)
    return (
        enough
        and all(finder(source) for finder in asked)
        and all(finder(clause) or finder.find(source) for finder in told)
        and all(
            finder(clause) or len(operands(source if reckoned is None else reckoned, clause)) > 1 for finder in sums
        )
    )


def brings(tool: ToolSpec, finders: Finders, clause: str, known: Collection[Any]) -> bool:
    """Whether the `clause` names something that is there for a parameter that `tool` requires, and is not yet among the
    `known`: what it holds may be what other tools are to work on."""
    required = (finders.get(name) for name in tool.parameters.get("required", ()))
    return any(isinstance(finder, There) and set(finder.there(clause)) - set(known) for finder in required)


def fresh(finder: There, known: Collection[Any]) -> There:
    """What is not yet `known` is meant before what is: of two files a request names, the one that was not read."""

    def unknown(text: str) -> Sequence[str | float]:
        found = finder(text)
        return [each for each in found if each in finder.there(text) and each not in known] or found

    return There(unknown, finder.there)


def _without_format(field: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in field.items() if key != "format"}
