"""What an answer says once a tool has spoken: one short sentence that carries the value word for word.

The wordings are few on purpose: a small model shall spend itself on finding and copying the value. Every number and
name of an answer stands in the conversation before it, and every word is one that the agent may say.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from training.synthetic.speakable import spoken

_COULD_NOT = {
    "calculate": "I could not work that out.",
    "convert_unit": "I could not convert that.",
    "current_time": "I could not tell the time there.",
    "shift_date": "I could not work out the date.",
    "days_between": "I could not count the days.",
    "day_of_week": "I could not tell the weekday.",
    "read_file": "I could not read the file.",
    "write_file": "I could not write the file.",
    "list_files": "I could not list the files.",
    "search_files": "I found nothing.",
    "query_database": "I could not answer that from the database.",
    "save_note": "I could not save the note.",
    "find_notes": "I found no note.",
    "fetch_url": "I could not fetch the page.",
}
_MOST = 160  # characters of a text that an answer repeats whole
_MOST_ROWS = 6  # rows, files or notes that an answer names one by one


def failed(tool: str, said: str) -> str:
    """The plain word that it did not work, and why, in the tool's own words."""
    reason = spoken(re.sub(r"(?<!\w)'([^'\n]*)'(?!\w)", r"\1", said))
    return f"{_COULD_NOT.get(tool, 'I could not do that.')} {reason}"


def reply(rng: Random, tool: str, arguments: Mapping[str, Any], said: str) -> str:
    """The answer to a request that the call has served. `said`: what the tool printed."""
    if tool == "convert_unit":
        return f"{_plain(arguments['value'])} {spoken(arguments['from_unit'])} is {said}."
    if tool == "days_between":
        days, _, order = said.partition("; ")
        verb = "is" if days == "1 day" else "are"
        return f"There {verb} {days} between them" + (f"; {order}." if order else ".")
    if tool == "day_of_week":
        return f"{arguments['date']} is a {said}."
    if tool in ("read_file", "fetch_url"):
        name = arguments["path"] if tool == "read_file" else "The page"
        return says(name, said)
    if tool == "write_file":
        return f"I saved it in {arguments['path']}."
    return _other(tool, said)


def _other(tool: str, said: str) -> str:
    lines = said.split("\n")
    if tool == "current_time":
        return f"It is {said}."
    if tool == "shift_date":
        return f"The date is {said}."
    if tool == "list_files":
        return f"There is {said}." if len(lines) == 1 else f"The files are {joined(lines)}."
    if tool == "search_files":
        return found(lines)
    if tool == "query_database":
        return f"The result is {spoken(said)}." if len(lines) == 1 else rows(lines)
    if tool == "save_note":
        return f"I saved the note: {spoken(said.removeprefix('Saved the note: '))}"
    if tool == "find_notes":
        notes = [spoken(line) for line in lines]
        return f"Your note says: {notes[0]}" if len(notes) == 1 else f"Your notes say: {'; '.join(notes)}"
    return f"The result is {said}."


def says(name: str, text: str) -> str:
    """A text repeated whole when short, by its first line when long."""
    plain = spoken(text)
    if len(plain) <= _MOST and len(plain.split()) < 40:
        return f"{name} says: {plain}"
    return f"{name} begins: {plain.split(chr(10))[0][:_MOST].strip()}"


def rows(lines: Sequence[str]) -> str:
    """The rows of a table under its head, cells apart by commas; the first ones where there are many."""
    cells = [", ".join(spoken(cell) for cell in line.split(" | ")) for line in lines[1:]]
    few = cells[:_MOST_ROWS]
    if all("," not in cell for cell in few):
        return f"The rows are {joined(few)}."
    return f"The rows are: {'; '.join(few)}."


def found(lines: list[str]) -> str:
    """Search hits: the one line with its file, or the files."""
    if len(lines) == 1:
        place, _, line = lines[0].partition(" ")[2].partition(": ")
        return f"{place.rsplit(':', 1)[0]} says: {spoken(line)}"
    names = dict.fromkeys(line.partition(" ")[2].partition(": ")[0].rsplit(":", 1)[0] for line in lines)
    return f"It is in {joined(list(names))}."


def joined(things: Sequence[str]) -> str:
    return things[0] if len(things) == 1 else f"{', '.join(things[:-1])} and {things[-1]}"


def absent(key: str, place: str) -> str:
    """`place`: who does not say it, with the verb: "notes.txt does"."""
    asked = "who" if key.startswith("person") else "what"
    return f"{place} not say {asked} the {key} is."


def _plain(value: float | int) -> str:
    return f"{value:g}" if isinstance(value, float) and value.is_integer() else str(value)
