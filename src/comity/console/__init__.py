"""The console: what every page for signed-in people shares."""
