"""The activated-LoRA plugin without vLLM: where adapters begin, whose tokens and blocks are, and what is wrapped how.

The classes it changes are stood in for; the real ones are in tests/server/test_activated_lora.py.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import subprocess
import sys
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import router.vllm_plugin as plugin
from router.vllm_plugin import patches, versions
from router.vllm_plugin.invocation import (
    NEVER,
    Invocations,
    begins,
    block_keys,
    invocation_of,
    left_to_base,
    without_heads,
)
from router.vllm_plugin.versions import KNOWN, Known, objection

ROOT = Path(__file__).parents[2]
tokens = st.lists(st.integers(0, 2), max_size=24)  # few kinds of token: what is alike by chance is often alike
invocations = st.lists(st.integers(0, 2), min_size=1, max_size=3).map(tuple)


# --- where an adapter begins -------------------------------------------------------------------------------------


@given(tokens, invocations)
def test_the_last_invocation_counts(prompt: list[int], invocation: tuple[int, ...]) -> None:
    text, sought = "".join(map(str, prompt)), "".join(map(str, invocation))
    found = text.rfind(sought)
    assert begins(prompt, invocation) == (NEVER if found < 0 else found)


def test_a_plain_adapter_begins_at_once_and_embeddings_invoke_nothing() -> None:
    assert begins([1, 2, 3], ()) == 0
    assert begins(None, ()) == 0
    assert begins(None, (1,)) == NEVER
    assert begins([], (1,)) == NEVER


@given(st.integers(0, 40) | st.just(NEVER), st.integers(0, 40), st.integers(0, 40))
def test_every_token_before_the_beginning_is_the_bases(begin: int, computed: int, scheduled: int) -> None:
    before = [at for at in range(computed, computed + scheduled) if at < begin]
    assert left_to_base(begin, computed, scheduled) == len(before)


# --- mixed batches, in chunks ------------------------------------------------------------------------------------


@dataclass
class Asked:
    """One request: `said` of its `ids` were generated. adapter 0: none. `invocation` empty: a plain adapter."""

    ids: list[int]
    said: int
    adapter: int
    invocation: tuple[int, ...]

    @property
    def begins(self) -> int:
        return begins(self.ids[: len(self.ids) - self.said], self.invocation) if self.adapter else 0

    @property
    def acting(self) -> list[int]:
        """The adapter of each token, by definition."""
        return [self.adapter if at >= self.begins else 0 for at in range(len(self.ids))]


@st.composite
def asked(draw: st.DrawFn) -> Asked:
    ids = draw(st.lists(st.integers(0, 2), min_size=1, max_size=16))
    said = draw(st.integers(0, len(ids) - 1))
    adapter = draw(st.integers(0, 2))
    return Asked(ids, said, adapter, draw(st.just(()) | invocations) if adapter == 2 else ((1,) if adapter else ()))


@given(st.lists(asked(), min_size=1, max_size=5), st.data())
def test_tokens_have_their_adapter_however_the_batch_is_cut(requests: list[Asked], data: st.DataObject) -> None:
    """Chunk by chunk, in batches of any company; a preempted request begins anew, what it has said included."""
    found: list[list[int]] = [[] for _ in requests]
    while any(len(done) < len(request.ids) for done, request in zip(found, requests, strict=True)):
        scheduled = [
            data.draw(st.integers(min(1, left), left))
            for left in (len(request.ids) - len(done) for done, request in zip(found, requests, strict=True))
        ]
        mapping = [r.adapter for r, count in zip(requests, scheduled, strict=True) for _ in range(count)]
        heads = [
            left_to_base(r.begins, len(done), count) for r, done, count in zip(requests, found, scheduled, strict=True)
        ]
        made = list(without_heads(mapping, scheduled, heads))
        for done, count in zip(found, scheduled, strict=True):
            done += made[:count]
            del made[:count]
        if data.draw(st.booleans()):
            found[data.draw(st.integers(0, len(found) - 1))].clear()
            if data.draw(st.booleans()):
                break
    for done, request in zip(found, requests, strict=True):
        assert done == request.acting[: len(done)]


# --- the cache ---------------------------------------------------------------------------------------------------

SIZE = 4


def hashes(request: Asked) -> list[tuple[Any, ...]]:
    """The chain of block hashes, as vLLM makes it: the tuple stands for its hash."""
    chain: list[tuple[Any, ...]] = []
    for end in range(SIZE, len(request.ids) + 1, SIZE):
        keys = (("lora", f"skill-{request.adapter}", "/path"),) if request.adapter else None
        own = block_keys(keys, request.begins, end, "id")
        chain.append((chain[-1] if chain else None, tuple(request.ids[end - SIZE : end]), own))
    return chain


@st.composite
def alike(draw: st.DrawFn) -> tuple[Asked, Asked]:
    """Two requests over the same tokens up to somewhere, with the same adapter as often as not. An invocation belongs
    to its adapter, so it is the same wherever the adapter is."""
    one, other = draw(asked()), draw(asked())
    if draw(st.booleans()):
        other.adapter, other.invocation = one.adapter, one.invocation
    elif one.adapter == other.adapter:
        other.invocation = one.invocation
    other.ids = one.ids[: draw(st.integers(0, len(one.ids)))] + draw(st.sampled_from([[], other.ids])) or one.ids
    other.said = draw(st.integers(0, len(other.ids) - 1))
    return one, other


@settings(max_examples=400)
@given(alike())
def test_what_hashes_alike_was_computed_alike(pair: tuple[Asked, Asked]) -> None:
    """What a block holds follows from all tokens up to its end and which adapter acted on each."""
    one, other = pair
    for at, (left, right) in enumerate(zip(hashes(one), hashes(other), strict=False)):
        if left == right:
            end = (at + 1) * SIZE
            assert (one.ids[:end], one.acting[:end]) == (other.ids[:end], other.acting[:end])


@given(asked(), st.integers(0, 2))
def test_blocks_before_the_beginning_are_everybodys(request: Asked, adapter: int) -> None:
    base = Asked(request.ids, request.said, 0, ())
    shared = min(request.begins, len(request.ids)) // SIZE
    assert hashes(request)[:shared] == hashes(base)[:shared]
    again = Asked(request.ids, request.said, request.adapter, request.invocation)
    assert hashes(request) == hashes(again)


def test_an_invocation_the_model_said_itself_is_no_beginning_and_hashes_apart() -> None:
    said = Asked([1, 0, 0, 1], 1, 2, (1,))
    returned = Asked([1, 0, 0, 1], 0, 2, (1,))
    assert (said.begins, returned.begins) == (0, 3)
    assert hashes(said) != hashes(returned)


def test_keys_other_than_the_adapters_stay() -> None:
    keys = (("lora", "skill", "/path"), ("mm", "picture", 3), ("cache_salt", "s"))
    assert block_keys(keys, 8, 8, "id") == keys[1:]
    assert block_keys(keys, 8, 9, "id") == (("lora", "skill", "/path", 8), *keys[1:])
    assert block_keys(keys, 0, 9, "id") is keys
    assert block_keys(keys[:1], NEVER, 9, "id") is None
    assert block_keys(keys[:1], None, 9, "one") != block_keys(keys[:1], None, 9, "two")


# --- the adapter's configuration ---------------------------------------------------------------------------------


@pytest.mark.parametrize("config", [{}, {"alora_invocation_tokens": None}, {"alora_invocation_tokens": []}, []])
def test_no_invocation_is_a_plain_adapter(config: Any) -> None:
    assert invocation_of(config) == ()


@pytest.mark.parametrize("wrong", ["<|assistant|>", [1.5], [-1], [True], {"a": 1}, [[1]]])
def test_what_cannot_be_tokens_is_refused(wrong: Any) -> None:
    with pytest.raises(ValueError, match="list of token ids"):
        invocation_of({"alora_invocation_tokens": wrong})


def adapter(folder: Path, invocation: list[int] | None) -> str:
    folder.mkdir(exist_ok=True)
    (folder / "adapter_config.json").write_text(json.dumps({"alora_invocation_tokens": invocation}))
    return str(folder)


def test_a_configuration_is_read_again_when_it_has_changed(tmp_path: Path) -> None:
    path, read = adapter(tmp_path / "skill", [7]), Invocations(lambda path: path)
    assert read.of(path) == (7,)
    adapter(tmp_path / "skill", [7, 8, 9])
    assert read.of(path) == (7, 8, 9)


def test_nothing_readable_is_told_from_nothing_there(tmp_path: Path) -> None:
    read = Invocations(lambda path: path)
    assert read.of(str(tmp_path / "missing")) is None
    (tmp_path / "adapter_config.json").write_text("{")
    assert read.of(str(tmp_path)) is None

    def unreachable(path: str) -> str:
        raise RuntimeError(path)

    assert Invocations(unreachable).of("org/repository") is None


# --- what is wrapped ---------------------------------------------------------------------------------------------


@dataclass
class Waiting:
    """A request as the scheduler and the workers hold it."""

    req_id: str
    prompt_token_ids: list[int] | None
    lora_request: Any = None
    prompt_embeds: Any = None

    @property
    def request_id(self) -> str:
        return self.req_id


def lora(path: str, id: int = 1) -> Any:
    return SimpleNamespace(lora_name=Path(path).name, lora_path=path, lora_int_id=id)


@dataclass
class Batch:
    """Stands for vLLM's first runner's batch: rows move when requests leave."""

    requests: list[Waiting] = field(default_factory=list)
    num_computed_tokens_cpu: list[int] = field(default_factory=lambda: [0] * 8)

    def add_request(self, request: Waiting) -> int:
        self.requests.append(request)
        return len(self.requests) - 1

    def remove_request(self, req_id: str) -> int:
        row = self.req_ids.index(req_id)
        del self.requests[row]
        return row

    @property
    def req_ids(self) -> list[str]:
        return [request.req_id for request in self.requests]

    def make_lora_inputs(self, scheduled: list[int], sampled: list[int]) -> Any:
        ids = [request.lora_request.lora_int_id if request.lora_request else 0 for request in self.requests]
        repeat = lambda counts: tuple(id for id, count in zip(ids, counts, strict=False) for _ in range(count))  # noqa: E731
        return repeat(sampled), repeat(scheduled), {id for id in ids if id}


@pytest.fixture
def batch(tmp_path: Path) -> Batch:
    kind = type("OwnBatch", (Batch,), {name: vars(Batch)[name] for name in vars(Batch) if "request" in name})
    kind.make_lora_inputs = Batch.make_lora_inputs  # type: ignore[attr-defined]
    patches.leave_tokens_first_runner(kind, Invocations(lambda path: path))
    return kind()  # type: ignore[no-any-return]


def test_a_batch_of_base_plain_activated_and_uninvoked(batch: Batch, tmp_path: Path) -> None:
    plain, activated = adapter(tmp_path / "plain", None), adapter(tmp_path / "activated", [9])
    batch.add_request(Waiting("base", [9, 9, 9, 9]))
    batch.add_request(Waiting("plain", [9, 1, 1, 1], lora(plain, 1)))
    batch.add_request(Waiting("activated", [1, 1, 9, 1], lora(activated, 2)))
    batch.add_request(Waiting("uninvoked", [1, 1, 1, 1], lora(activated, 2)))
    samples, tokens, active = batch.make_lora_inputs([4, 4, 4, 4], [1, 1, 1, 1])
    assert tokens == (0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 2, 2, 0, 0, 0, 0)
    assert samples == (0, 1, 2, 0)
    assert active == {1, 2}
    batch.remove_request("base")
    batch.num_computed_tokens_cpu[:3] = [4, 1, 4]
    samples, tokens, _ = batch.make_lora_inputs([1, 3, 1], [1, 1, 1])
    assert tokens == (1, 0, 2, 2, 0)
    assert samples == (1, 2, 0)


def test_a_preempted_request_begins_where_it_began(batch: Batch, tmp_path: Path) -> None:
    request = Waiting("one", [1, 9, 1], lora(adapter(tmp_path / "skill", [9])))
    batch.add_request(request)
    batch.remove_request("one")
    (tmp_path / "skill" / "adapter_config.json").unlink()
    batch.add_request(request)
    assert batch.make_lora_inputs([5], [1])[1] == (0, 1, 1, 1, 1)


def test_nothing_is_kept_of_who_has_left(batch: Batch, tmp_path: Path) -> None:
    batch.add_request(Waiting("one", [1, 9], lora(adapter(tmp_path / "skill", [9]))))
    batch.remove_request("one")
    batch.add_request(Waiting("one", [1, 9], lora(adapter(tmp_path / "plain", None))))
    assert batch.make_lora_inputs([2], [1])[1] == (1, 1)


class Runner:
    """Stands for vLLM's second runner, with its own states of requests."""

    def __init__(self, state: type[Any]) -> None:
        self.lora_state = state()
        self.req_states = SimpleNamespace(num_computed_tokens_np=Indexed([0, 0, 0]))

    def add_requests(self, output: Any) -> None:
        for row, request in enumerate(output.scheduled_new_reqs):
            self.lora_state.add_request(request.req_id, row, request.lora_request)


