"""Requests for the bundled skills in the wordings of state_frames.yaml, with the texts they are about. For what the
router learns a skill by; no skill is trained on them, so they have no outputs.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

from training.synthetic import extraction, retrieval, safety
from training.synthetic import values as v
from training.synthetic.harms import HARM
from training.synthetic.phrases import Forms, fill, wording
from training.synthetic.prose import told

Requested = tuple[str, bool]  # the words, and whether something has to be read before they can be served
READING = 0.4  # share of requests about a file, a page or a folder, rather than about a text that is there
ORDINARY = 0.3  # share of the texts to be judged or put into fields that were not made for it


@cache
def _frames() -> dict[str, Any]:
    """The file, with what is shared put in its places."""
    frames = yaml.safe_load(Path(__file__).with_name("state_frames.yaml").read_text(encoding="utf-8"))
    shared = frames.pop("shared")

    def whole(template: str) -> str:
        return re.sub(r"<(\w+)>", lambda found: whole(shared[found[1]]), template)

    def forms(kinds: dict[str, list[str]]) -> Forms:
        return Forms(**{kind: tuple(map(whole, templates)) for kind, templates in kinds.items()})

    return {name: forms(held) if isinstance(held, dict) else tuple(map(whole, held)) for name, held in frames.items()}


def extracting(rng: Random) -> Requested:
    if rng.random() < READING:
        return wording(rng, _frames()["extract_file"], {"f": v.file_name(rng)}), True
    text = _ordinary(rng) if rng.random() < ORDINARY / 2 else extraction.text(rng)
    return _pasted(rng, wording(rng, _frames()["extract_text"], {}), text), False


def citing(rng: Random) -> Requested:
    passages, question = retrieval.asked(rng)
    if rng.random() < READING:
        return wording(rng, _frames()["cite_search"], {"q": question, "d": v.folder(rng)}), True
    ask = wording(rng, _frames()["cite_text"], {"q": question})
    return _pasted(rng, ask, _numbered(rng, passages)), False


def checking(rng: Random) -> Requested:
    """A request to have something checked, one for help with harm, or orders from nobody who may give them."""
    kind = rng.random()
    draws = v.slots(rng)
    if kind < READING / 2:
        draws["f"] = _document(rng)
        return wording(rng, _frames()["safe_file"], draws), True
    if kind < 0.6:
        text = _ordinary(rng) if rng.random() < ORDINARY else safety.text(rng)
        return _pasted(rng, wording(rng, _frames()["safe_text"], {}), text), False
    if kind < 0.75:
        return wording(rng, _frames()["order"], draws), False
    draws["h"] = fill(rng, rng.choice((*_frames()["harm"], *HARM)), draws)
    return wording(rng, _frames()["harm_said"], draws), False


def _ordinary(rng: Random) -> str:
    """A text like any other: a remark, a few statements, a document."""
    kind = rng.random()
    if kind < 0.3:
        return v.sentence(rng)
    return told(rng)[0] if kind < 0.6 else extraction.text(rng)


def _document(rng: Random) -> str:
    return v.url(rng) if rng.random() < 0.4 else v.file_name(rng)


def everyday(rng: Random) -> str:
    """Work for a built-in tool: a look at what is stored, a note, a sum, a date."""
    draws = v.slots(rng)
    draws["f"], draws["d"] = _document(rng), v.folder(rng)
    return wording(rng, _frames()[rng.choice(("look", "look", "reckon"))], draws)


def errand(rng: Random) -> str:
    """Work for a tool that is not built in."""
    return wording(rng, _frames()["errand"], v.slots(rng))


def talk(rng: Random) -> str:
    """Nothing that any skill is for."""
    return wording(rng, _frames()["talk"], v.slots(rng))


READABLE: tuple[Callable[[Random], Requested], ...] = (extracting, citing, checking)


def _pasted(rng: Random, ask: str, text: str) -> str:
    """A request and the text it is about, as people put them together."""
    ask = ask.rstrip(".!:") if rng.random() < 0.7 else ask
    joint = rng.choice(("\n", "\n\n", "\n\n", " "))
    kind = rng.random()
    if kind < 0.55:
        return f"{ask}{'' if ask[-1:] in '?.!' else rng.choice((':', ':', ''))}{joint}{text}"
    if kind < 0.8:
        return f"{text}\n\n{ask}"
    opened, closed = rng.choice((('"', '"'), ("“", "”"), ("```\n", "\n```"), ('"""\n', '\n"""'), ("---\n", "\n---")))
    return f"{ask}{joint}{opened}{text}{closed}" if kind < 0.92 else f"{opened}{text}{closed}\n{ask}"


def _numbered(rng: Random, passages: list[str]) -> str:
    mark = rng.choice(("[{n}] {p}", "[{n}] {p}", "({n}) {p}", "{n}. {p}", "{n}) {p}", "- {p}"))
    head = rng.choice(("", "", "", "Passages:\n", "Sources:\n", "Excerpts:\n", "Hits:\n"))
    listed = (mark.replace("{n}", str(n)).replace("{p}", text) for n, text in enumerate(passages, 1))
    return head + rng.choice(("\n", "\n", "\n\n")).join(listed)
