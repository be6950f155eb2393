"""Builds the shipped extraction set: cases.jsonl (text, record) and schemas.jsonl (the pydantic models' JSON Schemas).

Texts come from grammar.yaml with a fixed seed. Every record is validated by its model before it is written, so this
script needs pydantic; measuring does not.

    python -m evals.extraction.build
"""

from __future__ import annotations

import argparse
import random
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from router import jsonl

FOLDER = Path(__file__).parent
SEED = 2207
PER_MODEL = 8


class Writer:
    """Draws records and says them."""

    def __init__(self, grammar: Mapping[str, Any], model: str, rng: random.Random) -> None:
        self.pools, self.about, self.rng = grammar["pools"], grammar[model], rng

    def case(self, ask: list[str]) -> tuple[str, dict[str, Any]]:
        """(request with the text, the record it holds)."""
        template = self.rng.choice(self.about["texts"])
        held = {path.partition(".")[0] for path in re.findall(r"\{([\w.]+)\}", template)}
        record = {key: self.draw(source) for key, source in self.about["fields"].items() if key in held}
        text = re.sub(r"\{([\w.]+)\}", lambda found: self.said(record, found[1]), template)
        return f"{self.rng.choice(ask)}\n\n{text}", record

    def draw(self, source: Any) -> Any:
        """A pool's name, a list of values, a list of sources (a list of as many), or an object of sources."""
        if isinstance(source, str):
            return self.rng.choice(self.pools[source])
        if isinstance(source, Mapping):
            return {key: self.draw(each) for key, each in source.items()}
        if any(isinstance(each, (Mapping, list)) or each in self.pools for each in source):
            drawn = [self.draw(each) for each in source]
            return [each for place, each in enumerate(drawn) if each not in drawn[:place]]
        return _number(self.rng.choice(source))

    def said(self, record: Mapping[str, Any], path: str) -> str:
        value: Any = record
        for key in path.split("."):
            value = value[key]
        if isinstance(value, bool):
            return str(self.about["if_true" if value else "if_false"][path])
        if isinstance(value, list):
            parts = [self.line(each) for each in value]
            return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
        return f"{value:g}" if isinstance(value, float) else str(value)

    def line(self, value: Any) -> str:
        if not isinstance(value, Mapping):
            return str(value)
        return re.sub(r"\{(\w+)\}", lambda found: self.said(value, found[1]), self.about["line"])


def _number(value: Any) -> Any:
    """As canonical JSON has it: no fraction of nought."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def cases(grammar: Mapping[str, Any], seed: int = SEED) -> Iterator[dict[str, Any]]:
    """PER_MODEL different texts a model, each with the record it holds, keys in the model's order."""
    from evals.extraction.models import MODELS

    for model in MODELS:
        writer = Writer(grammar, model.__name__, random.Random(f"{seed} {model.__name__}"))
        texts: dict[str, dict[str, Any]] = {}
        while len(texts) < PER_MODEL:
            text, record = writer.case(grammar["ask"])
            texts.setdefault(text, record)
        for number, (text, record) in enumerate(texts.items()):
            model.model_validate(record)
            ordered = {key: record[key] for key in model.model_fields if key in record}
            yield {"id": f"{model.__name__}-{number}", "model": model.__name__, "text": text, "expected": ordered}


def schemas() -> Iterator[dict[str, Any]]:
    from evals.extraction.models import MODELS

    return ({"name": model.__name__, "schema": model.model_json_schema()} for model in MODELS)


def read_grammar() -> dict[str, Any]:
    grammar: dict[str, Any] = yaml.safe_load((FOLDER / "grammar.yaml").read_text(encoding="utf-8"))
    return grammar


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder of cases.jsonl and schemas.jsonl")
    options = parser.parse_args()
    jsonl.write(options.out / "cases.jsonl", cases(read_grammar()))
    jsonl.write(options.out / "schemas.jsonl", schemas())


if __name__ == "__main__":
    main()
