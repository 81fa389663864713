"""Reads of events, registrations, attendance and surveys."""
