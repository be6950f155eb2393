"""The tool shortlist: how a tool is read, what a ranking promises, and how well it picks among the tools in the box."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router import shortlist
from router.conversation import ToolSpec
from router.encoder import Encoder
from router.errors import WeightsRefused
from router.shortlist import Shortlist, describe
from tools.builtin import builtin_tools
from training.request_pools import tool

FIXTURES = Path(__file__).parent / "fixtures"

WEATHER = tool("get_weather", "Weather forecast for a city.", ["city", "day"])
EMAIL = tool("sendEmail", "Send an e-mail to someone.", ["to", "subject"])
CHESS = tool("chess_move", "Play a move in a game of chess.", ["move"])


@pytest.fixture(scope="module")
def ranker() -> Shortlist:
    return Shortlist(Encoder.load())


@pytest.fixture(scope="module")
def in_the_box(tmp_path_factory: pytest.TempPathFactory) -> list[ToolSpec]:
    return [each.spec for each in builtin_tools(tmp_path_factory.mktemp("work"))]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("read_file", "read file"),
        ("getHTTPStatus-2", "get http status 2"),
        ("listAllUsers", "list all users"),
        ("X", "x"),
        ("__", ""),
    ],
)
def test_a_name_is_read_as_words(name: str, words: str) -> None:
    assert describe(tool(name, "Does it.", [])) == f"{words}: Does it."


def test_parameters_are_read_by_name() -> None:
    assert describe(tool("f", "Do.", ["fromUnit", "to_unit"])) == "f: Do. (from unit, to unit)"
    assert describe(ToolSpec("f", "Do.", {"type": "object"})) == "f: Do."


def test_the_right_tool_comes_first(ranker: Shortlist) -> None:
    for request, right in (("Will it rain in Oslo on Sunday?", WEATHER), ("Mail Ann that I am late", EMAIL)):
        ranked = ranker.rank(request, [CHESS, WEATHER, EMAIL])
        assert ranked[0][0] is right
        assert ranked[0][1] > 0.5 > ranked[-1][1]


def test_all_low_when_nothing_serves(ranker: Shortlist) -> None:
    assert max(p for _, p in ranker.rank("Who painted the Mona Lisa?", [CHESS, WEATHER, EMAIL])) < 0.3


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=60), st.permutations([CHESS, WEATHER, EMAIL]))
def test_a_ranking_is_sorted_complete_and_free_of_the_order_offered(
    ranker: Shortlist, request_text: str, offered: Sequence[ToolSpec]
) -> None:
    ranked = ranker.rank(request_text, offered)
    probabilities = [p for _, p in ranked]
    assert probabilities == sorted(probabilities, reverse=True)
    assert all(0.0 <= p <= 1.0 for p in probabilities)
    assert {spec.name for spec, _ in ranked} == {"chess_move", "get_weather", "sendEmail"}
    usual = {spec.name: p for spec, p in ranker.rank(request_text, [CHESS, WEATHER, EMAIL])}
    assert all(usual[spec.name] == pytest.approx(p, abs=1e-4) for spec, p in ranked)


def test_nothing_offered_nothing_ranked(ranker: Shortlist) -> None:
    assert ranker.rank("anything", []) == []


def test_twins_keep_the_order_offered(ranker: Shortlist) -> None:
    twins = [tool("get_weather", "Weather forecast for a city.", ["city", "day"]) for _ in range(3)]
    ranked = ranker.rank("weather in Rome", twins)
    assert [spec is twin for (spec, _), twin in zip(ranked, twins, strict=True)] == [True] * 3


def test_tools_are_read_once(ranker: Shortlist, monkeypatch: pytest.MonkeyPatch) -> None:
    ranker.rank("x", [CHESS, EMAIL])
    read: list[str] = []
    tokens = Encoder.tokens
    monkeypatch.setattr(Encoder, "tokens", lambda self, text, *layer: read.append(text) or tokens(self, text, *layer))
    ranker.rank("y", [CHESS, EMAIL])
    assert read == ["y"]


def test_memory_of_tools_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shortlist, "REMEMBERED", 4)
    ranker = Shortlist(Encoder.load())
    for number in range(6):
        assert len(ranker.rank("x", [CHESS, tool(f"tool_{number}", "Does it.", [])])) == 2
    assert len(ranker._tools) <= 4


@pytest.mark.parametrize(("name", "first", "three"), [("requests.tsv", 0.88, 0.97), ("requests_fresh.tsv", 0.9, 0.97)])
def test_requests_written_by_hand_find_their_tool_in_the_box(
    ranker: Shortlist, in_the_box: list[ToolSpec], name: str, first: float, three: float
) -> None:
    rows = [line.split("\t") for line in (FIXTURES / name).read_text(encoding="utf-8").splitlines()]
    served = [(right, [spec.name for spec, _ in ranker.rank(text, in_the_box)]) for right, text in rows if right != "-"]
    assert len(served) >= 45
    missed = [(right, names[:3]) for right, names in served if names[0] != right]
    assert 1 - len(missed) / len(served) >= first, missed
    assert sum(right in names[:3] for right, names in served) / len(served) >= three, missed


@pytest.mark.parametrize(
    ("request_text", "needed"),
    [
        ("The fare is in ferry.txt. Add 12% to it", {"read_file", "calculate"}),
        ("The length of the kayak is in kayak.md. Convert it to feet", {"read_file", "convert_unit"}),
        ("On which weekday does the due date in bill_77.txt fall?", {"read_file", "day_of_week"}),
        ("Note the serial number from boiler.txt", {"read_file", "save_note"}),
    ],
)
def test_a_request_that_needs_two_tools_has_both_probable(
    ranker: Shortlist, in_the_box: list[ToolSpec], request_text: str, needed: set[str]
) -> None:
    probable = {spec.name for spec, p in ranker.rank(request_text, in_the_box) if p >= 0.3}
    assert needed <= probable


def test_the_best_probability_tells_whether_anything_serves(ranker: Shortlist, in_the_box: list[ToolSpec]) -> None:
    rows = [line.split("\t") for line in (FIXTURES / "requests.tsv").read_text(encoding="utf-8").splitlines()]
    best = [(right != "-", ranker.rank(text, in_the_box)[0][1]) for right, text in rows]
    higher = [a > b for fits, a in best if fits for other, b in best if not other]
    assert sum(higher) / len(higher) >= 0.95


@pytest.mark.parametrize("content", [None, b"", b"no tensors", b"\x08\x00\x00\x00\x00\x00\x00\x00{}      "])
def test_weights_that_cannot_be_read_are_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "shortlist.safetensors"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(WeightsRefused, match="shortlist"):
        Shortlist(Encoder.load(), path)
