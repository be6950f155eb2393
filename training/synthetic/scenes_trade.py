"""Sentences of trade and travel with fields in pairs: who sells and who buys, from where to where, from when to
when."""

from __future__ import annotations

from random import Random

from training.synthetic import values as v
from training.synthetic import words as w
from training.synthetic.records import date_text, enum, integer
from training.synthetic.scenes import (
    Scene,
    amount,
    currency,
    firm,
    goods,
    human,
    spaced_code,
    spot,
    text,
    town,
)

TRADE = (
    Scene(
        ("flight", "flight details", "trip", "connection"),
        {
            "code": text("flight number, flight no, number, flight code", spaced_code),
            "a": text("origin, from, departure city, departure airport, start", town),
            "b": text("destination, to, arrival city, arrival airport, goes to", town),
            "t": text("departure, departure time, leaves, departs, take off", v.clock),
            "u": text("arrival, arrival time, arrives, lands, landing", v.clock),
            "d": text("date, travel date, day, date of travel", date_text),
            "who": text("passenger, traveller, name, passenger name", human),
        },
        (
            "{code} [departs|leaves|takes off] from {a} at {t} and [lands in|arrives in|reaches|gets to] {b} at {u}",
            "[flight|] {code} from {a} to {b} [leaves|departs] at {t} [and|,] [arrives|lands] at {u} [on {d}|]",
            "{a} - {b}, {t} - {u}, flight {code}[, {d}|]",
            "{who} [flies|is flying|travels] with {code} to {b} [on {d}|], [leaving|out of] {a} at {t}",
            "[you|we] land in {b} at {u}, after leaving {a} at {t} [with|on] {code}",
            "arriving at {b} at {u} is {code}, which left {a} at {t}",
            "on {d} {who} goes from {a} to {b} on {code}, departure {t}, arrival {u}",
            "to {b} from {a}: {code}, {t} to {u}",
            "flight {code} for {who}, {d}, out of {a} {t}, into {b} {u}",
        ),
    ),
    Scene(
        ("train", "train connection", "journey", "bus trip", "ferry"),
        {
            "code": text("train, line, train number, service, number", spaced_code),
            "a": text("from, origin, departure station, starting point", town),
            "b": text("to, destination, arrival station, terminus", town),
            "t": text("departure, departs at, leaves, start time", v.clock),
            "u": text("arrival, arrives at, due, end time", v.clock),
            "p": text("platform, track, quay", lambda rng: f"{rng.randint(1, 24)}{rng.choice(('', '', 'A', 'b'))}"),
        },
        (
            "the {code} to {b} leaves {a} at {t} from platform {p} [and gets in at {u}|]",
            "[take|you take|board] {code} in {a} at {t}, platform {p}; it is in {b} at {u}",
            "between {a} and {b} runs {code}, departing {t} and arriving {u}",
            "{t} {a} (platform {p}), {u} {b}, {code}",
            "train {code} [starts|begins] in {a} at {t} and [ends|terminates] in {b} at {u}",
            "we reach {b} at {u} if we catch the {code} out of {a} at {t}",
            "from {a} at {t}, to {b} by {u}, with {code} from track {p}",
        ),
    ),
    Scene(
        ("invoice", "bill", "payment request", "invoice details"),
        {
            "code": text("number, invoice number, invoice no, invoice id, reference", v.code),
            "s": text("supplier, seller, vendor, issuer, billed by, from company", firm),
            "c": text("customer, client, buyer, billed to, recipient", firm),
            "d": text("date, invoice date, issued, issue date, dated", date_text),
            "e": text("due, due date, payable by, deadline, pay by", date_text),
            "m": amount("total amount, amount, sum, amount due, to pay"),
            "k": text("currency, currency code, in currency", currency),
        },
        (
            "invoice [no.|number|nr.|] {code} from {s}, [dated|of|issued] {d}, [total|sum|amount] {m} {k}",
            "{s} [billed|invoiced|charged] {c} {m} {k} on {d}[, payable by {e}|] (invoice {code})",
            "{c} owes {s} {m} {k} for invoice {code}[, due {e}|]",
            "invoice {code} of {d} over {m} {k} is due on {e}, [sent by|from] {s} [to {c}|]",
            "please pay {k} {m} to {s} by {e}, quoting {code}",
            "on {d} {c} received bill {code} of {m} {k} from {s}",
            "[our|the] invoice {code} to {c}, date {d}, due {e}, comes to {m} {k}",
            "bill {code}: {m} {k}, {d}, {s}",
            "{d}, {s}, no. {code}, {k} {m}",
            "for {c} from {s}: {code}, {m} {k}, to be paid by {e}",
        ),
    ),
    Scene(
        ("order", "purchase", "order data", "sale"),
        {
            "code": text("order number, order no, order id, reference", v.code),
            "q": integer("quantity, count, number of pieces, pieces", 2, 900),
            "g": text("product, article, item, goods", goods),
            "s": text("seller, supplier, shop, bought from", firm),
            "c": text("buyer, customer, ordered by, sold to", human),
            "m": amount("price, total, cost, unit price, paid"),
            "k": text("currency, currency code", currency),
            "e": text("delivery date, delivered by, arrives, delivery", date_text),
        },
        (
            "{c} [bought|ordered|purchased] {q} {g} from {s} for {m} {k} [(order {code})|]",
            "{s} [sold|delivers|ships] {q} {g} to {c} [for {m} {k}|by {e}]",
            "order {code} by {c}: {q} {g}, {m} {k}, delivery on {e}",
            "{c} would like {q} {g} from {s} until {e}, order {code}",
            "order {code} from {s} with {q} {g} arrives on {e} and costs {m} {k}",
            "sold to {c}, {q} {g} at {m} {k}, by {s}",
            "{q} {g} for {c}, {m} {k}, order {code}",
            "the buyer is {c}, the seller {s}; {q} {g} for {m} {k}",
        ),
    ),
    Scene(
        ("transfer", "payment", "bank transfer", "transaction"),
        {
            "a": text("sender, from, payer, paid by", human),
            "b": text("receiver, to, payee, recipient, beneficiary", human),
            "m": amount("amount, sum, value, amount sent"),
            "k": text("currency, currency code", currency),
            "d": text("date, paid on, booked on, day", date_text),
            "code": text("reference, transaction id, purpose code, id", v.code),
        },
        (
            "{a} [sent|paid|transferred] {m} {k} to {b} on {d} [, reference {code}|]",
            "{b} [got|received] {m} {k} from {a} [on {d}|with the reference {code}]",
            "on {d} {m} {k} went from {a} to {b}",
            "transfer {code}: {a} to {b}, {m} {k}, {d}",
            "{m} {k} for {b}, paid by {a} on {d}, ref {code}",
            "to {b} from {a}, {k} {m}, {d}",
        ),
    ),
    Scene(
        ("parcel", "shipment", "delivery", "parcel data"),
        {
            "code": text("tracking number, parcel, parcel number, shipment id", v.code),
            "a": text("sender, shipper, from, sent by", firm),
            "b": text("recipient, addressee, to, receiver", human),
            "p": text("city, destination, delivered in, town", town),
            "d": text("sent, sent on, shipped, dispatch date", date_text),
            "e": text("delivered, expected, delivery date, arrives", date_text),
            "n": integer("pieces, boxes, number of boxes, parcels", 2, 60),
        },
        (
            "parcel {code} from {a} to {b} in {p} was sent on {d} and [arrives|is expected] on {e}",
            "{b} in {p} gets {n} boxes from {a} [by|on] {e}, number {code}",
            "{a} shipped {n} boxes ({code}) to {b}, {p}, on {d}",
            "sent {d}, delivered {e}: {code}, for {b} by {a}",
            "{n} parcels for {b} left {a} on {d} and will be in {p} on {e}",
            "for {b}, from {a}, {n} pieces, tracking {code}, due in {p} {e}",
        ),
    ),
    Scene(
        ("booking", "reservation", "hotel booking", "stay"),
        {
            "code": text("booking number, confirmation, booking code, reservation", v.code),
            "h": text("hotel, house, accommodation, name of the hotel", lambda rng: _inn(rng)),
            "who": text("guest name, booked by, name, visitor", human),
            "d": text("check in, arrival, from, first night", date_text),
            "e": text("check out, departure, until, to", date_text),
            "r": integer("room, room number, room no", 2, 940),
            "n": integer("nights, number of nights", 2, 20),
            "m": amount("price, total, cost, rate"),
            "k": text("currency, price currency", currency),
        },
        (
            "{who} [stays|is booked] at {h} from {d} [to|until|till] {e} in room {r}",
            "{h} confirms booking {code} for {who}, arriving {d} and leaving {e}",
            "until {e} room {r} at {h} is taken by {who}, who comes on {d}",
            "booking {code}: {who}, {h}, {n} nights from {d}, {m} {k}",
            "{n} nights for {who} at {h}, in on {d}, out on {e}",
            "room {r} for {who}, {d} - {e}, {h}, {m} {k} in all",
            "we check out of {h} on {e}; we checked in on {d} under {who}",
        ),
    ),
    Scene(
        ("support ticket", "ticket", "bug report", "incident"),
        {
            "code": text("ticket, ticket id, issue, case number, incident", v.code),
            "n": integer("number, ticket number, id, case", 100, 99_999),
            "who": text("reporter, reported by, sender, opened by, from", human),
            "to": text("assignee, assigned to, owner, handled by", human),
            "p": enum("priority, severity, urgency, importance", "low, medium, high, urgent, critical, minor, major"),
            "g": text("component, system, part, affected", lambda rng: goods(rng)),
            "d": text("date, reported on, opened, created", date_text),
        },
        (
            "ticket {code}, [reported|opened|raised] by {who}, priority {p}, [affects|concerns] [the {g}|{g}]",
            "{who} [reports|reported] a {p} problem with the {g} on {d} [(ticket {code})|]",
            "[case|no.|ticket] {n} about {g} goes from {who} to {to}, {p} priority",
            "{to} handles ticket {n} that {who} opened on {d}; severity {p}",
            "ticket {n} ({p}): {g}, from {who}, assigned to {to}",
            "{code} - {p} - {g} - {who}",
            "since {d} the {g} fails, says {who}. Severity: {p}. Ticket {code}",
        ),
    ),
    Scene(
        ("rental", "lease", "hire", "car rental"),
        {
            "g": text("item, object, rented item, what", goods),
            "a": text("tenant, renter, hirer, customer", human),
            "b": text("owner, landlord, lessor, rented from", firm),
            "d": text("start, from, start date, begins", date_text),
            "e": text("end, until, end date, returned by", date_text),
            "m": amount("price, rent, fee, deposit"),
            "k": text("currency", currency),
            "p": text("pick up, pick up place, place", spot),
        },
        (
            "{a} [rents|hires] {g} from {b} from {d} [to|until] {e} for {m} {k}",
            "{b} lends {a} {g} until {e}, starting {d}",
            "pick up {g} at {p} on {d}, bring back by {e}, {m} {k} to {b}",
            "the {g} of {b} are with {a} between {d} and {e}",
            "{a} brings the {g} back to {b} on {e}, having had them since {d}",
        ),
    ),
)


def _inn(rng: Random) -> str:
    first = rng.choice((rng.choice(w.NOUNS), rng.choice(w.ADJECTIVES), rng.choice(w.CITIES), v.invented(rng)))
    return f"{first.capitalize()} {rng.choice(w.NOUNS).capitalize() + ' ' if rng.random() < 0.4 else ''}" + rng.choice(
        ("Hotel", "Inn", "Lodge", "Guesthouse", "Hostel", "Rooms", "Palace", "Resort")
    )
