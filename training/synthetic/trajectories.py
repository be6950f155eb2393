"""Conversations of several requests, as the agent runs them: call, observation, answer, and the next request, which
refers back. Each is cut where a skill must act: before a call, after an observation, or where nothing is left to do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random

from training.example import Example
from training.synthetic import builtin_calls, calls_files, calls_units, documents, observations, specs
from training.synthetic import values as v
from training.synthetic.case import Case, Chat, answered, call, observed, row, user
from training.synthetic.facts import Document, Fact
from training.synthetic.follow_ups import Found, adding, follow_up
from training.synthetic.phrases import Forms, fill, wording
from training.synthetic.replies import reply

KIND = "trajectories"


@dataclass(frozen=True)
class Step:
    """A call with what was printed. `case.request` is empty when the request before still stands; `answer` is empty
    when the request is not served yet."""

    case: Case
    answer: str = ""


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
        messages.append(answered(step.answer))


def _call_row(rng: Random, messages: Sequence[Chat], case: Case) -> Example:
    tools, alternatives = specs.offer(rng, case.tool)
    output = {"name": case.tool, "arguments": dict(case.arguments)}
    return row("tool-call", KIND, messages, output, tools, alternatives)


def story(rng: Random) -> list[Step]:
    """Two to four steps that hang together."""
    kind = rng.random()
    if kind < 0.3:
        return _from_value(rng)
    if kind < 0.62:
        return _from_file(rng)
    if kind < 0.82:
        return _in_one_request(rng)
    return rng.choice((_from_listing, _from_search, _unrelated))(rng)


def served(rng: Random, case: Case) -> Step:
    """The case with its observation and answer; what the tool prints is made here where the case does not know it."""
    said = case.observation or _printed(rng, case)
    return Step(replace(case, observation=said), reply(rng, case.tool, case.arguments, said))


def _printed(rng: Random, case: Case) -> str:
    arguments = case.arguments
    if case.tool == "calculate":
        return observations.sum_of(arguments["expression"]) or "division by zero."
    if case.tool == "write_file":
        return observations.wrote(rng, arguments["path"], arguments["content"])
    if case.tool == "save_note":
        return observations.noted(arguments["text"])
    if case.tool == "list_files":
        return "\n".join(observations.listing(rng))
    if case.tool == "search_files":
        return observations.passages(rng, observations.hits(rng, arguments["text"]))
    if case.tool == "find_notes":
        return "\n".join(
            observations.hits(rng, arguments["text"])
            if "text" in arguments
            else [v.sentence(rng) for _ in range(rng.randint(1, 3))]
        )
    if case.tool == "query_database":
        return rng.choice((v.money_text(rng), str(rng.randint(0, 900)), documents.table(rng).text.replace(",", " | ")))
    return documents.document(rng).text


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
    path = v.file_name(rng)
    said = document.text
    if rng.random() < 0.12:
        case = builtin_calls.CASES["fetch_url"](rng)
        return Step(replace(case, observation=said), reply(rng, "fetch_url", case.arguments, said)), None
    if document.facts and rng.random() < 0.35:
        fact = rng.choice(document.facts)
        return Step(Case(question(rng, fact, path), "read_file", {"path": path}, said), fact.sentence), fact
    request = wording(rng, calls_files.READ_FORMS, {"f": calls_files.quoted(rng, path, 0.1)})
    return Step(Case(request, "read_file", {"path": path}, said), reply(rng, "read_file", {"path": path}, said)), None


def question(rng: Random, fact: Fact, path: str) -> str:
    """A question about the fact that names the file it is in."""
    if fact.asks and rng.random() < 0.7:
        template = rng.choice(
            (
                "[According to|Going by|In|Looking at] {f}, " + rng.choice(fact.asks),
                rng.choice(fact.asks) + ", [according to {f}|as {f} says]",
                f"[Look in|Open|Check|Read] {{f}}: {rng.choice(fact.asks)}",
                f"[Read|Check|Open] {{f}} and [tell me|find out|say] {rng.choice(fact.asks)}",
            )
        )
        return wording(rng, Forms(ask=(template,)), {"f": path})
    return wording(rng, calls_files.LOOK_UP_FORMS_PLAIN, {"f": path, "k": fact.key})


# Requests that need a file's value and something done with it: the file first, then the call with the value in it.
_CONVERT_IN = Forms(
    do=(
        "[convert|change] the {k} in {f} [to|into] {to}",
        "[read|open] {f} and [convert|change] the {k} to {to}",
        "[tell me|give me|find|work out] the {k} from {f} in {to}",
    ),
    ask=(
        "how many {to} [is|are|would be] the {k} in {f}",
        "[what is|what's] the {k} [in|from] {f} in {to}",
        "[according to|in] {f}, [what is|how much is] the {k} in {to}",
        "how many {to} is the {k} [given|listed|mentioned] in {f}",
    ),
    know=("how many {to} the {k} in {f} is",),
    give=("the {k} from {f} in {to}",),
)
_WEEKDAY_IN = Forms(
    do=("[find|tell me|check] the weekday of the {k} in {f}", "[read|open] {f} and tell me the weekday of the {k}"),
    ask=(
        "[what|which] [day of the week|weekday|day] is the {k} in {f}",
        "on [what|which] [weekday|day] does the {k} in {f} fall",
        "[according to|in] {f}, [what|which] weekday is the {k}",
    ),
    know=("[what|which] weekday the {k} in {f} is",),
)
_ADD_IN = Forms(
    do=(
        (
            "[add|add up|sum|sum up|total] [the amounts|all amounts|the {c} amounts|everything|the "
            "prices|the numbers|the costs] in {f}"
        ),
        "[read|open] {f} and [add up the amounts|add the amounts|sum them|tell me the total]",
        "[calculate|work out|find] the [total|sum] of [the amounts in|everything in|] {f}",
    ),
    ask=(
        "[what is|what's|how much is] the [total|sum] of [the amounts in|the numbers in|everything in|] {f}",
        "what do the [amounts|prices|costs] in {f} [add up to|come to]",
        "how much [is everything|are the things] in {f} [together|altogether|in total]",
    ),
    give=("the [sum|total] of [the amounts in|] {f}",),
)
_SAVE_IN = Forms(
    do=(
        "[copy|save|write|put] the {k} [from|in|of] {f} [to|into] {g}",
        "[read|open] {f} and [save|write|put] the {k} [to|into|in] {g}",
        "[find|look up] the {k} in {f} and [save|write|put] it [to|into|in] {g}",
    ),
    say=("{k} of {f} -> {g}",),
)
_NOTE_IN = Forms(
    do=(
        "[note|note down|remember|save a note of] the {k} [from|in] {f}",
        "[save|keep] the {k} [from|in] {f} [as a note|in my notes]",
        "[look up|find] the {k} in {f} and [note it|save it as a note|remember it]",
    ),
)


def _in_one_request(rng: Random) -> list[Step]:
    """One request, two calls: the file is read, then its value used."""
    kind = rng.random()
    path, other = v.file_name(rng), v.file_name(rng)
    if kind < 0.3:
        document = documents.amounts(rng)
        case = adding_in(rng, document, path)
        return _two(rng, case, path, document)
    if kind < 0.6:
        document = documents.form(rng, ("measure",))
        fact = rng.choice(document.of("measure"))
        case = follow_up_conversion(rng, fact, path)
        return _two(rng, case, path, document)
    if kind < 0.75:
        document = documents.form(rng, ("date",))
        fact = rng.choice(document.of("date"))
        request = wording(rng, _WEEKDAY_IN, {"k": fact.key, "f": path})
        return _two(rng, Case(request, "day_of_week", {"date": fact.value}, v.draw(rng, "weekday")), path, document)
    document = documents.form(rng)
    fact = rng.choice(document.facts)
    slots = {"k": fact.key, "f": path, "g": other}
    if kind < 0.88:
        case = Case(wording(rng, _SAVE_IN, slots), "write_file", {"path": other, "content": fact.value})
    else:
        case = Case(wording(rng, _NOTE_IN, slots), "save_note", {"text": fact.value})
    return _two(rng, case, path, document)


def adding_in(rng: Random, document: Document, path: str) -> Case:
    numbers = [fact.number for fact in document.facts]
    request = wording(rng, _ADD_IN, {"f": path, "c": {2: "two", 3: "three"}.get(len(numbers), "")})
    return Case(request, "calculate", {"expression": " + ".join(numbers)})


def follow_up_conversion(rng: Random, fact: Fact, path: str) -> Case:
    target, scale, offset = calls_units.unit_for(rng, fact.unit)
    value = v.number(fact.number)
    request = wording(rng, _CONVERT_IN, {"k": fact.key, "f": path, "to": target})
    arguments = {"value": value, "from_unit": fact.unit, "to_unit": target}
    return Case(request, "convert_unit", arguments, calls_units.converted(value * scale + offset, target))


def _two(rng: Random, case: Case, path: str, document: Document) -> list[Step]:
    second = served(rng, case)
    first = Case(case.request, "read_file", {"path": path}, document.text)
    return [Step(first), Step(replace(second.case, request=""), second.answer)]


_OPEN_ONE = Forms(
    do=("[read|open|show me|print] {r}", "[read|open|show me] [the contents of|what is in|] {r}"),
    ask=("[what is in|what does] {r}", "what's in {r}"),
    say=("open {r}", "{r}"),
)


def _from_listing(rng: Random) -> list[Step]:
    """The files are listed, then one of them is opened by its place or by part of its name."""
    case = Case(wording(rng, calls_files.LIST_FORMS, calls_files.HERE), "list_files", {})
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
    request = wording(rng, _OPEN_ONE, {"r": fill(rng, rng.choice(words))})
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
        request = wording(rng, _OPEN_ONE, {"r": pointing})
        return [first, served(rng, Case(request, "read_file", {"path": path}, documents.document(rng).text))]
    return [first, served(rng, follow_up(rng, Found("text", line, "", "", "first line" if len(lines) > 1 else "line")))]


def _unrelated(rng: Random) -> list[Step]:
    """Requests that have nothing to do with each other: what came before must not leak into the next call."""
    return [served(rng, builtin_calls.case(rng)) for _ in range(rng.randint(2, 3))]
