"""Sentences of people's days: who is who, what happens when and where, who plays whom, who treats whom."""

from __future__ import annotations

from random import Random

from training.synthetic import values as v
from training.synthetic import words as w
from training.synthetic.records import date_text, integer, number
from training.synthetic.scenes import Scene, firm, heading, human, job, spot, text, town

LIFE = (
    Scene(
        ("event", "appointment data", "event details", "announcement"),
        {
            "x": text("title, name, event, event name, what", heading),
            "d": text("date, day, on, event date", date_text),
            "t": text("time, start, starts at, start time, begins", v.clock),
            "u": text("end, ends at, end time, until", v.clock),
            "p": text("location, venue, where, room", spot),
            "c": text("city, town", town),
            "who": text("host, organiser, contact, speaker", human),
            "n": integer("seats, places, capacity", 10, 900),
        },
        (
            "{x} will be on {d} at {t} in {p}",
            "{x} [takes place|is|happens] [on|] {d} [at|from] {t} [at|in] {p} [in {c}|]",
            "[on {d}|{d}:] [at {t}|] {x} [at|in] {p}, {c}, from {t} to {u}",
            "[come to|join us for|do not miss] {x} at {p} on {d}, [doors open at|we start at] {t}",
            "from {t} until {u} on {d} {who} hosts {x} in {p}",
            "{who} invites you to {x}, {d}, {t}, {p}",
            "{p} is where {x} [begins|starts] at {t} on {d} and ends at {u}",
            "we meet at {t} in {p} for {x} on {d}",
            "{x} ends at {u}; it starts at {t} [on {d}|], with {n} seats in {p}",
            "{d}, {t} - {u}: {x} ({p}, {c})",
            "the next {x} is by {who} in {c} on {d}",
        ),
    ),
    Scene(
        ("person", "personal data", "profile", "introduction"),
        {
            "x": text("name, full name, person, who", human),
            "n": integer("age, years, years old", 16, 99),
            "c": text("lives in, home, place of residence, town, home town", town),
            "b": text("birthplace, born in, place of birth, comes from", town),
            "j": text("job, profession, occupation, works as", lambda rng: rng.choice(w.JOBS)),
            "f": text("company, employer, works for, firm", firm),
            "l": text("language, speaks, mother tongue", lambda rng: rng.choice(_TONGUES)),
        },
        (
            "my name is {x}, I am {n} years old and [I live|live] in {c}",
            "[I'm|I am] {x}, {n}, [a|] {j} from {b}, now living in {c}",
            "{x} ({n}) was born in {b} and lives in {c}",
            "{x} is {n}, [lives|is living] in {c} and works as a {j} [for|at] {f}",
            "[hi|hello], {x} here, I work for {f} in {c} as a {j}",
            "{x} moved from {b} to {c} at the age of {n}",
            "at {n}, {x} of {c} speaks {l} and is a {j}",
            "people call me {x}; home is {c}, but I come from {b}",
            "born in {b}, {x} has been with {f} in {c} since turning {n}",
        ),
    ),
    Scene(
        ("contact", "contact details", "address data", "contact data"),
        {
            "x": text("name, contact name, person, full name", human),
            "f": text("company, firm, organisation, employer", firm),
            "j": text("job title, position, role, title", job),
            "p": text("phone number, telephone, tel, phone no", v.phone),
            "e": text("email address, mail, e mail", v.email),
            "c": text("city, town, office", town),
            "a": text("address, street", lambda rng: v.draw(rng, "street")),
        },
        (
            "{x}, [company|of|from|with] {f}, phone {p}, [email|mail] {e}",
            "{x}, {j} at {f}, {e}, {p}",
            "[you can reach|reach|call] {x} of {f} [at|on|under] {p} or [by mail at|write to|at] {e}",
            "{f} - {x} - {j} - {p} - {e}",
            "write to {x} at {e} or call {p}, {f}, {a}, {c}",
            "{x} ({f}, {c}): {p}, {e}",
            "{p} is the number of {x}, {j} of {f}",
            "our {j} is {x}, {e}, tel. {p}",
            "{f}, {a}, {c}, attn. {x}, {e}",
        ),
    ),
    Scene(
        ("visit", "doctor's appointment", "appointment", "consultation"),
        {
            "a": text("patient, name, patient name, client", human),
            "b": text("doctor, physician, seen by, with", human),
            "d": text("date, day, on", date_text),
            "t": text("time, at, start time", v.clock),
            "p": text("place, clinic, location, room", spot),
            "r": text("reason, because of, subject", lambda rng: rng.choice(w.NOUNS)),
        },
        (
            "{a} sees {b} on {d} at {t} in {p}",
            "{b} [expects|will see|has time for] {a} at {t} on {d} [at {p}|]",
            "appointment for {a} with {b}, {d} {t}, {p}, about the {r}",
            "on {d} at {t} {a} goes to {p} to see {b} because of the {r}",
            "{a} - {b} - {d} - {t}",
            "at {p}: {a} with {b}, {t}, {d}",
        ),
    ),
    Scene(
        ("match", "result", "match report", "game"),
        {
            "a": text("home, home team, host team, team a", lambda rng: _team(rng)),
            "b": text("away, away team, guest team, visitors, team b", lambda rng: _team(rng)),
            "m": integer("home goals, home score, goals home, score a", 0, 30),
            "n": integer("away goals, away score, goals away, score b", 0, 30),
            "p": text("stadium, venue, ground, place", spot),
            "d": text("date, played on, match day", date_text),
            "r": text("referee, umpire", human),
        },
        (
            "{a} played {b} at home on {d} and it ended {m} to {n}",
            "{a} - {b} {m}:{n}[, referee {r}|, {p}|]",
            "{b} [came|travelled] to {a} on {d}; the hosts scored {m}, the guests {n}",
            "at {p} {a} met {b}, {m} : {n}, under {r}",
            "{b} scored {n} at {a}, who scored {m} in {p}",
            "{m} for {a} and {n} for visitors {b}, {d}",
        ),
    ),
    Scene(
        ("reading", "measurement", "weather report", "values"),
        {
            "c": text("station, city, place, location, measured in", town),
            "a": number("minimum, min, lowest, low", -20, 15),
            "b": number("maximum, max, highest, high", 16, 42),
            "h": integer("humidity, humidity percent", 10, 100),
            "d": text("date, day, measured on", date_text),
            "t": text("time, at, measured at", v.clock),
        },
        (
            "in {c} it was between {a} and {b} degrees on {d}, humidity {h}%",
            "{c}, {d}: low {a}, high {b}",
            "{c} had a high of {b} and a low of {a} [on {d}|]",
            "at {t} on {d} {c} reported {h} % humidity",
            "from {a} to {b} degrees in {c}, {h} percent humidity at {t}",
            "max {b} min {a} in {c} [on {d}|]",
        ),
    ),
    Scene(
        ("change", "move", "staff change", "news item"),
        {
            "x": text("name, person, employee, who", human),
            "a": text("old job, previous role, former position, before", job),
            "b": text("new job, new role, new position, after", job),
            "f": text("old company, former employer, leaves, previous company", firm),
            "g": text("new company, new employer, joins, company", firm),
            "d": text("date, from, starts on, as of", date_text),
        },
        (
            "{x} moves from {f} to {g} [on|as of] {d}",
            "{x}, until now {a}, becomes {b} at {g} on {d}",
            "{g} hires {x} as {b} from {d}; {x} comes from {f}",
            "from {d} {x} is {b} instead of {a}",
            "after years as {a} with {f}, {x} joins {g} as {b}",
            "{b} at {g} and no longer {a} at {f}: {x}, {d}",
        ),
    ),
    Scene(
        ("call note", "message", "telephone note", "note"),
        {
            "a": text("caller, from, who called, sender", human),
            "b": text("for, recipient, to, addressee", human),
            "t": text("time, called at, at", v.clock),
            "p": text("phone, number, call back number", v.phone),
            "r": text("subject, about, topic, concerns", heading),
            "d": text("date, day, deadline, by when", date_text),
        },
        (
            "{a} called at {t} for {b} about {r}, number {p}",
            "for {b}: {a} rang at {t}, please call {p} [by {d}|]",
            "{b}, please call {a} back on {p} by {d}",
            "message from {a} to {b}, {t}, about {r}",
            "{b} missed a call from {a} on {d} at {t} concerning {r}",
            "to {b} from {a}: {r}, {d}, {p}",
        ),
    ),
    Scene(
        ("course", "class", "lesson", "training"),
        {
            "x": text("course, title, name, subject", heading),
            "who": text("teacher, trainer, instructor, taught by", human),
            "d": text("start, starts on, first day, begins", date_text),
            "e": text("end, ends on, last day, until", date_text),
            "t": text("time, from, start time", v.clock),
            "p": text("room, place, where", spot),
            "n": integer("participants, students, people, group size", 3, 60),
        },
        (
            "{who} teaches {x} from {d} to {e} in {p} at {t}",
            "{x} with {who} starts on {d} and ends on {e}, {n} participants",
            "{n} people take {x} in {p} until {e}",
            "in {p} at {t} {who} gives {x}, first on {d}, last on {e}",
            "{x}, {d} - {e}, {who}, {p}",
            "the last day of {x} is {e}, the first {d}; ask {who}",
        ),
    ),
)
_TONGUES: tuple[str, ...] = (
    "Arabic",
    "Danish",
    "Dutch",
    "Finnish",
    "French",
    "German",
    "Greek",
    "Hindi",
    "Italian",
    "Korean",
    "Polish",
)


def _team(rng: Random) -> str:
    name = rng.choice((rng.choice(w.CITIES), v.invented(rng).capitalize(), rng.choice(w.LAST_NAMES)))
    kind = rng.choice(("United", "Rovers", "City", "Athletic", "Wolves", "Lions", "Rangers", "Stars", "Club"))
    return rng.choice((f"{name} {kind}", f"{name} {kind}", f"FC {name}", name))
