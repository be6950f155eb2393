"""Requests about files, sums, units, dates, notes, databases and pages, made by a small grammar, with the tools they call for.

Real request corpora hardly speak of files or SQL; this fills the gap for the encoder's heads (shortlist, clauses). It gives
wordings and tool descriptions only: no arguments, no answers. The evaluation fixtures were written by hand, apart from it.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence

# Each family: tools that serve it (name, description, parameters), in several wordings, so that no single name is learned.
FAMILY_TOOLS: Mapping[str, Sequence[tuple[str, str, tuple[str, ...]]]] = {
    "calculate": (
        ("calculate", "Work out an arithmetic expression.", ("expression",)),
        ("evaluate_math", "Evaluate a mathematical expression and give the number.", ("formula",)),
        ("calculator", "Add, subtract, multiply, divide, take roots and percentages.", ("input",)),
        ("compute", "Compute the value of a formula.", ("expression", "precision")),
    ),
    "convert_unit": (
        ("convert_unit", "Convert a value from one unit of measure to another.", ("value", "from_unit", "to_unit")),
        ("unit_converter", "Express a length, weight, volume or temperature in other units.", ("amount", "source", "target")),
        ("convert_measurement", "Change a measurement into a different unit.", ("quantity", "unit", "into")),
    ),
    "current_time": (
        ("current_time", "Tell the present date and time, in a time zone if one is named.", ("timezone",)),
        ("get_current_time", "Get the current time in a specific timezone.", ("timezone",)),
        ("now", "What time and day it is now.", ("zone",)),
    ),
    "shift_date": (
        ("shift_date", "Move a date forward or back by days, weeks, months or years.", ("date", "amount", "unit")),
        ("add_to_date", "Find the date some time after or before a given date.", ("start", "offset", "unit")),
        ("date_offset", "Add or subtract an interval to a calendar date.", ("from_date", "count", "period")),
    ),
    "days_between": (
        ("days_between", "Count the days from one date to another.", ("start", "end")),
        ("date_difference", "How many days lie between two dates.", ("first", "second")),
        ("count_days", "Number of days separating two calendar dates.", ("from", "until")),
    ),
    "day_of_week": (
        ("day_of_week", "Tell which weekday a date falls on.", ("date",)),
        ("weekday", "Name of the day of the week for a calendar date.", ("date",)),
    ),
    "read_file": (
        ("read_file", "Read the text of a file.", ("path",)),
        ("open_document", "Return the contents of a text file.", ("filename",)),
        ("cat", "Show everything that is in a file.", ("path", "encoding")),
        ("file_system_read_file", "Read a file using its path.", ("path",)),
    ),
    "write_file": (
        ("write_file", "Write text to a file, replacing what was there.", ("path", "content")),
        ("create_file", "Create a new file with the given content.", ("path", "text")),
        ("save_to_file", "Store text under a file name.", ("filename", "content")),
    ),
    "append_file": (
        ("append_file", "Add text at the end of a file, keeping what is there.", ("path", "text")),
        ("add_line", "Append a line to an existing file.", ("path", "line")),
    ),
    "list_files": (
        ("list_files", "List the files in a folder.", ("folder",)),
        ("list_directory", "Get the names of all files and directories in a path.", ("path",)),
        ("ls", "Show what a directory contains.", ("dir",)),
    ),
    "search_files": (
        ("search_files", "Search the text of all files and show the lines that match.", ("text", "folder")),
        ("grep", "Find lines containing a word in the files of a directory.", ("pattern", "path")),
        ("find_in_files", "Look for a phrase across documents.", ("query", "root")),
    ),
    "query_database": (
        ("query_database", "Run an SQL query on an SQLite database.", ("database", "sql")),
        ("read_query", "Execute a SELECT query on the SQLite database.", ("query",)),
        ("run_sql", "Query a database with SQL and return the rows.", ("db", "statement")),
    ),
    "save_note": (
        ("save_note", "Save a short note.", ("text",)),
        ("remember", "Store a fact or reminder for later.", ("content",)),
        ("create_note", "Write down a new note.", ("title", "body")),
    ),
    "find_notes": (
        ("find_notes", "Look through the saved notes.", ("text",)),
        ("search_notes", "Search notes for a word.", ("query", "limit")),
        ("recall", "Get back what was noted earlier.", ("topic",)),
    ),
    "fetch_url": (
        ("fetch_url", "Download a web page and return its text.", ("url",)),
        ("fetch", "Fetch a website and return the content as Markdown.", ("url", "max_length")),
        ("http_get", "Send a GET request to an address.", ("address",)),
    ),
    "delete_file": (
        ("delete_file", "Remove a file for good.", ("path",)),
        ("rm", "Delete files from the disk.", ("path", "force")),
    ),
    "move_file": (
        ("move_file", "Move or rename a file.", ("source", "destination")),
        ("rename", "Give a file another name.", ("old", "new")),
    ),
    "copy_file": (("copy_file", "Make a copy of a file.", ("source", "target")),),
    "create_folder": (
        ("create_directory", "Create a new directory.", ("path",)),
        ("make_folder", "Make a new folder.", ("name",)),
    ),
    "count_words": (
        ("count_words", "Count words, lines and characters of a file.", ("path",)),
        ("text_statistics", "How long a text is in words and characters.", ("text",)),
    ),
    "file_info": (("get_file_info", "Size, owner and modification time of a file.", ("path",)),),
    "delete_note": (("delete_note", "Remove a saved note.", ("identifier",)),),
    "list_tables": (("list_tables", "List the tables of a database and their columns.", ("database",)),),
    "random_number": (("random_number", "Draw a random number in a range.", ("low", "high")),),
    "send_email": (("send_email", "Send an e-mail to someone.", ("to", "subject", "body")),),
    "translate_text": (("translate_text", "Translate a text into another language.", ("text", "language")),),
}

TEMPLATES: Mapping[str, str] = {
    "calculate": """what is {n} {op} {n}|calculate {n} {sym} {n}|how much is {n} {op} {n}|add {n} and {n}|add {n}, {n} and {n}|multiply {n} by {n}
        subtract {n} from {n}|divide {n} by {n}|work out {n} {sym} {n}|{n} {sym} {n}|compute {p}% of {n}|what's {p} percent of {n}|the square root of {n}
        sum {n}, {n} and {n}|add the {things} together|add up {ref}|what do {ref} come to|total {ref}|sum the {things}|double {ref}|take {p}% off {ref}
        how many {things} is {n} {op} {n}|find the average of {n}, {n} and {n}|what is half of {n}|raise {n} to the power of {d}|evaluate ({n} + {n}) * {d}
        split {n} dollars between {d} people|figure out the total of {ref}|divide {ref} by {d}|multiply {ref} by {n}|the difference between {n} and {n}
        if I have {n} {things} and sell {n}, how many are left|what would {d} {things} at {n} each cost""",
    "convert_unit": """convert {n} {u} to {u}|how many {u} are in {n} {u}|how many {u} is {n} {u}|what is {n} {u} in {u}|turn {n} {u} into {u}
        {n} {u} in {u}|express {n} {u} as {u}|change {n} {u} to {u}|give me {n} {u} in {u}|convert {ref} to {u}|convert {ref} from {u} into {u}
        what's {n} {u} expressed in {u}|tell me how much {n} {u} is in {u}|I need {n} {u} in {u}|put {ref} into {u}""",
    "current_time": """what time is it in {city}|what's the time|tell me today's date|what day is it today|current time in {city}|what is today's date
        give me the current time|how late is it in {city} now|check the clock for {city}|what time is it|show the present date and time""",
    "shift_date": """what date is {d} {per} after {date}|what is the date {d} {per} from {date}|{d} {per} before {date}|add {d} {per} to {date}
        subtract {d} {per} from {date}|which date comes {d} {per} after {date}|what will the date be in {d} {per}|what was the date {d} {per} ago
        move {date} forward by {d} {per}|push {date} back {d} {per}|when is {d} {per} after {date}|find the date {d} {per} before {date}|go {d} {per} on from {ref}""",
    "days_between": """how many days are there between {date} and {date}|count the days from {date} to {date}|how many days until {date}
        how long is it from {date} to {date}|number of days between {date} and {date}|days from {date} until {date}|how far apart are {date} and {date}
        how many days lie between {date} and {date}|tell me how many days remain till {date}|what's the gap in days between {date} and {date}""",
    "day_of_week": """what day of the week is {date}|which weekday was {date}|on what day does {date} fall|is {date} a {wd}|what weekday is {date}
        tell me which day of the week {date} was|find out what day {date} is|was {date} on a weekend|which day is that|what weekday does it fall on""",
    "read_file": """read {file}|open {file}|show me {file}|what does {file} say|read the file {file}|what is in {file}|display the contents of {file}
        look at {file}|print {file}|get the text of {file}|open the {topic} file|read my {topic} notes from {file}|check {file}|load {file}
        tell me what's written in {file}|what's inside {file}|have a look into {file}|read {file} in the {dir} folder|pull up {file}""",
    "write_file": """write {ref} to {file}|save {ref} to {file}|create a file {file} containing {q}|write {q} into {file}|put {ref} in {file}
        store {ref} as {file}|save {q} as {file}|make a file called {file} with the text {q}|write a file {file} that says {q}|write that down in {file}
        create {file} with {ref}|write {todo} to {file}|save it to a file named {file}|output {ref} to {file}|create {dir}/{file} and put {q} in it""",
    "append_file": """append {q} to {file}|add the line {q} to {file}|add {ref} at the end of {file}|append {ref} to {file}|add another line to {file} saying {q}""",
    "list_files": """list the files in {dir}|which files are there|what files are in the {dir} folder|list all files|show me the contents of the {dir} directory
        what is in the folder {dir}|list {dir}|show the files|see what's in {dir}|give me the names of the files in {dir}|which documents do I have in {dir}
        list the files here|what have I got in my work folder""",
    "search_files": """search the files for {q}|find {topic} in my files|which file mentions {topic}|look for {q} in {dir}|search for the word {q} in the files
        find all files that contain {q}|where is {topic} mentioned|find lines with {q}|search {dir} for {topic}|which document talks about {topic}
        look through my documents for anything on {topic}|find where {person} is mentioned|search my files for {person}|what do the files say about {topic}""",
    "query_database": """run {sql} on {db}|how many rows are in the {table} table of {db}|query {db} for all {table}|select the {table} from {db}
        in {db}, how many {table} are there|use {db} to find the {table}|look up the {table} in {db}|execute {sql} against {db}|what does the {table} table in {db} hold
        count the {table} in {db}|get every {table} from the database {db}|ask {db} which {table} are largest|run the query {sql} in {db}""",
    "save_note": """save a note: {todo}|note that {fact}|remember that {fact}|make a note to {todo}|save a note that {fact}|write a note saying {q}
        note down {ref}|save {ref} as a note|remember to {todo}|take a note: {fact}|keep {ref} in my notes|jot down that {fact}|store a note about {topic}
        please remember {q}|add a note to {todo}|put {ref} in a note|note {ref}|make a note of {ref}""",
    "find_notes": """what did I note about {topic}|find my notes on {topic}|show my notes|do I have any notes about {topic}|search my notes for {topic}
        look up the note on {topic}|what notes do I have|list my notes|check my notes for {topic}|which notes mention {person}|find the note about {topic}
        what have I written down about {topic}|what was that note about {topic}|what did I ask you to remember about {topic}""",
    "fetch_url": """fetch {url}|get the page {url}|download {url}|what does {url} say|open the website {url}|load {url}|visit {url}|read the page at {url}
        get {url} for me|show me the text of {url}|what is on {url}|retrieve {url}|check the page {url}""",
    "delete_file": "delete {file}|remove {file}|erase the file {file}|get rid of {file}|delete the file {file} from {dir}|throw {file} away",
    "move_file": "rename {file} to {file}|move {file} to {dir}|move {file} into the {dir} folder|change the name of {file} to {file}",
    "copy_file": "copy {file} to {dir}|make a copy of {file}|duplicate {file}|copy {file} as {file}|back up {file}",
    "create_folder": "create a folder called {dir}|make a new folder {dir}|create the directory {dir}|set up a folder named {dir}",
    "count_words": "how many words are in {file}|count the words in {file}|how many lines does {file} have|how long is {file}|count the words of {ref}",
    "file_info": "how big is {file}|when was {file} last changed|what is the size of {file}|who owns {file}|show the details of {file}",
    "delete_note": "delete the note about {topic}|forget that {fact}|remove my note on {topic}|erase the note about {topic}",
    "list_tables": "which tables are in {db}|list the tables of {db}|show the schema of {db}|what columns does {table} have in {db}",
    "random_number": "pick a number between {n} and {n}|give me a random number from {d} to {n}|roll a random number up to {n}",
    "send_email": "email {person} that {fact}|send {ref} to {person}|write an email to {person} about {topic}|mail {ref} to {person}|send {person} an email saying {q}",
    "translate_text": "translate {q} into {lang}|say {q} in {lang}|how do you say {q} in {lang}|translate {ref} to {lang}|put {file} into {lang}",
}

