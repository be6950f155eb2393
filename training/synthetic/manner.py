"""The manner of a request, apart from its matter: a core wording is put as an order, a wish or a question, politely,
tersely, chattily or carelessly, with what people say before and after it. Values in it are never touched.

Cores are `phrases.Forms`, most of them written as lines of text (`frames`). What is asked for is decided elsewhere.
"""

from __future__ import annotations

import re
from functools import cache
from random import Random

from training.synthetic.phrases import Forms, Piece, Slots, pieces
from training.synthetic.values import slots as drawn

_KINDS = ("do", "ask", "know", "give", "say")


def frames(text: str, /, **parts: str) -> Forms:
    """Forms from lines such as `do: <open> {f}`; a part named in angle brackets stands for its template, `<nl>` for a
    line break.

    Raises ValueError for a line that does not begin with a kind."""
    found: dict[str, list[str]] = {kind: [] for kind in _KINDS}
    for line in filter(None, map(str.strip, text.splitlines())):
        kind, colon, template = line.partition(": ")
        if not colon or kind not in found:
            raise ValueError(f"the frame {line!r} does not begin with one of {', '.join(_KINDS)}")
        found[kind].append(_with_parts(template, {"nl": "\n", **parts}))
    return Forms(**{kind: tuple(templates) for kind, templates in found.items()})


def _with_parts(template: str, parts: dict[str, str]) -> str:
    """Parts may name parts."""
    while (whole := re.sub(r"<(\w+)>", lambda m: parts.get(m[1], m[0]), template)) != template:
        template = whole
    return template


# What comes before an order, by its form: the plain verb, the verb with -ing, or nothing.
_VERB = (
    "[<ask>|<ask>|can you|could you|please|would you|will you|can you please|could you please|might you|could you just"
    "|can you quickly|would you kindly|please would you|I want you to|I need you to|I'd like you to|I would like you to"
    "|you should|you have to|be so kind as to|feel free to|do me a favour and|be a dear and|let us|let me|help me to"
    "|I'd like to|I need to|I want to|I'm trying to|I am going to|I was about to|I have to|we need to|we want to"
    "|we'd better|we have to|my task is to|the next step is to|the task is to|your job is to|your next job: "
    "|the first thing is to|what I need: |what I want is to|all you have to do is|now you can|you may now"
    "|is there a way to|would it be possible to|is it okay to|how do I|any chance you could|any chance you can"
    "|do you think you could|I wonder if you could|I was wondering if you could|it would be great if you could"
    "|it would help if you could|I'd be glad if you could|I'd appreciate it if you could|may I ask you to"
    "|could I ask you to|can I get you to|can I have you|you know what, |go and|go|start by|and|then|also|and now"
    "|and also|next, |now|finally, |lastly, |afterwards, |after that|once that is done, |when done, |at the end, "
    "|in addition, |and then please|then could you|and can you|and could you also|first of all, |step one: |to start, "
    "|please also|plus: |as a next step, |one more: |again, |moving on, |meanwhile, |before anything else, ]"
)
_VERBING = (
    "[would you mind|do you mind|how about|what about|thanks for|I'd appreciate you|can I trouble you with"
    "|start by|let's begin by|let's start by|any chance of|I suggest]"
)
_KNOW = (
    "[<know>|<know>|<know>|I'd be curious|I am curious|curious|I have no idea|I forgot|I can't remember|can't recall"
    "|not sure|no clue|I'm not sure|I keep forgetting|we are wondering|people ask me|I'd like you to tell me"
    "|I want you to tell me|would you tell me|could you remind me|please remind me|can you find out|please see"
    "|have a look and tell me|could you say|are you able to tell me|is it clear|help me see|I must know"
    "|it would help to know|and then tell me|then say|next, tell me|also tell me]"
)
_GIVE = (
    "[<give>|<give>|<give>|<give>|I'm after|I am after|we're looking for|could you pull up|pull up|please pull up"
    "|can you show me|could you show me|please show me|let me see|I'd like to see|I want to see|can I see|could I see"
    "|may I see|send me|I could use|get hold of|bring me|bring up|put up|I need to see|we need to see|I'm missing"
    "|next: |then|also|and|and also|now|would you get me|would you give me|do you have|have you got|read me|read out]"
)
_BEFORE = (
    "[<lead>|<lead>|<lead>|hi, |hey, |hello, |hi there, |hey there! |hello again, |good afternoon, |morning! |yo, "
    "|ok so |okay, so |alright then, |right then: |now then, |so, |well, |oh, |ah, |um, |hmm, |quick one: |quickly: "
    "|one thing: |another thing: |small request: |request: |a question: |my question: |just checking: |sorry to ask, "
    "|sorry to bother you, |excuse me, |if it's no trouble, |if you don't mind, "
    "|when you have a minute, |when you can, "
    "|whenever you are ready, |as soon as you can, |before I forget: |while you are at it, |since you are here, "
    "|for tomorrow: |for the {noun}: |for {person}: |about the {noun}: |on behalf of {person}: "
    "|{person} asked me this: "
    "|I'm working on the {noun}. |I am preparing the {adjective} {noun}. |We are checking the {noun} today. "
    "|I have a {noun} {other} on {weekday}. |{person} is waiting. |I lost track of things. |There is not much time. "
    "|I'm back. |New task. |Next one. |Another job for you. |Here is what I need: |Here's the thing: |Listen, "
    "|This one is easy: |Let's go on. |Let's continue. |Great. |Perfect. |Thanks. |Thank you! |Good. |Nice. |Fine. "
    "|I'm new to this. |It's for {person}. |It's about the {noun}. |My {noun} {other} depends on it. |1. |2) |- |* "
    "|a) |Step 2: |Todo: |TASK: |Q: |> ]"
)
_AFTER = (
    "[<tail>|<tail>|<tail>| please|, please| pls| thanks|, thanks| thx|, thx|, thank you| thank you|, thanks a lot"
    "|, many thanks|, ta|, cheers|, much appreciated|, would you| will you|, if you don't mind|, if you please"
    "| if that's okay|, if it's not too much trouble| when you get a chance| when you have time| when you're free"
    "| at once| first| now please| for now| again| once more| quickly| asap| today| for me please| for me, thanks"
    "| for my colleague| for {person}|, {person} needs it|, I need it for the {noun}|, it's for the {noun}"
    "| before the {noun}| so I can move on|, I'm in a hurry| - thanks| - thank you| :)|, ok|, okay|, right"
    "|, that's all| and that's it| as well| too|, it's urgent|, no rush]"
)
_SHORTENED = (
    (r"\bplease\b", "pls"),
    (r"\byou\b", "u"),
    (r"\byour\b", "ur"),
    (r"\bwhat is\b", "whats"),
    (r"\bwhat's\b", "whats"),
    (r"\band\b", "n"),
    (r"\bthanks\b", "thx"),
    (r"\bI'd\b", "id"),
    (r"\bdon't\b", "dont"),
    (r"\bwith\b", "w/"),
    (r"\bthe \b", ""),
    (r"\bI am\b|\bI'm\b", "im"),
    (r"\babout\b", "abt"),
    (r"\bdatabase\b", "db"),
)
_DOUBLED = ("put", "get", "run", "jot", "dig", "grep", "scan", "drop", "log", "pin", "set", "let", "cat", "tag", "stop")
_QUESTION = re.compile(
    r"(?:[^,.:!]{0,30}[,.:!>] *)?(?:and |then |so |also |next |now |but |please |ok |okay |well )*"
    r"(what|whats|which|who|whom|whose|when|where|why|how|hows|is|are|was|were|do|does|did|can|could|would|will"
    r"|has|have you|may|might|any|in which|in what|on which|from which|according to [^,]+, (?:what|who|how))\b",
    re.IGNORECASE,
)


