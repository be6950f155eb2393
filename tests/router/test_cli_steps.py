"""What a person sees and is asked: steps in words, approval at the terminal."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from router.cli.approval import Approval
from router.cli.output import columns, one_line, printable
from router.cli.steps import StepPrinter, done, plain, why
from router.conversation import ToolCall, ToolSpec
from router.record import StepRecord

WRITE = ToolSpec("write_file", "Write.", {}, effect="write")
FETCH = ToolSpec("fetch_url", "Fetch.", {}, effect="network")
CALL = ToolCall("write_file", {"path": "a.txt", "content": "one\ntwo"})


def answers(*words: str) -> Iterator[str]:
    yield from words


@pytest.mark.parametrize(
    ("word", "approved"),
    [("y", True), ("YES\n", True), ("a", True), ("n", False), ("no", False), ("", False), ("\n", False)],
)
def test_a_word_decides(word: str, approved: bool) -> None:
    assert Approval(ask=lambda: word)(CALL, WRITE) is approved


def test_another_word_is_asked_again() -> None:
    words = answers("perhaps", "yess", "y")
    assert Approval(ask=lambda: next(words))(CALL, WRITE)
    assert not list(words)


def test_always_holds_for_that_tool_and_this_run_only(capsys: pytest.CaptureFixture[str]) -> None:
    words = answers("always", "n")
    approval = Approval(ask=lambda: next(words))
    assert approval(CALL, WRITE)
    assert approval(CALL, WRITE)
    assert not approval(ToolCall("fetch_url", {"url": "https://example.org"}), FETCH)
    asked = capsys.readouterr().err
    assert asked.count("changes something here") == 1
    assert "content: one two" in asked
    assert "uses the network" in asked


def test_yes_asks_nobody() -> None:
    assert Approval(yes=True, ask=lambda: pytest.fail("asked"))(CALL, WRITE)


def test_a_call_reads_as_one_would_write_it() -> None:
    step = StepRecord("tool-call", 0.9, valid=True, tool="f", arguments={"a": "x\ny", "n": 3}, observation="4\n5")
    assert plain(1, step).startswith(r'step 1: tool-call 0.90: f(a="x\ny", n=3) -> 4 5 [0 ms · 0 of 0 tokens reused]')


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (StepRecord("tool-call", valid=True), "declined: no tool serves this"),
        (StepRecord("answer", valid=True, output={"answer": "It is 4."}), "It is 4."),
        (StepRecord("json-extract", valid=True, output={"a": 1}), '{"a": 1}'),
        (StepRecord("answer", output="{", failure="syntax"), "{ (syntax)"),
    ],
)
def test_what_a_step_did_in_a_few_words(step: StepRecord, words: str) -> None:
    assert done(step) == words


def test_why_counts_what_the_model_chose_and_what_the_grammar_forced() -> None:
    step = StepRecord("answer", tokens={"prompt": 9, "reused": 0, "generated": 10, "forced": 6}, repairs=1, failure="x")
    assert "grammar  6 of 10 tokens forced, 4 chosen by the model" in why(step)
    assert "checks   parse, schema and the skill's own: did not pass (x), asked again 1×" in why(step)


def test_on_a_terminal_a_clause_is_said_once_and_costs_stand_below(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("router.cli.steps.has_colour", lambda: True)
    printer = StepPrinter()
    for _ in range(2):
        printer.show(StepRecord("answer", 0.9, "tool-call", valid=True, output={"answer": "4"}, clause="add them"))
    told = capsys.readouterr().err
    assert told.count("› add them") == 1
    assert told.count("tokens reused") == 2
    assert "answer 90%  then tool-call  4" in told


def test_text_from_elsewhere_cannot_move_the_cursor() -> None:
    assert printable("a\x1b[2Jb\rc\td\n") == "a[2Jbc\td\n"
    assert one_line("one\ntwo " + "x" * 50, 12) == "one two xxx…"
    assert columns([("a", "bb"), ("ccc", "d")]) == ["a    bb", "ccc  d"]
