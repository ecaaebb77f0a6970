"""The words that demo data is made of: enough of them that lists look like somebody's real work.

What full-text search finds in the documents: `budget` is common (one in ten), `lighthouse` is seldom
(one in a hundred), `quokka` is rare (one in a thousand), `zeppelin` is absent.
"""

from __future__ import annotations

FIRST_NAMES = """
Ada|Agnes|Aisha|Akira|Alice|Amara|Amir|Ana|Anders|Andrea|Anika|Anna|Antoine|Aoife|Arjun|Astrid|Beatriz|Ben|Bianca
Bruno|Camille|Carlos|Carmen|Chiara|Chloe|Clara|Daniel|Daria|David|Diego|Dimitri|Elena|Elif|Emil|Emma|Enzo|Erik
Esther|Eva|Fatima|Felix|Fiona|Florian|Freya|Gabriel|Giulia|Grace|Greta|Hana|Hannah|Hassan|Helena|Henrik|Hugo|Ida
Ines|Ingrid|Irene|Isabel|Ivan|Jack|Jana|Jasmin|Joan|Jonas|Jorge|Jose|Julia|Kai|Karim|Katarina|Kenji|Lars|Laura|Layla
Lea|Leo|Lena|Liam|Lina|Louise|Lucas|Lucia|Magnus|Maja|Marco|Maria|Marta|Mateo|Maya|Mei|Mia|Mila|Milan|Mina|Mohammed
Nadia|Naomi|Nina|Noah|Nora|Oliver|Olga|Omar|Oskar|Pablo|Paula|Petra|Priya|Rafael|Ravi|Rosa|Ruth|Samir|Sara|Selma
Simon|Sofia|Stefan|Sven|Tara|Tariq|Theo|Tomas|Ursula|Vera|Victor|Wei|Yara|Yusuf|Zoe
"""

LAST_NAMES = """
Abbott|Adeyemi|Ahmed|Almeida|Andersen|Bakker|Barbosa|Bauer|Becker|Berg|Bianchi|Blanc|Bergman|Brandt|Brown|Byrne
Carter|Castro|Chen|Clarke|Conti|Costa|Cruz|Dahl|Das|Davies|Delgado|Demir|Diaz|Dubois|Eriksen|Evans|Farouk|Fernandez
Ferrari|Fischer|Fontaine|Fraser|Garcia|Girard|Gomez|Gonzalez|Green|Gruber|Gupta|Haddad|Hansen|Harris|Hassan
Hernandez|Hoffmann|Horvat|Hughes|Ibrahim|Ivanova|Jansen|Jensen|Johansson|Jones|Kaya|Keller|Khan|Kim|Klein|Kovacs
Kowalski|Kumar|Lambert|Larsen|Laurent|Lee|Lehmann|Lewis|Li|Lindgren|Lopez|Lund|Maier|Marino|Martin|Martinez|Mendes
Meyer|Mitchell|Moreau|Moretti|Morgan|Moser|Murphy|Nakamura|Navarro|Nguyen|Nielsen|Novak|Okafor|Olsen|Ortiz|Owen|Park
Patel|Pereira|Perez|Petrov|Popescu|Price|Ramos|Reyes|Ricci|Rivera|Roberts|Rossi|Roux|Ruiz|Russo|Saito|Santos|Sato
Schmidt|Schneider|Schulz|Sharma|Silva|Singh|Smith|Sokolov|Sorensen|Stein|Suzuki|Tanaka|Taylor|Torres|Turner|Vargas
Vasquez|Virtanen|Vogel|Wagner|Walker|Wang|Weber|White|Wilson|Wolf|Wright|Yamamoto|Yilmaz|Young|Zhang|Zimmermann
"""

