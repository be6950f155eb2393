"""Lists as people keep them: opening hours, timetables, contacts, prices, receipts, minutes, chats, what happened when.
Several lines of one kind, of which a question means one."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from training.synthetic import values as v
from training.synthetic import words as w
from training.synthetic.facts import Document, Fact, Kind
from training.synthetic.phrases import fill

_MARKS = ("", "", "- ", "* ", "• ")
_JOINTS = (": ", ": ", " - ", ", ", " = ", "  ", "\t", " | ")


def _lines(rng: Random, pairs: list[tuple[str, str]], heading: str = "") -> str:
    mark, joint = rng.choice(_MARKS), rng.choice(_JOINTS)
    lines = [f"{mark}{left}{joint}{right}" for left, right in pairs]
    if heading and rng.random() < 0.6:
        lines.insert(0, rng.choice((heading, f"# {heading}", f"{heading}:", heading.upper(), f"== {heading} ==")))
    return "\n".join(lines)


def _listed(
    rng: Random,
    heading: str,
    rows: list[tuple[str, str]],
    kind: Kind,
    key: str,
    asks: tuple[str, ...],
    reply: str,
    claims: tuple[str, ...] = (),
) -> Document:
    """A fact for each row; in the templates {a} is the left side and {b} the right one."""
    found = []
    for left, right in rows:
        draws = {"a": left, "b": right}
        others = [other for _, other in rows if other != right]
        found.append(
            Fact(
                key.replace("{a}", left),
                right,
                kind,
                right if kind in ("money", "number") else "",
                asks=tuple(fill(rng, ask, draws) for ask in asks),
                reply=fill(rng, reply, draws),
                claims=tuple(fill(rng, claim.replace("{x}", "\0"), draws) for claim in claims),
                other=rng.choice(others) if others else "",
            )
        )
    return Document(_lines(rng, rows, heading), tuple(found))


def hours(rng: Random) -> Document:
    """A week with its hours; one day closed now and then."""
    days = w.WEEKDAYS[: rng.choice((5, 6, 7))]
    rows = [(day, f"{rng.randint(6, 11)}:{rng.choice(('00', '30'))} to {rng.randint(12, 22)}:00") for day in days]
    if rng.random() < 0.5:
        rows[rng.randrange(len(rows))] = (rng.choice(days), "closed")
        rows = list(dict(rows).items())
    return _listed(
        rng,
        "Opening hours",
        rows,
        "text",
        "opening hours on {a}",
        ("[when|what times] is it open on {a}", "what are the [opening hours|hours] on {a}", "and on {a}"),
        "On {a}: {b}.",
    )


def timetable(rng: Random) -> Document:
    """Hours of a day and what happens then."""
    clocks = sorted(
        f"{rng.randint(7, 20):02d}:{rng.choice(('00', '15', '30', '45'))}" for _ in range(rng.randint(3, 6))
    )
    pool = [
        f"{rng.choice(w.NOUNS)} {rng.choice(('meeting', 'review', 'call', 'lesson', 'visit', 'break'))}" for _ in clocks
    ]
    rows = list(dict(zip(dict.fromkeys(pool), clocks, strict=False)).items())
    document = _listed(
        rng,
        rng.choice(("Agenda", "Programme", "Timetable", "Today")),
        rows,
        "text",
        "time of the {a}",
        ("[when|at what time] is the {a}", "when does the {a} [start|begin]", "what time is the {a}"),
        "The {a} is at {b}.",
        ("is the {a} at {x}", "does the {a} start at {x}"),
    )
    if rng.random() < 0.5:
        return document
    what = [
        Fact(
            f"entry at {clock}",
            name,
            asks=(f"what is at {clock}", f"what happens at {clock}"),
            reply=f"At {clock} is the {name}.",
        )
        for name, clock in rows
    ]
    return Document(_lines(rng, [(clock, name) for name, clock in rows], "Agenda"), tuple(what))


def contacts(rng: Random) -> Document:
    people = rng.sample(w.FIRST_NAMES, rng.randint(2, 6))
    if rng.random() < 0.5:
        rows = [(person, v.phone(rng)) for person in people]
        return _listed(
            rng,
            "Contacts",
            rows,
            "text",
            "phone number of {a}",
            (
                "what is [the number of {a}|{a}'s number|{a}'s phone number]",
                "[which|what] number does {a} have",
                "how do I reach {a}",
            ),
            "The number of {a} is {b}.",
            ("is the number of {a} {x}",),
        )
    rows = [(person, v.email(rng)) for person in people]
    return _listed(
        rng,
        "Team",
        rows,
        "text",
        "email of {a}",
        ("what is [the email of {a}|{a}'s email|{a}'s email address]", "where do I write to {a}"),
        "The email of {a} is {b}.",
        ("is the email of {a} {x}",),
    )


def prices(rng: Random) -> Document:
    """Goods with what each costs."""
    sign = rng.choice(("", "$", "€", "£"))
    rows = [(item, f"{sign}{v.money_text(rng)}") for item in rng.sample(w.ITEMS, rng.randint(3, 7))]
    document = _listed(
        rng,
        rng.choice(("Price list", "Prices", v.company(rng), "Menu")),
        rows,
        "money",
        "price of {a}",
        (
            "[how much|what] [are|do] the {a} [cost|]",
            "what do {a} cost",
            "what is the price of {a}",
            "how much for {a}",
        ),
        "The price of {a} is {b}.",
        ("is the price of {a} {x}", "do {a} cost {x}"),
    )
    return Document(document.text, tuple(_digits(fact) for fact in document.facts))


def _digits(fact: Fact) -> Fact:
    from dataclasses import replace

    return replace(fact, number=fact.value.lstrip("$€£"), kind="money")


def counts(rng: Random) -> Document:
    """Places or things with a number each."""
    pool = rng.choice((w.CITIES, w.MONTHS, w.ITEMS, w.WEEKDAYS))
    thing = rng.choice(("visitors", "orders", "sales", "tickets", "boxes", "calls", "votes", "members", "points"))
    rows = [(left, str(rng.randint(2, 990))) for left in rng.sample(pool, rng.randint(3, 6))]
    where = "on" if pool is w.WEEKDAYS else "for" if pool is w.ITEMS else "in"
    return _listed(
        rng,
        thing.capitalize(),
        rows,
        "number",
        f"{thing} {where} {{a}}",
        (
            f"how many {thing} were there {where} {{a}}",
            f"what was the number of {thing} {where} {{a}}",
            f"how many {thing} {where} {{a}}",
        ),
        f"There were {{b}} {thing} {where} {{a}}.",
        (f"were there {{x}} {thing} {where} {{a}}",),
    )


def tasks(rng: Random) -> Document:
    """Who does what, as minutes end."""
    verbs = [fill(rng, "{verb} the {noun}", v.slots(rng)) for _ in range(rng.randint(2, 5))]
    rows = list({task: v.person(rng) for task in verbs}.items())
    found = []
    for task, person in rows:
        asks = (f"who [will|has to|must] {task}", f"whose task is it to {task}", f"who is to {task}")
        claim = f"is \0 to {task}"
        others = [other for _, other in rows if other != person]
        reply = f"{person} will {task}."
        found.append(
            Fact(f"person to {task}", person, asks=asks, reply=reply, claims=(claim,), other=rng.choice(others or [""]))
        )
    shape = rng.choice(("{p}: {t}", "{t} ({p})", "- {p} will {t}", "{t} - {p}", "[ ] {t}: {p}", "{p} to {t}"))
    text = "\n".join(shape.format(p=person, t=task) for task, person in rows)
    head = rng.choice(("", "", "Tasks\n", "To do:\n", f"Minutes of {v.date_text(rng, v.day(rng))}\n", "Actions\n"))
    return Document(head + text, tuple(found))


def chat(rng: Random) -> Document:
    """Two people write to each other; a question means what one of them said."""
    one, other = rng.sample(w.FIRST_NAMES, 2)
    place, clock, item = rng.choice(w.CITIES), v.clock(rng), rng.choice(w.ITEMS)
    amount = v.money_text(rng)
    said = [
        (
            one,
            "[where|in which city] do we meet",
            f"in {place}",
            place,
            "place of the meeting",
            f"They meet in {place}.",
        ),
        (one, "when do we meet", f"at {clock}", clock, "time of the meeting", f"They meet at {clock}."),
        (one, "what shall I bring", f"please bring {item}", item, "thing to bring", f"{one} shall bring {item}."),
        (one, "how much was it", f"it was {amount}", amount, "price", f"It was {amount}."),
    ]
    chosen = rng.sample(said, rng.randint(1, 4))
    stamp = rng.random() < 0.4
    lines, found = [], []
    for asker, ask, answer, value, key, reply in chosen:
        before = f"[{rng.randint(7, 21):02d}:{rng.randint(10, 59)}] " if stamp else ""
        lines += [f"{before}{asker}: {fill(rng, ask)}?", f"{before}{other}: {answer}"]
        asks = {
            "place of the meeting": ("where do they meet", f"where does {one} meet {other}"),
            "time of the meeting": ("when do they meet", f"at what time does {one} meet {other}"),
            "thing to bring": (f"what shall {one} bring", f"what does {other} want {one} to bring"),
            "price": ("how much was it", f"what amount does {other} name"),
        }[key]
        found.append(Fact(key, value, "text", asks=asks, reply=reply))
    return Document("\n".join(lines), tuple(found))


def history(rng: Random) -> Document:
    """Dates with what happened on each."""
    events = list(
        dict.fromkeys(
            fill(rng, "the {noun} was [opened|closed|repaired|sold|moved|approved|delivered|paid]", v.slots(rng))
            for _ in range(rng.randint(2, 5))
        )
    )
    days = sorted(v.day(rng) for _ in events)
    shape = rng.random() < 0.6
    rows = [
        (event, day.isoformat() if shape else v.date_text(rng, day)) for event, day in zip(events, days, strict=True)
    ]
    found = []
    for event, day in rows:
        subject, _, done = event.partition(" was ")
        found.append(
            Fact(
                f"date when {event}",
                day,
                "date",
                asks=(f"when was {subject} {done}", f"on [what|which] [day|date] was {subject} {done}"),
                reply=f"{subject.capitalize()} was {done} on {day}.",
                claims=(f"was {subject} {done} on \0",),
                other=rng.choice([other for _, other in rows if other != day] or [""]),
            )
        )
    text = _lines(rng, [(day, event) for event, day in rows], rng.choice(("History", "Log", "Diary", "Changes")))
    return Document(text, tuple(found))


def receipt(rng: Random) -> Document:
    """What a till prints: goods, subtotal, tax, total, and how it was paid."""
    goods = [(item, round(rng.uniform(1, 60), 2)) for item in rng.sample(w.ITEMS, rng.randint(1, 4))]
    before = round(sum(price for _, price in goods), 2)
    tax = round(before * rng.choice((0.05, 0.07, 0.2)), 2)
    paid = rng.choice(("card", "cash", "voucher", "bank transfer"))
    rows = [*((item, f"{price:.2f}") for item, price in goods), ("Subtotal", f"{before:.2f}"), ("Tax", f"{tax:.2f}")]
    rows += [("Total", f"{before + tax:.2f}"), ("Paid by", paid)]
    found = [
        Fact(
            f"price of {item}",
            f"{price:.2f}",
            "money",
            f"{price:.2f}",
            asks=(f"what did the {item} cost", f"how much were the {item}"),
            reply=f"The {item} cost {price:.2f}.",
        )
        for item, price in goods
    ]
    for key, amount in (("subtotal", before), ("tax", tax), ("total", before + tax)):
        asks = (f"how much is the {key}", f"what is the {key}", f"what {key} is printed")
        claims = (f"is the {key} \0",)
        other = rng.choice([f"{one:.2f}" for one in (before, tax, before + tax) if one != amount])
        text = f"{amount:.2f}"
        found.append(
            Fact(key, text, "money", text, asks=asks, reply=f"The {key} is {text}.", claims=claims, other=other)
        )
    asks = ("how was it paid", "what was it paid with", "how did they pay")
    found.append(
        Fact(
            "payment",
            paid,
            "text",
            asks=asks,
            reply=f"It was paid by {paid}.",
            claims=("was it paid by \0",),
            other="cheque",
        )
    )
    shop = f"{v.company(rng)}\n" if rng.random() < 0.7 else ""
    return Document(shop + _lines(rng, rows), tuple(found))


MAKERS: tuple[Callable[[Random], Document], ...] = (
    hours,
    timetable,
    contacts,
    prices,
    counts,
    tasks,
    chat,
    history,
    receipt,
)
