"""Requests told as people tell them: values with their units in mid-sentence, and numbers that belong to nothing.

The tools are made up, of parameters whose wordings `told_requests.yaml` holds. A fifth of the rows ask for the same
of several things: their arguments hold, for each parameter, the list of its values. Requests for real tools are
`training.sources.requests`'.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from training.example import Example
from training.sources.values import ValuePool
from training.told_values import TELLERS, number, plain, wordings

SOURCE, LICENCE = "told", "Apache-2.0"
SEVERAL = 0.2  # share of rows that ask the same of several things, each with values of its own
LEFT_OUT = 0.35  # share of parameters that nothing is said of
ASIDE = 0.4  # share of requests with a sentence beside the point, before or behind
_PARTS = ("numbers", "words", "lists", "named_lists", "flags", "choices")
_OF_NUMBERS, _OF_WORDS = (5.0, 1.5, 0.4, 0.4, 0.5, 0.7), (1.5, 5.0, 0.4, 0.4, 0.5, 0.7)


def generate(pool: ValuePool) -> Iterator[Example]:
    """Rows for ever; each calls the one tool it shows."""
    while True:
        yield _of_several(pool) if pool.rng.random() < SEVERAL else _of_one(pool)


def _of_one(pool: ValuePool) -> Example:
    rng = pool.rng
    properties: dict[str, Any] = {}
    arguments: dict[str, Any] = {}
    said: list[str] = []
    shares = _OF_NUMBERS if rng.random() < 0.6 else _OF_WORDS
    for _ in range(rng.choice((1, 2, 2, 3, 3, 4, 5))):
        part = rng.choices(_PARTS, shares)[0]
        name = rng.choice(list(wordings()[part]))
        shown = rng.choice((name, name, name, _camel(name)))
        if shown in properties:
            continue
        told = TELLERS[part](name, wordings()[part][name], pool)
        properties[shown] = told.schema
        if rng.random() >= LEFT_OUT or not said:
            arguments[shown] = told.value
            said.append(told.phrase)
    purpose, thing = rng.choice(wordings()["purposes"]), rng.choice(wordings()["objects"])
    return _row(purpose, thing, properties, arguments, _sentences(purpose, thing, said, rng), SOURCE, rng)


def _of_several(pool: ValuePool) -> Example:
    rng = pool.rng
    count = rng.choice((2, 2, 3, 3, 4))
    properties: dict[str, Any] = {}
    arguments: dict[str, Any] = {}
    records: list[list[str]] = [[] for _ in range(count)]
    for _ in range(rng.choice((1, 2, 2, 2, 3, 3, 4))):
        part = rng.choice(("numbers", "numbers", "words"))
        name = rng.choice(list(wordings()[part]))
        if name in properties:
            continue
        how = wordings()[part][name]
        if rng.random() < 0.7:  # as a rule all are told in the same words
            how = {**how, "say": [rng.choice(how["say"])]}
            how = {**how, "units": [rng.choice(how["units"])]} if how.get("units") else how
        made = [TELLERS[part](name, how, pool) for _ in range(count)]
        properties[name], arguments[name] = made[0].schema, [each.value for each in made]
        for record, each in zip(records, made, strict=True):
            record.append(each.phrase)
    unsaid = rng.choice(list(wordings()["numbers"]))
    if unsaid not in properties and rng.random() < 0.5:
        properties[unsaid] = number(unsaid, wordings()["numbers"][unsaid], pool).schema
    purpose, thing = rng.choice(wordings()["purposes"]), rng.choice(wordings()["objects"])
    text = _filled(rng.choice(wordings()["of_several"]), purpose, thing, _records(records, rng))
    return _row(purpose, thing, properties, arguments, text, f"{SOURCE}, several", rng)


def _records(records: Sequence[Sequence[str]], rng: random.Random) -> str:
    """What is told of each thing, one behind the other, now and then with a word for the thing before it."""
    inner, outer = rng.choice((" ", " and ", ", ", " ")), rng.choice((", ", "; ", ", and ", " and ", ". "))
    leads = [""] * len(records)
    if rng.random() < 0.15:
        leads = [f"for the {label} one " for label in ("first", "second", "third", "last")[: len(records)]]
    elif rng.random() < 0.2:
        thing = rng.choice(wordings()["pools"]["thing"])
        leads = [f"{'another' if at else 'one'} {thing} " for at in range(len(records))]
    told = [lead + inner.join(record) for lead, record in zip(leads, records, strict=True)]
    last = outer if rng.random() < 0.4 else ", and " if len(told) > 2 else " and "
    return last.join((outer.join(told[:-1]), told[-1]))


def _sentences(purpose: str, thing: str, said: Sequence[str], rng: random.Random) -> str:
    """One to three sentences that tell everything, the first of which asks, in any order of what is told."""
    phrases = rng.sample(said, len(said))
    parts = rng.choice((1, 1, 2, 3))
    told = []
    for at, group in enumerate(filter(None, (phrases[part::parts] for part in range(parts)))):
        joint = rng.choice((", ", " and ", ", and ", " ")) if len(group) < 3 else " and "
        joined = joint.join(filter(None, (", ".join(group[:-1]), group[-1])))
        filled = _filled(rng.choice(wordings()["goes_on" if at else "begins"]), purpose, thing, joined)
        told.append(filled[0].upper() + filled[1:])
    if rng.random() < ASIDE:
        aside = rng.choice(wordings()["openings"])
        drawn = {"{topic}": "topics", "{relative}": "relatives"}
        for mark, pool in drawn.items():
            aside = aside.replace(mark, rng.choice(wordings()[pool]))
        told.insert(0, aside.replace("{n}", str(rng.randint(2, 9))))
    if rng.random() < ASIDE:
        told.append(rng.choice(wordings()["asks"]).replace("{what}", rng.choice(wordings()["whats"])))
    return " ".join(told)


def _filled(template: str, purpose: str, thing: str, told: str) -> str:
    asked = template.replace("{purpose}", f"{purpose} the {thing}").replace("{object}", thing)
    return asked.replace("{}", told)


def _row(
    purpose: str,
    thing: str,
    properties: Mapping[str, Any],
    arguments: Mapping[str, Any],
    text: str,
    source: str,
    rng: random.Random,
) -> Example:
    name = f"{purpose}{rng.choice('__.')}{thing}".replace(" ", "_")
    parameters = {"type": "object", "properties": properties, "required": list(arguments)}
    tool = {"name": name, "description": f"{purpose.capitalize()} the {thing}.", "parameters": parameters}
    said = {"role": "user", "content": text[0].upper() + text[1:]}
    return Example("tool-call", (said,), {"name": name, "arguments": dict(arguments)}, source, LICENCE, (tool,))


def _camel(name: str) -> str:
    first, *rest = plain(name).split()
    return first + "".join(part.capitalize() for part in rest)
