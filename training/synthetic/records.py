"""Kinds of things that texts tell of (an invoice, a flat, a recipe …): their fields, what a value looks like in the text
and in JSON, and sentences that state it. Layouts and schemas are made of these in extraction.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any, Literal

from training.synthetic import values as v
from training.synthetic import words as w

Type = Literal["string", "integer", "number", "boolean", "enum", "strings", "objects"]
Drawn = tuple[str, Any]  # as the text says it, as JSON says it


@dataclass(frozen=True)
class Field:
    """`names`: words for the key, the first the usual one. `said`: sentences with {x}; for a boolean pairs
    "yes-sentence/no-sentence". `draw`: a value; for an enum its `choices`."""

    names: tuple[str, ...]
    type: Type
    said: tuple[str, ...]
    draw: Callable[[Random], Drawn]
    choices: tuple[str, ...] = ()


def _same(draw: Callable[[Random], str]) -> Callable[[Random], Drawn]:
    def drawn(rng: Random) -> Drawn:
        text = draw(rng)
        return text, text

    return drawn


def _string(names: str, draw: Callable[[Random], str], *said: str) -> Field:
    return Field(tuple(names.split(", ")), "string", said, _same(draw))


def _money(names: str, *said: str) -> Field:
    def drawn(rng: Random) -> Drawn:
        amount = rng.choice(
            (
                rng.randint(1, 900),
                rng.randint(100, 20_000),
                round(rng.uniform(1, 5000), 2),
                round(rng.uniform(1, 99), 2),
            )
        )
        digits = f"{amount:,}" if rng.random() < 0.5 else str(amount)
        if isinstance(amount, float):
            digits = f"{amount:,.2f}" if rng.random() < 0.5 else f"{amount:.2f}"
        shape = rng.choice(("${}", "€{}", "£{}", "{} euros", "{} EUR", "{} dollars", "USD {}", "{} kr", "{}"))
        return shape.format(digits), amount

    return Field(tuple(names.split(", ")), "number", said, drawn)


def _integer(names: str, least: int, most: int, *said: str) -> Field:
    def drawn(rng: Random) -> Drawn:
        value = rng.randint(least, most)
        if value < 10 and rng.random() < 0.12:
            return _WORDS[value], value
        return (f"{value:,}" if value > 9999 and rng.random() < 0.6 else str(value)), value

    return Field(tuple(names.split(", ")), "integer", said, drawn)


_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def _number(names: str, least: float, most: float, *said: str) -> Field:
    def drawn(rng: Random) -> Drawn:
        value = round(rng.uniform(least, most), rng.choice((1, 1, 2)))
        return str(value), value

    return Field(tuple(names.split(", ")), "number", said, drawn)


def _boolean(names: str, *said: str) -> Field:
    def drawn(rng: Random) -> Drawn:
        value = rng.random() < 0.5
        return ("yes" if value else "no"), value

    return Field(tuple(names.split(", ")), "boolean", said, drawn)


def _enum(names: str, choices: str, *said: str) -> Field:
    options = tuple(choices.split(", "))
    return Field(tuple(names.split(", ")), "enum", said, _same(lambda rng: rng.choice(options)), options)


def _strings(names: str, draw: Callable[[Random], str], *said: str) -> Field:
    def drawn(rng: Random) -> Drawn:
        items = list(dict.fromkeys(draw(rng) for _ in range(rng.randint(1, 4))))
        return listed(rng, items), items

    return Field(tuple(names.split(", ")), "strings", said, drawn)


def listed(rng: Random, items: list[str]) -> str:
    """Things in a row, as sentences have them."""
    if len(items) == 1 or rng.random() < 0.25:
        return ", ".join(items)
    return f"{', '.join(items[:-1])}{rng.choice((' and ', ' and ', ', and ', ' & '))}{items[-1]}"


Column = tuple[tuple[str, ...], Literal["string", "integer", "number"], Callable[[Random], Drawn]]


def _objects(names: str, line: str, *columns: Column) -> Field:
    """Lines that each state one object; `line` has a {0}, {1} … for each column."""

    def drawn(rng: Random) -> Drawn:
        rows = [[column[2](rng) for column in columns] for _ in range(rng.randint(1, 4))]
        mark = rng.choice(("- ", "* ", "", "  "))
        lines = [mark + line.format(*(cell[0] for cell in row)) for row in rows]
        return "\n" + "\n".join(lines) + "\n", [[cell[1] for cell in row] for row in rows]

    field = Field(tuple(names.split(", ")), "objects", ("{x}",), drawn)
    COLUMNS[field.names] = columns
    return field


COLUMNS: dict[tuple[str, ...], tuple[Column, ...]] = {}
_name, _city, _date, _email = v.full_name, _same, lambda rng: v.date_text(rng, v.day(rng)), v.email


def city(rng: Random) -> str:
    return rng.choice(w.CITIES)


def thing(rng: Random) -> str:
    return rng.choice((rng.choice(w.NOUNS), f"{rng.choice(w.ADJECTIVES)} {rng.choice(w.NOUNS)}", rng.choice(w.ITEMS)))


def titled(rng: Random) -> str:
    return thing(rng).title()


def task(rng: Random) -> str:
    return f"{rng.choice(w.VERBS)} the {rng.choice(w.NOUNS)}"


def _count(rng: Random) -> Drawn:
    value = rng.randint(1, 60)
    return str(value), value


def _price(rng: Random) -> Drawn:
    value = round(rng.uniform(1, 400), 2)
    return f"{value:.2f}", value


_LANGUAGES = tuple(
    "English French German Spanish Italian Polish Turkish Arabic Japanese Korean Dutch Swedish Greek Hindi".split()
)
_SKILLS = tuple(
    (
        "Python SQL Excel welding accounting Java design sales German driving cooking marketing "
        "Linux editing gardening carpentry"
    ).split()
)

KINDS: dict[str, tuple[Field, ...]] = {
    "invoice": (
        _string(
            "invoice number, invoice id, number, reference",
            v.code,
            "Invoice {x}.",
            "Our invoice number is {x}.",
            "Please quote {x} when paying.",
        ),
        _string(
            "customer, client, buyer, billed to",
            v.full_name,
            "Billed to {x}.",
            "Customer: {x}.",
            "This invoice is for {x}.",
        ),
        _string(
            "supplier, seller, vendor, company",
            v.company,
            "Issued by {x}.",
            "{x} thanks you for your order.",
            "From {x}.",
        ),
        _string("date, invoice date, issued", _date, "Dated {x}.", "It was issued on {x}.", "Date: {x}."),
        _string(
            "due date, payable by, deadline, due",
            _date,
            "Please pay by {x}.",
            "Payment is due on {x}.",
            "The amount is due {x}.",
        ),
        _money(
            "total, amount, total amount, sum, amount due",
            "The total is {x}.",
            "Total: {x}.",
            "In all this comes to {x}.",
            "Amount due: {x}.",
        ),
        _money("tax, vat, sales tax", "This includes {x} tax.", "VAT: {x}.", "Tax comes to {x}."),
        _boolean(
            "paid, is paid, settled",
            "It has been paid./It is still unpaid.",
            "Payment was received./No payment was received yet.",
            "Paid: yes./Paid: no.",
        ),
        _objects(
            "items, lines, positions, articles",
            "{1} x {0} at {2}",
            (("description", "name", "item"), "string", lambda rng: _same(thing)(rng)),
            (("quantity", "count", "qty"), "integer", _count),
            (("price", "unit price", "cost"), "number", _price),
        ),
        _string("email, contact email, billing email", _email, "Questions? Write to {x}.", "Contact: {x}."),
    ),
    "person": (
        _string(
            "name, full name, person",
            v.full_name,
            "{x} joined us this year.",
            "Name: {x}.",
            "This is about {x}.",
            "Meet {x}.",
        ),
        _integer("age, years", 18, 95, "Age {x}.", "Now {x} years old.", "Turned {x} last month."),
        _integer("birth year, year of birth, born", 1930, 2005, "Born in {x}.", "Year of birth: {x}."),
        _string(
            "city, home city, lives in, residence", city, "Lives in {x}.", "At home in {x}.", "Moved to {x} years ago."
        ),
        _string(
            "job, occupation, profession, job title",
            lambda rng: rng.choice(w.JOBS),
            "Works as a {x}.",
            "Trained as a {x}.",
            "Job: {x}.",
        ),
        _string(
            "employer, company, workplace",
            v.company,
            "Employed at {x}.",
            "Works for {x}.",
            "Has been with {x} since spring.",
        ),
        _string("email, email address, mail", _email, "Email: {x}.", "Can be reached at {x}.", "Write to {x}."),
        _string("phone, phone number, telephone", v.phone, "Phone {x}.", "Call {x}.", "Telephone: {x}."),
        _strings(
            "languages, spoken languages, speaks", lambda rng: rng.choice(_LANGUAGES), "Speaks {x}.", "Languages: {x}."
        ),
        _boolean("married, is married", "Married./Not married.", "Has been married for years./Has never married."),
        _integer("children, number of children", 1, 7, "Has {x} children.", "Children: {x}."),
        _strings(
            "hobbies, interests",
            lambda rng: rng.choice(
                (
                    "chess",
                    "sailing",
                    "running",
                    "painting",
                    "reading",
                    "cycling",
                    "cooking",
                    "singing",
                    "climbing",
                    "gardening",
                )
            ),
            "Enjoys {x}.",
            "Hobbies: {x}.",
        ),
    ),
    "event": (
        _string("title, name, event, event name", titled, "Join us for {x}.", "Event: {x}.", "We invite you to {x}."),
        _string("date, event date, day", _date, "It takes place on {x}.", "Date: {x}.", "Save the date: {x}."),
        _string("time, start time, starts at", v.clock, "Doors open at {x}.", "We start at {x}.", "Begins {x}."),
        _string(
            "venue, location, place",
            lambda rng: f"{rng.choice(w.NOUNS).capitalize()} Hall",
            "Come to {x}.",
            "Venue: {x}.",
            "The place is {x}.",
        ),
        _string("city, town", city, "We meet in {x}.", "City: {x}.", "This time in {x}."),
        _money("price, ticket price, entry fee, cost", "Tickets cost {x}.", "Entry: {x}.", "A ticket is {x}."),
        _integer(
            "seats, capacity, places, attendees",
            10,
            5000,
            "There are {x} seats.",
            "Room for {x} people.",
            "Capacity: {x}.",
        ),
        _boolean(
            "free, free entry, is free", "Entry is free./Entry is not free.", "Free of charge./There is a charge."
        ),
        _enum(
            "type, kind, category, format",
            "concert, workshop, lecture, exhibition, festival, reading",
            "It is a {x}.",
            "Type: {x}.",
            "This {x} is for everyone.",
        ),
        _strings("speakers, guests, performers", v.full_name, "With {x}.", "Speakers: {x}.", "On stage: {x}."),
        _string(
            "organiser, organizer, host", v.company, "Organised by {x}.", "Your host is {x}.", "{x} is the organiser."
        ),
    ),
    "product": (
        _string(
            "name, product, product name, title",
            titled,
            "The new {x} is here.",
            "Product: {x}.",
            "Introducing the {x}.",
        ),
        _string("brand, maker, manufacturer", v.company, "Made by {x}.", "Brand: {x}.", "From {x}."),
        _money("price, cost, retail price", "Only {x}.", "Price: {x}.", "It costs {x}.", "Yours for {x}."),
        _number(
            "weight, weight kg, mass", 0.1, 40, "It weighs {x} kg.", "Weight: {x} kg.", "At {x} kg it is easy to carry."
        ),
        _string(
            "colour, color, shade",
            lambda rng: rng.choice(w.COLOURS),
            "Comes in {x}.",
            "Colour: {x}.",
            "The colour is {x}.",
        ),
        _integer(
            "stock, in stock, available, quantity",
            0,
            20000,
            "We have {x} in stock.",
            "Stock: {x}.",
            "{x} pieces are left.",
        ),
        _boolean(
            "waterproof, is waterproof, water resistant",
            "It is waterproof./It is not waterproof.",
            "Waterproof: yes./Waterproof: no.",
        ),
        _number("rating, stars, score", 1, 5, "Rated {x} out of 5.", "Customers give it {x} stars.", "Rating: {x}."),
        _integer("warranty, warranty years, guarantee", 1, 10, "With a warranty of {x} years.", "Warranty: {x} years."),
        _strings(
            "sizes, available sizes",
            lambda rng: rng.choice(("S", "M", "L", "XL", "XXL", "36", "38", "40", "42", "44")),
            "Sizes: {x}.",
            "Available in {x}.",
        ),
        _string("sku, article number, product code, code", v.code, "Article {x}.", "Order code: {x}.", "SKU {x}."),
        _enum(
            "condition, state", "new, used, refurbished, damaged", "Condition: {x}.", "This one is {x}.", "Sold as {x}."
        ),
    ),
    "recipe": (
        _string(
            "name, dish, title, recipe",
            lambda rng: (
                f"{rng.choice(w.ITEMS)} {rng.choice(('soup', 'cake', 'stew', 'salad', 'pie', 'curry', 'bread'))}".title()
            ),
            "Today: {x}.",
            "Recipe for {x}.",
            "How to make {x}.",
        ),
        _integer("servings, serves, portions", 1, 12, "Serves {x}.", "For {x} people.", "Makes {x} portions."),
        _integer(
            "minutes, cooking time, time, duration minutes",
            5,
            240,
            "Ready in {x} minutes.",
            "Takes {x} minutes.",
            "Cooking time: {x} minutes.",
        ),
        _integer(
            "temperature, oven temperature, heat", 120, 260, "Bake at {x} degrees.", "Heat the oven to {x} degrees."
        ),
        _boolean(
            "vegetarian, is vegetarian, meatless",
            "It is vegetarian./It is not vegetarian.",
            "Suitable for vegetarians./Contains meat.",
        ),
        _enum("difficulty, level", "easy, medium, hard", "Difficulty: {x}.", "This is {x} to make.", "Level: {x}."),
        _strings(
            "ingredients, needed, shopping list",
            lambda rng: rng.choice(w.ITEMS[:40]),
            "You need {x}.",
            "Ingredients: {x}.",
            "Take {x}.",
        ),
        _string(
            "author, cook, by, source", v.full_name, "From the kitchen of {x}.", "By {x}.", "{x} sent us this one."
        ),
        _integer("calories, kcal, energy", 80, 1400, "{x} kcal each.", "About {x} calories a portion."),
    ),
    "order": (
        _string(
            "order number, order id, id, order", v.code, "Order {x}.", "Your order number is {x}.", "Reference {x}."
        ),
        _string(
            "customer, name, customer name, buyer",
            v.full_name,
            "Ordered by {x}.",
            "Customer: {x}.",
            "Dear {x}, thank you for your order.",
        ),
        _enum(
            "status, state, order status",
            "pending, shipped, delivered, cancelled, returned",
            "Status: {x}.",
            "The order is {x}.",
            "It has been {x}.",
        ),
        _string(
            "address, delivery address, ship to",
            lambda rng: f"{v.draw(rng, 'street')}, {city(rng)}",
            "Deliver to {x}.",
            "Address: {x}.",
            "It goes to {x}.",
        ),
        _money("total, amount, order total, price", "Total: {x}.", "You pay {x}.", "The order comes to {x}."),
        _boolean(
            "express, express delivery, fast delivery",
            "Express delivery./Standard delivery, no express.",
            "Express: yes./Express: no.",
        ),
        _string("delivery date, arrives, expected", _date, "It arrives on {x}.", "Delivery: {x}.", "Expected {x}."),
        _objects(
            "items, products, contents, articles",
            "{0}: {1}",
            (("product", "name", "item", "article"), "string", lambda rng: _same(thing)(rng)),
            (("quantity", "count", "amount", "number"), "integer", _count),
        ),
        _string("carrier, courier, shipped with", v.company, "Shipped with {x}.", "Carrier: {x}.", "{x} brings it."),
        _boolean("gift, is gift, gift wrapped", "Please wrap it as a gift./It is no gift.", "Gift: yes./Gift: no."),
    ),
    "job": (
        _string(
            "title, job title, position, role",
            lambda rng: rng.choice(w.JOBS),
            "We are looking for a {x}.",
            "Position: {x}.",
            "Wanted: {x}.",
        ),
        _string("company, employer, firm", v.company, "{x} is hiring.", "Work with {x}.", "Employer: {x}."),
        _string("city, location, place of work", city, "The office is in {x}.", "Location: {x}.", "Based in {x}."),
        _money("salary, pay, wage, monthly salary", "The pay is {x} a month.", "Salary: {x}.", "We offer {x}."),
        _boolean(
            "remote, remote work, home office",
            "Remote work is possible./Remote work is not possible.",
            "Remote: yes./Remote: no.",
        ),
        _strings(
            "skills, requirements, required skills",
            lambda rng: rng.choice(_SKILLS),
            "You know {x}.",
            "Skills: {x}.",
            "We expect {x}.",
        ),
        _enum(
            "contract, contract type, employment",
            "permanent, temporary, freelance, internship",
            "Contract: {x}.",
            "The job is {x}.",
            "This is a {x} position.",
        ),
        _string(
            "deadline, apply by, closing date", _date, "Apply by {x}.", "Closing date: {x}.", "Applications until {x}."
        ),
        _string(
            "contact, contact person, recruiter",
            v.full_name,
            "Ask for {x}.",
            "Contact: {x}.",
            "{x} answers your questions.",
        ),
        _integer("hours, weekly hours, hours per week", 10, 40, "{x} hours a week.", "Weekly hours: {x}."),
    ),
    "meeting": (
        _string("date, meeting date, day", _date, "Meeting of {x}.", "Date: {x}.", "We met on {x}."),
        _string("chair, chairperson, led by", v.full_name, "Chaired by {x}.", "{x} led the meeting.", "Chair: {x}."),
        _strings(
            "attendees, participants, present",
            lambda rng: rng.choice(w.FIRST_NAMES),
            "Present: {x}.",
            "{x} took part.",
            "Attendees: {x}.",
        ),
        _string(
            "room, place, location",
            lambda rng: f"room {rng.randint(1, 400)}",
            "In {x}.",
            "We sat in {x}.",
            "Place: {x}.",
        ),
        _integer(
            "duration, minutes, length minutes",
            10,
            240,
            "It took {x} minutes.",
            "Length: {x} minutes.",
            "We were done after {x} minutes.",
        ),
        _string("topic, subject, about", thing, "It was about the {x}.", "Topic: {x}.", "We discussed the {x}."),
        _string("next meeting, next date, follow up", _date, "We meet again on {x}.", "Next meeting: {x}."),
        _objects(
            "tasks, actions, action items, to do",
            "{0}: {1}",
            (
                ("person", "who", "owner", "assignee"),
                "string",
                lambda rng: _same(lambda r: r.choice(w.FIRST_NAMES))(rng),
            ),
            (("task", "what", "action"), "string", lambda rng: _same(task)(rng)),
        ),
        _money("budget, approved budget, amount", "A budget of {x} was approved.", "Budget: {x}."),
        _boolean(
            "online, was online, remote", "It was held online./It was not held online.", "Online: yes./Online: no."
        ),
    ),
    "incident": (
        _string("host, server, machine", v.host, "Host {x}.", "The machine was {x}.", "Seen on {x}."),
        _string(
            "service, component, process",
            lambda rng: f"{rng.choice(w.NOUNS)}-{rng.choice(('api', 'worker', 'db', 'cache', 'queue'))}",
            "Service {x} was hit.",
            "Service: {x}.",
            "It began in {x}.",
        ),
        _enum(
            "level, severity, priority", "low, medium, high, critical", "Severity: {x}.", "Rated {x}.", "Priority {x}."
        ),
        _integer("code, error code, status code", 100, 599, "Error code {x}.", "It answered with {x}.", "Status {x}."),
        _string("time, started at, began", v.clock, "Started at {x}.", "First seen at {x}.", "Time: {x}."),
        _string("date, day, occurred on", _date, "It happened on {x}.", "Date: {x}."),
        _boolean(
            "resolved, is resolved, fixed, closed",
            "It is resolved./It is not resolved.",
            "The problem was fixed./The problem goes on.",
        ),
        _integer("restarts, restart count, retries", 0, 60, "After {x} restarts.", "Restarts: {x}."),
        _integer("affected users, users, customers", 2, 90000, "{x} users were affected.", "Affected users: {x}."),
        _string(
            "engineer, on call, owner, handled by", v.full_name, "{x} is on it.", "Handled by {x}.", "On call: {x}."
        ),
    ),
    "flat": (
        _string(
            "address, street, location",
            lambda rng: v.draw(rng, "street"),
            "The flat is at {x}.",
            "Address: {x}.",
            "You find it at {x}.",
        ),
        _string("city, town", city, "In the heart of {x}.", "City: {x}.", "A home in {x}."),
        _money("rent, monthly rent, price", "Rent: {x}.", "The rent is {x} a month.", "Yours for {x} a month."),
        _integer("rooms, number of rooms", 1, 9, "It has {x} rooms.", "Rooms: {x}.", "{x} rooms in all."),
        _number(
            "area, size, square metres",
            18,
            240,
            "Size {x} square metres.",
            "Area: {x} m2.",
            "It measures {x} square metres.",
        ),
        _integer("floor, storey", 1, 30, "On floor {x}.", "Floor: {x}."),
        _boolean("balcony, has balcony", "There is a balcony./There is no balcony.", "With balcony./Without balcony."),
        _boolean("pets, pets allowed", "Pets are welcome./Pets are not allowed.", "Pets: yes./Pets: no."),
        _string(
            "available, available from, free from",
            _date,
            "Free from {x}.",
            "Available: {x}.",
            "You can move in on {x}.",
        ),
        _string("agent, contact, landlord", v.full_name, "Call {x} for a visit.", "Agent: {x}.", "Ask {x}."),
        _string("phone, contact phone", v.phone, "Phone {x}.", "Tel. {x}."),
        _enum("heating, heating type", "gas, electric, oil, district, solar", "Heating: {x}.", "Heated by {x}."),
    ),
    "trip": (
        _string(
            "flight, flight number, flight no",
            lambda rng: f"{rng.choice('ABKLSQ')}{rng.choice('ABFKRY')}{rng.randint(10, 9999)}",
            "Flight {x}.",
            "You fly on {x}.",
            "Your flight number is {x}.",
        ),
        _string("from, origin, departure city", city, "You leave from {x}.", "From: {x}.", "Departing {x}."),
        _string("to, destination, arrival city", city, "You are going to {x}.", "To: {x}.", "Your destination is {x}."),
        _string(
            "departure, departs, departure time", v.clock, "Departure {x}.", "It takes off at {x}.", "Leaves at {x}."
        ),
        _string("arrival, arrives, arrival time", v.clock, "Arrival {x}.", "It lands at {x}.", "Lands {x}."),
        _string("date, travel date, day", _date, "Date of travel: {x}.", "On {x}.", "You travel on {x}."),
        _string(
            "seat, seat number",
            lambda rng: f"{rng.randint(1, 48)}{rng.choice('ABCDEF')}",
            "Seat {x}.",
            "You sit in {x}.",
            "Your seat: {x}.",
        ),
        _string(
            "gate, boarding gate",
            lambda rng: f"{rng.choice('ABCDE')}{rng.randint(1, 60)}",
            "Gate {x}.",
            "Boarding at {x}.",
        ),
        _strings(
            "passengers, travellers, names", v.full_name, "Passengers: {x}.", "Travelling: {x}.", "Booked for {x}."
        ),
        _money("price, fare, cost", "Fare: {x}.", "The ticket cost {x}.", "Paid: {x}."),
        _integer("bags, luggage, pieces of luggage", 0, 5, "{x} bags.", "Luggage: {x} pieces."),
        _enum(
            "class, cabin, travel class",
            "economy, premium, business, first",
            "Class: {x}.",
            "You travel in {x}.",
            "Cabin {x}.",
        ),
    ),
    "weather": (
        _string("station, place, location", city, "Station {x}.", "Report from {x}.", "Measured in {x}."),
        _number(
            "temperature, degrees, temp",
            -25,
            42,
            "Temperature {x} degrees.",
            "It is {x} degrees.",
            "The thermometer shows {x}.",
        ),
        _number("wind, wind speed, wind kmh", 0, 120, "Wind at {x} km/h.", "Wind speed: {x} km/h."),
        _integer("humidity, humidity percent", 10, 100, "Humidity {x}%.", "The air holds {x} percent humidity."),
        _enum(
            "condition, sky, weather",
            "sunny, cloudy, rainy, foggy, snowy, windy",
            "It is {x}.",
            "Condition: {x}.",
            "A {x} day.",
        ),
        _string("date, day, measured on", _date, "Report of {x}.", "Date: {x}."),
        _string("time, measured at", v.clock, "At {x}.", "Taken at {x}."),
        _boolean(
            "warning, storm warning, alert",
            "There is a storm warning./There is no warning.",
            "Warning: yes./Warning: no.",
        ),
        _integer("pressure, air pressure", 960, 1050, "Pressure {x} hPa.", "The barometer stands at {x} hPa."),
        _string("observer, reported by", v.full_name, "Observed by {x}.", "{x} took the readings."),
    ),
}
