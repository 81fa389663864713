"""States and decisions of events, registrations, attendance and surveys."""
