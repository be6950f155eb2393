"""Hides secrets before anything is written: keys of known shapes, passwords in URLs, `NAME_KEY=…`, `"password": …`.

It sees shapes and names, not meaning: a secret told in plain prose without either ("my word is swordfish") stays.
Every pattern is linear in the text, and hiding twice changes nothing.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Mapping, Sequence
from typing import Any

HIDDEN = "[redacted]"

_NAME = r"(?:(?:api|access|private|client)[_-]?key|secret|token|passw(?:or)?d|passphrase|pwd|credentials?)"
_SECRET_NAME = re.compile(rf"(?:{_NAME}|authorization)$", re.IGNORECASE)
_SECRET_VARIABLE = re.compile(rf"(?:{_NAME}|(?:^|_)KEY)$", re.IGNORECASE)

_FOLDERS = {"PWD", "OLDPWD"}  # where a shell is and was, not passwords

_SHAPES = re.compile(
    r"""
      \b(?:sk|pk|rk)-[A-Za-z0-9_-]{16,}            # model vendors
    | \b(?:sk|pk|rk)_(?:live|test)_[A-Za-z0-9]{10,} # payment vendors
    | \bgh[pousr]_[A-Za-z0-9]{20,} | \bgithub_pat_\w{20,} | \bglpat-[\w-]{16,}
    | \bhf_[A-Za-z0-9]{20,} | \bnpm_[A-Za-z0-9]{20,} | \bpypi-[\w-]{20,}
    | \bA(?:KIA|SIA)[A-Z0-9]{16}\b | \bAIza[\w-]{30,}
    | \bxox[abeoprs]-[A-Za-z0-9-]{10,}
    | \beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*             # a signed web token
    """,
    re.VERBOSE,
)
_PRIVATE_KEY = re.compile(
    r"(-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----).*?(-----END [A-Z ]{0,40}PRIVATE KEY-----|\Z)", re.DOTALL
)
_BEARER = re.compile(
    r"(\bbearer\s{1,4}|\bauthorization\\?[\"']?\s{0,4}[:=]\s{0,4}\\?[\"']?(?:basic|bearer|token)\s{1,4})"
    r"(?=[^\s\d]{0,200}[\d=])[A-Za-z0-9._~+/=-]{8,}",
    re.IGNORECASE,
)
_URL_PASSWORD = re.compile(r"(://[^\s/:@\"']{0,200}:)[^\s/\"']{1,500}(@)")
_QUOTED = re.compile(
    rf"({_NAME}\\?[\"']?\s{{0,4}}[:=]\s{{0,4}}(\\?[\"']))(?!\[redacted\])(?:(?!\2)(?:\\.|.))+", re.IGNORECASE
)
_BARE = re.compile(rf"({_NAME}\s{{0,4}}[:=]\s{{0,4}})(?!\[redacted\])[^\s\"'&,;{{}}\\]{{3,}}", re.IGNORECASE)
_VARIABLE = re.compile(r"((?:\b|_)KEY=)(?!\[redacted\])[^\s\"'&,;\\]+")


class Redactor:
    """Hides secrets in JSON values, the values of the environment's own secret variables wherever they occur."""

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        environment = os.environ if environment is None else environment
        secret = [name for name in environment if _SECRET_VARIABLE.search(name) and name not in _FOLDERS]
        own = {environment[name] for name in secret if len(environment[name]) >= 8}
        longest_first = sorted(own, key=len, reverse=True)
        self._own = re.compile("|".join(map(re.escape, longest_first))) if own else None

    def value(self, value: Any) -> Any:
        """The same JSON with secrets hidden; what JSON cannot hold becomes its text, NaN and infinities null."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {str(key): self._named(str(key), each) for key, each in value.items()}
        if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
            return [self.value(each) for each in value]
        if isinstance(value, float) and not math.isfinite(value):
            return None
        return value if value is None or isinstance(value, bool | int | float) else self.text(str(value))

    def _named(self, name: str, value: Any) -> Any:
        return HIDDEN if isinstance(value, str) and value and _SECRET_NAME.search(name) else self.value(value)

    def text(self, text: str) -> str:
        if self._own is not None:
            text = self._own.sub(HIDDEN, text)
        text = _PRIVATE_KEY.sub(rf"\1{HIDDEN}\2", text)
        text = _SHAPES.sub(HIDDEN, text)
        text = _BEARER.sub(rf"\1{HIDDEN}", text)
        text = _URL_PASSWORD.sub(rf"\1{HIDDEN}\2", text)
        text = _QUOTED.sub(rf"\1{HIDDEN}", text)
        text = _BARE.sub(rf"\1{HIDDEN}", text)
        return _VARIABLE.sub(rf"\1{HIDDEN}", text)
