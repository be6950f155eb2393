"""An encoder for tests that knows nothing but words: texts that share words are near, in every layer alike."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np

from router.discriminant import Background
from router.encoder import WIDTH, Floats
from router.routing import LAYERS, Calibration, Shared


class WordsEncoder:
    """Stands in for `router.encoder.Encoder`; counts the texts it has read."""

    digest = "words"

    def __init__(self) -> None:
        self.read = 0

    def embed_layers(self, texts: Sequence[str], layers: Sequence[int]) -> Floats:
        self.read += len(texts)
        sums = np.stack([np.sum([_vector(word) for word in text.lower().split() or [""]], axis=0) for text in texts])
        unit = sums / np.linalg.norm(sums, axis=1, keepdims=True)
        return np.repeat(unit[:, None], len(layers), axis=1).astype(np.float32)


def _vector(word: str) -> Floats:
    return np.random.default_rng(zlib.crc32(word.encode())).standard_normal(WIDTH).astype(np.float32)


def shared() -> Shared:
    """A background without directions and a calibration that draws a skill at a third of what is typical of it."""
    width = len(LAYERS) * WIDTH
    sphere = Background(np.zeros(width, np.float32), np.zeros((0, width), np.float32), np.zeros(0, np.float32), 1e-3)
    return Shared(sphere, Calibration(temperature=0.05, bias=-3.0, ratio=9.0))
