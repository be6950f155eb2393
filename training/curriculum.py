"""From rows to what a base reads: distractors, masked names, dropped descriptions, then tokens and a loss mask.

Rows (training.example) say what is right. Here is decided what stands beside it, so that a model cannot learn a tool by
its name: it has to read. Nothing here knows a model; nothing here knows a data set.
"""

from __future__ import annotations

import random
import string
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from training.example import Example

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

Tool = Mapping[str, Any]
IGNORE = -100


@dataclass(frozen=True)
class Curriculum:
    """Shares are probabilities a row; `offered` weighs 1, 2, 3, 4 … tools shown."""

    mask_names: float = 0.35
    drop_descriptions: float = 0.45
    shuffle_parameters: float = 0.3
    withhold: float = 0.05  # the right tool is taken away: the row becomes a decline
    offered: tuple[float, ...] = (0.45, 0.3, 0.17, 0.08)
    longest: int = 512  # tokens; longer rows are dropped and counted


def dress(row: Example, pool: Sequence[Tool], rng: random.Random, how: Curriculum) -> Example:
    """A tool-call row with its distractors beside it, names perhaps masked; other rows with their schema reordered."""
    if row.calls:
        return _dress_call(row, pool, rng, how)
    return row


def _dress_call(row: Example, pool: Sequence[Tool], rng: random.Random, how: Curriculum) -> Example:
    output, wanted = row.output, None
    if output is not None:
        wanted = next(tool for tool in row.tools if tool["name"] == output["name"])
    others = [tool for tool in (*row.tools, *row.alternatives) if tool is not wanted]
    count = rng.choices(range(len(how.offered)), how.offered)[0] + (wanted is None)
    distractors = rng.sample(others, min(count, len(others)))
    while len(distractors) < count and pool:
        distractors.append(rng.choice(pool))
    if wanted is not None and rng.random() < how.withhold and not row.alternatives and pool:
        wanted, output = None, None
        distractors = [rng.choice(pool) for _ in range(max(1, count))]
    offered = _distinct([*([wanted] if wanted else []), *distractors])
    masked = rng.random() < how.mask_names
    bare = rng.random() < how.drop_descriptions
    dressed: list[Tool] = []
    for tool in offered:
        new, renamed = _reshape(tool, rng, masked, bare and not masked, rng.random() < how.shuffle_parameters)
        dressed.append(new)
        if tool is wanted and output is not None:
            output = _renamed_call(output, new, renamed)
    rng.shuffle(dressed)
    return replace(row, tools=tuple(dressed), alternatives=(), output=output)


def _distinct(tools: Sequence[Tool]) -> list[Tool]:
    by_name: dict[str, Tool] = {}
    for tool in tools:
        by_name.setdefault(tool["name"], tool)
    return list(by_name.values())


def _reshape(tool: Tool, rng: random.Random, masked: bool, bare: bool, shuffled: bool) -> tuple[Tool, dict[str, str]]:
    """The tool under perhaps other names, and the old parameter name → new one."""
    parameters = tool.get("parameters") or {"type": "object", "properties": {}}
    properties = list(parameters.get("properties", {}).items())
    if shuffled:
        rng.shuffle(properties)
    renamed = {name: _random_name(rng) if masked else name for name, _ in properties}
    fields = {}
    for name, field in properties:
        if masked and not field.get("description"):
            field = {**field, "description": name.replace("_", " ")}
        elif bare:
            field = {key: value for key, value in field.items() if key != "description"}
        fields[renamed[name]] = field
    required = [renamed[name] for name in parameters.get("required", []) if name in renamed]
    description = tool.get("description") or ""
    if masked and not description:
        description = tool["name"].replace("_", " ")
    new = {
        "name": _random_name(rng) if masked else tool["name"],
        "description": description,
        "parameters": {"type": "object", "properties": fields, "required": required},
    }
    return new, renamed


def _renamed_call(output: Mapping[str, Any], tool: Tool, renamed: Mapping[str, str]) -> Mapping[str, Any]:
    given = {renamed[name]: value for name, value in output["arguments"].items()}
    order = tool["parameters"]["properties"]
    return {"name": tool["name"], "arguments": {name: given[name] for name in order if name in given}}


def _random_name(rng: random.Random) -> str:
    """A name that says nothing: letters, or syllables, sometimes with a number."""
    if rng.random() < 0.5:
        name = "".join(rng.choices(string.ascii_lowercase, k=rng.randint(2, 6)))
    else:
        name = "".join(rng.choice("bdfgklmnprstvz") + rng.choice("aeiou") for _ in range(rng.randint(1, 3)))
    return f"{name}_{rng.randint(0, 99)}" if rng.random() < 0.3 else name


@dataclass(frozen=True)
class Tokenised:
    """`ids` of prompt and output in one; `start` is where the output begins (its end token included in `ids`)."""

    ids: list[int]
    start: int
    source: str


def schema_as_tool(schema: Mapping[str, Any]) -> Tool:
    """How an extraction schema is shown to the base: as the signature of a tool named extract."""
    return {"name": "extract", "description": "", "parameters": schema}


def target_text(row: Example) -> str:
    """The output, to the byte, as the contract would dump it."""
    import json

    if not row.calls:
        return json.dumps(row.output, ensure_ascii=False)
    if row.output is None:
        return "<no_call>"
    return f"<tool_call>{json.dumps(row.output, ensure_ascii=False)}</tool_call>"


def shown_tools(row: Example) -> list[Tool]:
    if row.skill == "json-extract" and row.schema is not None:
        return [schema_as_tool(row.schema)]
    return list(row.tools)


def prompt_text(tokenizer: PreTrainedTokenizerFast, row: Example) -> str:
    messages: Any = list(row.messages)  # transformers' own annotation knows no tool calls
    tools: Any = shown_tools(row) or None
    rendered = tokenizer.apply_chat_template(messages, tools=tools, add_generation_prompt=True, tokenize=False)
    assert isinstance(rendered, str)
    return rendered


def tokenise(tokenizer: PreTrainedTokenizerFast, row: Example) -> Tokenised:
    """Prompt and output tokenised apart, as they are at run time: no token spans the border."""
    fast = tokenizer.backend_tokenizer
    prompt = fast.encode(prompt_text(tokenizer, row), add_special_tokens=False).ids
    output = fast.encode(target_text(row) + "<|end|>", add_special_tokens=False).ids
    return Tokenised(prompt + output, len(prompt), row.source)


def mix(
    sources: Mapping[str, Iterator[Example]], weights: Mapping[str, float], rng: random.Random
) -> Iterator[Example]:
    """Rows drawn by weight from endless iterators, for ever."""
    names = list(sources)
    shares = [weights[name] for name in names]
    while True:
        yield next(sources[rng.choices(names, shares)[0]])
