"""Requests for real tools that come without any: a purpose and values are drawn, then said the way people ask.

Every string value stands verbatim in the user's words. An eighth of the rows must be declined: the tool asked for is
not offered, or a value it requires is not given.
"""

from __future__ import annotations

import itertools
import math
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from training.example import Example
from training.sources import documents, rows
from training.sources import phrasing as say
from training.sources.mcp import ServedTool
from training.sources.phrasing import Phrase, Piece
from training.sources.texts import Texts, make_texts
from training.sources.values import ValuePool

DECLINED = 0.12
ASKED_BACK = 0.07  # share of rows in which one value comes only after the assistant asks for it
EXTRACTED = 0.2  # share of json-extract rows in `generate`
LOWERED = 0.1  # share of rows all in lower case, values included

_PAIRS: tuple[tuple[str, str], ...] = (
    ("from", "to"),
    ("start", "end"),
    ("source", "target"),
    ("source", "destination"),
    ("origin", "destination"),
    ("min", "max"),
    ("old", "new"),
    ("after", "before"),
    ("since", "until"),
    ("base", "head"),
)
_OPENERS: tuple[str, ...] = (
    "",
    "",
    "",
    "",
    "",
    "please ",
    "can you ",
    "could you ",
    "could you please ",
    "I need to ",
    "I want to ",
    "I'd like to ",
    "hey, ",
    "let's ",
    "help me ",
    "would you ",
    "go ahead and ",
    "I have to ",
    "we need to ",
)
_WISHES = ("I need to ", "I want to ", "I'd like to ", "let's ", "help me ", "I have to ", "we need to ")
_QUESTIONS = ("can you ", "could you ", "could you please ", "would you ")
_CLOSERS = ("", "", "", "", "", "", ".", ".", ".", " please", ", please.", ", thanks", " asap", " now.", "!", " for me")
_ASIDES = (
    "I have a meeting with {name} at {number}.",
    "It's for {name}.",
    "We talked about this on {day}.",
    "No hurry.",
    "I'm on it since {day}.",
    "This is the {number}th time today.",
    "{name} asked me for it.",
    "Sorry for the short notice.",
)


class _Drawn:
    """A tool with the values drawn for a call to it."""

    def __init__(self, served: ServedTool, pool: ValuePool, lowered: bool) -> None:
        self.tool = served.tool
        self.served = served
        self.properties: Mapping[str, Any] = served.tool["parameters"]["properties"]
        chosen = _chosen(served.tool, pool.rng)
        drawn = {key: pool.draw(key, self.properties[key]) for key in chosen}
        self.arguments = {
            key: _lower(value, self.properties[key]) if lowered else value for key, value in drawn.items()
        }


def generate(
    tools: Sequence[ServedTool], rng: random.Random, texts: Texts | None = None, *, extracted: float = EXTRACTED
) -> Iterator[Example]:
    """Endless rows: tool-call and, for the share `extracted`, json-extract rows. All choices come from `rng`.

    `texts` (texts.read_texts) feed free-text values; the tools' own descriptions do where none are given.
    Raises ValueError when there is no tool to ask for.
    """
    if not tools:
        raise ValueError("requests.generate needs at least one tool to write requests for")
    pool = ValuePool(texts or make_texts([served.tool["description"] for served in tools]), rng)
    siblings: dict[str, list[rows.Tool]] = defaultdict(list)
    for served in tools:
        siblings[served.server].append(served.tool)
    weights = list(itertools.accumulate(_weight(served, len(siblings[served.server])) for served in tools))
    while True:
        served = rng.choices(tools, cum_weights=weights)[0]
        drawn = _Drawn(served, pool, lowered=rng.random() < LOWERED)
        if rng.random() < extracted and drawn.arguments:
            yield documents.extraction(served, drawn.arguments, pool)
        elif rng.random() < DECLINED:
            yield _declined(drawn, tools, siblings[served.server], pool)
        else:
            yield _called(drawn, siblings[served.server], pool)


def _weight(served: ServedTool, server_size: int) -> float:
    """Servers count by the square root of their size, and a tool without parameters teaches no filling."""
    by_count = (0.12, 1.0, 1.5, 1.5, 1.4, 1.2)
    count = len(served.tool["parameters"]["properties"])
    return by_count[min(count, len(by_count) - 1)] / math.sqrt(server_size)


