"""Sandboxes: states and allowed moves, time, quotas. Pure decisions."""
