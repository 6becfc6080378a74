"""A visitor of the demo: somebody with a browser that runs no script."""

import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from django.test import Client

from comity.demo import client as played


@dataclass
class Visitor:
    """Somebody with a browser that runs no script: presses buttons, follows links, keeps count."""

    client: Client
    road: Any
    path: str = "/demo/"
    pressed: list[str] = field(default_factory=list)

    def page(self) -> str:
        """The page where they are, once what follows by itself has followed."""
        self.road.drive()
        answer = self.client.get(self.path.partition("#")[0])
        assert answer.status_code == 200, self.path
        return answer.content.decode()

    def next(self) -> None:
        """Press the one blue button of the bar, or of the demo's page."""
        page = self.page()
        button = re.search(r"<(a|button)[^>]*id=\"do-next\"[^>]*>", page)
        assert button, (self.path, self.says())
        link = re.search(r'href="([^"]*)"', button[0])
        if link:
            self.pressed.append(link[1])
            self.path = link[1]
        else:
            self.submit("do-next")

    def submit(self, button: str, **fields: str) -> None:
        """Send the form that a button belongs to."""
        page = self.page()
        forms = [form for form in re.findall(r"<form.*?</form>", page, re.S) if f'id="{button}"' in form]
        assert len(forms) == 1, (self.path, button, len(forms))
        self._send(forms[0], fields)

    def send(self, action: str, **fields: str) -> None:
        """Send the form that posts to an address ending so."""
        forms = re.findall(rf'<form[^>]*action="[^"]*{action}".*?</form>', self.page(), re.S)
        assert forms, (self.path, action)
        self._send(forms[0], fields)

    def _send(self, form: str, fields: dict[str, str]) -> None:
        parser = played.Forms()
        parser.feed(form)
        (action, hidden), *_ = parser.found.items()
        answer = self.client.post(action, hidden | fields)
        assert answer.status_code == 302, (action, answer.status_code, answer.content[-3000:])
        self.pressed.append(action)
        self.path = answer["Location"]

    def says(self) -> str:
        """What the bar, or the demo's page, says."""
        page = self.page()
        found = re.search(r'class="next-says">(.*?)</p>', page, re.S) or re.search(r'"verdict">(.*?)</p>', page, re.S)
        return unescape(found[1]).strip() if found else ""