CITIES = """
Amsterdam|Antwerp|Athens|Auckland|Barcelona|Basel|Belfast|Bergen|Berlin|Bogotá|Bologna|Bordeaux|Boston|Bremen
Brisbane|Bristol|Brussels|Bucharest|Budapest|Buenos Aires|Cape Town|Cardiff|Chicago|Cologne|Copenhagen|Córdoba|Dakar
Dresden|Dublin|Edinburgh|Florence|Geneva|Genoa|Ghent|Glasgow|Gothenburg|Granada|Graz|Hamburg|Hanoi|Helsinki|Istanbul
Kraków|Kyoto|Lagos|Leeds|Leipzig|Lille|Lima|Lisbon|Ljubljana|London|Lyon|Madrid|Málaga|Malmö|Manchester|Marrakesh
Marseille|Melbourne|Mexico City|Milan|Montreal|Mumbai|Munich|Nairobi|Nantes|Naples|New York|Nice|Oporto|Osaka|Oslo
Ottawa|Palermo|Paris|Perth|Portland|Prague|Quito|Reykjavík|Riga|Rome|Rotterdam|Salzburg|San Francisco|Santiago
São Paulo|Seattle|Seoul|Seville|Sofia|Stockholm|Strasbourg|Sydney|Tallinn|Tokyo|Toronto|Toulouse|Trieste|Turin
Utrecht|Valencia|Vancouver|Venice|Vienna|Vilnius|Warsaw|Wellington|Zagreb|Zürich
"""

COUNTRIES = """
Argentina|Australia|Austria|Belgium|Brazil|Canada|Chile|China|Colombia|Denmark|Egypt|Finland|France|Germany|Ghana
Greece|India|Ireland|Italy|Japan|Kenya|Mexico|Morocco|Netherlands|New Zealand|Nigeria|Norway|Poland|Portugal
South Africa|Spain|Sweden|Switzerland|Turkey|United Kingdom|United States
"""

ADJECTIVES = """
Amber|Ancient|Borrowed|Broken|Burning|Crooked|Distant|Empty|Endless|First|Forgotten|Fragile|Frozen|Gentle|Golden
Green|Hidden|Hollow|Invisible|Last|Little|Lonely|Long|Lost|Missing|Narrow|Northern|Old|Painted|Pale|Patient|Quiet
Red|Restless|Scattered|Second|Secret|Silent|Silver|Slow|Small|Southern|Stolen|Tangled|Unfinished|Untold|Vanishing
Wandering|White|Wild
"""

NOUNS = """
Archive|Autumn|Bakery|Beekeeper|Bell|Border|Bridge|Cartographer|Cathedral|Clock|Coast|Daughter|Desert|Dream|Ferry
Fire|Forest|Fox|Garden|Glass|Gull|Harbour|Harvest|Heart|Heron|Hill|House|Inheritance|Island|Journey|Kitchen
Labyrinth|Lake|Lamp|Letter|Library|Machine|Map|Market|Memory|Mirror|Monsoon|Moon|Mountain|Museum|Night|Notebook
Ocean|Orchard|Orchestra|Painter|Paper|Pilot|Promise|Rain|River|Road|Room|Salt|Sea|Secret|Shadow|Shore|Silence|Sister
Sky|Snow|Song|Sparrow|Station|Stone|Storm|Stranger|Summer|Sun|Thief|Tide|Tower|Train|Translator|Valley|Village
Violin|Voyage|Watchmaker|Water|Well|Wind|Window|Winter|Wolf|Year
"""

REVIEW_SENTENCES = """
I read it in two sittings.|The middle drags, the end makes up for it.|A book to give away and then miss.
The characters stayed with me for weeks.|I wanted to like it more than I did.|Every sentence is earned.
Not what the cover promises.|The translation reads as if it were no translation.|Too long by a hundred pages.
My book club argued about it all evening.|I laughed out loud on the train.|The plot falls apart if you look closely.
Wonderful on grief, weak on everything else.|I would read anything by this author.|It took me three attempts.
The first chapter alone is worth the price.|Better than the film.|I gave up halfway.|Quiet, strange and very good.
The maps at the front are lovely.|Nothing happens, beautifully.|I have already ordered the next one.
"""

DOCUMENT_KINDS = """
Minutes of the meeting|Plan|Report|Review|Proposal|Notes|Guide|Checklist|Summary|Agreement|Letter|Handbook|Survey
Inventory
"""

TOPICS = """
harbour lights|winter timetable|school kitchen|library roof|bicycle lanes|night bus|water meters|market hall
archive move|new website|museum ticket desk|staff training|energy saving|street trees|summer festival|swimming pool
old town bridge|fire safety|waste collection|village shop|ferry landing|health centre|youth orchestra|flood defence
public benches|language courses|sports ground|repair workshop|data protection|volunteer rota
"""

