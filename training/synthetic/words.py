"""The pools of words that values are made of: people, places, things, topics. Nothing is drawn here."""

from __future__ import annotations


def pool(text: str) -> tuple[str, ...]:
    """Words apart by white space; "~" stands for a space inside one."""
    return tuple(word.replace("~", " ") for word in text.split())


FIRST_NAMES = pool(
    """
Ada Amara Anders Anika Anton Aoife Arjun Astrid Bao Beatriz Benedikt Bilal Birgit Bruno Callum Camila Carlos Cedric
Chidi Chloe Clara Dario Deepa Diego Dmitri Edith Ekene Elena Elias Emeka Emil Esra Esther Fatima Felix Fiona Franka
Freya Gabriel Georgia Giulia Greta Gustav Hana Hassan Heidi Henrik Hugo Ibrahim Ines Ingrid Isaac Ivana Jae Jana
Jasper Joanna Jonas Jorge Juno Kaito Karim Katya Keiko Kofi Lars Leila Lena Liam Linnea Lucia Luka Mads Magda Malik
Marek Margot Maria Mateo Maya Mei Mikhail Mira Moritz Nadia Naomi Nia Nikolai Nils Noor Nora Olga Oliver Omar Oscar
Paloma Pavel Petra Philippa Priya Quentin Rafael Rania Ravi Rosa Rowan Ruben Sabine Saira Samuel Sanna Selma Sofia
Stefan Suki Sven Tamsin Tariq Tessa Theo Tobias Tomas Uma Ursula Valentina Vera Victor Viola Wanda Wei Willem Xenia
Yara Yusuf Zainab Zoe Zoltan
"""
)
LAST_NAMES = pool(
    """
Abbott Achterberg Adeyemi Albrecht Andersson Aoki Baker Barnes Becker Bellini Berg Bianchi Blake Bowen Brandt
Brennan Carver Castillo Chaudhry Chen Clarke Cohen Costa Dahl Dalton Delgado Dietrich Doyle Drummond Dubois Eastwood
Ekström Ellis Engel Farrow Fernandes Fischer Fleming Fontaine Fraser Fujita Gallagher Garnier Gibson Goldberg Grant
Greene Gupta Haas Hadley Hansen Hartley Hayes Hoffmann Holm Horvat Hughes Ivanov Jansen Jensen Joshi Kaplan Kaur
Keller Khan Kim Kowalski Krause Kruger Larsen Laurent Lindqvist Lopez Lund Maddox Mahmoud Marino Marsh Mbeki Meyer
Mills Moreau Moretti Nakamura Ndiaye Nguyen Nielsen Novak Nowak O'Brien Oduya Okafor Olsen Osei Owens Park Patel
Pereira Petrov Pratt Quinn Ramos Rashid Reyes Richter Rivera Romano Rossi Russo Sandoval Santos Sato Schmidt
Schuster Shah Silva Singh Sorensen Stein Suzuki Tanaka Taylor Thorne Torres Ueda Vance Varga Vidal Vogel Wagner
Walsh Watanabe Weber Whitfield Wong Yamamoto Yilmaz Young Zhang Zimmermann
"""
)
CITIES = pool(
    """
Aarhus Accra Adelaide Amsterdam Antwerp Athens Auckland Bangkok Barcelona Basel Beirut Bergen Berlin Bogota Bordeaux
Boston Bremen Brisbane Bristol Brussels Bucharest Budapest Busan Cairo Calgary Canberra Cardiff Chennai Chicago
Copenhagen Cork Dakar Dallas Delhi Denver Doha Dresden Dubai Dublin Durban Edinburgh Eindhoven Florence Frankfurt
Geneva Genoa Ghent Glasgow Gothenburg Graz Hamburg Hanoi Havana Helsinki Houston Istanbul Jakarta Johannesburg
Karachi Kigali Krakow Kyiv Lagos Lausanne Leeds Leipzig Lima Lisbon Ljubljana London Lyon Madrid Malmö Manchester
Manila Marseille Melbourne Milan Montreal Mumbai Munich Nairobi Nantes Naples Nice Oporto Osaka Oslo Ottawa Oxford
Palermo Paris Perth Porto Prague Quito Reykjavik Riga Rome Rotterdam Salzburg Santiago Seattle Seoul Seville
Singapore Sofia Stockholm Sydney Tallinn Tampere Tirana Tokyo Toronto Toulouse Trieste Tunis Turin Utrecht Valencia
Vancouver Venice Vienna Vilnius Warsaw Wellington York Zagreb Zurich
"""
)
TIME_ZONES = pool(
    """
UTC Europe/London Europe/Paris Europe/Berlin Europe/Madrid Europe/Rome Europe/Lisbon Europe/Athens Europe/Oslo
Europe/Warsaw Europe/Vienna Europe/Prague Europe/Dublin Europe/Helsinki Europe/Istanbul Europe/Kyiv Europe/Zurich
Europe/Brussels America/New_York America/Chicago America/Denver America/Los_Angeles America/Toronto
America/Vancouver America/Mexico_City America/Bogota America/Lima America/Santiago America/Sao_Paulo America/Halifax
America/Phoenix America/Anchorage America/Caracas Asia/Tokyo Asia/Seoul Asia/Shanghai Asia/Hong_Kong Asia/Singapore
Asia/Bangkok Asia/Jakarta Asia/Manila Asia/Kolkata Asia/Karachi Asia/Dubai Asia/Tehran Asia/Kathmandu Asia/Dhaka
Asia/Riyadh Asia/Taipei Australia/Sydney Australia/Perth Australia/Brisbane Australia/Adelaide Africa/Cairo
Africa/Lagos Africa/Nairobi Africa/Johannesburg Africa/Accra Africa/Casablanca Pacific/Auckland Pacific/Honolulu
Pacific/Fiji Atlantic/Reykjavik Atlantic/Azores Indian/Maldives
"""
)
NOUNS = pool(
    """
account address agenda album alarm archive article asset audit backup badge balance basket battery bicycle bill boat
boiler bonus book branch brief bridge broadcast brochure budget building bus cabin cable calendar camera campaign
candle card cargo carpet case catalogue cellar chapter charger chart checklist chimney circuit claim clinic clock
coach coat code coffee column comment committee contract copy cost course crate credit curtain customer dataset
deadline debt delivery deposit desk device diary diet dinner discount document donation draft drawing driver drone
engine entrance envelope equipment error essay estimate event exam expense factory fee fence ferry festival filter
fine flight flour forecast form fridge fuel furniture gallery garage garden gate gift glass grant greenhouse group
guest guide hammer harvest heater helmet hotel house inbox index insurance interview inventory invoice item jacket
jar journal journey kettle keyboard kitchen label ladder lamp laptop lease leaflet lecture lesson letter library
licence list loan lock log luggage lunch machine magazine mail manual map market mattress meal medicine meeting
member memo menu message meter minutes mirror mortgage motor museum network newsletter notebook office orchard order
outline oven package page paint panel parcel partner passport password patient payment permit phone photo piano
picnic pipe plan plant playlist policy pool poster price printer profile profit project proposal pump purchase
quarter quote radio rain receipt recipe record refund rehearsal release rent repair report reservation review roof
room roster route sale salary sample schedule school sensor server session shelf shift shipment shirt shop sink
sketch sofa song spare speech staff statement station stock storage stove studio summary supplier survey switch
table tank task tax team tent term test theatre thermostat ticket timer tool tour toy trail train training transfer
trip truck tyre umbrella update vacation valve vehicle vendor venue video visit volunteer wall wallet warehouse
warranty washer website wedding weekend wheel window wine workshop yoga zone
"""
)
ADJECTIVES = pool(
    """
annual blue broken cheap clean cold daily dark digital double early eastern electric empty extra fast final first
foreign fragile free fresh front full general gentle green heavy hidden hourly important internal joint large late
latest light local long lost main major mobile modern monthly narrow new northern old open original outer plain
private public quiet rapid rare raw recent red remote rough second secret shared sharp short silver simple slow
small soft solid southern spare special spring standard strong summer temporary thin third tiny upper urgent used
warm weekly western white wide winter wooden yearly yellow young
"""
)
ITEMS = pool(
    """
apples bananas bread butter candles carrots cheese chocolate coffee cookies copper~wire cups eggs envelopes flour
folders garlic glue honey ink lamps lemons light~bulbs milk mushrooms nails notebooks oats olive~oil onions oranges
paint paper pasta pencils pepper pliers potatoes printer~paper rice rope salt sandpaper scissors screws soap spinach
stamps staples sugar tape tea tiles tomatoes towels vinegar walnuts yeast yoghurt batteries cables cement gravel
gloves
"""
)
VERBS = pool(
    """
approve archive book bring call cancel change check clean collect confirm deliver email finish fix install mail
measure move order organise pack paint pay photograph pick~up plan prepare print read rename renew repair replace
reply~to return review scan sell send share sign sort store test translate update upload visit wash water weigh wrap
"""
)
WEEKDAYS = pool(
    """
Monday Tuesday Wednesday Thursday Friday Saturday Sunday
"""
)
MONTHS = pool(
    """
January February March April May June July August September October November December
"""
)
COLOURS = pool(
    """
red blue green yellow black white grey purple orange brown pink teal silver gold navy olive maroon
"""
)
COMPANY_ENDINGS = pool(
    """
Ltd GmbH Inc. &~Sons Group Partners Works Foods Logistics Studio Labs AB BV
"""
)
SYLLABLES = pool(
    """
ba be bi bo bra cal cor da del dor el en fa fen gal gor ha hel in jo ka kel la lin lo ma mer mi na nor o pa per qui
ra rin ro sa sol ta ter ti tor ul va vel vi wen xa yo za zen
"""
)
STREETS = pool(
    """
Street Road Lane Avenue Close Square Way Terrace Drive Crescent
"""
)
JOBS = pool(
    """
accountant architect baker biologist builder carpenter chef chemist dentist designer doctor driver editor
electrician engineer farmer florist gardener geologist historian journalist lawyer librarian mechanic midwife
musician nurse painter pharmacist photographer physicist pilot plumber programmer receptionist sailor sculptor
surveyor tailor teacher technician translator vet welder writer
"""
)
EXTENSIONS = pool(
    """
txt txt txt txt txt txt md md md csv csv json log log html xml yaml yml ini cfg toml tsv rst py sql eml ics tex rtf
conf dat text
"""
)
DATABASE_EXTENSIONS = pool(
    """
db db db sqlite sqlite sqlite3 db3
"""
)
DOMAINS = pool(
    """
com com com org org net io dev info eu co.uk de fr se app example test
"""
)
# Cities that the time-zone tables know by name, and zones people call by a short name or a country's.
ZONE_CITIES = pool(
    """
Lima Tokyo London Paris Berlin Madrid Rome Lisbon Athens Oslo Vienna Prague Dublin Helsinki Istanbul Kyiv Zurich
Brussels Chicago Denver New~York Los~Angeles Toronto Vancouver Mexico~City Bogota Santiago Sao~Paulo Buenos~Aires
Caracas Havana Panama Montevideo Halifax Anchorage Phoenix Seoul Shanghai Hong~Kong Singapore Bangkok Jakarta Manila
Kolkata Karachi Dubai Tehran Kathmandu Dhaka Riyadh Taipei Baghdad Beirut Jerusalem Colombo Ho~Chi~Minh Ulaanbaatar
Tashkent Yerevan Tbilisi Baku Almaty Sydney Melbourne Perth Brisbane Adelaide Hobart Auckland Honolulu Fiji Tahiti
Cairo Lagos Nairobi Johannesburg Accra Casablanca Tunis Algiers Kampala Kinshasa Luanda Harare Maputo Windhoek
Reykjavik Azores Canary Madeira Bermuda Maldives Mauritius Warsaw Budapest Stockholm Copenhagen Amsterdam Belgrade
Sofia Vilnius Riga Tallinn Minsk Moscow Samara Bucharest Zagreb Sarajevo Skopje Malta Monaco Andorra Luxembourg
"""
)
ZONE_NAMES = pool(
    """
UTC UTC GMT GMT CET EST MST EET WET Japan Portugal Cuba Egypt Iran Israel Jamaica Libya Poland Singapore Turkey
US/Eastern US/Pacific US/Central US/Mountain US/Hawaii Canada/Pacific Etc/GMT+5 Asia/Tokyo Europe/Berlin
"""
)
