"""Conversations that tempt to take an argument from the wrong turn, and those where it must come from an earlier one.

A folder, a text or a time zone was named before and the present request names none: the call leaves it out. Or the
request points back ("in that folder", "the same query", "the list"): the call takes what was named or printed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random

from training.synthetic import builtin_calls, frames_notes, frames_queries, frames_texts, paths, remarks
from training.synthetic.case import Case
from training.synthetic.manner import asked, frames, quoted
from training.synthetic.steps import Step, served

_LONGEST = 220  # characters of a printed text that a next request saves whole


def stories(rng: Random) -> list[Step]:
    """Two to four steps; the last is the one that looks back, or must not."""
    return rng.choice(_STORIES)(rng)


# --- named before, not now -------------------------------------------------------------------------------------------

_OPTIONAL = {"list_files": "folder", "search_files": "folder", "find_notes": "text", "current_time": "timezone"}
# Words that could mean the folder named before as well as the work directory.
_POINTS = re.compile(
    r"\b(?:this|that) (?:folder|directory|place|project)|\b(?:in|of|through) the (?:folder|directory)\b|\bthere\W*$"
    r"|\bwhat is there|\bsearch the folder",
    re.IGNORECASE,
)
_PLACES = ("list_files", "search_files", "read_file", "write_file", "read_file", "query_database")


def _named_before(rng: Random) -> list[Step]:
    """One to three requests that name files and folders, then one that names none."""
    tool = rng.choice(("list_files", "list_files", "list_files", "search_files", "search_files", "find_notes"))
    before = [_served(rng, rng.choice(_PLACES)) for _ in range(rng.choice((0, 0, 1, 2)))]
    return [*before, served(rng, _naming(rng, tool)), served(rng, _plain(rng, tool))]


def _time_here(rng: Random) -> list[Step]:
    return [served(rng, _naming(rng, "current_time")), served(rng, _plain(rng, "current_time"))]


def _naming(rng: Random, tool: str) -> Case:
    """A case whose request brings the optional argument; any place-naming request will do three times in ten."""
    if tool in ("list_files", "search_files") and rng.random() < 0.3:
        return builtin_calls.CASES[rng.choice(_PLACES)](rng)
    return _drawn(rng, tool, lambda case: _OPTIONAL[tool] in case.arguments)


def _plain(rng: Random, tool: str) -> Case:
    return _drawn(rng, tool, lambda case: _OPTIONAL[tool] not in case.arguments and not _POINTS.search(case.request))


def _drawn(rng: Random, tool: str, fits: Callable[[Case], bool]) -> Case:
    while not fits(case := builtin_calls.CASES[tool](rng)):
        pass
    return case


def _served(rng: Random, tool: str) -> Step:
    return served(rng, builtin_calls.CASES[tool](rng))


# --- named before and meant now --------------------------------------------------------------------------------------

_THERE = "[in there|in that folder|in this folder|in the same folder|in it|inside it|there|in the same place]"
_LIST_THERE = frames(
    """
do: [list|show|show me|display|name] [the|all|all the|] files {in}
do: [list|show me] [everything|what is|what else is] {in}
ask: [what|which] [files|documents|other files] are {in}
ask: what [else |]is {in}
ask: what [else |]do we have {in}
ask: how many files are {in}
know: what [else |]is {in}
know: which files are {in}
say: and the files {in}?
say: files {in}
"""
)
_SEARCH_THERE = frames(
    """
