"""`quiver eval json`: does a schema hold what it promises, and what does it cost?

Three sets: `random` (schemas.random: anything goes, hot sampling), `pydantic` (shipped) and `mcp` (with --data): does
the schema compile; with and without the skill, free and constrained: is the output valid, is it the record the text
holds, how many of its fields; is everything invalid refused; what a token costs in the grammar.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from evals import extraction_scores, schemas_random
from evals.extraction_cases import (
    Extraction,
    Named,
    fields,
    served,
    served_schemas,
    shipped,
    shipped_schemas,
    without_nulls,
)
from evals.mutations import grammar_admits, mutations
from evals.run_options import RunOptions, conclude, resolve, run_options, tell_resumed
from evals.runs import Record, open_run, run_cases, threads
from router.contract import Contract, ContractViolation
from router.conversation import Message, ToolSpec
from router.errors import ContextOverflow, SchemaRefused

if TYPE_CHECKING:
    from adapters.skill import Skill
    from router.engines.engine import Completion, Engine

SETS = ("random", "pydantic", "mcp")
EXTRACTOR = "json-extract"
ARMS = (("skill", "constrained"), ("skill", "free"), ("base", "constrained"), ("base", "free"))
MAX_TOKENS = 192
WITHOUT_LIMIT = {"random": 150, "pydantic": 32, "mcp": 32}
ALL = 1_000  # of each set, where `--only` says which
SCHEMAS = 1000  # of the MCP catalogues are compiled, a few milliseconds each


@dataclass(frozen=True)
class ArmCase:
    """One text for one of the four arms."""

    id: str
    of: Extraction
    who: str
    how: str


@dataclass(frozen=True)
class SpoiltCase:
    id: str
    of: Extraction
    kind: str
    text: str


def compile_one(case: Named) -> Record:
    """Is there a contract, and does the grammar engine take it? `ms`: both together."""
    sliced = {"set": case.id.split("/")[0], "part": "compiles"}
    began = time.perf_counter()
    try:
        contract = Contract.for_schema(case.schema)
        grammar_admits(contract, "")
    except SchemaRefused as refused:
        return Record(case.id, sliced, False, output=str(refused), expected=case.schema, reason=refused.message,
                      failure="refused")  # fmt: skip
    ms = (time.perf_counter() - began) * 1000
    return Record(case.id, sliced, True, expected=case.schema, ms=ms)


def spoilt(cases: Sequence[Extraction]) -> list[SpoiltCase]:
    return [
        SpoiltCase(f"{case.id}/{kind}", case, kind, text)
        for case in cases
        for kind, text in mutations(case.expected, case.schema)
    ]


def refuse_one(case: SpoiltCase) -> Record:
    """`right`: both the strict reading and the grammar refuse the text."""
    contract = Contract.for_schema(case.of.schema)
    admitted = grammar_admits(contract, case.text)
    try:
        contract.parse(case.text)
        accepted = True
    except ContractViolation:
        accepted = False
    who = " and ".join(["the contract"] * accepted + ["the grammar"] * admitted)
    return Record(
        case.id,
        {"set": case.of.id.split("/")[0], "part": "spoilt", "kind": case.kind.split(" ")[0]},
        not accepted and not admitted,
        {"contract": float(not accepted), "grammar": float(not admitted)},
        prompt=case.of.text,
        output=case.text,
        expected="refused",
        reason=f"accepted by {who}" if who else None,
        failure="accepted" if who else None,
    )


def extract_one(engine: Engine, skill: Skill, case: ArmCase) -> Record:
    """One text read under its schema; `right`: exactly the record it holds."""
    from router.engines.engine import Request

    source = None if engine.base.reads_whole_task else case.of.text
    sliced = {"set": case.of.id.split("/")[0], "part": "extract", "weights": case.who, "output": case.how}
    try:
        contract = Contract.for_schema(case.of.schema, source=source)
        request = Request(
            [Message("user", case.of.text)], tools=[ToolSpec("extract", "", case.of.schema)], max_tokens=MAX_TOKENS,
            skill=skill if case.who == "skill" else None, contract=contract if case.how == "constrained" else None,
        )  # fmt: skip
        began = time.perf_counter()
        completion = engine.generate(request)
    except (SchemaRefused, ContextOverflow) as error:
        return Record(case.id, sliced, False, {"valid": 0.0, "f1": 0.0}, prompt=case.of.text, reason=error.message,
                      failure=error.type, expected=case.of.expected)  # fmt: skip
    ms = (time.perf_counter() - began) * 1000
    value, violation = _read(contract, completion)
    said, wanted = Counter(fields(value)), Counter(fields(case.of.expected))
    exact = violation is None and without_nulls(value) == case.of.expected
    return Record(
        case.id,
        sliced,
        exact,
        {"valid": float(violation is None), "f1": extraction_scores.f1(said, wanted), **_cost(engine, completion)},
        prompt=case.of.text,
        output=completion.text,
        expected=case.of.expected,
        reason=None if exact else violation or "the values are others",
        failure=None if exact else "invalid" if violation else "values",
        ms=ms,
        tokens=vars(completion.tokens),
        group=case.of.id,
    )


def _read(contract: Contract, completion: Completion) -> tuple[Any, str | None]:
    """The value, or why there is none."""
    try:
        return contract.parse(completion.text, truncated=completion.finish != "stop"), None
    except ContractViolation as violation:
        return None, str(violation)


def _cost(engine: Engine, completion: Completion) -> dict[str, float]:
    """Microseconds a token in choosing, and milliseconds of compiling; of an engine that measures itself."""
    choosing = getattr(engine, "choosing_seconds", None)
    if choosing is None or not completion.tokens.generated:
        return {}
    compiling = float(getattr(engine, "compile_seconds", 0.0))
    return {"choosing_us": choosing / completion.tokens.generated * 1e6, "compile_ms": compiling * 1000}


def arms(cases: Sequence[Extraction]) -> list[ArmCase]:
    return [ArmCase(f"{case.id}/{who}-{how}", case, who, how) for case in cases for who, how in ARMS]


@click.command("json")
@click.option("--data", type=click.Path(path_type=Path, exists=True, file_okay=False),
              help="Folder of the MCP catalogues, each in its upstream layout. Without it: no mcp.")  # fmt: skip
@click.option("--set", "sets", multiple=True, type=click.Choice(SETS), help="Which sets; all there are by default.")
@click.option("--seed", type=int, default=0, show_default=True, help="Which schemas and texts are drawn.")
@click.option("--engine", "engine_name", default="local", show_default=True, metavar="NAME|URL",
              help="What runs the base: local, or an OpenAI-compatible endpoint.")  # fmt: skip
@click.option("--base", metavar="PATH|MODEL", help="Another base than the bundled one.")
@run_options
def command(
    how: RunOptions, data: Path | None, sets: Sequence[str], seed: int, engine_name: str, base: str | None
) -> int:
    """Schemas: compiled, obeyed, filled rightly; what they cost. --limit: cases a set."""
    from router.opening import open_registry

    names = list(sets) or [name for name in SETS if name != "mcp" or data is not None]
    limits = {name: how.limit or (ALL if how.only else WITHOUT_LIMIT[name]) for name in names}
    extractions, schemas = _chosen(names, data, limits, seed)
    random_cases = list(schemas_random.cases(limits["random"], seed)) if "random" in names else []
    skill, engine = open_registry().get(EXTRACTOR), _engine(engine_name, base)
    drawn = [[case.id, case.text, case.schema, case.expected] for case in extractions]
    drawn += [[case.id, case.schema] for case in schemas]
    options = {"sets": names, "seed": seed, "limits": limits, "drawn": digest(drawn)}
    config = resolve(options, how, engine=engine, skills=[skill], data=_files(names))
    parts: list[tuple[Any, Any]] = [
        (schemas, compile_one),
        (spoilt(extractions), refuse_one),
        (arms(extractions), partial(extract_one, engine, skill)),
        (random_cases, partial(schemas_random.ask, engine)),
    ]
    replace(how, limit=None).choose([case for cases, _ in parts for case in cases])  # says so where nothing is left
    parts = [([case for case in cases if _wanted(case, how)], do) for cases, do in parts]
    workers = None if engine_name == "local" else threads
    with open_run("json", config, how.out, fresh=how.fresh) as run:
        tell_resumed(run, sum(len(cases) for cases, _ in parts))
        records = [
            record for cases, do in parts for record in run_cases(run, cases, do, jobs=how.jobs, workers=workers)
        ]
        figures = extraction_scores.figures(records)
        return conclude(run, figures, how, extraction_scores.least_valid(figures))


def digest(drawn: Any) -> str:
    """Names what was drawn, wherever it came from."""
    return hashlib.sha256(json.dumps(drawn).encode()).hexdigest()


def _chosen(
    names: Sequence[str], data: Path | None, limits: Mapping[str, int], seed: int
) -> tuple[list[Extraction], list[Named]]:
    from router.errors import UsageError

    extractions: list[Extraction] = []
    schemas: list[Named] = []
    if "pydantic" in names:
        extractions += shipped()[: limits["pydantic"]]
        schemas += shipped_schemas()
    if "mcp" in names:
        if data is None:
            raise UsageError("the set mcp needs its data", hint="quiver eval json --data FOLDER")
        extractions += served(data, limits["mcp"], seed)
        schemas += served_schemas(data)[:SCHEMAS]
    return extractions, schemas


def _wanted(case: Any, how: RunOptions) -> bool:
    return not how.only or any(fnmatchcase(case.id, each) for each in how.only)


def _files(names: Sequence[str]) -> list[Path]:
    from evals.extraction_cases import SHIPPED

    return [SHIPPED / "cases.jsonl", SHIPPED / "schemas.jsonl"] if "pydantic" in names else []


def _engine(name: str, base: str | None) -> Engine:
    """The local engine with a clock in its grammar; any other as it is."""
    from router.opening import bundled_base, open_engine
    from router.options import Options

    if name != "local":
        return open_engine(Options(engine=name, base=base))
    from evals.constraint_cost import TimedEngine

    return TimedEngine(base or bundled_base())


def main(words: Sequence[str]) -> int:
    return int(command.main(list(words), standalone_mode=False) or 0)
