"""The library: which regulations are in force, what they say, and how versions differ."""
