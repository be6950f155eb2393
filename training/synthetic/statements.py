"""SQL statements over invented tables: selections of every common shape, and now and then a change. Only written here,
never run; how people put them into requests is elsewhere.
"""

from __future__ import annotations

from random import Random

from training.synthetic import values as v
from training.synthetic import words as w
from training.synthetic.phrases import pieces

_COLUMNS = w.pool(
    """id name title city country region price cost total amount qty quantity email phone address date created_at
updated_at status state colour size weight height length year month day age score rating rank level points grade salary
bonus budget balance paid due discount tax currency code sku isbn barcode kind category type genre author publisher
artist album track duration seats floor room capacity distance speed fuel mileage plate model brand owner driver
manager team department role started ended closed open active deleted verified comment note url host port version
bytes pages stock supplier customer customer_id order_id user_id product_id parent_id first_name last_name birthday
postcode latitude longitude temperature humidity wind rainfall depth altitude visits clicks views likes shares"""
)
_TABLES = w.pool(
    """users orders customers products employees books authors invoices payments items sales stock parts suppliers
visits bookings rooms guests flights trips routes drivers vehicles students teachers courses grades exams clubs members
matches players teams scores events tickets venues songs albums artists films actors reviews posts comments tags logs
sessions devices sensors readings stations alerts tasks projects notes messages contacts addresses cities countries
accounts transfers loans claims policies patients doctors wards drugs recipes ingredients meals menus tables shifts
animals species plants gardens harvests fields crates shipments parcels depots shelves boxes"""
)
_WHERE = (
    "[{c2} = {s}|{c2} = {s}|{c2} = {s}|{c2} = {n}|{c2} > {n}|{c2} {lt} {n}|{c2} >= {n}|{c2} {lt}= {m}"
    "|{c2} {lt}> {s}|{c2} != {s}"
    "|{c2} LIKE '%{w}%'|{c2} LIKE '{w}%'|{c2} IS NULL|{c2} IS NOT NULL|{c2} BETWEEN {n} AND {n2}|{c2} IN ({s}, {s2})"
    "|{c2} IN ({n}, {n2})|{c2} >= '{day}'|{c2} {lt} '{day}'|{c2} = '{day}'|{c2}={n}|{c2}>{n}|{c2}={s}"
    "|lower({c2}) = '{w}'"
    "|{c2} = {s} AND {c3} > {n}|{c2} > {n} OR {c3} = {s}|{c2} = {s} AND {c3} = {s2}|NOT {c2} = {s}"
    "|{c2} > (SELECT AVG({c2}) FROM {t})|{c2} NOT IN ({s}, {s2})]"
)
_WHAT = (
    "[*|*|{c}|{c}|{c}|{c}, {c3}|{c}, {c3}|{c}, {c2}, {c3}|DISTINCT {c}|COUNT(*)|COUNT(*)|COUNT(*)|COUNT({c})"
    "|COUNT(DISTINCT {c})|SUM({c})|SUM({c})|AVG({c})|MAX({c})|MIN({c})|MIN({c}), MAX({c})|ROUND(AVG({c}), 2)"
    "|{c} AS {w}|SUM({c}) AS total|SUM({c} * {c3})|COUNT(*) AS n|upper({c})|length({c})]"
)
_SELECTIONS = (
    f"SELECT {_WHAT} FROM {{t}}",
    f"SELECT {_WHAT} FROM {{t}}",
    f"SELECT {_WHAT} FROM {{t}} WHERE {_WHERE}",
    f"SELECT {_WHAT} FROM {{t}} WHERE {_WHERE}",
    f"SELECT {_WHAT} FROM {{t}} WHERE {_WHERE} ORDER BY {{c}}[| DESC| ASC]",
    "SELECT [*|{c}|{c}, {c2}] FROM {t} ORDER BY {c2}[| DESC| DESC| ASC]",
    "SELECT [*|{c}|{c}, {c2}] FROM {t} ORDER BY {c2}[| DESC| DESC| ASC] LIMIT {k}",
    "SELECT [*|{c}|{c}, {c2}] FROM {t} LIMIT {k}[| OFFSET {k2}]",
    "SELECT {c}, [COUNT(*)|SUM({c2})|AVG({c2})|MAX({c2})|MIN({c2})] FROM {t} GROUP BY {c}",
    "SELECT {c}, [COUNT(*)|SUM({c2})|AVG({c2})] FROM {t} GROUP BY {c} [HAVING COUNT(*) > {k}"
    "|ORDER BY 2 DESC|ORDER BY {c}]",
    "SELECT {c}, COUNT(*) AS n FROM {t} GROUP BY {c} ORDER BY n DESC LIMIT {k}",
    "SELECT a.{c}, b.{c2} FROM {t} a JOIN {t2} b ON a.id = b.{x}_id",
    "SELECT {t}.{c}, {t2}.{c2} FROM {t} [JOIN|LEFT JOIN|INNER JOIN] {t2} ON {t}.{x}_id = {t2}.id["
    "| WHERE {t}.{c} = {s}]",
    "SELECT [COUNT(*)|SUM(b.{c2})] FROM {t} a JOIN {t2} b ON a.id = b.{x}_id WHERE a.{c} = {s}",
    "SELECT {c} FROM {t} WHERE id IN (SELECT {x}_id FROM {t2} WHERE {c2} = {s})",
    "SELECT {c} FROM {t} WHERE {c2} = (SELECT [MAX|MIN]({c2}) FROM {t})",
    "SELECT {c} FROM {t} UNION SELECT {c} FROM {t2}",
    "SELECT [name|COUNT(*)|name, sql] FROM sqlite_master[| WHERE type = 'table'| WHERE name = '{t}']",
    "WITH {w} AS (SELECT {c} FROM {t} WHERE {c2} > {n}) SELECT COUNT(*) FROM {w}",
    "PRAGMA table_info({t})",
)
_CHANGES = (
    "INSERT INTO {t} ({c}, {c2}) VALUES ({s}, {n})",
    "INSERT INTO {t} VALUES ({n}, {s}, {s2})",
    f"UPDATE {{t}} SET {{c}} = [{{s}}|{{n}}|{{c}} + {{k}}|NULL] WHERE {_WHERE}",
    f"DELETE FROM {{t}} WHERE {_WHERE}",
    "DELETE FROM {t}",
    "CREATE TABLE {t} (id INTEGER PRIMARY KEY, {c} TEXT, {c2} [REAL|INTEGER|TEXT])",
    "CREATE TABLE [IF NOT EXISTS |]{t} ({c} TEXT, {c2} INTEGER)",
    "CREATE INDEX {w} ON {t} ({c})",
    "DROP TABLE [IF EXISTS |]{t}",
    "ALTER TABLE {t} ADD COLUMN {c} [TEXT|REAL|INTEGER]",
)


