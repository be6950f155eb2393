"""A small grammar of wordings: templates with choices, shared rules and value slots become varied requests.

A template is text with `[a|b|]` for a choice (choices nest), `<rule>` for a shared rule, `{slot}` for a value. Values
go in untouched: lower case, typos and punctuation only ever change the words around them. Nothing here knows tools.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Literal

Slots = Mapping[str, str]
Piece = tuple[str, bool]  # the text, and whether it is a value that must stay as it is
_Node = tuple[Literal["text", "slot", "rule"], str] | tuple[Literal["choice"], tuple["_Sequence", ...]]
_Sequence = tuple[_Node, ...]

_TOKENS = re.compile(r"[\[\]|]|\{\w+\}|<\w+>|[^\[\]|{}<>]+|[{}<>]")
_QUESTION = re.compile(
    r"(what|which|who|whom|whose|when|where|why|how|is|are|was|were|do|does|did|can|could|would|will|should|has|have|any"
    r"|may|mind|whats|hows)\b",
    re.I,
)

RULES: dict[str, str] = {
    "ask": "[||||||||please|pls|could you|can you|would you|can you please|could you please|will you|I need you to"
    "|I want you to|I'd like you to|go ahead and|help me|kindly|hey,|hi, can you|hello, "
    "could you|okay, now|now|next,|then"
    "|and then|after that,|first,|quickly|just|let's|it is time to|I would like to|I want to|"
    "I need to|I have to|we need to"
    "|is it possible to|are you able to|try to|make sure to|would you please|you can now|your task: |do this: "
    "|for my records, |also|and|finally,|lastly,|once more,|to begin with,|would you be able to|I was hoping you could"
    "|let me see you|could we|can we|we should|please go and|I must|I'd love to|so please]",
    "tail": "[||||||||||||please|, please|for me|, thanks|now|right away|if you can|, would you|when "
    "you can|, thank you"
    "|if possible|as soon as you can|for us|, will you|this time|real quick|, cheers|before lunch|today, please]",
    "know": "[tell me|can you tell me|could you tell me|do you know|I'd like to know|I want to know|I need to know"
    "|let me know|find out|figure out|work out|check|any idea|I wonder|I was wondering|please tell me|remind me|show me"
    "|would you happen to know|help me find out|please find out|please check|then tell me|and tell me|my question is"
    "|I have to know|can you check|could you check|can you work out|could you find out|I'd love to know|now tell me"
    "|my boss asks|we need to know|someone asked me|say|just tell me|quickly tell me|see|can you see|I am asking]",
    "give": "[what is|what is|what's|what's|whats|what was|what would be|give me|I need|tell me|find|"
    "get me|show me|work out"
    "|can you give me|could you get me|||let me have|I want|I'd like|could I get|may I have|please give me|please find"
    "|find me|look up|I am looking for|looking for|do you know|can you find|could you find|then give me|so what is"
    "|and what is|could you tell me|can you tell me|I would like|we need|help me find|please work out|state|report"
    "|return|name|fetch me|hand me|provide|kindly give me|quick:|question:|need|want]",
    "lead": "[||||||||||||||||||||||||Quick question: |One more thing: |Hi! |Hello. |Hey there, |OK, "
    "|Right, |So, |Sorry, |Well, "
    "|Task: |I'm in a hurry. |A small favour: |Good morning. |Good evening. |By the way, |Question: |For the report: "
    "|Hmm, |Alright, |For a friend: |I need help. |Let me think. |Thanks for earlier. |Next: |Last thing: |To do: ]",
}


@cache
def _compiled(template: str) -> _Sequence:
    tokens = _TOKENS.findall(template)
    sequence, rest = _sequence(tokens, 0)
    if rest != len(tokens):
        raise ValueError(f"the template {template!r} closes a bracket it never opened")
    return sequence


def _sequence(tokens: Sequence[str], at: int) -> tuple[_Sequence, int]:
    nodes: list[_Node] = []
    while at < len(tokens) and tokens[at] not in ("|", "]"):
        token = tokens[at]
        if token == "[":
            node, at = _choice(tokens, at + 1)
            nodes.append(node)
            continue
        nodes.append(_leaf(token))
        at += 1
    return tuple(nodes), at


def _leaf(token: str) -> _Node:
    if token[0] == "{":
        return ("slot", token[1:-1])
    if token[0] == "<":
        return ("rule", token[1:-1])
    return ("text", token)


def _choice(tokens: Sequence[str], at: int) -> tuple[_Node, int]:
    branches: list[_Sequence] = []
    while at < len(tokens):
        branch, at = _sequence(tokens, at)
        branches.append(branch)
        if at < len(tokens) and tokens[at] == "]":
            return ("choice", tuple(branches)), at + 1
        at += 1
    raise ValueError("a choice in a template is never closed")


def pieces(rng: Random, template: str, slots: Slots) -> list[Piece]:
    """One way through the template. Raises KeyError for a slot or rule that is not given."""
    out: list[Piece] = []
    _walk(rng, _compiled(template), slots, out)
    return out


def _walk(rng: Random, sequence: _Sequence, slots: Slots, out: list[Piece]) -> None:
    for node in sequence:
        if node[0] == "choice":
            branches = node[1]
            _walk(rng, branches[int(rng.random() * len(branches))], slots, out)
        elif node[0] == "rule":
            _walk(rng, _compiled(RULES[node[1]]), slots, out)
        elif node[0] == "slot":
            _append(out, slots[node[1]], True)
        else:
            _append(out, node[1], False)


def _append(out: list[Piece], text: str, value: bool) -> None:
    """Empty choices leave double spaces and spaces before commas; both are closed here, outside values."""
    if not value:
        if not out or out[-1][0].endswith((" ", "\n")):
            text = text.lstrip(" ")
        if text.startswith((",", ".", "?")) and out and not out[-1][1] and out[-1][0].endswith(" "):
            out[-1] = (out[-1][0].rstrip(" "), False)
    if text:
        out.append((text, value))


def fill(rng: Random, template: str, slots: Slots | None = None) -> str:
    """The template as plain text, with no styling."""
    return "".join(text for text, _ in pieces(rng, template, {} if slots is None else slots)).strip()


@dataclass(frozen=True)
class Forms:
    """The ways to ask one thing. `do`: a verb phrase ("convert {x} to {y}"); `ask`: a question without its mark;
    `know`: an indirect question ("how much {x} is"); `give`: a noun phrase ("{x}"); `say`: whole wordings."""

    do: tuple[str, ...] = ()
    ask: tuple[str, ...] = ()
    know: tuple[str, ...] = ()
    give: tuple[str, ...] = ()
    say: tuple[str, ...] = ()

    def templates(self) -> tuple[str, ...]:
        return _templates(self)


@cache
def _templates(forms: Forms) -> tuple[str, ...]:
    return (
        *(f"<lead><ask> {template}{_tail(template)}" for template in forms.do),
        *(f"<lead>{template}" for template in forms.ask),
        *(f"<lead><know> {template} <tail>" for template in forms.know),
        *(f"<lead><give> {template} <tail>" for template in forms.give),
        *forms.say,
    )


def _tail(template: str) -> str:
    """Nothing follows an open text: in "note that {t} for me" nobody can tell where the text ends."""
    return "" if template.endswith(("{t}", "{c}")) else " <tail>"


def wording(rng: Random, forms: Forms, slots: Slots) -> str:
    """One request in one of the forms, styled as people type: capitals, marks, lower case or a typo now and then."""
    return styled(rng, pieces(rng, rng.choice(forms.templates()), slots))


def styled(rng: Random, parts: list[Piece]) -> str:
    mood = rng.random()
    if mood < 0.3:
        parts = [(text if value else text.lower(), value) for text, value in parts]
    elif mood < 0.9:
        parts = _capitalised(parts)
    if rng.random() < 0.06:
        parts = _mistyped(rng, parts)
    text = "".join(text for text, _ in parts).strip()
    return text + _mark(rng, text, parts)


def _capitalised(parts: list[Piece]) -> list[Piece]:
    if parts and not parts[0][1]:
        first = parts[0][0]
        return [(first[:1].upper() + first[1:], False), *parts[1:]]
    return parts


def _mark(rng: Random, text: str, parts: list[Piece]) -> str:
    """The closing mark: none a third of the time, none after an address or a query, where it would read as its part."""
    if text[-1:] in ".?!:\"'”`" or rng.random() < 0.3 or (parts[-1][1] and parts[-1][0][:4] in ("http", "SELE")):
        return ""
    if parts[-1][1] and " " in parts[-1][0] and not _QUESTION.match(text):
        return rng.choice(("", "", "."))
    words = re.sub(r"^(\w+ ){0,2}\w+[.:!,] ", "", text)
    if _QUESTION.match(words) or _QUESTION.match(text):
        return "?"
    return rng.choice((".", ".", ".", "!", ""))


def _mistyped(rng: Random, parts: list[Piece]) -> list[Piece]:
    """One slip in one word that is no value: two letters swapped, one dropped or one doubled."""
    places = [i for i, (text, value) in enumerate(parts) if not value and len(text) > 5]
    if not places:
        return parts
    place = rng.choice(places)
    text = parts[place][0]
    at = rng.randrange(1, len(text) - 2)
    if not (text[at].isalpha() and text[at + 1].isalpha()):
        return parts
    slip = rng.choice((text[at + 1] + text[at], text[at], text[at] + text[at] + text[at + 1]))
    return [*parts[:place], (text[:at] + slip + text[at + 2 :], False), *parts[place + 1 :]]
