"""How a text is asked about: an instruction before or after it, the text alone, a file that is read first.

An instruction names the whole ("the invoice") or the wanted fields, or neither. What the text tells and what the schema
asks for are decided in extraction.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from training.synthetic import values as v
from training.synthetic.case import Chat, answered, call, observed, user
from training.synthetic.phrases import Forms, wording

_REQUESTS = Forms(
    do=(
        (
            "[extract|pull|get|take|read] the [fields|data|details|facts|information|structured data|"
            "values] [from|out of] [this text|the text|the following|the text below|this message|"
            "this note|this document]"
        ),
        (
            "[turn|convert|transform|parse] [this text|the following|the text below|this message|"
            "this] [into|to] [JSON|structured data|a JSON object|the schema]"
        ),
        "[fill in|fill] the [schema|form|fields|JSON] [from|with|using] [this text|the text below|the following|this]",
        (
            "[extract|give me|return|make] [JSON|a JSON object|structured JSON] [from|for|of] [this|"
            "this text|the following text|the text below]"
        ),
    ),
    ask=(
        "what are the [fields|values|details] in [this text|the following]",
        "[can|could] you [extract|parse|structure] [this|the following]",
    ),
    say=(
        "extract",
        "JSON",
        "to JSON",
        "parse this",
        "as JSON",
        "structure this",
        "extract the data",
        "get the fields",
        "data from this",
    ),
)
_WHERE = "[this|the] [sentence|line|text|message|mail|note|paragraph|entry|snippet|following|text below]"
_NAMING = Forms(
    do=(
        f"[pull|take|extract|read|lift|fetch] [the|] {{n}} [data|details|fields|info|] [out of|from] {_WHERE}",
        "[collect|gather|find|note|list|return] the {n} [data|details|fields|values|information|]",
        f"[turn|make|convert|parse] {_WHERE} [into|to] [a|an|the] {{n}} [object|record|entry|in JSON|]",
        f"[break down|take apart|analyse|structure|split up] the {{n}} [in|of] {_WHERE}",
        f"[get|pull|extract|give me|note] [the|] {{f}} [out of|from|in] {_WHERE}",
        "[extract|give me|find|list|note|return|pick out] [the|] {f}",
        "[give me|return|show] the {n} as [JSON|an object|structured data|a record]",
        "[make|write|create] [a|the] {n} [record|object|entry] [of|from|out of] this",
    ),
    ask=(
        f"what are the {{f}} [in {_WHERE}|here|]",
        f"what {{n}} [data|details|] [is|are] in {_WHERE}",
        f"[which|what] {{f}} does {_WHERE} [give|state|name]",
    ),
    give=("the {n} [data|details|fields|] [as JSON|in JSON|]", "{f} [from this|as JSON|]"),
    say=(
        "{n}", "{n} data", "{n} details", "{n} as JSON", "JSON of the {n}", "{f}", "just the {f}", "only {f}",
        "here is [a|the|another] {n}", "new {n}", "{n}, structured", "fields wanted: {f}", "please note the {n}",
        "[a|the] {n} came in", "[see|process|file] this {n}",
    ),
)  # fmt: skip
_POINTING = Forms(
    do=(
        "[extract|pull|get] the [fields|data|details|facts|information] [from it|from that|from the file|as JSON|]",
        "[turn|convert|parse] [it|that|the file|this] [into|to] [JSON|structured data]",
        "[extract|return|give] [it|that|this|the facts] as [JSON|structured data]",
        "[extract|get|pull|list|find|give me|note] [the|] {n} [data|details|fields|] [in it|from it|it holds|]",
        "[extract|get|pull|list|find|give me|tell me] [the|its|] {f} [from it|in it|of it|]",
    ),
    say=("as JSON please", "extract it as JSON", "now as JSON", "JSON?", "give me that as JSON", "{f}", "the {n}"),
)
_FROM_FILE = Forms(
    do=(
        "[extract|pull|get|read] the [fields|data|details|facts|information|values] [from|out of] {p}",
        "[turn|convert|parse] {p} [into|to] [JSON|structured data]",
        "[read|open] {p} and [extract the data|give me its facts as JSON|turn it into JSON]",
        (
            "[read|open|look into|load|take] {p} [and|, then|, and then] [extract|get|give me|list|note|pull] "
            "[the|] [{n}|{f}|{n} data|{n} fields]"
        ),
        (
            "[extract|get|pull|read|take|lift] the {n} [data|details|fields|] [from|in|out of|of|stored in] "
            "{p} [as JSON|as structured data|]"
        ),
        "[give me|get me|I want|list|find] [the|] {f} [from|in|out of|of] {p}",
    ),
    ask=("what are the {f} in {p}", "what does {p} say about the {n}", "which {n} [is|are] in {p}"),
    say=(
        "{p} as JSON",
        "{p} to JSON",
        "JSON from {p}",
        "{p} [holds|contains|is|has] [a|the] {n}, [extract it|get me the {f}|give me its fields|structure it]",
        "from {p} I [want|need|would like] [the|] {f}",
        "in {p} [there is|you find] [a|the] {n}; [extract it|return its fields|{f}, please]",
        "{n} from {p}",
        "{f} from {p}",
    ),
)


def plainly(rng: Random, text: str) -> list[Chat]:
    """The request with the text, or the text alone; the instruction says nothing of what is in it."""
    kind = rng.random()
    if kind < 0.76:
        request = wording(rng, _REQUESTS, {}).rstrip(".!?:")
        joint = rng.choice((":", ":", ".", "")) + rng.choice(("\n", "\n", "\n\n", " "))
        return [user(f"{request}{joint}{text}")]
    return [user(f"{text}\n\n{wording(rng, _REQUESTS, {})}") if kind < 0.88 else user(text)]


def naming(rng: Random, text: str, noun: str, wanted: Sequence[str]) -> list[Chat]:
    """The request with the text in one turn; it names the whole or the fields, most often on the line of the text."""
    slots = {"n": noun, "f": _enumerated(rng, wanted)}
    request = wording(rng, _NAMING if rng.random() < 0.8 else _REQUESTS, slots)
    if rng.random() < 0.12:
        return [user(f"{_quoted(rng, text)}{rng.choice((' ', chr(10), chr(10) * 2, ' - ', ' -> '))}{request}")]
    if "\n" in text:
        return [user(f"{request.rstrip('.:')}{rng.choice((':', ':', ''))}{rng.choice((chr(10), chr(10) * 2))}{text}")]
    if rng.random() < 0.2 and request[-1] in ".!?":
        return [user(f"{request} {_quoted(rng, text)}")]
    joint = rng.choice((": ", ": ", ": ", ": ", ":\n", "\n", " - ", ". ", " -> ", " = "))
    return [user(f"{request.rstrip('.!?:')}{joint}{_quoted(rng, text)}")]


def from_file(rng: Random, text: str, noun: str, wanted: Sequence[str], near: Sequence[str]) -> list[Chat]:
    """The text as a file that was read, asked for at once or afterwards. `near`: words its name may be made of, so that
    the name of a file is no value however like one it looks."""
    slots = {"p": _path(rng, noun, near), "n": noun, "f": _enumerated(rng, wanted)}
    read = [call("read_file", {"path": slots["p"]}), observed(text)]
    if rng.random() < 0.6:
        return [user(wording(rng, _FROM_FILE, slots)), *read]
    opened = wording(rng, Forms(do=("[read|open|show me|load|look at] {p}",), say=("{p}", "see {p}")), slots)
    between = [answered(text)] if rng.random() < 0.2 and len(text) < 200 else []
    return [user(opened), *read, *between, user(wording(rng, _POINTING, slots))]


def _path(rng: Random, noun: str, near: Sequence[str]) -> str:
    if rng.random() < 0.35:
        return v.file_name(rng)
    said = [noun, *near] if near and rng.random() < 0.5 else [noun, rng.choice((v.invented(rng), v.draw(rng, "noun")))]
    words = [word for part in rng.sample(said, min(2, len(said))) for word in part.lower().split()]
    stem = rng.choice("__-").join("".join(c for c in word if c.isalnum()) for word in words[:3]).strip("_-")
    tail = rng.choice(("", "", "", f"_{rng.randint(1, 2040)}"))
    ending = rng.choice(("txt", "txt", "txt", "md", "csv", "log", "eml"))
    return f"{rng.choice(('', '', '', 'inbox/', 'docs/'))}{stem or 'text'}{tail}.{ending}"


def _quoted(rng: Random, text: str) -> str:
    if '"' in text or rng.random() > 0.15:
        return text
    return rng.choice(('"{}"', '"{}"', "'{}'", "({})", "“{}”")).format(text)


def _enumerated(rng: Random, wanted: Sequence[str]) -> str:
    """The wanted fields as a request lists them."""
    if len(wanted) == 1:
        return wanted[0]
    joint = rng.choice((" and ", " and ", ", and ", ", ", " plus "))
    return ", ".join(wanted[:-1]) + joint + wanted[-1]
