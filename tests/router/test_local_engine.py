"""The local engine: held to PEFT token for token, one cache for all skills, grammar, streaming, limits, refusals."""

from __future__ import annotations

import json
import math
import re
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from router.conversation import Message, ToolSpec
from router.engines.decoding import Grammar, greedy
from router.engines.engine import Request
from router.engines.loading import load_base
from router.engines.local import ADAPTERS_HELD, LocalEngine
from router.errors import ContextOverflow, EngineUnreachable, SchemaRefused, UsageError, WeightsRefused
from tests.router import tiny

SHAPES = ["opt", "opt-before", "llama", "qwen3"]
USER = Message("user", "How many kilometres are 12 miles?")
TOOL = ToolSpec("convert_unit", "Convert.", {"type": "object", "properties": {"value": {"type": "number"}}})


@dataclass(frozen=True)
class Lark:
    """A contract that is nothing but its grammar."""

    text: str
    says_sentences = False

    def grammar(self, markers: bool) -> str:
        return self.text


def json_grammar(schema: dict[str, Any]) -> Lark:
    spacing = {"x-guidance": {"whitespace_flexible": False, "item_separator": ", ", "key_separator": ": "}}
    return Lark(f"start: body\nbody: %json {json.dumps({**schema, **spacing})}\n")


