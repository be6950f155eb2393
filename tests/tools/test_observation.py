"""Nothing a tool says reaches the model as a control token, and nothing of any length gets through whole."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tools.observation import clean, disarm, readable

CONTROL_TOKENS = [
    "<|im_start|>", "<|im_end|>", "<|end|>", "<|user|>", "<|assistant|>", "<|tools|>", "<|endoftext|>", "<|eot_id|>",
    "<|reserved special token 3|>", "<｜begin▁of▁sentence｜>", "<tool_call>", "</tool_call>", "<no_call>",
    "<TOOL_CALL>", "<tool_response>", "</think>", "<s>", "</s>", "<bos>", "<start_of_turn>", "<end_of_turn>",
    "<unk>", "<<SYS>>", "<</SYS>>", "[INST]", "[/INST]", "[TOOL_CALLS]", "[AVAILABLE_TOOLS]", "[CLS]", "[SEP]",
    "[MASK]", "＜|im_start|＞",
]  # fmt: skip


@pytest.mark.parametrize("token", CONTROL_TOKENS)
def test_control_tokens_are_disarmed_but_still_legible(token: str) -> None:
    shown = disarm(f"before {token} after")
    assert token not in shown
    assert re.sub(r"\W", "", token) in re.sub(r"\W", "", shown)


@pytest.mark.parametrize(
    "text", ["a < b and c > d", "x |> f", "list[int]", "[1] notes.txt:3: hello", "<p>hi</p>", "[INFO] up"]
)
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert disarm(text) == text


@given(st.lists(st.sampled_from([*CONTROL_TOKENS, "<|", "|>", "im_start", "<", ">", "[", "]", "\u200b", "\0", "a"])))
def test_no_token_is_assembled_from_pieces(pieces: list[str]) -> None:
    shown = clean("".join(pieces), limit=10_000)
    assert not [token for token in CONTROL_TOKENS if token in shown]


@given(st.text(), st.lists(st.text(min_size=1, alphabet="<>[]|#ab·• "), max_size=3))
@example("#", ["##"])
@example("a", ["·•"])
def test_a_tokenizers_own_tokens_are_disarmed(text: str, reserved: list[str]) -> None:
    shown = disarm(text + "".join(reserved), reserved[:1])
    assert all(token not in shown for token in reserved[:1] if token.strip())


@given(st.text(max_size=400), st.integers(min_value=60, max_value=200))
def test_output_never_exceeds_the_limit(text: str, limit: int) -> None:
    assert len(clean(text, limit)) <= limit


def test_the_cut_is_counted() -> None:
    shown = clean("x" * 5000, limit=1000)
    kept = shown.count("x")
    assert shown.endswith(f"[{5000 - kept:,} more characters cut]")
    assert len(shown) <= 1000


def test_invisible_characters_are_dropped() -> None:
    assert clean("a\x1b[31mred\u202e\u200b\x00\r\nb\tc\ud800", 100) == "a[31mred\nb\tc"


@pytest.mark.parametrize(
    ("result", "text"), [("as it is", "as it is"), (None, "done"), ({"a": [1, "é"]}, '{"a": [1, "é"]}'), (3, "3")]
)
def test_results_become_text(result: object, text: str) -> None:
    assert readable(result) == text
