"""`quiver eval bench serving`: what the next skill costs on a server, over a conversation that others have acted in.

Every step is one request that streams one token: how much of its prompt the server had to compute, by its own count,
and how long its first token took. Two servers are measured in turns, the same words to both, so that a busy machine
slows both alike. Costs only; does not ask whether the answers are right.
"""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from evals.bench_servers import load_all, started
from router.errors import EngineAnswerBroken, UsageError

if TYPE_CHECKING:
    from router.http import HttpClient

TARGET = 1 / 10  # of what the other server needs, in tokens and in time
KINDS = {
    "cold": "first skill, nothing known",
    "switch": "a skill new to this conversation",
    "return": "a skill that acted before",
}
_ROOM = 16  # tokens left free behind the longest prompt
_MISSING = "start it with --enable-prompt-tokens-details and --enable-prefix-caching"

Message = dict[str, str]


@dataclass(frozen=True)
class Step:
    """kind: see KINDS. prompt, computed: tokens."""

    kind: str
    prompt: int
    computed: int
    seconds: float


class Server:
    """One vLLM, with the adapters whose names match `patterns` (all of them when there are none)."""

    def __init__(self, client: HttpClient, patterns: Sequence[str] = ()) -> None:
        """Raises UsageError for a server with less than two such adapters: there is nothing to switch between."""
        from router.engines.chat import list_models
        from router.engines.vllm import root

        entries = list_models(client)
        self.client, self._tokenize = client, f"{root(client)}/tokenize"
        self.base = next((str(entry["id"]) for entry in entries if not entry.get("parent")), "")
        names = sorted(str(entry["id"]) for entry in entries if entry.get("parent"))
        self.skills = [name for name in names if not patterns or any(fnmatchcase(name, each) for each in patterns)]
        if len(self.skills) < 2:
            raise UsageError(
                f"{client.url} serves {len(self.skills)} such adapters; switching needs two",
                hint=f"curl {client.url}/models",
            )

    def tokens(self, messages: Sequence[Message]) -> tuple[int, int]:
        """How many the prompt of these messages has, and the most the base takes."""
        body = {"model": self.base, "messages": messages, "add_generation_prompt": True}
        data = self.client.post(self._tokenize, body)
        if not isinstance(data, Mapping) or not {"count", "max_model_len"} <= set(data):
            raise EngineAnswerBroken(f"{self.client.url} counts no tokens", hint="is it vLLM?")
        return int(data["count"]), int(data["max_model_len"])

    def step(self, skill: str, messages: Sequence[Message], kind: str) -> Step:
        """Raises UsageError for a server that does not tell how much it had kept."""
        body = {
            "model": skill, "messages": messages, "max_tokens": 1, "temperature": 0, "ignore_eos": True,
            "stream": True, "stream_options": {"include_usage": True},
        }  # fmt: skip
        usage: Mapping[str, Any] = {}
        began, first = time.perf_counter(), 0.0
        for event in self.client.stream("/chat/completions", body):
            first = first or (time.perf_counter() - began if event.get("choices") else 0.0)
            usage = event.get("usage") or usage
        kept = (usage.get("prompt_tokens_details") or {}).get("cached_tokens")
        if kept is None:
            raise UsageError(f"{self.client.url} does not count what it had kept", hint=_MISSING)
        prompt = int(usage["prompt_tokens"])
        return Step(kind, prompt, prompt - int(kept), first)


