"""Work that agents are asked for beyond the built-in tools: what one says, the tool that would do it, and tools of the
same topic that cannot. Rows are made of it in declines.py."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from training.synthetic.phrases import Forms

Spec = dict[str, Any]


@dataclass(frozen=True)
class Errand:
    """`forms`: requests, a slot for each parameter of `tool` ("name: description; parameter=slot, …"). `near`: "name:
    description; parameter, …" of tools that cannot do it."""

    forms: Forms
    tool: str
    near: tuple[str, ...]


def _errand(tool: str, near: str, *do: str, say: tuple[str, ...] = (), ask: tuple[str, ...] = ()) -> Errand:
    return Errand(Forms(do=do, say=say, ask=ask), tool, tuple(line.strip() for line in near.strip().split("\n")))


ERRANDS: tuple[Errand, ...] = (
    _errand(
        "send_email: Send an email; to=email, subject=noun",
        """list_emails: List the newest emails of the inbox; folder
        search_contacts: Find a contact by name; name
        count_unread: Count unread messages;
        archive_email: Move an email to the archive; id""",
        "[send|write] [an email|a mail|a message] to {email} about the {noun}",
        "[email|mail|write to] {email} [about|concerning|regarding] the {noun}",
        "let {email} know about the {noun} by [mail|email]",
        "drop {email} a line about the {noun}",
    ),
    _errand(
        "call_person: Ring somebody up; name=person",
        """list_calls: List missed calls;
        save_contact: Save a contact with its number; name, number
        read_voicemail: Read out the voicemail;
        block_number: Block a phone number; number""",
        "[call|ring|phone] {person} [for me|]",
        "[ring|give] {person} [up|a call|a ring]",
        "get {person} on the [phone|line]",
        "put me through to {person}",
        say=("[phone|call] {person}", "I need to talk to {person}, [please dial|please ring]"),
    ),
    _errand(
        "book_table: Book a table in a restaurant; guests=n, time=clock",
        """opening_hours: Tell when a restaurant is open; restaurant
        cancel_table: Cancel the booking of a table; booking
        rate_restaurant: Rate a restaurant with stars; restaurant, stars
        show_menu: Show the dishes of a restaurant; restaurant""",
        "[book|reserve|get me] a table for {n} at {clock}",
        "[make|place] a [dinner|lunch|table] reservation for {n} people at {clock}",
        "see that we get a table at {clock}, we are {n}",
        say=("a table for {n} at {clock}[, please|]", "table for {n}, {clock}"),
    ),
    _errand(
        "order_food: Order food from a restaurant; dish=items",
        """show_menu: Show the dishes of a restaurant; restaurant
        track_order: Tell where an order is; order
        rate_dish: Rate a dish with stars; dish, stars
        count_calories: Tell the calories of a dish; dish""",
        "order [some|] {items} [to my door|for dinner|for us|]",
        "[have|get] {items} delivered [tonight|to the office|]",
        "[order in|get a delivery of] {items}",
        say=("I'd like {items} delivered", "we are hungry, order {items}"),
    ),
    _errand(
        "switch_off: Switch a device of the house off; device=noun",
        """list_devices: List the devices of the house; room
        switch_on: Switch a device of the house on; device
        read_meter: Tell the power a device uses; device
        rename_device: Give a device another name; device, name""",
        "[turn|switch|shut] off the {noun}",
        "[turn|switch] the {noun} off",
        "[make sure|see to it] that the {noun} is off",
        "power the {noun} down",
        say=("{noun} off", "the {noun} is still on, [turn it off|switch it off]"),
    ),
    _errand(
        "set_brightness: Set the brightness of a lamp in percent; lamp=noun, percent=n",
        """list_lamps: List the lamps of the house;
        lamp_state: Tell whether a lamp is on; lamp
        set_colour: Set the colour of a lamp; lamp, colour
        lamp_hours: Tell how long a lamp has been on; lamp""",
        "[dim|set|bring] the {noun} lamp to {n} percent",
        "make the {noun} lamp [brighter|darker], {n} percent",
        "I want {n} percent on the {noun} lamp",
    ),
    _errand(
        "play_music: Play music of an artist; artist=name",
        """pause_music: Pause the music;
        list_playlists: List the playlists;
        like_song: Mark the present song as liked;
        current_song: Tell which song is playing;""",
        "[play|put on|start] [something by|music by|songs by|] {name}",
        "[let me|I want to] hear [something by|] {name}",
        "put {name} on the speakers",
        say=("{name}, [loud|please], on the speakers", "some {name} would be nice now, play it"),
    ),
    _errand(
        "set_alarm: Set an alarm; time=clock",
        """list_alarms: List the alarms;
        delete_alarm: Delete an alarm; time
        sunrise: Tell when the sun rises; city
        start_stopwatch: Start the stopwatch;""",
        "set [an alarm|the alarm] for {clock}",
        "wake me [up|] at {clock}",
        "[ring|go off] at {clock}",
        say=("alarm at {clock}", "I have to get up at {clock}, wake me"),
    ),
    _errand(
        "add_reminder: Remind the user of something at a time; what=noun, time=clock",
        """list_reminders: List the reminders;
        delete_reminder: Delete a reminder; what
        snooze_reminder: Put a reminder off; minutes
        count_reminders: Count the reminders;""",
        "remind me [of|about] the {noun} at {clock}",
        "give me a [nudge|reminder] about the {noun} at {clock}",
        "[ping|alert] me at {clock} because of the {noun}",
    ),
    _errand(
        "get_weather: Tell the weather of a city; city=city",
        """set_home_city: Set the city of the user; city
        list_cities: List the cities that are saved;
        air_pressure_log: List the measurements of the barometer; days
        city_population: Tell how many people live in a city; city""",
        "[check|look up|tell me] the weather in {city}",
        "tell me if I need [an umbrella|a coat] in {city}",
        ask=(
            "[what is|how is] the weather in {city}",
            "[will it|is it going to] [rain|snow|be sunny] in {city}",
            "how [cold|warm|hot] is it in {city}",
        ),
    ),
    _errand(
        "book_flight: Book a flight; from_city=city, to_city=city2",
        """flight_status: Tell whether a flight is late; flight
        cancel_flight: Cancel a booked flight; booking
        baggage_rules: Tell how much baggage is allowed; airline
        check_in: Check in for a booked flight; booking""",
        "[book|get me|reserve] a [flight|plane ticket|seat] from {city} to {city2}",
        "fly me from {city} to {city2}",
        say=("I need a [ticket|flight] from {city} to {city2}", "{city} to {city2} by plane, [book it|one seat]"),
    ),
    _errand(
        "call_taxi: Send a taxi to an address; address=street",
        """taxi_fare: Tell what a taxi ride costs; distance
        cancel_taxi: Cancel a taxi;
        bus_times: Tell when the next bus leaves; stop
        rate_driver: Rate a driver with stars; stars""",
        "[call|get|order|send] [me|us|] a [taxi|cab|car] to {street}",
        "have a [taxi|cab] come to {street}",
        say=("taxi to {street}[, please|]", "I am at {street} and need a [cab|lift]"),
    ),
    _errand(
        "translate: Translate a word; word=word",
        """detect_language: Tell which language a text is in; text
        spell_check: Check the spelling of a text; text
        list_languages: List the languages that are known;
        count_words: Count the words of a text; text""",
        "translate {word} into [French|German|Polish|Spanish|Greek]",
        "[put|turn] {word} into [Dutch|English|Italian|Swedish]",
        ask=(
            "what [is|does] {word} [in English|mean in Turkish|in Japanese]",
            "how do you say {word} in [Arabic|Hindi]",
        ),
    ),
    _errand(
        "transfer_money: Send money to somebody; amount=money, to=person",
        """account_balance: Tell the balance of an account; account
        list_payments: List the last payments; account
        block_card: Block a bank card; card
        save_payee: Save the account of a payee; name, account""",
        "[transfer|send|wire|pay] {money} to {person}",
        "pay {person} [the|] {money} [I owe|]",
        "[settle|clear] my debt of {money} with {person}",
        say=("{money} to {person}, [by transfer|today|now]",),
    ),
    _errand(
        "post_message: Post a text in a channel; channel=noun, text=word",
        """list_channels: List the channels;
        mute_channel: Mute a channel; channel
        read_channel: Read the newest posts of a channel; channel
        count_members: Count the members of a channel; channel""",
        "[post|write|share] {word} in the {noun} channel",
        "tell [everybody in|] the {noun} channel {word}",
        "put {word} on the {noun} [board|channel]",
    ),
    _errand(
        "delete_file: Delete a file; path=file",
        """list_files: List the files of a folder; folder
        read_file: Read a text file; path
        write_file: Write a text to a file; path, content
        file_size: Tell the size of a file; path""",
        "[delete|remove|erase|get rid of] {file}",
        "throw {file} [away|in the bin]",
        "[wipe|trash] {file}",
        say=("{file} can go, [delete it|remove it]",),
    ),
    _errand(
        "rename_file: Give a file another name; path=file, name=file2",
        """list_files: List the files of a folder; folder
        read_file: Read a text file; path
        search_files: Search the files for a text; text
        file_size: Tell the size of a file; path""",
        "rename {file} [to|as|into] {file2}",
        "[change|set] the name of {file} to {file2}",
        "[call|name] {file} {file2} [from now on|instead|]",
        "move {file} to {file2}",
    ),
    _errand(
        "print_file: Print a file on paper; path=file",
        """list_files: List the files of a folder; folder
        list_printers: List the printers;
        search_files: Search the files for a text; text
        printer_ink: Tell how much ink a printer has;""",
        "print {file} on [paper|the printer]",
        "send {file} to the printer",
        "[make|I need] a paper copy of {file}",
    ),
    _errand(
        "delete_note: Delete a saved note; about=noun",
        """save_note: Save a short note; text
        count_notes: Count the saved notes;
        list_notes: List all saved notes;
        pin_note: Keep a note at the top; note""",
        "[delete|remove|erase] [the|my] note about the {noun}",
        "[forget|throw away] what I noted about the {noun}",
        "strike the {noun} from my notes",
    ),
    _errand(
        "add_event: Put an event into the calendar; title=noun, date=date",
        """list_events: List the events of a day; date
        day_of_week: Tell the weekday of a date; date
        days_between: Count the days between two dates; start, end
        delete_event: Delete an event of the calendar; title""",
        "[put|enter|add] the {noun} [into|in] [my|the] calendar on {date}",
        "[schedule|plan] the {noun} for {date}",
        "block {date} in my calendar for the {noun}",
        say=("calendar: {noun} on {date}",),
    ),
    _errand(
        "invite_guest: Invite somebody to a meeting; name=person",
        """list_guests: List the guests of a meeting; meeting
        cancel_meeting: Cancel a meeting; meeting
        current_time: Tell the date and time; timezone
        room_size: Tell how many people fit into a room; room""",
        "[invite|ask] {person} to the meeting",
        "[add|get] {person} [to|into] the [meeting|call]",
        "have {person} join us",
    ),
    _errand(
        "stock_price: Tell the price of a share; company=company",
        """company_address: Tell the address of a company; company
        convert_unit: Convert a value from one unit to another; value, from_unit, to_unit
        list_companies: List the companies that are watched;
        calculate: Work out an arithmetic expression; expression""",
        "[look up|check] the share price of {company}",
        ask=("[what are|how much are] shares of {company}", "how does {company} stand on the stock market"),
    ),
    _errand(
        "order_item: Buy something in a shop; item=items, quantity=n",
        """item_price: Tell what an item costs; item
        track_parcel: Tell where a parcel is; parcel
        return_item: Send an item back; order
        write_review: Review an item; item, text""",
        "[order|buy] {n} {items}",
        "[get|purchase] {n} {items} [online|from the shop]",
        "put in an order for {n} {items}",
    ),
    _errand(
        "open_door: Open a door of the house; door=adjective",
        """door_state: Tell whether a door is open; door
        list_doors: List the doors of the house;
        ring_bell: Ring the door bell;
        door_log: List who came through a door; door""",
        "[open|unlock] the {adjective} door",
        "let me in through the {adjective} door",
        "[can the|make the] {adjective} door [be opened|open]",
    ),
    _errand(
        "draw_picture: Draw a picture of something; subject=noun",
        """list_pictures: List the pictures;
        picture_size: Tell the size of a picture; picture
        crop_picture: Cut a picture; picture, width
        tag_picture: Give a picture a tag; picture, tag""",
        "[draw|paint|sketch|make] [me|] a [picture|drawing|image] of a {noun}",
        "[design|illustrate] a {noun}",
        "show me how a {noun} looks as a drawing",
    ),
    _errand(
        "restart_server: Start a server anew; server=host",
        """server_state: Tell whether a server runs; server
        list_servers: List the servers;
        server_log: Read the log of a server; server
        fetch_url: Get the text of a web page; url""",
        "[restart|reboot|bounce] {host}",
        "start {host} [again|anew]",
        "take {host} down and bring it up [again|]",
    ),
)