class Indexed(list[int]):
    """A list that takes several places at once, as arrays do."""

    def __getitem__(self, rows: Any) -> Any:
        return [self[row] for row in rows] if isinstance(rows, list) else super().__getitem__(rows)


class State:
    def __init__(self) -> None:
        self.ids: dict[str, int] = {}

    def add_request(self, req_id: str, row: int, request: Any) -> None:
        self.ids[req_id] = request.lora_int_id if request else 0

    def remove_request(self, req_id: str) -> None:
        del self.ids[req_id]

    def make_lora_inputs(self, req_ids: list[str], rows: list[int], scheduled: list[int]) -> Any:
        ids = [self.ids[req_id] for req_id in req_ids]
        mapped = tuple(id for id, count in zip(ids, scheduled, strict=True) for _ in range(count))
        return tuple(ids), mapped, set(ids)


def test_the_second_runner_leaves_the_same_tokens(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    state = type("OwnState", (State,), dict(vars(State)))
    kind = type("OwnRunner", (Runner,), {"add_requests": Runner.add_requests})
    module = ModuleType("vllm.v1.worker.gpu.model_runner")
    module.GPUModelRunner = kind  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    patches.leave_tokens_second_runner(state, Invocations(lambda path: path))
    runner = kind(state)
    kind(state)  # a second one wraps nothing twice
    activated = lora(adapter(tmp_path / "activated", [9]), 2)
    new = [Waiting("base", [1, 9]), Waiting("one", [1, 9, 1], activated), Waiting("two", [1, 1], activated)]
    runner.add_requests(SimpleNamespace(scheduled_new_reqs=new))
    made = runner.lora_state.make_lora_inputs(["two", "one", "base"], [2, 1, 0], [2, 3, 2])
    assert made[:2] == ((0, 2, 0), (0, 0, 0, 2, 2, 0, 0))
    runner.req_states.num_computed_tokens_np[1] = 1
    assert runner.lora_state.make_lora_inputs(["one"], [1], [2])[1] == (2, 2)
    runner.lora_state.remove_request("one")
    assert "one" not in vars(runner.lora_state)[patches.BEGINS]


def keys_module(monkeypatch: pytest.MonkeyPatch, name: str, **members: Any) -> Any:
    module = ModuleType(name)
    vars(module).update(members)
    monkeypatch.setitem(sys.modules, name, module)
    return module


def test_blocks_are_keyed_wherever_the_function_was_imported_to(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def generate_block_hash_extra_keys(request: Any, start: int, end: int, image: int) -> Any:
        adapter = request.lora_request
        return ((("lora", adapter.lora_name, adapter.lora_path),) if adapter else None), image + 1

    name = generate_block_hash_extra_keys.__name__
    home = keys_module(monkeypatch, "vllm.stand_in.keys", **{name: generate_block_hash_extra_keys})
    other = keys_module(monkeypatch, "vllm.stand_in.pool", **{name: generate_block_hash_extra_keys})
    patches.share_blocks(home, Invocations(lambda path: path))
    assert getattr(other, name) is getattr(home, name) is not generate_block_hash_extra_keys
    keys = getattr(home, name)
    activated, plain = (adapter(tmp_path / "activated", [9]), adapter(tmp_path / "plain", None))
    request = Waiting("one", [1, 1, 1, 1, 1, 9], lora(activated))
    assert keys(request, 0, 4, 0) == (None, 1)
    assert keys(request, 4, 8, 1) == ((("lora", "activated", activated, 5),), 2)
    request.prompt_token_ids = [9]
    assert keys(request, 0, 4, 0) == (None, 1)  # looked for once
    assert keys(Waiting("base", [9]), 0, 4, 0) == (None, 1)
    assert keys(Waiting("plain", [9], lora(plain)), 0, 4, 0) == ((("lora", "plain", plain),), 1)
    assert not caplog.records
    assert keys(Waiting("two", [1], lora(activated)), 0, 4, 0) == (None, 1)
    assert "does not invoke it" in caplog.text
    missing = lora(str(tmp_path / "missing"))
    assert keys(Waiting("a", [1], missing), 0, 4, 0) != keys(Waiting("b", [1], missing), 0, 4, 0)


def test_the_refusal_is_lifted_and_no_other() -> None:
    @dataclass
    class Helper:
        use_dora: bool = False
        alora_invocation_tokens: Any = None

        def _validate_features(self) -> list[str]:
            return ["no DoRA"] * self.use_dora + ["no aLoRA"] * bool(self.alora_invocation_tokens)

    patches.lift_refusal(Helper)
    assert Helper(alora_invocation_tokens=[3])._validate_features() == []
    assert Helper(use_dora=True, alora_invocation_tokens=[3])._validate_features() == ["no DoRA"]
    assert "list of token ids" in Helper(alora_invocation_tokens="x")._validate_features()[0]


def test_there_is_room_for_twice_as_many_runs() -> None:
    class Wrapper:
        def __init__(self, tokens: int, runs: int, device: str, **more: Any) -> None:
            self.made = (tokens, runs, device, more)

    patches.make_room(Wrapper)
    assert Wrapper(64, 8, "cpu", kind=1).made == (64, 16, "cpu", {"kind": 1})


def test_rows_without_an_adapter_get_nothing_of_the_last_slots() -> None:
    torch = pytest.importorskip("torch")

    def shrink(inputs: Any, weights: Any, output: Any, slots: Any, scaling: float = 1.0) -> None:
        output[:] = scaling * torch.einsum("bi,boi->bo", inputs, weights[slots])

    def expand(inputs: Any, weights: Any, output: Any, slots: Any, add_inputs: bool = True) -> None:
        found = torch.einsum("bi,boi->bo", inputs, weights[slots])
        output[:] = output + found if add_inputs else found

    module = SimpleNamespace(bgmv_shrink=shrink, bgmv_expand=expand, bgmv_expand_slice=expand)
    patches.spare_rows_on_cpu(module)
    inputs, weights = torch.rand(5, 3), torch.rand(2, 4, 3)
    slots = torch.tensor([-1, 1, 1, 0, -1])
    expected = torch.einsum("bi,boi->bo", inputs, weights[slots])
    expected[slots < 0] = 0
    runs = (torch.tensor([0, 1, 3, 4]), torch.tensor([1, 2, 1, 1]), torch.tensor([-1, 1, 0, -1]), 4, 2, 5)
    for kernel, rows in ((module.bgmv_shrink, (slots,)), (module.sgmv_shrink, runs)):
        output = torch.rand(5, 4)
        kernel(inputs, weights, output, *rows, 2.0)
        assert torch.allclose(output, 2 * expected)
    for kernel, rows in ((module.bgmv_expand, (slots,)), (module.sgmv_expand, runs)):
        for adds in (True, False):
            before = torch.rand(5, 4)
            output = before.clone()
            kernel(inputs, weights, output, *rows, adds)
            assert torch.allclose(output, expected + (before if adds else 0))
    untouched = torch.rand(5, 4)
    output = untouched.clone()
    module.bgmv_expand(inputs, weights, output, torch.full((5,), -1), add_inputs=True)
    assert torch.equal(output, untouched)


# --- which vLLM --------------------------------------------------------------------------------------------------


def package(folder: Path, text: str = "known") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "file.py").write_text(text)
    return folder


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    digest = hashlib.sha256(b"known").hexdigest()[:16]
    monkeypatch.setattr(versions, "KNOWN", {"1.2.3": Known({"file.py": digest}, "")})


@pytest.mark.usefixtures("known")
def test_only_a_known_version_with_known_files_is_taken(tmp_path: Path) -> None:
    assert objection("1.2.3", package(tmp_path / "a")) is None
    assert objection("1.2.3+cpu", package(tmp_path / "a")) is None
    assert "1.2.4 is not one of 1.2.3" in str(objection("1.2.4", package(tmp_path / "a")))
    assert "not one of" in str(objection("", package(tmp_path / "a")))
    assert "another file.py" in str(objection("1.2.3", package(tmp_path / "b", "forked")))
    assert "another file.py" in str(objection("1.2.3", tmp_path / "gone"))


@pytest.mark.usefixtures("known")
def test_on_another_vllm_it_declines_in_one_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    vllm = ModuleType("vllm")
    vllm.__version__, vllm.__file__ = "9.9.9", str(package(tmp_path) / "__init__.py")  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "vllm", vllm)
    monkeypatch.setattr(patches, "apply", lambda: pytest.fail("it changed a vLLM it does not know"))
    with caplog.at_level(logging.DEBUG):
        plugin.register()
    assert len(caplog.records) == 1
    assert "9.9.9" in caplog.text


