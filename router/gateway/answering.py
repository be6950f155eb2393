"""An outcome in OpenAI's words: one completion, or the chunks of a stream; usage with what only we know; headers."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from router.gateway.faults import Fault
from router.gateway.offering import ROUTER, Offer
from router.gateway.step import BASE, Outcome
from router.strict_json import write

DONE = b"data: [DONE]\n\n"
WAITING = b": waiting\n\n"  # a comment: keeps proxies and clients from giving up, and means nothing


class Reply:
    """One answer's identity, the same in every chunk of it. `model` is the name the client asked by."""

    def __init__(self, model: str) -> None:
        self.id = f"chatcmpl-{uuid.uuid4().hex}"
        self._model, self._created = model, int(time.time())

    def whole(self, outcome: Outcome) -> dict[str, Any]:
        message: dict[str, Any] = {"role": "assistant", "content": outcome.text, "refusal": None}
        if outcome.call is not None:
            message["tool_calls"] = [_call(outcome)]
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": outcome.finish}
        return {**self._head("chat.completion"), "choices": [choice], "usage": usage(outcome)}

    def first(self) -> bytes:
        return self._chunk({"role": "assistant", "content": ""})

    def piece(self, text: str) -> bytes:
        return self._chunk({"content": text})

    def rest(self, outcome: Outcome, said: bool, include_usage: bool) -> Iterator[bytes]:
        """What is left to send. `said`: the text was sent piece by piece."""
        if outcome.call is not None:
            call = {"index": 0, **_call(outcome)}
            arguments = call["function"]["arguments"]
            yield self._chunk({"tool_calls": [{**call, "function": {**call["function"], "arguments": ""}}]})
            yield self._chunk({"tool_calls": [{"index": 0, "function": {"arguments": arguments}}]})
        elif outcome.text and not said:
            yield self.piece(outcome.text)
        yield self._chunk({}, outcome.finish)
        if include_usage:
            yield event({**self._head("chat.completion.chunk"), "choices": [], "usage": usage(outcome)})
        yield DONE

    def _chunk(self, delta: Mapping[str, Any], finish: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return event({**self._head("chat.completion.chunk"), "choices": [choice]})

    def _head(self, kind: str) -> dict[str, Any]:
        return {"id": self.id, "object": kind, "created": self._created, "model": self._model}


def event(data: Mapping[str, Any]) -> bytes:
    return f"data: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


def broken_off(fault: Fault) -> bytes:
    """The last event of a stream that fails after it began; no `[DONE]` follows."""
    return event(fault.to_json())


def usage(outcome: Outcome) -> dict[str, Any]:
    tokens = outcome.tokens
    return {
        "prompt_tokens": tokens.prompt,
        "completion_tokens": tokens.generated,
        "total_tokens": tokens.prompt + tokens.generated,
        "prompt_tokens_details": {"cached_tokens": tokens.reused},
        "quiver": {
            "skill": outcome.skill.name if outcome.skill else None,
            "version": outcome.skill.version if outcome.skill else None,
            "confidence": outcome.confidence,
            "runner_up": outcome.runner_up,
            "repairs": outcome.repairs,
            "escalated_from": list(outcome.escalated_from),
            "abstained": outcome.abstained,
            "declined": outcome.declined,
            "forced_tokens": tokens.forced,
        },
    }


def headers(outcome: Outcome) -> dict[str, str]:
    """What is known of who answered; before the end of a stream the tokens are not."""
    found = {"X-Quiver-Skill": outcome.skill.name if outcome.skill else BASE}
    if outcome.skill is not None:
        found["X-Quiver-Version"] = outcome.skill.version
    if outcome.confidence is not None:
        found["X-Quiver-Confidence"] = f"{outcome.confidence:.4f}"
    found["X-Quiver-Reused"] = str(outcome.tokens.reused)
    return found


def models(offer: Offer) -> list[dict[str, Any]]:
    """The router and the skills are children of the base, so that a client that looks for the base finds it."""
    base = offer.engine.base
    rows = [_model(base.name, max_model_len=base.context), _model(ROUTER, parent=base.name)]
    more = (
        _model(skill.name, parent=base.name, version=skill.version, description=skill.description)
        for skill in offer.skills.values()
    )
    return [*rows, *more]


def _model(name: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": "quiver", **more}


def _call(outcome: Outcome) -> dict[str, Any]:
    assert outcome.call is not None
    function = {"name": outcome.call.name, "arguments": write(dict(outcome.call.arguments))}
    return {"id": f"call_{uuid.uuid4().hex[:24]}", "type": "function", "function": function}
