"""The words a teacher is asked with: for requests that people might send, and for what a skill should answer to one.

Both are asked apart, so that answers can be voted on. Who speaks, how, how long, and with which values is drawn by a
seed; nothing here asks anybody, and nothing reads what comes back but `requests_in`.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from router.conversation import ToolSpec
from router.strict_json import ContractViolation, read, write
from training.candidates import Kind, bare
from training.making import Making, Seed
from training.teacher import Prompt

PERSONAS = (
    "somebody in a hurry, on a phone",
    "a careful office worker",
    "a student who has never used such a thing before",
    "an expert who uses the field's own terms",
    "an older person who writes in full sentences",
    "a parent with many things to do at once",
    "somebody who works in a shop",
    "a technician on site",
    "a manager who gives short orders",
    "somebody whose first language is another one",
    "a volunteer who organises something for others",
    "somebody who is mildly annoyed",
)
STYLES = (
    "plain and polite",
    "a terse command without a verb of politeness",
    "a question rather than a command",
    "lower case, with a slip of the keyboard here and there",
    "chatty, with a remark that has nothing to do with it",
    "formal, as in a letter",
    "with the reason first and the wish last",
    "with values in another order than usual",
    "as one of several messages in a chat, without a greeting",
    "with numbers, dates or times written as people say them",
)
LENGTHS = (
    ("three to six words", 3),
    ("one short sentence", 4),
    ("one sentence of fifteen to twenty-five words", 3),
    ("two or three sentences", 2),
)
_MOST_SEEDS, _MOST_SHOTS = 4, 8
_GOLDEN, _FAR = 0.6180339887498949, 89
_LETTERS = "ABCDEFGHIJKLMNOPRSTUVWZ"
_LISTED = re.compile(r"^\s*(?:\d{1,3}[.)]|[-*•])\s+(.+?)\s*$", re.MULTILINE)

_WRITER = (
    "You write requests as real people send them to an assistant, to train and test it. You write what the person "
    "says and nothing else: no answers, no comments, no numbering."
)
_AIMS: Mapping[Kind, str] = {
    "plain": "Each request is one that {target} serves, and says every value that is needed for it.",
    "near-miss": "Each request looks at first sight as if it were for {target}, but something else that is described "
    "above serves it, or nothing does. Say every value that is needed.",
    "incomplete": "Each request is for {target}, but leaves out a value that is required and that nobody could guess.",
    "off-topic": "Each request is an ordinary one for an assistant that nothing described above serves, though it is "
    "about related matters.",
}


@dataclass(frozen=True)
class Asked:
    """A prompt for requests, and what they are meant to be."""

    prompt: Prompt
    kind: Kind
    tool: str | None


def query_prompts(
    making: Making, kinds: Mapping[Kind, float], batch: int, count: int, round: int, seed: int
) -> Iterator[Asked]:
    """`count` prompts, each for `batch` requests: the skill's targets in turn, all else drawn. Rounds differ."""
    targets: list[str | None] = [*(tool.name for tool in making.tools)] or [None]
    for number in range(count):
        rng = random.Random(f"{seed} {round} {number}")
        kind = _due(kinds, number + round * _FAR)
        tool = targets[number % len(targets)]
        messages = (_message("system", _WRITER), _message("user", _query_text(making, kind, tool, batch, rng)))
        yield Asked(Prompt(messages, temperature=1.0, max_tokens=96 * batch, sample=rng.getrandbits(31)), kind, tool)


def answer_prompt(making: Making, request: str, sample: int, temperature: float, max_tokens: int) -> Prompt:
    """What the skill is told, its seeds as turns, the request. All but the last turn is the same for every request."""
    shots = [each for seed in _shots(making) for each in _turns(seed)]
    messages = (_message("system", _answer_text(making)), *shots, _message("user", request))
    return Prompt(messages, temperature=temperature, max_tokens=max_tokens, sample=sample)


def requests_in(text: str) -> list[str]:
    """The requests a reply holds: a JSON array of texts, or a list with a number or mark before each. Perhaps none."""
    try:
        value = read(bare(text))
    except ContractViolation:
        value = _LISTED.findall(text)
    if isinstance(value, Mapping) and len(value) == 1:
        value = next(iter(value.values()))
    if not isinstance(value, list):
        return []
    return [each.strip() for each in value if isinstance(each, str) and each.strip()]


def _due(kinds: Mapping[Kind, float], number: int) -> Kind:
    """The kinds in turn, each as often as its share, and evenly spread: by multiples of the golden ratio."""
    place = (0.5 + number * _GOLDEN) % 1.0 * sum(kinds.values())
    for kind, share in kinds.items():
        place -= share
        if place < 0:
            return kind
    return list(kinds)[-1]


# --- asking for requests ---------------------------------------------------------------------------------------------


