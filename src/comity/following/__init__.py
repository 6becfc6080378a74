"""The status page of a demand: who has its secret link sees how it stands, and writes about it."""
