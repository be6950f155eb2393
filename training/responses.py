"""All a teacher ever answered, one line an answer, found again by the SHA-256 of the request it answers.

An answer is on disk before anybody uses it, so that a kill at any moment loses none that had arrived; asking for it
again costs nothing. Keys and other secrets are no part of a request, and what looks like one in its words is hidden.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from router import jsonl
from router.errors import UsageError
from router.redaction import Redactor


@dataclass(frozen=True)
class Answer:
    """`cut`: it ended at its limit of tokens. Tokens as the server counts them, or estimated where it does not."""

    text: str
    cut: bool = False
    prompt_tokens: int = 0
    generated_tokens: int = 0

    @property
    def tokens(self) -> int:
        return self.prompt_tokens + self.generated_tokens


def key_of(request: Mapping[str, Any]) -> str:
    """The address of an answer: model, messages and sampling decide it; the server's address does not."""
    return hashlib.sha256(json.dumps(request, sort_keys=True).encode()).hexdigest()


class Responses:
    """The log at `path`, read at once and then appended to. Safe to use from several threads of one process.

    Raises UsageError for a log that another process is writing to, or that is broken before its last line. A last line
    torn by a kill is cut off. `hide` is applied to all texts before they are kept (default: keys of known shapes and
    those of the environment), and what is kept is what is used, so that a run that was killed and one that was not
    come to the same.
    """

    def __init__(self, path: Path, hide: Callable[[str], str] | None = None) -> None:
        if path.exists() and jsonl.is_held(path):
            raise UsageError(
                f"another process is writing to {path}", hint="wait for it to end, or stop it; nothing is lost by that"
            )
        self._hide = hide or Redactor().text
        self._lock = threading.Lock()
        self._writer = jsonl.JsonlWriter(path)
        self._writer.hold()
        try:
            self._known = {row["key"]: _answer(row) for row in jsonl.read(path)}
        except (KeyError, TypeError, AttributeError) as error:
            self.close()
            raise UsageError(
                f"{path} is not a teacher's log", hint="move it away; the teacher is asked anew"
            ) from error
        except UsageError:
            self.close()
            raise

    def __len__(self) -> int:
        return len(self._known)

    @property
    def tokens(self) -> int:
        """Over all answers ever logged here."""
        return sum(answer.tokens for answer in self._known.values())

    def get(self, key: str) -> Answer | None:
        return self._known.get(key)

    def add(self, key: str, request: Mapping[str, Any], answer: Answer) -> Answer:
        """The answer as kept; it outlives a kill, and a power cut, once this returns."""
        kept = Answer(self._hide(answer.text), answer.cut, answer.prompt_tokens, answer.generated_tokens)
        row = {
            "key": key,
            "request": _hidden(request, self._hide),
            "text": kept.text,
            "finish": "length" if kept.cut else "stop",
            "tokens": {"prompt": kept.prompt_tokens, "generated": kept.generated_tokens},
        }
        with self._lock:
            if key not in self._known:
                self._writer.write(row)
                self._known[key] = kept
            return self._known[key]

    def close(self) -> None:
        self._writer.close()

    def __enter__(self) -> Responses:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def _answer(row: Mapping[str, Any]) -> Answer:
    tokens = row["tokens"]
    if not isinstance(row["text"], str):
        raise TypeError("text")
    return Answer(row["text"], row["finish"] == "length", int(tokens["prompt"]), int(tokens["generated"]))


def _hidden(value: Any, hide: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return hide(value)
    if isinstance(value, Mapping):
        return {key: _hidden(item, hide) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_hidden(item, hide) for item in value]
    return value
