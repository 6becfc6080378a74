"""Bytes to facts: pure, in a child process with limits. Forms and languages are data in `forms/`."""
