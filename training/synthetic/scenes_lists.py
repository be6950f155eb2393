"""Texts with several records of one kind: told in a row, line by line, as label and value, as a table or CSV."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from training.synthetic import values as v
from training.synthetic import words as w
from training.synthetic.records import COLUMNS, Column, Drawn, Field, Told, count, date_text, listed, price, same
from training.synthetic.scenes import Drawing, firm, goods, heading, human, job, spaced_code, text, town

_MOST = 7  # records


@dataclass(frozen=True)
class Listing:
    """`names`: keys of the array. `rows`: one record in a row, with {0}, {1} …; `heads`: what opens the text, with
    {x} for the value of the field `about`."""

    nouns: tuple[str, ...]
    names: str
    columns: tuple[Column, ...]
    rows: tuple[str, ...]
    about: Field
    heads: tuple[str, ...]


def _column(names: str, type: str, draw: Callable[[Random], Drawn]) -> Column:
    return tuple(names.split(", ")), type, draw  # type: ignore[return-value]


def _reading(rng: Random) -> Drawn:
    value = round(rng.uniform(-20, 120), rng.choice((1, 1, 2)))
    return str(value), int(value) if value == int(value) else value


def _age(rng: Random) -> Drawn:
    value = rng.randint(3, 98)
    return str(value), value


def _many(rng: Random) -> Drawn:
    value = rng.choice((1, 1, rng.randint(2, 12), rng.randint(2, 40), rng.randint(10, 500)))
    return str(value), value


_NUMBER = text("number, order number, id, reference", v.code)
_TITLE = text("title, name, subject, list, about", heading)
_DATE = text("date, day, on", date_text)
_FIRM = text("company, shop, supplier, customer", firm)

LISTINGS = (
    Listing(
        ("order", "order lines", "items", "shopping list", "delivery note"),
        "items, lines, products, articles, goods",
        (
            _column("quantity, count, number, amount, pieces, qty", "integer", _many),
            _column("product, item, article, name, goods, description", "string", same(goods)),
        ),
        ("{0} {1}", "{0} {1}", "{0} {1}", "{0} x {1}", "{0}x {1}", "{1} ({0})", "{1}: {0}", "{0} of {1}"),
        _NUMBER,
        ("Order {x}: ", "Order no. {x}, ", "{x}: ", "For order {x} please pack ", "Delivery {x} contains ", ""),
    ),
    Listing(
        ("prices", "price list", "offer", "menu"),
        "prices, items, offers, products, menu",
        (
            _column("name, product, item, dish, article", "string", same(goods)),
            _column("price, cost, amount, value", "number", price),
        ),
        ("{0} {1}", "{0} for {1}", "{0}: {1}", "{0} at {1}", "{0} ({1})", "{0} costs {1}", "{1} for {0}"),
        _FIRM,
        ("Prices at {x}: ", "{x}: ", "From {x}: ", "{x} offers ", ""),
    ),
    Listing(
        ("readings", "measurements", "meter data", "values"),
        "readings, measurements, values, meters, probes",
        (
            _column("probe, meter, device, station, point, id", "string", same(spaced_code)),
            _column("reading, value, measured, level, degrees", "number", _reading),
        ),
        ("{0} {1}", "{0}: {1}", "{0} shows {1}", "{0} = {1}", "{0} at {1}", "{1} at {0}"),
        _DATE,
        ("Readings of {x}: ", "{x}: ", "Measured on {x}: ", ""),
    ),
    Listing(
        ("people", "participants", "guest list", "team"),
        "people, guests, participants, members, players",
        (
            _column("name, person, guest, member, player", "string", same(human)),
            _column("age, years", "integer", _age),
        ),
        ("{0} ({1})", "{0}, {1}", "{0} is {1}", "{0}: {1}", "{0} aged {1}", "{1}-year-old {0}"),
        _TITLE,
        ("Guests of {x}: ", "{x}: ", "For {x} came ", ""),
    ),
    Listing(
        ("team", "staff list", "roles", "contacts"),
        "staff, team, roles, people, members",
        (
            _column("name, person, employee", "string", same(human)),
            _column("role, position, job, title", "string", same(job)),
        ),
        ("{0} ({1})", "{0} as {1}", "{0}: {1}", "{1} {0}", "{0} - {1}", "{0} is {1}"),
        _FIRM,
        ("The team of {x}: ", "{x}: ", "At {x} we have ", ""),
    ),
    Listing(
        ("tasks", "action items", "to-do list", "duties"),
        "tasks, actions, todos, duties, assignments",
        (
            _column("who, person, owner, assignee, name", "string", same(lambda rng: rng.choice(w.FIRST_NAMES))),
            _column("task, what, action, duty", "string", same(lambda rng: f"{rng.choice(w.VERBS)} the {goods(rng)}")),
        ),
        ("{0}: {1}", "{0} will {1}", "{0} has to {1}", "{1} ({0})", "{0} - {1}"),
        _TITLE,
        ("{x}: ", "Actions from {x}: ", "After {x}: ", ""),
    ),
    Listing(
        ("programme", "schedule", "timetable", "agenda"),
        "programme, entries, slots, events, sessions",
        (
            _column("time, start, at, begins", "string", same(v.clock)),
            _column("title, session, what, topic, name", "string", same(heading)),
        ),
        ("{0} {1}", "{0}: {1}", "{1} at {0}", "{0} - {1}", "at {0} {1}"),
        _DATE,
        ("{x}: ", "Programme for {x}: ", "On {x} we have ", ""),
    ),
    Listing(
        ("stops", "route", "itinerary", "connections"),
        "stops, stations, cities, places",
        (
            _column("city, stop, place, station", "string", same(town)),
            _column("time, arrival, at, arrives", "string", same(v.clock)),
        ),
        ("{0} {1}", "{0} at {1}", "{0} ({1})", "{1} {0}", "{0}: {1}"),
        text("line, train, bus, service", spaced_code),
        ("Line {x}: ", "{x} stops in ", "{x}: ", ""),
    ),
    Listing(
        ("stock list", "inventory", "stock", "shelf list"),
        "stock, shelves, inventory, entries, articles",
        (
            _column("code, sku, article number, id", "string", same(v.code)),
            _column("name, product, article, what", "string", same(goods)),
            _column("stock, quantity, left, count", "integer", count),
        ),
        ("{0} {1}: {2}", "{0} {1} ({2})", "{2} {1} ({0})", "{1}, {0}, {2} left"),
        _FIRM,
        ("Stock at {x}: ", "{x}: ", ""),
    ),
    Listing(
        ("payments", "bookings", "statement", "expenses"),
        "payments, bookings, expenses, entries, transactions",
        (
            _column("date, day, on, booked", "string", same(date_text)),
            _column("payee, shop, to, text", "string", same(firm)),
            _column("amount, sum, value", "number", price),
        ),
        ("{0}: {2} to {1}", "{0} {1} {2}", "{1} {2} on {0}", "{2} for {1} on {0}"),
        text("account, card, account number", v.code),
        ("Account {x}: ", "Statement {x}: ", ""),
    ),
)


def records(rng: Random) -> Drawing:
    """A text with an array of objects in it, and perhaps a field of the whole."""
    listing = rng.choice(LISTINGS)
    rows = _rows(rng, listing)
    field = Field(tuple(listing.names.split(", ")), "objects", (), _undrawn)
    COLUMNS[field.names] = listing.columns
    told = [Told(field, "", [[cell[1] for cell in row] for row in rows])]
    about = Told(listing.about, *listing.about.draw(rng))
    body, head = rng.choice(_SHAPES)(rng, listing, [[cell[0] for cell in row] for row in rows], about)
    if head:
        told.insert(0, about)
    return Drawing(body, told, [] if head else [listing.about], rng.choice(listing.nouns))


def _undrawn(rng: Random) -> Drawn:
    raise NotImplementedError("a list draws all its records together")


def _rows(rng: Random, listing: Listing) -> list[list[Drawn]]:
    """Records whose named cells all differ."""
    out: list[list[Drawn]] = []
    seen: set[str] = set()
    for _ in range(rng.choice((1, 2, 2, 3, 3, 3, 4, 4, 5, rng.randint(2, _MOST)))):
        row = [column[2](rng) for column in listing.columns]
        names = {cell[0] for cell, column in zip(row, listing.columns, strict=True) if column[1] == "string"}
        if not names & seen:
            seen |= names
            out.append(row)
    return out


Shaped = tuple[str, bool]  # the text, and whether it tells what the whole is about


def _inline(rng: Random, listing: Listing, rows: list[list[str]], about: Told) -> Shaped:
    head = rng.choice(listing.heads)
    shape = rng.choice(listing.rows)
    parts = [shape.format(*row) for row in rows]
    between = "; " if any("," in part for part in parts) else ", "
    body = listed(rng, parts) if between == ", " else "; ".join(parts)
    return head.replace("{x}", about.text) + body + rng.choice((".", ".", "")), "{x}" in head


def _headed(rng: Random, about: Told, lines: list[str]) -> Shaped:
    """Lines, below a line with what they are about now and then."""
    if rng.random() < 0.45:
        key = rng.choice(about.field.names)
        head = rng.choice((f"{key.capitalize()}: {about.text}", about.text, f"{key}: {about.text}", f"# {about.text}"))
        return "\n".join((head, *lines)), True
    return "\n".join(lines), False


def _line_by_line(rng: Random, listing: Listing, rows: list[list[str]], about: Told) -> Shaped:
    shape, mark = rng.choice(listing.rows), rng.choice(("", "", "- ", "* ", "• "))
    return _headed(rng, about, [mark + shape.format(*row) for row in rows])


def _labelled(rng: Random, listing: Listing, rows: list[list[str]], about: Told) -> Shaped:
    """Each record as its labels and values: "probe: A 1 value: 3.2"."""
    keys = [rng.choice(column[0]) for column in listing.columns]
    pair, joint = rng.choice((("{}: {}", " "), ("{}: {}", ", "), ("{}={}", " "), ("{} {}", ", "), ("{}: {}", "; ")))
    lines = [joint.join(pair.format(key, cell) for key, cell in zip(keys, row, strict=True)) for row in rows]
    return _headed(rng, about, lines)


def _blocks(rng: Random, listing: Listing, rows: list[list[str]], about: Told) -> Shaped:
    """A label and value on every line, a blank line between records."""
    keys = [rng.choice(column[0]).capitalize() for column in listing.columns]
    return "\n\n".join("\n".join(f"{key}: {cell}" for key, cell in zip(keys, row, strict=True)) for row in rows), False


def _table(rng: Random, listing: Listing, rows: list[list[str]], about: Told) -> Shaped:
    """CSV or columns under their heads, the columns in any order."""
    order = list(range(len(listing.columns)))
    rng.shuffle(order)
    rows = [[row[place] for place in order] for row in rows]
    # "A7,52" would be read as one number with its thousands apart.
    commas = any("," in cell for row in rows for cell in row) or re.search(r"\d,\d", "\n".join(map(",".join, rows)))
    joint = rng.choice((";", "\t", " | ", "; ") if commas else (",", ",", ",", ";", "\t", " | ", ", "))
    head = joint.join(rng.choice(listing.columns[place][0]) for place in order)
    return _headed(rng, about, [head, *map(joint.join, rows)])


_SHAPES = (_inline, _inline, _inline, _line_by_line, _line_by_line, _labelled, _labelled, _blocks, _table, _table)
