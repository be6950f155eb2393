"""Requests for `current_time`, `shift_date`, `days_between` and `day_of_week`, with what they ask for and come to.

Dates stand in the arguments as they stand in the request ("5 March 2031"), since the tools read both spellings.
"""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from random import Random

from training.synthetic import values as v
from training.synthetic import words as w
from training.synthetic.case import Case
from training.synthetic.phrases import Forms, wording

_SMALL = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
RELATIVE = ("today", "tomorrow", "yesterday")

NOW_FORMS = Forms(
    do=(
        "[check|look at|read] the [clock|time|current time|date]",
        "[tell|give|show] me the [time|current time|date and time|current date|date|exact time]",
        (
            "[get|fetch|find|look up|print|report|state] the [current|present|exact|] [time|date|"
            "date and time|time of day]"
        ),
    ),
    ask=(
        "what [time|date|day and time|hour] is it [now|right now|at the moment|currently|just now|]",
        (
            "[what is|what's|whats] the [time|current time|date|current date|exact time|time and "
            "date|date and time|time of day] [now|right now|at the moment|]"
        ),
        "what [date|day of the month] do we have [today|now]",
        "[what is|what's] [today's date|the date today]",
        "do you [have|know] the time",
        "is it [morning|noon|late|midnight] [yet|already|now]",
    ),
    know=("what time it is [now|right now|]", "[what|which] date [it is|we have] [today|now]", "how late it is"),
    give=("the [current|exact|present|local] [time|date|date and time]", "[today's date|the date today|the time now]"),
    say=(
        "time?",
        "current time",
        "time now",
        "date and time",
        "now?",
        "the date, please",
        "what's the time, please?",
        "Got the time?",
    ),
)
ZONE_FORMS = Forms(
    do=(
        "[check|look up|find|get|tell me|show me|give me] the [time|current time|local time|date|hour] [in|for|at] {z}",
        "[show|print|give|report] the [current|local|] [time|date and time] [in|for] {z}",
        "[see|check] what time it is in {z}",
    ),
    ask=(
        "what time is it [now|right now|currently|at the moment|] in {z}",
        (
            "[what is|what's|whats] the [time|current time|local time|date|exact time] [in|over in|"
            "for] {z} [now|right now|at the moment|]"
        ),
        "what [hour|time of day|date] [is it|do they have] in {z}",
        "[in|over in] {z}, what time is it [now|]",
        "how late is it in {z}",
        "is it [still|already] [day|night|morning|evening|late|dark|yesterday|tomorrow] in {z}",
        "what do the clocks say in {z}",
        "could I [call|phone|ring] someone in {z} now, what time is it there",
    ),
    know=(
        "what time it is in {z}",
        "what the [local|] time is in {z}",
        "how late it is in {z}",
        "what [hour|date] they have in {z}",
    ),
    give=("the [current|local|exact|present|] [time|date and time] in {z}", "{z} time", "the time for {z}"),
    say=(
        "time in {z}",
        "{z} time?",
        "time {z}",
        "current time, {z}",
        "{z}: what time is it?",
        "now in {z}",
        "clock for {z}",
        "[My sister|My client|A colleague] lives in {z}[. What time is it there?|, what time is it there now?]",
    ),
)


def current_time(rng: Random) -> Case:
    now = v.day(rng)
    clock = f"{rng.randint(0, 23):02d}:{rng.randint(0, 59):02d}"
    if rng.random() < 0.35:
        return Case(wording(rng, NOW_FORMS, {}), "current_time", {}, now_text(rng, now, clock, ""))
    zone = rng.choice((rng.choice(w.CITIES), rng.choice(w.TIME_ZONES), rng.choice(w.TIME_ZONES)))
    request = wording(rng, ZONE_FORMS, {"z": zone})
    return Case(request, "current_time", {"timezone": zone}, now_text(rng, now, clock, zone))


def now_text(rng: Random, now: date, clock: str, zone: str) -> str:
    """What the clock prints."""
    return f"{w.WEEKDAYS[now.weekday()]}, {now.isoformat()}, {clock} {rng.choice(_ZONE_CODES)}"


_ZONE_CODES = ("UTC", "CET", "CEST", "GMT", "EST", "JST", "BST", "PST", "EAT", "WIB", "+03", "-03", "IST", "AEST", "")


