"""The first lessons: copying a string letter by letter, looking a value up by its key, under tools and keys with random
names. They bring the copying on which every other skill stands."""

from __future__ import annotations

import string
from collections.abc import Iterator
from random import Random

from training.example import Example
from training.synthetic import values as v
from training.synthetic import words as w
from training.synthetic.case import observed, row, user
from training.synthetic.phrases import Forms, wording
from training.synthetic.specs import Spec

KIND = "warmup"

_COPY = Forms(
    do=(
        "[repeat|copy|echo|say|write|print] {t}",
        "[repeat|say] after me: {t}",
        "copy [this|the following|it exactly]: {t}",
        "use {n} [with|on|for] {t}",
        "[call|run] {n} [with|on] {t}",
    ),
    say=("{t}", "{n}: {t}", "{n} {t}", "{t} [again|once more]", "echo {t}"),
)
_PAIR = Forms(
    do=(
        "[call|run|use] {n} with {ka} {a} and {kb} {b}",
        "{n} with {kb} {b} and {ka} {a}",
        "set {ka} to {a} and {kb} to {b}",
    ),
    say=("{n} {ka}={a} {kb}={b}", "{ka}: {a}, {kb}: {b}", "{kb}: {b}\n{ka}: {a}", "{n}: {ka} {a}; {kb} {b}"),
)
_LOOK_UP = Forms(
    do=("[give|find|tell me|look up|extract] [the value of|] {ks}", "[find|get|read] {ks}"),
    ask=("what [is|are] {ks}",),
    say=("{ks}?", "{ks}", "as JSON: {ks}"),
)


def generate(rng: Random) -> Iterator[Example]:
    """Rows without end."""
    while True:
        kind = rng.random()
        if kind < 0.4:
            yield _copied(rng)
        elif kind < 0.65:
            yield _paired(rng)
        else:
            yield _looked_up(rng)


def scrap(rng: Random) -> str:
    """Something to copy: letters, words, numbers, or a mixture."""
    kind = rng.random()
    if kind < 0.25:
        return " ".join(v.invented(rng) for _ in range(rng.randint(1, 4)))
    if kind < 0.4:
        return "".join(rng.choice(string.ascii_letters + string.digits) for _ in range(rng.randint(3, 10)))
    if kind < 0.6:
        pools = (w.NOUNS, w.ADJECTIVES, w.ITEMS, w.FIRST_NAMES, w.CITIES, w.LAST_NAMES)
        return " ".join(rng.choice(rng.choice(pools)) for _ in range(rng.randint(1, 6)))
    draw = rng.choice((v.code, v.email, v.url, v.file_name, v.number_text, v.phone, v.sentence, v.company, v.full_name))
    return draw(rng)


def identifier(rng: Random) -> str:
    """A name nobody has seen, for a tool or a key."""
    kind = rng.random()
    if kind < 0.4:
        return f"{v.invented(rng)}_{rng.choice(w.NOUNS)}"
    if kind < 0.7:
        return v.invented(rng)
    if kind < 0.85:
        return f"{rng.choice(w.ADJECTIVES)}_{rng.choice(w.NOUNS)}"
    return rng.choice(string.ascii_lowercase) + "".join(
        rng.choice(string.ascii_lowercase + string.digits) for _ in range(rng.randint(2, 6))
    )


def _tool(rng: Random, name: str, keys: list[str]) -> Spec:
    properties = {key: {"type": "string"} for key in keys}
    shape = {"type": "object", "properties": properties, "required": keys, "additionalProperties": False}
    return {
        "name": name,
        "description": f"{rng.choice(('Takes', 'Uses', 'Keeps', 'Sends'))} {' and '.join(keys)}",
        "parameters": shape,
    }


def _copied(rng: Random) -> Example:
    name, key, text = identifier(rng), identifier(rng), scrap(rng)
    request = wording(rng, _COPY, {"t": text if rng.random() < 0.6 or '"' in text else f'"{text}"', "n": name})
    others = (
        [_tool(rng, identifier(rng), [identifier(rng)]) for _ in range(rng.choice((0, 0, 1, 2)))]
        if name in request
        else []
    )
    return row(
        "tool-call", KIND, [user(request)], {"name": name, "arguments": {key: text}}, [_tool(rng, name, [key])], others
    )


def _paired(rng: Random) -> Example:
    """Two values, each to its own key, whatever the order they are told in."""
    name, first, second = identifier(rng), *_distinct(rng, 2)
    one, two = scrap(rng), scrap(rng)
    request = wording(rng, _PAIR, {"n": name, "ka": first, "kb": second, "a": one, "b": two})
    arguments = {first: one, second: two}
    if rng.random() < 0.5:
        arguments = {second: two, first: one}
    return row(
        "tool-call", KIND, [user(request)], {"name": name, "arguments": arguments}, [_tool(rng, name, list(arguments))]
    )


def _distinct(rng: Random, count: int) -> list[str]:
    names: list[str] = []
    while len(names) < count:
        name = identifier(rng)
        if name not in names:
            names.append(name)
    return names


def _looked_up(rng: Random) -> Example:
    """Pairs of key and value; some of the keys are asked for, in another order."""
    keys = _distinct(rng, rng.randint(2, 7))
    pairs = {key: scrap(rng) for key in keys}
    style = rng.choice(("{k}: {v}", "{k} = {v}", "{k} {v}", "{k} -> {v}", "- {k}: {v}"))
    text = "\n".join(style.format(k=key, v=value) for key, value in pairs.items())
    asked = rng.sample(keys, rng.randint(1, min(3, len(keys))))
    schema = {
        "type": "object",
        "properties": {key: {"type": "string"} for key in asked},
        "required": asked,
        "additionalProperties": False,
    }
    request = wording(rng, _LOOK_UP, {"ks": ", ".join(asked)})
    messages = [user(f"{request}\n{text}")] if rng.random() < 0.7 else [user(request), observed(text)]
    return row("json-extract", KIND, messages, {key: pairs[key] for key in asked}, schema=schema)
