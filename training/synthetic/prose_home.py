"""Sentences about homes, journeys, meals, clubs and weather, each with what it tells, the questions and the answer;
read by prose.py."""

from __future__ import annotations

TABLE = """
Bus {n} leaves {street} at {clock} and reaches {city} at {clock2}.
  n number: number of the bus
    ? which bus [goes to {city}|do I take|is it]
    ? what is the number of the bus
    ! It is bus {n}.
    ~ is it bus {x}
  clock text: departure of the bus
    ? when does the bus [leave|go|depart]
    ? at what time do I have to be at the stop
    ! The bus leaves at {clock}.
    ~ does the bus leave at {x}
  clock2 text: arrival of the bus
    ? when does the bus [arrive|reach {city}|get to {city}]
    ? at what time am I in {city}
    ! The bus reaches {city} at {clock2}.
    ~ does it arrive at {x}
  street text: bus stop
    ? where does the bus leave
    ? from which stop does the bus go
    ! The bus leaves {street}.
Flight {code} to {city} departs from gate {n} at {clock}.
  code text: flight number
    ? what is the flight number
    ? which flight goes to {city}
    ! The flight is {code}.
    ~ is the flight number {x}
  city text: destination of the flight
    ? where does [the flight|it] go
    ? where are we flying
    ! The flight goes to {city}.
    ~ does the flight go to {x}
  n number: gate
    ? [which|what] gate [is it|do I go to|does it leave from]
    ! The gate is {n}.
    ~ is it gate {x}
  clock text: departure of the flight
    ? when does [the flight|it] [leave|depart|go]
    ? what is the departure time
    ! The flight departs at {clock}.
The flat has {n} rooms, {n2} square metres and costs {money} a month.
  n number: rooms of the flat
    ? how many rooms [has the flat|does the flat have|are there]
    ! The flat has {n} rooms.
    ~ does it have {x} rooms
  n2 number: size of the flat
    ? how [big|large] is the flat
    ? how many square metres [is it|has it]
    ! The flat has {n2} square metres.
  money money: rent of the flat
    ? [what|how much] [is the rent|does the flat cost|is the flat]
    ? what do I pay a month
    ! The flat costs {money} a month.
    ~ does the flat cost {x}
Bake the {items} for {n} minutes at {n2} degrees.
  n number: baking time in minutes
    ? how long [do the {items} bake|must it bake|does it take]
    ? for how many minutes
    ! Bake it for {n} minutes.
    ~ does it bake for {x} minutes
  n2 number: temperature of the oven
    ? how hot [must the oven be|is the oven]
    ? at [what|which] temperature
    ! Bake it at {n2} degrees.
    ~ is it {x} degrees
  items text: what is baked
    ? what is baked
    ? what goes into the oven
    ! The {items} are baked.
It will be {n} degrees in {city} and {n2} in {city2} on {weekday}.
  n number: temperature in {city}
    ? how [warm|hot|cold] will it be in {city}
    ? what temperature is expected in {city}
    ! It will be {n} degrees in {city}.
    ~ will it be {x} degrees in {city}
  n2 number: temperature in {city2}
    ? how [warm|hot|cold] will it be in {city2}
    ? what temperature is expected in {city2}
    ! It will be {n2} degrees in {city2}.
The {noun} club meets every {weekday} at {street}; the fee is {money} a year.
  weekday text: day of the club
    ? [when|on which day] does the [{noun}|] club meet
    ? [what|which] day is the club
    ! The club meets every {weekday}.
    ~ does the club meet on {x}
  street text: place of the club
    ? where does the club meet
    ? what is the address of the club
    ! The club meets at {street}.
  money money: fee of the club
    ? how much is the [fee|club]
    ? what does the club cost
    ! The fee is {money} a year.
    ~ is the fee {x}
The key is with {name} in flat {n}; the bin goes out on {weekday}.
  name text: holder of the key
    ? who has the key
    ? where is the key
    ! The key is with {name}.
    ~ does {x} have the key
  n number: flat with the key
    ? in which flat is the key
    ? what is the number of the flat
    ! It is flat {n}.
  weekday text: day of the bin
    ? when does the bin go out
    ? on which day is the bin emptied
    ! The bin goes out on {weekday}.
    ~ does the bin go out on {x}
We stay at {company} in {city} from {date} to {date2}, booking {code}.
  company text: hotel
    ? where do we stay
    ? what is the name of the hotel
    ! We stay at {company}.
    ~ do we stay at {x}
  city text: city of the stay
    ? in which city do we stay
    ? where is the hotel
    ! It is in {city}.
  date date: arrival
    ? when do we arrive
    ? from when do we stay there
    ! We stay from {date}.
    ~ do we arrive on {x}
  date2 date: departure
    ? when do we leave
    ? until when do we stay
    ! We stay to {date2}.
  code text: booking number
    ? what is the booking [number|code]
    ? under which number is it booked
    ! The booking is {code}.
Doors open at {clock}, the show starts at {clock2}, tickets cost {money}.
  clock text: time the doors open
    ? when do the doors open
    ? from when can we go in
    ! The doors open at {clock}.
  clock2 text: start of the show
    ? when does the show [start|begin]
    ? what time is the show
    ! The show starts at {clock2}.
    ~ does the show start at {x}
  money money: price of a ticket
    ? [what|how much] [is a ticket|are tickets|do tickets cost]
    ? what is the price of a ticket
    ! The tickets cost {money}.
    ~ do tickets cost {x}
The {colour} {noun} in {city} was built in {year} and has {n} floors.
  year text: year the {noun} was built
    ? when was the {noun} built
    ? how old is the {noun}
    ? from which year is the {noun}
    ! The {noun} was built in {year}.
    ~ was it built in {x}
  n number: floors of the {noun}
    ? how many floors [has|does] the {noun} [have|]
    ? how high is the {noun}
    ! The {noun} has {n} floors.
  city text: place of the {noun}
    ? where is the {colour} {noun}
    ? in which city is the {noun}
    ! The {noun} is in {city}.
    ~ is it in {x}
Take {n} drops of the medicine every {n2} hours for a week.
  n number: number of drops
    ? how many drops [do I take|must I take|]
    ? what is the dose
    ! Take {n} drops.
    ~ do I take {x} drops
  n2 number: hours between two doses
    ? how often [do I take it|must I take it]
    ? after how many hours
    ! Take it every {n2} hours.
The lesson moved from {weekday} to {weekday2}, {clock}, because {name} is ill.
  weekday2 text: new day of the lesson
    ? when is the lesson now
    ? to which day was the lesson moved
    ! The lesson moved to {weekday2}.
    ~ is the lesson on {x}
  weekday text: old day of the lesson
    ? when was the lesson before
    ? on which day was the lesson first
    ! The lesson was on {weekday}.
  name text: person who is ill
    ? who is ill
    ? why was the lesson moved
    ! {name} is ill.
    ~ is {x} ill
The pool is open from {clock} to {clock2} and closed on {weekday}.
  clock text: opening of the pool
    ? when does the pool open
    ? from when is the pool open
    ! The pool opens at {clock}.
    ~ does the pool open at {x}
  clock2 text: closing of the pool
    ? when does the pool close
    ? until when is the pool open
    ! The pool closes at {clock2}.
  weekday text: day the pool is closed
    ? [when|on which day] is the pool closed
    ! The pool is closed on {weekday}.
    ~ is the pool closed on {x}
The wifi is called {word} and the password is {code}.
  word text: name of the wifi
    ? what is the wifi called
    ? which network do I [use|choose]
    ! The wifi is called {word}.
    ~ is the wifi called {x}
  code text: wifi password
    ? what is the [wifi|] password
    ? how do I get into the wifi
    ! The password is {code}.
Platform {n}: the {clock} train to {city} is {n2} minutes late.
  n number: platform of the train
    ? [which|what] platform [is it|does it leave from|do I go to]
    ! It is platform {n}.
    ~ is it platform {x}
  n2 number: delay in minutes
    ? how late is the train
    ? how many minutes [of delay|is it late|late]
    ! The train is {n2} minutes late.
  city text: destination of the train
    ? where does the train go
    ? which city is the train for
    ! The train goes to {city}.
    ~ does it go to {x}
Mix {n} g of {items} with {n2} ml of {items2}.
  n number: grams of {items}
    ? how much {items} [do I need|goes in|]
    ? how many grams [of {items}|]
    ! It needs {n} g of {items}.
  n2 number: millilitres of {items2}
    ? how much {items2} [do I need|goes in|]
    ? how many ml [of {items2}|]
    ! It needs {n2} ml of {items2}.
"""