def _chosen(tool: Mapping[str, Any], rng: random.Random) -> list[str]:
    """All required parameters and a few of the others; at least one where there is any, nearly always."""
    properties, required = tool["parameters"]["properties"], tool["parameters"]["required"]
    optional = [key for key in properties if key not in required]
    most = rng.choice((0, 0, 1, 1, 2, 3)) if required else rng.choice((0, 1, 1, 1, 2, 2, 3))
    extra = rng.sample(optional, min(len(optional), most))
    return [key for key in properties if key in required or key in extra]


def _lower(value: Any, schema: Mapping[str, Any]) -> Any:
    if isinstance(value, list):
        return [_lower(entry, schema.get("items", {})) for entry in value]
    return value.lower() if isinstance(value, str) and "enum" not in schema else value


def _called(drawn: _Drawn, siblings: Sequence[rows.Tool], pool: ValuePool) -> Example:
    rng = pool.rng
    askable = [key for key, value in drawn.arguments.items() if not isinstance(value, bool)]
    if askable and rng.random() < ASKED_BACK:
        messages = _asked_back(drawn, rng.choice(askable), pool)
    else:
        messages = [rows.user(write(drawn.tool, drawn.arguments, pool))]
    others = [tool for tool in siblings if tool["name"] != drawn.tool["name"]]
    return rows.call_row(
        drawn.tool,
        drawn.arguments,
        messages,
        source=f"requests/{drawn.served.source}",
        licence=drawn.served.licence,
        alternatives=rng.sample(others, min(len(others), 8)),
    )


def _asked_back(drawn: _Drawn, missing: str, pool: ValuePool) -> list[dict[str, str]]:
    """The request without one value, the assistant's question, the value."""
    rng, schema = pool.rng, drawn.properties[missing]
    rest = {key: value for key, value in drawn.arguments.items() if key != missing}
    said = say.say_parameter(missing, schema, rng)
    question = rng.choice((f"Which {said}?", f"What is the {said}?", f"Sure. What {said} should I use?"))
    answer = say.join(say.say_value(drawn.arguments[missing], schema, rng))
    wrapped = rng.choice(
        ("{}", "{}", "{}.", "It's {}", "Use {}", "{} please", "the " + said.replace("{", "") + " is {}")
    )
    return [rows.user(write(drawn.tool, rest, pool)), rows.assistant(question), rows.user(wrapped.format(answer))]


def _declined(drawn: _Drawn, tools: Sequence[ServedTool], siblings: Sequence[rows.Tool], pool: ValuePool) -> Example:
    """A required value is missing, or the tool is: near misses of the same server or strangers are offered instead."""
    rng, name = pool.rng, drawn.tool["name"]
    droppable = [key for key in drawn.tool["parameters"]["required"] if not isinstance(drawn.arguments[key], bool)]
    arguments = dict(drawn.arguments)
    if droppable and rng.random() < 0.4:
        del arguments[rng.choice(droppable)]
        offered = [drawn.tool]
    else:
        near = [tool for tool in siblings if _other_purpose(tool, drawn.tool)]
        strangers = [served.tool for served in rng.sample(tools, min(len(tools), 4)) if served.tool["name"] != name]
        offered = rng.sample(near, min(len(near), 3)) if near and rng.random() < 0.4 else strangers
    messages = [rows.user(write(drawn.tool, arguments, pool))]
    served = drawn.served
    return rows.decline_row(offered, messages, source=f"requests/{served.source}", licence=served.licence)


