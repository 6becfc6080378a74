"""The record: what was done, where nobody can change it and anybody can check it."""
