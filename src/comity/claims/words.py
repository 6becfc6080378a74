"""How claims are called on the desk's pages, by their codes."""

from collections.abc import Mapping

COURT: Mapping[str, str] = {
    "unsorted": "Process: nobody has said yet",
    "none": "No process",
    "with-counsel": "Process: papers to be passed on",
    "instructed": "Process: with that person’s counsel",
    "ended": "Process: ended",
}
PRESSURE: Mapping[str, str] = {
    "unsorted": "Pressure: nobody has said yet",
    "none": "No pressure",
    "registered": "Pressure: to be turned to the door",
    "answered": "Pressure: turned to the lawful door",
    "ended": "Pressure: ended",
}
TONES: Mapping[str, tuple[str, str]] = {  # of a state: its tone and its glyph
    "unsorted": ("soon", "unknown"),
    "none": ("still", "undone"),
    "with-counsel": ("soon", "c2"),
    "registered": ("soon", "c2"),
    "instructed": ("good", "c4"),
    "answered": ("good", "c4"),
    "ended": ("still", "c4"),
}
ASKS: Mapping[str, tuple[str, str]] = {
    "court": (
        "Is there process against a person of ours?",
        "A summons, a warrant, a charge, a witness order, a fine that names a person: it goes to that person’s own "
        "lawyer before the day in it, and nobody refuses it.",
    ),
    "pressure": (
        "Is harm held out so that we do something?",
        "Arrest, dismissal, a visit to the family, or worse, for what the company does or leaves: it is turned to the "
        "lawful way, and the register keeps it.",
    ),
}
ANSWERS: Mapping[str, str] = {"yes": "Yes", "no": "No", "unsure": "It can’t be told"}
FEATURES: Mapping[str, str] = {
    "harm": "Harm",
    "person": "A person",
    "call": "A call to appear",
    "court": "A court or an office of one",
    "number": "A file number",
    "called-on": "A day to appear",
    "date": "A day",
    "basis": "What it rests on",
    "remedy": "A remedy",
    "condition": "A condition on what we do",
    "private": "Private details of somebody",
}
DOORS: Mapping[str, str] = {
    "email": "by mail",
    "fax": "by fax",
    "post": "by post",
    "phone": "by telephone",
    "hand": "by hand",
}
AGAINST: Mapping[str, str] = {"": "Not said", "officer": "An officer", "employee": "An employee", "family": "Family"}
SENT: Mapping[str, str] = {
    "papers": "Papers to that person’s own counsel",
    "word": "Word to the person",
    "letter": "Letter that turns to the lawful door",
}
FILTERS: Mapping[str, str] = {
    "unsorted": "To be sorted",
    "court": "Process",
    "pressure": "Pressure",
    "open": "Something to do",
    "done": "Nothing to do",
}
TO: Mapping[str, str] = {
    "own-file": "Counsel’s own file",
    "person": "The person",
    "their-counsel": "That person’s counsel",
    "head": "The head",
    "outside-counsel": "Outside counsel",
}
KINDS: Mapping[str, str] = {
    "memo": "Memo",
    "advice": "Advice",
    "letter": "Letter",
    "call": "Note of a call",
    "draft": "Draft",
}
BASES: Mapping[str, str] = {
    "legal-advice": "Legal advice",
    "proceedings": "For proceedings",
    "joint-defence": "Joint defence",
}
