"""Hold the planner to what a run takes: the peak of a process that trains a random base of a given shape, here.

    python -m training.memory_measure --method lora --width 512 --layers 12

One figure for each run: bytes beyond what the process held before the base was made, measured and planned, and the
error. It trains on random tokens, for memory only.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import json
import os
import sys
import threading
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch

from training import fit, memory, shapes
from training.batches import collate
from training.curriculum import Tokenised
from training.methods import METHODS, Method, Setting

_MMAP_THRESHOLD = -3  # glibc's name for the size from which a block is a mapping of its own


@dataclass(frozen=True)
class Trial:
    """A Llama-shaped base and one batch shape. `learned`: share of a row's tokens that are output."""

    method: str = "lora"
    width: int = 512
    layers: int = 12
    vocabulary: int = 8192
    rank: int = 16
    batch: int = 4
    sequence: int = 256
    learned: float = 0.25
    steps: int = 2


def measure(trial: Trial) -> dict[str, Any]:
    """Bytes planned and measured. On a GPU the allocator counts; on a CPU the process's resident pages do, once a small
    run has brought in all code and buffers that stay."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    _settle()
    _run(replace(trial, width=128, layers=1, batch=1, sequence=32), device)
    _give_back()
    before = resident()
    plan, measured = _run(trial, device)
    measured -= before if device == "cpu" else 0
    planned = sum(plan.values())
    parts = {name: round(value) for name, value in plan.items()}
    found = {"planned": round(planned), "measured": measured, "error": round(planned / measured - 1, 4)}
    return {**asdict(trial), "device": device, "parts": parts, **found}


def _run(trial: Trial, device: str) -> tuple[dict[str, float], int]:
    """The plan without what the device held before, and the peak of a few updates."""
    method = METHODS[trial.method]
    base = _base(trial, method, device)
    shape = shapes.from_config(base.config.to_dict(), "random")
    size = method.size(shape, trial.rank)
    model = method.build(base, Setting(size, (1,) if trial.method == "alora" else (), trial.steps))
    job = method.job(shape, size, trial.batch, trial.sequence)
    course = fit.Course(1e-4, steps=trial.steps, rank=trial.rank)
    rows = [_row(trial, seed) for seed in range(trial.batch)]
    _give_back()
    with Peak(device) as peak:
        fit.fit(model, method, course, iter([collate(rows)] * trial.steps), (), say=lambda _: None)
    plan = memory.training(replace(job, learned=trial.learned, device="gpu" if device == "cuda" else "cpu"))
    return {**plan, "device": 0.0}, peak.bytes


def _base(trial: Trial, method: Method, device: str) -> Any:
    """Random weights in the precision the method trains on."""
    from transformers import AutoModelForCausalLM, LlamaConfig

    config = LlamaConfig(
        vocab_size=trial.vocabulary, hidden_size=trial.width, intermediate_size=4 * trial.width,
        num_hidden_layers=trial.layers, num_attention_heads=trial.width // 64, num_key_value_heads=trial.width // 128,
        max_position_embeddings=4096, tie_word_embeddings=False, pad_token_id=0,
    )  # fmt: skip
    base = AutoModelForCausalLM.from_config(config, dtype=torch.bfloat16)
    if method.precision == "nf4":
        _quantise(base)
    return base.to(device)


def _quantise(base: Any) -> None:
    """Every matrix of the layers in NF4 with double quantisation, one after the other."""
    from bitsandbytes.nn import Linear4bit

    for path, layer in list(base.named_modules()):
        if isinstance(layer, torch.nn.Linear) and ".layers." in path:
            small = Linear4bit(
                layer.in_features, layer.out_features, bias=False, compute_dtype=torch.bfloat16,
                compress_statistics=True, quant_type="nf4",
            )  # fmt: skip
            small.load_state_dict(layer.state_dict())
            parent, _, name = path.rpartition(".")
            setattr(base.get_submodule(parent), name, small.to("cpu"))


def _row(trial: Trial, seed: int) -> Tokenised:
    ids = torch.randint(2, trial.vocabulary, (trial.sequence,), generator=torch.Generator().manual_seed(seed)).tolist()
    start = round(trial.sequence * (1 - trial.learned))
    ids[start - 1] = 1
    return Tokenised(ids, start, "random")


class Peak:
    """The most that was held between entering and leaving, in bytes."""

    def __init__(self, device: str) -> None:
        self.device, self.bytes = device, 0
        self._over = threading.Event()
        self._watch = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Peak:
        if self.device == "cuda":
            torch.cuda.reset_peak_memory_stats()
        else:
            self._watch.start()
        return self

    def _look(self) -> None:
        while not self._over.is_set():
            self.bytes = max(self.bytes, resident())
            time.sleep(0.002)

    def __exit__(self, *error: object) -> None:
        self._over.set()
        if self.device == "cuda":
            self.bytes = torch.cuda.max_memory_allocated()
        else:
            self._watch.join()


def resident() -> int:
    """Pages of this process that are in memory, in bytes (Linux)."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _settle() -> None:
    """A freed tensor leaves the process at once, instead of waiting in the heap to be used again."""
    if sys.platform == "linux":
        ctypes.CDLL(None).mallopt(_MMAP_THRESHOLD, 1 << 16)


def _give_back() -> None:
    gc.collect()
    if sys.platform == "linux":
        ctypes.CDLL(None).malloc_trim(0)


def main() -> None:
    parser = argparse.ArgumentParser(description="Measured against planned memory of one training run.")
    for name, default in asdict(Trial()).items():
        parser.add_argument(f"--{name}", type=type(default), default=default)
    print(json.dumps(measure(Trial(**vars(parser.parse_args())))))


if __name__ == "__main__":
    main()
