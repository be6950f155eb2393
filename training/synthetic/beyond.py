"""Requests that are close to a built-in tool and yet beyond it: files deleted, pages posted to, alarms, weather,
prices, knowledge about dates. Each comes with the built-in tools that are of its topic and cannot do it."""

from __future__ import annotations

from random import Random

from training.synthetic import values as v
from training.synthetic.phrases import Forms, wording

_FILES = Forms(
    do=(
        "[delete|remove|erase|wipe|trash|shred] [the file|] {file}",
        "rename {file} [to|into] {file2}",
        "[copy|duplicate|clone] {file} [to|into|as] {folder}",
        "[move|shift] {file} [to|into] the folder {folder}",
        "[zip|compress|pack|archive] {file} [and {file2}|]",
        "[unzip|unpack|extract] the archive {file}",
        "[encrypt|decrypt|lock] {file} [with the password {word}|]",
        "[print|fax] {file} on [paper|the office printer]",
        "[email|mail|send|share] {file} [to|with] {person}",
        "[upload|attach] {file} to [the cloud|my drive|the ticket]",
        "[create|make] [a|the] folder [called|named] {folder}",
        "[change|set] the [permissions|owner|colour|icon] of {file}",
        "[restore|recover|undelete] [the old version of|] {file}",
        "open {file} in [the browser|a spreadsheet|my editor|full screen]",
        "[empty|clear] the [bin|trash|recycle bin]",
        "[mount|format|clean|defragment] the disk",
        "[play|stream] the [song|film|recording] in {file}",
        "[take|make] a [screenshot|photo] and save it as {file}",
        "[sign|stamp] {file} [digitally|]",
        "[watch|monitor] {file} and [warn|tell] me when it changes",
    ),
    ask=(
        "who [changed|deleted|wrote|opened] {file} [last|yesterday|]",
        "when was {file} [created|changed|opened|last printed]",
        "how [big|large] is {file} [on disk|in MB|]",
        "how much [space|room] is left on the disk",
        "can {person} [open|see|edit] {file}",
    ),
    say=("delete {file}", "{file} -> {file2}, rename it", "get rid of {file}", "undo", "undo that"),
)
_NOTES = Forms(
    do=(
        "[delete|remove|erase|forget] [my|the] note about the {noun}",
        "[edit|change|correct|rewrite] my note about the {noun}",
        "[share|send] my notes [with|to] {person}",
        "[pin|star|highlight] the note about the {noun}",
        "[sort|tag|group|colour] my notes [by date|by topic|]",
        "[read|say] my notes [out loud|aloud|with a deep voice]",
        "[print|export|back up] my notes [as a book|to the cloud|]",
        "[sing|whistle|play] a note",
        "lock my notes with a [password|pin]",
    ),
    ask=("when did I [save|write|change] the note about the {noun}", "who else [reads|sees] my notes"),
)
_TIMES = Forms(
    do=(
        "[set|start|cancel|stop] [an alarm|a timer|the stopwatch|the alarm] [for {clock}|of {n} minutes|]",
        "[wake|ring|alert] me at {clock}",
        "[change|set] the [clock|time zone] of [this computer|my phone|the {noun}]",
        "[put|enter] the {noun} [in|into] my calendar [on {weekday}|at {clock}|]",
        "[cancel|move|postpone] [my|the] [meeting|appointment] with {person}",
        "[book|find] a [free slot|room|time] with {person} [on {weekday}|]",
        "[clock|check] me [in|out] [at work|]",
    ),
    ask=(
        "when [does the sun rise|does the sun set|is high tide|is the next full moon] [in {city}|on {date}|]",
        "is {date} a [public|bank|school] holiday [in {city}|]",
        "what [happened|was the news|was the weather] on {date}",
        "who [was born|died|won the cup] on {date}",
        "when is [Easter|the next eclipse|Ramadan|Chinese new year|Thanksgiving] in {year}",
        "when [does|will] {person} [arrive|call|have time|finish]",
        "am I [free|busy] on {date}",
        "when [did {person} die|was {name} born|was {company} founded|was the bridge built]",
        "how long [does it take|is the drive|is the flight] [to {city}|from {city} to {city2}]",
        "when is [my|{person}'s] [birthday|next appointment|train|flight]",
        "what star sign is {date}",
        "how old is {person}",
        "how late is the [train|bus] to {city}",
    ),
    say=("wake me at {clock}", "timer {n} minutes", "alarm {clock}", "sunset in {city}?"),
)
_SUMS = Forms(
    do=(
        "[plot|draw|graph] the [numbers|curve|function|sales]",
        "[roll|throw] [a dice|{n} dice]",
        "[pick|give me|draw] a [random number|lottery ticket|card]",
        "[pay|send|charge] {money} [to {person}|]",
        "[split|share] the bill with {person} [in the app|]",
        "[prove|explain] [the theorem|why {n} is prime|the formula]",
        "[buy|sell] {n} shares of {company}",
        "[flip|toss] a coin",
        "[check|show] my [bank balance|account|savings]",
    ),
    ask=(
        "how [tall|heavy|rich] is {name}",
        "[what is|what's] the [exchange rate|interest rate|inflation rate|oil price] [today|in {city}|]",
        "how much [does {person} earn|is my {noun} worth|do I owe {person}|does a {noun} cost in {city}]",
        "how far is [the moon|{city}|the next shop|{city} from {city2}]",
        "how many [people live in {city}|calories are in {items}|stars are there|steps did I walk]",
        "[what are|how much are] {items} [in the shop|at {company}|today]",
        "[what is|what's] the [score|population of {city}|height of the tower|size of {city}]",
    ),
)
_WEB = Forms(
    do=(
        "[post|publish|upload|submit] [the {noun}|{word}] [on|to] {url}",
        "[log|sign] [in|me in] [at|to] {host} [with the password {word}|as {person}|]",
        "[buy|order|reserve] the {noun} on {host}",
        "[subscribe|sign me up] [to|for] [the newsletter of|] {host}",
        "[translate|summarise in French|read aloud] the page of {company}",
        "[like|share|comment on|rate] the [post|video|photo] of {person}",
        "[google|search the web for|look online for] [{items}|a {noun}|{name}|hotels in {city}]",
        "[fill in|send off] the form [on|at] {host}",
        "[watch|stream|play] the [video|film] [on|at] {host}",
        "[bookmark|block|hack] {host}",
    ),
    ask=(
        "is {host} [down|safe|popular|owned by {company}]",
        "who [owns|runs|made] {host}",
        "what do people [say about|think of] {company} online",
    ),
)
_DATA = Forms(
    do=(
        "[back up|restore|migrate|copy] the database",
        "[connect|log in] to the [server|database] of {company}",
        "[add|create] a [user|password] for [the database|{person}]",
        "[train|build] a model on the [data|{noun}s]",
        "[draw|make] a [chart|dashboard|diagram] of the {noun}s",
        "[email|send] the [report|figures|table] to {person}",
    ),
)
_TOPICS: tuple[tuple[Forms, tuple[str, ...]], ...] = (
    (_FILES, ("read_file", "list_files", "search_files", "write_file")),
    (_NOTES, ("find_notes", "save_note")),
    (_TIMES, ("current_time", "day_of_week", "days_between", "shift_date")),
    (_SUMS, ("calculate", "convert_unit")),
    (_WEB, ("fetch_url", "read_file", "search_files")),
    (_DATA, ("query_database", "list_files")),
)
_CHOSEN = tuple(range(len(_TOPICS)))
_SHARES = (5, 2, 4, 3, 3, 1)


def beyond(rng: Random) -> tuple[str, list[str]]:
    """A request and one to three built-in tools of its topic, none of which does it."""
    forms, tools = _TOPICS[rng.choices(_CHOSEN, _SHARES)[0]]
    return wording(rng, forms, v.slots(rng)), rng.sample(tools, min(len(tools), rng.choice((1, 1, 1, 2, 3))))