SHIFT_FORMS = Forms(
    do=(
        "[find|calculate|work out|compute|determine|tell me|give me] the date {span} {side} {date}",
        "[calculate|work out|figure out|compute|find] [what date is|which date is|what day comes] {span} {side} {date}",
        "[find|compute] what [date|day] it [is|will be|was] {span} {side} {date}",
    ),
    ask=(
        "[what|which] [date|day] [is|comes|falls|lies|was|will be] {span} {side} {date}",
        "[what|which] date [do I get|is it|will it be|was it] {span} {side} {date}",
        "[what is|what's|what was|what will be] the date {span} {side} {date}",
        "when [is|was|will it be] {span} {side} {date}",
        "{span} {side} {date} is [what|which] date",
        "on [what|which] date are we {span} {side} {date}",
    ),
    know=(
        "[what|which] [date|day] [is|comes|lies] {span} {side} {date}",
        "what date it is {span} {side} {date}",
        "when {span} {side} {date} is",
    ),
    give=(
        "the [date|day] [that is|that comes|] {span} {side} {date}",
        "[the date|the calendar date] of {span} {side} {date}",
    ),
    say=(
        "{span} {side} {date}",
        "{span} {side} {date}?",
        "date {span} {side} {date}",
        (
            "The [invoice|bill|rent|loan|visa|trial|licence|lease|permit|job] [started|begins|is "
            "dated|was issued] {date}[. What date is {span} {side} that?|, what date is {span} "
            "{side} that?]"
        ),
    ),
)
ADD_FORMS = Forms(
    do=(
        "[add|count|go] {span} [to|onto|on from|forward from] {date}",
        "[move|push|shift|postpone|delay|put off] {date} [forward|ahead|on|back|later|] by {span}",
        "[extend|push out] {date} by {span}",
    ),
    ask=(
        "what [do I get when I add|is the date if I add|happens if I add|date results from adding] {span} to {date}",
        "what is {date} plus {span}",
    ),
    know=("what {date} plus {span} is",),
    give=("{date} plus {span}", "{date} + {span}"),
    say=("{date} plus {span}", "{date} + {span}"),
)
TAKE_FORMS = Forms(
    do=(
        "[subtract|take|take away|deduct|remove] {span} from {date}",
        "[go|count] {span} back from {date}",
        "[move|shift|bring|pull] {date} [back|earlier|backwards|forward to an earlier day] by {span}",
    ),
    ask=(
        "what [do I get when I subtract|is the date if I take|date results from taking] {span} [from|off] {date}",
        "what is {date} minus {span}",
    ),
    know=("what {date} minus {span} is",),
    give=("{date} minus {span}", "{date} - {span}"),
    say=("{date} minus {span}", "{date} - {span}"),
)


def span(rng: Random) -> tuple[str, int, str]:
    """A length of time: its words, its amount and its unit."""
    unit = rng.choice(("days", "days", "weeks", "weeks", "months", "months", "years"))
    amount = rng.choice(
        (rng.randint(1, 12), rng.randint(1, 60), rng.randint(1, 400) if unit == "days" else rng.randint(1, 30))
    )
    word = unit[:-1] if amount == 1 else unit
    kind = rng.random()
    if amount == 1 and kind < 0.5:
        return f"{rng.choice(('a', 'one'))} {word}", amount, unit
    return (f"{_SMALL[amount]} {word}" if amount <= 12 and kind < 0.3 else f"{amount} {word}"), amount, unit


def some_date(rng: Random) -> tuple[str, date]:
    """A date as written, or one of today, tomorrow, yesterday, which any day may stand for."""
    when = v.day(rng)
    return (rng.choice(RELATIVE) if rng.random() < 0.14 else v.date_text(rng, when)), when


def shift_date(rng: Random) -> Case:
    (length, amount, unit), (text, when) = span(rng), some_date(rng)
    earlier = rng.random() < 0.42
    slots = {"span": length, "date": text}
    if rng.random() < 0.62:
        side = rng.choice(
            ("before", "before", "prior to", "earlier than", "ahead of")
            if earlier
            else ("after", "after", "from", "later than", "past", "following")
        )
        request = wording(rng, SHIFT_FORMS, {**slots, "side": side})
    else:
        request = wording(rng, TAKE_FORMS if earlier else ADD_FORMS, slots)
    amount = -amount if earlier else amount
    return Case(
        request, "shift_date", {"date": text, "amount": amount, "unit": unit}, shifted(when, amount, unit).isoformat()
    )


