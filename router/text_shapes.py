"""Regular expressions for strings as they stand in JSON: free text, formats of a fixed shape, trimmed quotations.

All include the quotation marks. Characters are spelt as Python's `json.dumps` spells them, escaped only where JSON
asks for it.
"""

from __future__ import annotations

_CHARACTER = r'([^"\\\x00-\x1f]|\\["\\bfnrt]|\\u00(0[0-7bef]|1[0-9a-f]))'
_PRINTED = r'([^" \\]|\\["\\bfu])'  # begins a character that is neither a space nor a line break

TRIMMED = rf'"{_PRINTED}(([^"\\]|\\.)*{_PRINTED})?"'
# Words no quotation of several ends with: what they lead up to was cut off. "on", "in" and "up" may end one.
UNFINISHED = r'"(.*[^\w])(to|into|of|the|a|an|and|or|from|with|by|as|at)"'

_MONTH_AND_DAY = (
    "((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))"
)
_LEAP_YEAR = "[1-9][0-9](0[48]|[2468][048]|[13579][26])"  # the centuries that are leap years are left out
_DATE = f"([1-9][0-9]{{3}}-{_MONTH_AND_DAY}|{_LEAP_YEAR}-02-29)"
_TIME = "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"  # RFC 3339
_BYTE = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"

FORMATS = {
    "date": f'"{_DATE}"',
    "time": f'"{_TIME}"',
    "date-time": f'"{_DATE}T{_TIME}"',
    "uuid": '"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"',
    "ipv4": rf'"{_BYTE}(\.{_BYTE}){{3}}"',
}


def free_text(low: int, high: int) -> str:
    """Any text of `low` to `high` characters; an escape counts as the character it stands for."""
    return f'"{_CHARACTER}{{{low},{high}}}"'


def map_key(first: str, characters: int) -> str:
    """A plain key that begins with the character `first`, in either case, and the colon after it."""
    return f'"[{first}{first.upper()}][A-Za-z0-9_ .$@-]{{0,{characters - 1}}}": '
