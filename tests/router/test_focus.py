"""Which lines of a text a request is about, over an embedding of made-up directions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.focus import MOST_LINES, Focus

TOPICS = ("wifi", "printer", "door")


def embed(texts: Sequence[str]) -> npt.NDArray[np.float32]:
    """One axis a topic and one for everything else."""
    vectors = np.array([[float(topic in text) for topic in TOPICS] + [0.2] for text in texts], dtype=np.float32)
    lengths: npt.NDArray[np.float32] = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / lengths


focus = Focus(embed)
OFFICE = "door code: 4480\n\nwifi guest, plum-71\nprinter on floor 2\n"


@pytest.mark.parametrize(
    ("request_", "lines"),
    [
        ("what is the wifi password?", "wifi guest, plum-71"),
        ("code of the door, and where the printer is", "door code: 4480\nprinter on floor 2"),
        ("what does it say?", OFFICE),
    ],
)
def test_the_lines_that_stand_out_are_read_and_all_where_none_does(request_: str, lines: str) -> None:
    assert focus(request_, OFFICE) == lines


def test_among_lines_alike_the_word_of_one_alone_decides() -> None:
    doors = "door 16: Farah\ndoor 17: Lotte\ndoor 18: Benedikt\ndoor 19: Ida\ndoor 20: Per"
    assert focus("who has the door 17:", doors.replace("17:", "17: ")) == "door 17:  Lotte"


@given(st.text(max_size=300), st.text(max_size=40))
def test_nothing_is_rewritten_and_something_is_left(text: str, request_: str) -> None:
    kept = focus(request_, text)
    assert kept == text or (kept and set(kept.split("\n")) <= set(text.splitlines()))


def test_a_long_text_is_left_whole() -> None:
    text = "wifi\n" + "door\n" * MOST_LINES
    assert focus("wifi", text) == text


def test_a_heading_names_the_text_and_is_not_what_it_says() -> None:
    lease = "The wifi contract\nends: in May\nprinter: none"
    assert "The wifi contract" not in focus("is there a printer in the wifi contract?", lease)


@pytest.mark.parametrize(
    "text", ["item | pieces\nwifi | 4\ndoor | 9", "date,litres\n2029-04-02,41.2", "a;b\nwifi;2", "x\ty\nwifi\t1"]
)
def test_the_rows_of_a_table_stay_together(text: str) -> None:
    assert focus("the wifi", text) == text


def test_a_line_that_opens_another_is_read_with_it() -> None:
    assert focus("host of the wifi", "printer: x\n[wifi]\nhost = reef\ndoor: y") == "[wifi]\nhost = reef"


def test_where_only_the_heading_is_meant_the_text_is() -> None:
    text = "All about the wifi\nin May\nfor free"
    assert focus("what about wifi", text) == text
