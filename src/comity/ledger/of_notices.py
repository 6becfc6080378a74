"""The events of notices: the event's `case` is the number of the notice. None is published: one would tell of one."""

from .kinds import Kind

OF_NOTICES: tuple[Kind, ...] = (
    Kind("notice.received", "Notice received: a user's report, told by a platform", published=False),
    Kind("notice.viewed", "What a notice says was looked at", published=False),
    Kind("notice.closed", "Notice closed, with a reason", (), ("reason",), published=False),
)
