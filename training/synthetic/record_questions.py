"""Questions about the records of a table, with letters for what is known by name, drawn from `record_frames`.

Each says what is wanted and what each of its words does: names a wanted column, restricts, orders, groups, limits, or
restricts by something nobody knows. No table and no tool is known here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from random import Random

from router.questions import BEYOND, CONDITION, GROUP, LETTERS, LIMIT, NO_ROLE, ORDER, OTHER, TARGET
from training.synthetic import record_frames as frames
from training.synthetic import words
from training.synthetic.phrases import fill

_ROLES = {"t": TARGET, "o": ORDER, "g": GROUP, "c": CONDITION, "v": CONDITION, "n": CONDITION, "k": LIMIT}
_KINDS = {"t": "column", "o": "column", "g": "column", "c": "column", "v": "value", "n": "number", "k": "number"}
_KINDS |= {"T": "table", "D": "database"}
_SLOT = re.compile(r"⟨(\w)\d?⟩")
_SIGNS = {"gt": ">", "lt": "<", "ge": ">=", "le": "<="}
_RECORDS = ("people", "persons", "things", "items", "ones", "names", "objects", "cases", "units", "of them")
_OPENINGS = (
    "", "", "", "", "", "please ", "pls ", "can you ", "could you ", "could you please ", "I'd like to know ",
    "tell me ", "hi, ", "hey, ", "quick question: ", "do you know ", "I want to know ", "ok, ", "and ", "so ", "now ",
    "would you ", "please tell me ", "find out ", "I need to know ", "for my report: ", "one more: ", "kindly ",
)  # fmt: skip
_CLOSINGS = ("", "", "", "", "", " please", ", please", ", thanks", " for me", " now", " right now", " if you can")
_UNKNOWN = tuple(
    word for pool in (words.NOUNS, words.ADJECTIVES, words.VERBS, words.CITIES, words.FIRST_NAMES, words.ITEMS)
    for word in pool if " " not in word
)  # fmt: skip


_DONE = (
    *(verb for verb in words.VERBS if " " not in verb and verb not in ("check", "find", "count", "add")),
    *words.pool(
        """
        delete remove erase drop clear insert append set change correct replace raise lower increase reset mark
        merge split create make build start stop close copy upload email forward publish draft schedule reserve
        refund promote hire dismiss assign block unlock encrypt format discuss explain describe praise thank
        congratulate greet recommend suggest invent imagine predict forecast estimate plot draw compare rate judge
        double halve divide multiply convert round subtract swap join leave move empty fill cut paste save store keep
        note remember forget protect restore repeat run play open lock
        """
    ),
)
_ACTS = {
    "count different": "count", "rows": "list", "different": "list", "max": "most", "top": "most", "min": "least",
    "bottom": "least", "commonest": "most", "up": "sorted", "down": "sorted",
}  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """`words`: (start, end, role) of every word of the sentence, letters too. `frame`: what it is held out by."""

    sentence: str
    act: str
    words: tuple[tuple[int, int, str], ...]
    frame: str


class _Slots(dict[str, str]):
    """Every slot stands for itself until its letter is known."""

    def __missing__(self, name: str) -> str:
        return f"⟨{name}⟩"


def asked(rng: Random) -> Asked:
    """One question, or one time in five a request that is none."""
    while True:
        act, frame, template = _drawn(rng)
        text = re.sub(r"\s+([,.:?!])", r"\1", " ".join(fill(rng, template, _Slots(_SIGNS)).split()))
        found = _lettered(rng, text, act, frame)
        if found is not None:
            return found


def _drawn(rng: Random) -> tuple[str, str, str]:
    """What is wanted, by which frame, and the whole template."""
    if rng.random() < 0.2:
        frame = rng.choice(frames.OTHERS)
        return OTHER, frame, _placed(rng, frame, ("",) if "{D}" not in frame else ())
    draw = rng.random()
    if draw < 0.05:
        kind, pool = rng.choice((("tables", frames.TABLES), ("columns", frames.COLUMNS)))
        frame = rng.choice(pool)
        return kind, frame, _placed(rng, frame, ("",) if "{D}" not in frame else ())
    act = rng.choices(list(frames.WANTED), [_SHARES.get(act, 1.0) for act in frames.WANTED])[0]
    frame = rng.choice(frames.WANTED[act])
    further = _further(rng, act, frame)
    beyond = any(part in frames.BEYOND and "{m" not in part for part in further)
    return (
        OTHER if beyond else _ACTS.get(act, act),
        frame,
        _placed(rng, frame, () if "{D}" in frame else ("", *further)),
    )


_SHARES = {
    "list": 6.0,
    "different": 1.6,
    "count": 3.5,
    "sum": 1.5,
    "average": 1.2,
    "max": 1.3,
    "min": 1.1,
    "top": 1.8,
    "bottom": 1.5,
}


def _further(rng: Random, act: str, frame: str) -> list[str]:
    """Conditions and groups that may follow the frame."""
    found = []
    if rng.random() < (0.2 if re.search(r"\{[vn]\}", frame) else 0.45):
        found.append(rng.choice(frames.CONDITIONS))
    if rng.random() < 0.13:
        found.append(rng.choice(frames.BEYOND))
    if act in frames.GROUPED and rng.random() < 0.25:
        found.append(rng.choice(frames.GROUPS))
    rng.shuffle(found)
    return found


def _placed(rng: Random, frame: str, further: tuple[str, ...]) -> str:
    """The frame with a place before it, in its middle or at its end, or with none."""
    opening, closing = rng.choice(_OPENINGS), rng.choice(_CLOSINGS)
    rest = [part for part in further if part]
    if "{at}" in frame:
        return f"{opening}{' '.join([frame.replace('{at}', rng.choice(frames.PLACES)), *rest])}{closing}"
    draw = rng.random()
    if not further or draw < 0.06:
        return f"{opening}{' '.join([frame, *rest])}{closing}"
    if draw < 0.3:
        return f"{rng.choice(frames.FIRST)} {opening}{' '.join([frame, *rest])}{closing}"
    rest.insert(0 if rng.random() < 0.55 else len(rest), rng.choice(frames.PLACES))
    return f"{opening}{' '.join([frame, *rest])}{closing}"


def _lettered(rng: Random, text: str, act: str, frame: str) -> Asked | None:
    """The slots as letters, in the order they are said; now and then one is a word that nobody knows."""
    slots = list(_SLOT.finditer(text))
    lost = rng.randrange(len(slots)) if slots and rng.random() < 0.08 else -1
    used: dict[str, int] = {}
    sentence, spans, reached = "", [], 0
    for at, slot in enumerate(slots):
        sentence, reached = sentence + text[reached : slot.start()], slot.end()
        said, role = _said(rng, slot[1], used, lost=at == lost)
        if not said:
            return None
        spans.append((len(sentence), len(sentence) + len(said), role))
        sentence += said
    sentence += text[reached:]
    sentence = _marked(rng, sentence[:1].upper() + sentence[1:] if rng.random() < 0.6 else sentence)
    taken = {start for start, _, _ in spans}
    others = [(m.start(), m.end(), NO_ROLE) for m in re.finditer(r"\w+", sentence) if m.start() not in taken]
    return Asked(sentence, act, tuple(sorted([*spans, *others])), frame)


def _said(rng: Random, slot: str, used: dict[str, int], *, lost: bool) -> tuple[str, str]:
    """The letter or word for a slot, and its role; nothing where the letters have run out."""
    if slot == "j":
        return rng.choice(_RECORDS), NO_ROLE
    if slot == "w":
        return rng.choice(_DONE), NO_ROLE
    if slot == "m" or (lost and slot in "tocvgT"):
        return rng.choice(_UNKNOWN), BEYOND
    kind = _KINDS[slot]
    letters, at = LETTERS[kind], used.get(kind, 0)
    used[kind] = at if kind in ("table", "database") else at + 1
    return (letters[at] if at < len(letters) else ""), _ROLES.get(slot, NO_ROLE)


def _marked(rng: Random, sentence: str) -> str:
    if sentence[-1] in ".?!":
        return sentence
    return sentence + rng.choice(("", "?", "?", "."))