_POOLS: Mapping[str, str] = {
    "u": """km|kilometres|kilometers|miles|metres|meters|feet|inches|centimeters|cm|mm|yards|kg|kilograms|pounds|ounces|grams|stone|litres|liters|gallons|cups
        pints|millilitres|tablespoons|teaspoons|celsius|fahrenheit|°C|°F|kelvin|MB|GB|kilobytes|hours|minutes|seconds|weeks|acres|hectares|mph|km/h|knots|joules|watts""",
    "city": "Tokyo|Paris|Nairobi|New York|Sydney|Lima|Cairo|São Paulo|London|Oslo|Delhi|Honolulu|Berlin|Cape Town|Reykjavik|UTC",
    "per": "days|weeks|months|years|day|week",
    "wd": "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday",
    "lang": "French|German|Spanish|Italian|Japanese|Welsh|Polish|Swahili|Dutch",
    "topic": """the budget|groceries|the roof|the holiday|dentist|the garden|insurance|the lease|marathon|wifi password|gate code|the wedding|printer|taxes|the recipe
        rent|the boiler|passport|the meeting|chess club|the server|vaccines|the bicycle|salt and pepper|rock and roll|the north wing|profit and loss|the invoice""",
    "person": "Ada|Mr. Okafor|Lena|Dr. Singh|Tom and Jerry|my landlord|Priya|the plumber|aunt Rosa|Jonas|Mei Ling|the accountant|Sam and Kim",
    "table": "orders|customers|employees|invoices|books|visits|products|members|flights|payments|songs|patients",
    "things": "numbers|amounts|prices|figures|hours|apples|tickets|two amounts|three numbers|totals|values|costs|results",
    "ref": """the result|the total|it|that|the answer|the sum|the two numbers|them|the first line|what you found|the list|this|both|the two amounts|these values
        the difference|my answer|all of them|the prices|the output|the last number""",
    "todo": """buy milk and eggs|call the plumber|water the plants|book the dentist|renew the passport|pay rent on Friday|pick up Sam and Lee|charge the camera
        send the invoice|fix the gate|bring salt and vinegar crisps|feed the cat and the dog|order paint|cancel the trial|wash and iron the shirts""",
    "fact": """the code is {n}|the meeting moved to {wd}|{person} likes tea and cake|the wifi password is {stem}{d}|the bins go out on {wd}|rent went up to {n}
        the key is under the mat|the train leaves at {d}:{m}|I parked on level {d}|{person} and {person} come on {wd}|the budget is {n} and {d} cents""",
    "sql": """"SELECT name FROM {table}"|`SELECT COUNT(*) FROM {table}`|select * from {table}|"SELECT a, b FROM {table} WHERE x > {d} AND y < {n}"
        `SELECT MAX(price), MIN(price) FROM {table}`|'SELECT name FROM {table} ORDER BY name; '""",
    "stem": """notes|budget|todo|report|recipe|ledger|plan|log|menu|letter|contacts|prices|journal|agenda|inventory|sales|readme|travel|minutes|expenses|hours|draft
        summary|results|receipt|quotes|stock|trip|team|guests|poem|scores""",
    "ext": "txt|md|csv|json|log|html|py|yaml",
    "dir": "docs|reports|archive|photos|data|invoices|projects/alpha|2031|letters|old stuff|inbox|the reports|receipts|src",
    "site": "example.com|news.example.org|weather.test|shop.example.net/items|intranet.local/status|api.example.com/v1/users|blog.example.org/posts/12",
    "month": "January|February|March|April|May|June|July|August|September|October|November|December",
    "op": "plus|minus|times|divided by|+|*|multiplied by|over",
    "sym": "+|-|*|/|x|plus|times",
}
POOLS = {name: tuple(item.strip() for item in re.split(r"[|\n]", block)) for name, block in _POOLS.items()}
WORDINGS = {name: tuple(item.strip() for item in re.split(r"[|\n]", block)) for name, block in TEMPLATES.items()}


