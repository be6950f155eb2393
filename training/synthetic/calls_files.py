"""Requests for the tools of files, with the arguments they ask for.

Texts to save and words to find stand in the arguments exactly as they stand in the request. What files hold is
made elsewhere (documents.py); here a request only names them. The wordings are in frames_files.py and frames_texts.py.
"""

from __future__ import annotations

from random import Random

from training.synthetic import documents, frames_files, frames_texts, paths, remarks
from training.synthetic import values as v
from training.synthetic.case import Case
from training.synthetic.facts import Fact
from training.synthetic.manner import asked, quoted
from training.synthetic.phrases import Forms, fill

READ_FORMS = frames_files.READ
LIST_FORMS = frames_files.LIST
_KEYS = (
    "[{noun}|{noun} {other}|{adjective} {noun}|{noun} name|{noun} number|total|price|date|deadline|phone number|address"
    "|email|owner|author|budget|amount|due date|status|city|name|title|distance|weight|temperature|start time|code"
    "|reference|password hint|version|port|customer|winner|rent|fee|net amount|order number|{adjective} {noun} {other}"
    "|name of the {noun}|number of {items}|price of the {noun}|date of the {noun}|colour of the {noun}|cost of {items}"
    "|address of {person}|{noun} of {person}|last entry|first line|opening hours|meeting point"
    "|serial number|{noun} code"
    "|key to the {noun}|person in charge|contact|error|error code|host|time zone|user name|next step|{month} {noun}]"
)
_PEOPLE = (
    "[owner|author|customer|winner|keeper|tenant|landlord|sender|manager|driver|{job}|head of the {noun}|chair|editor"
    "|contact person|supplier|buyer|seller|captain|person in charge|{noun} owner|project lead|{adjective} {job}|host]"
)
_DATES = (
    "[deadline|due date|start date|end date|delivery date|departure|arrival|{noun} {other}|{noun} date"
    "|next {noun}|birthday"
    "|last {noun}|opening|{adjective} {noun}|meeting|appointment|check-in|expiry date|{noun} deadline"
    "|exam|concert|move]"
)
_AMOUNTS = (
    "[rent|fee|total|price|deposit|budget|balance|tax|salary|discount|{noun} fee|{noun} cost|price of the {noun}|tip"
    "|cost of {items}|{adjective} {noun}|subtotal|monthly rent|{noun} tax|insurance|shipping|bill|{noun}"
    "|fine|invoice total]"
)


def key_words(rng: Random) -> str:
    return fill(rng, _KEYS, v.slots(rng))


def read_file(rng: Random) -> Case:
    path = paths.file(rng)
    kind = rng.random()
    if kind < 0.5:
        request = read_request(rng, path)
    elif kind < 0.62:
        document = documents.document(rng)
        request = question(rng, rng.choice(document.facts), path) if document.facts else read_request(rng, path)
    else:
        request = _look_up(rng, path)
    return Case(request, "read_file", {"path": path})


def read_request(rng: Random, path: str) -> str:
    return asked(rng, frames_files.READ, {"f": quoted(rng, path, 0.12)})


def _look_up(rng: Random, path: str) -> str:
    """A question whose answer lies in the file."""
    forms, keys = rng.choice(
        (
            (frames_files.LOOK_UP, _KEYS),
            (frames_files.LOOK_UP, _KEYS),
            (frames_files.LOOK_UP, _KEYS),
            (frames_files.PERSON, _PEOPLE),
            (frames_files.DATE, _DATES),
            (frames_files.AMOUNT, _AMOUNTS),
            (
                frames_files.COUNT,
                "[{noun}s|{items}|{adjective} {noun}s|people|lines|{job}s|{noun} {other}s|errors|rows]",
            ),
            (frames_files.ABOUT, "a"),
        )
    )
    key = fill(rng, keys, v.slots(rng))
    return asked(rng, forms, {"f": quoted(rng, path, 0.12), "k": key, "p": remarks.topic(rng)})


