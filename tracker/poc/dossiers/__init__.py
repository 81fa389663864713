"""Dossiers: what goes into one, the archive it is written as, and how it is checked without us."""
