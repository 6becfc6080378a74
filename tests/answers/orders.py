"""One removal order and its finding, as the tests of answers vary it."""

from datetime import UTC, datetime

from comity.instruments.matter import House, Matter

HOUSE = House(
    name="Lantern",
    post="Lantern Messaging, 1 Example Quay, 1000 Brussels, BE",
    establishment="BE",
    authorised_person="Duty lawyer, Lantern Messaging",
    email="orders@lantern.example",
    zone="Europe/Brussels",
    base_url="https://lantern.example",
)
FACTS = {
    "instrument": "eu-tco-removal-order",
    "received_at": "2026-11-24T12:07:32Z",
    "authority": {"name": "Office for Online Safety", "verification": "signature"},
    "form": {"reference": "OOS-2026-1184", "redress_body": "Administrative Court", "redress_deadline": "30 days"},
}
HERE, GONE = "https://lantern.example/c/1", "https://lantern.example/c/2"
FINDING = {
    "outcome": "valid",
    "targets": [{"ref": HERE, "outcome": "valid", "why": ""}],
    "measures": [{"kind": "withhold", "territory": ["EU"]}],
    "checks": [],
    "duties": [{"id": "preserve", "until": None, "cite": "Regulation (EU) 2021/784, Art. 6"}],
}
SENT, SEEN = datetime(2026, 11, 24, 23, 40, tzinfo=UTC), datetime(2026, 11, 24, 12, 39, 2, tzinfo=UTC)


def matter(facts=None, finding=None):
    return Matter("C-7Q4M2HXK", "orders@oos.example", HOUSE, FACTS | (facts or {}), FINDING | (finding or {}))
