"""The demo's forum, connected over HTTP: tested, tried in shadow, and then for real."""
