"""A skill on disk, read and checked: a valid Agent Skills folder with a contract, examples and perhaps weights.

    NAME/SKILL.md                 front matter (name, description, license, metadata: contract, checks), then
    instructions NAME/schema.json              what the output must be, where the contract is `schema`
    NAME/examples.jsonl           requests the router learns the skill from NAME/weights/
    adapter_config.json, adapter_model.safetensors NAME/card.json                base digest, data, teacher, scores

Reading runs nothing and follows no link out of the folder. Whether a skill may serve is `adapters.admission`'s
question.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, get_args

import yaml

from adapters.weights import read_weights
from router.errors import SkillBroken

ContractName = Literal["tools", "given", "schema"]

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_NAME_LENGTH, _DESCRIPTION_LENGTH = 64, 1024
_FIELDS = ("name", "description", "license", "compatibility", "allowed-tools", "metadata")
_TEXT_LIMIT = 1024 * 1024
_ADD = "See the bundled skills for the form of a SKILL.md."


@dataclass(frozen=True)
class SkillExample:
    """A request the skill is for. `observed`: a tool's result had already arrived. `output`: what it should answer."""

    request: str
    observed: bool = False
    output: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Skill:
    """`contract`: `tools` (call one of the tools offered), `given` (the user's schema), `schema` (its own)."""

    name: str
    description: str
    instructions: str
    folder: Path
    contract: ContractName
    schema: dict[str, Any] | None
    checks: tuple[str, ...]
    examples: tuple[SkillExample, ...]
    weights: Path | None
    card: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def digest(self) -> str:
        """SHA-256 over what decides the output: contract, checks, schema, weights. Texts and scores may be edited."""
        digest = hashlib.sha256(json.dumps([self.contract, self.checks, self.schema]).encode())
        for name in ("adapter_config.json", "adapter_model.safetensors") if self.weights else ():
            data = (self.weights / name).read_bytes() if self.weights else b""
            digest.update(f"{name} {len(data)}\n".encode() + data)
        return digest.hexdigest()

    @property
    def version(self) -> str:
        """The immutable name a server knows it by."""
        return f"{self.name}@{self.digest[:12]}"


def is_name(text: str) -> bool:
    """Lower-case words joined by hyphens, at most 64 characters: safe in a path, a model name and a URL."""
    return len(text) <= _NAME_LENGTH and _NAME.fullmatch(text) is not None


def check_name(text: str) -> str:
    if not is_name(text):
        raise SkillBroken(
            f"{text[:80]!r} is not a skill's name.",
            hint="Use lower-case letters, digits and single hyphens between them.",
        )
    return text


def load_skill(folder: Path) -> Skill:
    """Raises `SkillBroken`, or `WeightsRefused` for what lies in `weights/`. The folder of a published version is named
    NAME@DIGEST, and read only while that is its digest."""
    folder = folder.absolute()
    name = check_name(folder.name.partition("@")[0])
    if not folder.is_dir():
        raise SkillBroken(f"There is no folder {folder}.", hint="quiver skill list")
    front, instructions = _front_matter(_read(folder, "SKILL.md", required=True))
    metadata = _check_front(front, name)
    contract = _contract(metadata)
    skill = Skill(
        name=name,
        description=" ".join(front["description"].split()),
        instructions=instructions.strip(),
        folder=folder,
        contract=contract,
        schema=_schema(folder, contract),
        checks=_checks(metadata),
        examples=_examples(_read(folder, "examples.jsonl")),
        weights=_weights(folder),
        card=_json(folder, "card.json"),
    )
    _check_version(skill)
    return skill


def _check_version(skill: Skill) -> None:
    """A published version is named by its digest, in its folder's name, and is not what it was if the two differ."""
    _, at, said = skill.folder.name.partition("@")
    if at and said.partition("+")[0] != skill.digest[:12]:
        raise SkillBroken(
            f"{skill.folder.name} was changed after it was published: it is {skill.digest[:12]} now.",
            hint=f"quiver skill rollback {skill.name}",
        )


@dataclass(frozen=True)
class Manifest:
    """SKILL.md, read. `licence`: empty where it names none."""

    name: str
    description: str
    instructions: str
    contract: ContractName
    checks: tuple[str, ...]
    licence: str


def read_manifest(folder: Path) -> Manifest:
    """What SKILL.md says; the files beside it are not read. Raises `SkillBroken`."""
    name = check_name(folder.name)
    front, instructions = _front_matter(_read(folder, "SKILL.md", required=True))
    metadata = _check_front(front, name)
    return Manifest(
        name=name,
        description=" ".join(front["description"].split()),
        instructions=instructions.strip(),
        contract=_contract(metadata),
        checks=_checks(metadata),
        licence=front.get("license", ""),
    )


# --- SKILL.md --------------------------------------------------------------------------------------------------------


def _front_matter(text: str) -> tuple[dict[str, Any], str]:
    match = re.match(r"\ufeff?---[ \t]*\r?\n(.*?)(?:^|\n)---[ \t]*(?:\r?\n|$)(.*)", text, re.DOTALL)
    if match is None:
        raise SkillBroken("SKILL.md does not begin with front matter between two lines of ---.", hint=_ADD)
    try:
        front = yaml.safe_load(match.group(1))
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        reason = " ".join(str(error).split())[:200]
        raise SkillBroken(
            f"The front matter of SKILL.md is not YAML: {reason}.", hint="Quote texts that hold a colon."
        ) from None
    if not isinstance(front, dict):
        raise SkillBroken("The front matter of SKILL.md is not a list of fields.", hint=_ADD)
    return front, match.group(2)


