"""The OPT decoder (Zhang et al. 2022, arXiv:2205.01068) written out for one sequence: the bundled base's fast lane.

Importing transformers' model code takes four seconds and more, and its decode step of a 14M model 14 ms, nearly all of
it Python; this takes neither. Same numbers as transformers' OPTForCausalLM (tested). Inference in float32 only: no
padding, no dropout, no training.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import torch
import torch.nn.functional as F
from torch import Tensor

from router.errors import WeightsRefused

if TYPE_CHECKING:
    from router.engines.lora import Adapter
    from router.engines.network import KeyValues

_POSITION_OFFSET = 2  # OPT's position table keeps two rows nobody reads in front
_NORM_EPSILON = 1e-5
_FIRST_CAPACITY = 512  # tokens; doubled whenever a conversation outgrows it
_ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {"relu": F.relu, "gelu": F.gelu}


def is_supported(folder: Path, config: Mapping[str, Any]) -> bool:
    """Whether this module computes the model in `folder` exactly; if not, transformers does."""
    return (
        config.get("model_type") == "opt"
        and config.get("word_embed_proj_dim", config.get("hidden_size")) == config.get("hidden_size")
        and config.get("activation_function", "relu") in _ACTIVATIONS
        and config.get("enable_bias", True)
        and config.get("layer_norm_elementwise_affine", True)
        and not config.get("_remove_final_layer_norm", False)
        and not config.get("quantization_config")
        and (folder / "model.safetensors").is_file()
    )


class Buffers:
    """Keys and values of one sequence, per layer [1, heads, capacity, head width]; the first `length` rows count."""

    def __init__(self, layers: int) -> None:
        self.length = 0
        self._keys: list[Tensor | None] = [None] * layers
        self._values: list[Tensor | None] = [None] * layers

    def crop(self, length: int) -> bool:
        self.length = min(self.length, length)
        return True

    def append(self, layer: int, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor]:
        """Write [1, heads, n, width] after the first `length` rows; returns both with those rows in front."""
        return self._write(self._keys, layer, key), self._write(self._values, layer, value)

    def _write(self, buffers: list[Tensor | None], layer: int, rows: Tensor) -> Tensor:
        end = self.length + rows.shape[2]
        buffer = buffers[layer]
        if buffer is None or buffer.shape[2] < end:
            capacity = max(_FIRST_CAPACITY, 1 << (end - 1).bit_length())
            grown = rows.new_empty(1, rows.shape[1], capacity, rows.shape[3])
            if buffer is not None:
                grown[:, :, : self.length] = buffer[:, :, : self.length]
            buffers[layer] = buffer = grown
        buffer[:, :, self.length : end] = rows
        return buffer[:, :, :end]


class _Linear:
    """x [1, n, in] → x Wᵀ + bias [1, n, out], plus what the active adapter adds to this layer."""

    def __init__(self, path: str, weight: Tensor, bias: Tensor | None) -> None:
        self.path, self.shape = path, (weight.shape[0], weight.shape[1])
        self._weight, self._bias, self._packed = weight, bias, False
        if weight.device.type == "cpu" and torch.backends.mkldnn.is_available():
            # Packed for oneDNN one token takes a third of the time of MKL, which is slow on AMD processors. The
            # operator is not a promised one: where it is missing, the plain product is only slower.
            with contextlib.suppress(AttributeError, RuntimeError):
                self._weight, self._packed = torch.ops.mkldnn._reorder_linear_weight(weight, None), True

    def __call__(self, x: Tensor, adapter: Adapter | None = None) -> Tensor:
        if self._packed:
            y = cast(Tensor, torch.ops.mkldnn._linear_pointwise(x, self._weight, self._bias, "none", [], ""))
        else:
            y = F.linear(x, self._weight, self._bias)
        delta = adapter.deltas.get(self.path) if adapter else None
        return delta.add(x, y) if delta else y


class _Norm:
    """Layer normalisation over the last axis, weight and bias included."""

    def __init__(self, weights: Mapping[str, Tensor], path: str) -> None:
        self._weight, self._bias = weights[f"{path}.weight"], weights[f"{path}.bias"]

    def __call__(self, x: Tensor) -> Tensor:
        return F.layer_norm(x, x.shape[-1:], self._weight, self._bias, _NORM_EPSILON)


class _Layer:
    """Attention, then the feed-forward pair; each normalised before (most OPT models) or after (the bundled base)."""

    def __init__(self, weights: Mapping[str, Tensor], number: int, config: Mapping[str, Any]) -> None:
        root = f"model.decoder.layers.{number}"

        def linear(name: str) -> _Linear:
            path = f"{root}.{name}"
            return _Linear(path, weights[f"{path}.weight"], weights[f"{path}.bias"])

        self._number, self._heads = number, config["num_attention_heads"]
        self._before = config.get("do_layer_norm_before", True)
        self._activation = _ACTIVATIONS[config.get("activation_function", "relu")]
        self._query, self._key, self._value, self._out = (
            linear(f"self_attn.{name}_proj") for name in ("q", "k", "v", "out")
        )
        self._up, self._down = linear("fc1"), linear("fc2")
        self._attention_norm = _Norm(weights, f"{root}.self_attn_layer_norm")
        self._feed_norm = _Norm(weights, f"{root}.final_layer_norm")
        self.linears = (self._query, self._key, self._value, self._out, self._up, self._down)

    def __call__(self, x: Tensor, cache: Buffers, adapter: Adapter | None, mask: Tensor | None) -> Tensor:
        """x [1, n, width]; mask bool [n, tokens held + n], None when every token may see all there is."""
        if self._before:
            x = x + self._attend(self._attention_norm(x), cache, adapter, mask)
            return x + self._feed(self._feed_norm(x), adapter)
        x = self._attention_norm(x + self._attend(x, cache, adapter, mask))
        return self._feed_norm(x + self._feed(x, adapter))

    def _attend(self, x: Tensor, cache: Buffers, adapter: Adapter | None, mask: Tensor | None) -> Tensor:
        query, key, value = (
            part(x, adapter).view(1, x.shape[1], self._heads, -1).transpose(1, 2)
            for part in (self._query, self._key, self._value)
        )
        key, value = cache.append(self._number, key, value)
        mixed = F.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        return self._out(mixed.transpose(1, 2).flatten(-2), adapter)

    def _feed(self, x: Tensor, adapter: Adapter | None) -> Tensor:
        return self._down(self._activation(self._up(x, adapter)), adapter)


@contextlib.contextmanager
def _one_thread() -> Iterator[None]:
    """A second core makes so small a network a little faster while it is free, and a pass thirty times slower while
    somebody else uses it (measured: threads wait for each other at every one of a hundred small products)."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


