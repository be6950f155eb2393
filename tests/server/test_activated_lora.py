"""The activated-LoRA plugin in the real vLLM on a CPU: token for token what PEFT says, and the base's cache for all."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from adapters.immutable import immutable_copy
from adapters.skill import Skill, load_skill
from router.conversation import Message
from router.engines.engine import Request
from router.engines.local import LocalEngine
from router.engines.vllm import VllmEngine, connect
from router.http import HttpClient
from router.vllm_plugin.invocation import NEVER, begins
from tests.server.peft_reference import Reference, Said
from tests.server.vllm_process import BASE, ON_VLLM, PYTHON, ROOT, plugin_folder, vllm

NAMES = ("answer", "json-extract", "retrieval-format", "safety-filter", "tool-call")
pytestmark = [*ON_VLLM, pytest.mark.timeout(1200)]
CARD = json.loads((BASE / "card.json").read_text(encoding="utf-8")) if (BASE / "card.json").is_file() else {}
CONTEXT = 1024  # enough for every prompt here, and quicker to start than all the base can hold
BLOCK, CHUNK = 32, 128  # tokens: of the cache, and the most of a prompt that one step computes
LONG = 12  # tokens said
TOKENS = "alora_invocation_tokens"


@dataclass(frozen=True)
class Adapter:
    """What the server calls `name` acts as PEFT's `weights`, from the last `invocation` on."""

    name: str
    weights: str
    invocation: tuple[int, ...]


@dataclass(frozen=True)
class Answer:
    tokens: list[int]
    logprobs: list[float]
    reused: int


class Server:
    """A running vLLM, asked with token ids and answering with them."""

    def __init__(self, url: str, log: Path, ends: Sequence[int]) -> None:
        self.url, self.log, self._ends = url, log, frozenset(ends)
        self._client = httpx.Client(timeout=300, trust_env=False)

    def say(self, model: str, prompt: Sequence[int], count: int = LONG) -> Answer:
        asked = {"model": model, "prompt": list(prompt), "max_tokens": count, "temperature": 0}
        data = self._post("completions", {**asked, "return_token_ids": True, "logprobs": 1})
        choice = data["choices"][0]
        pairs = zip(choice["token_ids"], choice["logprobs"]["token_logprobs"], strict=True)
        said = [(token, logprob) for token, logprob in pairs if token not in self._ends]
        reused = (data["usage"].get("prompt_tokens_details") or {}).get("cached_tokens") or 0
        return Answer([token for token, _ in said], [logprob for _, logprob in said], reused)

    def say_all(self, asked: Sequence[tuple[str, Sequence[int]]], count: int = LONG) -> list[Answer]:
        """All at once."""
        with ThreadPoolExecutor(len(asked)) as pool:
            return list(pool.map(lambda one: self.say(*one, count), asked))

    def load(self, name: str, folder: Path) -> None:
        self._post("load_lora_adapter", {"lora_name": name, "lora_path": str(folder)})

    def counted(self, metric: str) -> float:
        text = self._client.get(f"{self.url.removesuffix('/v1')}/metrics").text
        return sum(float(value) for value in re.findall(rf"^{metric}(?:{{.*}})? (\S+)$", text, re.MULTILINE))

    def _post(self, path: str, body: Mapping[str, Any]) -> Any:
        response = self._client.post(f"{self.url}/{path}", json=body)
        assert response.is_success, response.text
        return response.json() if "json" in response.headers.get("content-type", "") else None


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("store")


@pytest.fixture(scope="module")
def skills() -> dict[str, Skill]:
    return {name: load_skill(ROOT / "adapters" / name) for name in NAMES}


@pytest.fixture(scope="module")
def local() -> LocalEngine:
    return LocalEngine(BASE)


@pytest.fixture(scope="module")
def adapters(skills: dict[str, Skill], store: Path, local: LocalEngine) -> dict[str, Adapter]:
    """By the name the server has for it: each skill as it is, as a plain copy, and with a longer invocation."""
    longer = invocation(local, "<|end|><|assistant|>")
    found: list[Adapter] = []
    for name, skill in skills.items():
        own = tuple(json.loads((immutable_copy(skill, store) / "adapter_config.json").read_bytes())[TOKENS])
        found += [Adapter(skill.version, name, own), Adapter(f"plain-{name}", name, ())]
    found.append(Adapter("longer", "answer", longer))
    return {adapter.name: adapter for adapter in found}


