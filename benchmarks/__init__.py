"""Load: a generator of much data, a bare application as the limit, and the comparison of both."""
