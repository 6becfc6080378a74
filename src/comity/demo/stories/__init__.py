"""The stories of the demo, in the order of their cards. A new one is a module here and a word below."""

from collections.abc import Mapping

from .balance import Balance
from .change_rule import ChangeRule
from .check import Check
from .claim import Claim
from .connect import Connect
from .disclosure import Disclosure
from .dispute import Dispute
from .door import Door
from .growth import Growth
from .hotline import Hotline
from .hotline_night import Asleep, Fake
from .leave import Leave
from .mail import Mail
from .matrix import Matrix
from .port import Playing, Scene, Story
from .preserve import Preserve
from .removal_order import RemovalOrder
from .representative import Representative
from .second import Second
from .telegram import Telegram

__all__ = ["CARDS", "GROUPS", "MAIL", "STORIES", "Playing", "Scene", "Story"]

GROUPS: tuple[tuple[str, tuple[Story, ...]], ...] = (
    ("Orders, as they come", (RemovalOrder(), Preserve(), Representative(), Door(), Claim())),
    ("A life in danger", (Hotline(), Asleep(), Fake())),
    ("Rules, their balance, and what grows", (ChangeRule(), Balance(), Growth())),
    ("Disputes with a State", (Dispute(), Leave())),
    ("No raid", (Check(), Second(), Disclosure())),
    ("Other platforms", (Connect(), Matrix(), Telegram())),
)
CARDS: tuple[Story, ...] = tuple(story for _, stories in GROUPS for story in stories)
MAIL = Mail()  # any other mail that is followed: it has no card
STORIES: Mapping[str, Story] = {story.id: story for story in (*CARDS, MAIL)}
