"""Rows of the answer skill: one request, what a tool printed for it, and the short answer; or the plain word that it
could not be done.

Values are repeated as printed. Longer conversations are in trajectories.py; cited answers in retrieval.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random

from training.example import Example
from training.synthetic import builtin_calls, documents, facts, observations, replies
from training.synthetic import values as v
from training.synthetic.case import Case, Chat, answered, call, observed, row, user
from training.synthetic.facts import Document, Fact
from training.synthetic.out_of_scope import incomplete, unserved
from training.synthetic.phrases import Forms, fill, wording
from training.synthetic.steps import question, served

KIND = "answers"


def generate(rng: Random) -> Iterator[Example]:
    """Rows without end."""
    while True:
        kind = rng.random()
        if kind < 0.3:
            yield _of_call(rng)
        elif kind < 0.68:
            yield _of_text(rng)
        elif kind < 0.78:
            yield _of_absent(rng)
        elif kind < 0.88:
            yield _of_failure(rng)
        else:
            yield _of_nothing(rng)


def _of_call(rng: Random) -> Example:
    step = served(rng, builtin_calls.case(rng))
    return _row(step.case, step.answer)


def _row(case: Case, answer: str) -> Example:
    messages = [user(case.request), call(case.tool, case.arguments), observed(case.observation)]
    return row("answer", KIND, messages, {"answer": answer})


def _of_text(rng: Random) -> Example:
    """A question that a file, a page or notes answer."""
    document = documents.document(rng)
    while not document.facts:
        document = documents.document(rng)
    fact = rng.choice(document.facts)
    return _row(_asking(rng, document, fact), fact.sentence)


def _asking(rng: Random, document: Document, fact: Fact) -> Case:
    kind = rng.random()
    if kind < 0.7:
        path = v.file_name(rng)
        return Case(question(rng, fact, path), "read_file", {"path": path}, document.text)
    if kind < 0.85:
        address = v.url(rng)
        return Case(question(rng, fact, address), "fetch_url", {"url": address}, document.text)
    words = fact.key.split()[-1]
    request = wording(rng, _NOTED, {"k": fact.key})
    return Case(request, "find_notes", {"text": words}, document.text.replace("\n", "; "))


_NOTED = Forms(
    do=("[find|look up|check] the {k} in my notes", "[look|check] in my notes for the {k}"),
    ask=(
        "[what is|what's|what was] the {k} [in|according to] my notes",
        "what did I [note|write down] as the {k}",
        "what {k} did I note",
    ),
    know=("what {k} I [noted|saved]", "what the {k} in my notes is"),
    give=("the {k} [from|in] my notes",),
    say=("{k} in my notes?", "I noted the {k}[. What was it?|, what was it?]"),
)


def _of_absent(rng: Random) -> Example:
    """The file was read but does not say it."""
    document, fact, path = (
        documents.document(rng),
        facts.fact(rng, rng.choice(("money", "date", "text"))),
        v.file_name(rng),
    )
    while fact.key in document.text.lower():
        fact = facts.fact(rng, "text")
    asked = replace(fact, asks=())
    return _row(
        Case(question(rng, asked, path), "read_file", {"path": path}, document.text), replies.absent(fact.key, path)
    )


def _of_failure(rng: Random) -> Example:
    """The tool refused or found nothing: say so, with its reason."""
    case = builtin_calls.case(rng)
    while not observations.refusals(case.tool):
        case = builtin_calls.case(rng)
    said = fill(rng, rng.choice(observations.refusals(case.tool)), _refusal_slots(rng, case))
    return _row(replace(case, observation=said), replies.failed(case.tool, said))


def _refusal_slots(rng: Random, case: Case) -> dict[str, str]:
    arguments = case.arguments
    draws = v.slots(rng)
    draws.update(
        {
            "f": str(arguments.get("path") or arguments.get("folder") or arguments.get("database") or v.file_name(rng)),
            "f2": v.file_name(rng),
            "t": str(arguments.get("text") or arguments.get("expression") or arguments.get("date") or v.topic(rng))[
                :80
            ],
            "t2": ", ".join(v.draw(rng, "noun") + "s" for _ in range(rng.randint(1, 3))),
            "a": str(arguments.get("from_unit", "")),
            "b": str(arguments.get("to_unit", "")),
            "z": str(arguments.get("timezone", "there")),
            "h": str(arguments.get("url", "")).split("//")[-1].split("/")[0],
        }
    )
    return draws


_CANNOT = "I cannot do that with the tools I have."
_CANNOT_SAY = "I cannot answer that with the tools I have."
_MISSING = {
    "convert_unit": "I cannot convert that: I do not know which amount is meant.",
    "calculate": "I cannot work that out: I do not know which numbers are meant.",
    "shift_date": "I cannot work that out: I do not know which date is meant.",
    "days_between": "I cannot count that: I do not know which dates are meant.",
    "day_of_week": "I cannot tell the weekday: I do not know which date is meant.",
    "read_file": "I cannot read it: I do not know which file is meant.",
    "write_file": "I cannot save it: I do not know what to write and where.",
    "search_files": "I cannot search: I do not know which words to look for.",
    "query_database": "I cannot ask the database: I do not know which query is meant.",
    "save_note": "I cannot save a note: I do not know what it shall say.",
    "fetch_url": "I cannot fetch it: I do not know which page is meant.",
}
_ASKING = ("what", "who", "why", "how", "when", "where", "which", "is", "did", "do", "does", "will", "are", "was")


def _of_nothing(rng: Random) -> Example:
    """No tool was called, because none serves or because a value is missing."""
    before: list[Chat] = []
    if rng.random() < 0.25:
        step = served(rng, builtin_calls.case(rng))
        before = [user(step.case.request), call(step.case.tool, step.case.arguments), observed(step.case.observation)]
        before.append(answered(step.answer))
    if rng.random() < 0.3 and not before:
        request, name = incomplete(rng)
        return row("answer", KIND, [user(request)], {"answer": _MISSING[name]})
    request = unserved(rng)
    asks = any(word in _ASKING for word in request.lower().replace("'", " ").split()[:4])
    return row("answer", KIND, [*before, user(request)], {"answer": _CANNOT_SAY if asks else _CANNOT})