class OptNetwork:
    """A `router.engines.network.Network` over an OPT state dict."""

    def __init__(self, weights: Mapping[str, Tensor], config: Mapping[str, Any]) -> None:
        """`weights`: named as OPTForCausalLM saves them, any float type. Raises KeyError for a missing one."""
        self.context: int = config.get("max_position_embeddings", 2048)
        self._tokens = weights["model.decoder.embed_tokens.weight"]
        self._positions = weights["model.decoder.embed_positions.weight"]
        self._layers = [_Layer(weights, number, config) for number in range(config["num_hidden_layers"])]
        ends = config.get("do_layer_norm_before", True)
        self._last_norm = _Norm(weights, "model.decoder.final_layer_norm") if ends else None
        self._head = _Linear("lm_head", weights.get("lm_head.weight", self._tokens), None)
        self.targets = {linear.path: linear.shape for layer in self._layers for linear in layer.linears}

    @classmethod
    def load(cls, folder: Path, config: Mapping[str, Any], device: str = "cpu") -> OptNetwork:
        """Raises WeightsRefused when model.safetensors is damaged or holds another shape than config.json says."""
        from safetensors import SafetensorError
        from safetensors.torch import load_file

        path = folder / "model.safetensors"
        try:
            with torch.inference_mode():
                return cls({name: t.float() for name, t in load_file(path, device=device).items()}, config)
        except (OSError, SafetensorError, KeyError) as error:
            hint = "restore the folder from where it came, then `quiver doctor`"
            raise WeightsRefused(f"{path} is not a readable OPT model: {error}", hint=hint) from error

    def new_cache(self) -> Buffers:
        return Buffers(len(self._layers))

    @torch.inference_mode()
    @_one_thread()
    def forward(self, ids: Sequence[int], cache: KeyValues, adapter: Adapter | None, logits: int) -> Tensor:
        held, count = cache.length, len(ids)
        assert isinstance(cache, Buffers)
        device = self._tokens.device
        positions = torch.arange(held, held + count, device=device) + _POSITION_OFFSET
        x = (F.embedding(torch.tensor(ids, device=device), self._tokens) + F.embedding(positions, self._positions))[
            None
        ]
        mask = torch.ones(count, held + count, dtype=torch.bool, device=device).tril(held) if count > 1 else None
        for layer in self._layers:
            x = layer(x, cache, adapter, mask)
        cache.length = held + count  # only now: an interrupted pass leaves what was held before as it was
        return self._logits(x[0, count - logits :])

    def _logits(self, x: Tensor) -> Tensor:
        return self._head(self._last_norm(x) if self._last_norm else x)
