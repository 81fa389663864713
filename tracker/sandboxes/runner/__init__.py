"""Carries out operations: claims their rows, keeps one child per operation, writes what it tells, and puts in order what was cut off."""