def invocation(local: LocalEngine, text: str) -> tuple[int, ...]:
    return tuple(local.rendering.encode(text))


@pytest.fixture(scope="module")
def folders(skills: dict[str, Skill], store: Path, adapters: dict[str, Adapter]) -> dict[str, Path]:
    """The weights of each adapter, under the name the server has for it."""
    found = {skill.version: immutable_copy(skill, store) for skill in skills.values()}
    found |= {f"plain-{name}": immutable_copy(skill, store, plain=True) for name, skill in skills.items()}
    longer = store / "longer"
    longer.mkdir()
    source = found[skills["answer"].version]
    config = json.loads((source / "adapter_config.json").read_bytes())
    (longer / "adapter_config.json").write_text(json.dumps({**config, TOKENS: list(adapters["longer"].invocation)}))
    (longer / "adapter_model.safetensors").write_bytes((source / "adapter_model.safetensors").read_bytes())
    return {**found, "longer": longer}


@pytest.fixture(scope="module")
def reference(folders: dict[str, Path], local: LocalEngine) -> Reference:
    return Reference(BASE, {name: folders[f"plain-{name}"] for name in NAMES}, local.rendering.ends)


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return {"PYTHONPATH": str(plugin_folder(tmp_path_factory.mktemp("plugin")))}


@pytest.fixture(scope="module")
def served(
    folders: dict[str, Path],
    environment: dict[str, str],
    local: LocalEngine,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Server]:
    """With the plugin, the prefix cache on, and prompts cut into chunks. Every adapter has a slot."""
    log = tmp_path_factory.mktemp("log") / "vllm.log"
    modules = [f"{name}={folder}" for name, folder in folders.items()]
    slots = str(len(folders))
    more = ["--max-loras", slots, "--max-cpu-loras", slots, "--block-size", str(BLOCK)]
    more += ["--max-num-batched-tokens", str(CHUNK), "--lora-modules", *modules]
    assert PYTHON is not None
    with vllm(PYTHON, log, CONTEXT, *more, env=environment) as url:
        yield Server(url, log, local.rendering.ends)


@dataclass
class Judge:
    """Holds answers to what PEFT says."""

    reference: Reference
    adapters: dict[str, Adapter]

    def said(self, name: str, prompt: Sequence[int], count: int = LONG) -> Said:
        adapter = self.adapters.get(name)
        begin = begins(prompt, adapter.invocation) if adapter else 0
        return self.reference.say(adapter.weights if adapter and begin != NEVER else None, prompt, begin, count)

    def check(self, name: str, prompt: Sequence[int], answer: Answer, count: int = LONG) -> None:
        said = self.said(name, prompt, count)
        assert said.is_said_by(answer.tokens, answer.logprobs), (name, len(prompt), said, answer)


@pytest.fixture(scope="module")
def judge(reference: Reference, adapters: dict[str, Adapter]) -> Judge:
    return Judge(reference, adapters)


def conversation(local: LocalEngine, tokens: int, number: int) -> list[int]:
    """A prompt of exactly so many tokens with several turns, the assistant's to come; `number` makes it another."""
    rng = random.Random(f"{number}/{tokens}")
    messages = [Message("user", f"Ledger {rng.randrange(10**6)}. What was paid on day {rng.randrange(1, 28)}?")]
    while len(ids := local.rendering.prompt(messages)) < tokens:
        messages.append(Message("assistant", f'{{"answer": "{rng.randrange(1000)} euros were paid."}}'))
        messages.append(Message("user", f"Entry {rng.randrange(1000)}: {rng.randrange(10**4)} on day 3. And now?"))
    start = invocation(local, "<|user|>")
    return [*start, *ids[len(ids) - tokens + len(start) :]]


def test_the_prompts_tell_skills_apart(judge: Judge, skills: dict[str, Skill], local: LocalEngine) -> None:
    """By what is said or how likely it is: otherwise the tests below could not fail."""
    prompt = conversation(local, 300, 0)
    for skill in skills.values():
        activated, plain, base = (judge.said(name, prompt) for name in (skill.version, f"plain-{skill.name}", "base"))
        assert not base.is_said_by(activated.tokens, activated.logprobs), skill.name
        assert not plain.is_said_by(activated.tokens, activated.logprobs), skill.name


