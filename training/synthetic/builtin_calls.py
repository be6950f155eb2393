"""Single requests for the built-in tools and the call each asks for; about one in eight must be declined.

Declined are requests no tool serves, requests whose tool is not among the offered, and requests that lack a value the
tool cannot do without. Conversations of several turns are in trajectories.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

from training.example import Example
from training.synthetic import calls_dates, calls_files, calls_notes, calls_sums, calls_units, number_turns, specs
from training.synthetic.case import Case, row, user
from training.synthetic.out_of_scope import incomplete, unserved

KIND = "builtin-calls"
CASES: dict[str, Callable[[Random], Case]] = {
    "calculate": calls_sums.calculate,
    "convert_unit": calls_units.convert_unit,
    "current_time": calls_dates.current_time,
    "shift_date": calls_dates.shift_date,
    "days_between": calls_dates.days_between,
    "day_of_week": calls_dates.day_of_week,
    "read_file": calls_files.read_file,
    "write_file": calls_files.write_file,
    "list_files": calls_files.list_files,
    "search_files": calls_files.search_files,
    "query_database": calls_notes.query_database,
    "save_note": calls_notes.save_note,
    "find_notes": calls_notes.find_notes,
    "fetch_url": calls_notes.fetch_url,
}
_DRAWN = (
    *tuple(CASES),
    "calculate",
    "convert_unit",
    "shift_date",
    "read_file",
    "write_file",
    "save_note",
    "search_files",
)
_DECLINED = 0.12
_GOES_ON = 0.06  # of rows: something was worked out before, and the request refers back to it


def case(rng: Random) -> Case:
    return CASES[rng.choice(_DRAWN)](rng)


def generate(rng: Random) -> Iterator[Example]:
    """Rows without end."""
    while True:
        if rng.random() < _GOES_ON:
            yield number_turns.turn(rng)
        else:
            yield _declined(rng) if rng.random() < _DECLINED else _served(rng)


def _served(rng: Random) -> Example:
    asked = case(rng)
    tools, alternatives = specs.offer(rng, asked.tool)
    output = {"name": asked.tool, "arguments": dict(asked.arguments)}
    return row("tool-call", KIND, [user(asked.request)], output, tools, alternatives)


def _declined(rng: Random) -> Example:
    kind = rng.random()
    if kind < 0.45:
        request, tools = unserved(rng), specs.others(rng, (), rng.randint(1, 4))
    elif kind < 0.8:
        asked = case(rng)
        request, tools = asked.request, specs.others(rng, _near(asked.tool), rng.randint(1, 4))
    else:
        request, name = incomplete(rng)
        tools = [name, *specs.others(rng, (name,), rng.randint(0, 2))]
        rng.shuffle(tools)
    return row("tool-call", KIND, [user(request)], None, [specs.spec(rng, name) for name in tools])


def _near(name: str) -> tuple[str, ...]:
    """The tool and those that could serve its request after all, which must not be offered to a request to decline."""
    could = {"read_file": ("search_files",), "save_note": ("write_file",), "find_notes": ("search_files",)}
    return (name, *could.get(name, ()))
