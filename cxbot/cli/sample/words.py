"""What the sample's teams, topics and touchpoints are called, and what its customers write, in each language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

TOPICS = ("invoices", "deliveries", "sign_in", "reports", "orders")


@dataclass(frozen=True, slots=True)
class Place:
    """A touchpoint as the register of touchpoints has it: `contact` is direct or indirect, `ours` yes or no."""

    name: str
    stage: str
    contact: str = "direct"
    ours: str = "yes"


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language.

    `locale` is what Slack calls the language. `people` are the real names of the demo's people by their short names,
    `outsider` is the customer who is not in Slack, and `company` the one that asks.
    `topics` and `about` have, in the order of `TOPICS`, the name of a topic and how a comment mentions it. `lines` are
    what customers write: `low`, `middling` and `high` ones, and `new`, what they praise since the change. Every comment
    begins with `mark`.
    """

    locale: str
    people: Mapping[str, str]
    support: str
    sales: str
    sellers: Sequence[str]
    customer: str
    outsider: str
    company: str
    colleague: str
    companies: Sequence[str]
    topics: Sequence[str]
    about: Sequence[str]
    touchpoints: Sequence[Place]
    channels: Sequence[str]
    incident: str
    campaign: str
    change: str
    mark: str
    tail: str
    lines: Mapping[str, Sequence[str]]
    hello: str
    help: str
    thanks: str
    complaint: str
    about_channels: Mapping[str, str]