def _check_front(front: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Checks the fields Agent Skills defines; returns the metadata."""
    for unknown in (key for key in front if key not in _FIELDS):
        raise SkillBroken(f"SKILL.md has an unknown field {unknown!r}.", hint="Put it under metadata.")
    if front.get("name") != name:
        raise SkillBroken(
            f"SKILL.md names the skill {front.get('name')!r}, but its folder is {name!r}.",
            hint="Give both the same name.",
        )
    description = front.get("description")
    if not isinstance(description, str) or not description.strip():
        raise SkillBroken("SKILL.md has no description.", hint="The router reads it: say what the skill does and when.")
    if len(description) > _DESCRIPTION_LENGTH:
        raise SkillBroken(
            f"The description has {len(description)} characters.", hint=f"Keep it to {_DESCRIPTION_LENGTH}."
        )
    if not isinstance(front.get("license", ""), str):
        raise SkillBroken("The license of SKILL.md is not a text.", hint="Name it, as Apache-2.0.")
    metadata = front.get("metadata") or {}
    if not isinstance(metadata, dict):
        raise SkillBroken(
            "The metadata of SKILL.md is not a list of fields.", hint="Write metadata: and indented fields."
        )
    return metadata


def _contract(metadata: Mapping[str, Any]) -> ContractName:
    contract = metadata.get("contract", "schema")
    known: tuple[ContractName, ...] = get_args(ContractName)
    for name in known:
        if contract == name:
            return name
    raise SkillBroken(
        f"The contract {contract!r} is not known.", hint=f"metadata: contract is one of {', '.join(known)}."
    )


def _checks(metadata: Mapping[str, Any]) -> tuple[str, ...]:
    from router.checks import CHECKS

    said = metadata.get("checks") or ()
    names = said.replace(",", " ").split() if isinstance(said, str) else said
    if not isinstance(names, (list, tuple)) or not all(name in CHECKS for name in map(str, names)):
        raise SkillBroken(f"Not all checks of {said!r} are known.", hint=f"The checks are {', '.join(CHECKS)}.")
    return tuple(map(str, names))


# --- the files beside it ---------------------------------------------------------------------------------------------


def _inside(folder: Path, name: str) -> Path:
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        raise SkillBroken(f"{name} links to a place outside the skill's folder.", hint="Copy the file into the folder.")
    return path


def _read(folder: Path, name: str, required: bool = False) -> str:
    """The text of a file, empty where it is missing and may be."""
    path = _inside(folder, name)
    if not path.exists() and not required:
        return ""
    try:
        if path.stat().st_size > _TEXT_LIMIT:
            raise SkillBroken(
                f"{name} is larger than {_TEXT_LIMIT} bytes.", hint="Keep what the skill needs at run time."
            )
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise SkillBroken(f"{folder} has no {name}.", hint=_ADD) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SkillBroken(f"{name} cannot be read: {error}.", hint="Save it as a UTF-8 text file.") from None


def _json(folder: Path, name: str) -> dict[str, Any]:
    text = _read(folder, name)
    return _object(text, name) if text else {}


def _object(text: str, where: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SkillBroken(f"{where} is not JSON: {error}.", hint="Check it with python -m json.tool.") from None
    if not isinstance(value, dict):
        raise SkillBroken(f"{where} is not a JSON object.", hint="Write it between braces.")
    return value


def _schema(folder: Path, contract: ContractName) -> dict[str, Any] | None:
    schema = _json(folder, "schema.json")
    if contract == "schema" and not schema:
        raise SkillBroken("schema.json is missing or empty.", hint="Write the JSON Schema of the skill's output there.")
    return schema or None


def _examples(text: str) -> tuple[SkillExample, ...]:
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if not lines:
        raise SkillBroken(
            "examples.jsonl is missing or empty.", hint="The router learns a skill from its requests: add some."
        )
    return tuple(_example(_object(line, f"Line {number} of examples.jsonl"), number) for number, line in lines)


def _example(row: Mapping[str, Any], number: int) -> SkillExample:
    request, observed, output = row.get("request"), row.get("observed", False), row.get("output")
    if not isinstance(request, str) or not request.strip():
        problem = "has no request"
    elif not isinstance(observed, bool):
        problem = "has an observed that is neither true nor false"
    elif output is not None and not isinstance(output, dict):
        problem = "has an output that is not an object"
    elif unknown := set(row) - {"request", "observed", "output", "tools"}:
        problem = f"has an unknown field {min(unknown)!r}"
    else:
        return SkillExample(request, observed, output)
    raise SkillBroken(
        f"Line {number} of examples.jsonl {problem}.",
        hint='A line is {"request": "…", "observed": false, "output": {…}}.',
    )


def _weights(folder: Path) -> Path | None:
    weights = _inside(folder, "weights")
    if not weights.is_dir():
        return None
    for name in ("adapter_config.json", "adapter_model.safetensors"):
        _inside(folder, f"weights/{name}")
    read_weights(weights)
    return weights
