"""The sets that `quiver eval calls` measures, by name: where each comes from and what the public folders must hold.

`own` ships with the repository. `bfcl` is read from bfcl-eval's files, `bfcl-exec` from those it has retired.
`sgd-unseen` and `sgd-seen` are real user turns of SGD's test split, for services that are not, or are, in its train
split; `paraphrased` has them wear SGD-X's schemas. `mcp-held-out` are requests our own generator writes for MCP servers
held out of training. `seal-out-of-domain` is Seal-Tools' test of fields its training set lacks: one query in seven asks
for one call, the others for several of different tools. Anything else is a file.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from evals.call_cases import OWN, Case, accepted, find_bfcl, read_bfcl, read_cases
from evals.call_check import Wanted
from evals.call_exec import SET as EXEC
from evals.call_exec import read_exec
from evals.call_variants import offering, pool_of
from router.conversation import Message, ToolSpec
from router.errors import UsageError

if TYPE_CHECKING:
    from training.example import Example

Names = Literal["named", "masked", "paraphrased"]
SETS = ("own", "bfcl", "bfcl-exec", "sgd-seen", "sgd-unseen", "mcp-held-out", "seal-out-of-domain")
PARAPHRASED = ("sgd-seen", "sgd-unseen")
SEAL = "seal-out-of-domain"
MADE = (*PARAPHRASED, "mcp-held-out", SEAL)
OFFERED = 5  # tools beside each request of the sets that come without a list of their own
VARIANTS = ("v1", "v2", "v3", "v4", "v5")


def default_sets(data: Path | None) -> list[str]:
    """What a folder has to offer; without one, the set that ships."""
    if data is None:
        return ["own"]
    if data.is_file():
        return [str(data)]
    found = ["bfcl"] if find_bfcl(data) else []
    found += list(PARAPHRASED) if (data / "sgd").is_dir() else []
    found += ["mcp-held-out"] if any((data / name).is_dir() for name in ("toucan-mcp", "livemcp", "mcpm")) else []
    found += [SEAL] if (data / "seal-tools").is_dir() else []
    if not found:
        raise UsageError(
            f"{data} holds neither BFCL's files nor a public set",
            hint=f"pip install --no-deps --target {data} bfcl-eval",
        )
    return found


def read_set(name: str, data: Path | None, each: int, names: Names = "named", seed: int = 0) -> list[Case]:
    """At most `each` cases of a set, drawn with the seed. Raises UsageError for one that is not there.

    Every way of naming gives the same cases under the same ids, so that they can be compared one by one. Masking comes
    last, after distractors were added: `evals.call_variants.masked`.
    """
    if names == "paraphrased" and name not in PARAPHRASED:
        raise UsageError(f"the set {name} has no paraphrased tools", hint=f"sets that have: {', '.join(PARAPHRASED)}")
    cases = drawn(_read(name, data, each, seed), each, seed)
    if names == "paraphrased":
        cases = _reworded(cases, name, _needed(name, data))
    return with_offered(cases, OFFERED, seed) if name in MADE else cases


def _read(name: str, data: Path | None, each: int, seed: int) -> list[Case]:
    if name in PARAPHRASED:
        rows = _sgd(name, _needed(name, data), None)
        return [_case(f"{name}-{number}", name, row) for number, row in enumerate(rows)]
    if name == "mcp-held-out":
        return list(islice(_mcp(_needed(name, data), seed), each))
    if name == SEAL:
        return list(_seal(_needed(name, data)))
    if name == "bfcl":
        return list(read_bfcl(_needed(name, data)))
    if name == EXEC:
        return read_exec(_needed(name, data))
    return read_cases(OWN if name == "own" else Path(name))


def drawn(cases: Sequence[Case], count: int, seed: int) -> list[Case]:
    """`count` of the cases, taken in turn from each category and part as long as it has any, so that a small sample is
    no smaller in one than in another. The beginning of the order is such a sample, too."""
    shuffled = sorted(cases, key=lambda case: (random.Random(f"{seed} {case.id}").random(), case.id))
    turns: Counter[tuple[str, str]] = Counter()
    place = {}
    for case in shuffled:
        place[case.id] = turns[case.part, case.category]
        turns[case.part, case.category] += 1
    return sorted(shuffled, key=lambda case: place[case.id])[:count]


def with_offered(cases: Sequence[Case], count: int, seed: int) -> list[Case]:
    """Each with so many tools; those that say of no tool that it is right are left out."""
    pool = pool_of([*cases, *read_cases(OWN)])
    return [made for case in cases if (made := offering(case, count, pool, seed)) is not None]


def _needed(name: str, data: Path | None) -> Path:
    if data is None:
        fetch = "fetch it: pip install --no-deps --target DIR bfcl-eval, then --data DIR"
        raise UsageError(f"the set {name} needs --data", hint=fetch if name in ("bfcl", EXEC) else "--data FOLDER")
    return data


def _sgd(name: str, data: Path, variant: str | None) -> Iterator[Example]:
    from training.sources import sgd

    return _calls(sgd.read(data / "sgd", "test", seen=name == "sgd-seen", variant=variant))


def _reworded(cases: Sequence[Case], name: str, data: Path) -> list[Case]:
    """The same user turns and values under one of SGD-X's schemas, drawn by the case's id; without those it lacks."""
    found = {}
    for variant in VARIANTS:
        for row in _sgd(name, data, variant):
            case = _case("", name, row)
            found[variant, _said(case)] = case
    pairs = ((case, found.get((random.Random(case.id).choice(VARIANTS), _said(case)))) for case in cases)
    return [replace(new, id=case.id) for case, new in pairs if new is not None]


def _said(case: Case) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What a case has in common with its paraphrase: all turns, and the values of the call."""
    values = sorted(repr(value) for value in case.wanted[0].arguments.values())
    return tuple(message.content for message in case.messages), tuple(values)


def _mcp(data: Path, seed: int) -> Iterator[Case]:
    from training.sources import mcp, requests
    from training.sources.texts import read_texts

    served = mcp.read_tools(data, "held-out")
    made = requests.generate(served, random.Random(seed), read_texts(data), extracted=0.0)
    for number, row in enumerate(_calls(made)):
        yield _case(f"mcp-held-out-{number}", "mcp-held-out", row)


def _seal(data: Path) -> Iterator[Case]:
    """The tools that are called; others come beside them as distractors."""
    from training.sources import seal_tools

    for number, (query, calls) in enumerate(seal_tools.read_queries(data / "seal-tools", "test_out")):
        wanted = tuple(Wanted(tool["name"], accepted(given)) for tool, given in calls)
        tools = tuple(map(_tool, _distinct(tool for tool, _ in calls)))
        category = "multiple" if len(calls) == 1 else "parallel-multiple"
        yield Case(f"{SEAL}-{number}", SEAL, category, (Message("user", query),), tools, wanted)


def _calls(rows: Iterable[Example]) -> Iterator[Example]:
    return (row for row in rows if row.output is not None and row.output["arguments"])


def _case(id: str, name: str, row: Example) -> Case:
    assert row.output is not None
    messages = tuple(Message(message["role"], message["content"]) for message in row.messages)
    tools = tuple(map(_tool, _distinct((*row.tools, *row.alternatives))))
    wanted = Wanted(row.output["name"], accepted(row.output["arguments"]))
    return Case(id, name, "multiple", messages, tools, (wanted,))


def _distinct(tools: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return list({tool["name"]: tool for tool in reversed(list(tools))}.values())[::-1]


def _tool(tool: Mapping[str, Any]) -> ToolSpec:
    return ToolSpec(tool["name"], tool["description"], tool["parameters"])
