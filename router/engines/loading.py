"""A base from its folder or its hub name: the network, its words, and what the run time must know of it.

Takes the quick way (`router.engines.opt`, `tokenizers`, no transformers) where it computes the same, and transformers
otherwise. Weights are read from safetensors only; code that comes with a model is never run.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from router.cache import sha256_of
from router.engines.engine import BaseInfo
from router.errors import EngineUnreachable, UsageError

if TYPE_CHECKING:
    from router.engines.network import Network
    from router.engines.rendering import Rendering

CARD = "card.json"
_HUB_NAME = re.compile(r"[\w.-]+(/[\w.-]+)?")
_HUB_FILES = ["*.json", "*.safetensors", "*.jinja", "*.txt", "*.model"]


@dataclass(frozen=True)
class LoadedBase:
    info: BaseInfo
    network: Network
    rendering: Rendering


def load_base(base: str | Path, device: str = "cpu") -> LoadedBase:
    """Raises EngineUnreachable when there is no such base, UsageError for one that cannot hold a conversation,
    WeightsRefused when its weights are damaged."""
    from router.engines import opt

    folder = base_folder(base)
    config, card = _json(folder / "config.json"), _json(folder / CARD, {})
    if opt.is_supported(folder, config) and (folder / "tokenizer.json").is_file():
        network: Network = opt.OptNetwork.load(folder, config, device)
        rendering = _own_rendering(folder, config, native=bool(card))
    else:
        from router.engines.causal_lm import CausalLM

        network = CausalLM.load(folder, device)
        rendering = _transformers_rendering(folder, config, native=bool(card))
    return LoadedBase(_info(base, folder, card, network), network, rendering)


def base_folder(base: str | Path) -> Path:
    """The folder itself, or that of a hub name: from the local cache, else downloaded unless HF_HUB_OFFLINE is set."""
    folder = Path(base).expanduser()
    if folder.is_dir():
        return folder
    if not _HUB_NAME.fullmatch(str(base)):
        raise EngineUnreachable(f"there is no base folder {base}", hint="name a folder with config.json and weights")
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(str(base), allow_patterns=_HUB_FILES))
    except Exception as error:  # the hub client lets errors of several HTTP libraries through
        message = f"{base} is no folder here and cannot be had from the hub: {type(error).__name__}"
        raise EngineUnreachable(message, hint="download it first, or give the path of its folder") from error


def base_digest(folder: Path) -> str:
    """SHA-256 over the weights and the words of a base (config, tokenizer, every safetensors file): skills name it."""
    names = ["config.json", "tokenizer.json", *sorted(path.name for path in folder.glob("*.safetensors"))]
    digest = hashlib.sha256()
    for name in names:
        if (folder / name).is_file():
            digest.update(f"{name} {sha256_of(folder / name)}\n".encode())
    return digest.hexdigest()


def _info(base: str | Path, folder: Path, card: Mapping[str, Any], network: Network) -> BaseInfo:
    """What the card says; without one the defaults of a base large enough to read a task and many tools at once."""
    return BaseInfo(
        name=str(card.get("name") or (folder.name if folder == Path(base).expanduser() else base)),
        digest=base_digest(folder),
        context=min(int(card.get("context") or network.context), network.context),
        tools_shown=int(card.get("tools_shown", 16)),
        reads_whole_task=bool(card.get("reads_whole_task", True)),
    )


def _own_rendering(folder: Path, config: Mapping[str, Any], *, native: bool) -> Rendering:
    from tokenizers import Tokenizer

    from router.engines.rendering import Rendering

    settings = _json(folder / "tokenizer_config.json", {})
    path = folder / "chat_template.jinja"
    template = path.read_text(encoding="utf-8") if path.is_file() else settings.get("chat_template")
    named = {key: _spelling(value) for key, value in settings.items() if key.endswith("_token") and _spelling(value)}
    tokenizer = Tokenizer.from_str((folder / "tokenizer.json").read_text(encoding="utf-8"))
    ends = _ends(folder, config, tokenizer.token_to_id(named.get("eos_token", "")))
    return Rendering(tokenizer, _required(template, folder), named=named, ends=ends, native=native)


def _transformers_rendering(folder: Path, config: Mapping[str, Any], *, native: bool) -> Rendering:
    from transformers import AutoTokenizer

    from router.engines.rendering import Rendering

    try:
        slow = AutoTokenizer.from_pretrained(folder, trust_remote_code=False, local_files_only=True)
        tokenizer, template = slow.backend_tokenizer, slow.chat_template
    except (OSError, ValueError, AttributeError) as error:
        message = f"the tokenizer in {folder} cannot be loaded as a fast one: {error}"
        raise EngineUnreachable(message, hint="the folder needs a tokenizer.json") from error
    if isinstance(template, dict):
        template = template.get("tool_use") or template.get("default")
    named = {key: value for key, value in slow.special_tokens_map.items() if isinstance(value, str)}
    ends = _ends(folder, config, slow.eos_token_id)
    return Rendering(tokenizer, _required(template, folder), named=named, ends=ends, native=native)


def _ends(folder: Path, config: Mapping[str, Any], of_tokenizer: int | None) -> list[int]:
    """Every id that ends an output: a model may have several (end of turn, end of text)."""
    ends: set[int] = {of_tokenizer} if of_tokenizer is not None else set()
    for source in (config, _json(folder / "generation_config.json", {})):
        found = source.get("eos_token_id")
        ends.update(found if isinstance(found, list) else [] if found is None else [found])
    if not ends:
        raise UsageError(f"the base in {folder} names no end token, so that no output could end")
    return sorted(ends)


def _required(template: Any, folder: Path) -> str:
    if isinstance(template, str):
        return template
    raise UsageError(
        f"the base in {folder} has no chat template",
        hint="use the instruction-tuned variant, or add chat_template.jinja",
    )


def _spelling(token: Any) -> str:
    found = token.get("content") if isinstance(token, dict) else token
    return found if isinstance(found, str) else ""


def _json(path: Path, missing: dict[str, Any] | None = None) -> dict[str, Any]:
    if missing is not None and not path.is_file():
        return missing
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise EngineUnreachable(f"{path} cannot be read: {error}", hint="name the folder of a model") from error
    if not isinstance(content, dict):
        raise EngineUnreachable(f"{path} holds no JSON object", hint="name the folder of a model")
    return content