def conversation(server: Server, tokens: int, number: int) -> list[Message]:
    """Messages whose prompt is at least `tokens` long; `number` makes it unlike any other from its first words on.

    Raises UsageError when the base cannot hold it and two turns of every skill.
    """
    rng = random.Random(f"{number}/{tokens}")
    messages = [{"role": "user", "content": f"Ledger {rng.randrange(10**6)}. Add up the amounts."}]
    while (found := server.tokens(messages))[0] < tokens:
        missing = tokens - found[0]
        messages += [said for _ in range(max(1, missing // 60)) for said in turn(rng)]
    needed = server.tokens([*messages, *(said for _ in range(2 * len(server.skills)) for said in turn(rng))])
    if needed[0] + _ROOM > needed[1]:
        raise UsageError(
            f"{server.base} takes {needed[1]} tokens; {tokens} and the steps after them need {needed[0] + _ROOM}",
            hint=f"--context {max(64, tokens - (needed[0] + _ROOM - needed[1]))}",
        )
    return messages


def turn(rng: random.Random) -> list[Message]:
    """An answer, and what was observed next."""
    paid, day = rng.randrange(1, 1000), rng.randrange(1, 29)
    return [
        {"role": "assistant", "content": f'{{"answer": "{paid} was paid."}}'},
        {"role": "user", "content": f"Entry: {rng.randrange(1, 1000)} on day {day}."},
    ]


def steps(server: Server, tokens: int, number: int) -> Iterator[Step]:
    """One conversation: the first skill reads it, every other acts once, then all of them once more."""
    messages = conversation(server, tokens, number)
    rng = random.Random(number)
    count = len(server.skills)
    for at, skill in enumerate([*server.skills, *server.skills]):
        yield server.step(skill, messages, "cold" if not at else "switch" if at < count else "return")
        messages = [*messages, *turn(rng)]


@dataclass(frozen=True)
class Middle:
    """The median of `n` values and the quartiles around it."""

    median: float
    quartiles: tuple[float, float]
    n: int

    @classmethod
    def of(cls, values: Sequence[float]) -> Middle:
        """Raises ValueError for no values at all."""
        low, middle, high = statistics.quantiles(values, method="inclusive") if len(values) > 1 else [values[0]] * 3
        return cls(round(middle, 2), (round(low, 2), round(high, 2)), len(values))


def measure(servers: Mapping[str, Server], contexts: Sequence[int], rounds: int) -> list[dict[str, Any]]:
    """For each length: by server and kind of step, tokens computed and milliseconds to the first token. The first
    round of all does not count. With two servers, `ratio` is the first's medians over the second's, at a switch."""
    figures: list[dict[str, Any]] = []
    for tokens in contexts:
        taken: dict[str, list[Step]] = defaultdict(list)
        for number in range(rounds + (not figures)):
            for name, server in servers.items():
                found = list(steps(server, tokens, number))
                taken[name] += found if number < rounds else []
        arms = {name: summary(found) for name, found in taken.items()}
        figures.append({"context": tokens, "servers": arms, "ratio": ratio(list(arms.values()))})
    return figures


def summary(taken: Sequence[Step]) -> dict[str, Any]:
    """By kind of step."""
    kinds = {kind: [step for step in taken if step.kind == kind] for kind in KINDS}
    return {
        kind: {
            "prompt_tokens": asdict(Middle.of([step.prompt for step in found])),
            "computed_tokens": asdict(Middle.of([step.computed for step in found])),
            "first_token_ms": asdict(Middle.of([1000 * step.seconds for step in found])),
        }
        for kind, found in kinds.items()
    }


def ratio(arms: Sequence[Mapping[str, Any]]) -> dict[str, float] | None:
    """None for one server alone."""
    if len(arms) < 2:
        return None
    one, other = (arm["switch"] for arm in arms[:2])
    return {
        what: round(one[what]["median"] / other[what]["median"], 4) for what in ("computed_tokens", "first_token_ms")
    }


@click.command("serving")
@click.option("--url", metavar="URL", help="A vLLM with adapters, http://host:port/v1.")
@click.option("--against", metavar="URL", help="Another one, measured in turns with it: plain LoRA, say.")
@click.option(
    "--vllm",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Start both from this environment: with our plugin, and stock with plain copies of the same skills.",
)
@click.option("--model", "patterns", multiple=True, metavar="NAME", help="Only adapters of this name, or pattern.")
@click.option(
    "--context",
    "contexts",
    type=click.IntRange(64),
    multiple=True,
    default=(450, 900),
    show_default=True,
    help="Tokens of conversation; may be given again.",
)
@click.option("--rounds", type=click.IntRange(1), default=5, show_default=True, help="Conversations of each length.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def command(
    url: str | None,
    against: str | None,
    vllm: Path | None,
    patterns: tuple[str, ...],
    contexts: tuple[int, ...],
    rounds: int,
    as_json: bool,
) -> int:
    """What switching skills costs on a server: prompt tokens computed, time to the first token."""
    from router.cli.output import print_data, print_json
    from router.http import HttpClient

    if (url is None) == (vllm is None):
        raise UsageError("a server is measured, and one of --url and --vllm names it", hint="--vllm .venv-vllm")
    with ExitStack() as held:
        if vllm is not None:
            url, against = (held.enter_context(both) for both in _with_and_without(vllm, held))
        addresses = {"server": str(url), **({"against": against} if against else {})}
        servers = {name: Server(HttpClient(address), patterns) for name, address in addresses.items()}
        found = measure(servers, contexts, rounds)
    if as_json:
        print_json({"skills": {name: server.skills for name, server in servers.items()}, "contexts": found})
    else:
        print_data("\n".join(table(found)))
    ratios = [each["ratio"] for each in found if each["ratio"]]
    return int(any(value > TARGET for each in ratios for value in each.values()))


def _with_and_without(vllm: Path, held: ExitStack) -> Iterator[AbstractContextManager[str]]:
    """The addresses of two servers, the plugin's first, each with the bundled skills."""
    folder = Path(held.enter_context(tempfile.TemporaryDirectory()))

    @contextmanager
    def served(stock: bool) -> Iterator[str]:
        with started(vllm, folder, stock=stock) as engine:
            load_all(engine, folder, plain=stock)
            yield engine.client.url

    return map(served, (False, True))


def table(contexts: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield f"{'':<48}{'tokens computed':>16}{'ms to the first token':>24} (quartiles)"
    for each in contexts:
        for name, arm in each["servers"].items():
            for kind, words in KINDS.items():
                label = f"{each['context']:>5} {name:<8} {words}"
                yield f"{label:<48}{_cells(arm[kind]['computed_tokens'], arm[kind]['first_token_ms'])}"
        if each["ratio"]:
            tokens, first = each["ratio"]["computed_tokens"], each["ratio"]["first_token_ms"]
            label = f"{each['context']:>5} server / against, at a switch"
            yield f"{label:<48}{tokens:>16.3f}{first:>24.3f} (target {TARGET})"


def _cells(tokens: Mapping[str, Any], spread: Mapping[str, Any]) -> str:
    low, high = spread["quartiles"]
    return f"{tokens['median']:>16.0f}{spread['median']:>24.1f} ({low:.1f} to {high:.1f}, n={spread['n']})"


def main(words: Sequence[str]) -> int:
    return int(command.main(list(words), standalone_mode=False) or 0)
