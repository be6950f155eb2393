"""`quiver plan` from the command line: figures, what fits, wrong words."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner

from router.cli.plan import in_bytes, plan
from router.errors import UsageError


def asked(*words: str) -> dict[str, Any]:
    result = CliRunner().invoke(plan, [*words, "--json"], standalone_mode=False, catch_exceptions=False)
    found: dict[str, Any] = json.loads(result.output)
    return found


def test_the_worked_example_from_the_command_line() -> None:
    found = asked("7B", "--method", "lora", "--rank", "8", "--targets", "q_proj,k_proj,v_proj,o_proj")
    assert found["trainable"] == 8_388_608
    assert round(found["share"] * 100, 2) == 0.12
    assert found["training"]["total"] == pytest.approx(sum(found["training"]["parts"].values()))


def test_what_does_not_fit_is_said_and_what_would_is_advised() -> None:
    big = asked("70B", "--method", "full", "--memory", "80GB")
    assert not big["training"]["fits"]
    assert big["advice"].startswith("train with qlora")
    assert "shard" in asked("70B", "--method", "lora", "--memory", "24GB")["advice"]
    assert asked("0.6B", "--method", "lora", "--memory", "24GB")["advice"].startswith("train with lora as asked")


def test_settings_follow_the_number_of_skills() -> None:
    assert asked("8B", "--skills", "2")["serving"]["settings"]["max_loras"] == 2
    assert asked("8B", "--skills", "64")["serving"]["settings"]["max_cpu_loras"] == 64


def test_all_methods_in_one_table_and_in_words() -> None:
    names = [row["name"] for row in asked("8B", "--method", "all")["methods"]]
    assert {"lora", "alora", "qlora", "prefix", "galore", "pauli"} <= set(names)
    text = CliRunner().invoke(plan, ["8B"], standalone_mode=False).output
    assert "max-loras 5" in text
    assert "8,0" in text or "8,000,000,000" in text


@pytest.mark.parametrize(("text", "count"), [("24GB", 24e9), ("640 MB", 640e6), ("16GiB", 16 * 1024**3), ("8", 8e9)])
def test_amounts_of_memory(text: str, count: float) -> None:
    assert in_bytes(text) == count


def test_no_amount_of_memory_and_no_method() -> None:
    with pytest.raises(UsageError):
        in_bytes("much")
    for words in (["8B", "--method", "magic"], ["8B", "--targets", "nothing"], ["not-a-model"]):
        result = CliRunner().invoke(plan, words, standalone_mode=False)
        assert isinstance(result.exception, UsageError)
