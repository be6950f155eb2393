"""Two processes on a CPU train one skill, as accelerate starts them; what configures more devices, accelerate reads."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from safetensors.torch import load_file

from adapters.skill import load_skill
from router import jsonl
from router.errors import UsageError
from tests.router.tiny import make_base
from tests.training.test_fit import COURSE, model_on, stream
from tests.training.test_train_making import making
from training import checkpoints, launching
from training.exports import TRAINERS, Settings, export
from training.fit import fit, on_outputs
from training.methods import METHODS
from training.workers import ALONE

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_base(tmp_path_factory.mktemp("workers") / "base", "opt")


def ran(words: list[str], **env: str) -> str:
    own = {**os.environ, "OMP_NUM_THREADS": "1", **env}
    ended = subprocess.run(words, cwd=ROOT, env=own, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr[-3000:]
    return ended.stdout


def test_two_processes_learn_what_one_learns_from_both_their_batches(base: Path, tmp_path: Path) -> None:
    words = launching.command(2, [])
    script = [*words[: words.index("-m", 3)], "-m", "tests.training.two_workers", str(base), str(tmp_path)]
    said = ran(script)
    assert said.count("'step'") == said.count("'loss'") <= 1, "one process speaks"
    one, other = (load_file(tmp_path / f"{rank}.safetensors") for rank in (0, 1))
    alone = model_on(base)

    def by_two() -> Iterator[Any]:
        batches = stream()
        while True:
            yield _Two(next(batches), next(batches))

    fit(alone, METHODS["lora"], COURSE, by_two(), (), loss=_mean, say=lambda _: None)
    for name, value in checkpoints.learning(alone).items():
        assert torch.equal(one[name], other[name])
        torch.testing.assert_close(one[name], value, atol=2e-3, rtol=0.05)


class _Two:
    def __init__(self, *batches: Any) -> None:
        self.batches = batches
        self.tokens = sum(batch.tokens for batch in batches)


def _mean(model: Any, two: _Two) -> Any:
    return sum(on_outputs(model, batch) for batch in two.batches) / 2


def test_a_skill_is_trained_from_the_command_line_by_two(base: Path, tmp_path: Path) -> None:
    made = making(tmp_path / "making" / "book-table")
    words = ["--processes", "2", "--steps", "3", "--batch-tokens", "128", "--rank", "8", "--base", str(base), "--json"]
    said = ran([sys.executable, "-m", "router", "skill", "train", "book-table", *words], QUIVER_HOME=str(tmp_path))
    card = json.loads(said)
    assert (card["processes"], card["steps"], card["held_out"]["rows"]) == (2, 3, 2)
    assert load_skill(made.folder).weights is not None
    plan = json.loads((made.folder / "plan.json").read_text())
    assert plan["train"]["figures"]["steps"] == 3


def test_alone_nothing_is_shared() -> None:
    assert list(ALONE.share(iter("abc"))) == ["a", "b", "c"]
    assert ALONE.told(1.0, 2.0) == (1.0, 2.0)
    assert ALONE.agree(3.0, True) == (3.0, True)


@pytest.mark.parametrize("sharded", [False, True])
def test_accelerate_reads_the_configuration(sharded: bool, base: Path, tmp_path: Path) -> None:
    config_args = pytest.importorskip("accelerate.commands.config.config_args")
    made = making(tmp_path / "book-table")
    settings = Settings(devices=4, sharded=sharded)
    export(made, "trl", tmp_path / "out", settings)
    assert TRAINERS["trl"].start(settings).endswith("--accelerate_config accelerate.yaml")
    assert len(list(jsonl.read(tmp_path / "out" / "train.jsonl"))) == 4
    found = config_args.load_config_from_file(str(tmp_path / "out" / "accelerate.yaml"))
    assert (found.num_processes, found.distributed_type) == (4, "FSDP" if sharded else "MULTI_GPU")
    if sharded:
        assert _fsdp(found.fsdp_config).fsdp_version == 2


def _fsdp(config: dict[str, Any]) -> Any:
    """The plugin that accelerate makes of its environment, which the launcher fills from this configuration."""
    from accelerate.utils import FullyShardedDataParallelPlugin

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ACCELERATE_USE_FSDP", "true")
        for key, value in config.items():
            patch.setenv(key.upper(), str(value))
        plugin = FullyShardedDataParallelPlugin()
    assert plugin.reshard_after_forward is True
    assert plugin.cpu_ram_efficient_loading is True
    return plugin


def test_one_device_needs_no_configuration_and_others_have_their_own(base: Path, tmp_path: Path) -> None:
    made = making(tmp_path / "book-table")
    export(made, "trl", tmp_path / "out")
    assert not (tmp_path / "out" / "accelerate.yaml").exists()
    for trainer, settings in (("axolotl", Settings(devices=2)), ("trl", Settings(sharded=True))):
        with pytest.raises(UsageError, match="devices"):
            export(made, trainer, tmp_path / "other", settings)
    assert yaml.safe_load((tmp_path / "out" / "trl.yaml").read_text())["use_peft"]