def test_alone_every_skill_says_what_peft_says(
    served: Server, judge: Judge, skills: dict[str, Skill], local: LocalEngine
) -> None:
    for at, skill in enumerate(skills.values()):
        for tokens in (60, 300):
            prompt = conversation(local, tokens, at)
            judge.check(skill.version, prompt, served.say(skill.version, prompt))


def test_the_two_engines_answer_alike(served: Server, skills: dict[str, Skill], local: LocalEngine) -> None:
    engine = connect(HttpClient(served.url, key=""), "base", CARD)
    assert isinstance(engine, VllmEngine)
    messages = [Message("user", "How many kilometres are 12 miles?"), Message("tool", "19.312 kilometres")]
    for skill in skills.values():
        request = Request(messages, skill=skill, max_tokens=24)
        assert engine.generate(request).text == local.generate(request).text, skill.name
    texts = ['{"answer": "It is 19.3."}', '{"verdict": "safe"']
    request = Request(messages, skill=skills["answer"])
    assert engine.score(request, texts) == pytest.approx(local.score(request, texts), abs=0.05)
    engine.close()


def test_whoever_read_the_conversation_it_is_read_once(
    served: Server, judge: Judge, skills: dict[str, Skill], local: LocalEngine
) -> None:
    """All whole blocks before the invocation come from the base's cache; a plain adapter finds nothing of it."""
    prompt = conversation(local, 700, 1)
    kept = (len(prompt) - 1) // BLOCK * BLOCK
    assert served.say("base", prompt).reused == 0
    for skill in skills.values():
        answer = served.say(skill.version, prompt)
        assert answer.reused == kept
        judge.check(skill.version, prompt, answer)
        plain = served.say(f"plain-{skill.name}", prompt)
        assert plain.reused == 0
        judge.check(f"plain-{skill.name}", prompt, plain)
    prompt = conversation(local, 700, 2)
    first, *others = (skill.version for skill in skills.values())
    assert served.say(first, prompt).reused == 0
    assert [served.say(name, prompt).reused for name in (*others, "base")] == [kept] * 5


def test_an_agent_switches_at_every_step(
    served: Server, judge: Judge, skills: dict[str, Skill], local: LocalEngine
) -> None:
    """What a skill said is read again as the base's, by itself and by all others; only what is new is computed."""
    names = [skill.version for skill in skills.values()]
    prompt, assistant = conversation(local, 200, 3), invocation(local, "<|assistant|>")
    known = 0
    for step in range(8):
        name = names[step * 2 % len(names)]
        answer = served.say(name, prompt)
        judge.check(name, prompt, answer)
        assert answer.reused == known // BLOCK * BLOCK
        known = len(prompt) - 1
        observed = invocation(local, f"<|end|><|tool|>entry {step}: {step * 37} euros<|end|>")
        prompt = [*prompt, *answer.tokens, *observed, *assistant]


def test_base_plain_and_activated_in_one_batch(
    served: Server, judge: Judge, skills: dict[str, Skill], local: LocalEngine
) -> None:
    """Eight at a time, of every kind, with every slot taken: nobody gets anything of another's adapter."""
    names = ["base", *(skill.version for skill in skills.values()), "longer", "plain-answer", "plain-tool-call"]
    rng = random.Random(5)
    for number in range(3):
        asked = [(name, conversation(local, rng.randrange(40, 400), number)) for name in names]
        rng.shuffle(asked)
        for (name, prompt), answer in zip(asked, served.say_all(asked), strict=True):
            judge.check(name, prompt, answer)


def test_a_chunk_may_end_anywhere(served: Server, judge: Judge, skills: dict[str, Skill], local: LocalEngine) -> None:
    """Before, within and after the invocation, and in the middle of a block."""
    name = skills["answer"].version
    for number, tokens in enumerate(
        (CHUNK - 1, CHUNK, CHUNK + 1, CHUNK + 2, 2 * CHUNK, 2 * CHUNK + 1, BLOCK, BLOCK + 1)
    ):
        prompt = conversation(local, tokens, 40 + number)
        judge.check(name, prompt, served.say(name, prompt))
        prompt = conversation(local, tokens, 60 + number)
        judge.check("longer", prompt, served.say("longer", prompt))


