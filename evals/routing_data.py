"""Requests with the skills that may take them: CLINC150, MetaTool and NLU-Evaluation-Data in their upstream layouts,
and this repository's own states of the bundled skills. Reads and draws examples; nothing is routed or scored here.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from adapters.skill import SkillExample
from router import jsonl
from router.errors import UsageError
from router.routing import State

Split = Literal["val", "test"]
SETS = ("states", "states-near", "clinc150", "metatool", "nlu")
STATES = Path(__file__).parent / "states"
HALVES: Mapping[Split, str] = {"val": "dev", "test": "test"}  # of our own states
HELD_OUT_EVERY = 10  # MetaTool has no split of its own: every tenth query is asked, as the training code leaves it out
OUTSIDE_EVERY = 8  # of the intents or tools of a set without strays of its own: these are not learned
_FOLDERS = {"clinc150": "clinc150", "metatool": "metatool", "nlu": "nlu-evaluation-data"}


@dataclass(frozen=True)
class KnownSkill:
    """All that a router may know of a skill."""

    name: str
    description: str
    examples: tuple[SkillExample, ...]


@dataclass(frozen=True)
class RoutedCase:
    """`skills`: any of them is right; none: the request is out of scope. `kind`: what sort of case it is."""

    id: str
    state: State
    skills: tuple[str, ...]
    kind: str


@dataclass(frozen=True)
class RoutingSet:
    name: str
    skills: tuple[KnownSkill, ...]
    cases: tuple[RoutedCase, ...]


def read_set(
    name: str, data: Path | None, *, split: Split = "test", seed: int = 0, examples: int | None = None
) -> RoutingSet:
    """A set of `SETS`; `examples` a skill, drawn with `seed`, all by default. `split`: of CLINC150 and our own states,
    which alone have one for choices. Raises UsageError for data not there."""
    if name.startswith("states"):
        return _states(name, split, seed, examples)
    if data is None:
        raise UsageError(f"the set {name} needs its data", hint="quiver eval routing --data FOLDER")
    if name == "clinc150":
        return _clinc(folder_of(name, data), split, seed, examples)
    reader = {"metatool": _metatool, "nlu": _nlu}[name]
    return reader(folder_of(name, data), seed, examples)


def folder_of(name: str, data: Path) -> Path:
    """Where the set is: a folder of its upstream name in `data`, or `data` itself."""
    inside = data / _FOLDERS[name]
    return inside if inside.is_dir() else data


def available(data: Path | None) -> list[str]:
    """The sets that can be read: what ships, and what `data` holds."""
    wanted = {"clinc150": "data_full.json", "metatool": "plugin_des.json", "nlu": "train/alarm_set.csv"}
    found = ["states", "states-near"]
    return found + [name for name, file in wanted.items() if data and (folder_of(name, data) / file).is_file()]


def files_of(names: Sequence[str], data: Path | None) -> list[Path]:
    """The files that the sets are read from."""
    wanted = {
        "states": ["states.jsonl"],
        "states-near": ["states.jsonl", "skills.jsonl"],
        "clinc150": ["data_full.json"],
        "metatool": ["plugin_des.json", "data/all_clean_data.csv", "data/multi_tool_query_golden.json"],
        "nlu": ["train/*.csv", "test/*.csv"],
    }
    folders = {name: folder_of(name, data) if data and name in _FOLDERS else STATES for name in names}
    found = [path for name in names for pattern in wanted[name] for path in sorted(folders[name].glob(pattern))]
    return list(dict.fromkeys(found))


# --- CLINC150 (Larson et al. 2019, CC BY 3.0) ------------------------------------------------------------------------


def _clinc(folder: Path, split: Split, seed: int, examples: int | None) -> RoutingSet:
    """Each of 150 intents a skill, described by its name in words, learned from `train`."""
    data = read_clinc(folder)
    inside = [_case(f"{split}-{row}", text, (intent,)) for row, (text, intent) in enumerate(data[split])]
    strays = [_case(f"oos-{split}-{row}", text, ()) for row, (text, _) in enumerate(data[f"oos_{split}"])]
    described = {intent: intent.replace("_", " ") for _, intent in data["train"]}
    skills = _skills(described, _by_label(data["train"]), seed, examples)
    return RoutingSet("clinc150", skills, (*inside, *strays))


def read_clinc(folder: Path) -> dict[str, list[tuple[str, str]]]:
    """(request, intent) by split. Raises UsageError when the file is missing or of another layout."""
    hint = "Give the folder of clinc/oos-eval's data, the one that holds data_full.json."
    path = folder / "data_full.json"
    content = _json(path, "CLINC150", hint)
    try:
        splits = ("train", "val", "test", "oos_val", "oos_test")
        return {split: [(str(text), str(intent)) for text, intent in content[split]] for split in splits}
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path} is not CLINC150's data_full.json: {error!r}.", hint=hint) from error


# --- MetaTool (Huang et al. 2024, MIT) and NLU-Evaluation-Data (Liu et al. 2019, CC BY 4.0) --------------------------


def _metatool(folder: Path, seed: int, examples: int | None) -> RoutingSet:
    """Each tool a skill, with its own description. An eighth of the tools is not learned: their queries are strays.

    Queries for two tools are asked too; either tool is right, unless one was not learned.
    """
    hint = "Give the folder of HowieHwong/MetaTool's dataset, the one that holds plugin_des.json."
    described = {str(name): str(text) for name, text in _json(folder / "plugin_des.json", "MetaTool", hint).items()}
    rows = [(row["Query"], row["Tool"]) for row in _csv(folder / "data" / "all_clean_data.csv", ",", hint)]
    known, outside = _left_out(described)
    train = [row for number, row in enumerate(rows) if number % HELD_OUT_EVERY and row[1] in known]
    asked = [row for number, row in enumerate(rows) if number % HELD_OUT_EVERY == 0 and row[1] in described]
    cases = [_case(f"query-{n}", text, () if tool in outside else (tool,)) for n, (text, tool) in enumerate(asked)]
    both = folder / "data" / "multi_tool_query_golden.json"
    for number, row in enumerate(_json(both, "MetaTool", hint) if both.is_file() else []):
        if all(tool in known for tool in row["tool"]):
            cases.append(_case(f"two-{number}", row["query"], tuple(row["tool"]), "several"))
    skills = _skills({name: described[name] for name in known}, _by_label(train), seed, examples)
    return RoutingSet("metatool", skills, tuple(cases))


def _nlu(folder: Path, seed: int, examples: int | None) -> RoutingSet:
    """Each intent a skill; an eighth of them is not learned and makes the strays. The `test` split is asked."""
    hint = "Give the folder of xliuhw/NLU-Evaluation-Data that holds train and test."
    train = [(text, path.stem) for path in _paths(folder / "train", hint) for text in _spoken(path, hint)]
    asked = [(text, path.stem) for path in _paths(folder / "test", hint) for text in _spoken(path, hint)]
    known, outside = _left_out({intent: "" for _, intent in train})
    cases = [
        _case(f"{intent}-{number}", text, () if intent in outside else (intent,))
        for number, (text, intent) in enumerate(asked)
        if intent in known or intent in outside
    ]
    described = {intent: intent.replace("_", " ") for intent in known}
    skills = _skills(described, _by_label(row for row in train if row[1] in known), seed, examples)
    return RoutingSet("nlu", skills, tuple(cases))


def _left_out(described: Mapping[str, str]) -> tuple[set[str], set[str]]:
    """(learned, not learned), the same on every machine."""
    outside = set(sorted(described)[::OUTSIDE_EVERY])
    return set(described) - outside, outside


def _spoken(path: Path, hint: str) -> list[str]:
    texts = [(row["answer_from_user"] or "").strip() for row in _csv(path, ";", hint)]
    return list(dict.fromkeys(text for text in texts if text))


def _paths(folder: Path, hint: str) -> list[Path]:
    found = sorted(folder.glob("*.csv"))
    if not found:
        raise UsageError(f"No requests by intent in {folder}.", hint=hint)
    return found


# --- the repository's own states -------------------------------------------------------------------------------------


def _states(name: str, split: Split, seed: int, examples: int | None) -> RoutingSet:
    """`states`: the bundled skills alone. `states-near`: with the near duplicates of evals/states/skills.jsonl."""
    from router.opening import open_registry

    bundled = [KnownSkill(s.name, s.description, tuple(s.examples)) for s in open_registry().all()]
    near = read_near_skills() if name == "states-near" else []
    known = {skill.name for skill in (*bundled, *near)}
    rows = [row for row in read_states(HALVES[split]) if not row.skills or known.intersection(row.skills)]
    rows = [row for row in rows if name == "states-near" or row.kind != "near-duplicate"]
    return RoutingSet(name, tuple(_fewer(skill, seed, examples) for skill in (*bundled, *near)), tuple(rows))


def read_states(half: str | None = None, path: Path = STATES / "states.jsonl") -> list[RoutedCase]:
    """`half`: "dev" or "test", both by default; no wording is in both."""
    return [
        RoutedCase(row["id"], State(row["text"], row["observed"]), tuple(row["skills"]), row["kind"])
        for row in jsonl.read(path)
        if half in (None, row["half"])
    ]


def read_near_skills(path: Path = STATES / "skills.jsonl") -> list[KnownSkill]:
    return [
        KnownSkill(row["name"], row["description"], tuple(SkillExample(**each) for each in row["examples"]))
        for row in jsonl.read(path)
    ]


# --- the pieces ------------------------------------------------------------------------------------------------------


def _case(name: str, text: str, skills: tuple[str, ...], kind: str = "") -> RoutedCase:
    return RoutedCase(name, State(" ".join(text.split())), skills, kind or ("single" if skills else "out-of-scope"))


def _by_label(rows: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for text, label in rows:
        found.setdefault(label, []).append(text)
    return found


def _skills(
    described: Mapping[str, str], texts: Mapping[str, Sequence[str]], seed: int, examples: int | None
) -> tuple[KnownSkill, ...]:
    skills = (
        KnownSkill(name, described[name], tuple(SkillExample(text) for text in texts.get(name, ())))
        for name in sorted(described)
    )
    return tuple(_fewer(skill, seed, examples) for skill in skills)


def _fewer(skill: KnownSkill, seed: int, examples: int | None) -> KnownSkill:
    if examples is None or len(skill.examples) <= examples:
        return skill
    rows = np.random.default_rng([seed, *skill.name.encode()]).permutation(len(skill.examples))[:examples]
    return KnownSkill(skill.name, skill.description, tuple(skill.examples[row] for row in rows))


def _json(path: Path, source: str, hint: str) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UsageError(f"{source} is not in {path.parent}: {path.name} is missing.", hint=hint) from error
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} is not {source}'s {path.name}: {error!r}.", hint=hint) from error


def _csv(path: Path, delimiter: str, hint: str) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            return list(csv.DictReader(lines, delimiter=delimiter))
    except (OSError, ValueError, csv.Error) as error:
        raise UsageError(f"{path} cannot be read: {error}.", hint=hint) from error
