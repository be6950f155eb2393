"""Random schemas and random tools, hot sampling, strict reading: is everything the engine emits valid?

An output is emitted when the model ended it. One cut off at its limit of tokens is an error of its own kind at run time
and counted apart here. Whether values are right is not asked.
"""

from __future__ import annotations

import random
import string
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evals.intervals import Share
from evals.runs import Record
from router import jsonl
from router.contract import Contract, ContractViolation
from router.conversation import Message, ToolSpec
from router.errors import SchemaRefused

if TYPE_CHECKING:
    from router.engines.engine import Engine, Request

HERE = Path(__file__).parent
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


@dataclass(frozen=True)
class RandomCase:
    """One contract to fulfil; what it is comes from `seed` alone."""

    id: str
    text: str
    seed: int


def cases(number: int, seed: int) -> Iterator[RandomCase]:
    """Texts from the shipped sets, one after another, mixed; after the last the first again."""
    rows = [*jsonl.read(HERE / "states" / "states.jsonl"), *jsonl.read(HERE / "extraction" / "cases.jsonl")]
    texts = random.Random(seed).sample([str(row["text"]) for row in rows], len(rows))
    for place, text in enumerate(islice(cycle(texts), number)):
        yield RandomCase(f"random/{place}", text, 1_000_000 * seed + place)


def request_of(case: RandomCase) -> Request:
    """At temperature 1, where a small model says nearly anything. Raises SchemaRefused where nothing can satisfy it."""
    from router.engines.engine import Request

    rng, messages = random.Random(f"contract {case.seed}"), [Message("user", case.text)]
    schema = random_object(rng)
    if rng.random() < 0.5:
        contract, tools = Contract.for_schema(schema), [ToolSpec("extract", "", schema)]
    else:
        source = case.text if rng.random() < 0.5 else None
        tools = [ToolSpec(f"tool_{i}", "Do it.", random_object(rng)) for i in range(rng.randint(1, 3))]
        contract = Contract.for_tools(tools, source=source)
    return Request(messages, tools=tools, contract=contract, max_tokens=MAX_TOKENS, temperature=1.0, seed=case.seed)


def ask(engine: Engine, case: RandomCase) -> Record:
    """`right`: valid; None for what was cut off, or has no contract."""
    sliced = {"set": "random", "part": "random"}
    try:
        request = request_of(case)
    except SchemaRefused as refused:
        return Record(case.id, {**sliced, "contract": "refused"}, reason=str(refused), failure="refused")
    assert request.contract is not None
    sliced["contract"] = "schema" if request.contract.tools is None else "tools"
    completion = engine.generate(request)
    made = Record(case.id, sliced, prompt=case.text, output=completion.text, tokens=vars(completion.tokens))
    if completion.finish == "length":
        return _with(made, None, "cut off at its limit of tokens", "cut-off")
    try:
        request.contract.parse(completion.text)
    except ContractViolation as violation:
        return _with(made, False, str(violation), violation.kind)
    return _with(made, True, None, None)


def _with(record: Record, right: bool | None, reason: str | None, failure: str | None) -> Record:
    return replace(record, right=right, reason=reason, failure=failure)


def figures(records: Sequence[Record]) -> dict[str, Any]:
    emitted = [record for record in records if record.right is not None]
    failures = Counter(record.failure for record in records)
    return {
        "valid": Share(sum(record.right is True for record in emitted), len(emitted)).to_json(),
        "cut_off": failures.pop("cut-off", 0),
        "schemas_refused": failures.pop("refused", 0),
        "violations": {str(kind): count for kind, count in failures.items() if kind},
    }
