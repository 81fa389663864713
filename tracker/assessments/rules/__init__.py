"""What answers mean: pure decisions, tested without an application and without a database."""
