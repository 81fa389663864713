"""The audit trail across everything that a reader may see, and the verification of its chain."""
