"""Proofs about packs, by the z3 solver (a developer's dependency; a server doesn't need it). `proof.prove` begins."""
