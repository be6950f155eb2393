"""The tests a skill passes before it may serve, each with a name, a verdict, why, and what to do about it.

A mistake here is silent later: an adapter whose layers are named otherwise loads without complaint and answers as the
base does; weights of another base answer nonsense. So everything that can be compared is compared, and where an
engine is at hand the skill must change what it says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from adapters.skill import Skill, load_skill
from adapters.weights import Weights, read_header, read_weights, tensors
from router.errors import QuiverError

if TYPE_CHECKING:
    from router.engines.engine import Engine

Verdict = Literal["pass", "fail", "skip"]

_PROBES = 3
_FELT = 1e-3  # nats: less than this is rounding, not a skill


@dataclass(frozen=True)
class Check:
    name: str
    verdict: Verdict
    why: str
    fix: str = ""


@dataclass(frozen=True)
class Report:
    """`passed`: no check failed; a skipped one says why it was."""

    skill: str
    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        return all(check.verdict != "fail" for check in self.checks)

    def to_json(self) -> dict[str, Any]:
        return {"skill": self.skill, "passed": self.passed, "checks": [asdict(check) for check in self.checks]}


class _Failed(Exception):
    """A check's finding: why, and the fix."""


class _Skipped(Exception):
    """Why a check could not be made."""


def check_skill(folder: Path, base_folder: Path, engine: Engine | None = None) -> Report:
    """Runs every check whose subject can be read. `engine` runs the base with this skill; without one the canary, which
    proves that the skill changes what the base says, is skipped."""
    try:
        skill = load_skill(folder)
    except QuiverError as error:
        return Report(folder.absolute().name, (Check("manifest", "fail", error.message, error.hint),))
    weights = read_weights(skill.weights) if skill.weights else None
    questions: dict[str, Callable[[], str]] = {
        "schema": lambda: _schema_compiles(skill),
        "examples": lambda: _examples_satisfy(skill),
        "base": lambda: _made_for(skill, base_folder),
        "rank": lambda: _servable(weights),
        "targets": lambda: _fits(weights, base_folder),
        "numbers": lambda: _finite(weights),
        "canary": lambda: _changes_the_base(skill, engine),
    }
    checks = [Check("manifest", "pass", f"{skill.version}: SKILL.md and the files beside it are well formed.")]
    checks += [_ask(name, question) for name, question in questions.items()]
    return Report(skill.name, tuple(checks))


def _ask(name: str, question: Callable[[], str]) -> Check:
    try:
        return Check(name, "pass", question())
    except _Skipped as skipped:
        return Check(name, "skip", str(skipped))
    except _Failed as failed:
        why, fix = failed.args
        return Check(name, "fail", why, fix)
    except QuiverError as error:
        return Check(name, "fail", error.message, error.hint)


def _schema_compiles(skill: Skill) -> str:
    from router.contract import Contract, check_compiles

    if skill.schema is None:
        raise _Skipped("The contract is not the skill's own: it comes with each request.")
    check_compiles(Contract.for_schema(skill.schema, skill.checks).grammar(markers=False))
    return "schema.json compiles to a grammar."


def _examples_satisfy(skill: Skill) -> str:
    from router.contract import Contract, ContractViolation
    from router.strict_json import write

    outputs = [(number, item.output) for number, item in enumerate(skill.examples, 1) if item.output is not None]
    schema = _CALL if skill.contract == "tools" else skill.schema
    if not outputs or schema is None:
        raise _Skipped("No example has an output this contract can be checked on.")
    contract = Contract.for_schema(schema)  # the named checks need the conversation, which an example does not hold
    for number, output in outputs:
        try:
            contract.parse(write(output))
        except ContractViolation as violation:
            raise _Failed(
                f"The output of example {number}: {violation.message}", "Mend it in examples.jsonl."
            ) from None
    return f"{len(outputs)} outputs of {len(skill.examples)} examples satisfy the contract."


