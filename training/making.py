"""A skill while it is made: one folder with what a person gave, what a teacher answered, and what came of both.

    SKILL.md, schema.json or tools.json   the contract, as in a skill's folder; tools.json is a list of tools
    examples.jsonl                        seeds: {"request", "output", "observed"?}; held-out.jsonl: the same, never
                                          trained on
    plan.json                             every stage's resolved configuration, its digest, and what came of it
    teacher/responses.jsonl               all a teacher ever answered; rows.jsonl, dropped.jsonl, rejected.jsonl,
                                          report.*: what was made of it
    checkpoints/, weights/, card.json     what was trained; before-refining/: the weights a refinement began from

A stage is done when its digest, over its configuration and the files it reads, is the one that was finished. Nothing
is asked, filtered, trained or published here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from adapters.registry import home
from adapters.skill import Manifest, check_name, read_manifest
from router import jsonl
from router.cache import write_atomically
from router.conversation import ToolSpec
from router.errors import SkillBroken, UsageError
from training.example import Example

if TYPE_CHECKING:
    from router.contract import Contract

Stage = Literal["distill", "train", "refine", "check", "publish"]

_GIVEN = ("SKILL.md", "schema.json", "tools.json", "examples.jsonl", "held-out.jsonl")
_TRAINED = ("weights/adapter_config.json", "weights/adapter_model.safetensors")
INPUTS: Mapping[Stage, tuple[str, ...]] = {
    "distill": _GIVEN,
    "train": ("SKILL.md", "schema.json", "tools.json", "rows.jsonl"),
    "refine": (
        *("SKILL.md", "schema.json", "tools.json", "rows.jsonl", "rejected.jsonl"),
        "before-refining/adapter_model.safetensors",
    ),
    "check": (*_GIVEN, *_TRAINED),
    "publish": (*_GIVEN, *_TRAINED, "card.json"),
}


@dataclass(frozen=True)
class Seed:
    """What a person says is right. `answered`: it names an output; without, it only teaches the router.

    `output`: None to decline, where `answered`. `observed`: a tool had spoken already, in words the seed leaves out.
    """

    request: str
    output: Mapping[str, Any] | None = None
    observed: bool = False
    answered: bool = True


@dataclass(frozen=True)
class StageState:
    """What plan.json says of a stage. `figures`: what came of it, None until it is finished."""

    config: Mapping[str, Any]
    digest: str
    figures: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Making:
    """The workspace in `folder`, which is named as the skill is. Reading its files raises SkillBroken."""

    folder: Path

    @classmethod
    def named(cls, name: str) -> Making:
        """The one of this name under $QUIVER_HOME/making. Raises UsageError when there is none."""
        folder = home() / "making" / check_name(name)
        if not (folder / "SKILL.md").is_file():
            raise UsageError(f"no skill named {name} is being made", hint=f"begin with: quiver skill new {name}")
        return cls(folder)

    # --- what a person gave ------------------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        return self.folder.name

    @cached_property
    def manifest(self) -> Manifest:
        return read_manifest(self.folder)

    @cached_property
    def schema(self) -> dict[str, Any] | None:
        """schema.json; None where the contract is to call a tool."""
        if self.manifest.contract == "tools":
            return None
        schema = self._json("schema.json", "Write the JSON Schema of the skill's output there.")
        if not isinstance(schema, dict):
            raise SkillBroken("schema.json is not a JSON object.", hint="Write it between braces.")
        return schema

    @cached_property
    def tools(self) -> tuple[ToolSpec, ...]:
        """tools.json: {"name", "description", "parameters"} each, or OpenAI's form of the same."""
        if self.manifest.contract != "tools":
            return ()
        rows = self._json("tools.json", "Write the list of tools there.")
        if not isinstance(rows, list) or not rows:
            raise SkillBroken("tools.json is not a list of tools.", hint="Write them between brackets.")
        return tuple(_tool(row, number) for number, row in enumerate(rows, 1))

    @cached_property
    def contract(self) -> Contract:
        """Raises SchemaRefused."""
        from router.contract import Contract

        if self.schema is None:
            return Contract.for_tools(self.tools)
        return Contract.for_schema(self.schema)

    @cached_property
    def seeds(self) -> tuple[Seed, ...]:
        return _seeds(self.folder / "examples.jsonl", self.contract)

    @cached_property
    def held_out(self) -> tuple[Seed, ...]:
        """What a person keeps apart to measure on; empty where there is no held-out.jsonl."""
        path = self.folder / "held-out.jsonl"
        return _seeds(path, self.contract) if path.is_file() else ()

    def example(self, request: str, output: Mapping[str, Any] | None, source: str, tool: str | None = None) -> Example:
        """A row of this skill. `tool`: for a row that declines, the one that comes nearest."""
        named = output["name"] if output is not None and self.tools else tool
        tools = [{"name": t.name, "description": t.description, "parameters": dict(t.parameters)} for t in self.tools]
        return Example(
            skill=self.name,
            messages=({"role": "user", "content": request},),
            output=output,
            source=source,
            licence=self.manifest.licence or "unknown",
            tools=tuple(each for each in tools if each["name"] == named),
            schema=self.schema if self.manifest.contract == "given" else None,
            alternatives=tuple(each for each in tools if each["name"] != named),
        )

    def _json(self, name: str, hint: str) -> Any:
        try:
            return json.loads((self.folder / name).read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise SkillBroken(f"{name} is missing.", hint=hint) from None
        except (OSError, ValueError, RecursionError) as error:
            raise SkillBroken(f"{name} is not JSON: {error}.", hint="Check it with python -m json.tool.") from None

    # --- where things lie --------------------------------------------------------------------------------------------

    @property
    def responses(self) -> Path:
        return self.folder / "teacher" / "responses.jsonl"

    @property
    def rows(self) -> Path:
        return self.folder / "rows.jsonl"

    @property
    def dropped(self) -> Path:
        return self.folder / "dropped.jsonl"

    @property
    def rejected(self) -> Path:
        """Outputs of the teacher that are known to be wrong, beside the rows: what preferences are learned from."""
        return self.folder / "rejected.jsonl"

    @property
    def report(self) -> Path:
        return self.folder / "report.json"

    @property
    def checkpoints(self) -> Path:
        return self.folder / "checkpoints"

    @property
    def weights(self) -> Path:
        return self.folder / "weights"

    @property
    def before_refining(self) -> Path:
        return self.folder / "before-refining"

    @property
    def card(self) -> Path:
        return self.folder / "card.json"

    # --- stages ------------------------------------------------------------------------------------------------------

    def digest(self, stage: Stage, config: Mapping[str, Any]) -> str:
        """SHA-256 over the configuration and the files the stage reads."""
        files = [(name, _sha256(self.folder / name)) for name in INPUTS[stage]]
        return hashlib.sha256(json.dumps([stage, config, files], sort_keys=True).encode()).hexdigest()

    def state(self, stage: Stage) -> StageState | None:
        """What was last begun or finished of it. Raises UsageError for a plan that cannot be read."""
        row = self._plan().get(stage)
        if row is None:
            return None
        if not isinstance(row, Mapping) or not {"config", "digest"} <= row.keys():
            raise UsageError(f"{self.folder / 'plan.json'} is broken", hint="remove it; stages are then run again")
        return StageState(row["config"], row["digest"], row.get("figures"))

    def is_done(self, stage: Stage, config: Mapping[str, Any]) -> bool:
        state = self.state(stage)
        return state is not None and state.figures is not None and state.digest == self.digest(stage, config)

    def begin(self, stage: Stage, config: Mapping[str, Any]) -> str:
        """Notes what is about to be done; its digest."""
        digest = self.digest(stage, config)
        self._note(stage, {"config": dict(config), "digest": digest, "figures": None})
        return digest

    def finish(self, stage: Stage, figures: Mapping[str, Any]) -> None:
        """Raises ValueError for a stage that was not begun."""
        state = self.state(stage)
        if state is None:
            raise ValueError(f"{stage} was not begun")
        self._note(stage, {"config": state.config, "digest": state.digest, "figures": dict(figures)})

    def _plan(self) -> dict[str, Any]:
        path = self.folder / "plan.json"
        if not path.is_file():
            return {}
        plan = self._json("plan.json", "")
        return plan if isinstance(plan, dict) else {}

    def _note(self, stage: Stage, row: Mapping[str, Any]) -> None:
        plan = {**self._plan(), stage: row}
        write_atomically(self.folder / "plan.json", json.dumps(plan, ensure_ascii=False, indent=1).encode() + b"\n")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _tool(row: Any, number: int) -> ToolSpec:
    row = row.get("function", row) if isinstance(row, Mapping) else {}
    name, description, parameters = row.get("name"), row.get("description", ""), row.get("parameters")
    if not isinstance(name, str) or not isinstance(description, str) or not isinstance(parameters or {}, Mapping):
        raise SkillBroken(
            f"Tool {number} of tools.json is not one.",
            hint='A tool is {"name": "…", "description": "…", "parameters": {…}}.',
        )
    return ToolSpec(name, description, parameters or {"type": "object", "properties": {}})


def _seeds(path: Path, contract: Contract) -> tuple[Seed, ...]:
    """Raises SkillBroken, naming the line, for a seed that breaks its own contract."""
    if not path.is_file():
        raise SkillBroken(f"{path.name} is missing.", hint="Write a few requests and their outputs there.")
    return tuple(_seed(row, contract, f"Line {n} of {path.name}") for n, row in enumerate(jsonl.read(path), 1))


def _seed(row: Mapping[str, Any], contract: Contract, where: str) -> Seed:
    from router.contract import ContractViolation

    request, observed, output = row.get("request"), row.get("observed", False), row.get("output")
    hint = 'A line is {"request": "…", "output": {…}}.'
    if not isinstance(request, str) or not request.strip() or not isinstance(observed, bool):
        raise SkillBroken(f"{where} has no request.", hint=hint)
    if "output" not in row:
        return Seed(request, None, observed, answered=False)
    try:
        contract.parse(contract.dump(output))
    except ContractViolation as violation:
        raise SkillBroken(f"{where} breaks its contract: {violation.message}", hint="Mend its output.") from None
    except (TypeError, KeyError, ValueError):
        raise SkillBroken(f"{where} has an output of another kind.", hint=hint) from None
    return Seed(request, output, observed)
