"""The edge: a reverse proxy in front of a Matrix homeserver, which withholds in a country what its gateway lists.

It knows nothing of Comity: no Django, no database, no case. It reads one signed list of measures.
"""