WORDS: Mapping[str, Words] = {
    "en": Words(
        locale="en-US",
        people={
            "anna": "Anna Agent", "bea": "Bea", "timo": "Timo", "oona": "Oona",
            "leo": "Leo Lead", "ada": "Ada Admin", "carla": "Carla Customer",
        },
        support="Support",
        sales="Sales",
        sellers=("Sample seller Sara", "Sample seller Max"),
        customer="Sample customer %s",
        outsider="Dora (sample customer)",
        company="Sample company",
        colleague="Sample colleague %s",
        companies=("Sample Bakery", "Sample Garage", "Sample Hotel", "Sample Pharmacy", "Sample Printworks",
                   "Sample School", "Sample Shipyard", "Sample Theatre"),
        topics=("invoices", "deliveries", "sign-in", "reports", "orders"),
        about=("an invoice", "a delivery", "signing in", "a report", "an order"),
        touchpoints=(
            Place("Web site", "before"),
            Place("Comparison site", "before", "indirect", "no"),
            Place("Quote", "before"),
            Place("Order", "during"),
            Place("Carrier", "during", "indirect", "no"),
            Place("Set-up", "during"),
            Place("Help desk", "after"),
            Place("Invoice", "after"),
        ),
        channels=("e-mail", "phone"),
        incident="sample outage",
        campaign="Sample campaign",
        change="call-backs on the same day",
        mark="Sample comment:",
        tail="%s when I asked about %s",
        lines={
            "low": ("waited three days for an answer", "a long wait and no answer", "waited and had to ask again",
                    "nobody called back as promised", "still not solved", "the advice was hard to follow"),
            "middling": ("fine, but I had to explain it twice", "good help, a little slow", "solved, but it took time"),
            "high": ("quick and friendly, thank you", "solved at the first try", "the advice was clear and kind",
                     "friendly and to the point"),
            "new": ("you called back the same day", "a call the same day, solved at once"),
        },
        hello="Hello! Our export of invoices stops at page 3. Can you help?",
        help="Hi Carla, I see it: a filter was left on. It is off now.",
        thanks="It works, thank you!",
        complaint="Three days for one tick mark! But Anna was kind.",
        about_channels={
            "acme": "Sample channel shared with the sample customer Acme", "team": "The team; sample data",
            "leads": "The leads; sample data", "sales": "The sales team; sample data",
        },
    ),
    "fi": Words(
        locale="fi-FI",
        people={
            "anna": "Anna Asiakaspalvelija", "bea": "Bea", "timo": "Timo",
            "oona": "Oona", "leo": "Leo Vetäjä", "ada": "Ada Ylläpitäjä", "carla": "Carla Asiakas",
        },
        support="Tuki",
        sales="Myynti",
        sellers=("Esimerkkimyyjä Sara", "Esimerkkimyyjä Max"),
        customer="Esimerkkiasiakas %s",
        outsider="Dora (esimerkkiasiakas)",
        company="Esimerkkiyritys",
        colleague="Esimerkkikollega %s",
        companies=("Esimerkkileipomo", "Esimerkkikorjaamo", "Esimerkkihotelli", "Esimerkkiapteekki",
                   "Esimerkkipaino", "Esimerkkikoulu", "Esimerkkitelakka", "Esimerkkiteatteri"),
        topics=("laskut", "toimitukset", "kirjautuminen", "raportit", "tilaukset"),
        about=("laskusta", "toimituksesta", "kirjautumisesta", "raportista", "tilauksesta"),
        touchpoints=(
            Place("Verkkosivut", "before"),
            Place("Vertailusivusto", "before", "indirect", "no"),
            Place("Tarjous", "before"),
            Place("Tilaus", "during"),
            Place("Kuljetusliike", "during", "indirect", "no"),
            Place("Käyttöönotto", "during"),
            Place("Asiakastuki", "after"),
            Place("Lasku", "after"),
        ),
        channels=("sähköposti", "puhelin"),
        incident="esimerkkikatko",
        campaign="Esimerkkikampanja",
        change="takaisinsoitto samana päivänä",
        mark="Esimerkkikommentti:",
        tail="%s, kun kysyin %s",
        lines={
            "low": ("odotin vastausta kolme päivää", "pitkä odotus eikä vastausta", "odotin ja jouduin kysymään taas",
                    "kukaan ei soittanut takaisin", "asia ei ole vieläkään kunnossa", "ohjetta oli vaikea seurata"),
            "middling": ("ihan hyvä, mutta jouduin selittämään kahdesti", "hyvä apu, vähän hidas",
                         "ratkesi, mutta siihen meni aikaa"),
            "high": ("nopea ja ystävällinen apu, kiitos", "ratkesi heti ensimmäisellä kerralla",
                     "selkeä neuvo mukavalta ihmiseltä", "ystävällistä ja asiantuntevaa"),
            "new": ("soititte takaisin samana päivänä", "soitto samana päivänä ja asia ratkesi heti"),
        },
        hello="Hei! Laskujen vienti pysähtyy sivulle 3. Voitteko auttaa?",
        help="Hei Carla, näen syyn: suodatin oli jäänyt päälle. Nyt se on pois.",
        thanks="Toimii, kiitos!",
        complaint="Kolme päivää yhden rastin takia! Mutta Anna oli ystävällinen.",
        about_channels={
            "acme": "Esimerkkikanava, jaettu esimerkkiasiakas Acmen kanssa", "team": "Tiimi; esimerkkidataa",
            "leads": "Vetäjät; esimerkkidataa", "sales": "Myyntitiimi; esimerkkidataa",
        },
    ),
    "sv": Words(
        locale="sv-SE",
        people={
            "anna": "Anna Handläggare", "bea": "Bea", "timo": "Timo",
            "oona": "Oona", "leo": "Leo Teamledare", "ada": "Ada Administratör", "carla": "Carla Kund",
        },
        support="Support",
        sales="Sälj",
        sellers=("Exempelsäljaren Sara", "Exempelsäljaren Max"),
        customer="Exempelkund %s",
        outsider="Dora (exempelkund)",
        company="Exempelföretaget",
        colleague="Exempelkollega %s",
        companies=("Exempelbageriet", "Exempelverkstaden", "Exempelhotellet", "Exempelapoteket",
                   "Exempeltryckeriet", "Exempelskolan", "Exempelvarvet", "Exempelteatern"),
        topics=("fakturor", "leveranser", "inloggning", "rapporter", "beställningar"),
        about=("en faktura", "en leverans", "inloggningen", "en rapport", "en beställning"),
        touchpoints=(
            Place("Webbplats", "before"),
            Place("Jämförelsesajt", "before", "indirect", "no"),
            Place("Offert", "before"),
            Place("Beställning", "during"),
            Place("Transportföretag", "during", "indirect", "no"),
            Place("Uppstart", "during"),
            Place("Kundtjänst", "after"),
            Place("Faktura", "after"),
        ),
        channels=("e-post", "telefon"),
        incident="exempelavbrott",
        campaign="Exempelkampanj",
        change="återuppringning samma dag",
        mark="Exempelkommentar:",
        tail="%s när jag frågade om %s",
        lines={
            "low": ("väntade tre dagar på svar", "lång väntan och inget svar", "väntade och fick fråga igen",
                    "ingen ringde upp som ni lovade", "fortfarande inte löst", "svårt att förstå hur jag skulle göra"),
            "middling": ("helt okej, men jag fick förklara två gånger", "bra hjälp, lite långsamt",
                         "det löste sig, men det tog tid"),
            "high": ("snabbt och vänligt, tack", "löst på första försöket", "tydligt råd och trevligt bemötande",
                     "vänligt och kunnigt"),
            "new": ("ni ringde upp samma dag", "ett samtal samma dag, löst direkt"),
        },
        hello="Hej! Vår export av fakturor stannar på sidan 3. Kan ni hjälpa oss?",
        help="Hej Carla, jag ser felet: ett filter var kvar. Nu är det borta.",
        thanks="Nu fungerar det, tack!",
        complaint="Tre dagar för en enda bock! Men Anna var vänlig.",
        about_channels={
            "acme": "Exempelkanal som delas med exempelkunden Acme", "team": "Teamet; exempeldata",
            "leads": "Teamledarna; exempeldata", "sales": "Säljteamet; exempeldata",
        },
    ),
}  # fmt: skip
"""By code, for every language of the catalogue."""
