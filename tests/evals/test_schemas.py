"""Measuring schemas: mutations that must be refused, fields counted by hand, the shipped set, a run without a model."""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from adapters.skill import Skill
from evals import extraction_scores, schemas, schemas_random
from evals.extraction_cases import Extraction, Named, fields, shipped, shipped_schemas, without_nulls
from evals.mutations import grammar_admits, mutations
from evals.runs import Record, open_run, run_cases
from router.contract import Contract, ContractViolation
from router.engines.scripted import ScriptedEngine

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "age": {"type": "integer", "minimum": 0, "maximum": 120},
        "tags": {"type": "array", "items": {"type": "string"}, "minItems": 1},
        "plan": {"type": "string", "enum": ["free", "paid"]},
    },
    "required": ["name", "age"],
    "additionalProperties": False,
}
VALUE = {"name": "Ann", "age": 7, "tags": ["a", "b"], "plan": "free"}
CASE = Extraction("pydantic/x", "Ann is 7. a, b, free.", SCHEMA, VALUE)


def skill(folder: Path) -> Skill:
    return Skill("json-extract", "", "", folder, "given", None, (), (), None)


# --- nothing invalid is accepted -------------------------------------------------------------------------------------


def test_every_mutation_is_refused_and_the_value_itself_is_not() -> None:
    contract = Contract.for_schema(SCHEMA)
    assert contract.parse(json.dumps(VALUE)) == VALUE
    assert grammar_admits(contract, json.dumps(VALUE))
    made = dict(mutations(VALUE, SCHEMA))
    assert len(made) >= 20
    for kind, text in made.items():
        assert not grammar_admits(contract, text), kind
        with pytest.raises(ContractViolation):
            contract.parse(text)


def test_a_contract_that_refuses_nothing_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Contract, "parse", lambda *_, **__: None)
    records = [schemas.refuse_one(case) for case in schemas.spoilt([CASE])]
    assert not any(record.right for record in records)
    assert {record.reason for record in records} == {"accepted by the contract"}


def test_the_shipped_records_are_valid_and_their_mutations_refused() -> None:
    cases = shipped()
    assert len(cases) >= 80
    assert len({case.text for case in cases}) == len(cases)
    by_model = {case.id.rpartition("-")[0]: case for case in cases}
    assert len(by_model) >= 10
    for case in by_model.values():
        contract = Contract.for_schema(case.schema, source=case.text)
        assert contract.parse(contract.dump(case.expected)) == case.expected
        assert grammar_admits(contract, contract.dump(case.expected)), case.id
    one = by_model["pydantic/Parcel"]
    assert all(schemas.refuse_one(case).right for case in schemas.spoilt([one]))


def test_the_shipped_schemas_compile() -> None:
    assert all(schemas.compile_one(case).right for case in shipped_schemas())


def test_a_schema_no_grammar_holds_is_a_record_and_no_crash() -> None:
    record = schemas.compile_one(Named("mcp/schema/x", {"type": "object", "if": {}, "then": {"required": ["a"]}}))
    assert (record.right, record.failure) == (False, "refused")


def test_the_shipped_set_is_what_the_script_builds() -> None:
    pytest.importorskip("pydantic")
    from evals.extraction import build

    made = {f"pydantic/{row['id']}": (row["text"], row["expected"]) for row in build.cases(build.read_grammar())}
    assert made == {case.id: (case.text, case.expected) for case in shipped()}
    assert {row["name"]: row["schema"] for row in build.schemas()} == {
        case.id.rpartition("/")[2]: case.schema for case in shipped_schemas()
    }


# --- outputs ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "wanted", "expected"),
    [
        ({"a": "x", "b": 1}, {"a": "x", "b": 1.0}, 1.0),
        ({"a": "x", "b": 2}, {"a": "x", "b": 1}, 0.5),
        ({"a": None}, {}, 1.0),
        ({"a": ["x", "y"]}, {"a": ["y", "x"]}, 1.0),
        ({"a": {"b": "x"}}, {"a": {"c": "x"}}, 0.0),
        (None, {"a": "x"}, 0.0),
    ],
)
def test_fields_are_counted(said: Any, wanted: Any, expected: float) -> None:
    assert extraction_scores.f1(Counter(fields(said)), Counter(fields(wanted))) == pytest.approx(expected)


