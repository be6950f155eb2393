"""Values for parameters nobody gave a query for: by name, description and type, from pools too large to memorise.

Every value can stand verbatim in a request. Nothing here knows a particular tool.
"""

from __future__ import annotations

import calendar
import random
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from training.sources import rows
from training.sources.texts import Texts, invent_word

UNEXPECTED = 0.12  # share of strings of another kind than the name suggests: a value is what the request says

_MONTHS = tuple(calendar.month_name)[1:]
_WEEKDAYS = tuple(calendar.day_name)
_TEXT_FILES = ("txt", "md", "csv", "json", "py", "pdf", "png", "log")
_OTHER_FILES = ("yaml", "sql", "html", "docx", "xlsx", "zip", "js", "toml")
_EXTENSIONS = _TEXT_FILES + _OTHER_FILES
_DOMAINS = ["com", "org", "net", "io", "dev", "co.uk", "de", "example.com", "app"]
_HEX = "0123456789abcdef"
_CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


_WHOLE = re.compile(r"limit|count|size|max|num|top|page|results|id$|year|season|offset|days|width|height|index")

_USUAL_COUNTS = (*range(1, 21), 25, 30, 40, 50, 75, 100, 200, 250, 500)
_MAGNITUDES = (10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000)

Maker = Callable[["ValuePool"], str]


class ValuePool:
    """Draws values. One pool per run; all its choices come from the `rng` given."""

    def __init__(self, texts: Texts, rng: random.Random) -> None:
        self.texts = texts
        self.rng = rng

    def draw(self, name: str, schema: Mapping[str, Any]) -> Any:
        """A JSON value for the parameter `name`, valid under its flat schema (scalar, enum or array of those)."""
        kind = schema.get("type")
        if "enum" in schema:
            return self.rng.choice(schema["enum"])
        if kind == "array":
            items = schema.get("items", {"type": "string"})
            drawn = [self.draw(_singular(name), items) for _ in range(self.rng.choice((1, 2, 2, 3)))]
            return list(dict.fromkeys(drawn))
        if kind == "boolean":
            return self.rng.random() < 0.6
        if kind == "integer":
            return self.integer(name)
        if kind == "number":
            return self.number(name)
        return self.string(name, str(schema.get("description", "")))

    def string(self, name: str, description: str) -> str:
        maker = self.rng.choice(_ANY) if self.rng.random() < UNEXPECTED else _maker(name, description)
        return maker(self)

    def integer(self, name: str) -> int:
        lowered = name.lower()
        if "year" in lowered:
            return self.rng.randint(1900, 2060)
        if lowered.endswith("id") or "number" in lowered:
            return self.rng.randint(1, self.rng.choice(_MAGNITUDES))
        if any(word in lowered for word in ("limit", "count", "size", "max", "num", "top", "per_page", "results")):
            return int(self.rng.choice((*_USUAL_COUNTS, self.rng.randint(1, 999))))
        return self.rng.randint(0, self.rng.choice(_MAGNITUDES[:4]))

    def number(self, name: str) -> float | int:
        lowered = name.lower()
        if lowered.startswith(("lat", "lon", "lng")):
            return round(self.rng.uniform(-90, 90), self.rng.randint(1, 6))
        if _WHOLE.search(lowered) or self.rng.random() < 0.4:
            return self.integer(name)
        return round(self.rng.uniform(0, 10 ** self.rng.randint(0, 4)), self.rng.randint(1, 2))

    def word(self) -> str:
        return self.rng.choice(self.texts.words).lower() if self.rng.random() < 0.75 else invent_word(self.rng)

    def words(self, low: int = 1, high: int = 4) -> str:
        return " ".join(self.word() for _ in range(self.rng.randint(low, high)))

    def name(self) -> str:
        """A capitalised word, seldom a known one."""
        return self.word().capitalize() if self.rng.random() < 0.4 else invent_word(self.rng).capitalize()


def _singular(name: str) -> str:
    return name[:-1] if name.endswith("s") and not name.endswith("ss") else name


def _pick(*options: Maker) -> Maker:
    return lambda pool: pool.rng.choice(options)(pool)


def _person(pool: ValuePool) -> str:
    return pool.rng.choice((pool.name(), f"{pool.name()} {pool.name()}", f"{pool.name()} {pool.name()}"))


