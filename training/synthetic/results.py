"""Questions about what tools list: files, search hits, notes, rows of a database. Each asks for a part of what came
back, and the answer is that part."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from training.synthetic import observations
from training.synthetic import values as v
from training.synthetic import words as w
from training.synthetic.asking import question, wrapped
from training.synthetic.case import Case
from training.synthetic.facts import Fact
from training.synthetic.phrases import fill
from training.synthetic.prose import apart
from training.synthetic.replies import joined

Answered = tuple[Case, str]
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def listing(rng: Random) -> Answered:
    """Files of a folder: is one there, which of a kind, how many, the first, the last."""
    names = observations.listing(rng)
    folder = v.folder(rng) if rng.random() < 0.4 else ""
    where = fill(
        rng,
        f"[in {folder}|in the folder {folder}|inside {folder}]" if folder else "[here|in this folder|in my folder|]",
    )
    ask, answer = rng.choice((_is_there, _of_kind, _how_many, _at_end, _folders))(rng, names)
    arguments = {"folder": folder} if folder else {}
    return Case(wrapped(rng, f"{ask} {where}".strip()), "list_files", arguments, "\n".join(names)), answer


def _is_there(rng: Random, names: list[str]) -> tuple[str, str]:
    there = rng.random() < 0.5
    name = rng.choice(names) if there else v.file_name(rng).rsplit("/", 1)[-1]
    ask = fill(rng, "[is there|do we have|do I have] [a|the] [file called|file named|file|] {f}", {"f": name})
    if there or name in names:
        return ask, f"Yes, there is {name}."
    return ask, f"No, there is no {name}."


def _of_kind(rng: Random, names: list[str]) -> tuple[str, str]:
    endings = [name.rsplit(".", 1)[-1] for name in names if "." in name]
    ending = rng.choice(endings) if endings and rng.random() < 0.8 else rng.choice(w.EXTENSIONS)
    found = [name for name in names if name.endswith(f".{ending}")]
    ask = fill(rng, f"[which|what] {ending} files [are there|do I have|are]")
    if not found:
        return ask, f"There is no {ending} file."
    return ask, f"The {ending} file is {found[0]}." if len(found) == 1 else f"The {ending} files are {joined(found)}."


def _how_many(rng: Random, names: list[str]) -> tuple[str, str]:
    files = sum(not name.endswith("/") for name in names)
    ask = fill(rng, "how many files [are there|do I have|are]")
    return ask, "There is one file." if files == 1 else f"There are {_NUMBERS[files]} files."


def _at_end(rng: Random, names: list[str]) -> tuple[str, str]:
    files = [name for name in names if not name.endswith("/")]
    if not files or len(files) != len(names):
        return _is_there(rng, names)
    last = rng.random() < 0.5
    ask = fill(rng, f"[which|what] is the {'last' if last else 'first'} file [listed|]")
    return ask, f"The {'last' if last else 'first'} file is {files[-1 if last else 0]}."


def _folders(rng: Random, names: list[str]) -> tuple[str, str]:
    found = [name for name in names if name.endswith("/")]
    ask = fill(rng, "[which|what] folders [are there|do I have|are]")
    if not found:
        return ask, "There is no folder."
    return ask, f"The folder is {found[0]}." if len(found) == 1 else f"The folders are {joined(found)}."


def hits(rng: Random) -> Answered:
    """Search hits, each from another file: what one of them says, which file or line says it."""
    lines, facts = map(list, zip(*apart(rng, rng.randint(1, 4)), strict=True))
    places = [(v.file_name(rng), rng.randint(1, 80)) for _ in lines]
    printed = "\n".join(
        f"[{n}] {f}:{at}: {line}" for n, ((f, at), line) in enumerate(zip(places, lines, strict=True), 1)
    )
    at = rng.randrange(len(lines))
    fact = rng.choice(facts[at])
    words = fact.key.split()[-1]
    file, line = places[at]
    kind = rng.random()
    if kind < 0.6:
        ask, answer = question(rng, fact)
    elif kind < 0.85:
        ask = wrapped(rng, fill(rng, f"[which|what] file [says|tells|knows|mentions] {_indirect(fact)}"))
        answer = f"It is in {file}."
    else:
        ask = wrapped(
            rng, fill(rng, f"[which line of which file|where exactly] [says|does it say|is] {_indirect(fact)}")
        )
        answer = f"It is in {file} on line {line}."
    return Case(_searching(rng, ask), "search_files", {"text": words}, printed), answer


def _indirect(fact: Fact) -> str:
    return f"the {fact.key}"


def _searching(rng: Random, ask: str) -> str:
    return fill(
        rng,
        rng.choice(
            (
                "{q}",
                "{q}",
                "[Search|Look through] my files. {q}",
                "{q} It is somewhere in my files.",
                "In my files: {q}",
            )
        ),
        {"q": ask},
    )


def notes(rng: Random) -> Answered:
    """Saved notes, one a line, of which one is asked for."""
    lines, facts = map(list, zip(*apart(rng, rng.randint(1, 4)), strict=True))
    fact = rng.choice(rng.choice(facts))
    lines += [v.sentence(rng) for _ in range(rng.choice((0, 0, 1)))]
    order = rng.sample(lines, len(lines))
    ask, answer = question(rng, fact, "notes")
    arguments = {"text": fact.key.split()[-1]} if rng.random() < 0.8 else {}
    return Case(ask, "find_notes", arguments, "\n".join(order)), answer


_COLUMNS: dict[str, Callable[[Random], str]] = {
    "price": v.money_text,
    "amount": v.money_text,
    "total": v.money_text,
    "balance": v.money_text,
    "stock": lambda rng: str(rng.randint(0, 500)),
    "quantity": lambda rng: str(rng.randint(1, 90)),
    "city": lambda rng: rng.choice(w.CITIES),
    "status": lambda rng: rng.choice(("paid", "open", "late", "sent", "new")),
    "email": v.email,
    "date": lambda rng: v.day(rng).isoformat(),
    "age": lambda rng: str(rng.randint(18, 90)),
    "phone": v.phone,
    "salary": v.money_text,
    "weight": v.money_text,
    "colour": lambda rng: rng.choice(w.COLOURS),
}
_NUMERIC = ("price", "amount", "total", "balance", "stock", "quantity", "age", "salary", "weight")
_TABLES = (
    *("customers", "orders", "products", "items", "people", "invoices", "members", "books", "parts", "employees"),
    *("guests", "stores", "payments", "pupils", "tickets", "suppliers", "trips", "rooms", "songs", "plants"),
)


def database(rng: Random) -> Answered:
    """A query spoken with its question: one value, a column, or rows."""
    table, named = rng.choice(_TABLES), rng.choice(("name", "name", "title", "item", "customer"))
    ask, sql, printed, answer = rng.choice((_counted, _extreme, _one_cell, _column, _rows))(rng, table, named)
    file = v.database_name(rng)
    request = wrapped(rng, ask)
    shape = rng.choice(
        (
            "{q} Run {s} on {f}.",
            "Run {s} on {f}: {q}",
            "{q} [Use|Ask] {f} with {s}",
            "Ask {f} with {s} and tell me: {q}",
            "{f}: {s}. {q}",
            "[With|From] {f}, {q} [The query is|Query:] {s}",
        )
    )
    return Case(
        fill(rng, shape, {"q": request, "s": sql, "f": file}), "query_database", {"database": file, "sql": sql}, printed
    ), answer


Queried = tuple[str, str, str, str]


def _counted(rng: Random, table: str, named: str) -> Queried:
    where, said = rng.choice(
        (
            ("", ""),
            (f" WHERE city = '{(city := rng.choice(w.CITIES))}'", f" in {city}"),
            (" WHERE status = 'open'", " with status open"),
        )
    )
    n = str(rng.randint(2, 4000))
    ask = fill(rng, f"how many {table} [are there|do we have|are]{said}")
    return ask, f"SELECT COUNT(*) FROM {table}{where}", n, f"There are {n} {table}{said}."


def _extreme(rng: Random, table: str, named: str) -> Queried:
    column = rng.choice(_NUMERIC)
    word, function = rng.choice(
        (
            ("highest", "MAX"),
            ("lowest", "MIN"),
            ("average", "AVG"),
            ("total", "SUM"),
            ("largest", "MAX"),
            ("smallest", "MIN"),
        )
    )
    column = "amount" if word == "total" and column == "total" else column
    value = _COLUMNS[column](rng)
    ask = fill(rng, f"[what is|what's] the {word} {column} [of the {table}|in {table}|]")
    return ask, f"SELECT {function}({column}) FROM {table}", value, f"The {word} {column} is {value}."


def _one_cell(rng: Random, table: str, named: str) -> Queried:
    column, who = rng.choice(list(_COLUMNS)), rng.choice(w.FIRST_NAMES)
    value = _COLUMNS[column](rng)
    ask = fill(rng, f"[what is|what's] [the {column} of {who}|{who}'s {column}]")
    return ask, f"SELECT {column} FROM {table} WHERE {named} = '{who}'", value, f"The {column} of {who} is {value}."


def _column(rng: Random, table: str, named: str) -> Queried:
    names = rng.sample(w.FIRST_NAMES, rng.randint(2, 5))
    ask = fill(rng, f"[which|what] {named}s are in {table}")
    return ask, f"SELECT {named} FROM {table}", "\n".join([named, *names]), f"The {named}s are {joined(names)}."


def _rows(rng: Random, table: str, named: str) -> Queried:
    column = rng.choice(list(_COLUMNS))
    rows = [(name, _COLUMNS[column](rng)) for name in rng.sample(w.FIRST_NAMES, rng.randint(1, 4))]
    printed = "\n".join([f"{named} | {column}", *(" | ".join(row) for row in rows)])
    sql = f"SELECT {named}, {column} FROM {table}"
    if rng.random() < 0.5:
        who, value = rng.choice(rows)
        ask = fill(rng, f"[what is|what's] [the {column} of {who}|{who}'s {column}]")
        return ask, sql, printed, f"The {column} of {who} is {value}."
    ask = fill(rng, f"[what is|what's] the {column} of [each|every one|all {table}]")
    return ask, sql, printed, f"The rows are: {'; '.join(', '.join(row) for row in rows)}."


def result(rng: Random) -> Answered:
    return rng.choice((listing, hits, hits, notes, notes, database, database))(rng)
