"""`quiver eval bench`: what a step costs. Switching skills, against PEFT's `set_adapter` and a fresh prefill; decoding,
free and under a grammar. Everything compared is measured in one run, in turns, so that a busy machine slows all alike.

Costs only: whether outputs are the same as PEFT's is for the tests, whether they are right for the other evaluations.
"""

from __future__ import annotations

import json
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import count, cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from router.conversation import Message
from router.engines.engine import Request
from router.errors import UsageError

if TYPE_CHECKING:
    from adapters.skill import Skill
    from router.engines.decoding import Constraint
    from router.engines.local import LocalEngine

SWITCH_TARGET = 1 / 5  # of what PEFT needs
_FREE_TEXT = 'start: "{\\"text\\": \\"" /[^"\\\\\\x00-\\x1f]{2000}/ "\\"}"\n'  # long enough never to end a measurement


@dataclass(frozen=True)
class Spread:
    """Milliseconds over `n` repetitions: the median, and the quartiles around it."""

    median_ms: float
    quartiles_ms: tuple[float, float]
    n: int

    @classmethod
    def of(cls, seconds: Sequence[float]) -> Spread:
        """Raises ValueError for less than two repetitions: one has no spread."""
        if len(seconds) < 2:
            raise ValueError("a spread needs two repetitions")
        low, middle, high = (round(1000 * second, 3) for second in statistics.quantiles(seconds, method="inclusive"))
        return cls(middle, (low, high), len(seconds))


def in_turns(actions: dict[str, Callable[[], object]], rounds: int) -> dict[str, Spread]:
    """Seconds each action takes, measured `rounds` times in turns, after one round that does not count."""
    taken: dict[str, list[float]] = {name: [] for name in actions}
    for number in range(rounds + 1):
        for name, action in actions.items():
            began = time.perf_counter()
            action()
            if number:
                taken[name].append(time.perf_counter() - began)
    return {name: Spread.of(seconds) for name, seconds in taken.items()}


def conversation(engine: LocalEngine, tokens: int) -> list[Message]:
    """One task and observations until the prompt is `tokens` long; UsageError when the base cannot hold that."""
    if tokens + 64 > engine.base.context:
        held = engine.base.context
        raise UsageError(
            f"{engine.base.name} holds {held} tokens, the measurement wants {tokens} and room for an answer",
            hint=f"quiver eval bench --context {max(64, held - 64)}",
        )
    messages = [Message("user", "Read the log and add up the amounts.")]
    for number in count(1):
        if len(engine.rendering.prompt(messages)) >= tokens:
            return messages
        messages.append(Message("tool", f"entry {number}: {number * 37 % 91} paid on day {number * 13 % 28 + 1}"))
    raise AssertionError("unreachable")


def switching(
    engine: LocalEngine, base_folder: Path, skills: Sequence[Skill], tokens: int, rounds: int
) -> dict[str, Any]:
    """Milliseconds to the first token of the next skill, over `tokens` tokens of conversation that the last one has
    seen: this engine, this engine with nothing remembered, and PEFT. `ratio` is the first over the last."""
    messages = conversation(engine, tokens)
    own, anew = (cycle(Request(messages, skill=skill, max_tokens=1) for skill in skills) for _ in range(2))
    peft_step = _peft_switch(base_folder, skills, engine.rendering.prompt(messages))

    def forgetful() -> None:
        engine.forget()
        engine.generate(next(anew))

    def warm() -> None:
        engine.generate(next(own))

    # `forgetful` stands before `own`, which then finds what a conversation would have left: the base's cache
    spreads = in_turns({"peft": peft_step, "without_reuse": forgetful, "engine": warm}, rounds)
    figures: dict[str, Any] = {name: asdict(spread) for name, spread in spreads.items()}
    ratio = spreads["engine"].median_ms / spreads["peft"].median_ms
    return {"context_tokens": len(engine.rendering.prompt(messages)), **figures, "ratio": round(ratio, 4)}


def _peft_switch(base_folder: Path, skills: Sequence[Skill], prompt: list[int]) -> Callable[[], None]:
    """What one does without this engine: every skill loaded in PEFT, `set_adapter`, read the whole prompt.

    The skills are loaded as plain LoRAs: PEFT's activated form costs more, and cannot run on OPT's feed-forward layers.
    """
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    model: Any = AutoModelForCausalLM.from_pretrained(base_folder, dtype=torch.float32, local_files_only=True)
    with tempfile.TemporaryDirectory() as folder:
        first, *others = (_as_plain(skill, Path(folder) / skill.name) for skill in skills)
        model = PeftModel.from_pretrained(model, first, adapter_name=first.name)
        for other in others:
            model.load_adapter(other, adapter_name=other.name)
    model.eval()
    names, ids = cycle(skill.name for skill in skills), torch.tensor([prompt])

    def step() -> None:
        model.set_adapter(next(names))
        with torch.inference_mode():
            model(input_ids=ids, logits_to_keep=1).logits[0, -1].argmax()

    return step


def _as_plain(skill: Skill, folder: Path) -> Path:
    """The same weights in `folder`, without the invocation tokens."""
    assert skill.weights is not None
    shutil.copytree(skill.weights, folder)
    path = folder / "adapter_config.json"
    path.write_text(json.dumps({**json.loads(path.read_bytes()), "alora_invocation_tokens": None}), encoding="utf-8")
    return folder


