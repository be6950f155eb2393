"""Tasks with their clauses marked: single requests joined in many ways, and single requests that look like several.

Labels are character spans, so nothing is guessed from the joined text. The single requests are real ones (see
request_pools) and grammar ones; joints, pasted texts and contexts are in clause_grammar.yaml.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from router.clauses import cleaned
from training.chains import Chain, chain
from training.request_grammar import expand

Span = tuple[int, int]


@dataclass(frozen=True)
class MarkedTask:
    """A task and the character spans of its clauses, in order."""

    text: str
    spans: tuple[Span, ...]

    @classmethod
    def parse(cls, line: str) -> MarkedTask:
        """From a line with its clauses in [[ ]] and its line breaks as \\n: `[[read a.txt]], then [[add the sums]]`."""
        text, spans = "", []
        for piece in re.split(r"(\[\[.*?\]\])", line.strip().replace("\\n", "\n"), flags=re.DOTALL):
            if piece.startswith("[["):
                piece = piece[2:-2]
                spans.append((len(text), len(text) + len(piece)))
            text += piece
        return cls(text, tuple(spans))

    @property
    def clauses(self) -> list[str]:
        """As the splitter should give them: a task of one clause is left as it is."""
        several = len(self.spans) > 1
        return [cleaned(self.text[start:end]) if several else self.text.strip() for start, end in self.spans]


_PHRASES: Mapping[str, Sequence[str]] = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
INLINE_JOINTS, SENTENCE_JOINTS = _PHRASES["inline_joints"], _PHRASES["sentence_joints"]
COMMON_INLINE = INLINE_JOINTS[:12]  # the joints people use most come first
OPENINGS, MARKERS = _PHRASES["openings"], _PHRASES["markers"]
CONTEXTS, FOLLOWINGS, STATEMENTS = _PHRASES["contexts"], _PHRASES["followings"], _PHRASES["statements"]
PASTES, FIELDS = _PHRASES["pastes"], _PHRASES["fields"]
ONES, FOLLOW_UPS, ALSO = _PHRASES["ones"], _PHRASES["follow_ups"], _PHRASES["also"]
_TWO_ORDERS = re.compile(r"\b(read|open|look up|find)\b.*\b(and|n)\b", re.IGNORECASE)
_NOT_FIRST = re.compile(  # words and marks that join: a request that begins with them has something before it
    r"\W*(and|then|also|but|or|ok|okay|next|now|finally|lastly|afterwards|after that|once that|when done|plus|again"
    r"|moving on|in addition|one more|another|at the end|as a next step)\b|step \w+:|\d+[.)] |\w\) |[-*>] ",
    re.IGNORECASE,
)
_ORDINALS = ("first", "second", "third", "fourth", "fifth")


class TaskMaker:
    """Makes marked tasks from a stock of single requests."""

    def __init__(self, requests: Sequence[str], rng: random.Random) -> None:
        self._rng = rng
        self._requests = [request for request in (tidy(request) for request in requests) if request]
        # what must not be cut should not be rare: requests with the very words and marks that joints are made of
        self._tempting = [r for r in self._requests if re.search(r"\b(and|then|also|after)\b|[,;:]|[.?!] \w", r)]

    def task(self) -> MarkedTask:
        make = self._rng.choices(
            (
                self._single,
                self._tempting_single,
                self._one,
                self._in_context,
                self._pasted,
                self._inline,
                self._sentences,
                self._mixed,
                self._listed,
                self._chained,
            ),
            (10, 22, 26, 9, 16, 26, 12, 14, 10, 45),
        )[0]
        return make()

    def _single(self) -> MarkedTask:
        return _whole(self._ended(self._request()))

    def _tempting_single(self) -> MarkedTask:
        return _whole(self._ended(self._rng.choice(self._tempting)))

    def _one(self) -> MarkedTask:
        return _whole(self._ended(self._cased(expand(self._rng.choice(ONES), self._rng))))

    def _in_context(self) -> MarkedTask:
        """A request with sentences that only set its scene, before or after it."""
        rng, request = self._rng, self._request()
        before = [expand(rng.choice(CONTEXTS), rng) for _ in range(rng.choice((0, 1, 1, 1, 2)))]
        if before and rng.random() < 0.8:
            return _whole(" ".join([*before, request if before[-1].endswith(",") else capital(request)]))
        after = expand(rng.choice(FOLLOWINGS), rng)
        return _whole(" ".join([*before, self._ended(capital(request), must=True), after]))

    def _pasted(self) -> MarkedTask:
        return _whole(self._paste())

    def _paste(self) -> str:
        """An instruction and the text it is about: sentences, requests or joined requests, quoted or not."""
        rng = self._rng
        instruction = re.sub(r"\{field\}", lambda _: rng.choice(FIELDS), rng.choice(PASTES))
        instruction = self._cased(expand(instruction, rng))
        sentences = [expand(rng.choice(STATEMENTS), rng) for _ in range(rng.choice((1, 2, 2, 3)))]
        if rng.random() < 0.3:
            sentences.insert(rng.randrange(len(sentences) + 1), self._inline().text + ".")
        text = rng.choice((" ", " ", " ", "\n")).join(sentences)
        mark = rng.choice(("{}", "{}", "{}", '"{}"', "'{}'", "“{}”", "```\n{}\n```", "<text>{}</text>"))
        question = instruction.endswith("?")
        gap = rng.choice((" ", "\n", "\n\n") if question else (": ", ": ", ". ", ":\n", "\n", "\n\n", " - "))
        return instruction + gap + mark.format(text)

    def _inline(self) -> MarkedTask:
        """Requests joined inside one sentence."""
        parts: list[tuple[str, bool]] = [(self._rng.choice(OPENINGS[:5]), False)] if self._rng.random() < 0.08 else []
        count = self._count()
        for number in range(count):
            last = number == count - 1
            text = self._part(first=number == 0, mid=number > 0 or bool(parts), open_end=not last, last=last)
            parts.append((text, True))
            if not last:
                parts.append((self._joint(number, count), False))
        return self._assembled(parts)

    def _joint(self, number: int, count: int) -> str:
        rng = self._rng
        if rng.random() < (0.4 if number < count - 2 else 0.06):
            return ", "
        if rng.random() < 0.4:  # most people simply say "and"
            return rng.choice((" and ", " and ", " and ", ", and ", ", then ", " and then "))
        joint: str = rng.choice(COMMON_INLINE if rng.random() < 0.5 else INLINE_JOINTS)
        return joint + (rng.choice((" please ", ", please, ", " kindly ")) if rng.random() < 0.04 else " ")

    def _sentences(self) -> MarkedTask:
        """Requests as sentences of their own."""
        parts: list[tuple[str, bool]] = [(self._rng.choice(OPENINGS), False)] if self._rng.random() < 0.12 else []
        count = self._count()
        for number in range(count):
            if number:
                parts.append(self._sentence_joint())
            mid = bool(parts) and parts[-1][0].strip() != ""
            part = self._part(first=number == 0, mid=mid, open_end=False, last=number == count - 1)
            parts.append((self._ended(part, must=True), True))
        return self._assembled(parts)

    def _sentence_joint(self) -> tuple[str, bool]:
        word = self._rng.choice(SENTENCE_JOINTS)
        return (self._rng.choice((" ", " ", " ", "\n", "  ")) + (word + " " if word else ""), False)

    def _mixed(self) -> MarkedTask:
        """Two or three requests, each joint of another kind."""
        parts: list[tuple[str, bool]] = [(self._part(first=True, mid=False, open_end=True), True)]
        for _ in range(self._rng.choice((1, 1, 2, 2, 3))):
            if self._rng.random() < 0.5:
                parts.append((self._rng.choice(INLINE_JOINTS) + " ", False))
            else:
                parts[-1] = (self._ended(parts[-1][0], must=True), True)
                parts.append(self._sentence_joint())
            mid = parts[-1][0].strip() != ""
            parts.append((self._part(first=False, mid=mid, open_end=True), True))
        parts[-1] = (self._ended(parts[-1][0]), True)
        return self._assembled(parts)

    def _chained(self) -> MarkedTask:
        """Requests that hang together, joined in any of these ways."""
        rng, texts = self._rng, self._chain()
        parts: list[tuple[str, bool]] = []
        for number, text in enumerate(texts):
            last = number == len(texts) - 1
            if number:
                inline = text[:1] not in "\"'`“" and not parts[-1][0].endswith((".", "?", "!"))
                parts.append((self._joint(number - 1, len(texts)), False) if inline else self._sentence_joint())
            mid = bool(parts) and parts[-1][0].strip() != ""
            text = lower_first(text) if mid else text
            ends = last or rng.random() < 0.4
            parts.append((self._ended(text, must=not last) if ends else text.rstrip(" .!?;,:"), True))
        return self._assembled(parts)

    def _chain(self) -> list[str]:
        """A chain each part of which can stand anywhere, and is one order."""
        while True:
            made: Chain = chain(self._rng)
            texts = [tidy(part.text) for part in made]
            several = any(len(part.tools) > 1 and _TWO_ORDERS.search(part.text) for part in made)
            if all(texts) and not several:
                return texts

    def _listed(self) -> MarkedTask:
        rng, count = self._rng, self._rng.randint(2, 5)
        marker, gap = rng.choice(MARKERS), rng.choice(("\n", "\n", " ", " ", "; ", ", "))
        opener = rng.choice(("", "", "", *OPENINGS[5:])).rstrip() + rng.choice((" ", "\n"))
        parts: list[tuple[str, bool]] = [(opener.lstrip(), False)]
        for number in range(count):
            label = marker.format(n=number + 1, a="abcde"[number], N=_ORDINALS[number])
            parts.append(((gap if number else "") + (label.capitalize() if rng.random() < 0.3 else label), False))
            parts.append(
                (self._ended(self._part(first=number == 0, mid=rng.random() < 0.3, open_end=gap in ("; ", ", "))), True)
            )
        return self._assembled([part for part in parts if part[0]])

    def _count(self) -> int:
        return self._rng.choice((2, 2, 2, 2, 3, 3, 4))

    def _request(self) -> str:
        return self._rng.choice(self._requests)

    def _part(self, *, first: bool, mid: bool, open_end: bool, last: bool = False) -> str:
        """A request as it stands inside a task: `mid` a sentence, followed by more of it (`open_end`)."""
        text = self._bare_part(first, may_paste=last and not open_end)
        if open_end and (text[-1] != "?" or self._rng.random() < 0.85):
            text = text.rstrip(" .!?;,:")
        if mid and self._rng.random() < 0.9:
            return lower_first(text)
        return capital(text) if self._rng.random() < 0.8 else text

    def _bare_part(self, first: bool, may_paste: bool) -> str:
        rng, kind = self._rng, self._rng.random()
        if kind < 0.14:
            return expand(rng.choice([one for one in ONES if not one.startswith(("then", "before"))]), rng)
        if kind < 0.19 and may_paste:
            return self._paste()
        if kind < 0.24:
            return expand(rng.choice(CONTEXTS[2:]), rng) + " " + capital(self._request())
        if kind < 0.55 and not first:
            text: str = expand(rng.choice(FOLLOW_UPS), rng)
            imperative = not text.startswith(("what", "how", "which", "when", "who", "is "))
            return rng.choice(ALSO).format(text) if imperative and rng.random() < 0.1 else text
        return self._request()

    def _ended(self, text: str, must: bool = False) -> str:
        if text[-1:] in ".?!\"'`”>":
            return text
        question = re.match(r"(what|how|which|when|where|who|is|was|do|does|did|can|could|are|will)\b", text, re.I)
        endings = ("?", "?", ".") if question else (".", ".", ".", "!")
        return text + self._rng.choice(endings) if must or self._rng.random() < 0.6 else text

    def _cased(self, text: str) -> str:
        return capital(text) if self._rng.random() < 0.7 else text

    def _assembled(self, parts: Sequence[tuple[str, bool]]) -> MarkedTask:
        text, spans = "", []
        for piece, is_clause in parts:
            if is_clause:
                spans.append((len(text), len(text) + len(piece)))
            text += piece
        if self._rng.random() < 0.05 and text[-1] not in "\"'`”>":
            text = text.rstrip(".!?") if text[-1] in ".!" else text
            spans[-1] = (spans[-1][0], len(text))
            text += self._rng.choice((", thanks", ", please", ". Thanks!", ", thank you."))
        return MarkedTask(text, tuple(spans))


def _whole(text: str) -> MarkedTask:
    return MarkedTask(text, ((0, len(text)),))


def tidy(request: str) -> str:
    """One line, single spaces, no list mark or joining word at its start."""
    text = " ".join(request.split())
    return "" if len(text) < 4 or len(text) > 260 or _NOT_FIRST.match(text) else text


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def lower_first(text: str) -> str:
    """The first letter in lower case, except of "I", acronyms and names with a capital inside."""
    first = text.split(" ", 1)[0]
    return (
        text
        if first in ("I", "I'm", "I'd", "I'll", "I've") or first[1:] != first[1:].lower()
        else text[:1].lower() + text[1:]
    )
