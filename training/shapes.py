"""What a base is made of, in numbers: layers, widths, matrices, parameters. From a folder, a name or a count.

Nothing is loaded but config.json. Shapes of published models are facts of their configurations; a bare count ("7B")
takes the proportions of the nearest of them and keeps the count.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from router.errors import UsageError


@dataclass(frozen=True)
class Shape:
    """A decoder: widths in elements. `around_layers` and `beside_matrices` count what is in no matrix: norms, biases,
    positions. `count` overrides the number of parameters where only that is known."""

    name: str
    layers: int
    width: int
    inner: int
    heads: int
    kv_heads: int
    head_width: int
    vocabulary: int
    tied: bool
    gated: bool = True
    beside_matrices: int = 0  # elements a layer
    around_layers: int = 0
    biases: int = 0  # elements a layer, part of beside_matrices
    count: int | None = None

    @cached_property
    def matrices(self) -> dict[str, tuple[int, int]]:
        """The linear layers of one layer: name → (out, in)."""
        inside, kept = self.heads * self.head_width, self.kv_heads * self.head_width
        attention = {"q_proj": (inside, self.width), "k_proj": (kept, self.width), "v_proj": (kept, self.width)}
        if not self.gated:
            return {
                **attention,
                "out_proj": (self.width, inside),
                "fc1": (self.inner, self.width),
                "fc2": (self.width, self.inner),
            }
        return {
            **attention,
            "o_proj": (self.width, inside),
            "gate_proj": (self.inner, self.width),
            "up_proj": (self.inner, self.width),
            "down_proj": (self.width, self.inner),
        }

    @property
    def linear(self) -> int:
        """Parameters in the layers' matrices: what a quantised base keeps in few bits. Follows `count`."""
        return self.parameters - self._elsewhere

    @property
    def parameters(self) -> int:
        return self.count if self.count is not None else self._matrices + self._elsewhere

    @property
    def kept_per_token(self) -> int:
        """Elements of keys and values that one token leaves in the cache."""
        return 2 * self.layers * self.kv_heads * self.head_width

    @property
    def _matrices(self) -> int:
        return self.layers * sum(out * into for out, into in self.matrices.values())

    @property
    def _elsewhere(self) -> int:
        tables = self.vocabulary * self.width * (1 if self.tied else 2)
        return tables + self.around_layers + self.layers * self.beside_matrices


def _llama(name: str, layers: int, width: int, inner: int, heads: int, kv_heads: int, vocabulary: int) -> Shape:
    return Shape(
        name, layers, width, inner, heads, kv_heads, width // heads, vocabulary, tied=False,
        beside_matrices=2 * width, around_layers=width,
    )  # fmt: skip


def _qwen3(name: str, layers: int, width: int, inner: int, heads: int, tied: bool) -> Shape:
    return Shape(
        name, layers, width, inner, heads, 8, 128, 151_936, tied, beside_matrices=2 * width + 256, around_layers=width
    )


KNOWN: Mapping[str, Shape] = {
    shape.name: shape
    for shape in (
        _qwen3("Qwen/Qwen3-0.6B", 28, 1024, 3072, 16, tied=True),
        _qwen3("Qwen/Qwen3-1.7B", 28, 2048, 6144, 16, tied=True),
        _qwen3("Qwen/Qwen3-4B", 36, 2560, 9728, 32, tied=True),
        _qwen3("Qwen/Qwen3-8B", 36, 4096, 12288, 32, tied=False),
        _qwen3("Qwen/Qwen3-14B", 40, 5120, 17408, 40, tied=False),
        _qwen3("Qwen/Qwen3-32B", 64, 5120, 25600, 64, tied=False),
        _llama("meta-llama/Llama-2-7b-hf", 32, 4096, 11008, 32, 32, 32_000),
        _llama("meta-llama/Llama-2-13b-hf", 40, 5120, 13824, 40, 40, 32_000),
        _llama("meta-llama/Llama-2-70b-hf", 80, 8192, 28672, 64, 8, 32_000),
        _llama("meta-llama/Llama-3.1-8B", 32, 4096, 14336, 32, 8, 128_256),
        _llama("meta-llama/Llama-3.1-70B", 80, 8192, 28672, 64, 8, 128_256),
    )
}
_COUNT = re.compile(r"(\d+(?:\.\d+)?)\s*([MBmb])")
_UNITS = {"M": 10**6, "B": 10**9}


