"""A local peer of Telegram's Bot API: what is published of its behaviour, for demos and tests. Never imports comity."""
