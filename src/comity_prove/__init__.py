"""Proofs about packs with the z3 solver: a developers' dependency that no server needs. Entry point: `proof.prove`."""
