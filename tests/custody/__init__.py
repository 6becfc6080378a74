"""Tests of custody at the gateway: what is sealed, asked, answered and collected."""
