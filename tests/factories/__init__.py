"""Makers of things for tests: plain functions with the fewest arguments, written through the real tables."""
