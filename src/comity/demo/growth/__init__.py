"""The story of growth: from a million users to a thousand million, seen, staffed and rehearsed before it hurts."""
