"""People's files read into rows of text, in a child process with limits."""