def test_the_last_of_several_invocations_counts_and_tokens_may_follow_it(
    served: Server, judge: Judge, skills: dict[str, Skill], local: LocalEngine
) -> None:
    name = skills["answer"].version
    prompt = [*conversation(local, 150, 6), *invocation(local, '{"answer": "')]
    judge.check(name, prompt, served.say(name, prompt))
    assert served.say(name, prompt).reused == 150 // BLOCK * BLOCK


def test_without_an_invocation_the_base_answers(
    served: Server, judge: Judge, skills: dict[str, Skill], local: LocalEngine
) -> None:
    prompt = [*invocation(local, "<|user|>Add 12 and 30 and 7, then tell me how much that is in all.")]
    answer = served.say(skills["answer"].version, prompt)
    judge.check("base", prompt, answer)
    assert "does not invoke it" in served.log.read_text(errors="replace")


def test_an_adapter_loaded_again_is_what_it_now_is(
    served: Server, judge: Judge, folders: dict[str, Path], store: Path, local: LocalEngine
) -> None:
    """Another name and path, the invocation read from there."""
    copy = store / "again"
    copy.mkdir()
    for file in folders["longer"].iterdir():
        (copy / file.name).write_bytes(file.read_bytes())
    served.load("again", copy)
    judge.adapters["again"] = judge.adapters["longer"]
    prompt = conversation(local, 130, 7)
    judge.check("again", prompt, served.say("again", prompt))


def test_without_a_cache_and_with_too_little_memory(
    judge: Judge,
    folders: dict[str, Path],
    environment: dict[str, str],
    skills: dict[str, Skill],
    local: LocalEngine,
    tmp_path: Path,
) -> None:
    """Prefix caching off, fewer slots than adapters, and just as many blocks as all prompts fill: whoever grows into
    another one throws somebody out, who begins anew."""
    names = ["base", *(skill.version for skill in skills.values()), "plain-answer"]
    prompts = [conversation(local, 3 * BLOCK - 1, at) for at in range(len(names))]
    more = ["--no-enable-prefix-caching", "--block-size", str(BLOCK), "--max-num-batched-tokens", str(CHUNK)]
    more += ["--num-gpu-blocks-override", str(3 * len(names) + 1)]  # one of them belongs to nobody
    more += ["--lora-modules", *(f"{name}={folders[name]}" for name in names[1:])]
    log = tmp_path / "vllm.log"
    assert PYTHON is not None
    with vllm(PYTHON, log, CONTEXT // 2, *more, env=environment) as url:
        server, asked = Server(url, log, local.rendering.ends), list(zip(names, prompts, strict=True))
        for _ in range(5):  # on a busy machine some may have finished before the last begin
            for (name, prompt), answer in zip(asked, server.say_all(asked, 2 * LONG), strict=True):
                judge.check(name, prompt, answer, 2 * LONG)
                assert answer.reused == 0
            if server.counted("vllm:num_preemptions_total") > 0:
                return
        pytest.skip("all answers are PEFT's, but the memory was never too little: no request was thrown out")


def test_on_another_vllm_it_changes_nothing(environment: dict[str, str]) -> None:
    """In vLLM's own environment, no server: the refusal goes on the known version and stays on any other."""
    own = {**os.environ, **environment}
    for version, problems in (("", 0), ("0.32.1", 1)):
        pretend = f"vllm.__version__ = {version!r};" if version else ""
        code = (
            f"import logging; logging.basicConfig(level=20); import vllm; {pretend}"
            "import quiver_vllm_plugin as p; p.register(); p.register();"
            "from vllm.lora.peft_helper import PEFTHelper as H;"
            "print(len(H(r=8, lora_alpha=8, target_modules=['q'], alora_invocation_tokens=[3])._validate_features()))"
        )
        done = subprocess.run([str(PYTHON), "-c", code], env=own, capture_output=True, text=True, check=True)
        assert int(done.stdout.split()[-1]) == problems, done.stderr
        said = done.stdout + done.stderr
        assert said.count("activated LoRA stays off" if problems else "activated LoRA is on") == 1
