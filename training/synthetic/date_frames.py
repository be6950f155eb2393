"""The sentences people ask weekdays, counts of days and the time with. `{a}` and `{b}` are the first and second date,
`{d}` a date, `{w}` a weekday, `{z}` a city or time zone. No dates are chosen here."""

from __future__ import annotations

from training.synthetic.phrases import Forms

_RANGE = "[between {a} and {b}|from {a} to {b}|from {a} until {b}|from {a} till {b}|from {a} up to {b}]"

BETWEEN_FORMS = Forms(
    do=(
        "[count|find|calculate|work out|compute|determine|get] [the days|the number of days|how many days there "
        "are|how many "
        f"days lie|the day count] {_RANGE}",
        "[count|find|tell me] how many days [are between {a} and {b}|it is from {a} to {b}|pass between {a} and {b}]",
        "[compare|subtract] {a} [and|with] {b} [in days|and give the days between them]",
        "[measure|give|work out|tell me] the [gap|distance|time|interval|span|difference] "
        "[between {a} and {b}|from {a} to {b}] in days",
        "count the days [starting|beginning] [on|with|at|] {a} and ending [on|with|at|] {b}",
        "count [up|down|forward|] from {a} to {b} in days",
        "[see|check] how [long|many days] [it is|it takes|we have] from {a} [to|until|till] {b}",
        "[tell me|work out] how many days {b} is [after|away from|later than] {a}",
        "[tell me|work out] how many days until {b} [from|starting|counting from] {a}",
    ),
    ask=(
        "how many days [are there|are|lie|is it|were there|pass|go by|passed|elapsed|will pass|have passed] " + _RANGE,
        f"how many days {_RANGE}",
        f"how long [it is|is it|is|was it|does it take|do we have] {_RANGE} [in days|]",
        "[what is|what's|whats] the [number of days|difference in days|gap in days|day count|distance in days|count "
        "of days|"
        f"total of days] {_RANGE}",
        "[what is|what's] the [difference|gap|distance|interval|time span] between {a} and {b} [in days|]",
        "how [far apart|many days apart] are {a} and {b}",
        "how [far|many days] is {b} from {a}",
        "starting [on|from|] {a}, how many days [until|till|to|are left until|is it to] {b}",
        "from {a}, how [many days|long] [is it|are there|will it be] [until|till|to] {b}",
        "counting from {a}, how many days [is it|are there|remain] [until|to|till] {b}",
        "how many days until {b} [from|if today is|if it is now|counting from|starting] {a}",
        "how many days [remain|are left] until {b} if [today is|it is] {a}",
        "how many days after {a} [is|comes|was] {b}",
        "how many days [from|since] {a} [did|does] {b} [come|fall]",
        "how many days [separate|lie between|fall between|stand between] {a} and {b}",
        "how many [nights|days] do I stay if I arrive [on|] {a} and leave [on|] {b}",
        "how many days [old|] is [a baby|something|a bill|a file] from {a} on {b}",
        "if [I|we|you|they] [start|begin|leave] [on|] {a} and [end|finish|come back|return] [on|] {b}, how "
        "many days "
        "[is that|is it|are that|will pass]",
        "between {a} and {b}, how many days [are there|pass|lie|have we got]",
        "{a} to {b} is how many days",
        "{a} and {b} are how many days apart",
        "[can you|could you|would you] [count|tell me] [the|how many] days [from|between] {a} [to|and] {b}",
        "do you know how many days [are between {a} and {b}|it is from {a} to {b}]",
    ),
    know=(
        f"how many days [there are|lie|pass|are|it is] {_RANGE}",
        "how long it is from {a} [to|until|till] {b}",
        "how many days [separate {a} and {b}|{a} and {b} are apart]",
        "how many days {b} is [after|from] {a}",
        "the [number of days|difference in days] between {a} and {b}",
    ),
    give=(
        f"the [number of days|days|day count|difference in days|count of days] {_RANGE}",
        "the days [from|starting|beginning] {a} [to|until|up to|through to] {b}",
        "the [length|duration] in days of [a trip|a stay|a project|the time] from {a} to {b}",
    ),
    say=(
        "days [between {a} and {b}|from {a} to {b}]",
        "[between {a} and {b}|from {a} to {b}]: days?",
        "[number of days|day count|days|count days]: {a} [to|-|until|–] {b}",
        "{a} to {b} in days",
        "{a} to {b}: how many days?",
        "{a} [-|–|->|until|to|till] {b}, [days?|how many days?|in days please]",
        "{a} and {b}: [how many days apart?|days between?|difference in days?|how far apart?]",
        "how many days? {a} [to|until] {b}[.|]",
        "[The|My|Our] [project|trip|lease|course|festival|treatment|fair|sale|strike|voyage] "
        "[runs|lasts|goes|ran|went] "
        "from {a} to {b}[. How many days is that?|, how many days is that?|; how long is that in days?|. How long "
        "is it?]",
        "[I started on {a} and stop on {b}|It began {a} and ended {b}|We arrive {a} and leave {b}|She left on {a} "
        "and came "
        "back on {b}]. How many days?",
        "[It is|It's|Today is|Now it is] {a}[ and|;|.| but] [my|the|our] [exam|flight|wedding|holiday|deadline] is "
        "[on|] {b}"
        "[. How many days left?|, how many days is that?|; how long must I wait, in days?|. How many days until then?]",
        "[I was born|He was born|The house was built|It opened|We met] on {a}[. How many days until {b}?|; how many "
        "days had "
        "passed on {b}?|. By {b}, how many days is that?]",
        "[Rented|Borrowed|Hired|Away|Closed] from {a} to {b}[: how many days?|. How many days is that?|, days?]",
        "I [want|need|have] to [count|know] the days [from {a} to {b}|between {a} and {b}][.|, please.]",
        "[Days|Time] left from {a} [until|to] {b}[?|]",
    ),
)
WEEKDAY_FORMS = Forms(
    do=(
        "[find|tell me|give me|look up|check|work out|determine|name] the [day of the week|weekday|name of the day] "
        "[for|of|on] {d}",
        "[check|find|see|tell me|work out|say] [what|which] [day of the week|weekday|day] {d} [is|was|falls on|will "
        "be]",
        "[check|see|find out] [whether|if] {d} [is|was|falls on] [a {w}|a weekend|a weekday|a working day]",
        "[look at|check] the calendar: [what|which] [weekday|day of the week] is {d}",
        "[match|find] the weekday to {d}",
    ),
    ask=(
        "[what|which] [day of the week|weekday|day] [is|was|will be|is it on|was it on|will it be on|do we have on] "
        "{d}",
        "[what|which] [day of the week|weekday|day] does {d} [fall on|land on|come on]",
        "[what|which] [day of the week|weekday|day] did {d} [fall on|land on]",
        "[what|which] [day of the week|weekday] [would|will|might] {d} be",
        "on [what|which] [day of the week|weekday|day] [does {d} fall|is {d}|was {d}|will {d} be|did {d} fall|does "
        "{d} land]",
        "[what is|what's|whats|what was] the [weekday|day of the week|name of the day] [of|for|on] {d}",
        "[is|was|will] {d} [be|] a {w}",
        "[does|did|will] {d} fall on a [{w}|weekend|weekday|working day]",
        "[is|was] {d} [a weekend|a weekday|at the weekend|on a {w}|a working day|a {w} or not|in the week]",
        "isn't {d} a {w}",
        "{d} [is|was|falls on|will be] [what|which] [day of the week|day|weekday]",
        "{d}, [what|which] [day of the week|weekday] [is|was] [that|it]",
        "what kind of day [is|was] {d}, a {w}",
        "[do|does] [we|the office|school] have [a {w}|a weekday] on {d}",
        "[can you|could you] [tell me|say] [the weekday of|what weekday is|which day of the week is] {d}",
        "do you know [what|which] [weekday|day of the week] {d} [is|was]",
        "if [I was born|we meet|it happens|the party is] on {d}, [what|which] [weekday|day of the week] is that",
        "how do I find the weekday of {d}",
        "[when|where] in the week [does|did] {d} fall",
    ),
    know=(
        "[what|which] [day of the week|weekday|day] {d} [is|was|falls on|will be]",
        "[whether|if] {d} [is|was] a [{w}|weekday|weekend day|working day]",
        "on [what|which] [weekday|day of the week|day] {d} [falls|fell]",
        "the weekday [of|for] {d}",
    ),
    give=(
        "the [weekday|day of the week|name of the day] [of|for|on] {d}",
        "the [weekday|day of the week] that {d} [falls on|is|was]",
    ),
    say=(
        "[weekday|day of the week|day|name of the day|dow] [of|for|on|] {d}",
        "{d}[: what day?|: which weekday?| weekday?| - what day is that?| is a what?|, day of the week?| falls on "
        "a...?|: "
        "day of week|, weekday please| - a {w}?| = which weekday?]",
        "[which day|what weekday|what day], {d}?",
        "[weekday|day of week|which weekday]: {d}[?|]",
        "[I was born|My son was born|She was born|They married|He died|We met|It opened] on {d}[. Which day of the "
        "week was "
        "that?|, what weekday was that?|; what day was it?|. Was that a {w}?]",
        "[The|My|Our] [wedding|exam|party|match|flight|deadline|concert|appointment|interview|move|delivery] is on "
        "{d}[. What "
        "weekday is that?|, which day of the week is that?|; what day is it?|. Is that a {w}?|, is it a weekday?]",
        "[The letter|The ticket|The invoice|The contract|The photo] [says|is dated] {d}[. Which weekday is that?|; "
        "what day of "
        "the week was it?|, what day is that?]",
        "[Is|Was] it a {w} on {d}?",
        "[Is|Was] it [the weekend|a working day|a weekday] on {d}?",
        "I think {d} [is|was] a {w}[. Is it?|; right?|, or not?|. Am I right?]",
        "[I need|I want] the [weekday|day of the week] [for|of] {d}[.|, please.]",
        "[A {w}?|What day?|Which weekday?] I mean {d}[.|]",
    ),
)
NOW_FORMS = Forms(
    do=(
        "[check|look at|read|consult] the [clock|time|current time|date|calendar]",
        "[tell|give|show] me the [time|current time|date and time|current date|date|exact time|hour|local time]",
        "[get|fetch|find|look up|print|report|state|display|return] the [current|present|exact|] [time|date|date "
        "and time|"
        "time of day]",
        "[tell|show] me [what time it is|today's date|what day it is today|the time and date] [now|right now|]",
        "[say|announce] the time",
    ),
    ask=(
        "what [time|date|day and time|hour] is it [now|right now|at the moment|currently|just now|here|at this "
        "moment|]",
        "[what is|what's|whats|wats] the [time|current time|date|current date|exact time|time and date|date and "
        "time|time of "
        "day|hour|local time] [now|right now|at the moment|here|]",
        "what [date|day of the month|day] [do we have|is it|are we] [today|now]",
        "[what is|what's] [today's date|the date today|the date of today]",
        "[which|what] [day|date] [is|do we write|have we got] today",
        "do you [have|know] the [time|date]",
        "is it [morning|noon|late|midnight|lunchtime|evening] [yet|already|now]",
        "how late is it [now|already|]",
        "what does the clock say [now|]",
        "[can|could] you [tell me|check|give me] the [time|date|current time]",
        "[have you got|do you have] the [time|exact time|right time] [on you|]",
        "what year is it",
        "[what|which] month is it [now|]",
        "what's the time [please|mate|there|now]",
    ),
    know=(
        "what time it is [now|right now|]",
        "[what|which] [date|day] [it is|we have] [today|now]",
        "how late it is",
        "the [time|date|hour] [now|]",
        "[today's date|what today's date is]",
    ),
    give=("the [current|exact|present|local] [time|date|date and time]", "[today's date|the date today|the time now]"),
    say=(
        "time?",
        "time[| now| please|, please]",
        "current [time|date|date and time][| please|?]",
        "date and time",
        "now?",
        "the date, please",
        "today's date[|?| please]",
        "what's the time, please?",
        "[Got|Have you got] the time[| please]?",
        "clock[|?| please]",
        "[My watch|The clock|My phone] [stopped|is broken|is at home|died][. What time is it?|, what's the time?|; "
        "I need the "
        "time.]",
        "I [lost track of|forgot|don't know] the [time|date][. What is it?|, can you check?|.]",
        "I [need|want|would like] [the time|today's date|the current time|to know what time it is][.|]",
        "[Am I late|Is it late]? What time is it[ now|]?",
    ),
)
ZONE_FORMS = Forms(
    do=(
        "[check|look up|find|get|tell me|show me|give me] the [time|current time|local time|date|hour] "
        "[in|for|at|over in] {z}",
        "[show|print|give|report|display|fetch] the [current|local|present|] [time|date and time|date] [in|for] {z}",
        "[see|check|find out|tell me] what time it is [now|] in {z}",
        "[look at|read|check] the [clock|clocks] in {z}",
        "[tell|give] me the [date and time|time] [they have|people have] in {z}",
        "[use|take|set] {z} as the time zone and tell me the time",
        "[tell me the time|say what time it is], time zone {z}",
    ),
    ask=(
        "what time is it [now|right now|currently|at the moment|today|] in {z}",
        "[what is|what's|whats|wats] the [time|current time|local time|date|exact time|hour|date and time] [in|over "
        "in|for|at] "
        "{z} [now|right now|at the moment|]",
        "what [hour|time of day|date|day] [is it|do they have|do people have] in {z}",
        "[in|over in] {z}, what time is it [now|]",
        "how late is it [now|] in {z}",
        "is it [still|already] [day|night|morning|evening|late|dark|yesterday|tomorrow|afternoon|early] in {z}",
        "what [do|would] the clocks [say|show] in {z}",
        "could I [call|phone|ring] someone in {z} now, what time is it there",
        "what time [do they have|have they got|would it be|will it be now] in {z}",
        "[what's|what is] {z} time [now|right now|]",
        "[do you know|can you tell me|could you check] the [time|current time|hour] in {z}",
        "is now a good time to call {z}",
        "are [people|they] [asleep|awake|at work|at lunch] in {z} now, what time is it",
        "what time zone time is it for {z}",
        "if I [call|ring|phone] {z} now, what time is it [there|for them]",
        "and what time is it in {z}",
    ),
    know=(
        "what time it is [now|] in {z}",
        "what the [local|] time is in {z}",
        "how late it is in {z}",
        "what [hour|date|day] they have in {z}",
        "the time in {z}",
        "[whether|if] it is [night|morning|late|early] in {z}",
    ),
    give=(
        "the [current|local|exact|present|] [time|date and time] in {z}",
        "{z} time",
        "the time for {z}",
        "the [date|hour] in {z}",
    ),
    say=(
        "time in {z}",
        "[time|clock|now|date|local time|current time] [in|for|at] {z}[?| please|, please| now]",
        "{z} time?",
        "time {z}",
        "current time[,|:] {z}",
        "{z}: what time is it?",
        "{z}[, what time?|: time?| time now| time please|, local time?| - current time]",
        "clock for {z}",
        "[My sister|My client|A colleague|My boss|Our supplier|My girlfriend] [lives|is|works|sits] in {z}[. What "
        "time is it "
        "there?|, what time is it there now?|; is it late there?|. Can I call now?]",
        "I [am calling|have a call with|must phone|am meeting someone from|fly to] {z}[. What time is it there?|; "
        "what's the "
        "time there?|, what time is it there?]",
        "I'm [in|travelling to|moving to|landing in] {z}[. What time is it?|, what's the local time?|; which time "
        "is it now?]",
        "I need the [time|current time|date] [in|for] {z}[.|, please.]",
        "[Office hours|The match|The show|The stream] [are|is] in {z} time[. What time is it there now?|; what is "
        "it now?]",
    ),
)
