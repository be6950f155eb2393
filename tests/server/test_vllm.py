"""Against the real vLLM on a CPU, with the bundled base and two of its skills made plain: what the client relies on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from safetensors.torch import load_file, save_file

from adapters.immutable import immutable_copy
from adapters.skill import Skill, load_skill
from router.contract import Contract
from router.conversation import Message, ToolCall, ToolSpec
from router.engines.engine import Request
from router.engines.local import LocalEngine
from router.engines.vllm import VllmEngine, connect, probe
from router.errors import ContextOverflow, WeightsRefused
from router.http import HttpClient
from router.routing import Decision, State
from router.switching import Readers, staying
from tests.server.vllm_process import BASE, ON_VLLM, PYTHON, ROOT, vllm

pytestmark = [*ON_VLLM, pytest.mark.timeout(900)]
CARD = json.loads((BASE / "card.json").read_text(encoding="utf-8")) if (BASE / "card.json").is_file() else {}
USER = Message("user", "How many kilometres are 12 miles?")
CONVERT = ToolSpec(
    "convert_unit",
    "Convert a value.",
    {
        "type": "object",
        "properties": {"value": {"type": "number"}, "from_unit": {"type": "string"}, "to_unit": {"type": "string"}},
        "required": ["value", "from_unit", "to_unit"],
    },
)
SHAPE = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"], "additionalProperties": False}
TEXTS = ['<tool_call>{"name": "convert_unit", "arguments": {"value": 12', '{"answer": "It is 19.3."}']


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("store")


@pytest.fixture(scope="module")
def skills() -> dict[str, Skill]:
    return {name: load_skill(ROOT / "adapters" / name) for name in ("tool-call", "answer")}


@pytest.fixture(scope="module")
def served(store: Path, skills: dict[str, Skill], tmp_path_factory: pytest.TempPathFactory) -> Iterator[VllmEngine]:
    """`tool-call` from the start; `answer` is loaded by a test."""
    skill = skills["tool-call"]
    copy = immutable_copy(skill, store, plain=True)
    log = tmp_path_factory.mktemp("log") / "vllm.log"
    assert PYTHON is not None
    with vllm(PYTHON, log, CARD["context"], "--lora-modules", f"{skill.version}={copy}") as url:
        engine = connect(HttpClient(url, key=""), "base", CARD)
        assert isinstance(engine, VllmEngine)
        yield engine
        engine.close()


@pytest.fixture(scope="module")
def local() -> LocalEngine:
    return LocalEngine(BASE)


def plain(skill: Skill, store: Path) -> Skill:
    """The same weights as the server has them: acting on every token."""
    return replace(skill, weights=immutable_copy(skill, store, plain=True))


def test_it_is_found_to_be_vllm_and_the_bundled_base(served: VllmEngine) -> None:
    features = probe(served.client)
    assert features is not None
    assert features.known, features.version
    assert (served.base.name, served.base.digest) == (CARD["name"], CARD["digest"])


def test_scores_are_the_local_engines(
    served: VllmEngine, local: LocalEngine, skills: dict[str, Skill], store: Path
) -> None:
    request = Request([USER], tools=[CONVERT])
    assert served.score(request, TEXTS) == pytest.approx(local.score(request, TEXTS), abs=0.05)
    skill = skills["tool-call"]
    with_skill = served.score(replace(request, skill=skill), TEXTS)
    assert with_skill == pytest.approx(local.score(replace(request, skill=plain(skill, store)), TEXTS), abs=0.05)
    assert with_skill != pytest.approx(served.score(request, TEXTS), abs=0.05)


def test_a_schema_is_held(served: VllmEngine) -> None:
    contract = Contract.for_schema(SHAPE)
    found = served.generate(Request([USER], contract=contract, max_tokens=40))
    assert found.text.lstrip("{ \t\n").startswith('"n"')
    if found.finish == "stop":  # xgrammar lets a base without a skill go on with blanks for ever
        assert set(contract.parse(found.text)) == {"n"}


def test_a_call_is_held_between_the_markers(served: VllmEngine, skills: dict[str, Skill]) -> None:
    contract = Contract.for_tools([CONVERT], may_decline=False)
    for skill in (skills["tool-call"], None):
        found = served.generate(Request([USER], tools=[CONVERT], skill=skill, contract=contract, max_tokens=120))
        call = contract.parse(found.text, truncated=found.finish != "stop")
        assert isinstance(call, ToolCall)


def test_a_call_may_be_declined(served: VllmEngine) -> None:
    contract = Contract.for_tools([CONVERT])
    found = served.generate(Request([USER], tools=[CONVERT], contract=contract, max_tokens=120))
    assert found.finish != "stop" or contract.parse(found.text) is None or CONVERT.name in found.text


def test_pieces_join_cancel_stops_and_the_cache_is_counted(served: VllmEngine) -> None:
    long = Request([Message("user", "Tell me of units of length. " * 12)], max_tokens=40)
    pieces: list[str] = []
    whole = served.generate(long, on_text=pieces.append)
    assert "".join(pieces) == whole.text
    assert served.generate(long).tokens.reused > 0
    cancel = Event()
    cut = served.generate(replace(long, max_tokens=400), on_text=lambda _: cancel.set(), cancel=cancel)
    assert cut.finish in ("cancelled", "stop")


def test_what_does_not_fit_is_said_and_less_room_is_used(served: VllmEngine) -> None:
    with pytest.raises(ContextOverflow):
        served.generate(Request([Message("user", "miles " * 2000)]))
    assert served.generate(Request([USER], max_tokens=CARD["context"])).tokens.generated > 0


def test_a_skill_is_loaded_and_unloaded_while_it_runs(
    served: VllmEngine, skills: dict[str, Skill], store: Path
) -> None:
    skill = skills["answer"]
    request = Request([USER], skill=skill, max_tokens=12)
    with pytest.raises(WeightsRefused):
        served.generate(request)
    served.load(skill, immutable_copy(skill, store, plain=True))
    assert served.generate(request).tokens.generated > 0
    assert served.check_adapter(skill) > 0.01
    served.unload(skill)
    with pytest.raises(WeightsRefused):
        served.generate(request)


def test_an_adapter_whose_layers_do_not_match_is_noticed(
    served: VllmEngine, skills: dict[str, Skill], store: Path, tmp_path: Path
) -> None:
    """All its B are zero, as if no layer had been matched: vLLM serves it and answers as the base does."""
    broken = tmp_path / "weights"
    broken.mkdir()
    source = immutable_copy(skills["answer"], store, plain=True)
    (broken / "adapter_config.json").write_bytes((source / "adapter_config.json").read_bytes())
    tensors = load_file(source / "adapter_model.safetensors")
    silent = {name: value * (0 if "lora_B" in name else 1) for name, value in tensors.items()}
    save_file(silent, broken / "adapter_model.safetensors")
    skill = replace(skills["answer"], weights=broken)
    with pytest.raises(WeightsRefused, match="exactly as the base"):
        served.load(skill, immutable_copy(skill, store, plain=True))
    served.unload(skill)


def test_what_a_switch_costs_is_read_from_the_servers_counts(
    served: VllmEngine, skills: dict[str, Skill], store: Path
) -> None:
    """Plain adapters share nothing: who has not read the conversation reads all of it, who has finds it again."""
    caller, answerer = skills["tool-call"], skills["answer"]
    served.load(answerer, immutable_copy(answerer, store, plain=True))
    served.readers = Readers(shared=0.5)
    talk = [Message("user", "The ferry leaves at nine and takes forty minutes to the island. " * 40)]
    served.generate(Request(talk, skill=caller, max_tokens=4))
    longer = [*talk, Message("assistant", "It does."), Message("user", "And back?")]
    first = served.generate(Request(longer, skill=answerer, max_tokens=4)).tokens
    assert first.reused == 0
    assert served.readers.shared < 0.5
    again = served.generate(Request(longer, skill=caller, max_tokens=4)).tokens
    assert again.reused > 0.5 * again.prompt
    assert served.readers.kept > 0.7
    unread = [*longer[:1], Message("assistant", "Perhaps.")]
    found = served.readers.expected(unread, [caller.version, answerer.version])
    assert found[caller.version] > 2 * found[answerer.version]
    close = Decision(answerer.name, 0.5, [(answerer.name, 0.5), (caller.name, 0.5 - found[caller.version] / 1e5)])
    router = staying(Always(close), served, lambda: unread, lambda: skills)
    assert router.route(State("And back?")).skill == caller.name
    served.unload(answerer)


class Always:
    def __init__(self, decision: Decision) -> None:
        self._decision = decision

    def route(self, state: State) -> Decision:
        return self._decision
