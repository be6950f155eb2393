"""Many skills on one server: what is added, asked and taken away, over a server that answers from a table."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from evals import bench_skills
from evals.bench import main
from evals.bench_skills import TOKENS, body, command, figures, holds, left_out, measure, spent_below, table
from router.errors import UsageError
from router.opening import open_engine
from router.options import Options
from tests.adapters.conftest import write_skill, write_weights
from tests.gateway.model_server import ModelServer
from tests.router.http_server import serving


@pytest.fixture
def _two_skills(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from adapters.skill import load_skill

    found = []
    for name in ("weather-note", "river-note"):
        folder = write_skill(tmp_path / "box" / name)
        write_weights(folder / "weights")
        found.append(load_skill(folder))
    monkeypatch.setattr(bench_skills, "bundled_skills", lambda: found)


@pytest.mark.usefixtures("_two_skills")
@pytest.mark.parametrize("plain_only", [False, True])
def test_every_skill_is_added_asked_and_taken_away(tmp_path: Path, plain_only: bool) -> None:
    server = ModelServer(plain_only)
    asked: list[str] = []
    answer = server._chat_completions

    def counting(exchange: Any) -> None:
        if exchange.body.get("max_tokens") == TOKENS:
            asked.append(exchange.body["model"])
        answer(exchange)

    server._chat_completions = counting  # type: ignore[method-assign]
    with serving(server) as url:
        engine: Any = open_engine(Options(engine=f"{url}/v1", base="base"))
        spent = count(0, 0.05).__next__
        found = measure(engine, 5, clients=2, requests=10, rounds=1, folder=tmp_path / "copies", spent=spent)
        engine.close()
    assert server.adapters == []
    assert len(set(asked)) == 5
    assert len(asked) == 4 * 10
    assert [len(set(asked[at : at + 10])) for at in range(0, 40, 10)] == [
        5,
        1,
        1,
        5,
    ]  # every other round begins with all
    assert asked[10] != asked[20]  # another one each time
    assert found["processor_ms"] == {"one": 5.0, "all": 5.0}
    assert found["skills"] == 5
    assert len(found["ratios"]) == 1
    assert json.loads(json.dumps(found)) == found
    assert "all over one" in table(found)
    assert (tmp_path / "copies" / "plain").is_dir() is plain_only


def test_figures_are_medians_of_rounds_and_the_gate_is_held_by_both() -> None:
    found = figures([0.2] * 19 + [3.0], [10.0, 12.0, 11.0], [9.5, 9.6, 11.0])
    assert found["add_s"] == {"median": 0.2, "p95": 0.34, "most": 3.0}
    assert found["ratio"] == 0.95
    assert holds(found)
    assert not holds({**found, "ratio": 0.89})
    assert not holds(figures([0.2, 3.0], [10.0], [10.0]))


@pytest.mark.parametrize(("rounds", "out"), [(1, 0), (5, 0), (6, 0), (8, 0), (9, 1), (12, 2), (16, 3), (20, 5)])
def test_the_median_lies_between_what_is_left(rounds: int, out: int) -> None:
    """By the binomial distribution, as tables of order statistics have it."""
    assert left_out(rounds) == out
    rates = [1.0 + number / 100 for number in range(rounds)]
    assert figures([0.1], [1.0] * rounds, rates)["between"] == [round(rates[out], 3), round(rates[-1 - out], 3)]


def test_what_the_processes_below_spend_is_counted() -> None:
    words = "import time\nwhile time.process_time() < 0.4: pass\nprint(flush=True)\ninput()"
    before = spent_below(os.getpid())
    with subprocess.Popen([sys.executable, "-c", words], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as busy:
        assert busy.stdout is not None
        busy.stdout.readline()
        assert 0.2 < spent_below(os.getpid()) - before < 30
        busy.communicate(b"\n")


def test_requests_share_no_beginning() -> None:
    words = {body("x", number)["messages"][0]["content"][:12] for number in range(50)}
    assert len(words) == 50


@pytest.mark.parametrize("words", [[], ["--url", "http://127.0.0.1:1/v1", "--vllm", "."]])
def test_one_server_is_named(words: list[str]) -> None:
    assert isinstance(CliRunner().invoke(command, words, standalone_mode=False).exception, UsageError)
    with pytest.raises(UsageError):
        main(["skills", *words])
    with pytest.raises(UsageError):
        main(["serving", *words])
