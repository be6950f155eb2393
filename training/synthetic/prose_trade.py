"""Sentences about goods, money, work and machines, each with what it tells, the questions and the answer; read by
prose.py."""

from __future__ import annotations

TABLE = """
Invoice {code} over {money} euros was issued on {date} and is due on {date2}.
  code text: invoice number
    ? [what|which] is the [invoice number|number of the invoice]
    ? which invoice is it
    ! The invoice number is {code}.
    ~ is the invoice number {x}
  money money: amount of the invoice
    ? how much is the invoice
    ? [what is|over what|how high is] the amount of the invoice
    ? what do we have to pay
    ! The invoice is over {money} euros.
    ~ is the invoice over {x} euros
  date date: date of issue
    ? when was [the invoice|it] issued
    ? what is the date of issue
    ! It was issued on {date}.
    ~ was it issued on {x}
  date2 date: due date
    ? when is [the invoice|it] due
    ? by when do we have to pay
    ? what is the due date
    ! It is due on {date2}.
    ~ is it due on {x}
Subtotal {money}, shipping {money2}, total {money3}.
  money money: subtotal
    ? [how much|what] is the subtotal
    ? what is it before shipping
    ! The subtotal is {money}.
    ~ is the subtotal {x}
  money2 money: shipping
    ? [how much|what] is shipping
    ? what does shipping cost
    ! Shipping is {money2}.
  money3 money: total
    ? [how much|what] is the total
    ? what is it [in total|altogether]
    ! The total is {money3}.
    ~ is the total {x}
{company} delivers {n} boxes of {items} on {weekday}.
  n number: boxes of {items}
    ? how many boxes [of {items}|] [come|are delivered|do we get]
    ! {company} delivers {n} boxes.
    ~ do we get {x} boxes
  items text: goods
    ? what does {company} deliver
    ? what is in the boxes
    ! {company} delivers {items}.
    ~ does {company} deliver {x}
  weekday text: day of delivery
    ? [when|on which day] [do the {items} come|does {company} deliver]
    ? what day is the delivery
    ! {company} delivers on {weekday}.
    ~ does {company} deliver on {x}
  company text: supplier
    ? who delivers [the {items}|]
    ? which company brings the {items}
    ! {company} delivers the {items}.
The price of {items} rose from {money} to {money2} in {month}.
  money money: old price of {items}
    ? what did {items} cost before
    ? what was the old price
    ! The old price was {money}.
  money2 money: new price of {items}
    ? what do {items} cost now
    ? what is the new price [of {items}|]
    ! The new price is {money2}.
    ~ is the new price {x}
  month text: month of the rise
    ? when did the price rise
    ? in which month did {items} get dearer
    ! It rose in {month}.
We have {n} {items} left; reorder below {number}.
  n number: stock of {items}
    ? how many {items} [are left|do we have|are in stock]
    ! There are {n} {items} left.
    ~ are {x} {items} left
The contract with {company} runs from {date} to {date2}.
  company text: contract partner
    ? with whom is the contract
    ? who is the contract with
    ! The contract is with {company}.
    ~ is the contract with {x}
  date date: start of the contract
    ? when does the contract [begin|start]
    ? since when does the contract run
    ! The contract runs from {date}.
    ~ does the contract start on {x}
  date2 date: end of the contract
    ? when does the contract [end|run out|expire]
    ? how long does the contract run
    ! The contract runs to {date2}.
    ~ does the contract end on {x}
Parcel {code} left {city} on {date} and is now in {city2}.
  code text: parcel number
    ? what is the [number of the parcel|parcel number|tracking number]
    ? which parcel [is it|left {city}]
    ! The parcel is {code}.
  city text: origin of the parcel
    ? where does the parcel come from
    ? from where was it sent
    ! The parcel left {city}.
  city2 text: place of the parcel
    ? where is the parcel [now|at the moment|]
    ? in which city is the parcel
    ! The parcel is in {city2}.
    ~ is the parcel in {x}
  date date: date of dispatch
    ? when did the parcel leave [{city}|]
    ? when was it sent
    ! It left on {date}.
{company} offers the {noun} for {money}, {company2} wants {money2}.
  money money: offer of {company}
    ? what does {company} [ask|want|charge] [for the {noun}|]
    ? how much is the {noun} at {company}
    ! {company} offers it for {money}.
    ~ does {company} want {x}
  money2 money: offer of {company2}
    ? what does {company2} want [for the {noun}|]
    ? how much is it at {company2}
    ! {company2} wants {money2}.
The {adjective} server {host} stopped at {clock} and was back at {clock2}.
  host text: server that stopped
    ? which server [stopped|went down|failed]
    ? what is the name of the server
    ! The server is {host}.
  clock text: time the server stopped
    ? when did [the server|it] [stop|go down|fail]
    ? at what time did it stop
    ! It stopped at {clock}.
    ~ did it stop at {x}
  clock2 text: time the server was back
    ? when was [the server|it] back
    ? since when does it run again
    ! It was back at {clock2}.
The backup of {date} is {n} GB and lies in {folder}.
  n number: size of the backup
    ? how [big|large] is the backup
    ? how many GB is the backup
    ! The backup is {n} GB.
    ~ is the backup {x} GB
  folder text: folder of the backup
    ? where [is|lies] the backup
    ? in which folder is the backup
    ! The backup lies in {folder}.
  date date: date of the backup
    ? when was the backup made
    ? of which day is the backup
    ! The backup is of {date}.
Ticket {code}: {name} reports that the {noun} is broken since {weekday}.
  code text: ticket number
    ? what is the ticket number
    ? which ticket is it
    ! The ticket is {code}.
    ~ is it ticket {x}
  name text: person who reported it
    ? who reported [it|the problem|the broken {noun}]
    ? who says that the {noun} is broken
    ! {name} reported it.
    ~ did {x} report it
  noun text: broken thing
    ? what is broken
    ? what does {name} report
    ! The {noun} is broken.
    ~ is the {x} broken
  weekday text: day it broke
    ? since when is [it|the {noun}] broken
    ? when did the {noun} break
    ! It is broken since {weekday}.
Sales grew by {n}% to {money} euros in {year}.
  n number: growth of sales in percent
    ? by how [much|many percent] did sales grow
    ? how much did sales grow
    ! Sales grew by {n}%.
  money money: sales
    ? how [high were|much were] sales
    ? what were the sales [in {year}|]
    ! Sales were {money} euros.
  year text: year of the figures
    ? [in|for] which year [is that|are the figures]
    ? when did sales grow
    ! That was in {year}.
Version {n}.{n2} fixes the {noun} and was released on {date}.
  date date: date of release
    ? when was [it|the version|version {n}.{n2}] released
    ? what is the release date
    ! It was released on {date}.
    ~ was it released on {x}
  noun text: what the version fixes
    ? what does [the version|version {n}.{n2}] fix
    ? what was fixed
    ! It fixes the {noun}.
    ~ does it fix the {x}
The deposit is {money} euros and the rent {money2} euros a month.
  money money: deposit
    ? how [high|much] is the deposit
    ? what deposit [is asked|must I pay]
    ! The deposit is {money} euros.
    ~ is the deposit {x} euros
  money2 money: rent
    ? how [high|much] is the rent
    ? what is the monthly rent
    ! The rent is {money2} euros a month.
    ~ is the rent {x} euros
Payment of {money} received from {name} for order {code}.
  money money: payment
    ? how much [was paid|did {name} pay|was received]
    ? what sum came in
    ! The payment was {money}.
    ~ did {name} pay {x}
  name text: payer
    ? who paid
    ? [from whom|who] did the money come from
    ! The payment is from {name}.
    ~ did {x} pay
  code text: order paid for
    ? [for which order|which order] was it
    ? what is the order number
    ! It was for order {code}.
{company} hired {n} people in {city} and let {n2} go in {city2}.
  n number: people hired
    ? how many people [were hired|did {company} hire]
    ? how many new people are there
    ! {company} hired {n} people.
    ~ were {x} people hired
  n2 number: people let go
    ? how many [people were let go|had to leave]
    ! {company} let {n2} go.
  city text: place of the new jobs
    ? where [were people hired|did {company} hire]
    ! {company} hired people in {city}.
"""
