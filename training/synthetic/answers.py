"""Rows of the answer skill: one request, what a tool printed for it, and the short answer; or the plain word that it
could not be done.

Values are repeated as printed; an answer is what the question asks for and no more. Longer conversations are in
trajectories.py; cited answers in retrieval.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from random import Random

from training.example import Example
from training.synthetic import asking, builtin_calls, documents, replies, results
from training.synthetic import values as v
from training.synthetic import words as w
from training.synthetic.case import Case, Chat, answered, call, observed, row, user
from training.synthetic.facts import Document, Fact
from training.synthetic.failures import failed_case
from training.synthetic.out_of_scope import incomplete, unserved
from training.synthetic.phrases import Forms, wording
from training.synthetic.speakable import sayable
from training.synthetic.steps import served

KIND = "answers"
_LONGEST = 900  # characters of one conversation
Answered = tuple[list[Chat], str]


def generate(rng: Random) -> Iterator[Example]:
    """Rows without end; one the agent could not say is drawn again."""
    while True:
        make = rng.choices(_MAKERS, _SHARES)[0]
        messages, answer = make(rng)
        if rng.random() < 0.22:
            messages = [*_before(rng), *messages]
        if sum(len(message["content"]) for message in messages) <= _LONGEST and sayable(answer, messages):
            yield row("answer", KIND, messages, {"answer": answer})


def _turns(case: Case) -> list[Chat]:
    return [user(case.request), call(case.tool, case.arguments), observed(case.observation)]


def _before(rng: Random) -> list[Chat]:
    """An earlier request of the same conversation, done and answered; or a text on the same matters, read before."""
    if rng.random() < 0.6:
        step = served(rng, builtin_calls.case(rng))
        return [*_turns(step.case), answered(step.answer)]
    messages, answer = _of_text(rng)
    return [*messages, answered(answer)]


def _of_call(rng: Random) -> Answered:
    """A call whose whole result is the answer. A text that was read is it only when nothing else was asked."""
    case = builtin_calls.case(rng)
    if case.tool not in ("read_file", "fetch_url", "query_database"):
        step = served(rng, case)
        return _turns(step.case), step.answer
    if case.tool == "query_database":
        found, answer = results.database(rng)
        return _turns(found), answer
    name = str(case.arguments["path" if case.tool == "read_file" else "url"])
    text = documents.document(rng).text
    opened = Case(wording(rng, _OPENED, {"f": name}), case.tool, case.arguments, text)
    return _turns(opened), replies.reply(rng, case.tool, case.arguments, text)


def _of_result(rng: Random) -> Answered:
    case, answer = results.result(rng)
    return _turns(case), answer


def _of_text(rng: Random) -> Answered:
    """A question that a file, a page or notes answer."""
    document = _document(rng)
    return _asking(rng, document, rng.choice(document.facts))


def _document(rng: Random) -> Document:
    document = documents.document(rng)
    while not document.facts:
        document = documents.document(rng)
    return document


def _asking(rng: Random, document: Document, fact: Fact) -> Answered:
    kind = rng.random()
    if kind < 0.5:
        path = v.file_name(rng)
        request, answer = asking.question(rng, fact, "file", path)
        return _turns(Case(request, "read_file", {"path": path}, document.text)), answer
    if kind < 0.66:
        address = v.url(rng)
        request, answer = asking.question(rng, fact, "file", address)
        return _turns(Case(request, "fetch_url", {"url": address}, document.text)), answer
    if kind < 0.76:
        request, answer = asking.question(rng, fact, "notes")
        said = document.text.replace("\n", "; ") if rng.random() < 0.5 else document.text
        return _turns(Case(request, "find_notes", {"text": fact.key.split()[-1]}, said)), answer
    return _after_reading(rng, document, fact)


_OPENED = Forms(
    do=(
        "[read|open|show me|get|look at|load|print|view|display|fetch] [the contents of|the text of|] {f}",
        "[see|check|tell me] what {f} [says|contains|has to say]",
    ),
    ask=("what does {f} [say|contain|hold]", "what [is|stands] in {f}"),
    give=("the [contents|text|words] of {f}",),
    say=("{f}", "open {f}", "[cat|show|view] {f}", "{f}, please"),
)


def _after_reading(rng: Random, document: Document, fact: Fact) -> Answered:
    """The text was read for another request before; the question comes after it, alone."""
    path = v.file_name(rng)
    opened = Case(wording(rng, _OPENED, {"f": path}), "read_file", {"path": path}, document.text)
    request, answer = asking.question(rng, fact)
    if rng.random() < 0.5:
        return [*_turns(opened), answered(replies.says(path, document.text)), user(request)], answer
    return [user(f"{request.rstrip('?. ')}? {opened.request}"), *_turns(opened)[1:]], answer


def _of_absent(rng: Random) -> Answered:
    """The text was read but does not say it; half the time it says the like of something else."""
    maker = rng.choice(documents.MAKERS)
    document, other = maker(rng), maker(rng)
    for _ in range(30):
        missing = [fact for fact in other.facts if _is_absent(fact, document)]
        if missing:
            break
        document, other = maker(rng), rng.choice((maker, documents.document))(rng)
    else:
        return _of_absent(rng)
    fact = rng.choice(missing)
    messages, _ = _asking(rng, document, fact)
    place = {"read_file": "The file does", "fetch_url": "The page does", "find_notes": "Your notes do"}
    called = next(message for message in messages if message.get("tool_calls"))["tool_calls"][0]["function"]
    name = f"{called['arguments']['path']} does" if called["name"] == "read_file" else place[called["name"]]
    return messages, replies.absent(fact.key, name)


def _is_absent(fact: Fact, document: Document) -> bool:
    """Nothing in the text could be meant: no fact of that key, and none that shares a word with it, unless what the key
    is the key *of* is not there at all."""
    if fact.key in {one.key for one in document.facts} or fact.key in document.text.lower():
        return False
    for joint in (" of ", " to ", " in ", " for "):
        head, _, owner = fact.key.partition(joint)
        if owner and owner not in document.text and not {*owner.lower().split()} & _STOCK:
            return any(one.key.startswith(head + joint) for one in document.facts) or _strangers(fact, document)
    return _strangers(fact, document)


_STOCK = frozenset(w.pool("the it a its this delivery flight flat backup room meeting visit"))


def _strangers(fact: Fact, document: Document) -> bool:
    own = {word for word in fact.key.lower().split() if len(word) > 2}
    return all(own.isdisjoint(one.key.lower().split()) for one in document.facts) and own.isdisjoint(
        document.text.lower().replace(":", " ").replace(",", " ").split()
    )


def _of_failure(rng: Random) -> Answered:
    """The tool refused or found nothing: say so, with its reason."""
    case = failed_case(rng)
    return _turns(case), replies.failed(case.tool, case.observation)


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


def _of_nothing(rng: Random) -> Answered:
    """No tool was called, because none serves or because a value is missing."""
    if rng.random() < 0.3:
        request, name = incomplete(rng)
        return [user(request)], _MISSING[name]
    request = unserved(rng)
    asks = any(word in _ASKING for word in request.lower().replace("'", " ").split()[:4])
    return [user(request)], _CANNOT_SAY if asks else _CANNOT


_MAKERS: Sequence[Callable[[Random], Answered]] = (
    *(_of_call, _of_text, _of_result, _of_absent, _of_failure),
    _of_nothing,
)
_SHARES = (0.2, 0.34, 0.18, 0.1, 0.09, 0.09)
