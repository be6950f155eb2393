"""Cards, letter heads, notes and short forms whose first lines have no labels: a value is known by its form and
place."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from training.synthetic import values as v
from training.synthetic import words as w
from training.synthetic.records import Field, Told, boolean, date_text, enum, integer, number, strings
from training.synthetic.scenes import (
    Drawing,
    amount,
    currency,
    firm,
    goods,
    heading,
    human,
    job,
    spot,
    text,
    town,
)

_NAME = text("name, full name, person, contact, contact person", human)
_JOB = text("job title, position, role, job, function", job)
_FIRM = text("company, firm, organisation, employer, company name", firm)
_PHONE = text("phone number, telephone, tel, phone no", v.phone)
_MAIL = text("email address, mail, e mail", v.email)
_STREET = text("street, address", lambda rng: v.draw(rng, "street"))
_CITY = text("city, town, place", town)
_SITE = text("website, web, site, url", v.url)
_ABSENT = (text("fax, fax number", v.phone), text("department, unit", goods), text("vat number, tax id", v.code))


def card(rng: Random) -> Drawing:
    """A business card, a signature or a letter head."""
    name, title, company = (_told(rng, one) for one in (_NAME, _JOB, _FIRM))
    top = rng.choice(([name, title, company], [company, name, title], [name, company], [name, title], [company, name]))
    below = [_told(rng, one) for one in rng.sample((_PHONE, _MAIL, _STREET, _CITY, _SITE), rng.randint(1, 4))]
    lines = [one.text for one in top]
    if len(lines) > 2 and rng.random() < 0.2:
        lines[-2:] = [rng.choice((", ", " | ", " - ")).join(lines[-2:])]
    for one in below:
        label = rng.choice(_LABELS.get(one.field.names[0], ("",)))
        lines.append(label + one.text)
    joint = rng.choice(("\n", "\n", "\n", "\n", ", ", " | ", " / "))
    noun = rng.choice(("business card", "card", "contact", "signature", "contact details", "address", "letterhead"))
    told = [*top, *below]
    return Drawing(joint.join(lines), told, _left([_NAME, _JOB, _FIRM, _PHONE, _MAIL, _SITE, *_ABSENT], told), noun)


_LABELS = {
    "phone number": ("", "Tel. ", "Phone ", "T: ", "tel: ", "Tel ", "mobile "),
    "email address": ("", "", "Email: ", "E: ", "mail "),
    "website": ("", "", "Web: "),
}

_PAPERS: tuple[tuple[tuple[str, ...], Field, tuple[Field, ...]], ...] = (
    (
        ("invoice", "bill", "invoice details"),
        text("supplier, sender, company, seller, from", firm),
        (
            text("invoice number, number, invoice no, bill number", v.code),
            text("invoice date, date, issued", date_text),
            text("due date, payable by, due", date_text),
            text("customer, customer name, billed to", human),
            amount("amount due, total, amount, sum, to pay"),
            text("currency", currency),
        ),
    ),
    (
        ("receipt", "till receipt"),
        text("shop, store, merchant, company", firm),
        (
            text("receipt number, receipt, number", v.code),
            text("date, day", date_text),
            text("time, printed at", v.clock),
            amount("total, sum, amount"),
            amount("change, given back"),
            enum("payment, paid by, payment method", "cash, card, transfer, voucher"),
        ),
    ),
    (
        ("event", "flyer", "event details", "poster"),
        text("title, event, name, event name", heading),
        (
            text("date, day, when", date_text),
            text("start, starts, start time, begins", v.clock),
            text("end, ends, end time", v.clock),
            text("place, venue, where, location", spot),
            number("entry fee, entry, admission, price", 1, 60),
            text("host, organiser", human),
        ),
    ),
    (
        ("recipe", "dish", "recipe data"),
        text("name, title, dish, recipe", lambda rng: goods(rng).capitalize()),
        (
            integer("serves, servings, portions, people", 1, 20),
            integer("cooking time, time minutes, ready in, duration", 3, 240),
            strings("ingredients, needs, you need", lambda rng: rng.choice(w.ITEMS)),
            boolean("vegetarian", "Vegetarian./With meat."),
            enum("difficulty, level", "easy, medium, hard"),
        ),
    ),
    (
        ("meeting", "minutes", "attendance list", "protocol"),
        text("subject, topic, about, title, meeting title", heading),
        (
            text("date, day, held on", date_text),
            text("chair, led by, chaired by", human),
            strings("present, attendees, participants, attended", human),
            strings("absent, excused, not there, apologies", human),
            text("start, start time, began", v.clock),
            text("end, end time, ended", v.clock),
        ),
    ),
    (
        ("booking", "reservation", "hotel booking"),
        text("hotel, house, accommodation", lambda rng: f"{rng.choice(w.NOUNS).capitalize()} {rng.choice(_INNS)}"),
        (
            text("guest name, name, booked by", human),
            text("check-in, arrival, from", date_text),
            text("check-out, departure, until", date_text),
            integer("room, room number", 1, 900),
            integer("nights, number of nights", 1, 30),
            boolean("breakfast, with breakfast", "With breakfast./No breakfast."),
        ),
    ),
    (
        ("ticket", "ticket data", "incident", "complaint"),
        text("sender, from, reporter, reported by", human),
        (
            text("ticket, ticket number, incident, case", v.code),
            enum("severity, priority, urgency", "low, medium, high, minor, major, critical"),
            text("module, part, system, device", goods),
            text("date, reported, opened", date_text),
            text("assigned to, owner, handled by", human),
        ),
    ),
    (
        ("parcel", "shipping label", "delivery"),
        text("sender, shipper, from", firm),
        (
            text("recipient, to, addressee", human),
            text("street, address", lambda rng: v.draw(rng, "street")),
            text("city, town", town),
            text("tracking number, tracking, parcel number", v.code),
            number("weight, weight kg", 0.2, 40),
        ),
    ),
)
_INNS: tuple[str, ...] = ("View Inn", "Hotel", "House", "Lodge", "Garden Hotel", "Hostel", "Rooms", "Court")


def paper(rng: Random) -> Drawing:
    """A head, most often bare, then labelled lines, and perhaps a sentence for nobody at the end."""
    nouns, first, fields = rng.choice(_PAPERS)
    head = _told(rng, first)
    body = [_told(rng, one) for one in rng.sample(fields, rng.randint(2, len(fields)))]
    cased = rng.choice((str.capitalize, str.capitalize, str.title, str.upper, str.lower))
    joint = rng.choice((": ", ": ", ": ", " - ", "\t", " = ", ":  "))
    lines = [f"{cased(rng.choice(one.field.names))}{joint}{_cell(one)}" for one in body]
    bare = rng.random() < 0.5
    lines.insert(0, head.text if bare else f"{cased(rng.choice(first.names))}{joint}{head.text}")
    if rng.random() < 0.3:
        extra = v.sentence(rng).rstrip(".")
        lines.append(extra[:1].upper() + extra[1:] + rng.choice((".", "!", ".")))
    told = [head, *body]
    return Drawing("\n".join(lines), told, _left(fields, told), rng.choice(nouns))


def _cell(one: Told) -> str:
    return one.text if one.field.type != "boolean" else ("yes" if one.value else "no")


def _told(rng: Random, field: Field) -> Told:
    return Told(field, *field.draw(rng))


def _left(fields: list[Field] | tuple[Field, ...], told: list[Told]) -> list[Field]:
    known = {one.field.names for one in told}
    return [field for field in fields if field.names not in known]


MAKERS: tuple[Callable[[Random], Drawing], ...] = (card, card, paper, paper, paper)