def _handle(pool: ValuePool) -> str:
    joint = pool.rng.choice(("-", "_", "", "."))
    return f"{pool.word()}{joint}{pool.rng.choice((pool.word(), str(pool.rng.randint(1, 999))))}".lower()


def _place(pool: ValuePool) -> str:
    city = pool.rng.choice(
        (pool.name(), f"{pool.name()} {pool.rng.choice(('City', 'Falls', 'Park', 'Beach', 'Hills'))}")
    )
    return pool.rng.choice((city, city, f"{city}, {pool.name()}", f"Port {pool.name()}", f"San {pool.name()}"))


def _street(pool: ValuePool) -> str:
    way = pool.rng.choice(("Street", "St", "Avenue", "Road", "Lane", "Drive"))
    return f"{pool.rng.randint(1, 2000)} {pool.name()} {way}"


def _identifier(pool: ValuePool) -> str:
    rng = pool.rng
    hexes = "".join(rng.choices(_HEX, k=rng.choice((6, 8, 12, 24, 32))))
    letters = "".join(rng.choices(_CAPITALS, k=rng.randint(2, 4)))
    mixed = "".join(rng.choices("abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789", k=rng.randint(6, 16)))
    uuid = "-".join("".join(rng.choices(_HEX, k=size)) for size in (8, 4, 4, 4, 12))
    counted = f"{letters}-{rng.randint(1, 99999)}"
    prefixed = f"{pool.word().lower()}_{hexes[:8]}"
    dashed = f"{pool.word().lower()}-{rng.randint(1, 9999)}"
    digits = str(rng.randint(100, 10 ** rng.randint(3, 9)))
    return rng.choice((hexes, counted, counted, mixed, uuid, prefixed, dashed, digits, digits))


def _wallet(pool: ValuePool) -> str:
    return "0x" + "".join(pool.rng.choices(_HEX, k=pool.rng.choice((8, 16, 40))))


def _file_name(pool: ValuePool) -> str:
    joint = pool.rng.choice(("-", "_", ""))
    stem = joint.join(pool.word() for _ in range(pool.rng.choice((1, 1, 2, 2, 3))))
    return f"{stem}.{pool.rng.choice(_EXTENSIONS)}"


def _folder(pool: ValuePool) -> str:
    parts = [pool.word().lower() for _ in range(pool.rng.randint(1, 3))]
    return pool.rng.choice(("", "", "/", "./", "~/", "src/", "/home/")) + "/".join(parts)


def _path(pool: ValuePool) -> str:
    file = _file_name(pool)
    return file if pool.rng.random() < 0.5 else f"{_folder(pool)}/{file}"


def _url(pool: ValuePool) -> str:
    host = f"{pool.word().lower()}.{pool.rng.choice(_DOMAINS)}"
    tail = pool.rng.choice(
        ("", "", f"/{pool.word()}", f"/{pool.word()}/{pool.rng.randint(1, 999)}", f"?q={pool.word()}")
    )
    return pool.rng.choice(("https://", "https://", "http://", "https://www.")) + host + tail.lower()


def _domain(pool: ValuePool) -> str:
    return f"{_handle(pool).strip('.-_')}.{pool.rng.choice(_DOMAINS)}"


def _email(pool: ValuePool) -> str:
    return f"{_handle(pool)}@{pool.word().lower()}.{pool.rng.choice(_DOMAINS)}"


def _phone(pool: ValuePool) -> str:
    digits = "".join(pool.rng.choices("0123456789", k=7))
    return pool.rng.choice((f"+1 555 {digits}", f"555-{digits[:4]}", f"+49{digits}", f"0{digits[:3]} {digits[3:]}"))


def _date(pool: ValuePool) -> str:
    rng = pool.rng
    year, month, day = rng.randint(1990, 2045), rng.randint(1, 12), rng.randint(1, 28)
    return rng.choice(
        (
            f"{year}-{month:02}-{day:02}",
            f"{year}-{month:02}-{day:02}",
            f"{day} {_MONTHS[month - 1]} {year}",
            f"{_MONTHS[month - 1]} {day}",
            f"{_MONTHS[month - 1][:3]} {day}, {year}",
            f"{month}/{day}/{year}",
            rng.choice(("today", "tomorrow", "yesterday")),
            f"{rng.choice(('next', 'last'))} {rng.choice(_WEEKDAYS)}",
        )
    )


