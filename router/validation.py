"""Validation of a parsed value under a normalised schema, and what is wrong with it in one sentence for a model.

Draft 2020-12 with two departures, both stricter than floating point allows: `multipleOf` is decided in decimal, and
1.0 is no integer, because the typed function behind a tool would not take it for one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, localcontext
from functools import lru_cache
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import SchemaError, ValidationError, best_match
from jsonschema.validators import extend

from router.errors import SchemaRefused
from router.schema import Schema, normalise
from router.strict_json import ContractViolation, Kind, write

_FORMATS = FormatChecker(formats=["date", "uuid", "ipv4"])


def usable(schema: Mapping[str, Any], whose: str = "") -> Schema:
    """`schema` normalised, and valid by the meta-schema. Raises `SchemaRefused`; `whose` completes "The schema"."""
    clean = normalise(schema)
    wrong = _wrong_with(json.dumps(clean))
    if wrong is not None:
        what = f"The schema{whose} is not valid JSON Schema: {wrong}."
        raise SchemaRefused(what, hint="See https://json-schema.org/draft/2020-12.")
    return clean


@lru_cache(maxsize=512)
def _wrong_with(schema: str) -> str | None:
    """By the meta-schema. The same schemas come with every step and every request, and this costs most of reading
    one."""
    try:
        Draft202012Validator.check_schema(json.loads(schema))
    except SchemaError as error:
        return f"{error.message} at {error.json_path}"
    return None


def validate(value: Any, schema: Schema, kind: Kind, path: str = "") -> None:
    """Raises `ContractViolation` of `kind` for the finding that explains most; `path` leads to `value`."""
    error = best_match(findings(value, schema))
    if error is not None:
        where = (path + error.json_path.removeprefix("$")).removeprefix(".")
        raise ContractViolation(kind, _sentence(error, where), where)


def findings(value: Any, schema: Schema) -> Iterator[ValidationError]:
    """All that is wrong with `value`, each with the keyword it breaks in `validator`."""
    yield from _Validator(schema, format_checker=_FORMATS).iter_errors(value)


def _multiple_of(_: Any, step: float, value: Any, __: Any) -> Iterator[ValidationError]:
    """In decimal: binary floating point finds 0.3 no multiple of 0.1."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        with localcontext(prec=800):
            rest = Decimal(repr(value)) % Decimal(repr(step))
        if rest:
            yield ValidationError(f"{value!r} is not a multiple of {step!r}")


def _is_integer(_: Any, value: Any) -> bool:
    """JSON Schema calls 1.0 an integer; a typed function does not."""
    return isinstance(value, int) and not isinstance(value, bool)


_Validator = extend(  # type: ignore[no-untyped-call]
    Draft202012Validator,
    validators={"multipleOf": _multiple_of},
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine("integer", _is_integer),
)


def _sentence(error: ValidationError, where: str) -> str:
    """jsonschema's finding, in a sentence a small model can act on."""
    subject = f"`{where}`" if where else "The output"
    wanted: Any = error.validator_value
    instance: Any = error.instance
    schema: Any = error.schema
    if error.validator == "required":
        missing = next(name for name in wanted if name not in instance)
        return f"`{f'{where}.' if where else ''}{missing}` is missing."
    if error.validator == "additionalProperties" and wanted is False:
        extra = [name for name in instance if name not in schema.get("properties", {})]
        return f"{subject} may not hold {listing(extra)}."
    if error.validator == "type":
        return f"{subject} must be {_article(wanted)}, not {write(instance)[:80]}."
    if error.validator in ("enum", "const"):
        return f"{subject} must be {listing(wanted if error.validator == 'enum' else [wanted])}."
    if error.validator == "format":
        return f"{subject} must be a valid {wanted}, not {write(instance)[:80]}."
    return f"{subject} is wrong: {error.message[:200]}."


def listing(items: Iterable[Any]) -> str:
    shown = [item if isinstance(item, str) else write(item) for item in items]
    return ", ".join(shown[:12]) + (" …" if len(shown) > 12 else "")


def _article(types: str | list[str]) -> str:
    names = [types] if isinstance(types, str) else types
    return " or ".join(f"{'an' if name[0] in 'aio' else 'a'} {name}" if name != "null" else name for name in names)
