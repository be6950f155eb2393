"""Rows of the retrieval-format skill: a question, numbered passages, and an answer copied from them with the numbers of
the passages it rests on; or the word that they do not say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from training.example import Example
from training.synthetic import values as v
from training.synthetic.case import Chat, call, observed, row, user
from training.synthetic.facts import Fact
from training.synthetic.phrases import Forms, fill, wording
from training.synthetic.prose import told

KIND = "retrieval"
UNSAID = "The passages do not say."


def generate(rng: Random) -> Iterator[Example]:
    """Rows without end; one in six has no answer in its passages."""
    while True:
        passages, facts = _passages(rng)
        place = rng.randrange(len(passages))
        fact = rng.choice(facts[place])
        output = {"answer": fact.sentence, "citations": _citing(passages, facts, fact)}
        if rng.random() < 0.17:
            passages = _without(rng, passages, facts, place)
            output = {"answer": UNSAID, "citations": []}
        yield row("retrieval-format", KIND, _messages(rng, _question(rng, fact), passages), output)


def _passages(rng: Random) -> tuple[list[str], list[list[Fact]]]:
    """Two to five passages that state different facts, and those facts passage by passage."""
    texts: list[str] = []
    facts: list[list[Fact]] = []
    keys: set[str] = set()
    while len(texts) < 2 or (len(texts) < 5 and rng.random() < 0.6):
        text, found = told(rng)
        if keys & {fact.key for fact in found}:
            continue
        keys |= {fact.key for fact in found}
        if rng.random() < 0.2:
            extra = v.sentence(rng)
            text = f"{text} {extra[:1].upper()}{extra[1:].rstrip('.')}."
        texts.append(text)
        facts.append(found)
    return texts, facts


def _citing(passages: Sequence[str], facts: Sequence[Sequence[Fact]], fact: Fact) -> list[int]:
    return [n for n, found in enumerate(facts, 1) if fact in found]


def _without(rng: Random, passages: list[str], facts: list[list[Fact]], place: int) -> list[str]:
    """The passages with the answering one replaced by another of no use."""
    kept = list(passages)
    text, found = told(rng)
    while any(fact.key in {one.key for one in facts[place]} for fact in found):
        text, found = told(rng)
    kept[place] = text
    return kept


def _question(rng: Random, fact: Fact) -> str:
    """The bare question, with or without capital and mark; what asks for sources is put around it."""
    text = fill(rng, rng.choice(fact.asks)) if rng.random() < 0.88 else f"what is the {fact.key}"
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