def read_shape(base: str) -> Shape:
    """`base`: a folder with config.json, a published model's name, a hub name in the local cache, or a count as "7B".

    Raises UsageError for what is none of these, or of an architecture whose parts are not known here.
    """
    folder = Path(base).expanduser()
    if (folder / "config.json").is_file():
        return from_config(json.loads((folder / "config.json").read_text(encoding="utf-8")), folder.name)
    counted = _COUNT.fullmatch(base.strip())
    if counted:
        return of_size(round(float(counted[1]) * _UNITS[counted[2].upper()]))
    short = {name.partition("/")[2].lower(): shape for name, shape in KNOWN.items()}
    found = KNOWN.get(base) or short.get(base.lower())
    if found:
        return found
    raise UsageError(
        f"{base} is no folder with a config.json, no count of parameters and no model known here",
        hint=f"a folder, a count as 7B, or one of {', '.join(short)}",
    )


def of_size(count: int) -> Shape:
    """The proportions of the known model nearest in size, with this count of parameters. Of models about as near the
    one with the smallest vocabulary: a count alone says nothing of a large one."""
    nearest = min(KNOWN.values(), key=lambda one: (round(abs(math.log(one.parameters / count)), 1), one.vocabulary))
    return replace(nearest, name=_spelt(count), count=count)


def _spelt(count: int) -> str:
    unit = "B" if count >= 10**9 else "M"
    return f"{count / _UNITS[unit]:g}{unit}"


def from_config(config: Mapping[str, Any], name: str) -> Shape:
    """The shape a transformers configuration describes: OPT, Llama, Mistral, Qwen2 and Qwen3, dense ones only."""
    readers = {"opt": _opt, "llama": _gated, "mistral": _gated, "qwen2": _gated, "qwen3": _gated}
    kind = str(config.get("model_type"))
    if kind not in readers:
        raise UsageError(f"{name} is a {kind}, whose parts are not known here", hint=f"one of {', '.join(readers)}")
    return readers[kind](config, name)


def _opt(config: Mapping[str, Any], name: str) -> Shape:
    width, inner, heads = config["hidden_size"], config["ffn_dim"], config["num_attention_heads"]
    biases = (7 * width + inner) if config.get("enable_bias", True) else 2 * width  # two norms have theirs
    last_norm = 2 * width if config.get("do_layer_norm_before", True) else 0
    positions = (config["max_position_embeddings"] + 2) * width
    return Shape(
        name, config["num_hidden_layers"], width, inner, heads, heads, width // heads, config["vocab_size"],
        tied=config.get("tie_word_embeddings", True), gated=False, biases=biases,
        beside_matrices=biases + 2 * width, around_layers=positions + last_norm,
    )  # fmt: skip


def _gated(config: Mapping[str, Any], name: str) -> Shape:
    kind, width, heads = config["model_type"], config["hidden_size"], config["num_attention_heads"]
    kept = config.get("num_key_value_heads") or heads
    head_width = config.get("head_dim") or width // heads
    biased = kind == "qwen2" or config.get("attention_bias", False)
    biases = (heads + 2 * kept) * head_width if biased else 0
    biases += width if biased and kind == "llama" else 0  # only Llama's flag covers the way out as well
    norms = 2 * width + (2 * head_width if kind == "qwen3" else 0)
    return Shape(
        name, config["num_hidden_layers"], width, config["intermediate_size"], heads, kept, head_width,
        config["vocab_size"], tied=config.get("tie_word_embeddings", False), biases=biases,
        beside_matrices=biases + norms, around_layers=width,
    )  # fmt: skip