def shifted(when: date, amount: int, unit: str) -> date:
    """The date moved; the end of a month stays the end of a shorter month. Clipped to years 1 to 9998."""
    if unit in ("days", "weeks"):
        return when + timedelta(days=amount * (7 if unit == "weeks" else 1))
    months = when.year * 12 + when.month - 1 + amount * (12 if unit == "years" else 1)
    year, month = min(max(months // 12, 1), 9998), months % 12 + 1
    return date(year, month, min(when.day, calendar.monthrange(year, month)[1]))


BETWEEN_FORMS = Forms(
    do=(
        (
            "[count|find|calculate|work out|compute] [the days|the number of days|how many days "
            "there are|how many days lie] [between {a} and {b}|from {a} to {b}|from {a} until {b}]"
        ),
        "[count|find] how many days [are between {a} and {b}|it is from {a} to {b}|pass between {a} and {b}]",
        "[compare|subtract] {a} [and|with] {b} [in days|and give the days between them]",
    ),
    ask=(
        (
            "how many days [are there|are|lie|is it|were there|pass|go by] [between {a} and {b}|from "
            "{a} to {b}|from {a} until {b}]"
        ),
        "how many days [between {a} and {b}|from {a} to {b}]",
        "how long [is it|is|was it] [from {a} to {b}|between {a} and {b}|from {a} until {b}] [in days|]",
        (
            "[what is|what's] the [number of days|difference in days|gap in days|day count|distance "
            "in days] [between {a} and {b}|from {a} to {b}]"
        ),
        "how [far apart|many days apart] are {a} and {b}",
        "starting {a}, how many days [until|till|to] {b}",
        "how many days [separate|lie between] {a} and {b}",
    ),
    know=(
        "how many days [there are|lie|pass] [between {a} and {b}|from {a} to {b}]",
        "how long it is from {a} [to|until|till] {b}",
        "how many days [separate {a} and {b}|{a} and {b} are apart]",
    ),
    give=(
        (
            "the [number of days|days|day count|difference in days] [between {a} and {b}|from {a} to "
            "{b}|from {a} until {b}]"
        ),
        "the days [from|starting] {a} [to|until|up to] {b}",
    ),
    say=(
        "days between {a} and {b}",
        "days from {a} to {b}",
        "{a} to {b} in days",
        "{a} to {b}: how many days?",
        "{a} - {b}, days?",
        (
            "The [project|trip|lease|course|festival|treatment|fair] [runs|lasts|goes] from {a} to "
            "{b}[. How many days is that?|, how many days is that?]"
        ),
        "[I started on {a} and stop on {b}|It began {a} and ended {b}]. How many days?",
    ),
)


def days_between(rng: Random) -> Case:
    (start, first), (end, _) = some_date(rng), some_date(rng)
    last = first + timedelta(days=rng.choice((rng.randint(1, 60), rng.randint(1, 900), rng.randint(-300, 3000))))
    if end not in RELATIVE:
        end = v.date_text(rng, last)
    elif start == end:
        start = v.date_text(rng, first)
    request = wording(rng, BETWEEN_FORMS, {"a": start, "b": end})
    return Case(request, "days_between", {"start": start, "end": end}, days_text(rng, (last - first).days))


def days_text(rng: Random, days: int) -> str:
    """What the counter of days prints."""
    counted = f"{abs(days)} day{'' if abs(days) == 1 else 's'}"
    return counted if days >= 0 else f"{counted}; the second date is the earlier one"


WEEKDAY_FORMS = Forms(
    do=(
        "[find|tell me|give me|look up|check|work out|determine] the [day of the week|weekday] [for|of|on] {d}",
        "[check|find|see] [what|which] [day of the week|weekday|day] {d} [is|was|falls on]",
    ),
    ask=(
        "[what|which] [day of the week|weekday|day] [is|was|will be|is it on|was it on] {d}",
        "[what|which] [day of the week|weekday|day] does {d} fall on",
        "on [what|which] [day of the week|weekday|day] [does {d} fall|is {d}|was {d}|will {d} be]",
        "[what is|what's] the [weekday|day of the week] [of|for|on] {d}",
        "[is|was] {d} a {w}",
        "[does|did] {d} fall on a [{w}|weekend|weekday|working day]",
        "[is|was] {d} [a weekend|a weekday|at the weekend|on a {w}]",
        "{d} [is|was|falls on] [what|which] day [of the week|]",
    ),
    know=(
        "[what|which] [day of the week|weekday|day] {d} [is|was|falls on|will be]",
        "[whether|if] {d} [is|was] a [{w}|weekday|weekend day]",
    ),
    give=("the [weekday|day of the week|name of the day] [of|for|on] {d}",),
    say=(
        "[weekday|day of the week|day|name of the day] [of|for|on|] {d}",
        (
            "{d}[: what day?|: which weekday?| weekday?| - what day is that?| is a what?|, day of "
            "the week?| falls on a...?]"
        ),
        "[which day|what weekday|what day], {d}?",
        "I was born on {d}[. Which day of the week was that?|, what weekday was that?]",
        (
            "The [wedding|exam|party|match|flight|deadline|concert] is on {d}[. What weekday is "
            "that?|, which day of the week is that?]"
        ),
    ),
)


def day_of_week(rng: Random) -> Case:
    text, when = some_date(rng)
    request = wording(rng, WEEKDAY_FORMS, {"d": text, "w": rng.choice(w.WEEKDAYS)})
    return Case(request, "day_of_week", {"date": text}, w.WEEKDAYS[when.weekday()])
