"""A teacher asked from many machines: Ray Data spreads the prompts over workers, each with a teacher of its own.

Ray starts, places and restarts the workers; the log of answers stays with the one process that asks, so that what is
drawn, resumed and filtered is the same as with any other teacher. Needs Ray (pip install 'quiver-agent[ray]'); joins
the cluster that RAY_ADDRESS names, else begins one on this machine.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

from router.errors import QuiverError, TeacherUnreachable, UsageError
from training.budget import Budget
from training.responses import Answer, Responses, key_of
from training.teacher import Prompt, Reply, Teacher, TeacherLimits, open_teacher

_ROUND = 2048  # prompts under way at once: what a kill can cost is what has not come back of them
_MOST_BATCH = 64


class RayTeacher:
    """`where`: an endpoint that every worker reaches, or a model's folder that every worker has."""

    def __init__(
        self, where: str, model: str, responses: Responses, *, workers: int, limits: TeacherLimits | None = None,
        budget: Budget | None = None,
    ) -> None:  # fmt: skip
        """Raises UsageError where Ray is not installed."""
        try:
            import ray.data  # noqa: F401
        except ImportError:
            raise UsageError("spreading a teacher needs Ray", hint="pip install 'quiver-agent[ray]'") from None
        self._where, self._model, self._responses, self._workers = where, model, responses, workers
        self._limits, self._budget = limits or TeacherLimits(), budget or Budget()
        self._budget.spent_requests += len(responses)
        self._budget.spent_tokens += responses.tokens
        self._name = model or _named(where)

    @property
    def name(self) -> str:
        return self._name

    def ask(self, prompts: Iterable[Prompt]) -> Iterator[Reply]:
        """One reply a prompt, in their order. Raises TeacherUnreachable where no worker is answered any more."""
        waiting = iter(prompts)
        while some := list(islice(waiting, _ROUND)):
            yield from self._round(some)

    def close(self) -> None:
        """The cluster is left as it is: it may be others' too."""

    def _round(self, prompts: Sequence[Prompt]) -> Iterator[Reply]:
        keys = [key_of(prompt.request(self.name)) for prompt in prompts]
        replies = {key: Reply(prompt, known) for key, prompt in zip(keys, prompts, strict=True)
                   if (known := self._responses.get(key))}  # fmt: skip
        fresh = {key: prompt for key, prompt in zip(keys, prompts, strict=True) if key not in replies}
        sent = {key: prompt for key, prompt in fresh.items() if self._budget.reserve(prompt.most_tokens)}
        for key in fresh.keys() - sent.keys():
            replies[key] = Reply(fresh[key], fault="budget", why="the budget is spent")
        for row in self._answered(sent) if sent else ():
            replies[row["key"]] = self._reply(sent[row["key"]], row)
        lost = [replies[key] for key in sent if replies[key].fault == "unreachable"]
        if sent and len(lost) == len(sent):
            raise TeacherUnreachable(f"no worker was answered: {lost[0].why}", hint="go on with --resume")
        yield from (replies[key] for key in keys)

    def _answered(self, sent: Mapping[str, Prompt]) -> Iterator[dict[str, Any]]:
        import ray

        if not ray.is_initialized():
            here = os.pathsep.join([str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")])
            ray.init(log_to_driver=False, runtime_env={"env_vars": {"PYTHONPATH": here.rstrip(os.pathsep)}})
        ray.data.DataContext.get_current().enable_progress_bars = False
        rows = [{"key": key, "prompt": json.dumps(asdict(prompt))} for key, prompt in sent.items()]
        size = max(1, min(_MOST_BATCH, len(rows) // self._workers))
        asked = ray.data.from_items(rows, override_num_blocks=max(1, -(-len(rows) // size))).map_batches(
            _Worker,
            fn_constructor_kwargs={"where": self._where, "model": self._model, "limits": asdict(self._limits)},
            batch_size=size,
            batch_format="numpy",
            compute=ray.data.ActorPoolStrategy(size=self._workers),
        )
        yield from asked.iter_rows()

    def _reply(self, prompt: Prompt, row: Mapping[str, Any]) -> Reply:
        if row["fault"]:
            self._budget.settle(prompt.most_tokens, 0)
            return Reply(prompt, fault=row["fault"], why=row["why"])
        answer = Answer(row["text"], bool(row["cut"]), int(row["prompt_tokens"]), int(row["generated_tokens"]))
        self._budget.settle(prompt.most_tokens, answer.tokens)
        return Reply(prompt, self._responses.add(row["key"], prompt.request(self.name), answer))


class _Worker:
    """In a process of Ray's: a teacher whose own log is thrown away, since the one who asks keeps one."""

    def __init__(self, where: str, model: str, limits: Mapping[str, Any]) -> None:
        self._folder = tempfile.TemporaryDirectory()
        responses = Responses(Path(self._folder.name) / "responses.jsonl")
        self._teacher: Teacher = open_teacher(where, model, responses, TeacherLimits(**limits))

    def __call__(self, batch: Mapping[str, Sequence[Any]]) -> dict[str, list[Any]]:
        rows = [json.loads(text) for text in batch["prompt"]]
        prompts = [Prompt(**{**row, "messages": tuple(row["messages"])}) for row in rows]
        told: list[dict[str, Any]] = []
        try:
            told += [_row(reply) for reply in self._teacher.ask(prompts)]
        except QuiverError as error:  # the one who asks decides what that means for the others
            told += [_row(Reply(prompt, fault="unreachable", why=error.message)) for prompt in prompts[len(told) :]]
        return {"key": list(batch["key"]), **{name: [row[name] for row in told] for name in told[0]}}


def _row(reply: Reply) -> dict[str, Any]:
    answer = reply.answer or Answer("")
    return {**asdict(answer), "fault": reply.fault or "", "why": reply.why}


def _named(where: str) -> str:
    """As a teacher in a folder names itself."""
    from router.engines.loading import CARD, base_digest

    card = Path(where, CARD)
    name = json.loads(card.read_text(encoding="utf-8")).get("name") if card.is_file() else None
    return f"{name or Path(where).name}@{base_digest(Path(where))[:12]}"