def asked(rng: Random, forms: Forms, slots: Slots, exact: bool = False) -> str:
    """One request in one of the forms and one manner. Nothing is said after a value of several words that stands open
    at the end, because nobody could tell where it ends; `exact`: not even a full stop."""
    kind, template = rng.choice(_templates(forms))
    parts = pieces(rng, template, slots)
    open_text = _open(parts, slots)
    mood = rng.random()
    if mood < 0.1:
        return _marked(rng, _terse(rng, parts), kind, 1 if exact and open_text else 0.7, open_text)
    if kind != "say":
        parts = [*_prefix(rng, kind, parts, mood), *parts] if kind in ("know", "give") or mood > 0.42 else parts
    if (mood > 0.72 and kind != "say") or mood > 0.9:
        parts = [*_spoken(rng, _BEFORE), *parts]
    if not open_text and rng.random() < (0.3 if kind != "ask" else 0.12):
        parts = _followed(parts, _spoken(rng, _AFTER))
    return _styled(rng, parts, kind, open_text, 1 if exact and open_text else 0.25)


@cache
def _templates(forms: Forms) -> tuple[tuple[str, str], ...]:
    return tuple((kind, template) for kind in _KINDS for template in getattr(forms, kind))


def _spoken(rng: Random, template: str) -> list[Piece]:
    """Words around the request. Names in them are cased as they are; a space stands between them and the core."""
    return pieces(rng, template, drawn(rng))


def _followed(parts: list[Piece], after: list[Piece]) -> list[Piece]:
    """With what is said after the request; nothing where a sentence has just ended."""
    if not after or (not parts[-1][1] and parts[-1][0].rstrip()[-1:] in ".?!:"):
        return parts
    gap = "" if after[0][0][:1] in ",:.?!" or parts[-1][0].endswith(" ") else " "
    return [*parts, (gap + after[0][0], False), *after[1:]]