def table(rng: Random) -> str:
    kind = rng.random()
    if kind < 0.4:
        return rng.choice(_TABLES)
    noun, other = rng.choice(w.NOUNS), rng.choice(w.NOUNS)
    shapes = (
        f"{noun}s",
        noun,
        f"{noun}_{other}",
        f"{rng.choice(w.ADJECTIVES)}_{noun}s",
        v.invented(rng),
        noun.capitalize(),
    )
    return rng.choice(
        (*shapes, f"tbl_{noun}", f"{noun}{rng.randint(2019, 2040)}", f"{noun.capitalize()}{other.capitalize()}")
    )


def column(rng: Random) -> str:
    if rng.random() < 0.6:
        return rng.choice(_COLUMNS)
    noun = rng.choice(w.NOUNS)
    return rng.choice(
        (noun, f"{noun}_id", f"{noun}_{rng.choice(_COLUMNS)}", v.invented(rng), f"{noun}Name", f"is_{noun}")
    )


def literal(rng: Random) -> str:
    """A string of SQL in its single quotes; none in it."""
    texts = (v.draw(rng, "city"), v.draw(rng, "items"), v.draw(rng, "noun"), v.invented(rng), v.code(rng))
    text = rng.choice((*texts, rng.choice(w.COLOURS), rng.choice(w.FIRST_NAMES), v.full_name(rng), v.email(rng)))
    return "'" + text.replace("'", "") + "'"


def statement(rng: Random, changes: float = 0.1) -> str:
    """One statement; now and then in lower case, or with its semicolon."""
    plain = _SELECTIONS[:6] if rng.random() < 0.5 else _SELECTIONS
    template = rng.choice(_CHANGES if rng.random() < changes else plain)
    columns = [column(rng) for _ in range(3)]
    number = rng.choice((str(rng.randint(1, 99)), str(rng.randint(100, 9000)), f"{rng.uniform(1, 500):.2f}"))
    draws = {
        "t": table(rng),
        "t2": table(rng),
        "c": columns[0],
        "c2": columns[1],
        "c3": columns[2],
        "x": rng.choice(w.NOUNS),
        "s": literal(rng),
        "s2": literal(rng),
        "n": number,
        "n2": str(rng.randint(9001, 99_999)),
        "m": v.money_text(rng),
        "k": str(rng.choice((1, 3, 5, 10, 20, 50, rng.randint(2, 30)))),
        "k2": str(rng.randint(1, 60)),
        "w": v.invented(rng),
        "day": v.day(rng).isoformat(),
        "lt": "<",  # which a template would take for the beginning of a rule
    }
    parts = pieces(rng, template, draws)
    if rng.random() < 0.27:
        parts = [(text if value else text.lower(), value) for text, value in parts]
    return "".join(text for text, _ in parts).strip() + (";" if rng.random() < 0.22 else "")
