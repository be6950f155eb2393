"""Everyday reckoning told without naming the operation: pay, shopping, sharing, distances, stock, time.

Continues the questions of `sum_stories`, whose slots and reading these are. Nothing is drawn here.
"""

from __future__ import annotations

from fractions import Fraction

from training.synthetic.sum_meanings import Story
from training.synthetic.sum_words import Numbers


def _product(n: Numbers) -> Fraction:
    return n["d"] * n["e"]


def _times(n: Numbers) -> Fraction:
    return n["a"] * n["d"]


def _share(n: Numbers) -> Fraction:
    return n["a"] / n["d"]


def _rest(n: Numbers) -> Fraction:
    return n["a"] - n["b"]


def _both(n: Numbers) -> Fraction:
    return n["a"] + n["b"]


def _part(n: Numbers) -> Fraction:
    return n["p"] / 100 * n["a"]


def _less(n: Numbers) -> Fraction:
    return n["a"] * (1 - n["p"] / 100)


def _more(n: Numbers) -> Fraction:
    return n["a"] * (1 + n["p"] / 100)


_OWES = "[how much each|what does everyone owe|what is one share|how much does each of us pay|what do I owe]"
_PAYS = "[what do I pay|what will it cost me|how much is it now|what is the price then|what does it come down to]"
_IN_ALL = "[how many is that|how many are there|what does that come to|how many in all|how many altogether]"
_LEFT = "[what is left|how much is left|what remains|how much do I have now|what do I still have]"