def _time(pool: ValuePool) -> str:
    hour, minute = pool.rng.randint(1, 12), pool.rng.choice((0, 15, 30, 45, pool.rng.randint(0, 59)))
    half = pool.rng.choice(("am", "pm", " AM", " PM"))
    return pool.rng.choice((f"{hour}{half}", f"{hour}:{minute:02}{half}", f"{hour + 11:02}:{minute:02}", "noon"))


def _date_time(pool: ValuePool) -> str:
    year, month, day = pool.rng.randint(2015, 2040), pool.rng.randint(1, 12), pool.rng.randint(1, 28)
    stamp = f"{year}-{month:02}-{day:02}T{pool.rng.randint(0, 23):02}:{pool.rng.randint(0, 59):02}:00Z"
    return pool.rng.choice((stamp, _date(pool), f"{_date(pool)} at {_time(pool)}"))


def _zone(pool: ValuePool) -> str:
    known = (
        "Europe/Berlin",
        "America/New_York",
        "Asia/Tokyo",
        "UTC",
        "Africa/Cairo",
        "Australia/Sydney",
        "America/Lima",
        "EST",
    )
    return pool.rng.choice((*known, f"{pool.rng.choice(('Europe', 'Asia', 'America'))}/{pool.name()}"))


def _language(pool: ValuePool) -> str:
    return pool.rng.choice(
        [
            "English",
            "German",
            "French",
            "Spanish",
            "Italian",
            "Polish",
            "Turkish",
            "Korean",
            "en",
            "de",
            "fr",
            "es",
            "it",
            "pt-BR",
            "ja",
        ]
    )


def _currency(pool: ValuePool) -> str:
    return pool.rng.choice(
        ["USD", "EUR", "GBP", "JPY", "CHF", "SEK", "BTC", "ETH", "dollars", "euros", "yen", "PLN", "INR", "CAD"]
    )


def _ticker(pool: ValuePool) -> str:
    return "".join(pool.rng.choices(_CAPITALS, k=pool.rng.randint(2, 5))) + pool.rng.choice(("", "", "", "USDT", ".DE"))


def _color(pool: ValuePool) -> str:
    named = ["red", "green", "dark", "blue", "orange", "teal", "black", "white", "purple", "olive", "crimson"]
    return pool.rng.choice((*named, "#" + "".join(pool.rng.choices(_HEX, k=6))))


def _version(pool: ValuePool) -> str:
    return f"{pool.rng.choice(('', 'v'))}{pool.rng.randint(0, 20)}.{pool.rng.randint(0, 20)}.{pool.rng.randint(0, 30)}"


def _repository(pool: ValuePool) -> str:
    return pool.rng.choice((_handle(pool), _handle(pool), f"{_handle(pool)}/{_handle(pool)}"))


def _branch(pool: ValuePool) -> str:
    return pool.rng.choice(
        ("main", "develop", f"feature/{_handle(pool)}", f"fix-{pool.word()}", f"release/{_version(pool)}")
    )


def _title(pool: ValuePool) -> str:
    count = pool.rng.randint(1, 4)
    title = " ".join(pool.word().capitalize() for _ in range(count))
    return pool.rng.choice((title, title, f"The {title}", title.lower(), f"{title} {pool.rng.randint(2, 2049)}"))


def _phrase(pool: ValuePool) -> str:
    return pool.words(1, 4)


def _word(pool: ValuePool) -> str:
    return pool.word()


def _sentence(pool: ValuePool) -> str:
    return pool.rng.choice(pool.texts.sentences) if pool.rng.random() < 0.7 else pool.words(4, 9)


def _sql(pool: ValuePool) -> str:
    table, column, other = pool.word().lower(), pool.word().lower(), pool.word().lower()
    return pool.rng.choice(
        (
            f"SELECT * FROM {table}",
            f"SELECT {column}, {other} FROM {table} WHERE {column} > {pool.rng.randint(1, 900)}",
            f"SELECT COUNT(*) FROM {table}",
            f"DELETE FROM {table} WHERE {column} = '{other}'",
        )
    )


def _expression(pool: ValuePool) -> str:
    a, b, c = (pool.rng.randint(1, 999) for _ in range(3))
    sign = pool.rng.choice("+-*/")
    return pool.rng.choice(
        (
            f"{a} {sign} {b}",
            f"{a}{sign}{b}",
            f"({a} + {b}) {sign} {c}",
            f"{a % 100}% of {b}",
            f"sqrt({a})",
            f"{a} times {b}",
        )
    )