DOCUMENT_SENTENCES = """
We met in {city} and agreed on the next three steps.|{name} will write to the supplier before the end of the week.
The figures for the second quarter are better than expected.
Two offers were compared; the cheaper one leaves out delivery.
The committee asked for a shorter version with pictures.|Nobody objected, so the draft stands.
The contract runs for two years and renews by itself.|Visitors complained about the signs at the entrance.
{name} presented the results and answered questions.|Costs are shared equally between the partners.
The old system will be switched off in March.|We still wait for the permit from {city}.
A survey among customers showed that opening hours matter most.
Please check the attached list and report what is missing.|The work begins as soon as the weather allows it.
Training takes half a day and can be repeated at any time.|{name} has offered to look after the mailing list.
The insurance covers damage by water but not by frost.|All measurements were repeated on three different days.
The second part describes how requests are answered.|We thank the team in {city} for their patience.
Deliveries arrive on Tuesdays and Fridays before nine.|The risk is small, but it should be written down.
An earlier report came to the same conclusion.|The schedule leaves a week for corrections.
Keys are kept at the front desk.|The new forms are easier to read on a telephone.
Complaints fell by a third within one year.|Several questions about parking remain open.
{name} suggested to start with a small trial.|The archive holds photographs from the years after the war.
Payment is due thirty days after the invoice.|A translation into four languages is planned.
The roof was repaired, the gutter was not.|Members receive the minutes by post or by email.
We compared three methods and chose the simplest.
"""

SPECIAL_SENTENCES = {
    "common": "The budget was discussed at length and approved with one change.",
    "seldom": "The lighthouse needs a new lamp before the autumn storms.",
    "rare": "A quokka has been seen in the garden behind the office; please do not feed it.",
}

ITEMS = """
Desk Lamp|Floor Lamp|Office Chair|Folding Chair|Standing Desk|Bookshelf|Filing Cabinet|Coat Stand|Wall Clock
Whiteboard|Notebook|Fountain Pen|Pencil Case|Stapler|Paper Tray|Label Printer|Laser Printer|Monitor Stand|Keyboard
Mouse|Webcam|Headphones|Desk Fan|Heater|Kettle|Coffee Maker|Tea Set|Water Bottle|Lunch Box|Backpack|Laptop Sleeve
Power Strip|USB Cable|Tool Kit|First Aid Kit|Fire Blanket|Door Mat|Plant Pot|Watering Can|Picture Frame
"""

FINISHES = "Oak|Walnut|Birch|Black|White|Grey|Blue|Green|Red|Yellow|Steel|Brass|Large|Small|Classic"

KEY_LABELS = """
Backup script|Build server|Laptop|Mobile app|Monitoring|Newsletter|Nightly export|Old laptop|Payment gateway
Reporting|Staging|Test suite|Warehouse scanner|Website|Weekly import
"""

EVENT_KINDS = """
page.viewed|page.viewed|page.viewed|page.viewed|page.viewed|search.done|search.done|cart.changed|cart.changed
order.placed|order.paid|order.shipped|invoice.sent|invoice.paid|user.logged_in|user.logged_in|user.logged_out
password.changed|document.saved|document.saved|import.finished|mail.sent|mail.bounced|stock.low
"""


def listed(text: str) -> list[str]:
    """The entries of a list above: one between two bars or line ends."""
    return [entry for line in text.strip().splitlines() for entry in line.split("|")]


TAGS = "finance|press|planning|to check|travel|internal|signed|for print|legal|urgent"

LISTS = {
    "first_names": listed(FIRST_NAMES),
    "last_names": listed(LAST_NAMES),
    "cities": listed(CITIES),
    "countries": listed(COUNTRIES),
    "adjectives": listed(ADJECTIVES),
    "nouns": listed(NOUNS),
    "review_sentences": listed(REVIEW_SENTENCES),
    "document_kinds": listed(DOCUMENT_KINDS),
    "topics": listed(TOPICS),
    "tags": listed(TAGS),
    "document_sentences": listed(DOCUMENT_SENTENCES),
    "items": listed(ITEMS),
    "finishes": listed(FINISHES),
    "key_labels": listed(KEY_LABELS),
    "event_kinds": listed(EVENT_KINDS),
}