def _prefix(rng: Random, kind: str, parts: list[Piece], mood: float) -> list[Piece]:
    if kind == "know":
        return _spaced(pieces(rng, _KNOW, {}))
    if kind == "give":
        return _spaced(pieces(rng, _GIVE, {}))
    if kind == "do" and rng.random() < 0.09 and not parts[0][1] and (form := _verbing(parts[0][0])) is not None:
        parts[0] = (form, False)
        return _spaced(pieces(rng, _VERBING, {}))
    return _spaced(pieces(rng, _VERB, {})) if kind == "do" else []


def _spaced(parts: list[Piece]) -> list[Piece]:
    text = "".join(text for text, _ in parts)
    return [(text.rstrip() + " ", False)] if text.strip() else []


def _verbing(text: str) -> str | None:
    """ "read the file" → "reading the file"; None where the first word is no plain verb."""
    match = re.match(r"([a-z]{3,9})(?= |$)", text)
    if match is None or match[1] in ("with", "from", "into", "the", "for"):
        return None
    verb = match[1]
    stem = verb + verb[-1] if verb in _DOUBLED else verb[:-1] if verb[-1] == "e" and verb[-2:] != "ee" else verb
    return f"{stem}ing{text[match.end() :]}"


def _terse(rng: Random, parts: list[Piece]) -> list[Piece]:
    """Articles and small words go; most of it in lower case."""
    small = r"\b(?:the|a|an|all|me|my|any|please) "
    cut = [(text if value else re.sub(small, "", text), value) for text, value in parts]
    return [(text if value else text.lower(), value) for text, value in cut] if rng.random() < 0.6 else cut


def _styled(rng: Random, parts: list[Piece], kind: str, open_text: bool, bare: float) -> str:
    mood = rng.random()
    if mood < 0.22:
        parts = [(text if value else text.lower(), value) for text, value in parts]
    elif mood < 0.3:
        parts = _careless(rng, parts)
    elif mood < 0.315:
        parts = [(text if value else text.upper(), value) for text, value in parts]
    elif mood < 0.93 and parts and not parts[0][1]:
        first = parts[0][0]
        parts = [(first[:1].upper() + first[1:], False), *parts[1:]]
    if rng.random() < 0.07:
        parts = _mistyped(rng, parts)
    return _marked(rng, parts, kind, bare, open_text)


def _careless(rng: Random, parts: list[Piece]) -> list[Piece]:
    """Lower case and one to three shortenings."""
    rules = rng.sample(_SHORTENED, rng.randint(2, 5))
    out = []
    for text, value in parts:
        if not value:
            for pattern, short in rules:
                text = re.sub(pattern, short, text, flags=re.IGNORECASE)
            text = text.lower()
        out.append((text, value))
    return out


def _marked(rng: Random, parts: list[Piece], kind: str, bare: float, open_text: bool) -> str:
    """With its closing mark, `bare` of the time without. None after an address or a statement, of which it would be."""
    text = "".join(text for text, _ in parts).strip()
    last = parts[-1][0] if parts[-1][1] else ""
    if text[-1:] in ".?!:,;)" or (open_text and (rng.random() < 0.7 or _BARE.match(last))) or rng.random() < bare:
        return text
    if kind == "ask" or _QUESTION.match(text):
        return text if open_text and kind != "ask" else text + "?"
    return text + (rng.choice((".", ".", ".", "!")) if not open_text else ".")


def _open(parts: list[Piece], slots: Slots) -> bool:
    """Whether the request ends in a text without quotation marks, so that what follows would read as its part."""
    last, value = parts[-1] if parts else ("", False)
    texts = [slots.get(name, "") for name in ("t", "c", "q", "u", "qq")]
    return value and last in texts and (_BARE.match(last) is not None or last[-1:] not in "\"'`”’")


_BARE = re.compile(r"https?:|(select|insert|update|delete|create|drop|alter|with|pragma)\b", re.IGNORECASE)


def _mistyped(rng: Random, parts: list[Piece]) -> list[Piece]:
    """One slip in one word that is no value: two letters swapped, one dropped, one doubled, or a space left out."""
    places = [place for place, (text, value) in enumerate(parts) if not value and len(text) > 5]
    if not places:
        return parts
    place = rng.choice(places)
    text = parts[place][0]
    at = rng.randrange(1, len(text) - 2)
    a, b = text[at], text[at + 1]
    if not (a.isalpha() and b.isalpha()):
        return parts
    slip = rng.choice((b + a, a, a + a + b))
    return [*parts[:place], (text[:at] + slip + text[at + 2 :], False), *parts[place + 1 :]]


_MARKS = (('"', '"'), ('"', '"'), ('"', '"'), ("'", "'"), ("'", "'"), ("“", "”"), ("`", "`"))


def quoted(rng: Random, text: str, often: float = 0.3) -> str:
    """Now and then in quotation marks, of a kind that the text does not hold itself."""
    if rng.random() > often:
        return text
    fits = [pair for pair in _MARKS if not any(mark in text for mark in ("'’" if pair[0] == "'" else "".join(pair)))]
    if not fits:
        return text
    left, right = rng.choice(fits)
    return f"{left}{text}{right}"
