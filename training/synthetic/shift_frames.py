"""The sentences people move a date with. `{span}` is a length of time, `{date}` the date it is counted from.

Forms come in two sets of equal size, later and earlier, so that no wording but its own word of direction tells which.
"""

from __future__ import annotations

from training.synthetic.phrases import Forms

# What stands between the length and the date, wherever "45 days after 3 May" can stand.
LATER = (
    "after",
    "after",
    "after",
    "from",
    "from",
    "later than",
    "past",
    "following",
    "on from",
    "beyond",
    "counted from",
)
EARLIER = (
    "before",
    "before",
    "before",
    "prior to",
    "earlier than",
    "ahead of",
    "back from",
    "preceding",
    "previous to",
    "short of",
)
SIDE_FORMS = Forms(
    do=(
        "[find|calculate|work out|compute|determine|tell me|give me|get|figure out] the date {span} {side} {date}",
        "[calculate|work out|figure out|compute|find|tell me] [what date is|which date is|what day comes|the day "
        "that is] "
        "{span} {side} {date}",
        "[find|compute|tell me|check|see] what [date|day] it [is|will be|was] {span} {side} {date}",
        "[find|name|give] [the day|the calendar day|the exact date] {span} {side} {date}",
        "[look up|look at the calendar for|check the calendar for] [the date|] {span} {side} {date}",
        "count {span} {side} {date}[ and tell me the date|]",
        "[put|set|schedule] [a reminder date|the deadline|the follow-up] {span} {side} {date}: which date is that",
    ),
    ask=(
        "[what|which] [date|day] [is|comes|falls|lies|was|will be|would be|do we have|do we write] {span} {side} "
        "{date}",
        "[what|which] [date|day] [do I get|is it|will it be|was it|are we] {span} {side} {date}",
        "[what is|what's|whats|what was|what will be] the date {span} {side} {date}",
        "when [is|was|will it be|would be] {span} {side} {date}",
        "{span} {side} {date} is [what|which] date",
        "on [what|which] date [are we|is it|does it fall|do we land] {span} {side} {date}",
        "{span} {side} {date}, [what date is that|when is that|which day is that|what's the date]",
        "if [it happens|it is due|it starts|we meet|I leave|I pay] {span} {side} {date}, [what date is that|when is "
        "it]",
        "[can you|could you|would you] [tell me|work out|find|give me] the date {span} {side} {date}",
        "do you know [what|which] date [is|was] {span} {side} {date}",
        "what [calendar date|day of the year|day] [corresponds to|is meant by|would be] {span} {side} {date}",
        "[what date|when] [should|must|do] I [write down|mark|book|note] for {span} {side} {date}",
    ),
    know=(
        "[what|which] [date|day] [is|comes|lies|was|will be] {span} {side} {date}",
        "what date it is {span} {side} {date}",
        "when {span} {side} {date} is",
        "the date {span} {side} {date}",
    ),
    give=(
        "the [date|day] [that is|that comes|] {span} {side} {date}",
        "[the date|the calendar date|the day] of {span} {side} {date}",
        "the [exact|calendar|due] date {span} {side} {date}",
    ),
    say=(
        "{span} {side} {date}",
        "{span} {side} {date}?",
        "date {span} {side} {date}",
        "[date|due date|deadline|when]: {span} {side} {date}[?|]",
        "{span} {side} {date}[, please| please| pls|, which date?| = ?|: what date?| is when?|, thanks]",
        "[The|My|Our] [invoice|bill|rent|loan|visa|trial|licence|lease|permit|report|tax return] is due {span} "
        "{side} {date}"
        "[. Which date is that?|; when is that?|, so what date?|. What date is it?]",
        "[The|My|Our] [exam|trip|wedding|move|course|operation] is {span} {side} {date}[. Which date is that?|, "
        "what date "
        "is that?|. When is it?]",
        "[I leave|I must pay|We meet|She returns|The shop closes|It ends] {span} {side} {date}[. Which date is "
        "that?|; what "
        "date is that?|, when is that?]",
        "I need [the date|to know the date|the day] {span} {side} {date}[.|, please.]",
        "[Remind me|Tell me|Say]: what's {span} {side} {date}?",
    ),
)
LATER_FORMS = Forms(
    do=(
        "[add|count|go] {span} [to|onto|on from|forward from] {date}",
        "[move|push|shift|postpone|delay|put off|defer] {date} [forward|ahead|on|later|] by {span}",
        "[extend|push out|prolong] {date} by {span}",
        "[postpone|delay|defer|put back|put off] the [meeting|deadline|trip|exam|delivery|party] of {date} by {span}",
        "[go|jump|step|skip|move] [ahead|forward|on] {span} from {date}",
        "[start|begin] [at|on|from|with] {date} and [add|go forward|count forward|move on] {span}",
        "take {date} and add {span}",
        "[work out|calculate|find] {date} [plus|+] {span}",
        "[work out|find|tell me] the date {span} later, [starting|counting|going] from {date}",
    ),
    ask=(
        "what [do I get when I add|is the date if I add|happens if I add|date results from adding] {span} to {date}",
        "[what is|what's] {date} [plus|+] {span}",
        "[what|which] date [is it|do we have|will it be] if we [add|count on] {span} [from|to] {date}",
        "if [today is|it is|we start on|I begin on] {date}, [what|which] date [is it|will it be] [in {span}|{span} "
        "from "
        "now|{span} later|after {span}]",
        "starting [on|from] {date}, [what|which] date [comes|is it|is] {span} later",
        "counting from {date}, [what date is it|when is it|what day is it] {span} later",
        "from {date}, [what date is it|what's the date|when is it] in {span}",
        "[a|the] [permit|trial|loan|visa|warranty|lease|subscription|coupon] [from|of|dated|issued|starting] {date} "
        "lasts "
        "{span}, when does it [end|expire|run out]",
        "if I [order|pay|plant|book|leave] on {date} and it takes {span}, when is it [done|ready|over|there]",
        "what date is {span} on from {date}",
    ),
    know=(
        "what {date} plus {span} is",
        "which date comes {span} later than {date}",
        "when {span} from {date} [are over|have passed|are up]",
    ),
    give=("{date} plus {span}", "{date} + {span}", "the date after adding {span} to {date}"),
    say=(
        "{date} [plus|+] {span}",
        "{date} [plus|+] {span}[?| = ?|, please]",
        "{date}[, | and then |; ]{span} later[?|]",
        "[It's|It is|Today is|Now it is] {date}[. What date is it in {span}?|; which date is it {span} from now?|. "
        "When "
        "are {span} over?|, what will the date be in {span}?]",
        "[The|My|Our] [project|course|treatment|contract|holiday|job] [starts|began|begins|started] [on|] {date} "
        "and [lasts|"
        "takes|runs for|goes on for] {span}[. When does it end?|; what is the last date?|. On which date is it over?]",
        "[The|My] [warranty|trial|visa|milk|medicine|lease|voucher] is [good|valid] for {span} from {date}[. Until "
        "when?|"
        ". When does it expire?|; which date is that?]",
        "[We|They|I] [moved|postponed|delayed] the [meeting|launch|visit|party] of {date} by {span}[. What is the "
        "new date?|"
        "; which date is it now?]",
        "[I bought|I ordered|They sent|We planted] it on {date}[. It takes {span}; when is it ready?|, it arrives "
        "{span} "
        "later. What date is that?]",
        "[Payment|Delivery|The answer|The result] is due {span} later than {date}[. Which date?|, which date is that?]",
        "add {span}: {date}",
    ),
)
EARLIER_FORMS = Forms(
    do=(
        "[subtract|take|take away|deduct|remove] {span} from {date}",
        "[go|count|step|look|travel] {span} back from {date}",
        "[go|count|step|jump|move] back {span} from {date}",
        "[move|shift|bring|pull] {date} [back|earlier|backwards] by {span}",
        "[bring forward|advance|pull forward] the [meeting|deadline|trip|exam|delivery|party] of {date} by {span}",
        "[start|begin] [at|on|from|with] {date} and [subtract|go back|count back|take off] {span}",
        "take {date} and [subtract|take off] {span}",
        "[work out|calculate|find] {date} [minus|-|less] {span}",
        "[work out|find|tell me] the date {span} earlier, [starting|counting|going] from {date}",
    ),
    ask=(
        "what [do I get when I subtract|is the date if I take|date results from taking] {span} [from|off] {date}",
        "[what is|what's] {date} [minus|less] {span}",
        "[what|which] date [is it|do we have|was it] if we [go back|count back] {span} from {date}",
        "if [today is|it is|now is|we are at] {date}, [what|which] date was [it {span} ago|{span} ago|{span} "
        "earlier|it "
        "{span} before]",
        "[going|counting] back {span} from {date}, [what date is it|when is it|what day is it]",
        "counting from {date}, [what date was it|when was it|what day was it] {span} [earlier|ago|before]",
        "from {date}, [what date was it|what was the date|when was it] {span} ago",
        "[a|the] [permit|trial|loan|visa|warranty|lease|subscription|coupon] that ended on {date} lasted {span}, "
        "when did "
        "it [begin|start]",
        "if it must be [done|ready|over|there] on {date} and takes {span}, when do I [start|begin|order|leave]",
        "what date is {span} back from {date}",
    ),
    know=(
        "what {date} minus {span} is",
        "which date came {span} earlier than {date}",
        "when it was {span} before {date}",
    ),
    give=("{date} minus {span}", "{date} - {span}", "the date after taking {span} from {date}"),
    say=(
        "{date} [minus|-] {span}",
        "{date} [minus|-|less] {span}[?| = ?|, please]",
        "{date}[, | and then |; ]{span} [earlier|before|back][?|]",
        "[It's|It is|Today is|Now it is] {date}[. What date was it {span} ago?|; which date was {span} ago?|. When "
        "was it "
        "{span} ago?|, what was the date {span} ago?]",
        "[The|My|Our] [project|course|treatment|contract|holiday|job] [ended|ends|finished] [on|] {date} and "
        "[lasted|took|"
        "ran for|went on for] {span}[. When did it begin?|; what was the first date?|. On which date did it start?]",
        "[The|My] [notice|request|form|reminder] must [be sent|go out|be in] {span} [before|ahead of] {date}[. "
        "Until when?|"
        ". Which date is that?|; when is that?]",
        "[We|They|I] [brought forward|moved up|advanced] the [meeting|launch|visit|party] of {date} by {span}[. "
        "What is the "
        "new date?|; which date is it now?]",
        "[I need|They want|We must have] it by {date}[. It takes {span}; when must I start?|, and it takes {span}. "
        "When do "
        "I begin?]",
        "[Booking|Registration|The sale|Voting] opens {span} earlier than {date}[. Which date?|, which date is that?]",
        "subtract {span}: {date}",
    ),
)
