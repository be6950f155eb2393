"""Making a base: the tokenizer copies, the conversion maps, the loss falls where it should, a stopped run resumes."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from training import convert, decoder, synthetic
from training.batches import batches, collate
from training.curriculum import IGNORE, Curriculum, dress, prompt_text, target_text, tokenise
from training.example import Example
from training.pretrain import TEMPLATE, Plan, Progress, exactness, learning_rate, step
from training.tokenizer import as_pretrained, train_tokenizer


@pytest.fixture(scope="module")
def rows() -> list[Example]:
    stream = synthetic.mixture(random.Random(0))
    return [next(stream) for _ in range(400)]


@pytest.fixture(scope="module")
def tokenizer(rows: list[Example]):  # type: ignore[no-untyped-def]
    texts = [message["content"] for row in rows for message in row.messages] + [target_text(row) for row in rows]
    return train_tokenizer(texts, vocabulary=1024)


@pytest.fixture(scope="module")
def pretrained(tokenizer):  # type: ignore[no-untyped-def]
    return as_pretrained(tokenizer, TEMPLATE.read_text(encoding="utf-8"))


@given(text=st.text(max_size=80))
@settings(max_examples=200, deadline=None)
def test_any_text_survives_the_tokenizer(tokenizer, text: str) -> None:  # type: ignore[no-untyped-def]
    assert tokenizer.decode(tokenizer.encode(text).ids, skip_special_tokens=False) == text


@given(words=st.lists(st.from_regex(r"[A-Za-z]{1,12}", fullmatch=True), min_size=1, max_size=4))
@settings(max_examples=100, deadline=None)
def test_a_value_has_the_same_tokens_in_a_request_and_in_json(tokenizer, words: list[str]) -> None:  # type: ignore[no-untyped-def]
    value = " ".join(words)
    inside = tokenizer.encode(f'{{"city": "{value}"}}').tokens
    spoken = tokenizer.encode(f"go to {value} now").tokens
    alone = tokenizer.encode(value).tokens
    assert any(inside[i : i + len(alone)] == alone for i in range(len(inside)))
    assert any(spoken[i : i + len(alone)] == alone for i in range(len(spoken)))


def test_the_markers_are_single_tokens(pretrained) -> None:  # type: ignore[no-untyped-def]
    for marker in ("<|user|>", "<|assistant|>", "<|tools|>", "<|end|>", "<tool_call>", "</tool_call>", "<no_call>"):
        assert len(pretrained.encode(marker, add_special_tokens=False)) == 1


def test_signatures_are_compact_and_stand_after_the_conversation(pretrained) -> None:  # type: ignore[no-untyped-def]
    parameters = {
        "type": "object",
        "properties": {
            "city": {"type": "string", "description": "Where"},
            "unit": {"enum": ["c", "f"]},
            "days": {"type": "array", "items": {"type": "integer"}},
            "at": {"type": "object", "properties": {"lat": {"type": "number"}}, "required": ["lat"]},
        },
        "required": ["city"],
    }
    tools = [{"type": "function", "function": {"name": "weather", "description": "Tell it.", "parameters": parameters}}]
    text = pretrained.apply_chat_template(
        [{"role": "user", "content": "hi"}], tools=tools, add_generation_prompt=True, tokenize=False
    )
    signature = "weather(city:string Where; unit?:c|f; days?:[integer]; at?:{lat:number}) Tell it."
    assert text == f"<|user|>hi<|end|><|tools|>{signature}<|end|><|assistant|>"


def test_the_template_keeps_prefixes_and_marks_what_the_assistant_said(pretrained) -> None:  # type: ignore[no-untyped-def]
    messages = [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "yes"}]
    whole = pretrained.apply_chat_template(messages, tokenize=False)
    assert whole.startswith(pretrained.apply_chat_template(messages[:1], tokenize=False))
    marked = pretrained.apply_chat_template(
        messages, tokenize=True, return_dict=True, return_assistant_tokens_mask=True
    )
    said = [i for i, on in zip(marked["input_ids"], marked["assistant_masks"], strict=True) if on]
    assert pretrained.decode(said) == "yes<|end|>"


def test_minilm_becomes_a_decoder_matrix_by_matrix(tokenizer) -> None:  # type: ignore[no-untyped-def]
    from safetensors.torch import load_file

    model = convert.convert(tokenizer, layers=12)
    weights = load_file(convert.minilm_folder() / "model.safetensors")
    ours = model.model.decoder.layers
    assert torch.equal(ours[0].fc1.weight, weights["encoder.layer.0.intermediate.dense.weight"])
    assert torch.equal(ours[11].self_attn.q_proj.weight, weights["encoder.layer.5.attention.self.query.weight"])
    assert torch.equal(ours[1].fc2.bias, ours[0].fc2.bias), "a deeper model repeats the encoder's layers in order"


def test_the_training_forward_is_transformers_own(tokenizer, rows: list[Example], pretrained) -> None:  # type: ignore[no-untyped-def]
    model = convert.fresh_model(tokenizer.get_vocab_size(), layers=2).eval()
    batch = collate([tokenise(pretrained, row) for row in rows[:3]])
    with torch.inference_mode():
        ours = model.lm_head(decoder.hidden_states(model, batch.ids))
        for i in range(3):
            length = int((batch.ids[i] != 0).sum())
            theirs = model(input_ids=batch.ids[i : i + 1, :length]).logits
            torch.testing.assert_close(ours[i : i + 1, :length], theirs, atol=2e-4, rtol=1e-3)


def test_loss_falls_on_every_output_token_and_no_other(rows: list[Example], pretrained) -> None:  # type: ignore[no-untyped-def]
    row = tokenise(pretrained, rows[0])
    batch = collate([row])
    learned = batch.targets[batch.targets != IGNORE].tolist()
    assert learned == row.ids[row.start :]
    assert pretrained.decode(learned) == target_text(rows[0]) + "<|end|>"


@given(seed=st.integers(0, 10_000))
@settings(max_examples=150, deadline=None)
def test_dressing_keeps_a_call_right(rows: list[Example], seed: int) -> None:
    rng = random.Random(seed)
    row = rng.choice([row for row in rows if row.skill == "tool-call"])
    dressed = dress(row, [], rng, Curriculum(mask_names=0.5, shuffle_parameters=0.5))
    names = [tool["name"] for tool in dressed.tools]
    assert len(set(names)) == len(names)
    if dressed.output is None:
        return
    tool = next(tool for tool in dressed.tools if tool["name"] == dressed.output["name"])
    order = [name for name in tool["parameters"]["properties"] if name in dressed.output["arguments"]]
    assert order == list(dressed.output["arguments"])
    assert row.output is not None
    assert sorted(map(str, dressed.output["arguments"].values())) == sorted(map(str, row.output["arguments"].values()))


def test_masked_names_say_nothing_and_descriptions_stay(rows: list[Example]) -> None:
    row = next(row for row in rows if row.output and row.skill == "tool-call" and row.output["arguments"])
    dressed = dress(row, [], random.Random(3), Curriculum(mask_names=1.0))
    tool = next(tool for tool in dressed.tools if dressed.output and tool["name"] == dressed.output["name"])
    assert tool["name"] not in {original["name"] for original in row.tools}
    assert tool["description"]
    assert all(field.get("description") for field in tool["parameters"]["properties"].values())


def test_batches_hold_the_budget_and_every_row(rows: list[Example], pretrained) -> None:  # type: ignore[no-untyped-def]
    ready = [tokenise(pretrained, row) for row in rows]
    endless = (ready[i % len(ready)] for i in range(10**9))
    stream = batches(endless, 1024, random.Random(0))
    some = [next(stream) for _ in range(40)]
    assert all(batch.ids.numel() <= 1024 + 31 * batch.ids.shape[0] or batch.ids.shape[0] == 1 for batch in some)


def test_the_rate_warms_up_stays_and_falls_to_nothing() -> None:
    plan = Plan(minutes=10, warmup_steps=10, decay_share=0.5)
    assert learning_rate(plan, Progress(step=0)) == pytest.approx(plan.learning_rate / 10)
    assert learning_rate(plan, Progress(step=50, seconds=240)) == plan.learning_rate
    assert learning_rate(plan, Progress(step=90, seconds=600)) == 0.0


def test_an_update_learns_and_exactness_sees_it(rows: list[Example], pretrained, tokenizer) -> None:  # type: ignore[no-untyped-def]
    torch.manual_seed(0)
    model = convert.fresh_model(tokenizer.get_vocab_size(), layers=2)
    row = min((tokenise(pretrained, row) for row in rows), key=lambda row: len(row.ids))
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    assert exactness(model, [row], "cpu") == {row.source: (0, 1)}
    losses = [step(model, optimizer, collate([row]), 1e-3, "cpu") for _ in range(60)]
    assert losses[-1] < losses[0] / 10
    assert exactness(model, [row], "cpu") == {row.source: (1, 1)}


def test_a_stopped_run_goes_on_from_its_checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from training import pretrain

    plan = Plan(minutes=0.02, vocabulary=600, batch_tokens=256, layers=1, grown_from="scratch", warmup_steps=1)
    monkeypatch.setattr(pretrain.corpus, "held_out_rows", lambda data: [])
    pretrain.train(plan, None, tmp_path, "cpu")
    first = json.loads((tmp_path / "training.json").read_text())
    longer = first["seconds"] / 60 + 0.02
    pretrain.train(Plan(**{**vars(plan), "minutes": longer}), None, tmp_path, "cpu")
    second = json.loads((tmp_path / "training.json").read_text())
    assert second["step"] > first["step"] > 0
    assert (tmp_path / "model.safetensors").is_file()


def test_prompts_of_every_skill_end_with_the_invocation(rows: list[Example], pretrained) -> None:  # type: ignore[no-untyped-def]
    assert {row.skill for row in rows} == {"tool-call", "json-extract", "answer", "retrieval-format", "safety-filter"}
    assert all(prompt_text(pretrained, row).endswith("<|end|><|assistant|>") for row in rows)
