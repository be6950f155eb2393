"""Values drawn at random from large pools: numbers, dates, file names, sentences, addresses, queries. Each draw is a
function of one random generator, so that a seed fixes everything. How values are worded into requests is elsewhere."""

from __future__ import annotations

import string
from datetime import date, timedelta
from random import Random

from training.synthetic import words as w
from training.synthetic.phrases import fill

Number = int | float


def number_text(rng: Random, most: float = 10_000) -> str:
    """A non-negative number as people write it: whole, decimal, with thousands commas; mostly small."""
    kind = rng.random()
    if kind < 0.4:
        return str(rng.randint(0, 99))
    if kind < 0.62:
        return str(rng.randint(2, int(most)))
    if kind < 0.9:
        return f"{rng.uniform(0, rng.choice((1, 10, 100, 1000, most))):.{rng.choice((1, 1, 2, 2, 3))}f}"
    if kind < 0.95:
        return f"{rng.randint(1000, 999_999):,}"
    return str(rng.randint(1, 999) * 10 ** rng.randint(1, 4))


def number(text: str) -> Number:
    """The JSON number of a text such as "1,250.50" or "-7"."""
    plain = text.replace(",", "")
    return float(plain) if "." in plain else int(plain)


def money_text(rng: Random) -> str:
    amount = rng.choice((rng.uniform(1, 99), rng.uniform(10, 999), rng.uniform(100, 20_000)))
    return f"{amount:.2f}" if rng.random() < 0.7 else str(round(amount) or 1)


def shown(value: Number) -> str:
    """A computed number as a calculator prints it: at most ten significant digits, no trailing zeros."""
    if isinstance(value, int) or (abs(value) < 1e15 and float(value).is_integer()):
        return str(int(value))
    return f"{value:.10g}"


def person(rng: Random) -> str:
    if rng.random() < 0.4:
        return rng.choice(w.FIRST_NAMES)
    return f"{rng.choice(w.FIRST_NAMES)} {rng.choice(w.LAST_NAMES)}"


def full_name(rng: Random) -> str:
    return f"{rng.choice(w.FIRST_NAMES)} {rng.choice(w.LAST_NAMES)}"


def invented(rng: Random, syllables: int = 3) -> str:
    """A word nobody knows, to be copied letter by letter."""
    return "".join(rng.choice(w.SYLLABLES) for _ in range(rng.randint(2, syllables)))


def company(rng: Random) -> str:
    first = rng.choice((invented(rng).capitalize(), rng.choice(w.LAST_NAMES), rng.choice(w.NOUNS).capitalize()))
    return f"{first} {rng.choice(w.COMPANY_ENDINGS)}"


def code(rng: Random) -> str:
    """A reference such as "QX-48213" or "inv_2041b"."""
    letters = "".join(rng.choice(string.ascii_uppercase) for _ in range(rng.randint(1, 4)))
    digits = str(rng.randint(10, 99_999))
    return rng.choice(
        (
            f"{letters}-{digits}",
            f"{letters}{digits}",
            f"{digits}-{letters}",
            f"{letters}/{digits}",
            digits,
            f"#{digits}",
        )
    )


def email(rng: Random) -> str:
    first, last = rng.choice(w.FIRST_NAMES).lower(), rng.choice(w.LAST_NAMES).lower().replace("'", "").replace("ö", "o")
    return f"{rng.choice((first, f'{first}.{last}', f'{first[0]}{last}', f'{first}_{last}'))}@{host(rng)}"


def host(rng: Random) -> str:
    name = rng.choice(
        (
            invented(rng),
            rng.choice(w.NOUNS),
            f"{rng.choice(w.NOUNS)}-{rng.choice(w.NOUNS)}",
            f"{rng.choice(w.ADJECTIVES)}{rng.choice(w.NOUNS)}",
        )
    )
    return f"{rng.choice(('', '', '', 'www.', 'api.', 'docs.', 'blog.', 'news.'))}{name}.{rng.choice(w.DOMAINS)}"


def url(rng: Random) -> str:
    path = "/".join(
        rng.choice((rng.choice(w.NOUNS), invented(rng), str(rng.randint(1, 2040)))) for _ in range(rng.randint(0, 3))
    )
    end = rng.choice(
        ("", "", "", ".html", ".json", ".txt", "/", f"?id={rng.randint(1, 999)}", f"?q={rng.choice(w.NOUNS)}")
    )
    scheme = "https" if rng.random() < 0.85 else "http"
    return f"{scheme}://{host(rng)}" + (f"/{path}{end}" if path else rng.choice(("", "/")))


def phone(rng: Random) -> str:
    groups = [str(rng.randint(10**k, 10 ** (k + 1) - 1)) for k in rng.choice(((1, 2, 3), (2, 2, 3), (2, 3), (1, 6)))]
    return rng.choice(("+", "0")) + rng.choice((" ", "-")).join(groups)