_CALL: dict[str, Any] = {
    "type": "object",
    "properties": {"name": {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$"}, "arguments": {"type": "object"}},
    "required": ["name", "arguments"],
    "additionalProperties": False,
}


def _made_for(skill: Skill, base_folder: Path) -> str:
    from router.engines.loading import base_digest

    if skill.weights is None:
        raise _Skipped("There are no weights: the skill is its instructions and its contract.")
    said = skill.card.get("base", {})
    made_for = said.get("digest") if isinstance(said, Mapping) else None
    if not made_for:
        raise _Failed(
            "card.json does not say which base the weights were trained on.", "Write base.digest into card.json."
        )
    here = base_digest(base_folder)
    if made_for != here:
        raise _Failed(
            f"The weights were trained on the base {str(made_for)[:12]}, not on {base_folder.name} ({here[:12]}).",
            f"quiver skill train {skill.name}",
        )
    return f"The weights were trained on this base ({here[:12]})."


def _servable(weights: Weights | None) -> str:
    """What cannot be served was refused when the weights were read; this says what remains to be known."""
    if weights is None:
        raise _Skipped("There are no weights.")
    form = "activated LoRA" if weights.invocation_tokens else "plain LoRA: every switch to it computes the context anew"
    return f"Rank {weights.rank} on {len(weights.modules)} layers, {form}."


def _fits(weights: Weights | None, base_folder: Path) -> str:
    """Engines match layers by name, and skip those they do not know without a word."""
    if weights is None:
        raise _Skipped("There are no weights.")
    shapes = dict(_base_shapes(base_folder))
    if not shapes:
        raise _Skipped(f"{base_folder.name} has no safetensors file to compare with.")
    for module, (half_a, half_b) in weights.modules.items():
        shape = shapes.get(module)
        if shape is None:
            raise _Failed(f"The base has no layer {module}.", "Train the skill on this base.")
        if shape != (half_b.shape[0], half_a.shape[1]):
            adapted = (half_b.shape[0], half_a.shape[1])
            raise _Failed(f"{module} is {shape} in the base and {adapted} in the adapter.", "Train it on this base.")
    return f"All {len(weights.modules)} layers are the base's, by name and shape."


def _base_shapes(base_folder: Path) -> Iterator[tuple[str, tuple[int, ...]]]:
    for file in sorted(base_folder.glob("*.safetensors")):
        for name, tensor in read_header(file).items():
            yield name.removesuffix(".weight"), tensor.shape


def _finite(weights: Weights | None) -> str:
    if weights is None:
        raise _Skipped("There are no weights.")
    heard = False
    for name, numbers in tensors(weights):
        if not np.isfinite(numbers).all():
            raise _Failed(f"{name} holds a NaN or an infinity.", "Train again with a lower learning rate.")
        heard = heard or (name.endswith("lora_B") and bool(numbers.any()))
    if not heard:
        raise _Failed("Every B is zero: the adapter changes nothing.", "Train it; these are untrained weights.")
    return "All numbers are finite, and not all are zero."


def _changes_the_base(skill: Skill, engine: Engine | None) -> str:
    """The same texts are scored with and without the skill; a skill that loads but does not act scores them equally."""
    from router.conversation import Message
    from router.engines.engine import Request
    from router.strict_json import write

    if skill.weights is None:
        raise _Skipped("There are no weights to act.")
    if engine is None:
        raise _Skipped("No engine was given to try the skill on.")
    differences = []
    for example in skill.examples[:_PROBES]:
        messages, text = [Message("user", example.request)], write(example.output or {"answer": example.request})
        with_skill = engine.score(Request(messages, skill=skill), [text])[0]
        without = engine.score(Request(messages), [text])[0]
        differences.append(abs(with_skill - without))
    if not max(differences) > _FELT:
        raise _Failed("The base answers the same with and without the skill.", "Check the layer names in the weights.")
    return f"The skill changes what the base says by {max(differences):.2f} nats on {len(differences)} probes."
