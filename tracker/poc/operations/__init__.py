"""What people do with proofs of concept."""