def _other_purpose(tool: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Whether a sibling does something else: another verb, and fewer than half of the words of the name shared."""
    mine, theirs = say.plain_words(wanted["name"]).split(), say.plain_words(tool["name"]).split()
    shared = len(set(mine) & set(theirs))
    return mine[:1] != theirs[:1] and 2 * shared < max(len(mine), len(theirs))


def write(tool: Mapping[str, Any], arguments: Mapping[str, Any], pool: ValuePool) -> str:
    """A request for the tool with these arguments; every string argument stands in it verbatim."""
    rng = pool.rng
    clauses = _clauses(tool, arguments, pool)
    layout = rng.choice((_sentence, _sentence, _sentence, _sentence, _terse, _listed, _two_sentences, _fronted))
    phrase = _finish(layout(tool, clauses, rng), pool)
    return say.join(phrase)


def _clauses(tool: Mapping[str, Any], arguments: Mapping[str, Any], pool: ValuePool) -> list[Phrase]:
    """One phrase for every parameter, the object of the verb first, pairs such as start and end joined."""
    rng, properties = pool.rng, tool["parameters"]["properties"]
    left = dict(arguments)
    first: list[Phrase] = []
    phrases: list[Phrase] = []
    pair = next(_pairs(left), None) if len(left) > 1 else None
    if pair and rng.random() < 0.7:
        ends = [(key, say.say_value(left.pop(key), properties[key], rng)) for key in pair]
        phrases.append(say.say_pair(ends[0], ends[1], rng))
    main = next((key for key, value in left.items() if isinstance(value, str) and "enum" not in properties[key]), None)
    if main and rng.random() < 0.45:
        shown = say.say_value(left.pop(main), properties[main], rng)
        lead = rng.choice(say.leads(main))
        first.append([Piece(lead), *shown])
    phrases += [say.say_clause(key, properties[key], value, rng) for key, value in left.items()]
    rng.shuffle(phrases)
    return first + phrases


def _pairs(arguments: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Two given parameters whose names differ by the words for the two ends of a span."""
    plain = {say.plain_words(key): key for key, value in arguments.items() if not isinstance(value, bool | list)}
    for words, key in plain.items():
        for low, high in _PAIRS:
            if low not in words:
                continue
            other = plain.get(" ".join(high if word == low else word for word in words.split()))
            if other is not None and other != key:
                yield key, other


def _opened(tool: Mapping[str, Any], rng: random.Random) -> tuple[str, str]:
    """The opening words, and the same with what the tool does."""
    opener = rng.choice(_OPENERS)
    return opener, opener + say.say_purpose(tool, rng, by_user=opener in _WISHES)


def _sentence(tool: Mapping[str, Any], clauses: list[Phrase], rng: random.Random) -> Phrase:
    opener, asked = _opened(tool, rng)
    phrase = [Piece(asked)]
    for index, clause in enumerate(clauses):
        last = index == len(clauses) - 1 and index > 0
        phrase.append(
            Piece(rng.choice((", ", " and ", " ")) if last else rng.choice((" ", " ", ", ")) if index else " ")
        )
        phrase += clause
    return [*phrase, Piece("?" if opener in _QUESTIONS and rng.random() < 0.7 else rng.choice(_CLOSERS))]


def _terse(tool: Mapping[str, Any], clauses: list[Phrase], rng: random.Random) -> Phrase:
    """The tool's name in plain words, then what it needs."""
    phrase = [Piece(say.plain_words(tool["name"]))]
    joint = rng.choice((" ", ", "))
    for clause in clauses:
        phrase += [Piece(joint), *clause]
    return phrase


def _listed(tool: Mapping[str, Any], clauses: list[Phrase], rng: random.Random) -> Phrase:
    joint = rng.choice(("\n", "\n- ", "; ", ", "))
    phrase = [Piece(_opened(tool, rng)[1] + (":" if clauses else ""))]
    for index, clause in enumerate(clauses):
        phrase += [Piece(" " if index == 0 and "\n" not in joint else joint), *clause]
    return phrase


def _two_sentences(tool: Mapping[str, Any], clauses: list[Phrase], rng: random.Random) -> Phrase:
    phrase = [Piece(_opened(tool, rng)[1])]
    cut = rng.randint(0, len(clauses))
    for clause in clauses[:cut]:
        phrase += [Piece(" "), *clause]
    phrase.append(Piece(rng.choice((". ", "! ", "... ")) if cut < len(clauses) else "."))
    for index, clause in enumerate(clauses[cut:]):
        phrase += [Piece(", " if index else ""), *clause]
    return phrase


def _fronted(tool: Mapping[str, Any], clauses: list[Phrase], rng: random.Random) -> Phrase:
    """A clause first: "in ~/work, list the files"."""
    if not clauses:
        return _sentence(tool, clauses, rng)
    front, rest = clauses[-1], clauses[:-1]
    return [*front, Piece(", "), *_sentence(tool, rest, rng)]


def _finish(phrase: Phrase, pool: ValuePool) -> Phrase:
    """Capital letter or none, now and then a slip of the finger in the words around the values, or a sentence beside
    the point."""
    rng = pool.rng
    if rng.random() < 0.08:
        at = rng.randrange(len(phrase))
        if not phrase[at].is_value:
            phrase[at] = Piece(say.slip(phrase[at].text, rng))
    if not phrase[0].is_value and rng.random() < 0.6:
        text = phrase[0].text.lstrip()
        phrase[0] = Piece(text[:1].upper() + text[1:])
    if rng.random() < 0.08:
        aside = rng.choice(_ASIDES).format(
            name=pool.name(), number=rng.randint(2, 12), day=rng.choice(("Monday", "Friday"))
        )
        return [Piece(f"{aside} "), *phrase] if rng.random() < 0.5 else [*phrase, Piece(f" {aside}")]
    return phrase
