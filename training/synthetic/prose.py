"""Sentences that state facts, with the questions each answers and the answer in a sentence.

The sentences themselves are in prose_*.py.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random
from typing import cast

from training.synthetic import prose_everyday, prose_home, prose_people, prose_trade
from training.synthetic import values as v
from training.synthetic.facts import Fact, Kind
from training.synthetic.phrases import fill

# A table holds a sentence; under it, for some of its slots: "slot kind: what one asks for", questions (?), the answer
# (!), a question that is answered with yes or no once {x} is a value (~).
_TABLES = (prose_everyday.TABLE, prose_people.TABLE, prose_trade.TABLE, prose_home.TABLE)


@dataclass(frozen=True)
class _Asked:
    slot: str
    kind: Kind
    key: str
    asks: tuple[str, ...] = ()
    reply: str = ""
    claims: tuple[str, ...] = ()


def _parsed(table: str) -> tuple[tuple[str, tuple[_Asked, ...]], ...]:
    sentences: list[tuple[str, list[_Asked]]] = []
    for line in filter(None, table.split("\n")):
        text, said = line.strip(), line.strip()[2:]
        if not line.startswith(" "):
            sentences.append((text, []))
        elif text[0] in "?!~":
            asked = sentences[-1][1]
            asked[-1] = _with(asked[-1], text[0], said)
        else:
            head, _, key = text.partition(": ")
            slot, kind_name = head.split(" ")
            sentences[-1][1].append(_Asked(slot, cast("Kind", kind_name), key))
    return tuple((sentence, tuple(asked)) for sentence, asked in sentences)


def _with(asked: _Asked, mark: str, said: str) -> _Asked:
    if mark == "?":
        return replace(asked, asks=(*asked.asks, said))
    return replace(asked, reply=said) if mark == "!" else replace(asked, claims=(*asked.claims, said))


_PROSE = tuple(sentence for table in _TABLES for sentence in _parsed(table))


Told = tuple[str, list[Fact]]  # a sentence and the facts in it


def told(rng: Random) -> Told:
    return _told(rng, *rng.choice(_PROSE))


def apart(rng: Random, count: int) -> list[Told]:
    """Sentences of different patterns: a question about one is none about another."""
    found: list[Told] = []
    keys: set[str] = set()
    for template, asked in rng.sample(_PROSE, min(3 * count, len(_PROSE))):
        text, facts = _told(rng, template, asked)
        if keys.isdisjoint(fact.key for fact in facts):
            keys |= {fact.key for fact in facts}
            found.append((text, facts))
    return found[:count]


def alike(rng: Random, count: int) -> list[Told]:
    """Sentences of one pattern about different things: of what a question speaks decides which of them is meant."""
    template, asked = rng.choice(_PROSE)
    return [_told(rng, template, asked) for _ in range(count)]


def _told(rng: Random, template: str, asked: tuple[_Asked, ...]) -> Told:
    draws = v.slots(rng)
    text = fill(rng, template, draws)
    return text, [_fact(rng, one, draws) for one in asked]


def _fact(rng: Random, asked: _Asked, draws: dict[str, str]) -> Fact:
    value = draws[asked.slot]
    claims = tuple(claim.replace("{x}", "\0") for claim in asked.claims)
    return Fact(
        fill(rng, asked.key, draws),
        value,
        asked.kind,
        value if asked.kind in ("money", "number") else "",
        asks=tuple(fill(rng, ask, draws) for ask in asked.asks),
        reply=fill(rng, asked.reply, draws),
        claims=tuple(fill(rng, claim, draws) for claim in claims),
        other=v.draw(rng, asked.slot.rstrip("0123456789")),
    )
