"""Rows of the retrieval-format skill: a question, numbered passages, and an answer copied from them with the numbers of
the passages it rests on; or the word that they do not say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from random import Random

from training.example import Example
from training.synthetic import values as v
from training.synthetic.asking import claimed, lowered
from training.synthetic.case import Chat, call, observed, row, user
from training.synthetic.facts import Fact
from training.synthetic.phrases import Forms, fill, wording
from training.synthetic.prose import alike, apart, told
from training.synthetic.speakable import sayable

KIND = "retrieval"
UNSAID = "The passages do not say."


def generate(rng: Random) -> Iterator[Example]:
    """Rows without end; one in six has no answer in its passages. What the agent could not say is drawn again."""
    while True:
        passages, facts = _passages(rng)
        place = rng.randrange(len(passages))
        fact = rng.choice(facts[place])
        question, answer = _asked(rng, fact)
        if not _is_clear(question, place, passages):
            continue
        if rng.random() < 0.22:
            passages, facts = _said_twice(rng, passages, facts, fact)
        output = {"answer": answer, "citations": _citing(facts, fact)}
        if rng.random() < 0.17:
            passages = _without(rng, passages, facts, fact)
            output = {"answer": UNSAID, "citations": []}
        messages = _messages(rng, question, passages)
        if sum(map(len, passages)) <= _LONGEST and sayable(str(output["answer"]), messages):
            yield row("retrieval-format", KIND, messages, output)


def asked(rng: Random) -> tuple[list[str], str]:
    """Passages, and a bare question that one of them answers."""
    passages, facts = _passages(rng)
    return passages, _question(rng, rng.choice(rng.choice(facts)))


_LONGEST = 750  # characters of all passages


def _passages(rng: Random) -> tuple[list[str], list[list[Fact]]]:
    """Two to six passages that state different facts, and those facts passage by passage. Half the time several tell
    the same of different things: then what the question speaks of decides, not its other words."""
    several = alike(rng, rng.randint(2, 4)) if rng.random() < 0.5 else []
    drawn = [*several, *apart(rng, rng.randint(0 if several else 2, 6 - len(several)))]
    rng.shuffle(drawn)
    return [_with_remark(rng, text) for text, _ in drawn], [found for _, found in drawn]


def _is_clear(question: str, place: int, passages: Sequence[str]) -> bool:
    """Does the question name something that only the passage it is about speaks of, or is no other like it?"""
    own, *others = map(_words, (passages[place], *passages[:place], *passages[place + 1 :]))
    alone = own.difference(*others) & _words(question)
    shared = max((len(own & other) / len(own) for other in others), default=0.0)
    return shared < 0.4 or bool(alone)


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text))


def _with_remark(rng: Random, text: str) -> str:
    if rng.random() > 0.25:
        return text
    extra = v.sentence(rng)
    remark = f"{extra[:1].upper()}{extra[1:].rstrip('.')}."
    return f"{text} {remark}" if rng.random() < 0.6 else f"{remark} {text}"


_AGAIN = (
    "[As I said|Once more|To repeat|Correct], {l}",
    "{s} [That is certain.|We checked it.|It was confirmed.|Everybody knows.]",
    "[The minutes say so, too|Another source agrees|The letter repeats it]: {s}",
)


def _said_twice(
    rng: Random, passages: list[str], facts: list[list[Fact]], fact: Fact
) -> tuple[list[str], list[list[Fact]]]:
    """The fact again in a passage of its own, in the words of its answer: both are cited."""
    again = fill(rng, rng.choice(_AGAIN), {"s": fact.sentence, "l": lowered(fact.sentence)})
    at = rng.randint(0, len(passages))
    return [*passages[:at], again, *passages[at:]], [*facts[:at], [fact], *facts[at:]]


def _citing(facts: Sequence[Sequence[Fact]], fact: Fact) -> list[int]:
    return [n for n, found in enumerate(facts, 1) if fact in found]


def _without(rng: Random, passages: list[str], facts: list[list[Fact]], fact: Fact) -> list[str]:
    """The passages with each that answers replaced by another of no use."""
    kept = []
    for text, found in zip(passages, facts, strict=True):
        while fact in found:
            text, more = told(rng)
            found = [fact] if any(fact.key == one.key or set(fact.asks) & set(one.asks) for one in more) else more
        kept.append(text)
    return kept


def _asked(rng: Random, fact: Fact) -> tuple[str, str]:
    """The bare question and its answer; one in eight asks whether it is so."""
    if fact.claims and fact.other and rng.random() < 0.12:
        question, answer = claimed(rng, fact)
        return _styled(rng, question), answer
    return _question(rng, fact), fact.sentence


def _question(rng: Random, fact: Fact) -> str:
    """The bare question, with or without capital and mark; what asks for sources is put around it."""
    text = fill(rng, rng.choice(fact.asks)) if rng.random() < 0.88 else f"what is the {fact.key}"
    return _styled(rng, text)


def _styled(rng: Random, text: str) -> str:
    if rng.random() < 0.65:
        text = text[:1].upper() + text[1:]
    return text + ("?" if rng.random() < 0.75 else "")


_CITE = Forms(
    do=(
        "answer with [citations|sources|the passage numbers]: {q}",
        (
            "[answer|reply] from [the passages|these passages|the sources|the text below] [only|] "
            "and [cite|name] them: {q}"
        ),
        "use [the passages|the sources|what you found] to answer: {q}",
        "cite [your sources|the passages]: {q}",
        "[give|write] a cited answer: {q}",
        "[read|go through] the [passages|sources|extracts] and [tell me|say] {q}",
        "[say|tell me] {q} and [which passage says so|where it stands|give the numbers]",
        "[back up|support] your answer with [passages|numbers in brackets|sources]: {q}",
        "[quote|point to] the [passages|evidence|sources]: {q}",
        "find the passage that [answers|settles] this: {q}",
    ),
    ask=(
        "[according to|going by|judging by] [the passages|these sources|the extracts|what is below], {q}",
        "[which|what] passages [tell|say|answer]: {q}",
    ),
    say=(
        "{q}",
        "{q}",
        "{q}",
        "{q} Cite your sources.",
        "{q} [With sources|With citations], please.",
        "{q} Answer from the passages.",
        "Question: {q}",
        "{q} [Which passage says so?|Name the passages.|Give the passage numbers.]",
    ),
)
_SEARCH = Forms(
    do=(
        "[search|look through] [the files|my files|the documents] [and cite|and answer with sources]: {q}",
        "find [it|the answer] in [the files|my documents] and cite [it|where]: {q}",
        "[dig through|check] [my files|our documents] and [answer with sources|name the passages]: {q}",
        "[tell me|find out] from [my files|the documents], with citations, {q}",
    ),
    ask=("[according to|from] [my|the|our] [files|documents], {q}",),
    say=("{q}", "{q} Look in my files and cite them.", "{q} Say which file."),
)


def _messages(rng: Random, question: str, passages: Sequence[str]) -> list[Chat]:
    """Passages as search results of a tool, or pasted before or after the question."""
    kind = rng.random()
    if kind < 0.5:
        found = [f"[{n}] {v.file_name(rng)}:{rng.randint(1, 90)}: {text}" for n, text in enumerate(passages, 1)]
        words = question.split()[-1].strip("?.!,")
        return [
            user(wording(rng, _SEARCH, {"q": question})),
            call("search_files", {"text": words}),
            observed("\n".join(found)),
        ]
    found = [f"[{n}] {text}" for n, text in enumerate(passages, 1)]
    joint = rng.choice(("\n", "\n", "\n\n"))
    request, block = wording(rng, _CITE, {"q": question}), joint.join(found)
    head = rng.choice(("", "", "Passages:\n", "Sources:\n", "Context:\n", "Found:\n"))
    if kind < 0.78:
        return [user(f"{request}\n\n{head}{block}")]
    return [user(f"{head}{block}\n\n{request}")]
