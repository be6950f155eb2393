"""Requests paired with the tools that serve them, read from public data in upstream layout, for the shortlist head.

A pool is one source: its tools, each in one or more wordings, and requests with the names of the right ones. Candidates
are only ever drawn within a pool, because tools of different sources often do the same. Arguments are left out.
"""

from __future__ import annotations

import csv
import json
import random
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from router.conversation import ToolSpec
from tools.builtin import builtin_tools
from training.chains import chain, for_nobody
from training.request_grammar import FAMILY_TOOLS, polite, request
from training.synthetic.beyond import beyond
from training.synthetic.builtin_calls import CASES
from training.synthetic.near_tools import ERRANDS
from training.synthetic.out_of_scope import incomplete, talk, unserved
from training.synthetic.phrases import wording
from training.synthetic.states import of_skill
from training.synthetic.values import slots

INTENTS = Path(__file__).with_name("intents.json")
SEED = 17
METATOOL_HELD_OUT = 66  # of 199 tools: a third, for measuring
_LONGEST_TEXT = 400  # characters of a text given whole: the heads read no further
METATOOL_DEVELOPMENT = 20  # of the rest: for calibration


@dataclass(frozen=True)
class Row:
    """A request and the names of the tools that serve it; none for a request that no tool of any pool serves.
    `group`: the tools it is naturally offered with (the services of its dialogue), empty where there is no such."""

    request: str
    right: frozenset[str]
    group: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Pool:
    """`tools` maps a key to the wordings of that tool. `same`: other tools that may do
    the same work, so that they are neither right nor wrong."""

    source: str
    licence: str
    tools: Mapping[str, Sequence[ToolSpec]]
    rows: Sequence[Row]
    same: Mapping[str, frozenset[str]]

    def capped(self, count: int, per_tool: int, rng: random.Random) -> Pool:
        """At most `count` rows, at most `per_tool` of any tool, at random."""
        rows, seen = list(self.rows), dict[frozenset[str], int]()
        rng.shuffle(rows)
        kept = []
        for row in rows:
            seen[row.right] = seen.get(row.right, 0) + 1
            if seen[row.right] <= per_tool:
                kept.append(row)
        return replace(self, rows=kept[:count])


def tool(name: str, description: str, parameters: Iterable[str] = ()) -> ToolSpec:
    """A tool whose parameters are known by name alone."""
    properties = {parameter: {"type": "string"} for parameter in parameters}
    return ToolSpec(name, " ".join(description.split()), {"type": "object", "properties": properties})


def sgd(folder: Path, split: str, wanted: Callable[[str], bool] = lambda service: True) -> Pool:
    """User turns that state an intent, one tool per intent; SGD-X gives train tools five more wordings."""
    originals = read_json(folder / split / "schema.json")
    schemas = [originals]
    if split == "train":
        schemas += [read_json(path) for path in sorted((folder / "sgd_x/data").glob(f"*/{split}/schema.json"))]
    tools: dict[str, list[ToolSpec]] = {}
    for schema in schemas:
        for old, new in zip(originals, schema, strict=True):
            for before, after in zip(old["intents"], new["intents"], strict=True):
                slots = (*after["required_slots"], *after["optional_slots"])
                key = f"{old['service_name']}.{before['name']}"
                tools.setdefault(key, []).append(tool(after["name"], after["description"], slots))
    tools = {key: wordings for key, wordings in tools.items() if wanted(key.split(".")[0])}
    rows = [
        row for path in sorted((folder / split).glob("dialogues_*.json")) for row in _sgd_rows(read_json(path), tools)
    ]
    same = {key: frozenset(other for other in tools if _rivals(key, other)) for key in tools}
    return Pool("sgd", "CC-BY-SA-4.0", tools, rows, same)


def unseen_services(folder: Path) -> set[str]:
    """Services of the test split that training never saw."""
    names = [
        {service["service_name"] for service in read_json(folder / split / "schema.json")}
        for split in ("test", "train")
    ]
    return names[0] - names[1]


