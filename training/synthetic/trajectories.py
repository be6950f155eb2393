"""Conversations of several requests, as the agent runs them: call, observation, answer, and the next request, which
refers back. Each is cut where a skill must act: before a call, after an observation, or where nothing is left to do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random

from training.example import Example
from training.synthetic import builtin_calls, calls_files, documents, looking_back, observations, paths, specs
from training.synthetic.case import Case, Chat, answered, call, observed, row, user
from training.synthetic.facts import Document, Fact
from training.synthetic.follow_ups import Found, adding, follow_up
from training.synthetic.manner import asked
from training.synthetic.phrases import Forms, fill
from training.synthetic.replies import reply
from training.synthetic.steps import Step, served
from training.synthetic.two_calls import in_one_request

KIND = "trajectories"


def generate(rng: Random) -> Iterator[Example]:
    """Rows without end; one to four from each conversation."""
    while True:
        yield from rows(rng, story(rng))


def rows(rng: Random, steps: Sequence[Step]) -> Iterator[Example]:
    """Every later call, most answers, now and then the decline when all is done."""
    messages: list[Chat] = []
    for place, step in enumerate(steps):
        if step.case.request:
            messages.append(user(step.case.request))
        if place or rng.random() < 0.25:
            yield _call_row(rng, messages, step.case)
        messages += [call(step.case.tool, step.case.arguments), observed(step.case.observation)]
        if not step.answer:
            continue
        if rng.random() < 0.6:
            yield row("answer", KIND, messages, {"answer": step.answer})
        if rng.random() < 0.12:
            offered = [step.case.tool, *specs.others(rng, (step.case.tool,), rng.randint(0, 3))]
            yield row("tool-call", KIND, messages, None, [specs.spec(rng, name) for name in offered])
        messages.append(answered(_told(rng, step)))


_VALUED = ("calculate", "convert_unit", "shift_date", "day_of_week", "query_database")


def _told(rng: Random, step: Step) -> str:
    """What stands in the conversation as the answer: now and then a value in other words than the answer skill's."""
    said = step.case.observation
    if step.case.tool not in _VALUED or "\n" in said or len(said) > 40 or rng.random() > 0.2:
        return step.answer
    wordings = "[It is|That is|That makes|This gives|You get|Result:|Answer:|That comes to|It comes to|I get|Done:|] "
    return f"{fill(rng, wordings)} {said}{rng.choice(('.', ''))}".strip()


def _call_row(rng: Random, messages: Sequence[Chat], case: Case) -> Example:
    tools, alternatives = specs.offer(rng, case.tool)
    output = {"name": case.tool, "arguments": dict(case.arguments)}
    return row("tool-call", KIND, messages, output, tools, alternatives)


def story(rng: Random) -> list[Step]:
    """Two to four steps that hang together."""
    kind = rng.random()
    if kind < 0.27:
        return _from_value(rng)
    if kind < 0.54:
        return _from_file(rng)
    if kind < 0.71:
        return in_one_request(rng)
    if kind < 0.86:
        return looking_back.stories(rng)
    return rng.choice((_from_listing, _from_search, _unrelated))(rng)


_STARTS = (
    "calculate",
    "calculate",
    "convert_unit",
    "convert_unit",
    "shift_date",
    "shift_date",
    "days_between",
    "query_database",
)


def _from_value(rng: Random) -> list[Step]:
    """A number or date is worked out, then one to three things are done with it."""
    steps = [served(rng, builtin_calls.CASES[rng.choice(_STARTS)](rng))]
    for _ in range(rng.choice((1, 1, 2, 2, 3))):
        found = _result(steps[-1].case)
        if found is None:
            break
        steps.append(served(rng, follow_up(rng, found)))
    return steps


def _result(case: Case) -> Found | None:
    """What a step has left that a next one can use."""
    said = case.observation
    if case.tool == "calculate":
        return Found("number", said, said) if said.replace(".", "").lstrip("-").isdigit() and len(said) < 16 else None
    if case.tool == "convert_unit":
        number, _, unit = said.partition(" ")
        return Found("measure", said, number, unit) if "e" not in number else None
    if case.tool == "shift_date":
        return Found("date", said)
    if case.tool == "days_between":
        number, _, unit = said.partition(" ")
        return Found("measure", said, number, unit) if unit in ("days", "day") and ";" not in said else None
    if case.tool in ("day_of_week", "query_database") and "\n" not in said:
        plain = said.replace(".", "").isdigit()
        return Found("number", said, said) if plain else Found("text", said)
    return None