def _query_text(making: Making, kind: Kind, tool: str | None, batch: int, rng: random.Random) -> str:
    lengths, weights = [each for each, _ in LENGTHS], [weight for _, weight in LENGTHS]
    target = f"the tool {tool}" if tool else "the skill"
    parts = [
        _about(making),
        _AIMS[kind].format(target=target),
        _covered(making, kind, tool, rng),
        f"The person: {rng.choice(PERSONAS)}. The style: {rng.choice(STYLES)}. "
        f"The length: {rng.choices(lengths, weights)[0]}.",
        f"Invent the values. Let names and words begin with {_letters(rng)} where they can, and let numbers be about "
        f"as long as {rng.choice((7, 23, 148, 1960, 36.5))}.",
        _like(making, rng),
        f"Write {batch} requests that differ from each other in wording and values. Answer with one JSON array of "
        f"{batch} strings.",
    ]
    return "\n\n".join(part for part in parts if part)


def _about(making: Making) -> str:
    about = making.manifest
    held = [_signature(tool) for tool in making.tools] or [
        f"Its output is JSON under this schema: {write(making.schema)}"
    ]
    return "\n".join([f"The skill {about.name}: {about.description}", *held])


def _covered(making: Making, kind: Kind, tool: str | None, rng: random.Random) -> str:
    """Asks for one of the values a schema allows, so that rare ones come up too, and for optional fields."""
    if kind != "plain":
        return ""
    schema: Any = next((t.parameters for t in making.tools if t.name == tool), making.schema) or {}
    fields: Mapping[str, Any] = schema.get("properties", {})
    allowed = [(name, each["enum"]) for name, each in fields.items() if each.get("enum")]
    optional = [name for name in fields if name not in schema.get("required", ())]
    said = []
    if allowed and rng.random() < 0.7:
        name, values = rng.choice(allowed)
        said.append(f"In most of them `{name}` comes out as {write(rng.choice(values))}, in their own words.")
    if optional:
        said.append(f"{rng.choice(('Most', 'None', 'Some'))} of them say something about `{rng.choice(optional)}`.")
    return " ".join(said)


def _like(making: Making, rng: random.Random) -> str:
    known = [seed.request for seed in making.seeds if not seed.observed]
    chosen = rng.sample(known, min(_MOST_SEEDS, len(known)))
    return "Real ones, for their manner, not to be repeated:\n" + "\n".join(map(write, chosen)) if chosen else ""


def _letters(rng: random.Random) -> str:
    return ", ".join(rng.sample(_LETTERS, 3))


# --- asking for answers ----------------------------------------------------------------------------------------------


def _answer_text(making: Making) -> str:
    about = making.manifest
    instructions = f"{about.description}\n\n{about.instructions}".strip()
    copying = "Copy values word for word from the request; invent none."
    if making.tools:
        tools = "\n".join(write(tool.to_openai()["function"]) for tool in making.tools)
        form = (
            'Answer with the JSON of exactly one call, {"name": …, "arguments": {…}}, and nothing else. Answer null if '
            "none of the tools serves the request, or if a required value is not said."
        )
        return f"{instructions}\n\nThe tools:\n{tools}\n\n{form} {copying}"
    form = "Answer with one JSON object under this schema, and nothing else. Leave out optional fields it does not say."
    return f"{instructions}\n\n{form} {copying}\n\nThe schema:\n{write(making.schema)}"


def _shots(making: Making) -> Sequence[Seed]:
    """Seeds to show, the same for every request: different tools and refusals first."""
    usable = [seed for seed in making.seeds if seed.answered and not seed.observed]
    by_tool: dict[str, list[Seed]] = {}
    for seed in usable:
        by_tool.setdefault(str(seed.output.get("name")) if seed.output and making.tools else "", []).append(seed)
    longest = max(map(len, by_tool.values()), default=0)
    in_turn = [seeds[i] for i in range(longest) for seeds in by_tool.values() if i < len(seeds)]
    return in_turn[:_MOST_SHOTS]


def _turns(seed: Seed) -> Iterator[Mapping[str, str]]:
    yield _message("user", seed.request)
    yield _message("assistant", json.dumps(seed.output, ensure_ascii=False))


def _signature(tool: ToolSpec) -> str:
    required = tool.parameters.get("required", ())
    fields = tool.parameters.get("properties", {})
    said = ", ".join(f"{name}{'' if name in required else '?'}: {_kind(each)}" for name, each in fields.items())
    return f"The tool {tool.name}({said}): {tool.description}"


def _kind(field: Mapping[str, Any]) -> str:
    if "enum" in field:
        return " | ".join(map(write, field["enum"]))
    described = f" ({field['description']})" if field.get("description") else ""
    return f"{field.get('type', 'any')}{described}"


def _message(role: str, content: str) -> dict[str, str]:
    return {"role": role, "content": content}