def question(rng: Random, fact: Fact, path: str) -> str:
    """A question about the fact that names the file it is in."""
    shown = {"f": quoted(rng, path, 0.1), "k": fact.key}
    if fact.asks and rng.random() < 0.65:
        return asked(rng, _own_question(rng.choice(fact.asks)), shown)
    fits = {"money": frames_files.AMOUNT, "date": frames_files.DATE, "number": frames_files.LOOK_UP}
    return asked(rng, fits.get(fact.kind, frames_files.LOOK_UP) if rng.random() < 0.4 else frames_files.LOOK_UP, shown)


def _own_question(asks: str) -> Forms:
    """The fact's own question with the file beside it."""
    by = "[according to|going by|in|per|as per|judging by|looking at|based on|from|if you read|says]".replace(
        "|says", ""
    )
    return Forms(
        ask=(
            f"{by} {{f}}, {asks}",
            f"{asks}[,| -|] [according to|going by|as per|judging by] {{f}}",
            f"[look|have a look|check] [in|inside] {{f}}: {asks}",
            f"[read|open|check|consult] {{f}}: {asks}",
            f"{{f}}: {asks}",
        ),
        do=(
            f"[read|check|open|look in|look at|consult|use] {{f}} and [tell me|find out|say|let me know] {asks}",
            f"[look up|find|find out|see|check] in {{f}} {asks}",
        ),
        know=(f"{asks}, [it is in|it's in|according to|going by|it must be in|see] {{f}}",),
    )


def write_file(rng: Random) -> Case:
    path, text = paths.file(rng), remarks.content(rng)
    return Case(
        asked(rng, frames_texts.WRITE, texts(rng, text) | {"f": quoted(rng, path, 0.1)}, exact=True),
        "write_file",
        {"path": path, "content": text},
    )


def texts(rng: Random, text: str) -> dict[str, str]:
    """The slots of one text: surely quoted, bare only when it is one word, perhaps quoted where it ends it."""
    surely = quoted(rng, text, 1)
    word = text if " " not in text and "\n" not in text else surely
    return {"q": surely, "u": word, "t": quoted(rng, text, 0.45), "c": quoted(rng, text, 0.25)}


def here(rng: Random) -> dict[str, str]:
    """The slots of a place to list where the request names no folder."""
    place, of = rng.choice(frames_files.HERE.split("|")), rng.choice(frames_files.HERE_OF.split("|"))
    return {"in": place, "of": of, "bare": ""}


def in_folder(rng: Random, name: str) -> dict[str, str]:
    shown = quoted(rng, name, 0.12)
    place, of = rng.choice(frames_files.IN_FOLDER.split("|")), rng.choice(frames_files.OF_FOLDER.split("|"))
    return {"in": place.format(shown), "of": of.format(shown), "bare": shown}


def list_files(rng: Random) -> Case:
    if rng.random() < 0.4:
        return Case(asked(rng, frames_files.LIST, here(rng)), "list_files", {})
    name = paths.folder(rng)
    return Case(asked(rng, frames_files.LIST, in_folder(rng, name)), "list_files", {"folder": name})


def search_files(rng: Random) -> Case:
    """Two in three times in all files; a wording that has no room for a folder asks for all files, too."""
    text = remarks.topic(rng)
    slots = {"t": quoted(rng, text, 0.4), "q": quoted(rng, text, 0.75)}
    if rng.random() < 0.62:
        where, inside = rng.choice(frames_texts.EVERYWHERE)
        request = asked(rng, frames_texts.SEARCH, {**slots, "where": where, "in": inside})
        return Case(request, "search_files", {"text": text})
    name = paths.folder(rng)
    where, inside = (place.format(name) for place in rng.choice(frames_texts.IN_A_FOLDER))
    watched = _Watched({**slots, "where": where, "in": inside})
    request = asked(rng, frames_texts.SEARCH, watched)
    named = bool(watched.used & {"where", "in"})
    return Case(request, "search_files", {"text": text, "folder": name} if named else {"text": text})


class _Watched(dict[str, str]):
    """Slots that remember which of them a wording had room for."""

    def __init__(self, slots: dict[str, str]) -> None:
        super().__init__(slots)
        self.used: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.used.add(name)
        return super().__getitem__(name)