def serving(errand: Errand, slots: dict[str, str]) -> tuple[Spec, dict[str, Any]]:
    """The tool that does it, and the arguments with which it is called."""
    name, description, parameters = _parts(errand.tool)
    pairs = [tuple(one.split("=")) for one in parameters]
    arguments: dict[str, Any] = {parameter: _value(slots[slot], slot) for parameter, slot in pairs}
    types = {
        parameter: "integer" if slot == "n" else "number" if slot == "money" else "string" for parameter, slot in pairs
    }
    return _spec(name, description, types), arguments


def _value(text: str, slot: str) -> Any:
    if slot == "n":
        return int(text)
    if slot == "money":
        amount = float(text)
        return int(amount) if amount.is_integer() else amount
    return text


def _parts(line: str) -> tuple[str, str, list[str]]:
    name, _, rest = line.partition(": ")
    description, _, parameters = rest.partition(";")
    return name, description, [one.strip() for one in parameters.split(",") if one.strip()]


def _spec(name: str, description: str, types: dict[str, str]) -> Spec:
    properties = {parameter: {"type": kind} for parameter, kind in types.items()}
    return {
        "name": name,
        "description": f"{description}.",
        "parameters": {
            "type": "object",
            "properties": properties,
            "required": list(types),
            "additionalProperties": False,
        },
    }


def tools_of(rng: Random, errand: Errand, count: int) -> list[Spec]:
    """`count` different tools of the topic that cannot do it."""
    lines = rng.sample(errand.near, min(count, len(errand.near)))
    return [
        _spec(name, description, dict.fromkeys(parameters, "string"))
        for name, description, parameters in map(_parts, lines)
    ]
