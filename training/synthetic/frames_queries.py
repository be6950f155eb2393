"""The wordings of requests to run SQL on a database and to fetch a page, with the values open.

`{d}` is a database, `{q}` a statement, with or without quotation marks, `{qq}` one within them, `{u}` an address.
"""

from __future__ import annotations

from training.synthetic.manner import frames

_RUN = (
    "[run|run|run|execute|execute|do|use|try|perform|fire|issue|evaluate|process|launch|apply|submit|send|put through"
    "|carry out|test|start|throw|exec]"
)
_SQL = (
    "[||||the query |the SQL |this query |the statement |SQL |this SQL |the SQL statement |the SQL query |the command "
    "|this statement |query |the following query |this: |this query: |the following: |the SQL: |the select |a query: ]"
)
_ON = "[on|on|on|on|against|in|over|inside|at|with|using|for|through]"
_DB = (
    "[{d}|{d}|{d}|{d}|the database {d}|database {d}|the db {d}|the {d} database|the SQLite file {d}"
    "|the file {d}|our {d}"
    "|my {d}|the SQLite database {d}|the database file {d}|the database called {d}|db {d}|my database {d}|the {d} file]"
)
_GIVE = (
    "[give|return|yield|say|show|produce|output|print|deliver|bring back|give back|come back with|result in|tell us"
    "|find|get us|spit out|list|come to|report]"
)
_RESULT = "[result|results|output|rows|answer|outcome|return value|response|number|value|figure|data|records|lines]"
_THEN = (
    "[||||||| and tell me the number| and show me the result| and report back| and give me the rows"
    "| and tell me what comes back| and say what you get| and tell me the result| and show the rows"
    "| and let me know the answer| and read me the output| and print the result|, I need the figure|, I need the number"
    "| and tell me what it says| and tell me how many there are|, then tell me the answer|; what comes back?"
    "|, what do you get?| to see what comes out| to get the number]"
)

