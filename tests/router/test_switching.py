"""A switch that costs more than it is worth is not made; what it costs is what the server has counted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from adapters.skill import Skill
from router.conversation import Message, ToolCall
from router.engines.engine import Request, Tokens
from router.engines.scripted import ScriptedEngine
from router.routing import Decision, State
from router.switching import RIVAL, Readers, Staying, open_call, staying

LONG = 4000  # tokens; a fifth of what certainty is worth
ASKED = (Message("user", "Read the log."), Message("assistant", "It is long."), Message("user", "And now?"))


def skill(name: str, contract: Any = "schema") -> Skill:
    return Skill(name, "", "", Path(name), contract, None, (), (), None)


SKILLS = {each.name: each for each in (skill("answer"), skill("cite"), skill("tool-call", "tools"))}
VERSION = {name: each.version for name, each in SKILLS.items()}


class Ranks:
    def __init__(self, *ranked: tuple[str, float], none: bool = False) -> None:
        self._decision = Decision(None if none else ranked[0][0], ranked[0][1], list(ranked))

    def route(self, state: State) -> Decision:
        return self._decision


def drawn(readers: Readers, *ranked: tuple[str, float], messages: tuple[Message, ...] = ASKED) -> Decision:
    return Staying(Ranks(*ranked), readers, lambda: messages, lambda: SKILLS).route(State("And now?"))


def read_by(name: str, tokens: int = LONG, messages: tuple[Message, ...] = ASKED[:1]) -> Readers:
    readers = Readers()
    readers.note(messages, VERSION[name], Tokens(prompt=tokens))
    return readers


# --- the price ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("gain", "stays"), [(0.05, True), (0.19, True), (0.21, False)])
def test_a_switch_is_made_when_it_gains_more_than_it_reads(gain: float, stays: bool) -> None:
    """4,000 tokens are a fifth of 20,000."""
    ranked = (("answer", 0.5), ("cite", 0.5 - gain), ("tool-call", 0.0))
    decision = drawn(read_by("cite"), *ranked)
    assert decision.skill == ("cite" if stays else "answer")
    assert decision.confidence == dict(ranked)[decision.skill]
    assert sorted(decision.ranked) == sorted(ranked)
    assert decision.ranked[0][0] == decision.skill


def test_a_longer_conversation_holds_on_longer_but_never_to_an_unlikely_skill() -> None:
    close = (("answer", 0.55), ("cite", 0.3))
    assert drawn(read_by("cite", LONG), *close).skill == "answer"
    assert drawn(read_by("cite", 2 * LONG), *close).skill == "cite"
    far = (("answer", 0.6), ("cite", 0.6 / RIVAL - 0.01))
    assert drawn(read_by("cite", 100 * LONG), *far).skill == "answer"


def test_who_has_read_nothing_gains_nothing() -> None:
    close = (("answer", 0.4), ("cite", 0.39))
    assert drawn(Readers(), *close).skill == "answer"
    assert drawn(read_by("answer"), *close).skill == "answer"
    assert drawn(read_by("cite", messages=(Message("user", "Of another conversation."),)), *close).skill == "answer"
    assert drawn(read_by("cite"), *close, messages=()).skill == "answer"


def test_both_have_read_and_the_difference_is_the_price() -> None:
    readers = read_by("cite", LONG)
    readers.note(ASKED, VERSION["answer"], Tokens(prompt=LONG + 100))
    assert drawn(readers, ("cite", 0.41), ("answer", 0.40)).skill == "cite"
    assert drawn(readers, ("cite", 0.4), ("answer", 0.399)).skill == "answer"


def test_no_skill_is_still_no_skill() -> None:
    decision = Ranks(("answer", 0.3), ("cite", 0.29), none=True)
    assert Staying(decision, read_by("cite"), lambda: ASKED, lambda: SKILLS).route(State("x")).skill is None


# --- the counts --------------------------------------------------------------------------------------------------


def test_a_server_that_shares_what_was_read_makes_switches_free() -> None:
    readers = read_by("cite")
    for _ in range(8):
        readers.note(ASKED, VERSION["answer"], Tokens(prompt=LONG, reused=LONG))
        readers = fresh_conversation(readers)
    assert readers.shared > 0.9
    assert drawn(readers, ("answer", 0.45), ("cite", 0.40)).skill == "answer"


def fresh_conversation(readers: Readers) -> Readers:
    """What was learned, over a conversation that only `cite` has read."""
    again = Readers(readers.shared)
    again.kept = readers.kept
    again.note(ASKED[:1], VERSION["cite"], Tokens(prompt=LONG))
    return again


def test_a_server_that_counts_nothing_or_keeps_nothing_has_no_price() -> None:
    readers = read_by("cite")
    for _ in range(12):
        readers.note(ASKED[:2], VERSION["cite"], Tokens(prompt=LONG, reused=0))
    assert readers.kept < 0.02
    assert drawn(readers, ("answer", 0.41), ("cite", 0.40)).skill == "answer"


def test_short_prompts_teach_nothing_because_blocks_lose_their_ends() -> None:
    readers = read_by("cite", 100)
    readers.note(ASKED, VERSION["cite"], Tokens(prompt=120, reused=0))
    readers.note(ASKED, VERSION["answer"], Tokens(prompt=120, reused=0))
    assert (readers.kept, readers.shared) == (1.0, 0.0)


def test_the_oldest_places_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("router.switching._PLACES", 3)
    readers = read_by("cite")
    for number in range(3):
        readers.note((Message("user", str(number)),), VERSION["answer"], Tokens(prompt=LONG))
    assert readers.expected(ASKED, [VERSION["cite"]]) == {VERSION["cite"]: 0.0}


# --- open calls --------------------------------------------------------------------------------------------------

CALLS = Message("assistant", calls=(ToolCall("read_file", {"path": "a"}), ToolCall("read_file", {"path": "b"})))
SEEN = Message("tool", "seen", name="read_file")


def test_a_call_is_open_until_every_part_of_it_is_answered() -> None:
    assert open_call(ASKED) is None
    assert open_call((*ASKED, CALLS)) == open_call((*ASKED, CALLS, SEEN)) == len(ASKED)
    assert open_call((*ASKED, CALLS, SEEN, SEEN)) is None


def test_no_switch_inside_an_open_call_whatever_it_gains() -> None:
    readers = read_by("answer", messages=ASKED)
    readers.note(ASKED, VERSION["tool-call"], Tokens(prompt=LONG))
    readers.note(ASKED, VERSION["cite"], Tokens(prompt=LONG))  # somebody else, at the same place
    likely = (("answer", 0.98), ("tool-call", 0.01), ("cite", 0.01))
    assert drawn(readers, *likely, messages=(*ASKED, CALLS, SEEN)).skill == "tool-call"
    assert drawn(readers, *likely, messages=(*ASKED, CALLS, SEEN, SEEN)).skill == "answer"
    assert drawn(Readers(), *likely, messages=(*ASKED, CALLS, SEEN)).skill == "answer", "nobody knows who called"


# --- joined ------------------------------------------------------------------------------------------------------


def test_only_an_engine_that_counts_is_asked() -> None:
    engine, ranks = ScriptedEngine(["one"]), Ranks(("answer", 0.41), ("cite", 0.40))
    assert staying(ranks, engine, lambda: ASKED, lambda: SKILLS) is ranks
    engine.readers = read_by("cite")
    assert staying(ranks, engine, lambda: ASKED, lambda: SKILLS).route(State("x")).skill == "cite"
    engine.generate(Request(ASKED, skill=SKILLS["answer"]))
    assert engine.readers.of(ASKED) == [VERSION["answer"]]
