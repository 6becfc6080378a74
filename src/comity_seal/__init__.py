"""Sealing at the source: parts under keys of their own, whose shares lie with custodians in several jurisdictions.

No Django, and nothing of the gateway: platform, connector, custodian and authority each run it for themselves.
"""