@pytest.fixture(scope="module", params=SHAPES)
def base(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.make_base(tmp_path_factory.mktemp("base") / request.param, request.param)


@pytest.fixture(scope="module")
def opt_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.make_base(tmp_path_factory.mktemp("opt") / "base", "opt")


@pytest.fixture
def opt(opt_base: Path) -> LocalEngine:
    return LocalEngine(opt_base)


def naive(model: Any, prompt: list[int], count: int) -> list[int]:
    """Greedy, every step from nothing: no cache, no offsets kept, the reference implementation alone."""
    ids, said = list(prompt), []
    with torch.inference_mode():
        while len(said) < count:
            token = int(model(input_ids=torch.tensor([ids])).logits[0, -1].argmax())
            if token == tiny.END:
                break
            ids.append(token)
            said.append(token)
    return said


def text_of(engine: LocalEngine, ids: list[int]) -> str:
    return engine.rendering.guide.decode_bytes(ids).decode("utf-8", errors="replace")


# --- the same as PEFT ---------------------------------------------------------------------------------------------


def test_a_conversation_of_many_skills_is_token_for_token_peft(base: Path, tmp_path: Path) -> None:
    """Three activated skills, one plain one and the base take turns on one growing conversation and one cache."""
    skills: list[tiny.TinySkill | None] = [
        tiny.make_skill(base, tmp_path / f"{seed}", seed=seed, invocation=[tiny.ASSISTANT]) for seed in (1, 2, 3)
    ]
    skills += [None, tiny.make_skill(base, tmp_path / "plain", seed=4, invocation=None), None]
    engine = LocalEngine(base)
    messages, outputs = [USER], set()
    for step, skill in enumerate(skills):
        request = Request(messages, tools=[TOOL] if step % 2 else [], skill=skill, max_tokens=12)
        completion = engine.generate(request)
        prompt = engine.rendering.prompt(request.messages, request.tools)
        assert completion.text == text_of(engine, naive(tiny.peft_model(base, skill), prompt, 12)), f"step {step}"
        assert completion.tokens.prompt == len(prompt)
        outputs.add(completion.text)
        messages = [*messages, Message("assistant", completion.text), Message("tool", f"observed {step}")]
    assert len(outputs) > 3, "the skills do not differ: the test shows nothing"


@pytest.mark.parametrize("config", [{"use_rslora": True}, {"r": 16, "lora_alpha": 4}], ids=["rank-stabilised", "rank"])
def test_scales_are_pefts(opt_base: Path, tmp_path: Path, config: dict[str, Any]) -> None:
    skill = tiny.make_skill(opt_base, tmp_path, seed=5, invocation=[tiny.ASSISTANT], **config)
    engine = LocalEngine(opt_base)
    prompt = engine.rendering.prompt([USER])
    said = engine.generate(Request([USER], skill=skill, max_tokens=8)).text
    assert said == text_of(engine, naive(tiny.peft_model(opt_base, skill), prompt, 8))


def test_logprob_and_score_are_the_references(base: Path, tmp_path: Path) -> None:
    skill = tiny.make_skill(base, tmp_path, seed=6, invocation=[tiny.ASSISTANT])
    engine = LocalEngine(base)
    model, prompt = tiny.peft_model(base, skill), engine.rendering.prompt([USER])
    candidates = ["<no_call>", '<tool_call>{"name": "convert_unit"', "19"]

    def expected(ids: list[int]) -> float:
        table = model(input_ids=torch.tensor([prompt + ids])).logits[0].log_softmax(-1)
        return sum(float(table[len(prompt) - 1 + at, token]) for at, token in enumerate(ids))

    with torch.inference_mode():
        assert engine.score(Request([USER], skill=skill), candidates) == pytest.approx(
            [expected(engine.rendering.encode(text)) for text in candidates], abs=1e-3
        )
        completion = engine.generate(Request([USER], skill=skill, max_tokens=6))
        said = naive(model, prompt, 6)
        assert completion.logprob == pytest.approx(expected(said + [tiny.END] * (len(said) < 6)), abs=1e-3)


def test_scoring_leaves_the_cache_as_generation_left_it(opt: LocalEngine) -> None:
    first = opt.generate(Request([USER], max_tokens=5))
    assert opt.score(Request([USER]), ["a", ""])[1] == 0.0
    assert opt.generate(Request([USER], max_tokens=5)).text == first.text


def test_the_quick_lane_computes_what_transformers_does(opt_base: Path) -> None:
    from router.engines.causal_lm import CausalLM

    quick, slow = load_base(opt_base).network, CausalLM.load(opt_base)
    ids = list(range(10, 60))
    for network_parts in ([ids], [ids[:20], ids[20:21], ids[21:]]):
        logits = []
        for network in (quick, slow):
            cache = network.new_cache()
            for part in network_parts:
                last = network.forward(part, cache, None, 1)
            logits.append(last)
        torch.testing.assert_close(logits[0], logits[1], atol=1e-4, rtol=1e-4)
    assert quick.targets == {path: shape for path, shape in slow.targets.items() if path != "lm_head"}


# --- one cache ----------------------------------------------------------------------------------------------------


def test_switching_activated_skills_reads_only_what_is_new(base: Path, tmp_path: Path) -> None:
    skills = [tiny.make_skill(base, tmp_path / str(n), seed=n, invocation=[tiny.ASSISTANT]) for n in (1, 2)]
    engine = LocalEngine(base)
    engine.generate(Request([USER], skill=skills[0], max_tokens=4))
    prompt = len(engine.rendering.prompt([USER]))
    assert engine.generate(Request([USER], skill=skills[1], max_tokens=4)).tokens.reused == prompt - 1
    longer = [USER, Message("assistant", "Yes."), Message("tool", "19.3")]
    assert engine.generate(Request(longer, skill=skills[0], max_tokens=4)).tokens.reused == prompt - 1
    assert engine.generate(Request(longer, max_tokens=4)).tokens.reused == len(engine.rendering.prompt(longer)) - 1


def test_a_plain_lora_reuses_nothing_of_the_base(base: Path, tmp_path: Path) -> None:
    plain = tiny.make_skill(base, tmp_path, seed=1, invocation=None)
    engine = LocalEngine(base)
    engine.generate(Request([USER], max_tokens=4))
    assert engine.generate(Request([USER], skill=plain, max_tokens=4)).tokens.reused == 0
    prompt = len(engine.rendering.prompt([USER]))
    assert engine.generate(Request([USER], skill=plain, max_tokens=4)).tokens.reused == prompt - 1
    assert engine.generate(Request([USER], max_tokens=4)).tokens.reused == prompt - 1


def test_a_sliding_window_that_cannot_go_back_is_read_again(tmp_path: Path) -> None:
    base = tiny.make_base(tmp_path / "base", "mistral")
    engine = LocalEngine(base)
    skill = tiny.make_skill(base, tmp_path / "skill", seed=1, invocation=[tiny.ASSISTANT])
    long = [Message("user", "How many kilometres are 12 miles? " * 6)]
    for wanted in (skill, None, skill):
        completion = engine.generate(Request(long, skill=wanted, max_tokens=6))
        reference = tiny.peft_model(base, wanted)
        assert completion.text == text_of(engine, naive(reference, engine.rendering.prompt(long), 6))


def test_an_interrupted_pass_leaves_nothing_behind(opt: LocalEngine) -> None:
    expected = opt.generate(Request([USER], max_tokens=8)).text

    def interrupt(_text: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        opt.generate(Request([USER], max_tokens=8), on_text=interrupt)
    again = opt.generate(Request([USER], max_tokens=8))
    assert (again.text, again.tokens.reused) == (expected, 0)


def test_the_least_recently_used_adapter_goes_first(opt: LocalEngine, opt_base: Path, tmp_path: Path) -> None:
    skill = tiny.make_skill(opt_base, tmp_path, seed=1, invocation=[tiny.ASSISTANT])
    for number in range(ADAPTERS_HELD + 2):
        opt.generate(Request([USER], skill=replace(skill, name=f"s{number}"), max_tokens=1))
        opt.generate(Request([USER], skill=replace(skill, name="s0"), max_tokens=1))
    assert len(opt._adapters) == ADAPTERS_HELD
    assert {"s0", f"s{ADAPTERS_HELD + 1}"} <= {name.split("@")[0] for name in opt._adapters}
    assert "s1@0123456789ab" not in opt._adapters


# --- grammar ------------------------------------------------------------------------------------------------------


def test_a_forced_output_costs_no_pass_at_all(opt: LocalEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    passes = count_passes(opt, monkeypatch)
    value = {"answer": "It is 19.3 kilometres.", "citations": [1, 2]}
    completion = opt.generate(Request([USER], contract=json_grammar({"const": value})))
    assert completion.text == json.dumps(value)
    assert (completion.finish, completion.logprob, passes) == ("stop", 0.0, [])
    assert completion.tokens.forced == completion.tokens.generated > 10


def test_forced_tokens_are_read_with_the_next_choice(opt: LocalEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    passes = count_passes(opt, monkeypatch)
    schema = {"type": "object", "properties": {"answer": {"enum": ["yes", "no"]}}, "required": ["answer"]}
    completion = opt.generate(Request([USER], contract=json_grammar({**schema, "additionalProperties": False})))
    assert json.loads(completion.text)["answer"] in ("yes", "no")
    assert len(passes) == completion.tokens.generated - completion.tokens.forced < 5
    assert opt.rendering.encode(completion.text) == opt.rendering.encode('{"answer": "') + opt.rendering.encode(
        completion.text.removeprefix('{"answer": "')
    )


def test_every_output_obeys_the_grammar_and_ends(base: Path) -> None:
    call = 'start: <tool_call> body </tool_call> | <no_call>\nbody: "{" /[a-z]{1,8}/ ": " /[0-9]{1,3}/ "}"\n'
    engine = LocalEngine(base)
    texts = {
        engine.generate(Request([USER], contract=Lark(call), temperature=1.5, seed=seed)).text for seed in range(12)
    }
    assert len(texts) > 3
    pattern = r"<tool_call>\{[a-z]{1,8}: [0-9]{1,3}\}</tool_call>|<no_call>"
    assert all(re.fullmatch(pattern, text) for text in texts), texts


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(-9, 9), min_size=12, max_size=12), st.integers(0, 3))
def test_asking_about_one_token_and_masking_all_choose_alike(bias: list[float], seed: int) -> None:
    """The short cut for greedy choice: allowed wish or best of the mask, always the same token."""
    from llguidance import LLTokenizer

    guide = LLTokenizer(tiny.tokenizer().to_str(), eos_token=[tiny.END])
    quick, full = (Grammar(guide, 'start: /[a-f]{1,4}/ | "{" /[0-9]+/ "}"\n') for _ in range(2))
    generator = torch.Generator().manual_seed(seed)
    for tilt in bias:
        logits = torch.randn(guide.vocab_size, generator=generator)
        logits[: len(bias)] += tilt
        chosen = quick.choose(logits, greedy)
        assert chosen == full.choose(logits, lambda each: int(each.argmax()))
        if chosen == tiny.END or quick.is_complete:
            break


def test_a_grammar_that_cannot_be_compiled_is_refused(opt: LocalEngine) -> None:
    with pytest.raises(SchemaRefused, match="cannot be compiled"):
        opt.generate(Request([USER], contract=Lark("start: nothing_here\n")))


# --- output -------------------------------------------------------------------------------------------------------


def test_what_streams_is_the_text_in_whole_characters(opt: LocalEngine) -> None:
    pieces: list[str] = []
    text = "größer 日本 👍"
    request = Request([USER], contract=json_grammar({"enum": [text, text + "!"]}))
    completion = opt.generate(request, on_text=pieces.append)
    assert "".join(pieces) == completion.text
    assert json.loads(completion.text) in (text, text + "!")
    assert "\N{REPLACEMENT CHARACTER}" not in completion.text


def test_control_tokens_appear_as_text(opt: LocalEngine) -> None:
    assert opt.generate(Request([USER], contract=Lark("start: <no_call>\n"))).text == "<no_call>"


def test_an_output_ends_at_its_limit(opt: LocalEngine) -> None:
    contract = Lark("start: /a{500}/\n")
    completion = opt.generate(Request([USER], contract=contract, max_tokens=7))
    assert (completion.finish, completion.tokens.generated) == ("length", 7)
    assert set(completion.text) == {"a"}


@pytest.mark.parametrize("limit", range(1, 12))
def test_a_cut_output_is_never_called_complete(opt: LocalEngine, limit: int) -> None:
    whole = '{"answer": 12}'
    completion = opt.generate(Request([USER], contract=json_grammar({"const": {"answer": 12}}), max_tokens=limit))
    assert (completion.finish == "stop") == (completion.text == whole)
    assert completion.tokens.generated <= limit


def test_cancelling_stops_between_tokens(opt: LocalEngine) -> None:
    cancel, pieces = Event(), []

    def stop_after_three(piece: str) -> None:
        pieces.append(piece)
        if len(pieces) == 3:
            cancel.set()

    contract = Lark("start: /[a-z]{200}/\n")
    completion = opt.generate(Request([USER], contract=contract), on_text=stop_after_three, cancel=cancel)
    assert (completion.finish, len(pieces)) == ("cancelled", 3)


def test_a_seed_draws_the_same_and_another_does_not(opt: LocalEngine) -> None:
    draws = [opt.generate(Request([USER], temperature=1.0, seed=seed, max_tokens=12)).text for seed in (1, 1, 2)]
    assert draws[0] == draws[1] != draws[2]


# --- refusals -----------------------------------------------------------------------------------------------------


def test_an_overflowing_conversation_is_refused_with_its_numbers(opt: LocalEngine) -> None:
    with pytest.raises(ContextOverflow, match=r"takes \d+ tokens .* holds 256") as refused:
        opt.generate(Request([Message("user", "notes " * 300)]))
    assert refused.value.hint


def test_generation_stops_at_the_end_of_the_context(opt: LocalEngine) -> None:
    messages = [Message("user", "7" * 220)]
    completion = opt.generate(Request(messages, contract=Lark("start: /[0-9]{400}/\n"), max_tokens=400))
    assert completion.finish == "length"
    assert completion.tokens.prompt + completion.tokens.generated == 256


def break_config(folder: Path, **changes: Any) -> None:
    path = folder / "adapter_config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def rewrite_weights(folder: Path, change: Any) -> None:
    from safetensors.torch import load_file, save_file

    path = folder / "adapter_model.safetensors"
    save_file(change(load_file(path)), path)


def rename_layer(folder: Path) -> None:
    rewrite_weights(folder, lambda t: {key.replace("layers.1", "layers.7"): value for key, value in t.items()})


def narrow(folder: Path) -> None:
    """Every A for an input of 3 features."""
    rewrite_weights(folder, lambda t: {k: v[:, :3].clone() if "lora_A" in k else v for k, v in t.items()})


def spoil(folder: Path) -> None:
    rewrite_weights(folder, lambda t: {key: value * math.nan for key, value in t.items()})


FAULTS = {
    "torn weights": (lambda f: (f / "adapter_model.safetensors").write_bytes(b"PK\x03\x04"), "safetensors"),
    "no weights": (lambda f: (f / "adapter_model.safetensors").unlink(), "missing"),
    "not a LoRA": (lambda f: break_config(f, peft_type="IA3"), "IA3"),
    "another invocation": (lambda f: break_config(f, alora_invocation_tokens=[9, 9, 9]), "never contain"),
    "a layer the base lacks": (rename_layer, "no linear layer"),
    "another width": (narrow, "in the base it is"),
    "not finite": (spoil, "not finite"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_weights_that_cannot_serve_are_refused(opt: LocalEngine, opt_base: Path, tmp_path: Path, fault: str) -> None:
    skill = tiny.make_skill(opt_base, tmp_path, seed=1, invocation=[tiny.ASSISTANT])
    breaks, says = FAULTS[fault]
    breaks(tmp_path)
    with pytest.raises(WeightsRefused, match=says):
        opt.generate(Request([USER], skill=skill))


def test_a_skill_of_another_base_is_refused(opt: LocalEngine, opt_base: Path, tmp_path: Path) -> None:
    skill = tiny.make_skill(opt_base, tmp_path, seed=1, invocation=[tiny.ASSISTANT])
    opt.generate(Request([USER], skill=replace(skill, card={"base": {"digest": opt.base.digest}}), max_tokens=1))
    with pytest.raises(WeightsRefused, match="trained on the base"):
        opt.generate(Request([USER], skill=replace(skill, name="other", card={"base": {"digest": "f" * 64}})))


@pytest.mark.parametrize("missing", ["config.json", "model.safetensors"])
def test_a_base_that_is_not_there_is_unreachable(opt_base: Path, tmp_path: Path, missing: str) -> None:
    folder = Path(shutil.copytree(opt_base, tmp_path / "base"))
    (folder / missing).unlink()
    with pytest.raises(EngineUnreachable):
        LocalEngine(folder)
    with pytest.raises(EngineUnreachable, match="no base folder"):
        LocalEngine(tmp_path / "no such folder!")


@pytest.mark.parametrize("shape", ["opt", "llama"])
def test_a_damaged_base_is_refused(tmp_path: Path, shape: str) -> None:
    folder = tiny.make_base(tmp_path, shape)
    (folder / "model.safetensors").write_bytes(b"\x08\0\0\0\0\0\0\0{}      ")
    with pytest.raises((WeightsRefused, EngineUnreachable)):
        LocalEngine(folder)


def test_a_base_without_a_chat_template_is_refused(opt_base: Path, tmp_path: Path) -> None:
    folder = tiny.make_base(tmp_path, "opt")
    (folder / "chat_template.jinja").unlink()
    with pytest.raises(UsageError, match="no chat template"):
        LocalEngine(folder)


# --- what the run time knows of a base ---------------------------------------------------------------------------


def test_the_card_speaks_for_the_base(opt: LocalEngine) -> None:
    info = opt.base
    assert (info.name, info.context, info.tools_shown, info.reads_whole_task) == ("tiny-opt", 256, 2, False)
    assert len(info.digest) == 64


def test_without_a_card_the_defaults_are_those_of_a_large_base(tmp_path: Path) -> None:
    info = LocalEngine(tiny.make_base(tmp_path / "some-model", "llama", card=False)).base
    assert (info.name, info.context, info.tools_shown, info.reads_whole_task) == ("some-model", 256, 16, True)


def count_passes(engine: LocalEngine, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Lengths of the network's passes from now on."""
    passes: list[int] = []
    forward = engine._network.forward

    def counted(ids: list[int], *rest: Any) -> torch.Tensor:
        passes.append(len(ids))
        return forward(ids, *rest)

    monkeypatch.setattr(engine._network, "forward", counted)
    return passes
