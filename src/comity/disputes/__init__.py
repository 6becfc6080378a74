"""Disputes with States: claims argued, served, settled or decided, with dignity."""
