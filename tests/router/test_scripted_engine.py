"""The scripted engine: what it says, in what order, and how it ends."""

from __future__ import annotations

from threading import Event

import pytest

from router.conversation import Message
from router.engines.engine import Completion, Engine, Request, Tokens
from router.engines.scripted import ScriptedEngine
from router.errors import ContextOverflow, EngineUnreachable

HELLO = Request([Message("user", "hello")])


def test_it_says_its_lines_in_order_and_remembers_what_it_was_asked() -> None:
    engine: Engine = (scripted := ScriptedEngine(["one", "two"]))
    later = Request([Message("user", "again")])
    assert [engine.generate(HELLO).text, engine.generate(later).text] == ["one", "two"]
    assert scripted.requests == [HELLO, later]


def test_an_exception_in_the_script_is_raised_in_its_place() -> None:
    engine = ScriptedEngine(["fine", ContextOverflow("too long"), "fine again"])
    assert engine.generate(HELLO).text == "fine"
    with pytest.raises(ContextOverflow, match="too long"):
        engine.generate(HELLO)
    assert engine.generate(HELLO).text == "fine again"


def test_a_script_that_is_over_is_an_engine_out_of_reach() -> None:
    with pytest.raises(EngineUnreachable, match="over at request 1"):
        ScriptedEngine([]).generate(HELLO)


def test_a_completion_is_returned_as_it_is() -> None:
    completion = Completion("said", "stop", Tokens(9, 3, 4, 1), logprob=-2.5)
    assert ScriptedEngine([completion]).generate(HELLO) == completion


@pytest.mark.parametrize(("limit", "text", "finish"), [(3, "one", "stop"), (2, "on", "length")])
def test_a_line_is_cut_at_the_limit(limit: int, text: str, finish: str) -> None:
    completion = ScriptedEngine(["one"]).generate(Request(HELLO.messages, max_tokens=limit))
    assert (completion.text, completion.finish, completion.tokens.generated) == (text, finish, len(text))


def test_it_streams_and_stops_when_cancelled() -> None:
    cancel, pieces = Event(), []

    def stop_at_space(piece: str) -> None:
        pieces.append(piece)
        if piece == " ":
            cancel.set()

    completion = ScriptedEngine(["one two"]).generate(HELLO, on_text=stop_at_space, cancel=cancel)
    assert (completion.text, completion.finish) == ("one ", "cancelled")
    assert "".join(pieces) == "one "


def test_it_scores_as_told() -> None:
    assert ScriptedEngine([]).score(HELLO, ["a", "b"]) == [0.0, 0.0]
    by_length = ScriptedEngine([], score=lambda request, candidate: -float(len(candidate)))
    assert by_length.score(HELLO, ["a", "bbb"]) == [-1.0, -3.0]


def test_it_can_be_closed() -> None:
    engine = ScriptedEngine([])
    engine.close()
    assert engine.closed
