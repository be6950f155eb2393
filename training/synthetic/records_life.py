"""People, events, recipes, meetings and reports, as texts tell of them: the fields and sentences of each kind."""

from __future__ import annotations

from training.synthetic import values as v
from training.synthetic import words as w
from training.synthetic.records import (
    Field,
    boolean,
    city,
    date_text,
    enum,
    integer,
    money,
    number,
    objects,
    same,
    string,
    strings,
    task,
    thing,
    titled,
)
from training.synthetic.words import pool

_LANGUAGES = pool(
    "English French German Spanish Italian Polish Turkish Arabic Japanese Korean Dutch Swedish Greek Hindi"
)

LIFE: dict[str, tuple[Field, ...]] = {
    "person": (
        string(
            "name, full name, person",
            v.full_name,
            "{x} joined us this year.",
            "Name: {x}.",
            "This is about {x}.",
            "Meet {x}.",
        ),
        integer("age, years", 18, 95, "Age {x}.", "Now {x} years old.", "Turned {x} last month."),
        integer("birth year, year of birth, born", 1930, 2005, "Born in {x}.", "Year of birth: {x}."),
        string(
            "city, home city, lives in, residence", city, "Lives in {x}.", "At home in {x}.", "Moved to {x} years ago."
        ),
        string(
            "job, occupation, profession, job title",
            lambda rng: rng.choice(w.JOBS),
            "Works as a {x}.",
            "Trained as a {x}.",
            "Job: {x}.",
        ),
        string(
            "employer, company, workplace",
            v.company,
            "Employed at {x}.",
            "Works for {x}.",
            "Has been with {x} since spring.",
        ),
        string("email, email address, mail", v.email, "Email: {x}.", "Can be reached at {x}.", "Write to {x}."),
        string("phone, phone number, telephone", v.phone, "Phone {x}.", "Call {x}.", "Telephone: {x}."),
        strings(
            "languages, spoken languages, speaks", lambda rng: rng.choice(_LANGUAGES), "Speaks {x}.", "Languages: {x}."
        ),
        boolean("married, is married", "Married./Not married.", "Has been married for years./Has never married."),
        integer("children, number of children", 1, 7, "Has {x} children.", "Children: {x}."),
        strings(
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
        string("title, name, event, event name", titled, "Join us for {x}.", "Event: {x}.", "We invite you to {x}."),
        string("date, event date, day", date_text, "It takes place on {x}.", "Date: {x}.", "Save the date: {x}."),
        string("time, start time, starts at", v.clock, "Doors open at {x}.", "We start at {x}.", "Begins {x}."),
        string(
            "venue, location, place",
            lambda rng: f"{rng.choice(w.NOUNS).capitalize()} Hall",
            "Come to {x}.",
            "Venue: {x}.",
            "The place is {x}.",
        ),
        string("city, town", city, "We meet in {x}.", "City: {x}.", "This time in {x}."),
        money("price, ticket price, entry fee, cost", "Tickets cost {x}.", "Entry: {x}.", "A ticket is {x}."),
        integer(
            "seats, capacity, places, attendees",
            10,
            5000,
            "There are {x} seats.",
            "Room for {x} people.",
            "Capacity: {x}.",
        ),
        boolean("free, free entry, is free", "Entry is free./Entry is not free.", "Free of charge./There is a charge."),
        enum(
            "type, kind, category, format",
            "concert, workshop, lecture, exhibition, festival, reading",
            "It is a {x}.",
            "Type: {x}.",
            "This {x} is for everyone.",
        ),
        strings("speakers, guests, performers", v.full_name, "With {x}.", "Speakers: {x}.", "On stage: {x}."),
        string(
            "organiser, organizer, host", v.company, "Organised by {x}.", "Your host is {x}.", "{x} is the organiser."
        ),
    ),
    "recipe": (
        string(
            "name, dish, title, recipe",
            lambda rng: (
                f"{rng.choice(w.ITEMS)} {rng.choice(('soup', 'cake', 'stew', 'salad', 'pie', 'curry'))}".title()
            ),
            "Today: {x}.",
            "Recipe for {x}.",
            "How to make {x}.",
        ),
        integer("servings, serves, portions", 1, 12, "Serves {x}.", "For {x} people.", "Makes {x} portions."),
        integer(
            "minutes, cooking time, time, duration minutes",
            5,
            240,
            "Ready in {x} minutes.",
            "Takes {x} minutes.",
            "Cooking time: {x} minutes.",
        ),
        integer(
            "temperature, oven temperature, heat", 120, 260, "Bake at {x} degrees.", "Heat the oven to {x} degrees."
        ),
        boolean(
            "vegetarian, is vegetarian, meatless",
            "It is vegetarian./It is not vegetarian.",
            "Suitable for vegetarians./Contains meat.",
        ),
        enum("difficulty, level", "easy, medium, hard", "Difficulty: {x}.", "This is {x} to make.", "Level: {x}."),
        strings(
            "ingredients, needed, shopping list",
            lambda rng: rng.choice(w.ITEMS[:40]),
            "You need {x}.",
            "Ingredients: {x}.",
            "Take {x}.",
        ),
        string("author, cook, by, source", v.full_name, "From the kitchen of {x}.", "By {x}.", "{x} sent us this one."),
        integer("calories, kcal, energy", 80, 1400, "{x} kcal each.", "About {x} calories a portion."),
    ),
    "meeting": (
        string("date, meeting date, day", date_text, "Meeting of {x}.", "Date: {x}.", "We met on {x}."),
        string("chair, chairperson, led by", v.full_name, "Chaired by {x}.", "{x} led the meeting.", "Chair: {x}."),
        strings(
            "attendees, participants, present",
            lambda rng: rng.choice(w.FIRST_NAMES),
            "Present: {x}.",
            "{x} took part.",
            "Attendees: {x}.",
        ),
        string(
            "room, place, location",
            lambda rng: f"room {rng.randint(1, 400)}",
            "In {x}.",
            "We sat in {x}.",
            "Place: {x}.",
        ),
        integer(
            "duration, minutes, length minutes",
            10,
            240,
            "It took {x} minutes.",
            "Length: {x} minutes.",
            "We were done after {x} minutes.",
        ),
        string("topic, subject, about", thing, "It was about the {x}.", "Topic: {x}.", "We discussed the {x}."),
        string("next meeting, next date, follow up", date_text, "We meet again on {x}.", "Next meeting: {x}."),
        objects(
            "tasks, actions, action items, to do",
            "{0}: {1}",
            (
                ("person", "who", "owner", "assignee"),
                "string",
                same(lambda rng: rng.choice(w.FIRST_NAMES)),
            ),
            (("task", "what", "action"), "string", same(task)),
        ),
        money("budget, approved budget, amount", "A budget of {x} was approved.", "Budget: {x}."),
        boolean(
            "online, was online, remote", "It was held online./It was not held online.", "Online: yes./Online: no."
        ),
    ),
    "incident": (
        string("host, server, machine", v.host, "Host {x}.", "The machine was {x}.", "Seen on {x}."),
        string(
            "service, component, process",
            lambda rng: f"{rng.choice(w.NOUNS)}-{rng.choice(('api', 'worker', 'db', 'cache', 'queue'))}",
            "Service {x} was hit.",
            "Service: {x}.",
            "It began in {x}.",
        ),
        enum(
            "level, severity, priority", "low, medium, high, critical", "Severity: {x}.", "Rated {x}.", "Priority {x}."
        ),
        integer("code, error code, status code", 100, 599, "Error code {x}.", "It answered with {x}.", "Status {x}."),
        string("time, started at, began", v.clock, "Started at {x}.", "First seen at {x}.", "Time: {x}."),
        string("date, day, occurred on", date_text, "It happened on {x}.", "Date: {x}."),
        boolean(
            "resolved, is resolved, fixed, closed",
            "It is resolved./It is not resolved.",
            "The problem was fixed./The problem goes on.",
        ),
        integer("restarts, restart count, retries", 0, 60, "After {x} restarts.", "Restarts: {x}."),
        integer("affected users, users, customers", 2, 90000, "{x} users were affected.", "Affected users: {x}."),
        string(
            "engineer, on call, owner, handled by", v.full_name, "{x} is on it.", "Handled by {x}.", "On call: {x}."
        ),
    ),
    "weather": (
        string("station, place, location", city, "Station {x}.", "Report from {x}.", "Measured in {x}."),
        number(
            "temperature, degrees, temp",
            -25,
            42,
            "Temperature {x} degrees.",
            "It is {x} degrees.",
            "The thermometer shows {x}.",
        ),
        number("wind, wind speed, wind kmh", 0, 120, "Wind at {x} km/h.", "Wind speed: {x} km/h."),
        integer("humidity, humidity percent", 10, 100, "Humidity {x}%.", "The air holds {x} percent humidity."),
        enum(
            "condition, sky, weather",
            "sunny, cloudy, rainy, foggy, snowy, windy",
            "It is {x}.",
            "Condition: {x}.",
            "A {x} day.",
        ),
        string("date, day, measured on", date_text, "Report of {x}.", "Date: {x}."),
        string("time, measured at", v.clock, "At {x}.", "Taken at {x}."),
        boolean(
            "warning, storm warning, alert",
            "There is a storm warning./There is no warning.",
            "Warning: yes./Warning: no.",
        ),
        integer("pressure, air pressure", 960, 1050, "Pressure {x} hPa.", "The barometer stands at {x} hPa."),
        string("observer, reported by", v.full_name, "Observed by {x}.", "{x} took the readings."),
    ),
}
