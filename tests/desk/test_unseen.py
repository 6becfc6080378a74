"""An auditor sees that, when and by which rule, never the words; and each look at content by others is an event."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from road import Road, order

from comity.cases.models import Case, Request
from comity.ledger.models import Event
from comity.outbox.models import Mail
