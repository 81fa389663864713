"""What holds of proofs of concept, their money and their camps: pure decisions, tested without an application and without a database."""
