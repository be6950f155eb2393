"""What the gateway adds: figures from measured times, and the model server they are measured before."""

from __future__ import annotations

import json
import os
import sys

import pytest
from click.testing import CliRunner

from evals.bench_gateway import BACKEND, WAYS, backend, body, command, figures, holds, processor_s, says, table
from router.errors import UsageError
from router.gateway.asking import read_ask

DIRECT = [0.100, 0.110, 0.105]


def found(added: float, share: float) -> dict[str, object]:
    ways = {way: [seconds + added for seconds in DIRECT] for way in WAYS}
    rates = {"direct": [90.0, 100.0], **{way: [100.0 * share, 1.0] for way in ways}}
    return figures({"direct": DIRECT, **ways}, rates) | {"rounds": 3, "clients": 2, "processor_ms": {}}


@pytest.mark.parametrize(("added", "share", "held"), [(0.004, 0.96, True), (0.006, 0.96, False), (0.004, 0.94, False)])
def test_the_targets_are_held_by_time_and_by_throughput(added: float, share: float, held: bool) -> None:
    made = found(added, share)
    assert holds(made) is held
    assert made["added_ms"] == dict.fromkeys(WAYS, round(1000 * added, 2))
    assert made["share_of_direct"] == dict.fromkeys(WAYS, share)
    assert f"+ {1000 * added:.2f}" in table(made)


def test_the_model_server_says_what_the_schema_asks_for() -> None:
    schema = {"type": "object", "properties": {"answer": {"type": "string"}}}
    wish = {"response_format": {"type": "json_schema", "json_schema": {"schema": schema}}}
    assert json.loads(says(wish)) == {"answer": "it is done"}
    assert says({}) == "it is done"


def test_the_model_server_answers_whole_and_as_events() -> None:
    testclient = pytest.importorskip("starlette.testclient", reason="the extra `serve` is not installed")
    with testclient.TestClient(backend(0)) as client:
        assert client.get("/v1/models").json()["data"][0]["id"] == BACKEND
        whole = client.post("/v1/chat/completions", json={}).json()
        assert whole["choices"][0]["message"]["content"] == "it is done"
        assert client.post("/v1/chat/completions", json={"stream": True}).text.endswith("data: [DONE]\n\n")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")
def test_processor_time_grows_with_work_and_nothing_is_known_of_nobody() -> None:
    before = processor_s(os.getpid())
    while processor_s(os.getpid()) < before + 0.02:
        sum(range(10_000))
    assert processor_s(-1) == 0.0


def test_what_is_asked_is_a_request_that_is_taken() -> None:
    asks = [read_ask(body("quiver", fresh)) for fresh in (True, True, False, False)]
    assert {(ask.observed, ask.called) for ask in asks} == {(True, ("convert_unit",))}
    words = [ask.clause for ask in asks]
    assert len(set(words)) == 3
    assert words[2] == words[3]


def test_a_model_of_no_server_is_a_usage_error() -> None:
    result = CliRunner().invoke(command, ["--model", "x"], standalone_mode=False)
    assert isinstance(result.exception, UsageError)
