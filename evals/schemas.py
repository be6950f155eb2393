"""`quiver eval json`: is everything the engine emits valid? Random schemas, random tools, hot sampling, strict reading.

An output is emitted when the model ended it. One cut off at its limit of tokens is an error of its own kind at run time
and counted apart here. Whether values are right is not asked: `quiver eval calls` and `agent` do that.
"""

from __future__ import annotations

import random
import string
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from evals.intervals import Share
from router.contract import Contract, ContractViolation
from router.conversation import Message, ToolSpec

if TYPE_CHECKING:
    from router.engines.engine import Engine

MAX_TOKENS = 700
PATTERNS = (r"^[A-Z]{2}-\d{3}$", r"^\d{4}-\d{2}$", "^[a-f0-9]{6}$")


def random_schema(rng: random.Random, depth: int = 2) -> dict[str, Any]:
    """Any of the shapes a contract promises to hold: scalars with limits, enumerations, arrays, nested objects."""
    kinds = ["string", "integer", "number", "boolean", "enum", "const", "nullable", "limited", "pattern"]
    kind = rng.choice(kinds + ["array", "object"] * 2 * (depth > 0))
    if kind == "array":
        return {"type": "array", "items": random_schema(rng, depth - 1), "maxItems": rng.randint(1, 4)}
    if kind == "object":
        return random_object(rng, depth - 1)
    return _scalar(rng, kind)


def _scalar(rng: random.Random, kind: str) -> dict[str, Any]:
    made: dict[str, dict[str, Any]] = {
        "string": {"type": "string", "maxLength": rng.randint(1, 40)},
        "integer": {"type": "integer"},
        "number": {"type": "number"},
        "boolean": {"type": "boolean"},
        "enum": {"enum": _distinct(rng)},
        "const": {"const": _word(rng)},
        "nullable": {"type": [rng.choice(["string", "integer"]), "null"]},
        "limited": _limited(rng),
        "pattern": {"type": "string", "pattern": rng.choice(PATTERNS)},
    }
    return made[kind]


def random_object(rng: random.Random, depth: int = 2) -> dict[str, Any]:
    names = list(dict.fromkeys(_word(rng) for _ in range(rng.randint(1, 5))))
    return {
        "type": "object",
        "properties": {name: random_schema(rng, depth) for name in names},
        "required": [name for name in names if rng.random() < 0.6],
        "additionalProperties": False,
    }


def _limited(rng: random.Random) -> dict[str, Any]:
    low = rng.randint(-1000, 1000)
    return {"type": rng.choice(["integer", "number"]), "minimum": low, "maximum": low + rng.randint(0, 500)}


def _distinct(rng: random.Random) -> list[Any]:
    return list(dict.fromkeys([_word(rng) for _ in range(rng.randint(1, 4))] + [rng.randint(0, 9)]))


def _word(rng: random.Random) -> str:
    letters = string.ascii_letters + '_- é"\\' if rng.random() < 0.1 else string.ascii_lowercase
    return "".join(rng.choices(letters, k=rng.randint(1, 10)))


@dataclass
class Found:
    emitted: int = 0
    valid: int = 0
    cut_off: int = 0
    violations: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        return {"valid": Share(self.valid, self.emitted).to_json(), "cut_off": self.cut_off,
                "violations": dict(self.violations), "examples": self.examples}  # fmt: skip


def try_one(engine: Engine, rng: random.Random, text: str, seed: int, found: Found) -> None:
    """One output under one random contract, at temperature 1, read back strictly."""
    from router.engines.engine import Request

    messages = [Message("user", text)]
    schema = random_object(rng)
    if rng.random() < 0.5:
        contract, tools = Contract.for_schema(schema), [ToolSpec("extract", "", schema)]
    else:
        source = text if rng.random() < 0.5 else None
        tools = [ToolSpec(f"tool_{i}", "Do it.", random_object(rng)) for i in range(rng.randint(1, 3))]
        contract = Contract.for_tools(tools, source=source)
    request = Request(messages, tools=tools, contract=contract, max_tokens=MAX_TOKENS, temperature=1.0, seed=seed)
    completion = engine.generate(request)
    if completion.finish == "length":
        found.cut_off += 1
        return
    found.emitted += 1
    try:
        contract.parse(completion.text)
        found.valid += 1
    except ContractViolation as violation:
        found.violations[violation.kind] += 1
        found.examples = [*found.examples, f"{violation}: {completion.text}"][:5]


@click.command("json")
@click.option("--outputs", type=click.IntRange(1), default=2000, help="How many outputs.")
@click.option("--seed", type=int, default=0)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.option("--min-accuracy", type=float, default=1.0, help="Exit 1 when less is valid (0 to 1).")
def command(outputs: int, seed: int, as_json: bool, min_accuracy: float) -> int:
    """Valid output on random schemas and random tools."""
    from router.cli.output import print_data, print_json, to_stderr
    from router.errors import SchemaRefused
    from router.session import Options, open_engine
    from training import synthetic

    rng, found = random.Random(seed), Found()
    texts = (row.messages[-1]["content"] for row in synthetic.mixture(random.Random(seed)))
    began = time.monotonic()
    engine = open_engine(Options())
    refused = 0
    for number, text in enumerate(islice(texts, outputs)):
        try:
            try_one(engine, rng, text, seed + number, found)
        except SchemaRefused:
            refused += 1
        if number % 100 == 99:
            to_stderr(f"{number + 1} outputs, {found.valid} valid of {found.emitted}, {time.monotonic() - began:.0f} s")
    figures = {**found.to_json(), "schemas_refused": refused}
    if as_json:
        print_json(figures)
    else:
        print_data(f"valid {Share(found.valid, found.emitted)}   cut off {found.cut_off}   schemas refused {refused}")
    return 1 if figures["valid"]["share"] < min_accuracy else 0


def main(words: Sequence[str]) -> int:
    return int(command.main(list(words), standalone_mode=False) or 0)