def file_stem(rng: Random) -> str:
    noun, other, adjective = rng.choice(w.NOUNS), rng.choice(w.NOUNS), rng.choice(w.ADJECTIVES)
    kind = rng.random()
    if kind < 0.35:
        return noun + rng.choice(("", "", "", "s"))
    joint = rng.choice("__--")
    if kind < 0.55:
        return f"{rng.choice((adjective, other))}{joint}{noun}"
    if kind < 0.7:
        return f"{noun}{rng.choice(('', joint, '_v', '-v'))}{rng.randint(1, 99)}"
    if kind < 0.8:
        return f"{noun}{joint}{rng.randint(2019, 2040)}" + (f"-{rng.randint(1, 12):02d}" if rng.random() < 0.5 else "")
    if kind < 0.87:
        return rng.choice((f"{adjective.capitalize()}{noun.capitalize()}", noun.upper(), noun.capitalize()))
    if kind < 0.95:
        return rng.choice((invented(rng), rng.choice(w.FIRST_NAMES).lower(), rng.choice(w.CITIES).lower()))
    return f"{rng.choice(w.WEEKDAYS).lower()}{joint}{noun}"


def folder(rng: Random) -> str:
    name = rng.choice(
        (
            rng.choice(w.NOUNS),
            rng.choice(w.NOUNS) + "s",
            str(rng.randint(2019, 2040)),
            invented(rng),
            rng.choice(w.ADJECTIVES),
        )
    )
    return f"{name}/{rng.choice((rng.choice(w.NOUNS), str(rng.randint(1, 40))))}" if rng.random() < 0.2 else name


def file_name(rng: Random, extension: str | None = None) -> str:
    name = f"{file_stem(rng)}.{extension or rng.choice(w.EXTENSIONS)}"
    return f"{folder(rng)}/{name}" if rng.random() < 0.22 else name


def database_name(rng: Random) -> str:
    return file_name(rng, rng.choice(w.DATABASE_EXTENSIONS))


def day(rng: Random) -> date:
    return date(2019, 1, 1) + timedelta(days=rng.randrange(365 * 26))


def date_text(rng: Random, when: date) -> str:
    """The date in one of the unambiguous ways people write it."""
    month, suffix = w.MONTHS[when.month - 1], ordinal(when.day)
    kind = rng.randrange(11)
    if kind < 3:
        return when.isoformat()
    if kind < 7:
        name = month[:3] if kind == 6 else month
        return f"{when.day} {name} {when.year}" if kind in (3, 4, 6) else f"{suffix} {month} {when.year}"
    name = month[:3] if kind == 7 else month
    day_text = suffix if kind == 8 else str(when.day)
    return f"{name} {day_text} {when.year}" if kind == 9 else f"{name} {day_text}, {when.year}"


def ordinal(n: int) -> str:
    ending = "th" if n % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{ending}"


def clock(rng: Random) -> str:
    hour, minute = rng.randint(0, 23), rng.choice((0, 0, 5, 10, 15, 20, 30, 40, 45, 50))
    half = (
        f"{hour % 12 or 12}{'' if not minute else f':{minute:02d}'}{rng.choice(('', ' '))}{'am' if hour < 12 else 'pm'}"
    )
    return rng.choice((f"{hour:02d}:{minute:02d}", f"{hour}:{minute:02d}", half))


_TOPICS = (
    "[{noun}|{adjective} {noun}|{noun} {other}|{person}|{company}|{city}|{code}|{items}|"
    "{word}|{adjective} {other} {noun}]"
)
_FACTS = (
    (
        "[{verb} the {noun}|{verb} the {adjective} {noun}|{verb} {n} {items}|{verb} the {noun} "
        "[before|after|by|on] {weekday}]"
    ),
    "{verb} [the|our|my|{person}'s] {noun} [at|before|after|around] {clock}",
    "[the|our|my] {adjective} {noun} [costs|cost|was|is] [$|€|£|]{money}",
    (
        "[the|our|my] {noun} [is|was|will be] [ready|late|closed|lost|broken|full|empty|"
        "cancelled|approved] [on {weekday}|at {clock}|in {city}|]"
    ),
    (
        "{person} [likes|hates|needs|ordered|wants|bought|forgot|found|sold|has] [the "
        "{adjective} {noun}|{n} {items}|a {colour} {noun}]"
    ),
    (
        "{person} [arrives|leaves|calls|visits|lands|starts] [on {weekday}|at {clock}|on {date}] "
        "[in {city}|from {city}|with {other_person}|]"
    ),
    (
        "[the|our] [meeting|call|review|exam|appointment|{noun} {other}] with {person} is [on "
        "{weekday}|at {clock}|on {date}|moved to {weekday}]"
    ),
    "the [code|password|number|key|reference|pin] for the {noun} is {code}",
    "[buy|get|order|pick up] {items}, {items2} and {items3}",
    "[buy|get|order|pick up] {n} {items} [and {items2}|for {person}|at {company}|]",
    "call {person} [about the {noun}|at {clock}|on {phone}|back]",
    "{person}'s [birthday|anniversary|phone number|address|train] is [{date}|{phone}|on {weekday}|{n} {noun} Street]",
    (
        "[shipment|order|ticket|parcel|invoice] {code} [leaves|arrives|is due|expires|was paid] "
        "[on {weekday}|on {date}|at {clock}]"
    ),
    "we [met|saw|chose|agreed on|talked about] the {adjective} {noun} in {city}",
    "the {noun} in {city} [opens|closes|starts|ends] at {clock}",
    "[hello|dear|greetings] {word}",
    "{word} {word2} [{n}|]",
    "{company} [is open|will deliver|has moved|raised prices] [on {weekday}|by {n}%|to {city}]",
    "{n} [guests|people|boxes|chairs|tickets|plates] for the {noun}",
    "{noun}, {other}, {noun2}",
    "total [is |: |]{money}",
)


