"""Whether an agent could write an output at all: the run time holds every word of an answer to the conversation, and
every extracted string to a run of the text. Rows that it could not write would teach what it is never let do.

What a row's output ought to be is decided elsewhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence

from router.checks import CHECKS, CheckContext
from router.conversation import Message, ToolCall
from router.grounding import sentence
from router.source import words
from training.synthetic.case import Chat


def sayable(text: str, messages: Sequence[Chat]) -> bool:
    """Is `text` a sentence of lower-case words and of the conversation's own names and numbers?"""
    pattern = sentence(words(source(messages)))[2:-2]
    if re.fullmatch(pattern, json.dumps(text, ensure_ascii=False)[1:-1]) is None:
        return False
    return CHECKS["grounded"]({"answer": text}, context(messages)) is None


def quotable(texts: Iterable[str], messages: Sequence[Chat]) -> bool:
    """Does each text stand in the conversation as a run of whole chunks, as the run time cuts it?"""
    chunks = words(source(messages))
    joined = "\0" + "\0".join(chunks) + "\0"
    return all(f"\0{chr(0).join(words(text))}\0" in joined or _is_run(text, chunks) for text in texts)


def _is_run(text: str, chunks: Sequence[str]) -> bool:
    for start in range(len(chunks)):
        end, left = start, text
        while left and end < len(chunks) and left.startswith(chunks[end]):
            left, end = left[len(chunks[end]) :], end + 1
        if not left and end > start:
            return True
    return False


def source(messages: Sequence[Chat]) -> str:
    """All that may be quoted, the newest turn first, as the agent joins it."""
    return "\n".join(message["content"] for message in reversed(messages) if message["content"])


def context(messages: Sequence[Chat]) -> CheckContext:
    return CheckContext([Message(one["role"], one["content"], _calls(one)) for one in messages])


def _calls(message: Chat) -> tuple[ToolCall, ...]:
    return tuple(
        ToolCall(one["function"]["name"], one["function"]["arguments"]) for one in message.get("tool_calls", ())
    )


def spoken(text: str) -> str:
    """A text of a tool as an answer can repeat it: without bullets, rules, quotation marks and other signs that are no
    words."""
    lines = (" ".join(filter(None, map(_word, line.split()))) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def _word(piece: str) -> str:
    inner = re.fullmatch(r"[^\w$€£#@~/+.&-]*(.*?)[^\w/%°$€£+.,:;!?&]*", piece)
    word = inner[1] if inner else piece
    return word if re.search(r"[\w&]", word) else ""