def _date(rng: random.Random) -> str:
    day, month, year = rng.randint(1, 28), rng.choice(POOLS["month"]), rng.randint(1950, 2060)
    number = POOLS["month"].index(month) + 1
    shapes = (f"{month} {day}", f"{day} {month} {year}", f"{year}-{number:02}-{day:02}", f"{month} {day}, {year}",
              "today", "tomorrow", "Christmas", f"the {day}th of {month}", f"{day}/{number}/{year}", "yesterday")  # fmt: skip
    return rng.choice(shapes)


def _number(rng: random.Random) -> str:
    return rng.choice((str(rng.randint(2, 99)), str(rng.randint(100, 9999)), f"{rng.uniform(1, 500):.{rng.randint(1, 2)}f}"))


def _quoted(rng: random.Random) -> str:
    mark = rng.choice(('"{}"', "'{}'", "“{}”", "`{}`"))
    inner = rng.choice((expand("{todo}", rng), expand("{fact}", rng), expand("{topic} and {topic}", rng),
                        expand("{todo}, then {todo}. Finally, {todo}", rng), rng.choice(POOLS["stem"])))  # fmt: skip
    return mark.format(inner)


_MADE: Mapping[str, Callable[[random.Random], str]] = {
    "n": _number,
    "d": lambda rng: str(rng.randint(2, 40)),
    "p": lambda rng: str(rng.choice((5, 8, 10, 12, 15, 20, 25, 30, 40, 75))),
    "m": lambda rng: f"{rng.randint(0, 59):02}",
    "q": _quoted,
    "date": _date,
    "file": lambda rng: expand(rng.choice(("{stem}.{ext}", "{stem}_{d}.{ext}", "{stem}-{stem}.{ext}", "{dir}/{stem}.{ext}")), rng),
    "db": lambda rng: expand(rng.choice(("{stem}.db", "{stem}.sqlite", "{table}.db", "data/{stem}.sqlite")), rng),
    "url": lambda rng: rng.choice(("https://", "http://", "")) + rng.choice(POOLS["site"]),
}


def expand(template: str, rng: random.Random) -> str:
    """`template` with every `{slot}` filled at random; fillings may hold slots themselves."""

    def fill(match: re.Match[str]) -> str:
        name = match[1]
        return _MADE[name](rng) if name in _MADE else expand(rng.choice(POOLS[name]), rng)

    return re.sub(r"\{(\w+)\}", fill, template)


def request(family: str, rng: random.Random) -> str:
    """One bare request for a tool of `family`, without politeness or end mark."""
    return expand(rng.choice(WORDINGS[family]), rng)


_BEFORE = ("please ", "can you ", "could you ", "I want you to ", "I'd like you to ", "you should ", "kindly ", "go ahead and ", "hey, ")
_AFTER = (" please", " for me", ", please", " now")


def polite(text: str, rng: random.Random) -> str:
    """The request as people dress it: politeness before an imperative, a word after, a capital or none."""
    imperative = not re.match(r"(what|how|which|when|where|who|is|was|do|on|if|in|the|\W|\d)", text, re.I)
    if imperative and rng.random() < 0.25:
        text = rng.choice(_BEFORE) + text
    if rng.random() < 0.08:
        text += rng.choice(_AFTER)
    return text[0].upper() + text[1:] if rng.random() < 0.6 else text
