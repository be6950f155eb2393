"""The built-in tools as a model is shown them: exact names and parameters, descriptions worded anew for every row.

The names, types and order are those of tools/builtin; the descriptions are many on purpose, so that a model reads the
signature instead of memorising one sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from random import Random
from typing import Any

from training.synthetic.phrases import fill

UNITS_OF_TIME = ("days", "weeks", "months", "years")

# name: (what it does, ((parameter, type, required, wordings), …))
_Parameter = tuple[str, str, bool, str]
_TOOLS: dict[str, tuple[str, tuple[_Parameter, ...]]] = {
    "calculate": (
        "[Work out|Evaluate|Compute|Calculate|Do] [an arithmetic expression|arithmetic|a sum|a calculation|a piece of "
        "mathematics][: numbers, + - * / and brackets, percentages, roots| such as 12 * 7 or 15% of 240| exactly| and "
        "give the number| written in symbols or plain words|]",
        (
            (
                "expression",
                "string",
                True,
                (
                    "[What to work out|The expression|The calculation], [for example 12 * 7|like 15% of 240|"
                    "in symbols or words|as written]"
                ),
            ),
        ),
    ),
    "convert_unit": (
        "[Convert|Change|Turn|Express] [a value|an amount|a quantity|a measurement] [from one "
        "unit to another|into another unit"
        "|between units][: length, weight, volume, temperature, speed, data| of measure|, such as km to miles|]",
        (
            ("value", "number", True, "[The number|The amount|How much] to convert"),
            (
                "from_unit",
                "string",
                True,
                "[The unit it is in|The unit of the value|Unit to convert from][, such as km or pounds|]",
            ),
            ("to_unit", "string", True, "[The unit wanted|Unit to convert to|The target unit][, such as miles or kg|]"),
        ),
    ),
    "current_time": (
        (
            "[Tell|Get|Give|Show] the [current|present] [date and time|time|time and date][ in a "
            "time zone| now, here or in a given time zone|, optionally elsewhere|]"
        ),
        (
            (
                "timezone",
                "string",
                False,
                "[A time zone|The zone|Name of a time zone][ such as Europe/Paris| or city|; local when left out|]",
            ),
        ),
    ),
    "shift_date": (
        "[Add to or subtract from a date|Move a date by days, weeks, months or years|Find the "
        "date some time before or after another"
        "|The date that lies an amount of time from a date]",
        (
            ("date", "string", True, "[The date to start from|The starting date][, like 2031-03-05 or today|]"),
            ("amount", "integer", True, "[How many units to add|How far to move]; negative [for earlier|goes back]"),
            ("unit", "time", True, "[The unit of the amount|What is counted|Days, weeks, months or years]"),
        ),
    ),
    "days_between": (
        (
            "[Count|Find|Give] [the number of days|how many days lie|the days] [between two dates|"
            "from one date to another]"
        ),
        (
            ("start", "string", True, "The [first|earlier|starting] date"),
            ("end", "string", True, "The [second|later|last|ending] date"),
        ),
    ),
    "day_of_week": (
        "[Tell|Find|Give|Say] [the day of the week|the weekday|which weekday] [of a date|a date falls on|for a date]",
        (("date", "string", True, "[The date|A date|Which date][, such as 2031-03-05 or 5 March 2031|]"),),
    ),
    "read_file": (
        (
            "[Read|Open|Get|Show] [a text file|a file|the contents of a file|the text of a file][ in "
            "the work directory| by its path|]"
        ),
        (
            (
                "path",
                "string",
                True,
                "[The file|Path of the file|Which file][ to read|, relative to the work directory|]",
            ),
        ),
    ),
    "write_file": (
        (
            "[Write|Save|Put] text [into a file|to a file][ in the work directory|, replacing what "
            "was there|, creating it if needed|]"
        ),
        (
            (
                "path",
                "string",
                True,
                "[The file|Path of the file|Which file][ to write|, relative to the work directory|]",
            ),
            ("content", "string", True, "[The text|What] to [write|save|put in it]"),
        ),
    ),
    "list_files": (
        (
            "[List|Show|Name] the files [in a folder|in the work directory|and folders in a folder][ "
            "of the work directory|]"
        ),
        (("folder", "string", False, "[The folder|Which folder][ to list|; the work directory when left out|]"),),
    ),
    "search_files": (
        (
            "[Search|Look through|Find a text in] the [files|text files|documents][ of the work "
            "directory|] [for a text|for words|and show the lines that match]"
        ),
        (
            ("text", "string", True, "[The words|The text|What] to [look for|find|search for]"),
            ("folder", "string", False, "[The folder|Where][ to search| to look|; everywhere when left out|]"),
        ),
    ),
    "query_database": (
        (
            "[Run|Execute|Ask] [an SQL query|a SELECT|SQL|a query] [on|against] [a SQLite database|a "
            "database file][ in the work directory|]"
        ),
        (
            ("database", "string", True, "[The database file|Path of the database|The SQLite file]"),
            ("sql", "string", True, "[The query|The SQL|The statement][ to run|]"),
        ),
    ),
    "save_note": (
        "[Save|Keep|Store|Write down|Remember] [a note|a short note|something to remember][ for later|]",
        (("text", "string", True, "[The note|What to remember|The text of the note|What to note down]"),),
    ),
    "find_notes": (
        (
            "[Find|Look up|Show|Search] [saved notes|notes|the notes saved earlier][ that contain a "
            "text| about something| by a word in them|]"
        ),
        (
            (
                "text",
                "string",
                False,
                "[Words the note contains|What to look for|The text to find][; all notes when left out|]",
            ),
        ),
    ),
    "fetch_url": (
        (
            "[Fetch|Get|Download|Read] [a web page|a page|the text of a web page|an address][ from "
            "an allowed host| over HTTP|]"
        ),
        (("url", "string", True, "[The address|The URL|Which page][ to fetch| to get|, starting with https|]"),),
    ),
}

NAMES = tuple(_TOOLS)
FAMILIES: tuple[tuple[str, ...], ...] = (
    ("calculate", "convert_unit"),
    ("current_time", "shift_date", "days_between", "day_of_week"),
    ("read_file", "write_file", "list_files", "search_files", "query_database", "fetch_url"),
    ("save_note", "find_notes", "write_file", "search_files"),
)

Spec = dict[str, Any]


def spec(rng: Random, name: str) -> Spec:
    """The tool as {"name", "description", "parameters"}, worded at random. Raises KeyError for no built-in tool."""
    return rng.choice(_worded(name))


@cache
def _worded(name: str) -> tuple[Spec, ...]:
    """A hundred wordings of one tool, made once: drawing each anew took a quarter of the time of a row."""
    rng = Random(name)
    return tuple(_spec(rng, name) for _ in range(100))


def _spec(rng: Random, name: str) -> Spec:
    purpose, parameters = _TOOLS[name]
    return {
        "name": name,
        "description": fill(rng, purpose) + rng.choice((".", ".", "")),
        "parameters": {
            "type": "object",
            "properties": {key: _property(rng, kind, text) for key, kind, _, text in parameters},
            "required": [key for key, _, required, _ in parameters if required],
            "additionalProperties": False,
        },
    }


def _property(rng: Random, kind: str, wordings: str) -> Spec:
    if kind == "time":
        return {"type": "string", "enum": list(UNITS_OF_TIME), "description": fill(rng, wordings)}
    return {"type": kind, "description": fill(rng, wordings)}


def offer(rng: Random, name: str) -> tuple[tuple[Spec, ...], tuple[Spec, ...]]:
    """The tool asked for, and none to three others, of its own family first: what a shortlist would show with it."""
    return (spec(rng, name),), tuple(spec(rng, other) for other in others(rng, (name,), rng.choice((0, 1, 2, 3, 3))))


def others(rng: Random, without: Sequence[str], count: int) -> list[str]:
    """`count` other tools; each is of the family of the first named one two times in three."""
    near = [name for family in FAMILIES if without and without[0] in family for name in family]
    chosen: list[str] = []
    while len(chosen) < count:
        name = rng.choice(near if near and rng.random() < 0.65 else NAMES)
        if name not in without and name not in chosen:
            chosen.append(name)
        elif all(one in chosen or one in without for one in near):
            near = []
    return chosen
