"""What platforms can't do, as sentences for whoever decides: each code of `Capabilities.limits` has one. Data."""

from collections.abc import Mapping

SAYS: Mapping[str, str] = {
    "only-through-edge": "Only viewers who come through the filter in front of the homeserver are withheld from: "
    "people on other homeservers that share the room, and notifications sent to phones, are not.",
    "received-stays": "What somebody’s app has received already stays in it.",
    "country-by-address": "The country is that of the viewer’s network address: whoever comes through a VPN is "
    "counted where the VPN ends.",
    "by-country": "It can’t withhold in one country and show it in another: what it does, it does for everybody.",
    "restore": "It can’t put back what was deleted.",
    "members-stay": "To block a room keeps others from joining it: whoever is in it reads and writes on.",
    "other-servers": "Other homeservers that share a room are asked to delete their copy of what is deleted, and may "
    "keep it.",
    "accounts": "It can’t suspend an account: it silences a member in one chat.",
    "history": "It can’t look up what its bot was not told of, nor what was written before it came.",
    "edits-of-others": "It can’t change what somebody else wrote.",
    "deletions-of-others": "It is not told of what others delete, and finds out by asking.",
    "encrypted-unread": "In an encrypted room neither we nor the platform can read what is withheld.",
}