def test_null_says_what_absence_says() -> None:
    assert without_nulls({"a": None, "b": [{"c": None, "d": 0}]}) == {"b": [{"d": 0}]}


def test_the_four_arms_differ_in_weights_and_constraint(tmp_path: Path) -> None:
    right, wrong, prose = json.dumps(VALUE), json.dumps({**VALUE, "age": 8}), "Ann is seven."
    engine = ScriptedEngine([right, prose, wrong, right])
    with open_run("json", {}, tmp_path / "run") as run:
        records = run_cases(run, schemas.arms([CASE]), lambda each: schemas.extract_one(engine, skill(tmp_path), each))
    assert [request.skill is not None for request in engine.requests] == [True, True, False, False]
    assert [request.contract is not None for request in engine.requests] == [True, False, True, False]
    assert [record.right for record in records] == [True, False, False, True]
    assert [record.failure for record in records] == [None, "invalid", "values", None]
    assert records[2].scores["f1"] == pytest.approx(0.8)  # four of five fields
    found = extraction_scores.figures(records)["sets"]["pydantic"]["extraction"]
    assert found["skill constrained"]["exact"]["share"] == 1.0
    assert (found["base constrained"]["valid"]["share"], found["base constrained"]["exact"]["share"]) == (1.0, 0.0)
    assert extraction_scores.least_valid(extraction_scores.figures(records)) == 1.0


def test_the_cost_of_a_constraint_is_what_it_adds_a_token() -> None:
    def record(how: str, us: float, tokens: int, number: int) -> Record:
        return Record(f"{how}{number}", {"output": how}, True, {"choosing_us": us, "compile_ms": 2.0},
                      tokens={"generated": tokens, "forced": 1})  # fmt: skip

    rows = [record("free", 10.0, 5, 0), record("constrained", 40.0, 30, 0), record("constrained", 80.0, 10, 1)]
    found = extraction_scores.constraint(rows)
    assert found["us_a_token"] == 40.0  # (30·40 + 10·80) / 40 − 10
    assert (found["forced"]["hits"], found["forced"]["n"]) == (2, 40)
    assert extraction_scores.constraint(rows[:1]) == {}


def test_the_timed_engine_says_the_same_and_what_it_cost(tmp_path: Path) -> None:
    from evals.constraint_cost import TimedEngine
    from router.conversation import Message
    from router.engines.engine import Request
    from router.engines.local import LocalEngine
    from tests.router import tiny

    base = tiny.make_base(tmp_path / "base", "opt")
    request = Request([Message("user", "hi")], contract=Contract.for_schema({"enum": ["ab", "cd"]}), max_tokens=20)
    engine = TimedEngine(base)
    assert engine.generate(request).text == LocalEngine(base).generate(request).text
    assert engine.compile_seconds > 0
    assert engine.choosing_seconds > 0
    spent = engine.choosing_seconds
    engine.generate(Request([Message("user", "hi")], max_tokens=1))
    assert engine.choosing_seconds < spent  # of the last request alone


# --- random schemas --------------------------------------------------------------------------------------------------


def test_random_cases_are_the_same_every_time() -> None:
    first, again = list(schemas_random.cases(5, 3)), list(schemas_random.cases(5, 3))
    assert first == again
    assert schemas_random.random_object(random.Random(1)) == schemas_random.random_object(random.Random(1))


def test_an_output_cut_off_is_neither_valid_nor_invalid() -> None:
    cases = list(schemas_random.cases(12, 0))
    records = [schemas_random.ask(ScriptedEngine(["no json " * (200 * (n % 2) + 1)]), c) for n, c in enumerate(cases)]
    found = schemas_random.figures(records)
    assert found["valid"]["hits"] == 0
    assert found["cut_off"] > 0
    assert found["valid"]["n"] + found["cut_off"] + found["schemas_refused"] == 12
    assert found["violations"]["syntax"] == found["valid"]["n"]
