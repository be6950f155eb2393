"""Requests for the tools of databases, notes and pages, with the arguments they ask for, copied from the request. The
wordings are in frames_notes.py and frames_queries.py."""

from __future__ import annotations

from random import Random

from training.synthetic import frames_notes, frames_queries, paths, remarks, statements
from training.synthetic import values as v
from training.synthetic.calls_files import texts
from training.synthetic.case import Case
from training.synthetic.manner import asked, quoted


def query_database(rng: Random) -> Case:
    database, sql = paths.database(rng), statements.statement(rng)
    surely = enclosed(rng, sql)
    slots = {"d": quoted(rng, database, 0.1), "q": surely if rng.random() < 0.35 else sql, "qq": surely}
    return Case(asked(rng, frames_queries.QUERY, slots), "query_database", {"database": database, "sql": sql})


def enclosed(rng: Random, sql: str) -> str:
    """The statement within marks that it does not hold itself."""
    marks = [("`", "`"), ("`", "`"), ("```\n", "\n```"), ("```sql\n", "\n```"), ("“", "”")]
    marks += [('"', '"')] * 3 if '"' not in sql else []
    marks += [("'", "'")] * 2 if "'" not in sql else []
    left, right = rng.choice(marks)
    return f"{left}{sql}{right}"


def save_note(rng: Random) -> Case:
    """A clause, an order to oneself, or something shorter; a wording fits its kind of text."""
    kind = rng.random()
    if kind < 0.55:
        text, forms = remarks.clause(rng), frames_notes.SAVE
    elif kind < 0.78:
        text, forms = remarks.order(rng), frames_notes.SAVE_ORDER
    else:
        text, forms = remarks.remark(rng) if kind < 0.92 else remarks.content(rng), frames_notes.SAVE_TEXT
    slots = texts(rng, text) | {"h": v.draw(rng, "noun"), "t": quoted(rng, text, 0.12)}
    return Case(asked(rng, forms, slots), "save_note", {"text": text})


def find_notes(rng: Random) -> Case:
    if rng.random() < 0.27:
        return Case(asked(rng, frames_notes.ALL, {}), "find_notes", {})
    text = remarks.topic(rng)
    slots = {"t": quoted(rng, text, 0.28), "q": quoted(rng, text, 0.7)}
    return Case(asked(rng, frames_notes.FIND, slots), "find_notes", {"text": text})


def fetch_url(rng: Random) -> Case:
    address = v.url(rng)
    return Case(asked(rng, frames_queries.FETCH, {"u": address}), "fetch_url", {"url": address})
