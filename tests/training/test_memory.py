"""The worked figures of the planner, its counts against real models, and what it advises."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from router.errors import UsageError
from training import memory, parameters, shapes
from training.methods import METHODS, method
from training.parameters import Size
from training.shapes import Shape, from_config, read_shape


def share(shape: Shape, count: int) -> float:
    return count / shape.parameters


def test_a_lora_on_the_attention_of_7b_trains_an_eighth_of_a_percent() -> None:
    shape = read_shape("7B")
    count = method("lora").trainable(shape, Size(("q_proj", "k_proj", "v_proj", "o_proj"), rank=8))
    assert count == 8_388_608
    assert f"{share(shape, count):.2%}" == "0.12%"
    assert f"{share(shapes.KNOWN['meta-llama/Llama-2-7b-hf'], count):.2%}" == "0.12%"


def test_a_matrix_of_1024_by_4096_shrinks_51_times_at_rank_16() -> None:
    assert parameters.low_rank(1024, 4096, 16) == 81_920
    assert pytest.approx(51.2) == 1024 * 4096 / 81_920


def test_full_fine_tuning_of_70b_takes_840_gb_and_qlora_36_to_39() -> None:
    shape = read_shape("70B")
    assert memory.states(shape.parameters) == 840 * memory.GB
    full = memory.training(method("full").job(shape, Size(()), 1, 512))
    assert full["weights"] + full["gradients"] + full["moments"] == 840 * memory.GB
    qlora = method("qlora")
    for rank, targets in ((8, ()), (16, ("q_proj", "v_proj"))):
        parts = memory.training(qlora.job(shape, qlora.size(shape, rank, targets), 1, 512))
        held = parts["weights"] + parts["adapter"] + parts["gradients"] + parts["moments"]
        assert 36 * memory.GB < held < 39 * memory.GB


def test_a_prefix_of_20_over_40_layers_of_4096() -> None:
    assert parameters.prefix_kept(20, 4096, 40) == 6_553_600


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("llama-2-7b-hf", 6_738_415_616),
        ("meta-llama/Llama-3.1-8B", 8_030_261_248),
        ("Qwen/Qwen3-8B", 8_190_735_360),
        ("qwen3-0.6b", 596_049_920),
    ],
)
def test_known_models_have_their_published_parameters(name: str, count: int) -> None:
    assert read_shape(name).parameters == count


@pytest.mark.parametrize("kind", ["opt", "opt-before", "llama", "qwen3", "mistral"])
def test_a_configuration_counts_as_the_model_it_describes(kind: str) -> None:
    from tests.router.tiny import make_model

    model = make_model(kind)
    shape = from_config(model.config.to_dict(), kind)
    assert shape.parameters == sum(p.numel() for p in model.parameters())
    layers = [each for name, each in model.named_modules() if isinstance(each, torch.nn.Linear) and "head" not in name]
    assert shape.layers * sum(a * b for a, b in shape.matrices.values()) == sum(m.weight.numel() for m in layers)


def test_a_folder_is_read_and_what_is_not_known_is_refused(tmp_path: Path) -> None:
    from tests.router.tiny import make_base

    assert read_shape(str(make_base(tmp_path / "base", "opt"))).width == 32
    for wrong in ("no-such-model", "12", "7B8", str(tmp_path)):
        with pytest.raises(UsageError):
            read_shape(wrong)
    with pytest.raises(UsageError, match="mixtral"):
        from_config({"model_type": "mixtral"}, "x")


def test_four_bits_are_four_bits_and_their_constants() -> None:
    assert pytest.approx(4.127, abs=1e-3) == memory.NF4_BYTES * 8
    shape = read_shape("8B")
    assert memory.weights(shape, "nf4") < 0.4 * memory.weights(shape, "bfloat16")


def test_more_of_anything_takes_more_memory_and_checkpointing_less() -> None:
    from dataclasses import replace

    shape = read_shape("Qwen/Qwen3-8B")
    job = method("lora").job(shape, method("lora").size(shape, 16))
    total = sum(memory.training(job).values())
    for more in (replace(job, batch=8), replace(job, sequence=1024), replace(job, trainable=2 * job.trainable)):
        assert sum(memory.training(more).values()) > total
    assert sum(memory.training(replace(job, checkpointed=True)).values()) < total


def test_slots_are_reserved_at_a_rank_the_kernels_have() -> None:
    service = memory.Service(read_shape("8B"), skills=40, rank=20)
    settings = memory.server_settings(service)
    assert (settings["max_loras"], settings["max_cpu_loras"], settings["max_lora_rank"]) == (8, 40, 32)
    assert memory.requests_that_fit(service, 10 * memory.GB) == 0
    assert memory.requests_that_fit(service, 80 * memory.GB) > memory.requests_that_fit(service, 24 * memory.GB) > 0


def test_every_method_has_a_size_on_every_known_base() -> None:
    for shape in shapes.KNOWN.values():
        for each in METHODS.values():
            count = each.trainable(shape, each.size(shape))
            assert 0 < count <= shape.parameters or (each.name == "bitfit" and count == 0), (shape.name, each.name)
    with pytest.raises(UsageError, match="gate"):
        METHODS["lora"].size(from_config({"model_type": "opt", "hidden_size": 8, "ffn_dim": 8, "num_attention_heads": 2,
                                          "num_hidden_layers": 1, "vocab_size": 9, "max_position_embeddings": 4}, "o"),
                             8, ("gate_proj",))  # fmt: skip


@pytest.mark.skipif(sys.platform != "linux", reason="reads what Linux says of a process")
def test_the_plan_is_near_what_a_run_really_takes() -> None:
    words = [sys.executable, "-m", "training.memory_measure", "--width", "256", "--layers", "8", "--batch", "2"]
    ended = subprocess.run(words, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    found = json.loads(ended.stdout.splitlines()[-1])
    assert abs(found["error"]) < 0.2, found  # larger runs come nearer: training/LOG.md