def _command(pool: ValuePool) -> str:
    return pool.rng.choice(
        (f"ls -la {_folder(pool)}", f"git checkout {_branch(pool)}", f"npm run {pool.word()}", f"print({pool.word()})")
    )


def _selector(pool: ValuePool) -> str:
    return pool.rng.choice((f"#{_handle(pool)}", f".{pool.word()}", f"div > {pool.word()}", f"button.{pool.word()}"))


def _amount(pool: ValuePool) -> str:
    amount = pool.number("amount")
    return pool.rng.choice((f"${amount}", f"{amount}", f"{amount} {_currency(pool)}"))


# The first pattern found in "name description" decides; the name is tried before the description.
_KINDS: tuple[tuple[str, Maker], ...] = (
    (r"\b(sql|statement)\b", _sql),
    (r"\b(expression|formula|equation|calculation)\b", _expression),
    (r"\b(e ?mail|recipients?|cc|bcc)\b", _email),
    (r"\b(time ?zone|tz)\b", _zone),
    (r"\b(selector|xpath|css)\b", _selector),
    (r"\b(ur[li]|link|endpoint|website|webhook)\b", _url),
    (r"\b(domain|host|hostname)\b", _domain),
    (r"\b(phone|mobile|telephone)\b", _phone),
    (r"\b(wallet|contract|address(es)?|tx|transaction hash)\b", _pick(_wallet, _wallet, _street)),
    (r"\b(directory|dir|folder|workspace path|cwd)\b", _folder),
    (r"\b(path|file ?path|file ?name|file|files|attachment)\b", _path),
    (r"\b(timestamp|datetime|date time)\b", _date_time),
    (r"\b(date|day|since|until|before|after|deadline|due|from date|to date|birthday|check ?(in|out))\b", _date),
    (r"\b(start|end)$", _date_time),
    (r"\b(time|hour)\b", _time),
    (r"\b(uuid|ids?|guid|sha|hash|key|token|cursor|identifier|code|slug|isbn|doi|number|secret|apikey)\b", _identifier),
    (r"\b(latitude|longitude|lat|lon|lng)\b", lambda pool: str(pool.number("lat"))),
    (r"\b(city|location|place|destination|origin|region|country|state|area|venue|airport|station|town)\b", _place),
    (r"\b(lang|language|locale)\b", _language),
    (r"\b(currency|currencies)\b", _currency),
    (r"\b(symbols?|ticker|coin|stock|pair)\b", _ticker),
    (r"\b(colou?r)\b", _color),
    (r"\b(version|tag)\b", _pick(_version, _word)),
    (r"\b(repo|repository|package|library|project|image|module)\b", _repository),
    (r"\b(branch|ref)\b", _branch),
    (
        r"\b(user ?name|owner|org|organi[sz]ation|login|account|handle|namespace|channel|team)\b",
        _pick(_handle, _person),
    ),
    (r"\b(user|author|person|assignee|customer|contact|artist|director|player|member|full name|first name)\b", _person),
    (r"\b(amount|price|budget|cost|fee|salary)\b", _amount),
    (r"\b(command|script|shell|snippet)\b", _command),
    (
        r"\b(message|content|body|text|comment|description|prompt|question|note|summary|reason|instructions?)\b",
        _sentence,
    ),
    (r"\b(title|name|subject|label|playlist|book|movie|song|album|game|event|database|table|collection)\b", _title),
    (r"\b(query|search|keywords?|q|terms?|topic|pattern|filter|phrase)\b", _pick(_phrase, _phrase, _title, _sentence)),
)
_COMPILED = tuple((re.compile(pattern), maker) for pattern, maker in _KINDS)
_ANY: tuple[Maker, ...] = (
    _word,
    _phrase,
    _title,
    _sentence,
    _identifier,
    _person,
    _place,
    _path,
    _date,
    _handle,
    _amount,
)
_OTHERWISE = _pick(_word, _phrase, _title, _identifier, _phrase)


@lru_cache(maxsize=65536)
def _maker(name: str, description: str) -> Maker:
    for text in (rows.snake_case(name).replace("_", " "), description.lower()):
        for pattern, maker in _COMPILED:
            if pattern.search(text):
                return maker
    return _OTHERWISE