def _rivals(key: str, other: str) -> bool:
    """Whether two tools are of different services of one domain, such as Hotels_1 and Hotels_3."""
    ours, theirs = key.split(".")[0], other.split(".")[0]
    return ours != theirs and ours.split("_")[0] == theirs.split("_")[0]


def _sgd_rows(dialogues: Sequence[Mapping[str, Any]], tools: Mapping[str, Sequence[ToolSpec]]) -> Iterator[Row]:
    for dialogue in dialogues:
        group = frozenset(key for key in tools if key.split(".")[0] in dialogue["services"])
        for turn in dialogue["turns"]:
            stated = [
                f"{frame['service']}.{action['values'][0]}"
                for frame in turn["frames"]
                for action in frame["actions"]
                if turn["speaker"] == "USER" and action["act"] == "INFORM_INTENT"
            ]
            if stated and all(key in tools for key in stated):
                yield Row(turn["utterance"], frozenset(stated), group)


def seal_tools(folder: Path, split: str, others: int = 400) -> Pool:
    """`split`: dev, test_in_domain or test_out_domain. Its tools: those its queries call, and `others` at random."""
    described = [json.loads(line) for line in _lines(folder / "tool.jsonl")]
    tools = {row["api_name"]: [tool(row["api_name"], row["api_description"], row["parameters"])] for row in described}
    queries = [json.loads(line) for line in _lines(folder / f"{split}.jsonl")]
    rows = [Row(query["query"], frozenset(call["api"] for call in query["calling"])) for query in queries]
    rows = [row for row in rows if row.right <= tools.keys()]
    called = set[str]().union(*(row.right for row in rows))
    kept = called | set(random.Random(SEED).sample(sorted(tools.keys() - called), others))
    return Pool("seal-tools", "Apache-2.0", {name: tools[name] for name in sorted(kept)}, rows, {})


def metatool(folder: Path, part: str) -> Pool:
    """`part`: train, development or held-out; each has its own tools and the requests labelled with them."""
    described = read_json(folder / "plugin_des.json")
    names = sorted(described)
    random.Random(SEED).shuffle(names)
    edges = (METATOOL_HELD_OUT, METATOOL_HELD_OUT + METATOOL_DEVELOPMENT)
    parts = {"held-out": names[: edges[0]], "development": names[edges[0] : edges[1]], "train": names[edges[1] :]}
    tools = {name: [tool(name, described[name])] for name in parts[part]}
    with (folder / "data/all_clean_data.csv").open(encoding="utf-8", newline="") as file:
        rows = [Row(row["Query"], frozenset([row["Tool"]])) for row in csv.DictReader(file) if row["Tool"] in tools]
    return Pool("metatool", "MIT", tools, rows, {})


def clinc150(folder: Path) -> Pool:
    """Train queries; small talk and out-of-scope queries become rows that nothing serves."""
    data = read_json(folder / "data_full.json")
    pairs = [(text, intent) for text, intent in data["train"]] + [(text, "") for text, _ in data["oos_train"]]
    return _intents("clinc150", "CC-BY-3.0", pairs)