do: [search|look|grep] {in} for {q}
do: [find|look for|search for] [the word |the text |mentions of |]{q} {in}
ask: is {q} mentioned {in}
ask: [where|in which file] {in} is {q} [mentioned|written]
ask: which files {in} [mention|contain] {q}
ask: does anything {in} [mention|contain|say] {q}
know: [whether|where] {q} is mentioned {in}
say: and {q} {in}?
say: {q} {in}
"""
)


def _in_that_folder(rng: Random) -> list[Step]:
    """A folder is listed or searched, then the other is done in the same one."""
    listed = rng.random() < 0.5
    first = _drawn(rng, "list_files" if listed else "search_files", lambda case: "folder" in case.arguments)
    folder, there = first.arguments["folder"], rng.choice(_THERE.strip("[]").split("|"))
    if listed or rng.random() < 0.2:
        text = remarks.topic(rng)
        request = asked(rng, _SEARCH_THERE, {"in": there, "q": quoted(rng, text, 0.8)})
        return [served(rng, first), served(rng, Case(request, "search_files", {"text": text, "folder": folder}))]
    request = asked(rng, _LIST_THERE, {"in": there})
    return [served(rng, first), served(rng, Case(request, "list_files", {"folder": folder}))]


def _same_query(rng: Random) -> list[Step]:
    first, other = builtin_calls.CASES["query_database"](rng), paths.database(rng)
    request = asked(rng, frames_queries.AGAIN, {"d": quoted(rng, other, 0.1)})
    again = Case(request, "query_database", {"database": other, "sql": first.arguments["sql"]})
    return [served(rng, first), served(rng, again)]


_BACK = frames(
    """
do: [read|open|show me|print|display|check|load|view] {r}
do: [read|show] {r} [back|again|back to me|to me]
do: [show|tell] me what [is in|is now in|stands in|it says in] {r}
do: [check|see|verify] what is in {r} [now|]
ask: what [is|stands|is written] in {r} [now|]
ask: what does {r} [say|contain|hold|look like] [now|]
know: what {r} says [now|]
know: what is in {r} [now|]
say: [read|open|show] {r}
"""
)
_FILE = [
    "it",
    "that file",
    "the file",
    "this file",
    "that",
    "the new file",
    "the file you wrote",
    "the file you just made",
    "the same file",
]


def _read_back(rng: Random) -> list[Step]:
    """What was written is read again."""
    first = builtin_calls.CASES["write_file"](rng)
    request = asked(rng, _BACK, {"r": rng.choice((*_FILE, first.arguments["path"]))})
    read = Case(request, "read_file", {"path": first.arguments["path"]}, first.arguments["content"])
    return [served(rng, first), served(rng, read)]


# --- what was printed, saved whole -----------------------------------------------------------------------------------

_WHOLE: dict[str, Sequence[str]] = {
    "list_files": [
        "the list",
        "that list",
        "this list",
        "the file names",
        "the listing",
        "those names",
        "these names",
        "the names",
        "it",
    ],
    "read_file": [
        "the text",
        "its contents",
        "its content",
        "the contents",
        "the whole text",
        "everything",
        "it all",
        "all of it",
        "that text",
        "a copy of it",
        "what it says",
        "the same text",
        "its text",
        "the full text",
        "the whole thing",
    ],
    "search_files": [
        "the hits",
        "the result",
        "the results",
        "what you found",
        "the lines you found",
        "the matches",
        "these lines",
    ],
    "query_database": [
        "the rows",
        "the table",
        "the result",
        "the results",
        "the output",
        "that",
        "these rows",
        "it",
        "the answer",
    ],
    "find_notes": ["the notes", "those notes", "these notes", "what you found", "them", "it", "my notes", "that"],
    "fetch_url": [
        "the page",
        "its text",
        "the text",
        "that page",
        "the contents",
        "what it says",
        "it",
        "the whole page",
        "the answer",
    ],
}


def _saved_whole(rng: Random) -> list[Step]:
    """Something is printed, of more than one line perhaps, and goes into a file or a note as it stands."""
    tool = rng.choice(tuple(_WHOLE))
    first = _served(rng, tool)
    while len(first.case.observation) > _LONGEST:
        first = _served(rng, tool)
    text, back = first.case.observation, rng.choice(_WHOLE[tool])
    if "\n" not in text and rng.random() < 0.25:
        request = asked(rng, frames_notes.NOTE_BACK, {"r": back})
        return [first, served(rng, Case(request, "save_note", {"text": text}))]
    path = paths.file(rng)
    request = asked(rng, frames_texts.SAVE_BACK, {"r": back, "f": quoted(rng, path, 0.1)})
    return [first, served(rng, Case(request, "write_file", {"path": path, "content": text}))]


_STORIES: tuple[Callable[[Random], list[Step]], ...] = (
    _named_before,
    _named_before,
    _named_before,
    _named_before,
    _time_here,
    _in_that_folder,
    _in_that_folder,
    _same_query,
    _read_back,
    _saved_whole,
    _saved_whole,
)