QUERY = frames(
    """
do: <run> <sql>{q} <on> <db><then>
do: <run> <sql>{q} <on> <db><then>
do: <run> <sql>{q} <on> <db><then>
do: <run> <sql>{q} <on> <db>
do: <run> <sql>{qq} <on> <db><then>
do: <run> <on> <db>: {q}
do: <run> [this|the following|this SQL|this query|the query below|this statement] <on> <db>: {q}
do: <run> [this|the following|this SQL|this query|the query below] <on> <db>:<nl>{q}
say: <on> <db>, <run> <sql>{q}
say: <on> <db> <run>: {q}
say: <on> <db> <run> <sql>{q}
do: [query|ask|interrogate|search|consult|question] <db> [with|using|for|by]: {q}
do: [query|ask|interrogate|consult] <db> with {qq}<then>
do: [query|ask|question|consult]: {q} <on> <db>
do: [query|ask|consult|search] <db>: {q}
do: [query|ask] <db> - {q}
do: [open|connect to|use|load|go to|take|go into|hook up to|attach to|access] <db> and <run> <sql>{q}
do: [open|connect to|use|load|take] <db> and <run>: {q}
do: [open|connect to|use|take] <db> and <run> {qq}<then>
do: [open|connect to|use|load] <db>, then <run> <sql>{q}
do: [use|take] <db> [for|to run|to execute|to answer|to do] <sql>{q}
do: [get|fetch|give me|show me|tell me|print|read|list|pull] the <result> of <sql>{q} [on|in|from|against] <db>
do: [get|fetch|give me|show me|tell me|pull] the <result> of {qq} [on|in|from|against] <db>
do: [tell|show] me what {q} [returns|gives|yields|says|finds|shows|comes to|brings] [on|in|for|against] <db>
do: [tell|show] me what [comes back|you get|comes out|happens] [for|from|when you run|if you run] {q} <on> <db>
do: [see|check|find out] what {q} [returns|gives|yields|says] [on|in|against] <db>
do: let <db> [answer|run|process|execute] {q}
do: [ask|have] the database {d}[: | to run | to execute | for ]{q}
do: [pass|send|hand|feed|give|submit] {q} to <db><then>
do: [pass|send|hand|feed|submit] to <db>: {q}
do: [put|throw|fire|launch] {q} at <db><then>
say: with <db>, <run> {q}
say: from <db>, [get|fetch|read|take] {q}
do: [apply|run] to <db> the [statement|query|SQL] {q}
ask: what does {q} <give> [on|in|for|against|when run on|when I run it on] <db>
ask: what does {qq} <give> [on|in|for|against|if you run it on|when executed on] <db>
ask: what does <db> <give> for {q}
ask: what does <db> [answer|say|return|give] [to|for|when asked|if I ask] {q}
ask: what [is|are|would be] the <result> of <sql>{q} [in|on|from|against] <db>
ask: what [is|are] the <result> [of|for] {qq} [in|on|from|against] <db>
ask: what do [you|I|we] get [from|out of|on|in] <db> [with|for|by running|if I run|when you run] {q}
ask: what do [you|I|we] get [for|from|with|if I run|when running|by running] {q} <on> <db>
ask: what [comes back|comes out|happens] [when|if] [I|you|we] <run> {q} <on> <db>
ask: how many rows does {q} [give|return|yield|find|have] [on|in] <db>
ask: which rows does {q} [give|return|find|select] [on|in] <db>
ask: <on> <db>, what does {q} <give>
ask: <on> <db>, what is the <result> of {q}
ask: [can|could|will|would] you <run> <sql>{q} <on> <db><then>
ask: [can|could|will|would] you <run> [this|the following] <on> <db>: {q}
ask: [can|could] <db> [answer|tell us|run] {q}
ask: is there [a result|an answer|any row|anything] for {q} [in|on] <db>
know: what {q} [returns|gives|yields|says|finds|brings up|comes to] [on|in|against|for] <db>
know: what <db> [returns|gives|says|answers|has] for {q}
know: what [comes back|you get] from {q} <on> <db>
know: the <result> of {q} [on|in] <db>
give: the <result> of <sql>{q} [on|in|from|against] <db>
give: the <result> <db> [returns|gives] for {q}
give: the <result> [from|in|of] <db> for {q}
give: the <result> of this [on|in|from] <db>: {q}
say: {d}: {q}
say: {d} - {q}
say: {d}<nl>{q}
say: {d}> {q}
say: {q} on {d}
say: {q} [in|from|against|@] {d}
say: {q} ({d})
say: {q}<nl>[on|database|db|DB|file]: {d}
say: {qq}, [on|database|db|in|using] {d}
say: {qq} [on|in|@|against] {d}, please
say: {qq} - run [it|this|that] on {d}
say: {q} - [run|execute|try] [it|this|that] [on|against] {d}
say: sql [on|for] {d}: {q}
say: sql: {q} [on|db:|database:|in] {d}
say: query: {q} [on|db:|database:|in] {d}
say: [database|db] {d}, [query|sql|statement] {q}
say: [database|db|Database|DB|File|file]: {d}[<nl>|, |; | ][Query|SQL|query|sql|statement]: {q}
say: [Query|SQL|sql|Statement]: {q}<nl>[Database|DB|db|File]: {d}
say: sqlite {d} {q}
say: sqlite3 {d} {qq}
say: [query|sql|run|select] {d}: {q}
say: [For|On|In] {d}: {q}
say: Here is [a query|some SQL|my query|a statement] for {d}: {q}
say: [The database is|We have a database|There is a database|My data is in|Everything is in] {d}[. Run\
|. Execute|, run|. Try] {q}
say: [The query is|My query|This is the query|Here's the SQL][:|] {qq}[, the database is|. The database is\
|, run it on| for] {d}
say: I [need|want|would like] the <result> of {q} [on|in|from] <db>
say: I [need|want] [you to run|to run|to execute] {q} <on> <db>
say: I have [a|this] query[: | ]{qq}[. Run it on|, please run it on|. Execute it on|, it goes to] {d}
say: Data in {d}, [query|statement][:|] {q}
""",
    run=_RUN,
    sql=_SQL,
    on=_ON,
    db=_DB,
    give=_GIVE,
    result=_RESULT,
    then=_THEN,
)
AGAIN = frames(
    """
do: [run|execute|try|do] [the same query|it|that|this|the same statement|the same SQL|that query|the query] [on\
|against] {d}
do: [run|execute|try] [the same query|it|that] again[, but|, now|, this time] [on|against] {d}
do: [repeat|redo] [it|that|the query] [on|against|with|for] {d}
do: [ask|query] {d} the same [thing|question]
do: do the same [on|with|for|in|against] {d}
ask: [what about|and|how about|and what about] {d}
ask: what does [it|that|the same query|that query] [give|return|yield|say] [on|in|for] {d}
ask: and what [is it|do you get] [in|on|for] {d}
know: what the same query [gives|returns] on {d}
say: same [query|again|thing|for|on] {d}
say: same query on {d}
say: now on {d}
say: and on {d}?
""",
)
_PAGE = (
    "[{u}|{u}|{u}|the page {u}|the site {u}|the web page {u}|the address {u}|the URL {u}|the link {u}|the website {u}"
    "|this link: {u}|this page: {u}|this: {u}|the article {u}|the resource {u}|the document at {u}|the web address {u}]"
)
FETCH = frames(
    """
do: [fetch|get|download|open|load|read|retrieve|visit|go to|pull|access|request|check|look at|call|browse to] <page>
do: [browse|hit|grab|scrape|crawl|query|view|show me|pull up|bring up|take a look at|have a look at|check out] <page>
do: [go|head|navigate|surf] [to|over to] <page>[| and read it| and tell me what it says| and show me the text]
do: [fetch|get|grab|pull down|download|retrieve] [whatever is at|everything at|what is on|the text at|the data from] {u}
do: [get|fetch|download|read|show me|print] the [contents|content|text|page|body|HTML|source] [of|at|from|behind] {u}
do: [see|find out|tell me|check] what [is at|is on|stands on|can be found at|they say on|it says at|is behind] {u}
do: [go to|open|visit|look up|load] {u} and [tell me what it says|read it|show me the text|get the text|report back]
do: [read|show|give] me [what is at|the page|the website|the article at|what they wrote on|the text of] {u}
do: [make|send|do] a [GET |GET |HTTP |web |]request to {u}
do: [read|summarise|translate|check] [the page|the article|what is|the text] [at|on|under] {u}
do: [check|see|test] [whether|if] {u} [answers|is up|loads|works|responds|is online|is reachable]
do: download [the file|the data|the page|it] from {u}
do: [take|get] the [text|data|page] from {u}
ask: [what is|what's|whats] [at|on|on the page|behind|the content of|published at|written on|under|there at] {u}
ask: what does <page> [say|contain|show|return|tell|offer|look like|give|respond|answer|hold]
ask: what can [I|we|you] [read|see|find|get] [at|on|under|from] {u}
ask: what do [you find|you see|they say|they write|you get] [at|on|under|from] {u}
ask: [does|will|did] {u} [load|answer|open|work|respond], and what does it say
ask: is {u} [up|online|reachable|there|working|available]
ask: [can|could] you [open|read|reach|see|load|get at] <page>
ask: what [text|data|page|news] is [at|on] {u}
know: what [is at|is on|is written on|stands on|can be read at] {u}
know: what {u} [says|returns|contains|shows|is about|gives]
know: what they [say|write|publish|offer] [at|on] {u}
know: [whether|if] {u} [answers|is online|loads]
give: the [page|text|contents|content|article|data|body|source] [at|of|from|behind|on] {u}
give: what is [at|on|behind] {u}
give: <page>
say: [|fetch|GET|open|curl|wget|download|page:|url:|link:|visit|load|read|URL|get|web:|http get|site:] {u}
say: [Here is|This is|I found|Someone sent me] [the link|a link|the page|this]: {u}[. What does it say?\
|. Read it.|, get it]
say: {u} [please|- read it|: what does it say?|, fetch it|, what is there?|- what is it?|, open it]
say: [I got|We have|There is] [this address|a link]: {u}[. Fetch it.|. What's there?|, please open it]
say: I [need|want] [the text|the page|what is] at {u}
say: what about {u}?
say: The [page|address|link] is {u}[. Read it.|, fetch it|. What does it say?]
""",
    page=_PAGE,
)
