"""Mails, tickets, receipts, minutes, shipments, claims and other papers, as texts tell of them: fields that resemble
each other (issue date and due date, sender and recipient, net and gross), and choices said in other words than the
schema's."""

from __future__ import annotations

from training.synthetic import values as v
from training.synthetic import words as w
from training.synthetic.records import (
    Field,
    boolean,
    choice,
    city,
    count,
    date_text,
    integer,
    money,
    number,
    objects,
    price,
    same,
    string,
    strings,
    task,
    thing,
    titled,
)

_PRIORITY = "high: high/urgent/top/very high, medium: medium/normal/ordinary, low: low/minor/not urgent"
_STATE = "open: open/not done yet/still waiting, in_progress: in progress/being worked on, closed: closed/done/solved"

OFFICE: dict[str, tuple[Field, ...]] = {
    "mail": (
        string(
            "sender, from, from person, author", v.full_name, "From: {x}.", "{x} writes to us.", "It was sent by {x}."
        ),
        string("recipient, to, addressee", v.full_name, "To: {x}.", "It is meant for {x}.", "It is addressed to {x}."),
        string("sender email, from address", v.email, "Sent from {x}.", "The sender's address is {x}."),
        string("reply address, reply to", v.email, "Please reply to {x}.", "Answers go to {x}."),
        string("subject, topic, about", thing, "Subject: {x}.", "It is about the {x}.", "Regarding {x}."),
        string("date sent, sent on, date", date_text, "Sent on {x}.", "The mail is of {x}."),
        string("reply by, answer by, deadline", date_text, "Please answer by {x}.", "A reply is expected before {x}."),
        choice("priority, importance", _PRIORITY, "Priority: {x}.", "Marked as {x}.", "The matter is {x}."),
        boolean(
            "has attachment, attachment",
            "A file is attached./No file is attached.",
            "See the attachment./There is no attachment.",
        ),
        integer("pages, page count", 1, 60, "It has {x} pages.", "Pages: {x}."),
    ),
    "ticket": (
        string(
            "ticket id, ticket number, case number, id",
            v.code,
            "Ticket {x}.",
            "Case number {x}.",
            "It was filed as {x}.",
        ),
        string(
            "reporter, reported by, opened by",
            v.full_name,
            "Reported by {x}.",
            "{x} opened it.",
            "It was raised by {x}.",
        ),
        string(
            "assignee, assigned to, handler",
            v.full_name,
            "Assigned to {x}.",
            "{x} takes care of it.",
            "It went to {x}.",
        ),
        choice("priority, urgency", _PRIORITY, "The priority is {x}.", "Urgency: {x}.", "Rated {x}."),
        choice("status, state", _STATE, "It is {x}.", "Status: {x}.", "The ticket is {x}."),
        string("opened, opened on, created", date_text, "Opened on {x}.", "Created {x}.", "It came in on {x}."),
        string("closed, closed on, resolved on", date_text, "Closed on {x}.", "Resolved {x}.", "It was shut on {x}."),
        string("product, device, component", thing, "Product: {x}.", "It concerns the {x}.", "The {x} is affected."),
        integer("comments, number of comments", 0, 90, "There are {x} comments.", "Comments: {x}."),
        boolean("reproducible, can be reproduced", "It can be reproduced./It cannot be reproduced."),
        strings("tags, labels", lambda rng: rng.choice(w.NOUNS), "Tags: {x}.", "Labelled {x}."),
    ),
    "till receipt": (
        string(
            "store, shop, merchant", v.company, "Thank you for shopping at {x}.", "Store: {x}.", "{x} says thank you."
        ),
        string("receipt number, receipt id", v.code, "Receipt {x}.", "Receipt no. {x}.", "Slip number {x}."),
        money("subtotal, net amount, before tax", "Subtotal: {x}.", "Before tax it is {x}.", "Net {x}."),
        money("tax, vat, sales tax", "Tax: {x}.", "VAT comes to {x}.", "Of which tax {x}."),
        money("total, grand total, gross amount", "Total: {x}.", "Altogether {x}.", "The grand total is {x}."),
        money("tip, gratuity", "Tip: {x}.", "A tip of {x} was added."),
        money("cash given, paid amount, amount paid", "Given: {x}.", "The customer gave {x}."),
        money("change, change returned", "Change: {x}.", "{x} was given back."),
        choice(
            "payment method, paid with",
            "card: card/credit card/debit card, cash: cash/notes and coins, transfer: bank transfer/transfer",
            "Paid by {x}.",
            "Payment: {x}.",
        ),
        string("cashier, served by", lambda rng: rng.choice(w.FIRST_NAMES), "You were served by {x}.", "Cashier: {x}."),
        string("time, printed at", v.clock, "Printed at {x}.", "Time: {x}."),
        objects(
            "items, lines, goods",
            "{1} x {0} {2}",
            (("name", "item", "product"), "string", same(lambda rng: rng.choice(w.ITEMS))),
            (("quantity", "count", "number"), "integer", count),
            (("price", "cost", "amount"), "number", price),
        ),
    ),
    "minutes": (
        string(
            "chair, chaired by, leader", v.full_name, "Chair: {x}.", "{x} led the meeting.", "It was chaired by {x}."
        ),
        string(
            "minute taker, secretary, written by",
            v.full_name,
            "Minutes: {x}.",
            "{x} took the minutes.",
            "Written down by {x}.",
        ),
        string("date, meeting date", date_text, "The meeting was on {x}.", "Held on {x}."),
        string("next meeting, next date", date_text, "The next meeting is on {x}.", "We meet again on {x}."),
        string("start, start time, began at", v.clock, "It began at {x}.", "Start: {x}."),
        string("end, end time, ended at", v.clock, "It ended at {x}.", "End: {x}."),
        string("place, room, location", city, "We met in {x}.", "Place: {x}."),
        strings("present, attendees, participants", v.full_name, "Present: {x}.", "There were {x}."),
        strings("absent, excused, missing", v.full_name, "Excused: {x}.", "Not there: {x}."),
        strings("tasks, actions, to do", task, "To do: {x}.", "We decided to {x}."),
        integer("votes for, yes votes, in favour", 0, 80, "{x} voted for it.", "Votes for: {x}."),
        integer("votes against, no votes, against", 0, 80, "{x} were against it.", "Votes against: {x}."),
    ),
    "shipment": (
        string(
            "tracking number, parcel number, shipment id",
            v.code,
            "Parcel {x}.",
            "Tracking number {x}.",
            "It travels as {x}.",
        ),
        string("sender, shipper, from", v.company, "Sender: {x}.", "It comes from {x}.", "Shipped by {x}."),
        string("recipient, consignee, deliver to", v.full_name, "Recipient: {x}.", "It is for {x}.", "Deliver to {x}."),
        string("origin, from city, sent from", city, "It left {x}.", "From: {x}."),
        string("destination, to city, going to", city, "It goes to {x}.", "Bound for {x}."),
        string("dispatched, sent on, shipping date", date_text, "Sent on {x}.", "It was dispatched {x}."),
        string("expected, delivery date, arrives on", date_text, "It should arrive on {x}.", "Expected {x}."),
        number("weight, weight kg, gross weight", 0.2, 90, "It weighs {x} kg.", "Weight: {x} kg."),
        integer("pieces, parcels, number of boxes", 1, 30, "It has {x} pieces.", "Boxes: {x}."),
        money("freight, shipping cost, postage", "Freight is {x}.", "Postage: {x}."),
        money("declared value, insured value", "Insured for {x}.", "The declared value is {x}."),
        boolean("fragile, handle with care", "Handle with care./It is not fragile.", "It may break./It cannot break."),
    ),
    "claim": (
        string("claim number, claim id, reference", v.code, "Claim {x}.", "Our reference is {x}."),
        string("policy number, policy", v.code, "Policy {x}.", "It falls under policy {x}."),
        string("policy holder, insured, claimant", v.full_name, "The insured is {x}.", "Claimant: {x}."),
        string("agent, handled by, adjuster", v.full_name, "It is handled by {x}.", "Your contact is {x}."),
        string("date of loss, accident date", date_text, "It happened on {x}.", "Date of the damage: {x}."),
        string("date filed, reported on", date_text, "Reported on {x}.", "The claim was filed {x}."),
        money("claimed amount, damage", "The damage is {x}.", "Claimed: {x}."),
        money("paid amount, settlement", "We paid {x}.", "Settled with {x}."),
        money("deductible, own share, excess", "The own share is {x}.", "Deductible: {x}."),
        choice(
            "decision, outcome",
            "approved: approved/accepted/granted, rejected: rejected/refused/turned down, pending: pending/still open",
            "The claim was {x}.",
            "Decision: {x}.",
        ),
        boolean("injured, injuries", "Somebody was hurt./Nobody was hurt."),
        string("place, location", city, "It happened in {x}.", "Place: {x}."),
    ),
    "loan": (
        string("borrower, debtor, lent to", v.full_name, "The borrower is {x}.", "Lent to {x}."),
        string("lender, bank, creditor", v.company, "The lender is {x}.", "Given by {x}."),
        string("guarantor, surety", v.full_name, "The guarantor is {x}.", "{x} stands surety."),
        money("principal, loan amount, sum", "The loan is {x}.", "Sum: {x}."),
        money("monthly payment, instalment", "The instalment is {x} a month.", "Each month {x} is due."),
        money("outstanding, remaining debt", "Still to be paid: {x}.", "The rest is {x}."),
        number("interest rate, rate, percent", 0.5, 12, "The interest is {x}%.", "Rate: {x} percent."),
        integer("months, term, term months", 6, 360, "It runs for {x} months.", "Term: {x} months."),
        string("start date, paid out on", date_text, "Paid out on {x}.", "It starts on {x}."),
        string("end date, final payment", date_text, "The last payment is on {x}.", "It ends on {x}."),
    ),
    "match": (
        string("home team, home", v.company, "At home: {x}.", "{x} played at home."),
        string("away team, guests, visitors", v.company, "The guests were {x}.", "Away: {x}."),
        integer("home goals, home score", 0, 9, "The home side scored {x}.", "Home goals: {x}."),
        integer("away goals, away score", 0, 9, "The guests scored {x}.", "Away goals: {x}."),
        integer("spectators, attendance, crowd", 100, 60000, "{x} people watched.", "Attendance: {x}."),
        string("referee, umpire", v.full_name, "Referee: {x}.", "The referee was {x}."),
        string("best player, man of the match", v.full_name, "Best player: {x}.", "{x} was the best on the field."),
        string("city, played in, place", city, "Played in {x}.", "Place: {x}."),
        string("date, match day", date_text, "Played on {x}.", "Date: {x}."),
        choice(
            "result, outcome",
            "home_win: a win for the home side/a home win, away_win: a win for the guests/an away win, "
            "draw: a draw/a tie",
            "It was {x}.",
            "It ended as {x}.",
        ),
    ),
    "course": (
        string("title, course, course name", titled, "Course: {x}.", "The course is called {x}."),
        string("teacher, instructor, taught by", v.full_name, "Taught by {x}.", "Teacher: {x}."),
        string("assistant, tutor, helper", v.full_name, "{x} assists.", "Tutor: {x}."),
        string("first lesson, start date, starts on", date_text, "The first lesson is on {x}.", "It starts on {x}."),
        string("last lesson, end date, ends on", date_text, "The last lesson is on {x}.", "It ends on {x}."),
        string("enrol by, registration deadline", date_text, "Sign up by {x}.", "Registration closes on {x}."),
        integer("lessons, number of lessons", 2, 40, "There are {x} lessons.", "Lessons: {x}."),
        integer("places, free places, seats", 1, 60, "{x} places are free.", "Places: {x}."),
        money("fee, course fee, price", "The fee is {x}.", "It costs {x}."),
        money("material cost, materials", "Materials cost {x} more.", "Material: {x}."),
        choice(
            "level, difficulty",
            "beginner: beginners/newcomers/people without experience, intermediate: people with some experience, "
            "advanced: experts/advanced learners",
            "It is for {x}.",
            "Meant for {x}.",
        ),
        choice(
            "mode, format",
            "online: online/by video call, on_site: in the classroom/on site",
            "It takes place {x}.",
            "Held {x}.",
        ),
        boolean("certificate, with certificate", "A certificate is given./No certificate is given."),
    ),
}
