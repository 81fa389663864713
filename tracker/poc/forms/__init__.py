"""Forms of proofs of concept."""
