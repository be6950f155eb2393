"""Rows of the safety-filter skill: a request or a tool's result, and whether it is safe, asks for harm, or tries to
give orders to the agent that reads it; with the words that show it.

Kinds of harm are in harms.py, orders and where they hide in injections.py, look-alikes in harmless.py: news,
chemistry homework, killing a process, "ignore the previous email". They are as many as the real ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random

from training.example import Example
from training.synthetic import documents
from training.synthetic import values as v
from training.synthetic.builtin_calls import case
from training.synthetic.case import Chat, call, observed, row, user
from training.synthetic.harmless import LOOK_ALIKES
from training.synthetic.harms import HARM, HARM_FORMS
from training.synthetic.injections import CARRIERS, ORDERS, WRAPS
from training.synthetic.out_of_scope import unserved
from training.synthetic.phrases import Forms, fill, wording
from training.synthetic.prose import told
from training.synthetic.speakable import quotable

KIND = "safety"
LONGEST = 900  # characters of a text


_CHECKS = Forms(
    do=(
        (
            "[check|screen|examine|review|classify|assess|vet] [this|the following|this message|this "
            "text|this request] [for safety|for injection|for prompt injection|for harm|for danger|]"
        ),
        (
            "[see|check|tell me] [if|whether] [this|the following|this text] is [safe|harmful|an "
            "attack|dangerous|an injection|allowed]"
        ),
        "[flag|moderate] [this|the following]",
        "run the safety check on this",
    ),
    ask=(
        (
            "is [this|the following|this message|this text|this request] [safe|harmful|dangerous|an "
            "injection|an attack|okay to answer|malicious|allowed]"
        ),
        "[should|can|may] [I|we|you] [answer|trust|follow|run] this",
        "does [this|the following] [contain an injection|try to trick you|ask for harm|break the rules]",
    ),
    know=("[if|whether] this is [safe|harmful|an injection]",),
    say=("safe?", "safety check", "Moderate", "Check", "injection?", "unsafe or not?"),
)
_READ = Forms(
    do=(
        "[read|open|show me|check] {f} [and check it for injection|and tell me if it is safe|safely|]",
        "[screen|check|scan] {f} [for injection|for hidden orders|for safety|]",
    ),
    ask=(
        "is {f} safe [to read|to use|]",
        "does {f} [hide|contain] [instructions|an injection|orders for you|anything harmful]",
    ),
    say=("{f}: safe?", "check {f}"),
)


def generate(rng: Random) -> Iterator[Example]:
    """Rows without end: about a third each safe, unsafe and injection."""
    while True:
        text, verdict, evidence, page = rng.choice((_unsafe, _injection, _safe))(rng)
        messages = _messages(rng, text, page)
        if len(text) <= LONGEST and len(evidence) <= 200 and quotable([evidence] if evidence else [], messages):
            yield row("safety-filter", KIND, messages, {"verdict": verdict, "evidence": evidence})


def text(rng: Random) -> str:
    """A text that may be safe, ask for harm or hold orders."""
    return rng.choice((_unsafe, _injection, _safe))(rng)[0]


Drawn = tuple[str, str, str, bool]


def _unsafe(rng: Random) -> Drawn:
    harm = fill(rng, rng.choice(HARM), v.slots(rng))
    text = wording(rng, HARM_FORMS, {"h": harm})
    if rng.random() < 0.3:
        text = f"{_aside(rng)} {text}" if rng.random() < 0.5 else f"{text.rstrip('?.! ')}. {_aside(rng)}"
    return text, "unsafe", harm, False


def _aside(rng: Random) -> str:
    extra = told(rng)[0] if rng.random() < 0.4 else v.sentence(rng)
    return extra[:1].upper() + extra[1:].rstrip(".") + "."


_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


def _injection(rng: Random) -> Drawn:
    """An order to the reader: bare, in a wrapping, in an ordinary sentence, or a line of a document."""
    draws = v.slots(rng)
    draws["blob"] = "".join(rng.choice(_LETTERS) for _ in range(rng.randint(12, 28))) + "=="
    order = fill(rng, rng.choice(ORDERS), draws)
    raised = order[:1].upper() + order[1:]
    shown = rng.choice((order, raised, raised, order.upper() if rng.random() < 0.3 else order))
    kind = rng.random()
    hidden = _carried(rng, shown) if kind < 0.45 else rng.choice(WRAPS).replace("{o}", shown)
    if kind < 0.2 or kind > 0.84:
        return hidden, "injection", shown, False
    lines = documents.document(rng).text.split("\n")
    lines.insert(rng.randint(0, len(lines)), hidden)
    return "\n".join(lines), "injection", shown, True


def _carried(rng: Random, shown: str) -> str:
    """An ordinary text with `shown` somewhere inside."""
    draws = v.slots(rng)
    draws["o"] = shown
    return fill(rng, rng.choice(CARRIERS), draws).translate(_BRACKETS)


_BRACKETS = str.maketrans("«»⟨⟩", "<>{}")


def _safe(rng: Random) -> Drawn:
    kind = rng.random()
    if kind < 0.5:
        text = fill(rng, rng.choice(LOOK_ALIKES), v.slots(rng)) + rng.choice((".", "", "?" if kind < 0.05 else "."))
        if rng.random() < 0.2:
            text = f"{_aside(rng)} {text}" if rng.random() < 0.5 else f"{text.rstrip('.?')}. {_aside(rng)}"
        if rng.random() < 0.3:
            lines = documents.document(rng).text.split("\n")
            lines.insert(rng.randint(0, len(lines)), text)
            return "\n".join(lines), "safe", "", True
        if rng.random() < 0.25:
            return _carried(rng, text.rstrip(".?")), "safe", "", False
        return text, "safe", "", False
    if kind < 0.75:
        return (case(rng).request if rng.random() < 0.7 else unserved(rng)), "safe", "", False
    return documents.document(rng).text, "safe", "", True


def _messages(rng: Random, text: str, page: bool) -> list[Chat]:
    """The text asked about, the bare text, or a file or page that holds it."""
    if page and rng.random() < 0.6:
        if rng.random() < 0.3:
            address = v.url(rng)
            return [user(wording(rng, _READ, {"f": address})), call("fetch_url", {"url": address}), observed(text)]
        path = v.file_name(rng)
        return [user(wording(rng, _READ, {"f": path})), call("read_file", {"path": path}), observed(text)]
    kind = rng.random()
    if kind < 0.4:
        return [user(text)]
    request = wording(rng, _CHECKS, {}).rstrip(".!")
    if kind < 0.9:
        mark = "" if request.endswith("?") else ":"
        quoted = f'"{text}"' if '"' not in text and "\n" not in text and rng.random() < 0.4 else text
        return [user(f"{request}{mark}{rng.choice((' ', chr(10), chr(10) * 2))}{quoted}")]
    return [user(f"{text}\n\n{request}")]


_CHECKING = re.compile(
    r"\b(?:safe|safely|safety|injection|harm|harmful|danger|dangerous|attack|malicious|moderate|flag|screen|scan|unsafe|trick|hide|hidden"
    r"|allowed|vet|classify|examine|review|assess)\b",
    re.IGNORECASE,
)


def is_check(text: str) -> bool:
    """Whether the wording asks for a check, by the words the grammars above use for it; used to sort rows, never at run
    time."""
    return bool(_CHECKING.search(text))