STORIES: tuple[Story, ...] = (
    # so many of so many
    ("{d} [crates|cartons|packs|trays|shelves] with {e} {items} each, " + _IN_ALL, "{d} * {e}", _product),
    ("what do {d} [crates|boxes|bags|rows] [of|with] {e} {items} [each|apiece] [come to|make]", "{d} * {e}", _product),
    ("{d} rows of {e} [seats|chairs|tiles|plants|desks], " + _IN_ALL, "{d} * {e}", _product),
    ("every [team|table|room|group] has {e} [players|guests|beds|people] and there are {d} of them, " + _IN_ALL,
     "{e} * {d}", _product),
    ("I [read|write|translate|bake] {d} [pages|cakes|lines] a day, how many is that in {e} days", "{d} * {e}",
     _product),
    ("a [floor|wall|court|screen] measures {d} by {e} [metres|feet], how [large|big] is it", "{d} * {e}", _product),
    ("[a pill|one dose|a tablet] {d} times a day for {e} days, how many do I need", "{d} * {e}", _product),
    # a rate over a time
    ("I [earn|get|charge|am paid] {s}{a} [an hour|a day|per hour|per day] and [worked|did] {d} [hours|days|of them] "
     "[this week|this month|in May|], [what is my pay|what do I get|how much did I make|work out my wage]",
     "{a} * {d}", _times),
    ("{d} [hours|days|months|weeks|nights] at {s}{a} [an hour|a day|a month|a week|a night|each], [what is that|"
     "what do I owe|how much is it]", "{d} * {a}", _times),
    ("if I [save|put aside|set aside|spend] {s}{a} a [week|month|day] for {d} [weeks|months|days], how much is that",
     "{a} * {d}", _times),
    ("the [parking|rent|gym|streaming|nursery] costs {s}{a} [a month|per month|monthly], what is it over {d} months",
     "{a} * {d}", _times),
    ("the car [uses|burns] {a} litres per 100 km, how much for {d} hundred km", "{a} * {d}", _times),
    ("{d} people pay {s}{a} [each|a head|apiece], what comes in", "{d} * {a}", _times),
    ("one [ticket|litre|metre|kilo|sheet] is {s}{a} and I [need|want|take] {d}, " + _PAYS, "{a} * {d}", _times),
    # sharing
    ("we were {d} at the table and the bill is {s}{a}, " + _OWES, "{a} / {d}", _share),
    ("{d} of us [share|split|are sharing] {s}{a}, " + _OWES, "{a} / {d}", _share),
    ("{d} friends [rented|booked|bought] something for {s}{a} [together|], " + _OWES, "{a} / {d}", _share),
    ("the [gift|taxi|cottage|pizza] was {s}{a} for the {d} of us, " + _OWES, "{a} / {d}", _share),
    ("{a} [metres of rope|litres of paint|kilos of rice|sheets] for {d} [people|parts|classes], how much for each",
     "{a} / {d}", _share),
    ("{s}{a} for {d} [months|weeks|days|lessons], what is it for one", "{a} / {d}", _share),
    ("{a} {items} in rows of {d}, how many rows", "{a} / {d}", _share),
    ("{a} {items} go into boxes of {d}, how many boxes [are needed|do I need|is that]", "{a} / {d}", _share),
    ("a pack of {d} costs {s}{a}, what is the price of one", "{a} / {d}", _share),
    ("I drove {a} km on {d} litres, how far per litre", "{a} / {d}", _share),
    # what is left, and what is missing
    ("I have {s}{a} and [the ticket costs|spend|pay out|owe] {s}{b}, " + _LEFT, "{a} - {b}", _rest),
    ("[the budget|my budget|our limit] is {s}{a} and {s}{b} [is spent|is gone|has gone out], " + _LEFT,
     "{a} - {b}", _rest),
    ("from a [stock|roll|tank|balance] of {a} [we used|I took|were sold|went out] {b}, " + _LEFT, "{a} - {b}", _rest),
    ("what is left of {s}{a} [after spending|when I spend|once I have paid] {s}{b}", "{a} - {b}", _rest),
    ("the meter [said|stood at|showed] {b} and now [says|stands at|shows] {a}, what did [we|I] use", "{a} - {b}",
     _rest),
    ("I weigh {a} kg and want to be {b} kg, how much must I lose", "{a} - {b}", _rest),
    ("the goal is {s}{a} and we have {s}{b}, [how much is missing|what is still needed|how much more]",
     "{a} - {b}", _rest),
    ("it was {s}{a} and now costs {s}{b}, how much cheaper is it", "{a} - {b}", _rest),
    # together
    ("{s}{a} for the {thing} and {s}{b} for the delivery, [what do I pay|what is that|how much in all]",
     "{a} + {b}", _both),
    ("I ran {a} km on {weekday} and {b} km today, how far [is that|did I run]", "{a} + {b}", _both),
    ("there was {s}{a} in the account and {s}{b} came in, what is in it now", "{a} + {b}", _both),
    ("{person} has {a} and I have {b}, how much do we have", "{a} + {b}", _both),
    ("{a} minutes by bus and {b} minutes on foot, how long is the way", "{a} + {b}", _both),
    # percentages
    ("a {thing} costs {s}{a} and there is {p}% off, " + _PAYS, "{a} - {p}%", _less),
    ("the {thing} is {s}{a}, [reduced by|less|minus] {p}%, " + _PAYS, "{a} - {p}%", _less),
    ("with a voucher for {p}% off {s}{a}, " + _PAYS, "{a} - {p}%", _less),
    ("{s}{a} before tax and the tax is {p}%, [what is it with tax|what is the full price]", "{a} + {p}%", _more),
    ("a [bill|meal|lunch] of {s}{a} and I [tip|leave|add] {p}%, what do I pay in all", "{a} + {p}%", _more),
    ("{s}{a} at {p}% a year, [what is the interest|how much interest is that|what does it earn]", "{p}% of {a}", _part),
    ("{p}% of the {a} [people|guests|votes|pages|seats] [came|said yes|are done|are taken], how many is that",
     "{p}% of {a}", _part),
    ("[the deposit|the fee|their cut|my share] is {p}% of {s}{a}, how much is that", "{p}% of {a}", _part),
)  # fmt: skip
