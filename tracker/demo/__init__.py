"""Invented people, vendors and histories, written by the real operations at their own times."""
