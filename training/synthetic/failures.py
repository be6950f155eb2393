"""What the built-in tools say when they cannot, more of it than observations.py has, and requests that meet it."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from training.synthetic import builtin_calls, observations
from training.synthetic import values as v
from training.synthetic.case import Case
from training.synthetic.phrases import fill

_MORE: dict[str, tuple[str, ...]] = {
    "read_file": (
        "There is no file {f}. Did you mean {f2}?",
        "{f} is not a regular file.",
        "'{f}' is not a file name.",
    ),
    "write_file": ("{f} cannot be written: Permission denied.", "{f} cannot be written: No space left on device."),
    "list_files": ("There is no folder {f}.", "'{f}' leads out of the work folder."),
    "search_files": ("Say what to search for.", "No file says '{t}'."),
    "find_notes": ("There are no notes.", "No note mentions '{t}'."),
    "convert_unit": (
        "{x} {a} is out of range.",
        "I do not know a unit called '{b}'. Use a name such as km, pounds, celsius or GB.",
    ),
    "query_database": (
        "{f} is not a database.",
        "SQLite says: file is not a database.",
        'SQLite says: near "{w}": syntax error.',
        "Give one SQL statement at a time.",
        "The query took longer than 5 seconds. Narrow it with WHERE.",
        "No rows.",
        "SQLite says: no such column: {w}.",
    ),
    "fetch_url": (
        "The host {h} is not allowed. Allowed hosts: none.",
        "The host {h} is not allowed. Allowed hosts: {h2}.",
        "{h} did not answer in time.",
        "{h} cannot be reached (ConnectError).",
        "The server answered 404 Not Found.",
        "The server answered 500 Internal Server Error.",
        "The server answered 403 Forbidden.",
        "The page is empty.",
        "That address holds no text but image/png.",
        "The page redirects more than 4 times.",
        "The page took too long to arrive.",
        "{h} has no address.",
    ),
    "calculate": (
        "division by zero.",
        "the square root of a negative number is not a real number.",
        "the power is too large to compute.",
        "I cannot read '{w}'. Write numbers with + - * / ^ % and brackets, or in words.",
    ),
    "shift_date": (
        "'{t}' leaves the day or month open. Write the whole date, as 2031-03-05.",
        "That is beyond the calendar (years 1 to 9999).",
    ),
    "day_of_week": ("'{t}' leaves the day or month open. Write the whole date, as 2031-03-05.",),
    "days_between": ("'{t}' is not a date I can read. Write it as 2031-03-05.",),
    "save_note": ("A note holds 1 to 4,000 characters.",),
}


def failed_case(rng: Random) -> Case:
    """A request whose tool refused or found nothing, with what it said."""
    case = builtin_calls.case(rng)
    known = (*observations.refusals(case.tool), *_MORE.get(case.tool, ()))
    while not known:
        case = builtin_calls.case(rng)
        known = (*observations.refusals(case.tool), *_MORE.get(case.tool, ()))
    return replace(case, observation=fill(rng, rng.choice(known), _slots(rng, case)))


def _slots(rng: Random, case: Case) -> dict[str, str]:
    arguments = case.arguments
    text = arguments.get("text") or arguments.get("expression") or arguments.get("date") or arguments.get("start")
    draws = v.slots(rng)
    draws.update(
        {
            "f": str(arguments.get("path") or arguments.get("folder") or arguments.get("database") or v.file_name(rng)),
            "f2": v.file_name(rng),
            "t": str(text or v.topic(rng))[:80],
            "t2": ", ".join(v.draw(rng, "noun") + "s" for _ in range(rng.randint(1, 3))),
            "w": v.draw(rng, "noun"),
            "x": str(arguments.get("value", "")),
            "a": str(arguments.get("from_unit", "")),
            "b": str(arguments.get("to_unit", "")),
            "z": str(arguments.get("timezone", "there")),
            "h": str(arguments.get("url", "")).split("//")[-1].split("/")[0],
            "h2": v.host(rng),
        }
    )
    return draws
