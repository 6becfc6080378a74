"""The outsiders' verifier of a transparency log, and a witness: the standard library and `cryptography`, no Django.

The formats are the Community Cryptography Specification Project's (C2SP): tlog-tiles, signed-note, tlog-checkpoint,
tlog-cosignature, tlog-witness, tlog-proof and tlog-policy, over the Merkle tree of RFC 6962 with SHA-256. The gateway
writes its log with the same modules, and programs by others verify it in our tests.
"""
