"""The tests a skill passes before it may serve, each with a name, a verdict, why, and what to do about it.

A mistake here is silent later: an adapter whose layers are named otherwise loads without complaint and answers as the
base does; weights of another base answer nonsense. So everything that can be compared is compared, and where an
engine is at hand the skill must change what it says, keep to a grammar, and be right often enough on held-out requests,
at least as often as the version it replaces.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from adapters import second_grammar
from adapters.skill import Skill, load_skill
from adapters.trial import Gate, Trial
from adapters.verdicts import Check, Failed, Report, Skipped
from adapters.weights import Weights, read_header, read_weights, tensors
from router.errors import QuiverError, WeightsRefused

if TYPE_CHECKING:
    from router.engines.engine import Engine

__all__ = ["Check", "Gate", "Report", "check_skill"]


def check_skill(folder: Path, base_folder: Path, engine: Engine | None = None, gate: Gate | None = None) -> Report:
    """Runs every check whose subject can be read. `engine` runs the base with this skill; without one nothing that must
    be tried is: whether the skill changes what the base says, keeps to a grammar, and is right often enough."""
    try:
        skill = load_skill(folder)
    except WeightsRefused as error:
        return Report(_name(folder), (Check("weights", "fail", error.message, _train_again(error.hint, folder)),))
    except QuiverError as error:
        return Report(_name(folder), (Check("manifest", "fail", error.message, error.hint),))
    weights = read_weights(skill.weights) if skill.weights else None
    trial = Trial(skill, engine, gate or Gate())
    questions: dict[str, Callable[[], str]] = {
        "schema": lambda: _schema_compiles(skill),
        "xgrammar": lambda: _second_engine_takes(skill),
        "examples": lambda: _examples_satisfy(skill),
        "base": lambda: _made_for(skill, base_folder),
        "rank": lambda: _servable(weights),
        "targets": lambda: _fits(weights, base_folder),
        "numbers": lambda: _finite(weights),
    }
    checks = [Check("manifest", "pass", f"{skill.version}: SKILL.md and the files beside it are well formed.")]
    checks += [_ask(name, question) for name, question in questions.items()]
    stopped = any(check.verdict == "fail" for check in checks)  # weights of another base cannot even be tried
    checks += [_ask(name, question, stopped) for name, question in trial.questions().items()]
    return Report(skill.name, tuple(checks))


def _name(folder: Path) -> str:
    return folder.absolute().name


def _train_again(hint: str, folder: Path) -> str:
    return f"{hint} Here: quiver skill train {_name(folder).partition('@')[0]}"


def _ask(name: str, question: Callable[[], str], stopped: bool = False) -> Check:
    try:
        if stopped:
            raise Skipped("Not tried, because of what failed above.")
        return Check(name, "pass", question())
    except Skipped as skipped:
        return Check(name, "skip", str(skipped))
    except Failed as failed:
        why, fix = failed.args
        return Check(name, "fail", why, fix)
    except QuiverError as error:
        return Check(name, "fail", error.message, error.hint)


def _schema_compiles(skill: Skill) -> str:
    from router.contract import Contract, check_compiles

    if skill.schema is None:
        raise Skipped("The contract is not the skill's own: it comes with each request.")
    check_compiles(Contract.for_schema(skill.schema, skill.checks).grammar(markers=False))
    return "schema.json compiles to a grammar."


def _second_engine_takes(skill: Skill) -> str:
    """vLLM may hold outputs by xgrammar, which knows other schemas than llguidance does."""
    from router.contract import Contract
    from router.engines.wire import plain_schema

    if skill.schema is None:
        raise Skipped("The contract is not the skill's own: it comes with each request.")
    if not second_grammar.is_installed():
        raise Skipped("xgrammar is not installed: pip install xgrammar")
    contract = Contract.for_schema(skill.schema, skill.checks)
    outputs = [contract.dump(item.output) for item in skill.examples if item.output is not None]
    second_grammar.check_taken(plain_schema(contract.schema), outputs)
    return f"xgrammar takes schema.json, and lets all {len(outputs)} example outputs be said."


def _examples_satisfy(skill: Skill) -> str:
    from router.contract import Contract, ContractViolation
    from router.strict_json import write

    outputs = [(number, item.output) for number, item in enumerate(skill.examples, 1) if item.output is not None]
    schema = _CALL if skill.contract == "tools" else skill.schema
    if not outputs or schema is None:
        raise Skipped("No example has an output this contract can be checked on.")
    contract = Contract.for_schema(schema)  # the named checks need the conversation, which an example does not hold
    for number, output in outputs:
        try:
            contract.parse(write(output))
        except ContractViolation as violation:
            raise Failed(f"The output of example {number}: {violation.message}", "Mend it in examples.jsonl.") from None
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
        raise Skipped("There are no weights: the skill is its instructions and its contract.")
    said = skill.card.get("base", {})
    made_for = said.get("digest") if isinstance(said, Mapping) else None
    if not made_for:
        raise Failed(
            "card.json does not say which base the weights were trained on.", "Write base.digest into card.json."
        )
    here = base_digest(base_folder)
    if made_for != here:
        raise Failed(
            f"The weights were trained on the base {str(made_for)[:12]}, not on {base_folder.name} ({here[:12]}).",
            f"quiver skill train {skill.name}",
        )
    return f"The weights were trained on this base ({here[:12]})."


def _servable(weights: Weights | None) -> str:
    """What cannot be served was refused when the weights were read; this says what remains to be known."""
    if weights is None:
        raise Skipped("There are no weights.")
    form = "activated LoRA" if weights.invocation_tokens else "plain LoRA: every switch to it computes the context anew"
    return f"Rank {weights.rank} on {len(weights.modules)} layers, {form}."


def _fits(weights: Weights | None, base_folder: Path) -> str:
    """Engines match layers by name, and skip those they do not know without a word."""
    if weights is None:
        raise Skipped("There are no weights.")
    shapes = dict(_base_shapes(base_folder))
    if not shapes:
        raise Skipped(f"{base_folder.name} has no safetensors file to compare with.")
    for module, (half_a, half_b) in weights.modules.items():
        shape = shapes.get(module)
        if shape is None:
            raise Failed(f"The base has no layer {module}.", "Train the skill on this base.")
        if shape != (half_b.shape[0], half_a.shape[1]):
            adapted = (half_b.shape[0], half_a.shape[1])
            raise Failed(f"{module} is {shape} in the base and {adapted} in the adapter.", "Train it on this base.")
    return f"All {len(weights.modules)} layers are the base's, by name and shape."


def _base_shapes(base_folder: Path) -> Iterator[tuple[str, tuple[int, ...]]]:
    for file in sorted(base_folder.glob("*.safetensors")):
        for name, tensor in read_header(file).items():
            yield name.removesuffix(".weight"), tensor.shape


def _finite(weights: Weights | None) -> str:
    if weights is None:
        raise Skipped("There are no weights.")
    heard = False
    for name, numbers in tensors(weights):
        if not np.isfinite(numbers).all():
            raise Failed(f"{name} holds a NaN or an infinity.", "Train again with a lower learning rate.")
        heard = heard or (name.endswith("lora_B") and bool(numbers.any()))
    if not heard:
        raise Failed("Every B is zero: the adapter changes nothing.", "Train it; these are untrained weights.")
    return "All numbers are finite, and not all are zero."