class _LazySlots(dict[str, str]):
    """Slots drawn only when a template asks for them, and then kept, so that a sentence can repeat a value."""

    def __init__(self, rng: Random) -> None:
        super().__init__()
        self._rng = rng

    def __missing__(self, name: str) -> str:
        value = self[name] = draw(self._rng, name.rstrip("0123456789"))
        return value


def draw(rng: Random, kind: str) -> str:
    """A value of a kind named as in templates: noun, person, date, money … Raises KeyError for an unknown kind."""
    drawn: str = _DRAWS[kind](rng)
    return drawn


_DRAWS = {
    "noun": lambda rng: rng.choice(w.NOUNS),
    "other": lambda rng: rng.choice(w.NOUNS),
    "adjective": lambda rng: rng.choice(w.ADJECTIVES),
    "verb": lambda rng: rng.choice(w.VERBS),
    "items": lambda rng: rng.choice(w.ITEMS),
    "weekday": lambda rng: rng.choice(w.WEEKDAYS),
    "month": lambda rng: rng.choice(w.MONTHS),
    "colour": lambda rng: rng.choice(w.COLOURS),
    "city": lambda rng: rng.choice(w.CITIES),
    "job": lambda rng: rng.choice(w.JOBS),
    "street": lambda rng: (
        f"{rng.randint(1, 199)} {rng.choice((rng.choice(w.NOUNS), invented(rng))).capitalize()} {rng.choice(w.STREETS)}"
    ),
    "person": person,
    "other_person": person,
    "name": full_name,
    "company": company,
    "word": invented,
    "code": code,
    "email": email,
    "phone": phone,
    "host": host,
    "url": url,
    "clock": clock,
    "money": money_text,
    "n": lambda rng: str(rng.choice((rng.randint(2, 12), rng.randint(2, 99), rng.randint(100, 999)))),
    "year": lambda rng: str(rng.randint(1950, 2040)),
    "number": number_text,
    "date": lambda rng: date_text(rng, day(rng)),
    "file": file_name,
    "folder": folder,
}


def slots(rng: Random) -> dict[str, str]:
    """Slots of every kind, drawn when first asked for; `noun`, `noun2`, `noun3` are separate draws."""
    return _LazySlots(rng)


def topic(rng: Random) -> str:
    """What a person searches for: one to three words."""
    return fill(rng, _TOPICS, slots(rng))


def sentence(rng: Random) -> str:
    """A short thing worth writing down; sometimes with a capital and a full stop."""
    text = fill(rng, rng.choice(_FACTS), slots(rng))
    if rng.random() < 0.12:
        text = f"{text}{rng.choice((', ', ' and ', '; '))}{fill(rng, rng.choice(_FACTS), slots(rng))}"
    if rng.random() < 0.35:
        text = text[:1].upper() + text[1:]
    return text


_TABLES = "[{noun}s|{other}s|{adjective}_{noun}s|{noun}_{other}|{word}]"
_COLUMNS = "[name|id|price|city|total|amount|email|date|quantity|status|colour|year|weight|{noun}|{noun2}_id|{word}]"


def sql(rng: Random) -> str:
    """A SELECT over invented tables; upper or lower case as a whole."""
    draws = slots(rng)
    table = fill(rng, _TABLES, draws)
    column, other = (fill(rng, _COLUMNS, slots(rng)) for _ in range(2))
    what = rng.choice(
        (
            "*",
            column,
            f"{column}, {other}",
            "COUNT(*)",
            f"SUM({column})",
            f"AVG({column})",
            f"MAX({column})",
            f"MIN({column})",
            f"DISTINCT {column}",
        )
    )
    where = rng.choice(
        (
            "",
            "",
            f" WHERE {other} = '{draws['city']}'",
            f" WHERE {other} > {rng.randint(1, 5000)}",
            f" WHERE {other} LIKE '%{draws['word']}%'",
            f" WHERE {other} < {draws['money']}",
            f" WHERE {other} = {rng.randint(1, 999)}",
        )
    )
    order = rng.choice(
        ("", "", f" ORDER BY {other}", f" ORDER BY {column} DESC", f" LIMIT {rng.randint(1, 50)}", f" GROUP BY {other}")
    )
    text = f"SELECT {what} FROM {table}{where}{order}" + rng.choice(("", "", ";"))
    return _lower_keywords(text) if rng.random() < 0.2 else text


def _lower_keywords(text: str) -> str:
    return " ".join(part.lower() if part.isupper() else part for part in text.split(" "))
