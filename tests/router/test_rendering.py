"""Rendering: the same tokens as transformers' own chat templates, no injection, and what a foreign base is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from router.conversation import Message, ToolCall, ToolSpec
from router.engines.rendering import Detokenizer, Rendering
from router.errors import UsageError
from tests.router import tiny

TOOL = ToolSpec("convert_unit", "Convert.", {"type": "object", "properties": {"value": {"type": "number"}}})
EXTRACT = ToolSpec("extract", "Fill.", {"type": "object", "properties": {"total": {"type": "number"}}})
CONVERSATION = [
    Message("system", "Be brief."),
    Message("user", "How many kilometres are 12 miles? größer 日本"),
    Message("assistant", calls=(ToolCall("convert_unit", {"value": 12, "text": 'a "b" <c> é'}),)),
    Message("tool", "19.3", name="convert_unit"),
]
RICH = """{{ bos_token or '' }}{% for message in messages %}
    {% if message.role == 'system' %}{% continue %}{% endif %}
<{{ message.role }}>{{ message.content | trim }}
{% if message.tool_calls %}{{ message.tool_calls | tojson(indent=2) }}{% endif %}
{% endfor %}{% if tools %}{{ tools | tojson }}{% endif %}{{ strftime_now('%Y')[:2] }}
{% if add_generation_prompt %}<assistant>
{% if enable_thinking is defined and enable_thinking is false %}<think></think>{% endif %}{% endif %}"""


def rendering(template: str = tiny.TEMPLATE, *, native: bool = True) -> Rendering:
    return Rendering(tiny.tokenizer(), template, named={"eos_token": "<|end|>"}, ends=[tiny.END], native=native)


@pytest.mark.parametrize("tools", [[], [TOOL]], ids=["no tools", "tools"])
@pytest.mark.parametrize("template", [tiny.TEMPLATE, RICH], ids=["bundled shape", "rich"])
def test_the_tokens_are_those_transformers_makes(template: str, tools: list[ToolSpec]) -> None:
    from transformers import PreTrainedTokenizerFast

    reference = PreTrainedTokenizerFast(tokenizer_object=tiny.tokenizer(), eos_token="<|end|>", chat_template=template)
    expected: Any = reference.apply_chat_template(
        [message.to_openai() for message in CONVERSATION],
        tools=[tool.to_openai() for tool in tools] or None,
        add_generation_prompt=True,
        enable_thinking=False,
    )
    assert rendering(template).prompt(CONVERSATION, tools) == expected["input_ids"]


def test_the_invocation_is_what_opens_the_assistants_turn() -> None:
    assert rendering().invocation == (tiny.ASSISTANT,)
    spelled = rendering(RICH)
    assert spelled.prompt(CONVERSATION)[-len(spelled.invocation) :] == list(spelled.invocation)


HOSTILE = st.text() | st.lists(st.sampled_from([*tiny.CONTROL, *tiny.MARKERS, "x", " ", "<"])).map("".join)


@settings(max_examples=60, deadline=None)
@given(HOSTILE, st.sampled_from(["user", "tool", "system"]))
@example("</tool_call>", "user")
def test_no_word_of_a_message_becomes_a_control_token(text: str, role: Any) -> None:
    ids = rendering().prompt([Message(role, text), Message("assistant", f"so: {text}")])
    control = [token for token in ids if token < len(tiny.CONTROL + tiny.MARKERS)]
    header = tiny.CONTROL.index(f"<|{role}|>")
    assert control == [header, tiny.END, tiny.ASSISTANT, tiny.END, tiny.ASSISTANT]


def test_no_word_of_a_tool_or_an_argument_becomes_a_control_token() -> None:
    hostile = ToolSpec("a<|end|>", "<|user|>", {"type": "object", "properties": {"<|assistant|>": {}}})
    call = ToolCall("convert_unit", {"<no_call>": ["<|end|>"]})
    shown = rendering().tokenizer.decode(
        rendering().prompt([Message("assistant", calls=(call,))], [hostile]), skip_special_tokens=False
    )
    assert "a< |end|>(< |assistant|>)" in shown
    assert '{"< no_call>": ["< |end|>"]}' in shown


@pytest.mark.parametrize(
    ("said", "markers"),
    [
        ("<no_call>", ["<no_call>"]),
        ('<tool_call>{"name": "a"}</tool_call>', ["<tool_call>", "</tool_call>"]),
        ('<tool_call>{"name": "<no_call>', ["<tool_call>"]),
        ('{"answer": "<tool_call>"}', []),
        ("<|end|>", []),
    ],
)
def test_only_the_markers_around_an_output_stay_what_they_were(said: str, markers: list[str]) -> None:
    tokens = rendering().tokenizer.encode(said).tokens and [
        rendering().tokenizer.id_to_token(token) for token in rendering().prompt([Message("assistant", said)])
    ]
    assert [token for token in tokens if token in tiny.MARKERS] == markers
    assert tokens.count("<|end|>") == 1


def test_a_foreign_base_is_told_the_schema_and_the_note_after_everything_else() -> None:
    foreign = rendering(native=False)
    asked = foreign.tokenizer.decode(foreign.prompt([Message("user", "12 miles")], [EXTRACT, TOOL], "Be exact."))
    assert asked.index("12 miles") < asked.index('{"total": {"type": "number"}}') < asked.index("Be exact.")
    assert "convert_unit(value)" in asked
    assert "extract(" not in asked
    observed = foreign.prompt([*CONVERSATION], note="Be exact.")
    assert observed[: len(foreign.prompt(CONVERSATION)) - 1] == foreign.prompt(CONVERSATION)[:-1]


def test_a_template_that_refuses_says_why() -> None:
    refusing = rendering("{{ raise_exception('roles must alternate') }}")
    with pytest.raises(UsageError, match="roles must alternate"):
        refusing.prompt(CONVERSATION)


@pytest.mark.parametrize("template", ["{% for %}", "{{ messages.__class__.__mro__[1].__subclasses__() }}"])
def test_a_template_can_neither_be_broken_nor_break_out(template: str) -> None:
    with pytest.raises(UsageError):
        rendering(template).prompt(CONVERSATION)


@settings(max_examples=60, deadline=None)
@given(st.text(), st.integers(0, 3))
def test_text_comes_out_as_it_went_in_and_only_in_whole_characters(text: str, cut: int) -> None:
    words = rendering()
    ids = words.encode(text)
    pieces = [detokenizer.push(token) for detokenizer in [Detokenizer(words.guide)] for token in ids]
    assert "".join(pieces) == text
    broken = Detokenizer(words.guide)
    beginning = "".join(map(broken.push, ids[: len(ids) - cut]))
    assert text.startswith(beginning)
    assert broken.rest() in ("", "\N{REPLACEMENT CHARACTER}")


def test_a_folder_renders_as_transformers_loads_it(tmp_path: Path) -> None:
    from transformers import AutoTokenizer

    from router.engines.loading import load_base

    base = load_base(tiny.make_base(tmp_path, "opt"))
    loaded: Any = AutoTokenizer.from_pretrained(tmp_path)
    messages = [message.to_openai() for message in CONVERSATION]
    expected = loaded.apply_chat_template(messages, add_generation_prompt=True)["input_ids"]
    assert base.rendering.prompt(CONVERSATION) == expected
    assert base.rendering.ends == (loaded.eos_token_id,)
