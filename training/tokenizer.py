"""The bundled base's tokenizer: byte-level BPE that gives a value the same tokens in a request and inside JSON quotes.

Whitespace is split from words, digits stand alone: " Paris" in a sentence and "Paris" in JSON are then the same word
token, which is what a small model needs to copy. It makes text longer by about a third; training/LOG.md has the
comparison. Does not render conversations: that is the chat template beside the weights.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from transformers import PreTrainedTokenizerFast

ROLES = ("<|system|>", "<|user|>", "<|assistant|>", "<|tool|>", "<|tools|>")
PAD, END, CALL, CALL_END, NO_CALL = "<pad>", "<|end|>", "<tool_call>", "</tool_call>", "<no_call>"
RESERVED = tuple(f"<|reserved_{i}|>" for i in range(6))
SPECIAL = (PAD, *ROLES, END, CALL, CALL_END, NO_CALL, *RESERVED)

Splitting = Literal["isolated", "joined"]
_WORD = r"\p{Lu}+(?!\p{Ll})|\p{Lu}?[^\W_\p{Lu}]+"  # camelCase and snake_case fall into their words
_JSON = r'": "|", "|": |, "|\{"|"\}|\["|"\]|\}\}'  # what stands between values is one token
_PATTERNS: dict[Splitting, str] = {
    "isolated": rf"{_JSON}|{_WORD}|\n+| +|\s|[^\s\w]|_",  # whitespace is never part of a word
    "joined": rf"{_JSON}| ?(?:{_WORD})|\s+| ?[^\s\w]|_",  # the usual way: a word carries the space before it
}


def train_tokenizer(texts: Iterable[str], vocabulary: int = 8192, splitting: Splitting = "isolated") -> Tokenizer:
    """BPE over `texts` with every byte in the alphabet, so no text is unrepresentable."""
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_PATTERNS[splitting]), "isolated"),
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=list(SPECIAL),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def as_pretrained(tokenizer: Tokenizer, template: str) -> PreTrainedTokenizerFast:
    """The same tokenizer in the form transformers, PEFT and vLLM load, chat template included."""
    from transformers import PreTrainedTokenizerFast

    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token=PAD,
        eos_token=END,
        extra_special_tokens=[*ROLES, CALL, CALL_END, NO_CALL, *RESERVED],
        chat_template=template,
        model_max_length=2048,
        clean_up_tokenization_spaces=False,
    )


def save(tokenizer: Tokenizer, template: str, folder: Path) -> None:
    as_pretrained(tokenizer, template).save_pretrained(str(folder))
