"""What the built-in tools print, imitated word for word with invented contents; nothing is run but the calculator.

A model that learns from these reads the real ones: the wordings must follow tools/builtin when it changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from training.synthetic import paths
from training.synthetic import values as v
from training.synthetic.phrases import fill


def sum_of(expression: str) -> str | None:
    """What the calculator prints, or None where it refuses (a division by zero)."""
    from tools.builtin.arithmetic import plain
    from tools.builtin.exact import Incalculable
    from tools.builtin.expression import evaluate

    try:
        return plain(evaluate(expression))
    except (Incalculable, ArithmeticError):
        return None


def wrote(rng: Random, path: str, content: str) -> str:
    return f"{'Wrote' if rng.random() < 0.8 else 'Replaced'} {path} ({len(content):,} characters)."


def noted(text: str) -> str:
    return f"Saved the note: {' '.join(text.split())}"


def listing(rng: Random) -> list[str]:
    """File names of one folder, sorted, folders with a slash."""
    names = {paths.file(rng).rsplit("/", 1)[-1] for _ in range(rng.randint(1, 6))}
    names |= {f"{paths.folder(rng).split('/')[0]}/" for _ in range(rng.choice((0, 0, 1, 2)))}
    return sorted(names)


def passages(rng: Random, lines: Sequence[str]) -> str:
    """Search hits, numbered, with file and line."""
    return "\n".join(f"[{n}] {paths.file(rng)}:{rng.randint(1, 60)}: {line}" for n, line in enumerate(lines, 1))


def hits(rng: Random, text: str) -> list[str]:
    """Lines that hold the words searched for."""
    found = []
    for _ in range(rng.choice((1, 1, 2, 3))):
        draws = v.slots(rng)
        draws["t"] = text
        found.append(fill(rng, _HITS, draws))
    return found


_HITS = (
    "[The|Our|New|] {t} [is|was] [ready|late|approved|sent to {person}|{money}|due on {date}|"
    "in {city}]|{person} [asked about|wrote|paid for|has] {t}"
    "|{t}: {money}|{noun} and {t} [on {weekday}|for {company}|]|- {t}|see {t}, {n}|{company} "
    "sent {t} on {date}|{verb} {t} by {weekday}"
)
_HITS = f"[{_HITS}]"

_REFUSALS: dict[str, tuple[str, ...]] = {
    "read_file": (
        "There is no file {f}.",
        "There is no file {f}. There is: {f2}.",
        "{f} is a folder, not a file.",
        "{f} is not a text file ({n} bytes).",
        "'{f}' leads out of the work folder.",
        "'{f}' is not inside the work folder. Use a name relative to it, such as notes.txt.",
        "{f} is empty.",
    ),
    "list_files": ("There is no folder {f}.", "The folder is empty."),
    "search_files": ("No file says '{t}'.", "No file says '{t}'.", "There is no folder {f}."),
    "find_notes": ("No note mentions '{t}'.", "There are no notes."),
    "convert_unit": (
        "{a} cannot be converted to {b}: they measure different things.",
        "I do not know a unit called '{a}'. Use a name such as km, pounds, celsius or GB.",
        "{a} is a currency, and I have no exchange rates.",
    ),
    "current_time": ("I do not know the time zone '{z}'. Use a name such as Europe/Lisbon or Tokyo.",),
    "query_database": (
        "No rows.",
        "There is no file {f}.",
        "no such table: {t}. The tables are: {t2}.",
        "The database may only be read. Use SELECT.",
        "SQLite says: no such column: {t}.",
    ),
    "write_file": ("'{f}' leads out of the work folder.", "{f} is a folder, not a file."),
    "fetch_url": (
        "{h} is not on the list of allowed hosts.",
        "{h} did not answer within {n} seconds.",
        "{h} answered 404.",
    ),
    "calculate": (
        "division by zero.",
        "I cannot read '{t}'. Write numbers with + - * / ^ % and brackets, or in words.",
    ),
    "shift_date": ("'{t}' is not a date I can read. Write it as 2031-03-05.",),
    "day_of_week": ("'{t}' is not a date I can read. Write it as 2031-03-05.",),
}


def refusals(tool: str) -> tuple[str, ...]:
    """The templates of what the tool says when it cannot; empty for a tool that always can."""
    return _REFUSALS.get(tool, ())
