"""Requests about files, sums, units, dates, notes, databases and pages from a small grammar, and the tools they need.

Real request corpora hardly speak of files or SQL; this fills the gap for the encoder's heads (shortlist, clauses). It
gives wordings and tool descriptions only: no arguments, no answers. The test fixtures were written apart from it.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import yaml

_GRAMMAR = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
# family → tools that serve it (name, description, parameters), in several wordings, so that no single name is learned
FAMILY_TOOLS: Mapping[str, Sequence[tuple[str, str, Sequence[str]]]] = {
    family: [(name, description, parameters) for name, description, parameters in wordings]
    for family, wordings in _GRAMMAR["tools"].items()
}
WORDINGS: Mapping[str, Sequence[str]] = _GRAMMAR["requests"]
POOLS: Mapping[str, Sequence[str]] = _GRAMMAR["slots"]


def _date(rng: random.Random) -> str:
    day, month, year = rng.randint(1, 28), rng.choice(POOLS["month"]), rng.randint(1950, 2060)
    number = POOLS["month"].index(month) + 1
    written = (f"{month} {day}", f"{day} {month} {year}", f"{month} {day}, {year}", f"the {day}th of {month}")
    digits = (f"{year}-{number:02}-{day:02}", f"{day}/{number}/{year}")
    return rng.choice((*written, *digits, "today", "tomorrow", "yesterday", "Christmas"))


def _number(rng: random.Random) -> str:
    return rng.choice(
        (str(rng.randint(2, 99)), str(rng.randint(100, 9999)), f"{rng.uniform(1, 500):.{rng.randint(1, 2)}f}")
    )


def _quoted(rng: random.Random) -> str:
    mark = rng.choice(('"{}"', "'{}'", "“{}”", "`{}`"))
    inner = rng.choice((expand("{todo}", rng), expand("{fact}", rng), expand("{topic} and {topic}", rng),
                        expand("{todo}, then {todo}. Finally, {todo}", rng), rng.choice(POOLS["stem"])))  # fmt: skip
    return mark.format(inner)


_MADE: Mapping[str, Callable[[random.Random], str]] = {
    "n": _number,
    "d": lambda rng: str(rng.randint(2, 40)),
    "p": lambda rng: str(rng.choice((5, 8, 10, 12, 15, 20, 25, 30, 40, 75))),
    "m": lambda rng: f"{rng.randint(0, 59):02}",
    "q": _quoted,
    "date": _date,
    "file": lambda rng: expand(
        rng.choice(("{stem}.{ext}", "{stem}_{d}.{ext}", "{stem}-{stem}.{ext}", "{dir}/{stem}.{ext}")), rng
    ),
    "db": lambda rng: expand(rng.choice(("{stem}.db", "{stem}.sqlite", "{table}.db", "data/{stem}.sqlite")), rng),
    "url": lambda rng: rng.choice(("https://", "http://", "")) + rng.choice(POOLS["site"]),
}


def expand(template: str, rng: random.Random) -> str:
    """`template` with every `{slot}` filled at random; fillings may hold slots themselves."""

    def fill(match: re.Match[str]) -> str:
        name = match[1]
        return _MADE[name](rng) if name in _MADE else expand(rng.choice(POOLS[name]), rng)

    return re.sub(r"\{(\w+)\}", fill, template)


def request(family: str, rng: random.Random) -> str:
    """One bare request for a tool of `family`, without politeness or end mark."""
    return expand(rng.choice(WORDINGS[family]), rng)


_BEFORE = (
    "please ",
    "can you ",
    "could you ",
    "I want you to ",
    "I'd like you to ",
    "you should ",
    "kindly ",
    "go ahead and ",
    "hey, ",
)
_AFTER = (" please", " for me", ", please", " now")


def polite(text: str, rng: random.Random) -> str:
    """The request as people dress it: politeness before an imperative, a word after, a capital or none."""
    imperative = not re.match(r"(what|how|which|when|where|who|is|was|do|on|if|in|the|\W|\d)", text, re.I)
    if imperative and rng.random() < 0.25:
        text = rng.choice(_BEFORE) + text
    if rng.random() < 0.08:
        text += rng.choice(_AFTER)
    return text[0].upper() + text[1:] if rng.random() < 0.6 else text
