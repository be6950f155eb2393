"""Things bought, sold, let and offered, as texts tell of them: the fields and sentences of each kind."""

from __future__ import annotations

from training.synthetic import values as v
from training.synthetic import words as w
from training.synthetic.records import (
    Field,
    boolean,
    city,
    count,
    date_text,
    enum,
    integer,
    money,
    number,
    objects,
    price,
    same,
    string,
    strings,
    thing,
    titled,
)
from training.synthetic.words import pool

_SKILLS = pool(
    """Python SQL Excel welding accounting Java design sales German driving cooking marketing Linux editing gardening
carpentry"""
)

TRADE: dict[str, tuple[Field, ...]] = {
    "invoice": (
        string(
            "invoice number, invoice id, number, reference",
            v.code,
            "Invoice {x}.",
            "Our invoice number is {x}.",
            "Please quote {x} when paying.",
        ),
        string(
            "customer, client, buyer, billed to",
            v.full_name,
            "Billed to {x}.",
            "Customer: {x}.",
            "This invoice is for {x}.",
        ),
        string(
            "supplier, seller, vendor, company",
            v.company,
            "Issued by {x}.",
            "{x} thanks you for your order.",
            "From {x}.",
        ),
        string("date, invoice date, issued", date_text, "Dated {x}.", "It was issued on {x}.", "Date: {x}."),
        string(
            "due date, payable by, deadline, due",
            date_text,
            "Please pay by {x}.",
            "Payment is due on {x}.",
            "The amount is due {x}.",
        ),
        money(
            "total, amount, total amount, sum, amount due",
            "The total is {x}.",
            "Total: {x}.",
            "In all this comes to {x}.",
            "Amount due: {x}.",
        ),
        money("tax, vat, sales tax", "This includes {x} tax.", "VAT: {x}.", "Tax comes to {x}."),
        boolean(
            "paid, is paid, settled",
            "It has been paid./It is still unpaid.",
            "Payment was received./No payment was received yet.",
            "Paid: yes./Paid: no.",
        ),
        objects(
            "items, lines, positions, articles",
            "{1} x {0} at {2}",
            (("description", "name", "item"), "string", same(thing)),
            (("quantity", "count", "qty"), "integer", count),
            (("price", "unit price", "cost"), "number", price),
        ),
        string("email, contact email, billing email", v.email, "Questions? Write to {x}.", "Contact: {x}."),
    ),
    "order": (
        string(
            "order number, order id, id, order", v.code, "Order {x}.", "Your order number is {x}.", "Reference {x}."
        ),
        string(
            "customer, name, customer name, buyer",
            v.full_name,
            "Ordered by {x}.",
            "Customer: {x}.",
            "Dear {x}, thank you for your order.",
        ),
        enum(
            "status, state, order status",
            "pending, shipped, delivered, cancelled, returned",
            "Status: {x}.",
            "The order is {x}.",
            "It has been {x}.",
        ),
        string(
            "address, delivery address, ship to",
            lambda rng: f"{v.draw(rng, 'street')}, {city(rng)}",
            "Deliver to {x}.",
            "Address: {x}.",
            "It goes to {x}.",
        ),
        money("total, amount, order total, price", "Total: {x}.", "You pay {x}.", "The order comes to {x}."),
        boolean(
            "express, express delivery, fast delivery",
            "Express delivery./Standard delivery, no express.",
            "Express: yes./Express: no.",
        ),
        string("delivery date, arrives, expected", date_text, "It arrives on {x}.", "Delivery: {x}.", "Expected {x}."),
        objects(
            "items, products, contents, articles",
            "{0}: {1}",
            (("product", "name", "item", "article"), "string", same(thing)),
            (("quantity", "count", "amount", "number"), "integer", count),
        ),
        string("carrier, courier, shipped with", v.company, "Shipped with {x}.", "Carrier: {x}.", "{x} brings it."),
        boolean("gift, is gift, gift wrapped", "Please wrap it as a gift./It is no gift.", "Gift: yes./Gift: no."),
    ),
    "product": (
        string(
            "name, product, product name, title",
            titled,
            "The new {x} is here.",
            "Product: {x}.",
            "Introducing the {x}.",
        ),
        string("brand, maker, manufacturer", v.company, "Made by {x}.", "Brand: {x}.", "From {x}."),
        money("price, cost, retail price", "Only {x}.", "Price: {x}.", "It costs {x}.", "Yours for {x}."),
        number(
            "weight, weight kg, mass", 0.1, 40, "It weighs {x} kg.", "Weight: {x} kg.", "At {x} kg it is easy to carry."
        ),
        string(
            "colour, color, shade",
            lambda rng: rng.choice(w.COLOURS),
            "Comes in {x}.",
            "Colour: {x}.",
            "The colour is {x}.",
        ),
        integer(
            "stock, in stock, available, quantity",
            0,
            20000,
            "We have {x} in stock.",
            "Stock: {x}.",
            "{x} pieces are left.",
        ),
        boolean(
            "waterproof, is waterproof, water resistant",
            "It is waterproof./It is not waterproof.",
            "Waterproof: yes./Waterproof: no.",
        ),
        number("rating, stars, score", 1, 5, "Rated {x} out of 5.", "Customers give it {x} stars.", "Rating: {x}."),
        integer("warranty, warranty years, guarantee", 1, 10, "With a warranty of {x} years.", "Warranty: {x} years."),
        strings(
            "sizes, available sizes",
            lambda rng: rng.choice(("S", "M", "L", "XL", "XXL", "36", "38", "40", "42", "44")),
            "Sizes: {x}.",
            "Available in {x}.",
        ),
        string("sku, article number, product code, code", v.code, "Article {x}.", "Order code: {x}.", "SKU {x}."),
        enum(
            "condition, state", "new, used, refurbished, damaged", "Condition: {x}.", "This one is {x}.", "Sold as {x}."
        ),
    ),
    "job": (
        string(
            "title, job title, position, role",
            lambda rng: rng.choice(w.JOBS),
            "We are looking for a {x}.",
            "Position: {x}.",
            "Wanted: {x}.",
        ),
        string("company, employer, firm", v.company, "{x} is hiring.", "Work with {x}.", "Employer: {x}."),
        string("city, location, place of work", city, "The office is in {x}.", "Location: {x}.", "Based in {x}."),
        money("salary, pay, wage, monthly salary", "The pay is {x} a month.", "Salary: {x}.", "We offer {x}."),
        boolean(
            "remote, remote work, home office",
            "Remote work is possible./Remote work is not possible.",
            "Remote: yes./Remote: no.",
        ),
        strings(
            "skills, requirements, required skills",
            lambda rng: rng.choice(_SKILLS),
            "You know {x}.",
            "Skills: {x}.",
            "We expect {x}.",
        ),
        enum(
            "contract, contract type, employment",
            "permanent, temporary, freelance, internship",
            "Contract: {x}.",
            "The job is {x}.",
            "This is a {x} position.",
        ),
        string(
            "deadline, apply by, closing date",
            date_text,
            "Apply by {x}.",
            "Closing date: {x}.",
            "Applications until {x}.",
        ),
        string(
            "contact, contact person, recruiter",
            v.full_name,
            "Ask for {x}.",
            "Contact: {x}.",
            "{x} answers your questions.",
        ),
        integer("hours, weekly hours, hours per week", 10, 40, "{x} hours a week.", "Weekly hours: {x}."),
    ),
    "flat": (
        string(
            "address, street, location",
            lambda rng: v.draw(rng, "street"),
            "The flat is at {x}.",
            "Address: {x}.",
            "You find it at {x}.",
        ),
        string("city, town", city, "In the heart of {x}.", "City: {x}.", "A home in {x}."),
        money("rent, monthly rent, price", "Rent: {x}.", "The rent is {x} a month.", "Yours for {x} a month."),
        integer("rooms, number of rooms", 1, 9, "It has {x} rooms.", "Rooms: {x}.", "{x} rooms in all."),
        number(
            "area, size, square metres",
            18,
            240,
            "Size {x} square metres.",
            "Area: {x} m2.",
            "It measures {x} square metres.",
        ),
        integer("floor, storey", 1, 30, "On floor {x}.", "Floor: {x}."),
        boolean("balcony, has balcony", "There is a balcony./There is no balcony.", "With balcony./Without balcony."),
        boolean("pets, pets allowed", "Pets are welcome./Pets are not allowed.", "Pets: yes./Pets: no."),
        string(
            "available, available from, free from",
            date_text,
            "Free from {x}.",
            "Available: {x}.",
            "You can move in on {x}.",
        ),
        string("agent, contact, landlord", v.full_name, "Call {x} for a visit.", "Agent: {x}.", "Ask {x}."),
        string("phone, contact phone", v.phone, "Phone {x}.", "Tel. {x}."),
        enum("heating, heating type", "gas, electric, oil, district, solar", "Heating: {x}.", "Heated by {x}."),
    ),
    "trip": (
        string(
            "flight, flight number, flight no",
            lambda rng: f"{rng.choice('ABKLSQ')}{rng.choice('ABFKRY')}{rng.randint(10, 9999)}",
            "Flight {x}.",
            "You fly on {x}.",
            "Your flight number is {x}.",
        ),
        string("from, origin, departure city", city, "You leave from {x}.", "From: {x}.", "Departing {x}."),
        string("to, destination, arrival city", city, "You are going to {x}.", "To: {x}.", "Your destination is {x}."),
        string(
            "departure, departs, departure time", v.clock, "Departure {x}.", "It takes off at {x}.", "Leaves at {x}."
        ),
        string("arrival, arrives, arrival time", v.clock, "Arrival {x}.", "It lands at {x}.", "Lands {x}."),
        string("date, travel date, day", date_text, "Date of travel: {x}.", "On {x}.", "You travel on {x}."),
        string(
            "seat, seat number",
            lambda rng: f"{rng.randint(1, 48)}{rng.choice('ABCDEF')}",
            "Seat {x}.",
            "You sit in {x}.",
            "Your seat: {x}.",
        ),
        string(
            "gate, boarding gate",
            lambda rng: f"{rng.choice('ABCDE')}{rng.randint(1, 60)}",
            "Gate {x}.",
            "Boarding at {x}.",
        ),
        strings(
            "passengers, travellers, names", v.full_name, "Passengers: {x}.", "Travelling: {x}.", "Booked for {x}."
        ),
        money("price, fare, cost", "Fare: {x}.", "The ticket cost {x}.", "Paid: {x}."),
        integer("bags, luggage, pieces of luggage", 0, 5, "{x} bags.", "Luggage: {x} pieces."),
        enum(
            "class, cabin, travel class",
            "economy, premium, business, first",
            "Class: {x}.",
            "You travel in {x}.",
            "Cabin {x}.",
        ),
    ),
}