def test_every_known_version_names_files_and_how_it_was_checked() -> None:
    for version, known in KNOWN.items():
        assert version.count(".") == 2
        assert known.checked
        assert known.files
        assert all(len(digest) == 16 for digest in known.files.values())


def test_it_imports_neither_torch_nor_vllm() -> None:
    code = "import sys, router.vllm_plugin; print(sorted({'torch', 'vllm', 'numpy', 'httpx'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_it_works_under_the_name_it_has_alone(tmp_path: Path) -> None:
    """The two packages declare the same plugin; alone, its modules find each other under another name."""
    folder = ROOT / "router" / "vllm_plugin"
    alone, whole = (tomllib.loads((at / "pyproject.toml").read_text(encoding="utf-8")) for at in (folder, ROOT))
    group = "vllm.general_plugins"
    assert alone["project"]["entry-points"][group] == {plugin.NAME: "quiver_vllm_plugin:register"}
    assert whole["project"]["entry-points"][group] == {plugin.NAME: "router.vllm_plugin:register"}
    files = alone["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"]
    assert sorted(files) == sorted(file.name for file in folder.glob("*.py"))
    (tmp_path / "quiver_vllm_plugin").symlink_to(folder, target_is_directory=True)
    code = "import quiver_vllm_plugin.patches, sys; assert 'router' not in sys.modules"
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, check=True)


def test_the_head_of_each_run_is_freed() -> None:
    assert without_heads([1, 1, 2, 2, 2], [2, 3], [1, 2]) == (0, 1, 0, 0, 2)
