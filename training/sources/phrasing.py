"""How a person would say a tool's purpose, a parameter and its value. Words only: which tool is requests.py's.

A phrase is a list of pieces, so that the words around values may be varied (case, slips of the finger) and values not.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from training.sources import rows


@dataclass(frozen=True)
class Piece:
    text: str
    is_value: bool = False


Phrase = list[Piece]

_SAID_AS: Mapping[str, tuple[str, ...]] = {
    "add": ("add", "put in", "insert", "attach"),
    "analyze": ("analyze", "have a look at", "examine"),
    "calculate": ("calculate", "work out", "compute"),
    "cancel": ("cancel", "call off", "stop"),
    "check": ("check", "look at", "verify"),
    "convert": ("convert", "turn", "change"),
    "create": ("create", "make", "set up", "add a new", "start"),
    "delete": ("delete", "remove", "get rid of", "erase", "drop"),
    "download": ("download", "get", "save"),
    "execute": ("execute", "run", "carry out"),
    "fetch": ("fetch", "get", "load", "pull up"),
    "find": ("find", "look for", "search for", "locate"),
    "generate": ("generate", "make", "produce", "create"),
    "get": ("get", "fetch", "show me", "give me", "find", "look up", "pull up", "tell me"),
    "list": ("list", "show", "show me", "give me a list of", "display"),
    "modify": ("modify", "change", "edit"),
    "move": ("move", "shift"),
    "open": ("open", "open up"),
    "query": ("query", "ask for", "look up"),
    "read": ("read", "show me", "open", "load"),
    "remove": ("remove", "delete", "take out", "get rid of"),
    "retrieve": ("retrieve", "get", "fetch", "show me", "look up"),
    "run": ("run", "execute", "start"),
    "search": ("search", "look through", "find", "look for"),
    "send": ("send", "send out", "deliver"),
    "set": ("set", "change", "put"),
    "show": ("show", "display", "let me see"),
    "start": ("start", "begin", "launch", "kick off"),
    "stop": ("stop", "end", "halt", "terminate"),
    "update": ("update", "change", "edit", "modify"),
    "upload": ("upload", "put up", "send"),
    "write": ("write", "save", "put down"),
}
_OTHER_VERB_WORDS = (
    "access activate append apply approve archive assign authenticate batch book browse build capture change "
    "clear click clone close collect commit compare complete compute configure connect copy count customize "
    "deactivate debug define deploy describe detect determine disable discover display draw drop edit emit "
    "enable encode end enrich ensure estimate evaluate exchange explain explore export extract fill filter "
    "fork format forward gather give group identify import improve index initialize inspect install invite "
    "invoke join launch load log lookup make manage map mark match merge monitor mute navigate notify obtain "
    "order parse patch pause perform pin place play plot post predict press prepare preview print process "
    "provide publish pull purchase push put rank rate recommend record refresh register reject release reload "
    "rename render reopen reorder replace reply report request reserve reset resize resolve restart restore "
    "resume return reverse review rotate save scan schedule scrape select share shut sign simulate solve sort "
    "split stage subscribe submit suggest summarize swap switch sync tag take test toggle track transcribe "
    "transfer transform translate trigger type unlock unpin unstar validate verify view visit wait watch "
)
_OTHER_VERBS = frozenset(_OTHER_VERB_WORDS.split())
VERBS = frozenset(_SAID_AS) | _OTHER_VERBS

_CUT = re.compile(
    r" (by|with|using|based on|from|for|in|on|at|via|within|including|such as|that|which|so that|to help|given|and) .*"
    r"|[(,;:].*"
)
_LEADING = re.compile(
    r"^(the|a|an|optional|required|specify|list of|array of|whether to|if true|if set) ", re.IGNORECASE
)
_SWITCH = re.compile(r"^(include|is|has|enable|use|show|with|should|allow|get|return|do|only) ?")
_PARAMETER_SAID_AS: Mapping[str, tuple[str, ...]] = {
    "query": ("query", "search term", "search", "query string"),
    "q": ("query", "search term"),
    "limit": ("limit", "maximum", "max"),
    "path": ("path", "file path", "location"),
    "url": ("url", "URL", "link", "address"),
    "content": ("content", "text", "contents"),
    "id": ("id", "ID", "identifier"),
    "message": ("message", "text"),
    "title": ("title", "heading"),
    "name": ("name", "title"),
    "description": ("description", "note"),
    "repo": ("repo", "repository"),
    "owner": ("owner", "account"),
    "symbol": ("symbol", "ticker"),
    "lang": ("language",),
    "dir": ("directory", "folder"),
    "directory": ("directory", "folder"),
    "per page": ("per page", "page size"),
}
SMALL = rows.NUMBER_WORDS


@lru_cache(maxsize=65536)
def plain_words(identifier: str) -> str:
    """`projectId` and `project_id` are both said `project id`."""
    return rows.snake_case(identifier).replace("_", " ")


@lru_cache(maxsize=65536)
def purpose(name: str, description: str) -> tuple[tuple[str, str], ...]:
    """(verb, rest) readings of a tool, the fullest first; the verb is an English base form. Never empty."""
    readings = []
    for text in (_uncapitalised(description), plain_words(name)):
        verb, _, rest = text.partition(" ")
        base = _base_form(verb)
        if base is not None and rest:
            readings.append((base, rest))
            readings.append((base, _CUT.sub("", f" {rest}").strip() or rest))
    spoken = plain_words(name)
    return tuple(readings) or (("use", spoken), ("run", spoken), ("do", f"a {spoken}"))


def _uncapitalised(text: str) -> str:
    head, _, rest = text.partition(" ")
    plain = head.lower() if head[1:].islower() else head
    return f"{plain} {rest}" if rest else plain


def _base_form(verb: str) -> str | None:
    for ending, instead in (("", ""), ("s", ""), ("es", ""), ("ies", "y")):
        if verb.endswith(ending) and (base := verb.removesuffix(ending) + instead) in VERBS:
            return base
    return None


def say_purpose(tool: Mapping[str, Any], rng: random.Random, *, by_user: bool = False) -> str:
    """A verb phrase for what the tool does: "search for files", "look up the weather forecast".

    `by_user`: it follows words such as "I want to", so that "show me" and the like do not fit.
    """
    verb, rest = rng.choice(purpose(tool["name"], tool["description"]))
    said = rng.choice(_SAID_AS.get(verb, (verb,))) if rng.random() < 0.5 else verb
    if by_user and " me" in said:
        said = verb
    if said.endswith((" for", " of")):
        rest = rest.removeprefix("for ")
    if said.endswith("a new"):
        rest = re.sub(r"^(a|an|the|new) (new )?", "", rest)
    if len(rest) > 90:
        rest = rest[: rest.rfind(" ", 0, 90)]
    return f"{said} {rest}".rstrip(" ,.")


def say_parameter(name: str, schema: Mapping[str, Any], rng: random.Random) -> str:
    """A noun phrase for a parameter: its name in plain words, a usual synonym, or its description if short."""
    described = _LEADING.sub("", _LEADING.sub("", str(schema.get("description", "")))).split(" (")[0]
    if described and len(described.split()) <= 4 and rng.random() < 0.35:
        return _uncapitalised(described)
    plain = plain_words(name)
    if rng.random() < 0.3:
        plain = rng.choice(_PARAMETER_SAID_AS.get(plain, (plain,)))
    if plain.endswith(" id"):
        plain = plain[:-3] + rng.choice((" id", " ID", "", " number"))
    return plain


def say_value(value: Any, schema: Mapping[str, Any], rng: random.Random) -> Phrase:
    """The value as words. Strings stand verbatim (sometimes in quotes), small counts sometimes in words, enum words
    with spaces for underscores."""
    if isinstance(value, list):
        return _say_list(value, schema.get("items", {}), rng)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < len(SMALL) and rng.random() < 0.15:
        return [Piece(SMALL[value], True)]
    if isinstance(value, int) and value >= 1000 and rng.random() < 0.05:
        return [Piece(f"{value:,}", True)]
    text = str(value)
    if "enum" in schema and rng.random() < 0.6:
        return [Piece(text.replace("_", " "), True)]
    if isinstance(value, str) and rng.random() < 0.15:
        mark = rng.choice(('"', '"', "'"))
        if mark not in text:
            return [Piece(mark), Piece(text, True), Piece(mark)]
    return [Piece(text, True)]


def _say_list(values: Sequence[Any], items: Mapping[str, Any], rng: random.Random) -> Phrase:
    joint = rng.choice((", ", ", ", " and "))
    phrase: Phrase = []
    for index, value in enumerate(values):
        if index:
            phrase.append(Piece(" and " if index == len(values) - 1 and rng.random() < 0.8 else joint))
        phrase.append(Piece(str(value), True))
    return phrase


def say_switch(name: str, schema: Mapping[str, Any], value: bool, rng: random.Random) -> Phrase:
    """A yes/no parameter: "include archived", "without archived", "recursive: no"."""
    whole = plain_words(name)
    short = _SWITCH.sub("", whole) or whole
    if value:
        said = rng.choice(
            (f"include {short}", f"with {short}", f"{whole} on", f"{whole}: yes", f"{short} please", whole)
        )
    else:
        said = rng.choice((f"without {short}", f"no {short}", f"{whole} off", f"{whole}: no", f"not {short}"))
    return [Piece(said)]


def say_pair(first: tuple[str, Phrase], second: tuple[str, Phrase], rng: random.Random) -> Phrase:
    """Two ends of one span: "from A to B", "between A and B"."""
    opening, joint = rng.choice(((" from ", " to "), (" between ", " and "), (" from ", " until "), (" from ", " - ")))
    return [Piece(opening.strip() + " "), *first[1], Piece(joint), *second[1]]


_LEADS: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = (
    (re.compile(r"\b(query|search|topic|keywords?|q|term|pattern)\b"), ("for ", "for ", "about ", "on ", "", "with ")),
    (re.compile(r"\b(name|title|label)\b"), ("named ", "called ", "for ", "", "titled ")),
    (
        re.compile(r"\b(text|content|message|body|prompt|comment|description|question)\b"),
        ("saying ", "", "with ", "- "),
    ),
    (
        re.compile(r"\b(path|file|folder|directory|url|link|repo|repository|database|table)\b"),
        ("", "in ", "for ", "of "),
    ),
    (re.compile(r"\b(city|location|place|country|region|address)\b"), ("in ", "for ", "at ", "of ")),
    (re.compile(r"\b(user|username|email|to|recipient|person|owner|author)\b"), ("for ", "to ", "of ", "by ")),
    (re.compile(r"\b(date|day|time|start|end|since|until)\b"), ("for ", "on ", "of ", "from ")),
)


@lru_cache(maxsize=65536)
def leads(name: str) -> tuple[str, ...]:
    """Words that may stand before the value of this parameter right after the verb phrase, without naming it."""
    plain = plain_words(name)
    return next((words for pattern, words in _LEADS if pattern.search(plain)), ("", "for ", "for ", "of ", "with "))


def say_clause(name: str, schema: Mapping[str, Any], value: Any, rng: random.Random) -> Phrase:
    """A parameter with its value; the cue mostly stands before the value."""
    if isinstance(value, bool):
        return say_switch(name, schema, value, rng)
    said, shown = say_parameter(name, schema, rng), say_value(value, schema, rng)
    pattern = rng.choice(_patterns(name, schema))
    before, _, after = pattern.partition("{v}")
    return [Piece(before.replace("{p}", said)), *shown, Piece(after.replace("{p}", said))]


_GENERAL = (
    "with {p} {v}",
    "with {p} {v}",
    "{p} {v}",
    "{p}: {v}",
    "using {p} {v}",
    "the {p} is {v}",
    "and the {p} should be {v}",
    "set the {p} to {v}",
    "{p} = {v}",
    "for {p} {v}",
    "{v} as the {p}",
    "{v} for the {p}",
)
_PLACES = ("in {v}", "from {v}", "at {v}", "for {v}", "in the {p} {v}", "under {v}")
_COUNTS = (
    "limit to {v}",
    "at most {v}",
    "only {v} of them",
    "max {v}",
    "no more than {v}",
    "{v} results",
    "the first {v}",
)
_DATES = ("on {v}", "for {v}", "{v}", "dated {v}")
_WAYS = ("in {v}", "as {v}", "{v} {p}", "use {v}", "in {v} {p}")
_PEOPLE = ("for {v}", "by {v}", "to {v}", "of {v}", "from {v}")


@lru_cache(maxsize=65536)
def _special(plain: str, is_enum: bool, is_text: bool) -> tuple[str, ...]:
    if is_enum:
        return _WAYS
    if re.search(r"\b(limit|max|count|top|num|results)\b", plain):
        return _COUNTS
    if not is_text:
        return ()
    if re.search(r"\b(city|location|place|country|folder|directory|path|dir|region|repo|repository|database)\b", plain):
        return _PLACES
    if re.search(r"\b(date|day)\b", plain):
        return _DATES
    if re.search(r"\b(user|owner|author|person|recipient|username|artist|assignee|email|to)\b", plain):
        return _PEOPLE
    return ()


def _patterns(name: str, schema: Mapping[str, Any]) -> tuple[str, ...]:
    special = _special(plain_words(name), "enum" in schema, schema.get("type") == "string")
    return (*_GENERAL, *special, *special)


def join(phrase: Phrase) -> str:
    return "".join(piece.text for piece in phrase)


def slip(text: str, rng: random.Random) -> str:
    """One slip of the finger in one longer word of the text: two letters swapped, one doubled or one left out."""
    words = list(re.finditer(r"[a-z]{5,}", text))
    if not words:
        return text
    match = rng.choice(words)
    word, at = match.group(0), rng.randrange(1, len(match.group(0)) - 1)
    slipped = rng.choice(
        (word[:at] + word[at + 1] + word[at] + word[at + 2 :], word[: at + 1] + word[at:], word[:at] + word[at + 1 :])
    )
    return text[: match.start()] + slipped + text[match.end() :]