class Timed:
    """A constraint that adds up the seconds spent in it, by `clock`."""

    def __init__(self, inner: Constraint, clock: Callable[[], float] = time.perf_counter) -> None:
        self._inner, self.seconds, self._clock = inner, 0.0, clock

    @property
    def is_complete(self) -> bool:
        return self._inner.is_complete

    def forced(self) -> list[int]:
        began = self._clock()
        tokens = self._inner.forced()
        self.seconds += self._clock() - began
        return tokens

    def choose(self, logits: Any, pick: Callable[[Any], int]) -> int:
        began = self._clock()
        token = self._inner.choose(logits, pick)
        self.seconds += self._clock() - began
        return token


def decoding(engine: LocalEngine, skill: Skill | None, tokens: int, rounds: int) -> dict[str, Any]:
    """Milliseconds a decoded token, free and under a grammar that leaves nearly everything open: its worst case, as
    nothing is forced. `grammar_us_per_token`: microseconds a token spent in the grammar itself, choosing included."""
    from router.engines.decoding import Anything, Grammar, decode
    from router.engines.rendering import Detokenizer

    request = Request([Message("user", "How many kilometres are 12 miles?")], skill=skill, max_tokens=tokens)
    inside: dict[str, list[float]] = {"free": [], "constrained": []}

    def run(name: str, constraint: Constraint) -> None:
        timed = Timed(constraint)
        with engine.reading(request) as (_, reading):
            output = decode(
                lambda new: reading.logits(new)[-1],
                timed,
                Detokenizer(engine.rendering.guide),
                ends=(),  # the same number of tokens, whatever the model would rather say
                limit=tokens,
            )
        inside[name].append(timed.seconds / len(output.tokens) * 1e6)

    spreads = in_turns(
        {
            "free": lambda: run("free", Anything()),
            "constrained": lambda: run("constrained", Grammar(engine.rendering.guide, _FREE_TEXT)),
        },
        rounds,
    )
    figures: dict[str, Any] = {name: _per_token(spread, tokens) for name, spread in spreads.items()}
    overhead = {name: statistics.median(values) for name, values in inside.items()}
    return {"tokens": tokens, **figures, "grammar_us_per_token": round(overhead["constrained"] - overhead["free"], 1)}


def _per_token(spread: Spread, tokens: int) -> dict[str, Any]:
    low, high = spread.quartiles_ms
    return asdict(
        Spread(round(spread.median_ms / tokens, 3), (round(low / tokens, 3), round(high / tokens, 3)), spread.n)
    )


def measure(base_folder: Path, skills: Iterable[Skill], *, context: int = 1500, rounds: int = 9) -> dict[str, Any]:
    """Everything, as plain data. Needs two skills with weights; raises UsageError otherwise."""
    from router.engines.local import LocalEngine

    trained = list(islice((skill for skill in skills if skill.weights), 3))
    if len(trained) < 2:
        raise UsageError("switching needs two skills with weights", hint="quiver skill list")
    engine = LocalEngine(base_folder)
    return {
        "base": engine.base.name,
        "skills": [skill.name for skill in trained],
        "switch": switching(engine, base_folder, trained, context, rounds),
        "decode": decoding(engine, trained[0], tokens=64, rounds=rounds),
    }


@click.command("bench")
@click.option("--context", type=click.IntRange(64), default=1500, help="Tokens of conversation when the skill changes.")
@click.option("--rounds", type=click.IntRange(2), default=9, help="How often everything is measured.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def command(context: int, rounds: int, as_json: bool) -> int:
    """What a step costs: switching skills, and decoding with and without a grammar. On a server: `bench serving` and
    `bench skills`, what the gateway adds: `bench gateway`, training against TRL: `bench train`."""
    from router.cli.output import print_data, print_json
    from router.opening import bundled_base, open_registry

    figures = measure(bundled_base(), open_registry().all(), context=context, rounds=rounds)
    if as_json:
        print_json(figures)
    else:
        print_data(_table(figures))
    return 0 if figures["switch"]["ratio"] <= SWITCH_TARGET else 1


def _table(figures: dict[str, Any]) -> str:
    switch, decode = figures["switch"], figures["decode"]
    lines = [f"first token of another skill, {switch['context_tokens']} tokens of context, ms (median, quartiles)"]
    lines += [f"  {label:<34}{_cell(switch[key])}" for key, label in _SWITCH_LABELS.items()]
    lines += [f"  engine / PEFT                     {switch['ratio']:.3f}   (target {SWITCH_TARGET})"]
    lines += [f"decoding, {decode['tokens']} tokens, ms a token"]
    lines += [f"  {name:<34}{_cell(decode[name])}" for name in ("free", "constrained")]
    return "\n".join([*lines, f"  in the grammar                    {decode['grammar_us_per_token']} µs a token"])


_SWITCH_LABELS = {
    "engine": "this engine",
    "without_reuse": "this engine, nothing remembered",
    "peft": "PEFT set_adapter + fresh prefill",
}


def _cell(spread: dict[str, Any]) -> str:
    low, high = spread["quartiles_ms"]
    return f"{spread['median_ms']:.2f}   ({low:.2f} to {high:.2f}, n={spread['n']})"


def main(words: Sequence[str]) -> int:
    if list(words[:1]) == ["serving"]:
        from evals import bench_serving

        return bench_serving.main(words[1:])
    if list(words[:1]) == ["train"]:
        from evals import bench_train

        return bench_train.main(words[1:])
    if list(words[:1]) == ["skills"]:
        from evals import bench_skills

        return bench_skills.main(words[1:])
    if list(words[:1]) == ["gateway"]:
        from evals import bench_gateway

        return bench_gateway.main(words[1:])
    return int(command.main(list(words), standalone_mode=False) or 0)
