"""Real tool schemas of public MCP servers, cleaned and flattened; they come without queries (see requests.py).

Reads four catalogues in their upstream layouts: Toucan, mcpm, Docker's registry and LiveMCPBench. A fifth of the
servers, chosen by a hash of the name, is held out for evaluation, with every tool that looks the same elsewhere.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from router.errors import UsageError
from training.sources import rows

SPLITS = ("train", "held-out")
MAX_PROPERTIES = 8
MAX_DESCRIPTION = 200
MAX_PARAMETER_DESCRIPTION = 120
SCALARS = ("string", "integer", "number", "boolean")

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,39}")
_SENTENCE_END = re.compile(r"(?<=[a-z0-9)\"'`])[.!?](?=\s|$)")
_NO_PURPOSE = re.compile(r"Playground|^(Description|No description|Placeholder)", re.IGNORECASE)
_SWITCH = re.compile(r"^(is|has|include|enable|use|allow|show|return)(_|[A-Z])")
_COUNT = re.compile(r"(^|_)(limit|count|page|offset|size|max|min|num|days|per_page)(_|$)|(Limit|Count|Page|Size)$")


@dataclass(frozen=True)
class ServedTool:
    """A tool and where it comes from; tools of one `server` are each other's hardest distractors."""

    server: str
    tool: rows.Tool
    source: str
    licence: str


def read_tools(data: Path, split: str) -> list[ServedTool]:
    """The clean tools of every catalogue found under `data`, each tool once.

    Raises UsageError when `data` holds none of the catalogues or the split is neither `train` nor `held-out`.
    """
    rows.require_split(split, SPLITS, source="mcp")
    folders = [(data / name, *catalogue) for name, catalogue in _CATALOGUES.items() if (data / name).is_dir()]
    if not folders:
        raise UsageError(
            f"No catalogue of MCP servers in {data}: none of {', '.join(_CATALOGUES)}.",
            hint="Point the reader at the folder that holds the clones.",
        )
    served: dict[Any, ServedTool] = {}
    for folder, licence, reader in folders:
        for server, raw in reader(folder):
            tool = clean_tool(raw)
            if tool is not None:
                candidate = ServedTool(f"{folder.name}/{server}", tool, folder.name, licence)
                key = _identity(tool)
                if key not in served or (_held_out(server) and not _held_out(_server_name(served[key]))):
                    served[key] = candidate
    return [tool for tool in served.values() if _held_out(_server_name(tool)) == (split == "held-out")]


