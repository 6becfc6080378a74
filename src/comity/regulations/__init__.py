"""Regulations as data (packs), and the judge that applies them: pure, without database, network or clock."""
