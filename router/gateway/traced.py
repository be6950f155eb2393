"""Requests recorded as runs of one step, for `quiver trace`. The client runs the tools; they are not seen here."""

from __future__ import annotations

from dataclasses import asdict
from threading import Event
from typing import Protocol

from router.gateway.asking import Ask
from router.gateway.offering import Offer
from router.gateway.step import OnText, Outcome, Tally, answer
from router.record import StepRecord
from router.trace import Recorder, Traces, now


class Answers(Protocol):
    def __call__(self, offer: Offer, ask: Ask, on_text: OnText, cancel: Event, tally: Tally) -> Outcome: ...


def traced(store: Traces) -> Answers:
    """`answer`, with every request in the store from its first word; what fails is recorded as failed."""

    def answer_traced(offer: Offer, ask: Ask, on_text: OnText, cancel: Event, tally: Tally) -> Outcome:
        about = {
            "gateway": {"model": ask.model, "tools": [tool.name for tool in ask.tools]},
            "base": asdict(offer.engine.base),
            "messages": [message.to_openai() for message in ask.messages],
        }
        with store.start(ask.clause, about) as recorder:
            outcome = answer(offer, ask, on_text, cancel, tally)
            _record(recorder, ask, outcome)
        return outcome

    return answer_traced


def _record(recorder: Recorder, ask: Ask, outcome: Outcome) -> None:
    call = outcome.call
    said = {"name": call.name, "arguments": dict(call.arguments)} if call else outcome.text
    step = StepRecord(
        skill=outcome.skill.name if outcome.skill else None,
        version=outcome.skill.version if outcome.skill else None,
        confidence=outcome.confidence or 0.0,
        runner_up=outcome.runner_up,
        output=said,
        valid=outcome.finish != "length",
        repairs=outcome.repairs,
        tool=call.name if call else None,
        arguments=call.arguments if call else None,
        tokens=vars(outcome.tokens),
        clause=ask.clause,
        escalated_from=outcome.escalated_from,
        started=now(),
    )
    recorder.step(step)
    recorder.finish("ok", outcome.text)
