"""Weights no engine could serve are refused before an engine sees them."""

from __future__ import annotations

import contextlib
import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.numpy import save_file

from adapters.skill import load_skill
from adapters.weights import RANKS, Weights, _numbers, read_weights, tensors
from router.errors import WeightsRefused
from tests.adapters.conftest import LAYER, RANK, WIDTH, write_weights


def test_weights_are_read(skill_folder: Path) -> None:
    weights = read_weights(skill_folder / "weights")
    assert (weights.rank, weights.invocation_tokens, list(weights.modules)) == (RANK, (5,), [LAYER])
    assert {name: numbers.size for name, numbers in tensors(weights)} == {
        f"{LAYER}.lora_A": RANK * WIDTH,
        f"{LAYER}.lora_B": RANK * WIDTH,
    }


def test_sixteen_bit_numbers_are_read() -> None:
    assert _numbers(struct.pack("<H", 0x3FC0), "BF16").tolist() == [1.5]
    assert _numbers(np.array([1.5], np.float16).tobytes(), "F16").tolist() == [1.5]


@pytest.mark.parametrize("rank", RANKS)
def test_every_served_rank_is_read(tmp_path: Path, rank: int) -> None:
    write_weights(tmp_path, rank=rank)
    assert read_weights(tmp_path).rank == rank


UNSERVABLE = {
    "another method": {"peft_type": "IA3"},
    "rank": {"r": 12},
    "rank true": {"r": True},
    "DoRA": {"use_dora": True},
    "bias": {"bias": "all"},
    "LoRA bias": {"lora_bias": True},
    "modules to save": {"modules_to_save": ["lm_head"]},
    "added tokens": {"trainable_token_indices": [3]},
    "layers repeated": {"layer_replication": [[0, 1]]},
    "rank by layer": {"rank_pattern": {"q_proj": 4}},
    "alpha by layer": {"alpha_pattern": {"q_proj": 4}},
    "PiSSA": {"init_lora_weights": "pissa"},
    "OLoRA": {"init_lora_weights": "olora"},
    "LoftQ": {"init_lora_weights": "loftq"},
    "one as init": {"init_lora_weights": 1},
    "no targets": {"target_modules": []},
    "invocation of text": {"alora_invocation_tokens": "<|assistant|>"},
}


@pytest.mark.parametrize("setting", UNSERVABLE.values(), ids=UNSERVABLE)
def test_unservable_settings(skill_folder: Path, edit_config: Callable[..., None], setting: dict[str, object]) -> None:
    edit_config(**setting)
    with pytest.raises(WeightsRefused) as raised:
        load_skill(skill_folder)
    assert "Train it again with" in raised.value.hint


def test_rank_stabilised_and_gaussian_are_served(skill_folder: Path, edit_config: Callable[..., None]) -> None:
    edit_config(use_rslora=True, init_lora_weights="gaussian")
    assert load_skill(skill_folder).weights


A, B = (f"base_model.model.{LAYER}.lora_{half}.weight" for half in "AB")


def _edited(change: Callable[[dict[str, Any]], object]) -> Callable[[Path], object]:
    """Rewrites the header of a safetensors file."""

    def rewrite(file: Path) -> None:
        data = file.read_bytes()
        length = struct.unpack("<Q", data[:8])[0]
        header = json.loads(data[8 : 8 + length])
        change(header)
        text = json.dumps(header).encode()
        file.write_bytes(struct.pack("<Q", len(text)) + text + data[8 + length :])

    return rewrite


def _entry(**fields: object) -> Callable[[Path], object]:
    return _edited(lambda header: header[A].update(fields))


CORRUPTIONS: dict[str, Callable[[Path], object]] = {
    "empty": lambda file: file.write_bytes(b""),
    "cut off": lambda file: file.write_bytes(file.read_bytes()[:-1]),
    "cut in the header": lambda file: file.write_bytes(file.read_bytes()[:40]),
    "a pickle by another name": lambda file: file.write_bytes(b"\x80\x04\x95" + bytes(64)),
    "huge header length": lambda file: file.write_bytes(b"\xff" * 64),
    "header a list": lambda file: file.write_bytes(struct.pack("<Q", 2) + b"[]"),
    "missing": lambda file: file.unlink(),
    "base weights inside": lambda file: save_file({"lm_head.weight": np.zeros((2, 2), np.float32)}, file),
    "nothing": _edited(dict.clear),
    "one half": _edited(lambda header: header.pop(B)),
    "tensors in one place": _edited(lambda header: header[A].update(data_offsets=header[B]["data_offsets"])),
    "entry of text": _edited(lambda header: header.update({A: "weights"})),
    "another rank": _entry(shape=[RANK // 2, 2 * WIDTH]),
    "shape beyond the data": _entry(shape=[RANK, 2 * WIDTH]),
    "offsets beyond the file": _entry(data_offsets=[9**9, 9**9 + 4 * RANK * WIDTH]),
    "whole numbers": _entry(dtype="I32"),
    "unknown type": _entry(dtype="Q4"),
}


@pytest.mark.parametrize("corrupt", CORRUPTIONS.values(), ids=CORRUPTIONS)
def test_corrupt_weights(skill_folder: Path, corrupt: Callable[[Path], object]) -> None:
    corrupt(skill_folder / "weights" / "adapter_model.safetensors")
    with pytest.raises(WeightsRefused) as raised:
        load_skill(skill_folder)
    assert raised.value.hint


@pytest.mark.parametrize("text", ["", "{", "[]", "\udcff"])
def test_broken_config(skill_folder: Path, text: str) -> None:
    path = skill_folder / "weights" / "adapter_config.json"
    path.write_text(text, errors="surrogateescape")
    with pytest.raises(WeightsRefused, match="adapter_config"):
        load_skill(skill_folder)


@pytest.mark.parametrize("name", ["adapter_model.bin", "optimizer.pt", "state.pkl"])
def test_formats_that_run_code_are_refused(skill_folder: Path, name: str) -> None:
    (skill_folder / "weights" / name).write_bytes(b"")
    with pytest.raises(WeightsRefused, match="run code"):
        load_skill(skill_folder)


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 600), st.binary(min_size=1, max_size=12))
def test_any_change_to_the_file_is_read_or_refused(skill_folder: Path, at: int, data: bytes) -> None:
    file = skill_folder / "weights" / "adapter_model.safetensors"
    whole = file.read_bytes()
    file.write_bytes(whole[:at] + data + whole[at + len(data) :])
    with contextlib.suppress(WeightsRefused):
        assert isinstance(read_weights(file.parent), Weights)
    file.write_bytes(whole)
