"""What a run learns from, looked at before it begins: every output fits its contract's grammar, every row teaches.

An output outside the grammar would be learned and could never be said; a row without one output token teaches nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from router.contract import CALL, END_CALL, Contract
from router.errors import ContractFailed, UsageError
from router.strict_json import ContractViolation
from training.curriculum import Tokenised, shown_tools, target_text
from training.example import Example

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

BUNDLED_END = "<|end|>"


def in_order(row: Example, contract: Contract) -> Example:
    """The row with the keys of its output, or of its call's arguments, in schema order."""
    if row.output is None:
        return row
    text = contract.dump(row.output)
    return replace(row, output=json.loads(text.removeprefix(CALL).removesuffix(END_CALL)))


def verify(rows: Sequence[Example], contract: Callable[[Example], Contract]) -> None:
    """Raises ContractFailed naming the first row whose output the contract or its grammar does not admit."""
    for number, row in enumerate(rows, 1):
        problem = refusal(target_text(row), contract(row))
        if problem:
            raise ContractFailed(
                f"row {number} of {len(rows)} can never be said: {problem}; its output is {target_text(row)[:200]}",
                hint="filter the rows again: quiver skill distill",
            )


def refusal(text: str, contract: Contract) -> str | None:
    """Why this output is not admitted, by the strict reading first and then by the grammar."""
    try:
        contract.parse(text)
    except ContractViolation as violation:
        return violation.message
    taken = _taken(contract.grammar(markers=False), text)
    return None if taken is None else f"the grammar ends at {text[:taken][-40:]!r}"


def _taken(grammar: str, text: str) -> int | None:
    """How many bytes the grammar takes of a text it does not admit; None for one it does."""
    from llguidance import LLMatcher

    matcher = LLMatcher(_byte_tokenizer(), LLMatcher.grammar_from_lark(grammar))
    tokens = list(text.encode())
    taken = matcher.try_consume_tokens(tokens)
    return None if taken == len(tokens) and matcher.is_accepting() else int(taken)


@lru_cache(maxsize=1)
def _byte_tokenizer() -> Any:
    from llguidance import LLTokenizer

    return LLTokenizer("byte")


def tokenised(tokenizer: PreTrainedTokenizerFast, row: Example) -> Tokenised:
    """As training.curriculum does it for the bundled base; tools in the form every template knows, and the end of turn
    the base's own."""
    messages: Any = list(row.messages)
    tools: Any = [{"type": "function", "function": dict(tool)} for tool in shown_tools(row)] or None
    rendered = str(tokenizer.apply_chat_template(messages, tools=tools, add_generation_prompt=True, tokenize=False))
    end = BUNDLED_END if BUNDLED_END in tokenizer.get_vocab() else str(tokenizer.eos_token)
    fast = tokenizer.backend_tokenizer
    prompt = fast.encode(rendered, add_special_tokens=False).ids
    output = fast.encode(target_text(row) + end, add_special_tokens=False).ids
    return Tokenised(prompt + output, len(prompt), row.source)


def header(tokenizer: PreTrainedTokenizerFast) -> tuple[int, ...]:
    """The tokens of the assistant's header, which activate an activated LoRA: what the template adds to ask for a
    turn. Raises UsageError for a template that adds nothing."""
    messages = [{"role": "user", "content": "x"}]
    asked, plain = (
        str(tokenizer.apply_chat_template(messages, add_generation_prompt=add, tokenize=False)) for add in (True, False)
    )
    added = asked[len(plain) :] if asked.startswith(plain) else ""
    if not added:
        raise UsageError("this base's template has no assistant header", hint="train with --method lora")
    return tuple(tokenizer.encode(added, add_special_tokens=False))


def check_mask(rows: Sequence[Tokenised]) -> None:
    """Raises UsageError where there is nothing to learn from, or a row has no output or no prompt."""
    if not rows:
        raise UsageError("there are no rows to train on", hint="make some: quiver skill distill")
    empty = [row for row in rows if not 0 < row.start < len(row.ids)]
    if empty:
        raise UsageError(
            f"{len(empty)} of {len(rows)} rows have no output token to learn, the first from {empty[0].source}",
            hint="filter the rows again: quiver skill distill",
        )
