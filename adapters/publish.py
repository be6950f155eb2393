"""Publishing a skill: a version that never changes, a pointer that moves to it in one step, and back in one command.

    publish(folder, versions)     copy the skill to VERSIONS/NAME@DIGEST12 and make it the current one
    rollback(name, versions)      make the version before it current again
    remove(name, versions)        no version is current; `purge` deletes them as well

A version's name is the digest of what decides its output. Texts (instructions, description, examples, card) may change
without it: published again with other texts, the same digest gets a folder of its own, NAME@DIGEST12+TEXTS6, so that
rolling back brings the old texts back as well. Whether a skill may serve is `adapters.admission`'s question, asked
before. A session that runs finds the change at its next task (`adapters.registry.Registry.refresh`).
"""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from adapters.immutable import place
from adapters.skill import Skill, load_skill
from adapters.versions import Pointer, Versions
from router.errors import SkillNotFound, UsageError

FILES = ("SKILL.md", "schema.json", "tools.json", "examples.jsonl", "held-out.jsonl", "card.json")
_WEIGHTS = ("adapter_config.json", "adapter_model.safetensors")


def publish(folder: Path, versions: Versions) -> Skill:
    """Copies what makes up the skill, and nothing else that lies in `folder`; the skill as it is now served.

    Raises SkillBroken or WeightsRefused for a folder that is no skill. Publishing what is current changes nothing.
    """
    skill = load_skill(folder)
    with versions.locked():
        entry = _entry(skill, versions)
        place(versions.path(entry), lambda made: _copy(skill, made))
        pointer = versions.pointer(skill.name)
        if pointer.current != entry:
            before = [pointer.current] if pointer.current else []
            versions.point(skill.name, Pointer(entry, (*pointer.history, *before)))
    return load_skill(versions.path(entry))


def rollback(name: str, versions: Versions, to: str | None = None) -> Skill:
    """Makes the version before the current one current again, or the one named `to` (name@digest, or its digest).

    Raises UsageError where there is none, SkillNotFound for a name that was never published.
    """
    with versions.locked():
        entry, history = _before(name, versions) if to is None else _named(name, to, versions)
        skill = load_skill(versions.path(entry))
        versions.point(name, Pointer(entry, history))
    return skill


def remove(name: str, versions: Versions, *, purge: bool = False) -> list[str]:
    """No version is current any more; the versions that are left on disk (none after `purge`).

    Raises SkillNotFound for a skill that is not published.
    """
    with versions.locked():
        pointer = versions.pointer(name)
        if pointer.current is None and not (purge and versions.entries(name)):
            raise SkillNotFound(f"{name} is not published.", hint="quiver skill list")
        before = [pointer.current] if pointer.current else []
        versions.point(name, Pointer(None, (*pointer.history, *before)))
        if purge:
            for entry in versions.entries(name):
                shutil.rmtree(versions.path(entry))
            versions.forget(name)
    return versions.entries(name)


def replaced(name: str, versions: Versions) -> Skill | None:
    """The version that publishing would replace; None for a skill that is not published."""
    current = versions.pointer(name).current
    return load_skill(versions.path(current)) if current else None


def texts_digest(folder: Path) -> str:
    """SHA-256 over the texts of a skill: all that may change without its version."""
    digest = hashlib.sha256()
    for name in FILES:
        if (folder / name).is_file():
            data = (folder / name).read_bytes()
            digest.update(f"{name} {len(data)}\n".encode() + data)
    return digest.hexdigest()


def _entry(skill: Skill, versions: Versions) -> str:
    texts, plain = texts_digest(skill.folder), versions.path(skill.version)
    if not plain.is_dir() or texts_digest(plain) == texts:
        return skill.version
    return f"{skill.version}+{texts[:6]}"


def _copy(skill: Skill, made: Path) -> None:
    for name in FILES:
        if (skill.folder / name).is_file():
            shutil.copyfile(skill.folder / name, made / name)
    if skill.weights is not None:
        (made / "weights").mkdir()
        for name in _WEIGHTS:
            shutil.copyfile(skill.weights / name, made / "weights" / name)


def _before(name: str, versions: Versions) -> tuple[str, tuple[str, ...]]:
    pointer = versions.pointer(name)
    if not pointer.history:
        why = "was published only once" if pointer.current else "was never published"
        raise UsageError(f"There is nothing to go back to: {name} {why}.", hint=f"quiver skill remove {name}")
    return pointer.history[-1], pointer.history[:-1]


def _named(name: str, to: str, versions: Versions) -> tuple[str, tuple[str, ...]]:
    """A damaged pointer is no obstacle here: naming a version is how it is mended."""
    known = versions.entries(name)
    matching = [entry for entry in known if entry == to or entry.partition("@")[2].startswith(to)]
    if len(matching) != 1:
        problem = f"{to!r} fits {len(matching)} versions of {name}" if matching else f"{name} has no version {to!r}"
        raise UsageError(f"{problem}.", hint=f"The versions are: {', '.join(known) or 'none'}.")
    try:
        pointer = versions.pointer(name)
    except UsageError:
        pointer = Pointer()
    before = [pointer.current] if pointer.current and pointer.current != matching[0] else []
    return matching[0], (*pointer.history, *before)