def read_schemas(data: Path, split: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """(catalogue/server/tool, its parameters exactly as published) of every catalogue found under `data`, different
    ones only, with all that `read_tools` leaves out: nesting, limits, keywords nobody expects."""
    rows.require_split(split, SPLITS, source="mcp")
    seen: set[str] = set()
    for name, (_, reader) in _CATALOGUES.items():
        for server, raw in reader(data / name) if (data / name).is_dir() else ():
            schema = _schema(raw)
            written = json.dumps(schema, sort_keys=True)
            if schema and written not in seen and _held_out(server) == (split == "held-out"):
                seen.add(written)
                yield f"{name}/{server}/{raw.get('name')}", schema


def _server_name(tool: ServedTool) -> str:
    return tool.server.split("/", 1)[1]


def _held_out(server: str) -> bool:
    """A fifth of the servers, the same on every machine, whatever the spelling of the name."""
    plain = re.sub(r"[^a-z0-9]|mcp|server", "", server.lower())
    return hashlib.sha256(plain.encode()).digest()[0] % 5 == 0


def _identity(tool: rows.Tool) -> tuple[str, tuple[str, ...], str]:
    """Tools with one name and the same parameters are one tool; without parameters the description must agree too."""
    keys = tuple(sorted(tool["parameters"]["properties"]))
    return rows.snake_case(tool["name"]), keys, "" if keys else tool["description"].lower()


def clean_tool(raw: Mapping[str, Any]) -> rows.Tool | None:
    """One upstream tool as a flat, short, English tool; None where too little of it can be used."""
    name, described = raw.get("name"), first_sentence(raw.get("description"), MAX_DESCRIPTION)
    if not isinstance(name, str) or not _NAME.fullmatch(name) or described is None or _NO_PURPOSE.search(described):
        return None
    schema = _schema(raw)
    properties = schema.get("properties")
    kept: dict[str, Any] = {}
    for key, value in properties.items() if isinstance(properties, dict) else ():
        clean = clean_property(value) if key != name and _KEY.fullmatch(key) else None
        if clean is not None:
            kept[key] = clean
    required = schema.get("required")
    wanted = [key for key in required if isinstance(key, str)] if isinstance(required, list) else []
    ordered = sorted(kept, key=lambda key: key not in wanted)[:MAX_PROPERTIES]
    return rows.build_tool(name, described, {key: kept[key] for key in kept if key in ordered}, wanted)


def _schema(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """The parameters, whether given as JSON Schema or as a crawled list of {"name", "type", "required"}."""
    given = raw.get("inputSchema") or raw.get("input_schema") or raw.get("parameters")
    if isinstance(given, list):
        listed = [entry for entry in given if isinstance(entry, dict) and _crawled_key(entry)]
        return {
            "properties": {entry["name"]: {**entry, "type": _crawled_type(entry)} for entry in listed},
            "required": [entry["name"] for entry in listed if entry.get("required") is True],
        }
    return given if isinstance(given, dict) else {}


def _crawled_key(entry: Mapping[str, Any]) -> bool:
    """Crawled pages mix words of the description into the parameters: an optional one must look like an identifier."""
    key = entry.get("name")
    if not isinstance(key, str) or key[:1].isupper():
        return False
    return entry.get("required") is True or "_" in key or any(letter.isupper() for letter in key)


def _crawled_type(entry: Mapping[str, Any]) -> Any:
    """Crawled pages say `string` for everything: switches and counts are told by their names."""
    if entry.get("type") != "string":
        return entry.get("type")
    if _SWITCH.match(entry["name"]):
        return "boolean"
    return "integer" if _COUNT.search(entry["name"]) else "string"


def clean_property(raw: Any) -> dict[str, Any] | None:
    """A scalar, an enum of words or an array of scalars, with a short description; None for anything deeper."""
    if not isinstance(raw, dict):
        return None
    typed = _typed(raw)
    if typed is None:
        return None
    described = first_sentence(raw.get("description"), MAX_PARAMETER_DESCRIPTION)
    return typed if described is None else {**typed, "description": described}


def _typed(raw: Mapping[str, Any]) -> dict[str, Any] | None:
    options = raw.get("anyOf") or raw.get("oneOf")
    if isinstance(options, list):
        real = [option for option in options if isinstance(option, dict) and option.get("type") != "null"]
        return _typed(real[0]) if real else None
    kind = raw.get("type")
    if isinstance(kind, list):
        kind = next((entry for entry in kind if entry != "null"), None)
    words = raw.get("enum")
    if isinstance(words, list):
        clean = [word for word in words if isinstance(word, str) and word and len(word) <= 30 and word.isascii()]
        return {"type": "string", "enum": clean[:10]} if len(clean) > 1 else None
    if kind == "array":
        items = _typed(raw["items"]) if isinstance(raw.get("items"), dict) else {"type": "string"}
        return {"type": "array", "items": items} if items and items["type"] in SCALARS else None
    return {"type": kind} if kind in SCALARS else None


def first_sentence(text: Any, limit: int) -> str | None:
    """The first sentence on one line without Markdown marks; None where it is empty, too long or not English."""
    if not isinstance(text, str):
        return None
    paragraph = re.split(r"\n\n|\b(?:Args|Arguments|Parameters|Returns|Example|Examples):", text.strip())[0]
    line = " ".join(re.sub(r"[*`#|<>]|https?://\S+", "", paragraph).split())
    end = _SENTENCE_END.search(line)
    sentence = (line[: end.start()] if end else line).strip(" .:-")
    letters = sum(character.isascii() for character in sentence)
    if not re.search(r"[A-Za-z]{2}", sentence) or letters < 0.97 * len(sentence):
        return None
    return sentence if len(sentence) <= limit else _shortened(sentence, limit)


def _shortened(sentence: str, limit: int) -> str | None:
    """Cut at the last comma or bracket before the limit, so that what is left still reads as a phrase."""
    cut = max(sentence.rfind(mark, 0, limit) for mark in (", ", " (", "; ", " - ", ": "))
    return sentence[:cut].strip() if cut >= 20 else None


Reader = Callable[[Path], Iterator[tuple[str, Mapping[str, Any]]]]


def _tools_in(value: Any) -> Sequence[Mapping[str, Any]]:
    return [tool for tool in value if isinstance(tool, dict)] if isinstance(value, list) else []


def _toucan(folder: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The server's own answer where it was reachable, else the crawled page."""
    for path in rows.paths(folder, "mcp_servers/*.json", source="toucan-mcp"):
        metadata = rows.load_json(path)["metadata"]
        answered = _tools_in((metadata.get("remote_server_response") or {}).get("tools"))
        crawled = _tools_in((metadata.get("server_info_crawled") or {}).get("tools"))
        for tool in answered or crawled:
            yield str(metadata.get("server_name") or path.stem), tool


def _mcpm(folder: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for path in rows.paths(folder, "servers/*.json", source="mcpm"):
        for tool in _tools_in(rows.load_json(path).get("tools")):
            yield path.stem, tool


def _docker(folder: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for path in rows.paths(folder, "servers/*/tools.json", source="docker-mcp"):
        for tool in _tools_in(rows.load_json(path)):
            yield path.parent.name, tool


def _livemcp(folder: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for path in rows.paths(folder, "tools.json", source="livemcp"):
        for entry in rows.load_json(path):
            for server, listed in entry["tools"].items():
                for tool in _tools_in(listed.get("tools")):
                    yield server, tool


_CATALOGUES: dict[str, tuple[str, Reader]] = {
    "toucan-mcp": ("MIT", _toucan),
    "mcpm": ("MIT", _mcpm),
    "docker-mcp": ("MIT", _docker),
    "livemcp": ("Apache-2.0", _livemcp),
}
