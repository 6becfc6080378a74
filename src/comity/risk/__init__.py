"""Growing risk: seen before it hurts, staffed before it breaks, rehearsed through the real doors."""
