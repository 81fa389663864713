"""Forms of events, registrations and attendance."""
