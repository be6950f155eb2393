"""Requests that hang together, part by part with the tools each needs: a file, note or query is looked up, then
something is done with it; or one request that needs two tools, or whose value lies in a file named beforehand.

For the encoder's heads: the clause splitter learns where such requests part, the shortlist which tools they need. There
are wordings here and no arguments; the everyday generators (training.synthetic) lend whole conversations.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from training.request_grammar import POOLS
from training.synthetic import builtin_calls, paths, trajectories
from training.synthetic import values as v
from training.synthetic.phrases import fill

_WORDS: Mapping[str, Any] = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
_SOURCES = tuple(_WORDS["lookups"])
_USES = tuple(_WORDS["uses"])
_SHARE_READ = 0.5  # of what is looked up
_LISTED = ("read_file",)  # all that makes sense after a listing
_OPENABLE = ("list_files", "search_files")  # what a file is opened after
_KEYS = ("mk", "xk", "dk", "tk", "tk", "tk")


@dataclass(frozen=True)
class Part:
    """One clause of a task and the tools it needs."""

    text: str
    tools: frozenset[str]


Chain = Sequence[Part]


def chain(rng: random.Random) -> Chain:
    """One to four parts."""
    return rng.choices(_MAKERS, _SHARES)[0](rng)


def for_nobody(rng: random.Random) -> str:
    """A request that nothing in the box serves, although its words are those of requests that are served."""
    return _asked(rng, fill(rng, rng.choice(_WORDS["nobody"]), _Slots(rng)))


class _Slots(dict[str, str]):
    """Values drawn when first asked for and then kept: `k`, `k3` a thing to be asked for, `f` a file, `d` a folder."""

    def __init__(self, rng: random.Random) -> None:
        super().__init__()
        self._rng = rng

    def __missing__(self, name: str) -> str:
        value = self[name] = self._draw(name)
        return value

    def _draw(self, name: str) -> str:
        rng, kind = self._rng, name.rstrip("0123456789")
        if name in _WORDS["words"]:
            return fill(rng, rng.choice(_WORDS["words"][name]), self)
        if kind in _WORDS["words"]:
            return fill(rng, rng.choice(_WORDS["words"][kind]), self)
        return _MADE[kind](rng) if kind in _MADE else v.draw(rng, kind)


def _key(rng: random.Random) -> str:
    key: str = rng.choice(_WORDS["words"][rng.choice(_KEYS)])
    return key if rng.random() < 0.7 else f"{rng.choice((v.draw(rng, 'noun'), v.draw(rng, 'adjective')))} {key}"


def _quoted(rng: random.Random) -> str:
    return rng.choice(('"{}"', "'{}'", "“{}”", "'{}'")).format(v.topic(rng))


def _joined_tables(rng: random.Random) -> str:
    words = _Slots(rng)
    return fill(
        rng,
        "SELECT {s}.{col} FROM {t} {s} [|INNER |LEFT ]JOIN {t2} {s2} ON {s2}.{col2} = {s}.id"
        "[| WHERE {s2}.{col3} = '{word}'| WHERE {s}.{col3} > {c} ORDER BY {s}.{col}]",
        words,
    )


_MADE: Mapping[str, Callable[[random.Random], str]] = {
    "k": _key,
    "f": paths.file,
    "db": paths.database,
    "q": _quoted,
    "sql": lambda rng: v.sql(rng) if rng.random() < 0.85 else _joined_tables(rng),
    "u": lambda rng: rng.choice(POOLS["u"]),
    "s": lambda rng: rng.choice("abcdlmnprst"),
    "p": lambda rng: rng.choice(("4.5", str(rng.randint(1, 40)))),
    "d": paths.folder,
    "n": v.number_text,
    "c": lambda rng: str(rng.randint(2, 48)),
    "ext": lambda rng: rng.choice(POOLS["ext"]),
    "todo": lambda rng: fill(rng, "{verb} the {noun}", v.slots(rng)),
}


def _looked_up(rng: random.Random, slots: Mapping[str, str]) -> Part:
    tool = "read_file" if rng.random() < _SHARE_READ else rng.choice(_SOURCES)
    text = fill(rng, rng.choice(_WORDS["lookups"][tool]), slots)
    if rng.random() < 0.15:
        text = f"{fill(rng, rng.choice(_WORDS['background']), slots)} {text}"
    return Part(_asked(rng, text), frozenset([tool]))


def _used(rng: random.Random, slots: Mapping[str, str], last: str) -> Part:
    tool = rng.choice(_LISTED if last == "list_files" and rng.random() < 0.7 else _USES)
    if tool == "read_file" and last not in _OPENABLE:
        tool = rng.choice(("calculate", "write_file", "save_note", "convert_unit"))
    return Part(fill(rng, rng.choice(_WORDS["uses"][tool]), slots), frozenset([tool]))


def _asked(rng: random.Random, text: str) -> str:
    """Some say please; a sentence after the first begins with a capital."""
    if rng.random() < 0.1 and ". " not in text and "?" not in text:
        text = f"{rng.choice(('please', 'can you', 'could you', 'now'))} {text}"
    head, mark, rest = text.partition(". ")
    text = f"{head}{mark}{rest[:1].upper()}{rest[1:]}" if mark and rng.random() < 0.7 else text
    return text[:1].upper() + text[1:] if rng.random() < 0.6 else text


def _then(rng: random.Random) -> Chain:
    """Looked up, then used, once to three times."""
    slots = _Slots(rng)
    parts = [_looked_up(rng, slots)]
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3))):
        parts.append(_used(rng, slots, min(parts[-1].tools)))
    if rng.random() < 0.16:
        ending = fill(rng, rng.choice(_WORDS["endings"]), slots)
        parts[-1] = Part(f"{parts[-1].text}. {ending[:1].upper()}{ending[1:]}", parts[-1].tools)
    return parts


def _told(rng: random.Random) -> Chain:
    """Looked up and told: one part, because telling needs no tool."""
    slots = _Slots(rng)
    part = _looked_up(rng, slots)
    telling = fill(rng, rng.choice(_WORDS["telling"]), slots)
    joint = "" if telling[0] in ",." else " "
    return [Part(part.text.rstrip("?") + joint + telling, part.tools)]


def _stated(rng: random.Random) -> Chain:
    """Where the value is, and what to do with it: one part, two tools; now and then a further part."""
    slots = _Slots(rng)
    use = _used(rng, slots, "read_file")
    text = f"{fill(rng, rng.choice(_WORDS['stated']), slots)} {use.text[:1].upper()}{use.text[1:]}"
    parts = [Part(text[:1].upper() + text[1:] if rng.random() < 0.5 else text, use.tools | {"read_file"})]
    return parts if rng.random() < 0.6 else [*parts, _used(rng, slots, "calculate")]


def _double(rng: random.Random) -> Chain:
    first, second, template = rng.choice(_WORDS["doubles"])
    return [Part(_asked(rng, fill(rng, template, _Slots(rng))), frozenset([first, second]))]


def _single(rng: random.Random) -> Chain:
    tool, template = rng.choice(_WORDS["single"])
    return [Part(_asked(rng, fill(rng, template, _Slots(rng))), frozenset([tool]))]


def _story(rng: random.Random) -> Chain:
    """A conversation of the everyday generator, its requests one after the other."""
    parts: list[Part] = []
    for step in trajectories.story(rng):
        if step.case.request or not parts:
            parts.append(Part(step.case.request, frozenset([step.case.tool])))
        else:
            parts[-1] = Part(parts[-1].text, parts[-1].tools | {step.case.tool})
    return parts


def _everyday(rng: random.Random) -> Chain:
    """A value is worked out, then used."""
    case = builtin_calls.case(rng)
    return [Part(case.request, frozenset([case.tool])), _used(rng, _Slots(rng), case.tool)]


_MAKERS: Sequence[Callable[[random.Random], Chain]] = (_then, _told, _stated, _double, _single, _story, _everyday)
_SHARES = (30, 10, 14, 10, 20, 12, 8)
