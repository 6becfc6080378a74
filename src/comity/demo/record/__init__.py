"""The story of the record: an order's entries opened, its receipt verified, and two cheats that are found."""
