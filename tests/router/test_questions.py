"""Questions about records: what the bundled reader makes of them, what a tool gets of that, and files that are none."""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from router.conversation import ToolSpec
from router.encoder import WIDTH, Encoder
from router.errors import WeightsRefused
from router.logistic import Head
from router.narrowing import Asked, fillable, narrowed
from router.question_reader import Heads, QuestionReader, load
from router.questions import BEYOND, LETTERS, NO_ROLE, SURELY, Evident, Question, Reader, Reading, informed
from training.questions import write
from training.synthetic.record_questions import asked

WHAT = {"type": "object", "properties": {"what": {"type": "string"}}, "required": ["what"]}
LOOK_UP = ToolSpec("look_up", "Look up.", WHAT)
OTHER_TOOL = ToolSpec("other", "Something else.", {"type": "object", "properties": {}})


@cache
def reader() -> QuestionReader:
    return QuestionReader(Encoder.load())


def question(sentence: str) -> Question:
    """Every single letter of the sentence that stands for something that is asked about."""
    letters = "".join(LETTERS[kind] for kind in ("column", "value", "number"))
    words = [(at, at + 1) for at, letter in enumerate(sentence) if letter in letters]
    alone = [span for span in words if not (sentence[: span[0]][-1:].isalnum() or sentence[span[1] :][:1].isalnum())]
    return Question(sentence, tuple(alone))


@pytest.mark.parametrize(
    ("sentence", "act", "roles"),
    [
        ("How many T are in D?", "count", ()),
        ("What is the highest X in D?", "most", ("target",)),
        ("add up the column X of the table T in D", "sum", ("target",)),
        ("the average X of the table T in D", "average", ("target",)),
        ("List the X of all T in D with Y over K", "list", ("target", "condition", "condition")),
        ("Which tables are there in D?", "tables", ()),
    ],
)
def test_plain_questions_are_read(sentence: str, act: str, roles: Sequence[str]) -> None:
    assert reader()(question(sentence)) == Reading(act, tuple(roles))


@pytest.mark.parametrize(
    "sentence", ["", "Delete the T where X is P from D", "Set the X of P to K in D", "Copy D to Q"]
)
def test_what_is_no_question_about_records_is_not_read(sentence: str) -> None:
    assert reader()(question(sentence)) is None


def told(text: str, read: Reader) -> list[str]:
    reading = read(Question(text, ()))
    return [f"{reading.act}!"] if reading else []


def quoted(text: str) -> list[str]:
    return text.split("'")[1:2]


def counts(asked_for: Question) -> Reading | None:
    return Reading("count", ()) if asked_for.sentence.startswith("how many") else None


FINDERS = informed(lambda tool: {"what": Asked(quoted, told)} if tool == "look_up" else {}, counts)


@pytest.mark.parametrize(
    ("clause", "source", "found"),
    [
        ("how many", "how many", ["count!"]),
        ("look up 'this'", "look up 'this'", ["this"]),
        ("look it up", "look it up\nhow many", None),
        ("again, please", "again, please\nlook up 'this'", ["this"]),
    ],
)
def test_only_the_request_itself_is_read_as_a_question(clause: str, source: str, found: list[str] | None) -> None:
    finders = FINDERS("look_up")
    assert fillable(LOOK_UP, finders, source, clause) is (found is not None)
    narrow = narrowed(LOOK_UP, finders, clause, source.split("\n"))
    assert narrow.parameters["properties"]["what"].get("enum") == found


class Alike:
    def rank(self, request: str, tools: Sequence[ToolSpec]) -> list[tuple[ToolSpec, float]]:
        return [(tool, 0.5) for tool in tools]


def test_a_tool_that_a_question_was_read_for_comes_first() -> None:
    ranked = Evident(Alike(), FINDERS).rank("how many", [OTHER_TOOL, LOOK_UP])
    assert ranked == [(LOOK_UP, SURELY), (OTHER_TOOL, 0.5)]
    assert Evident(Alike(), FINDERS).rank("'how many'", [OTHER_TOOL, LOOK_UP])[0] == (OTHER_TOOL, 0.5)


def test_generated_questions_have_a_role_for_every_letter() -> None:
    rng = random.Random(1)
    for row in [asked(rng) for _ in range(300)]:
        assert all(row.sentence[start:end] and role for start, end, role in row.words)
        letters = {row.sentence[start:end] for start, end, role in row.words if role not in (NO_ROLE, BEYOND)}
        assert letters <= set("XYZWPQRSKLMN")


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    acts = Head(np.ones((2 * WIDTH, 2), np.float32), np.array([0.5, -0.5], np.float32), ("count", "sum"))
    roles = Head(np.ones((2 * WIDTH, 2), np.float32), np.zeros(2, np.float32), (BEYOND, NO_ROLE))
    write(tmp_path / "heads.safetensors", Heads(acts, roles), {"questions": 2})
    again = load(tmp_path / "heads.safetensors")
    assert again.acts.classes == acts.classes
    assert again.acts.shares(np.zeros((1, 2 * WIDTH), np.float32)).argmax() == 0


@pytest.mark.parametrize("content", [b"", b"not weights"])
def test_what_is_no_head_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "heads.safetensors").write_bytes(content)
    with pytest.raises(WeightsRefused, match="cannot be used"):
        QuestionReader(Encoder.load(), tmp_path / "heads.safetensors")
