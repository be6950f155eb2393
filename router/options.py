"""What a user may choose about a run, and everything that can be wrong with the words themselves. Loads no model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from router.errors import UsageError
from router.jsonl import read_object

if TYPE_CHECKING:
    from adapters.registry import Registry

LOCAL = "local"  # the one engine with a name; every other is an address


@dataclass(frozen=True)
class Options:
    """What a user may choose about a run. `engine`: `LOCAL`, or the address of an OpenAI-compatible endpoint. `base`
    None: the bundled one, or the only one the endpoint serves. `schema`, `mcp`: files of JSON."""

    engine: str = LOCAL
    base: str | None = None
    skill: str | None = None
    no_skill: bool = False
    workdir: Path = Path()
    max_steps: int = 16
    schema: Path | None = None
    mcp: Path | None = None
    allow_hosts: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """JSON values; paths are absolute, so that they mean the same from another folder."""
        return {name: str(value.absolute()) if isinstance(value, Path) else value for name, value in vars(self).items()}

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Options:
        known = {each.name: row[each.name] for each in fields(cls) if each.name in row}
        paths = {name: Path(known[name]) for name in ("workdir", "schema", "mcp") if known.get(name)}
        return cls(**{**known, **paths, "allow_hosts": tuple(row.get("allow_hosts", ()))})


def check(options: Options, registry: Registry) -> Mapping[str, Any] | None:
    """The schema of the answer, where one is named. Raises UsageError, SkillNotFound and SchemaRefused, before a model
    is touched."""
    if options.skill and options.no_skill:
        raise UsageError("--skill and --no-skill contradict each other", hint="give one of them")
    if options.engine != LOCAL and not is_address(options.engine):
        hint = f"choose {LOCAL}, or the address of an endpoint: --engine http://host:port/v1"
        raise UsageError(f"there is no engine {options.engine!r}", hint=hint)
    if is_address(options.engine):
        from router.http import checked_url

        checked_url(options.engine)
    if not options.workdir.is_dir():
        raise UsageError(
            f"the work folder {options.workdir} is not a folder", hint="create it, or name another: --workdir"
        )
    if options.skill:
        registry.get(options.skill)
    return read_schema(options.schema) if options.schema else None


def read_schema(path: Path) -> Mapping[str, Any]:
    """A JSON Schema from a file. Raises UsageError when it is none, SchemaRefused when the grammar cannot hold it."""
    schema = read_object(path, "the schema")
    from router.contract import Contract

    Contract.for_schema(schema)
    return schema


def is_address(engine: str) -> bool:
    return engine.startswith(("http://", "https://"))