def nlu_evaluation(folder: Path) -> Pool:
    """Utterances as their speakers typed them, of the train half."""
    pairs = []
    for path in sorted((folder / "train").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            pairs += [(row["answer_from_user"], path.stem) for row in csv.DictReader(file, delimiter=";")]
    return _intents("nlu-evaluation-data", "CC-BY-4.0", pairs)


def snips(folder: Path) -> Pool:
    pairs = []
    for path in sorted(folder.glob("*/*/train_*_full.json")):
        intent = path.parent.name
        utterances = json.loads(path.read_text(encoding="latin-1"))[intent]
        pairs += [("".join(piece["text"] for piece in row["data"]), intent) for row in utterances]
    return _intents("snips", "CC0-1.0", pairs)


def _intents(source: str, licence: str, pairs: Iterable[tuple[str, str]]) -> Pool:
    described = read_json(INTENTS)[source]
    tools = {name: [tool(name, text)] for name, text in described.items()}
    rows = [Row(text.strip(), frozenset([name] if name in tools else ())) for text, name in pairs]
    return Pool(source, licence, tools, rows, {})


def mcpm(folder: Path) -> Pool:
    """Servers in place of tools: their example prompts do not say which tool of the server they call."""
    tools: dict[str, list[ToolSpec]] = {}
    rows = []
    for path in sorted((folder / "servers").glob("*.json")):
        server = read_json(path)
        prompts = [example.get("prompt", "").strip("\"' ") for example in server.get("examples") or []]
        if server.get("description") and any(map(_spoken, prompts)):
            tools[server["name"]] = [tool(server["name"], server["description"])]
            rows += [Row(prompt, frozenset([server["name"]])) for prompt in prompts if _spoken(prompt)]
    return Pool("mcpm", "MIT", tools, rows, {})


def _spoken(prompt: str) -> bool:
    """Whether an example prompt is something a person would say: words, not code, a link or a signature."""
    return 3 <= len(prompt.split()) <= 40 and not re.search(r"[{}]|\(\)|->|://|=", prompt)


def grammar(count: int) -> Pool:
    """`count` requests of the request grammar, spread evenly over its families."""
    rng, tools = random.Random(SEED), _families()
    families = sorted(tools)
    rows = [
        Row(polite(request(families[n % len(families)], rng), rng), frozenset([families[n % len(families)]]))
        for n in range(count)
    ]
    return Pool("grammar", "Apache-2.0", tools, rows, {})


def in_the_box(count: int, seed: int = SEED) -> Pool:
    """About `count` requests for the built-in tools from the generators the base learns from, a fifth of them for none.
    Some need two tools: something is looked up and then used."""
    rng, tools = random.Random(seed), _families()
    rows = [row for _ in range(count) for row in _everyday(rng)][:count]
    return Pool("in the box", "Apache-2.0", {name: tools[name] for name in CASES}, rows, {})


def _everyday(rng: random.Random) -> list[Row]:
    kind = rng.random()
    if kind < 0.42:
        name = rng.choice(list(CASES))
        return [Row(CASES[name](rng).request, frozenset([name]))]
    if kind < 0.7:
        return [Row(part.text, part.tools) for part in chain(rng)]
    if kind < 0.73:
        joined = chain(rng)[:2]
        text = rng.choice((" and ", ", then ", ". ")).join(part.text.rstrip(".?! ") for part in joined)
        return [Row(text, frozenset[str]().union(*(part.tools for part in joined)))]
    if kind < 0.76:
        text, name = incomplete(rng)
        return [Row(text, frozenset([name]))]
    return [Row(_for_nobody(rng), frozenset())]


# A built-in tool could be of some use for these: who is asked to remind may note, a page may hold the weather.
_MIGHT_BE_SERVED = ("add_reminder", "add_event", "get_weather", "stock_price")


def _for_nobody(rng: random.Random) -> str:
    """A request that nothing in the box serves: work for other tools, talk, or a text given whole to be worked on."""
    kind = rng.random()
    if kind < 0.28:
        return unserved(rng)
    if kind < 0.4:
        return for_nobody(rng)
    if kind < 0.5:
        return talk(rng)
    if kind < 0.7:
        return beyond(rng)[0]
    if kind < 0.88:
        errand = rng.choice([each for each in ERRANDS if not each.tool.startswith(_MIGHT_BE_SERVED)])
        return wording(rng, errand.forms, slots(rng))
    state = next(of_skill(rng, rng.choice(("json-extract", "safety-filter"))))
    return talk(rng) if state.observed else state.text[:_LONGEST_TEXT]


def _families() -> dict[str, list[ToolSpec]]:
    """The families of the request grammar; where one is built in, the tool in the box is its first wording."""
    built_in = {each.spec.name: [each.spec] for each in builtin_tools(Path.cwd())}
    return {
        family: built_in.get(family, []) + [tool(*wording) for wording in wordings]
        for family, wordings in FAMILY_TOOLS.items()
    }


def read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()
