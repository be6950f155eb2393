"""The domain a skill is made for from nothing: its requests say what their outputs hold; its teachers; what is told."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.loop import domain, measure, teachers
from router.contract import Contract
from training.candidates import read_output
from training.making import Making
from training.prompts import answer_prompt, requests_in
from training.responses import Answer
from training.scaffold import scaffold


@pytest.fixture
def making(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Making:
    from router import jsonl

    monkeypatch.setenv("QUIVER_HOME", str(tmp_path))
    (tmp_path / "schema.json").write_text(json.dumps(domain.SCHEMA))
    jsonl.write(tmp_path / "seeds.jsonl", domain.seeds())
    return scaffold(
        domain.NAME, schema=tmp_path / "schema.json", examples=tmp_path / "seeds.jsonl", description=domain.DESCRIPTION
    )


@given(st.integers(0, 10**9))
def test_a_request_says_what_its_output_holds(seed: int) -> None:
    contract = Contract.for_schema(dict(domain.SCHEMA))
    text, said = domain.draw(random.Random(seed), [*domain.WIDE, *domain.FRESH])
    assert domain.truth(text) == said
    assert contract.dump(said) == json.dumps(said), "keys stand in schema order"
    contract.parse(contract.dump(said))


@pytest.mark.parametrize("text", ["", "fire the vase", "the tall vase in stoneware to 900 degrees", "a round mug and a tall vase in raku to 900 degrees in reduction"])  # fmt: skip # noqa: E501
def test_what_is_not_said_once_is_not_known(text: str) -> None:
    assert domain.truth(text) is None


def test_held_out_requests_are_new_and_half_of_them_in_wordings_nobody_taught(making: Making) -> None:
    seeds = [row["request"] for row in domain.seeds()]
    assert len(set(seeds)) == 20
    rows = domain.held_out(60, seeds)
    texts = [row["request"] for row in rows]
    assert len(set(texts)) == 60
    assert not set(texts) & set(seeds)
    assert domain.held_out(60, seeds) == rows
    marks = ("we shall take", ": that is what", "schedule ", "the student's")
    assert sum(any(mark in text for mark in marks) for text in texts) == 30
    taught = " ".join(str(teachers._row(making, "short", random.Random(n))) for n in range(200))
    assert not any(mark in taught for mark in marks)


def test_a_teacher_is_taught_the_prompts_it_will_be_asked(making: Making) -> None:
    messages, said = teachers._row(making, "answer", random.Random(1))
    request = messages[-1]["content"]
    assert list(answer_prompt(making, request, 0, 0.0, 512).messages) == messages
    assert read_output(Answer(said), False) == domain.truth(request)
    messages, said = teachers._row(making, "requests", random.Random(2))
    assert "one JSON array of 8 strings" in messages[-1]["content"]
    assert len(requests_in(said)) == 8


def test_rules_answer_over_http_and_are_wrong_at_times(making: Making) -> None:
    from router.http import HttpClient

    with teachers.rules() as address:
        client = HttpClient(address.url)
        body = answer_prompt(making, domain.seeds()[0]["request"], 0, 0.0, 64).request(address.model)
        told = client.post("/chat/completions", body)
        client.close()
    assert told["choices"][0]["message"]["content"]
    rng, right = random.Random(5), 0
    for _ in range(200):
        text, said = domain.draw(rng, domain.WIDE)
        right += json.loads(teachers.answer({"messages": [{"content": text}]})) == said
    assert 150 < right < 200
    assert teachers.answer({"messages": [{"content": "hello"}]}) == "I cannot tell."


def figures(**changed: Any) -> dict[str, Any]:
    step = {"skill": domain.NAME, "valid": True, "output": {}}
    rows = {"kept": 9, "dropped": 3, "readable": 8, "right": 8}
    found = {
        "teacher": {"by": "vLLM", "exact": 40, "of": 50},
        "student": {"exact": 45, "unheld": 41, "base": 1, "of": 50},
        "added": {"version": f"{domain.NAME}@0", "seconds": 100.0, "rows": rows},
        "routed": {"drawn": 50, "of": 50, "others_drawn": 0, "others": 4},
        "agent": {"before": {"status": "ok", "steps": []}, "after": {"status": "ok", "steps": [step]}},
    }
    return {**found, **changed}


def test_what_was_missed_is_said() -> None:
    assert measure.missed(figures(), 600) == []
    assert measure.missed(figures(teacher={"by": "vLLM", "exact": 46, "of": 50}), 600) == [
        "the skill is less often right than its teacher"
    ]
    asleep = {"before": {"steps": []}, "after": {"steps": [{"skill": "answer", "valid": True}]}}
    assert measure.missed(figures(agent=asleep), 60) == ["the open session did not use the skill", "it took 100 s"]


def test_the_table_names_everybody() -> None:
    text = measure.told(figures(unfiltered={"exact": 30, "unheld": 20, "rows": figures()["added"]["rows"]}))
    assert "the skill, held by its grammar      45   (79%–96%)" in text
    assert "from unfiltered rows" in text
    assert "9 kept, 3 dropped; 8 of 8" in text
