"""Texts as files and pages hold them, with what they say: the facts one can ask for, each with its place in the text.

Forms, prose, tables, letters, logs and lists, all invented. A fact's value stands in the text exactly as given, so that
an answer can be copied. Nothing here knows of tools or skills.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from training.synthetic import documents_data, documents_lists
from training.synthetic import values as v
from training.synthetic import words as w
from training.synthetic.facts import Document, Fact, Kind, facts
from training.synthetic.phrases import fill
from training.synthetic.prose import told


def form(rng: Random, kinds: Sequence[Kind] = ()) -> Document:
    """Lines of key and value, in one of the usual layouts, with a heading or a remark now and then."""
    chosen = facts(rng, max(len(kinds), rng.randint(2, 5)), kinds)
    style = rng.choice(
        (
            "{k}: {v}",
            "{k}: {v}",
            "{k}: {v}",
            "{k} = {v}",
            "{k} - {v}",
            "- {k}: {v}",
            "{k}\t{v}",
            "* {k}: {v}",
            "{k}={v}",
            "{k}:  {v}",
        )
    )
    cased = rng.choice((str.lower, str.capitalize, str.capitalize, str.capitalize, str.title, str.upper))
    lines = [style.format(k=cased(one.key), v=one.value) for one in chosen]
    if rng.random() < 0.35:
        lines.insert(
            0, rng.choice((v.draw(rng, "noun").capitalize(), f"# {v.topic(rng)}", v.company(rng), v.topic(rng)))
        )
    if rng.random() < 0.2:
        lines.append(v.sentence(rng))
    return Document("\n".join(lines), tuple(chosen))


def prose(rng: Random) -> Document:
    """Two to five sentences that say things, with some that matter to nobody in between."""
    lines: list[str] = []
    found: list[Fact] = []
    for _ in range(rng.randint(1, 3)):
        text, more = told(rng)
        if any(one.key in {two.key for two in found} for one in more):
            continue
        lines.append(text)
        found += more
    if rng.random() < 0.5:
        extra = v.sentence(rng)
        lines.insert(rng.randint(0, len(lines)), extra[:1].upper() + extra[1:] + ("" if extra.endswith(".") else "."))
    return Document(rng.choice((" ", " ", "\n", "\n\n")).join(lines), tuple(found))


def letter(rng: Random) -> Document:
    """A greeting, a body, a name at the end."""
    body = prose(rng)
    to, sender = rng.choice(w.FIRST_NAMES), v.full_name(rng)
    greeting, close = (
        rng.choice(("Dear", "Hi", "Hello")),
        rng.choice(("Regards", "Best wishes", "Yours", "Kind regards", "Thanks", "See you", "Cheers")),
    )
    signed = Fact(
        "sender",
        sender,
        "text",
        asks=("who [wrote|signed|sent] [it|the letter|this]", "who is [it|the letter] from"),
        reply=f"It is from {sender}.",
    )
    addressed = Fact(
        "recipient",
        to,
        "text",
        asks=("who is [it|the letter] [to|for|addressed to]",),
        reply=f"It is addressed to {to}.",
    )
    return Document(f"{greeting} {to},\n\n{body.text}\n\n{close},\n{sender}", (*body.facts, signed, addressed))


_TABLE_COLUMNS: dict[str, tuple[Kind, Callable[[Random], str]]] = {
    "price": ("money", v.money_text),
    "amount": ("money", v.money_text),
    "cost": ("money", v.money_text),
    "quantity": ("number", lambda rng: str(rng.randint(1, 400))),
    "stock": ("number", lambda rng: str(rng.randint(0, 400))),
    "city": ("text", lambda rng: rng.choice(w.CITIES)),
    "date": ("date", lambda rng: v.day(rng).isoformat()),
    "email": ("text", v.email),
    "phone": ("text", v.phone),
    "status": ("text", lambda rng: rng.choice(("paid", "open", "late", "new", "sent"))),
    "colour": ("text", lambda rng: rng.choice(w.COLOURS)),
    "age": ("number", lambda rng: str(rng.randint(18, 90))),
    "score": ("number", lambda rng: str(rng.randint(0, 100))),
    "code": ("text", v.code),
}


def table(rng: Random) -> Document:
    """Rows of a named thing and its columns, apart by commas, semicolons, tabs or bars."""
    named = rng.choice(("name", "item", "product", "person", "customer", "city"))
    pool: Sequence[str] = (
        w.CITIES if named == "city" else w.FIRST_NAMES if named in ("name", "person", "customer") else w.ITEMS
    )
    columns = rng.sample([column for column in _TABLE_COLUMNS if column != named], rng.randint(1, 3))
    rows = rng.sample(pool, rng.randint(2, 5))
    joint = rng.choice((",", ",", ",", ";", "\t", " | ", ", "))
    lines, found = [joint.join((named, *columns))], []
    for row in rows:
        cells = {column: _TABLE_COLUMNS[column][1](rng) for column in columns}
        lines.append(joint.join((row, *cells.values())))
        for column, cell in cells.items():
            kind = _TABLE_COLUMNS[column][0]
            number = cell if kind in ("money", "number") else ""
            asks = (
                f"[what is|what's] the {column} of {row}",
                f"{row}'s {column}",
                f"what {column} does {row} have",
            )
            found.append(Fact(f"{column} of {row}", cell, kind, number, "", (asks[0], asks[2])))
    return Document("\n".join(lines), tuple(found))


def log(rng: Random) -> Document:
    """Dated lines of a machine, one of them an error."""
    when, minute = v.day(rng), rng.randint(0, 1300)
    count = rng.randint(2, 5)
    bad = rng.randrange(count)
    lines, found = [], []
    for place in range(count):
        minute += rng.randint(1, 40)
        clock = f"{minute // 60 % 24:02d}:{minute % 60:02d}"
        what = fill(
            rng,
            "[{noun} {other}|{noun} {code}|{word}] "
            + (
                "[failed|timed out|is full|was refused|crashed|not found]"
                if place == bad
                else "[started|done|saved|sent|closed|ready|loaded]"
            ),
            v.slots(rng),
        )
        level = rng.choice(("ERROR", "error")) if place == bad else rng.choice(("INFO", "info", "DEBUG"))
        lines.append(f"{when.isoformat()} {clock} {level} {what}")
        if place == bad:
            found = [
                Fact(
                    "error",
                    what,
                    "text",
                    asks=("what went wrong", "what [is|was] the error", "what failed"),
                    reply=f"The error was: {what}.",
                ),
                Fact(
                    "time of the error",
                    clock,
                    "text",
                    asks=("when did [it fail|the error happen]", "at what time was the error"),
                    reply=f"The error was at {clock}.",
                ),
            ]
    return Document("\n".join(lines), tuple(found))


def amounts(rng: Random) -> Document:
    """Two to four amounts with their names: something to add up."""
    count = rng.choice((2, 2, 2, 3, 3, 4))
    sign = rng.choice(("", "", "", "$", "€", "£"))
    names = rng.sample((*w.ITEMS, *w.NOUNS), count)
    cased = rng.choice((str.lower, str.capitalize, str.capitalize))
    style = rng.choice(
        (
            "{k}: {v}",
            "{k}: {v}",
            "{k} {v}",
            "{k} = {v}",
            "- {k}: {v}",
            "{k},{v}",
            "The {k} [was|cost|is] {v}.",
            "{k} - {v}",
            "{k} for {v}",
            "{v} {k}",
        )
    )
    whole = rng.random() < 0.3
    found, lines = [], []
    for name in names:
        amount = str(rng.randint(2, 900)) if whole else v.money_text(rng)
        lines.append(
            fill(rng, style.replace("{k}", "\1").replace("{v}", "\2"))
            .replace("\1", cased(name))
            .replace("\2", sign + amount)
        )
        found.append(Fact(name, sign + amount, "money", amount))
    joint = rng.choice(("\n", "\n", "\n", ", ", "; ")) if "." not in style else rng.choice((" ", "\n"))
    return Document(joint.join(lines), tuple(found))


def checklist(rng: Random) -> Document:
    """Things to do or buy, one a line."""
    things = [
        rng.choice((v.draw(rng, "items"), fill(rng, "{verb} the {noun}", v.slots(rng))))
        for _ in range(rng.randint(2, 6))
    ]
    mark = rng.choice(("- ", "* ", "", "[ ] ", "1. "))
    found = (
        Fact(
            "first item",
            things[0],
            "text",
            asks=("what is [the first thing|first|the first item]",),
            reply=f"The first is {things[0]}.",
        ),
        Fact(
            "last item",
            things[-1],
            "text",
            asks=("what is [the last thing|last|the last item]",),
            reply=f"The last is {things[-1]}.",
        ),
    )
    return Document("\n".join(mark.replace("1", str(n)) + thing for n, thing in enumerate(things, 1)), found)


MAKERS = (
    *(form, form, form, prose, prose, prose, prose, letter, table, table, log, amounts, checklist),
    *documents_lists.MAKERS,
    *documents_data.MAKERS,
)


def document(rng: Random) -> Document:
    return rng.choice(MAKERS)(rng)
