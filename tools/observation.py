"""What came back from a tool, made safe to read: text of bounded length that no tokenizer takes for control tokens.

Tool output is data written by strangers. Cleaning here protects the format of the conversation; it does not judge what
the text says, which is the safety-filter skill's business.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["ok", "refused", "invalid", "failed", "timeout", "unknown"]

_MORE = "\n[{count:,} more characters cut]"
_INVISIBLE = {"Cc", "Cf", "Cs", "Co"}  # control, format (zero width, bidi), surrogate and private-use characters
_BRACKETS = str.maketrans("<>[]＜＞", "‹›⟦⟧‹›")

# Families of control tokens in published chat templates. A tokenizer's own list can be added as `reserved`.
_CONTROL = re.compile(
    r"[<＜][|｜][^<>\n]{0,80}?[|｜][>＞]"  # <|im_start|>, <|tool_calls_section_begin|>, fullwidth bars
    r"|[<＜]{1,2}/?(?:tool_calls?|tool_responses?|tools?|no_call|function_calls?|function|think|sys|s|bos|eos|pad|unk"
    r"|mask|start_of_turn|end_of_turn|start_function_\w+|end_function_\w+|escape)[>＞]{1,2}"
    r"|\[/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|TOOL_CONTENT|CALL_ID|ARGS|THINK"
    r"|IMG|PREFIX|MIDDLE|SUFFIX|CLS|SEP|MASK|PAD|UNK|BOS|EOS)\]",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Observation:
    """`text` is what the model reads; `kind` says how the call ended; `ms` how long the tool itself ran."""

    text: str
    kind: Kind
    ms: float = 0.0

    @property
    def ok(self) -> bool:
        return self.kind == "ok"


def readable(result: Any) -> str:
    """What a tool returned, as text: strings as they are, None as "done", anything else as JSON."""
    if isinstance(result, str):
        return result
    return "done" if result is None else json.dumps(result, ensure_ascii=False, default=str)


def clean(text: str, limit: int, reserved: Collection[str] = ()) -> str:
    """At most `limit` characters, the note of what was cut included; no invisible characters; no control tokens.

    `reserved`: further control tokens to disarm, literally as the tokenizer lists them."""
    shown = disarm(_visible(text[:limit]), reserved)
    if len(text) <= limit:
        return shown[:limit]
    keep = max(0, limit - len(_MORE.format(count=len(text))))
    return shown[:keep] + _MORE.format(count=len(text) - keep)


def disarm(text: str, reserved: Collection[str] = ()) -> str:
    """Control tokens with their brackets exchanged for look-alikes: `<|end|>` → `‹|end|›`, `[INST]` → `⟦INST⟧`.

    Exchanging, unlike deleting, cannot assemble a new token from the pieces around a removed one."""
    text = _CONTROL.sub(lambda match: match[0].translate(_BRACKETS), text)
    for token in reserved:
        while token.strip() and token in text:  # exchanging one "##" of "###" leaves another
            text = text.replace(token, _disarmed(token))
    return text


def _disarmed(token: str) -> str:
    """Of the same length, and with less of what makes it a token: its brackets, or its first character."""
    swapped = token.translate(_BRACKETS)
    return swapped if swapped != token else ("•" if token[0] == "·" else "·") + token[1:]


def _visible(text: str) -> str:
    """Without escape sequences, zero-width and bidirectional characters; line ends as \\n."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.isascii() and text.isprintable():
        return text
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in _INVISIBLE)
