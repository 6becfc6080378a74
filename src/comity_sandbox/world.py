"""The small world that is there at the first start: who lives in it, where they talk, what they said."""

import secrets
from datetime import UTC, datetime, timedelta

from comity_sandbox import acts
from comity_sandbox.pictures import png
from comity_sandbox.store import Store

# id, name, country, whether there is an inbox that reaches them
AUTHORS = [
    ("anna", "Anna Brandt", "DE", True),
    ("luc", "Luc Morel", "FR", True),
    ("maarten", "Maarten Claes", "BE", True),
    ("kadri", "Kadri Tamm", "EE", True),
    ("reto", "Reto Keller", "CH", True),
    ("joana", "Joana Prado", "BR", True),
    ("elodie", "Élodie Faure", "FR", True),
    ("tomasz", "Tomasz Zielik", "PL", False),
    ("wanderer", "Wanderer", None, True),
    ("mirela", "Mirela Dorn", "XV", True),
    ("ilko", "Ilko Vasar", "XV", True),
]

# ref, name, what it is about, audience
CHANNELS = [
    ("/c/town-square", "Town square", "Whatever is on your mind.", "public"),
    ("/c/harbour", "Harbour", "Boats, tides, weather.", "public"),
    ("/c/kitchen", "Kitchen table", "What are you cooking tonight?", "public"),
    ("/c/night-trains", "Night trains", "Timetables, bunks, and where to wake up.", "public"),
    ("/c/sunday-football", "Sunday football", "Who plays, who brings the ball.", "public"),
    ("/c/bike-repair", "Bike repair", "Ask, and somebody has the spanner.", "open-group"),
    ("/c/choir", "Tuesday choir", "Scores and rehearsals, for members.", "closed-group"),
    ("/p/holiday", "Holiday plans", "Between Anna, Luc and Kadri.", "private"),
]

MEMBERS = {
    "/c/choir": ["anna", "reto", "elodie"],
    "/p/holiday": ["anna", "luc", "kadri"],
}

# channel, author, hours ago, text, picture's word
MESSAGES: list[tuple[str, str, float, str, str | None]] = [
    ("/c/town-square", "maarten", 71, "The library is open late this week. They finally fixed the heating.", None),
    ("/c/town-square", "joana", 66, "Good morning from Recife. It is already too warm for coffee.", None),
    ("/c/town-square", "anna", 30, "Has anyone seen a grey cat near the canal? He answers to Pixel.", "grey cat"),
    ("/c/town-square", "kadri", 29, "There is one asleep on our boat, but ours is ginger.", None),
    ("/c/harbour", "kadri", 50, "Ice at the edges this morning. We moved the small boats inside.", "harbour"),
    ("/c/harbour", "luc", 44, "High water at 18:40. The ramp will be wet, mind your step.", None),
    ("/c/harbour", "wanderer", 20, "Passing through on Saturday. Is there a berth for one night?", None),
    ("/c/kitchen", "elodie", 40, "Leek soup, the way my aunt made it: butter first, and no hurry.", None),
    ("/c/kitchen", "reto", 39, "Fondue again. I regret nothing.", None),
    ("/c/kitchen", "tomasz", 12, "Does anyone have a sourdough starter to spare?", None),
    (
        "/c/night-trains",
        "reto",
        60,
        "The 21:58 has new sleeping cars. Quieter, and the lamps can be dimmed.",
        "night train",
    ),
    ("/c/night-trains", "anna", 58, "Booked. I wake up by the sea, if it is on time.", None),
    ("/c/sunday-football", "luc", 25, "Ten o'clock on the lower pitch. We are nine, so bring a friend.", None),
    ("/c/sunday-football", "maarten", 22, "I can keep goal if nobody shoots hard.", None),
    ("/c/bike-repair", "joana", 18, "Which chain fits an old six-speed? The shop has three and no opinion.", None),
    ("/c/bike-repair", "reto", 17, "The widest of the three. Count the links of the old one first.", None),
    (
        "/c/bike-repair",
        "ilko",
        15,
        "In Velt we oil it with what is left over from the salad. It works until autumn.",
        None,
    ),
    ("/c/choir", "elodie", 35, "Bar 42 again on Tuesday, please. Basses, we love you, but slower.", None),
    ("/p/holiday", "anna", 33, "So: lake or sea?", None),
    ("/p/holiday", "luc", 32, "Sea. I will bring the bad tent.", None),
    ("/p/holiday", "kadri", 31, "Then I will bring the good one.", None),
]

# ref, hours ago, the new text
EDITS = [
    ("/c/harbour/2", 43.5, "High water at 18:55, not 18:40. The ramp will be wet, mind your step."),
    ("/c/sunday-football/1", 24, "Half past ten on the lower pitch. We are nine, so bring a friend."),
]


def _ago(hours: float) -> str:
    return (datetime.now(UTC) - timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _places(store: Store) -> None:
    with store.transaction() as db:
        rows = [(*who, secrets.token_urlsafe(12)) for who in AUTHORS]
        db.executemany("INSERT INTO authors VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", rows)
        places = [(*channel, place) for place, channel in enumerate(CHANNELS)]
        db.executemany("INSERT INTO channels VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", places)
        joined = [(channel, who) for channel, people in MEMBERS.items() for who in people]
        db.executemany("INSERT INTO members VALUES (?, ?) ON CONFLICT DO NOTHING", joined)


def _talk(store: Store) -> None:
    for i, (channel, who, hours, text, word) in enumerate(MESSAGES):
        picture = png(word) if word else None
        acts.post(store, acts.Draft(channel, who, text, picture, at=_ago(hours), once=f"seed:{i}"))
    for ref, hours, text in EDITS:
        acts.edit(store, ref, text, at=_ago(hours))
    acts.remove(store, "/c/town-square/4")


def seed(store: Store) -> None:
    """Fill an empty platform, whole or not at all. To a filled one only people are added who weren't invented yet when
    it was; nobody says anything there."""
    with store.transaction() as db:
        empty = db.execute("SELECT 1 FROM authors LIMIT 1").fetchone() is None
        _places(store)
        if empty:
            _talk(store)