def named(fact: Fact) -> Found:
    """A fact of a text as something the next request can name."""
    if fact.kind == "measure":
        return Found("measure", fact.value, fact.number, fact.unit, fact.key)
    if fact.kind in ("money", "number"):
        return Found("number", fact.value, fact.number, "", fact.key)
    return Found("date" if fact.kind == "date" else "text", fact.value, "", "", fact.key)


def _from_file(rng: Random) -> list[Step]:
    """A file or page is read; then its amounts are added, a measure converted, a date moved, a line saved."""
    document = rng.choice(
        (
            documents.amounts,
            documents.amounts,
            documents.form,
            documents.form,
            documents.prose,
            documents.table,
            documents.letter,
        )
    )(rng)
    first, asked = _reading(rng, document)
    steps = [first]
    numbers = [named(fact) for fact in document.of("money") if fact.number]
    if 2 <= len(numbers) <= 4 and rng.random() < 0.6:
        steps.append(served(rng, adding(rng, numbers)))
    elif asked is not None and rng.random() < 0.7:
        steps.append(served(rng, follow_up(rng, replace(named(asked), name=rng.choice(("", "", asked.key))))))
    elif document.facts:
        steps.append(served(rng, follow_up(rng, named(rng.choice(document.facts)))))
    for _ in range(rng.choice((0, 1, 1, 2))):
        found = _result(steps[-1].case)
        if found is None:
            break
        steps.append(served(rng, follow_up(rng, found)))
    return steps


def _reading(rng: Random, document: Document) -> tuple[Step, Fact | None]:
    """The file is opened, or a question asked that it answers; then the fact asked for comes along."""
    path = paths.file(rng)
    said = document.text
    if rng.random() < 0.12:
        case = builtin_calls.CASES["fetch_url"](rng)
        return Step(replace(case, observation=said), reply(rng, "fetch_url", case.arguments, said)), None
    if document.facts and rng.random() < 0.35:
        fact = rng.choice(document.facts)
        return Step(Case(calls_files.question(rng, fact, path), "read_file", {"path": path}, said), fact.sentence), fact
    request = calls_files.read_request(rng, path)
    return Step(Case(request, "read_file", {"path": path}, said), reply(rng, "read_file", {"path": path}, said)), None


_OPEN_ONE = Forms(
    do=("[read|open|show me|print] {r}", "[read|open|show me] [the contents of|what is in|] {r}"),
    ask=("[what is in|what does] {r}", "what's in {r}"),
    say=("open {r}", "{r}"),
)


def _from_listing(rng: Random) -> list[Step]:
    """The files are listed, then one of them is opened by its place or by part of its name."""
    case = Case(asked(rng, calls_files.LIST_FORMS, calls_files.here(rng)), "list_files", {})
    names = observations.listing(rng)
    first = served(rng, replace(case, observation="\n".join(names)))
    files = [name for name in names if not name.endswith("/")]
    place = rng.randrange(len(files))
    words = (
        ["the first [one|file|]", "the second [one|file]", "the third [one|file]"][place : place + 1]
        if len(files) == len(names)
        else []
    )
    stem, _, extension = files[place].rpartition(".")
    if sum(name.endswith(f".{extension}") for name in files) == 1:
        words += [f"the {extension} [file|one]", f"the {extension} file"]
    words += [f"the {stem} [file|one]", files[place]]
    if len(files) == 1:
        words += ["it", "that file", "this file"]
    request = asked(rng, _OPEN_ONE, {"r": fill(rng, rng.choice(words))})
    return [first, served(rng, Case(request, "read_file", {"path": files[place]}, documents.document(rng).text))]


def _from_search(rng: Random) -> list[Step]:
    """A search, then the file it found is opened, or its line saved."""
    first = served(rng, builtin_calls.CASES["search_files"](rng))
    lines = first.case.observation.split("\n")
    place, _, line = rng.choice(lines).partition(" ")[2].partition(": ")
    path = place.rsplit(":", 1)[0]
    if len(lines) > 1:
        place, _, line = lines[0].partition(" ")[2].partition(": ")
        path = place.rsplit(":", 1)[0]
        pointing = rng.choice(("the first file", "the first one", "the first of them", path))
    else:
        pointing = rng.choice(("it", "that file", "this file", "the file", "the file it is in", path))
    if rng.random() < 0.7:
        request = asked(rng, _OPEN_ONE, {"r": pointing})
        return [first, served(rng, Case(request, "read_file", {"path": path}, documents.document(rng).text))]
    return [first, served(rng, follow_up(rng, Found("text", line, "", "", "first line" if len(lines) > 1 else "line")))]


def _unrelated(rng: Random) -> list[Step]:
    """Requests that have nothing to do with each other: what came before must not leak into the next call."""
    return [served(rng, builtin_calls.case(rng)) for _ in range(rng.randint(2, 3))]
