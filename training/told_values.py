"""Parameters of made-up tools, a value for each and the words that tell it: "a loan of 5,000 euros", "by next Friday".

The wordings are `told_requests.yaml`'s; sentences are put together in `training.told_requests`.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from training.sources.rows import NUMBER_WORDS
from training.sources.values import ValuePool

DESCRIBED = 0.8  # share of parameters with a description
GENERAL = 0.3  # share that are told in words that fit any
_DRAWN_AS = {
    "place": "city", "person": "person", "title": "title", "phrase": "topic", "date": "date", "time": "time",
    "email": "email", "phone": "phone", "handle": "username", "identifier": "id", "file": "file", "url": "url",
    "street": "address", "ticker": "ticker", "word": "word", "sentence": "message",
}  # fmt: skip


class Told(NamedTuple):
    """A parameter's JSON Schema, a value, and the words that tell it."""

    schema: dict[str, Any]
    value: Any
    phrase: str


@lru_cache(maxsize=1)
def wordings() -> Mapping[str, Any]:
    import yaml

    path = Path(__file__).with_name("told_requests.yaml")
    found: Mapping[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def plain(name: str) -> str:
    return name.replace("_", " ")


def number(name: str, how: Mapping[str, Any], pool: ValuePool) -> Told:
    rng = pool.rng
    value = rng.randint(1900, 2040) if name == "year" else _amount(rng)
    unit = rng.choice(how["units"]) if how["units"] else ""
    template = _template(name, how["say"], rng)
    if "{u}" not in template and unit and rng.random() < 0.5:
        template = template.replace("{v}", "{v} {u}")
    shown = str(value) if name == "year" else _shown(value, rng)
    if unit == "$":
        phrase = template.replace("{v} {u}", "{v}").replace("{v}", f"${shown}")
    else:
        spaced = template if unit == "%" else template.replace("{v}{u}", "{v} {u}")
        phrase = spaced.replace("{v}", shown).replace("{u}", unit).replace(" %", "%")
    described = [f"The {plain(name)}", f"{plain(name).capitalize()} of it"]
    described += [f"The {plain(name)} in {unit}.", f"{plain(name).capitalize()}, in {unit}"] if unit else []
    kind = rng.choice(("number", "integer")) if isinstance(value, int) else "number"
    return Told(_schema(kind, described, rng), value, " ".join(phrase.replace("{u}", "").split()))


def _amount(rng: random.Random) -> int | float:
    low, high, step = rng.choice(((1, 12, 1), (2, 60, 1), (10, 999, 1), (1, 60, 50), (1, 900, 1000), (0, 0, 0)))
    return step * rng.randint(low, high) if step else round(rng.uniform(0, 20), rng.randint(1, 2))


def _shown(value: int | float, rng: random.Random) -> str:
    if isinstance(value, int) and 0 < value < len(NUMBER_WORDS) and rng.random() < 0.3:
        return NUMBER_WORDS[value]
    return f"{value:,}" if isinstance(value, int) and rng.random() < 0.6 else str(value)


def word(name: str, how: Mapping[str, Any], pool: ValuePool) -> Told:
    said = plain(name)
    value = drawn(how["kind"], pool)
    described = [f"The {said}", f"{said.capitalize()} to look for", f"The name of the {said}.", f"Which {said}"]
    phrase = _template(name, how["say"], pool.rng).replace("{v}", value)
    return Told(_schema("string", described, pool.rng), value, phrase)


def drawn(kind: str, pool: ValuePool) -> str:
    """Words of a kind: of `told_requests.yaml`'s pools, or of those `ValuePool` makes. Raises KeyError for another."""
    pools = wordings()["pools"]
    if kind in pools:
        return str(pool.rng.choice(pools[kind]))
    if kind == "ip":
        return ".".join(str(pool.rng.randint(0, 255)) for _ in range(4))
    return pool.string(_DRAWN_AS[kind], "")


def numbers(name: str, how: Sequence[str], pool: ValuePool) -> Told:
    rng = pool.rng
    whole = rng.random() < 0.7
    values = [rng.randint(1, 99) if whole else round(rng.uniform(0, 10), 1) for _ in range(rng.randint(2, 6))]
    shown = _listed(list(map(str, values)), rng)
    if rng.random() < 0.4:
        shown = f"[{', '.join(map(str, values))}]"
    schema = _schema("array", [f"The {plain(name)}", f"A list of {plain(name)}"], rng)
    return Told({**schema, "items": {"type": "number"}}, values, rng.choice(how).replace("{v}", shown))


def words(name: str, how: Mapping[str, Any], pool: ValuePool) -> Told:
    rng = pool.rng
    values = list(dict.fromkeys(drawn(how["kind"], pool) for _ in range(rng.randint(1, 4))))
    schema = _schema("array", [f"The {plain(name)}", f"List of {plain(name)}"], rng)
    phrase = rng.choice(how["say"]).replace("{v}", _listed(values, rng))
    return Told({**schema, "items": {"type": "string"}}, values, phrase)


def _listed(items: Sequence[str], rng: random.Random) -> str:
    joint = rng.choice((", ", " and ", " and ", ", and "))
    return joint.join(filter(None, (", ".join(items[:-1]), items[-1])))


def flag(name: str, how: Sequence[str], pool: ValuePool) -> Told:
    rng, said = pool.rng, plain(name)
    schema = _schema("boolean", [f"Whether {said}", said.capitalize()], rng)
    if rng.random() < 0.75:
        return Told(schema, True, rng.choice(how))
    return Told(schema, False, rng.choice((f"not {said}", f"no {said}", f"without {said}")))


def choice(name: str, how: Sequence[Sequence[str]], pool: ValuePool) -> Told:
    rng, said = pool.rng, plain(name)
    options = list(rng.choice(how))
    value = rng.choice(options)
    phrases = (f"in {value}", value, f"{value} {said}", f"the {said} should be {value}", f"{value}, please")
    schema = _schema("string", [f"The {said}", f"{said.capitalize()} to use"], rng)
    return Told({**schema, "enum": options}, value, rng.choice(phrases))


Teller = Callable[[str, Any, ValuePool], Told]
TELLERS: Mapping[str, Teller] = {
    "numbers": number, "words": word, "lists": numbers, "named_lists": words, "flags": flag, "choices": choice,
}  # fmt: skip


def _template(name: str, own: Sequence[str], rng: random.Random) -> str:
    general: Sequence[str] = wordings()["general"]
    return rng.choice(general if rng.random() < GENERAL else own).replace("{p}", plain(name))


def _schema(kind: str, described: Sequence[str], rng: random.Random) -> dict[str, Any]:
    return {"type": kind, **({"description": rng.choice(described)} if rng.random() < DESCRIBED else {})}
