"""Is everything here that a run needs, and does it work? A list of checks, each with what to do when it does not hold.

Nothing is repaired and nothing is printed here.
"""

from __future__ import annotations

import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from router.errors import QuiverError

if TYPE_CHECKING:
    from router.contract import Contract

Level = Literal["ok", "warn", "fail"]

NEEDED = ("torch", "transformers", "peft", "safetensors", "llguidance", "jsonschema", "tokenizers", "numpy", "pint")
ROOM_BYTES = 1 << 30  # traces, notes and a few skills; a base is about 60 MB


@dataclass(frozen=True)
class Finding:
    """`fix` is what to type or to change; empty when all is well."""

    check: str
    level: Level
    message: str
    fix: str = ""


def examine(workdir: Path) -> Iterator[Finding]:
    """Every finding, in the order of what depends on what. A check that breaks is itself a finding."""
    checks: list[tuple[str, Callable[[], Iterator[Finding]]]] = [
        ("python", _python),
        ("packages", _packages),
        ("torch", _torch),
        ("base", _base),
        ("skills", _skills),
        ("encoder", _encoder),
        ("pointer", _pointer),
        ("grammar", _grammar),
        ("home", _home),
        ("workdir", lambda: _folder("workdir", workdir)),
    ]
    for name, check in checks:
        try:
            yield from check()
        except QuiverError as error:
            yield Finding(name, "fail", error.message, error.hint)
        except Exception as error:  # the doctor must outlive what it examines
            yield Finding(name, "fail", f"{type(error).__name__}: {error}", "set it up again: make run")


def _python() -> Iterator[Finding]:
    yield Finding("python", "ok", f"Python {platform.python_version()} in {sys.prefix}, {os.cpu_count()} cores")


def _packages() -> Iterator[Finding]:
    missing = [name for name in NEEDED if not _installed(name)]
    if missing:
        yield Finding("packages", "fail", f"missing: {', '.join(missing)}", f"pip install {' '.join(missing)}")
    else:
        yield Finding("packages", "ok", f"all {len(NEEDED)} that a run needs")


def _installed(name: str) -> bool:
    try:
        return bool(version(name))
    except PackageNotFoundError:
        return False


def _torch() -> Iterator[Finding]:
    import torch

    device = torch.cuda.get_device_name() if torch.cuda.is_available() else f"CPU, {torch.get_num_threads()} threads"
    yield Finding("torch", "ok", f"torch {torch.__version__} on {device}")


def _base() -> Iterator[Finding]:
    from router.engines.loading import base_digest
    from router.opening import bundled_base

    folder = bundled_base()
    if not (folder / "model.safetensors").is_file():
        yield Finding("base", "fail", f"there are no weights in {folder}", "make a base: python -m training.pretrain")
        return
    yield Finding("base", "ok", f"{folder}, digest {base_digest(folder)[:12]}")


def _skills() -> Iterator[Finding]:
    """Every skill through admission, the canary included: with its weights the base must answer otherwise."""
    from adapters.admission import check_skill
    from router.opening import bundled_base, open_engine, open_registry
    from router.options import Options

    registry = open_registry()
    for name, error in registry.broken().items():
        yield Finding(f"skill {name}", "fail", error.message, error.hint)
    skills = registry.all()
    if not skills:
        yield Finding("skills", "fail", "there are no skills", "set it up again: make run")
        return
    engine = open_engine(Options())
    for skill in skills:
        report = check_skill(skill.folder, bundled_base(), engine)
        failed = [each for each in report.checks if each.verdict == "fail"]
        why = "; ".join(f"{each.name}: {each.why}" for each in failed) or f"{skill.version} is admitted"
        yield Finding(f"skill {skill.name}", "fail" if failed else "ok", why, failed[0].fix if failed else "")


def _encoder() -> Iterator[Finding]:
    from router.encoder import WEIGHTS_SHA256, Encoder

    Encoder.load()
    yield Finding("encoder", "ok", f"all-MiniLM-L6-v2, digest {WEIGHTS_SHA256[:12]}")


def _pointer() -> Iterator[Finding]:
    """Its weights are read when a call is first filled with its help, so it is asked something it must know."""
    from router.cache import sha256_of
    from router.encoder import Encoder
    from router.pointer import WEIGHTS, Pointer

    parameters = {"properties": {"city": {"type": "string"}}}
    read = Pointer(Encoder.load())(parameters, ["What is the weather in Lisbon?"])["city"]
    if [each.text for each in read.found if each.score > 0] != ["Lisbon"]:
        yield Finding("pointer", "fail", f"{WEIGHTS} does not point to words", "set it up again: make run")
    else:
        yield Finding("pointer", "ok", f"points to the words of a call, digest {sha256_of(WEIGHTS)[:12]}")


def _grammar() -> Iterator[Finding]:
    """A constraint that is off passes every positive test, so it is tried on a text that it must refuse as well."""
    from router.contract import Contract

    contract, other = Contract.canary(), Contract.canary()
    if _takes(contract, other.schema["const"]):
        yield Finding("grammar", "fail", "the grammar engine takes what it must refuse", "pip install 'llguidance<1.8'")
    elif not _takes(contract, contract.schema["const"]):
        yield Finding("grammar", "fail", "the grammar engine refuses what it must take", "pip install 'llguidance<1.8'")
    else:
        yield Finding("grammar", "ok", f"llguidance {version('llguidance')} constrains")


def _takes(contract: Contract, value: str) -> bool:
    """Whether the grammar lets every byte of the value's text through."""
    from llguidance import LLMatcher, LLTokenizer

    matcher = LLMatcher(LLTokenizer("byte"), contract.grammar(markers=False))
    text = contract.dump(value).encode()
    return bool(matcher.try_consume_tokens(list(text)) == len(text))


def _home() -> Iterator[Finding]:
    from adapters.registry import home

    folder = home()
    folder.mkdir(parents=True, exist_ok=True)
    yield from _folder("home", folder)
    free = shutil.disk_usage(folder).free
    if free < ROOM_BYTES:
        yield Finding("disk", "warn", f"{free / 1e9:.1f} GB free at {folder}", "free some space, or set QUIVER_HOME")
    else:
        yield Finding("disk", "ok", f"{free / 1e9:.0f} GB free")


def _folder(name: str, folder: Path) -> Iterator[Finding]:
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        fix = "set QUIVER_HOME to a folder of yours" if name == "home" else "choose another: --workdir FOLDER"
        yield Finding(name, "fail", f"{folder} cannot be written: {error.strerror}", fix)
    else:
        yield Finding(name, "ok", f"{folder.absolute()} can be written")
