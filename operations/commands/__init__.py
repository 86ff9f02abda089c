"""One module a command; each has a `run` that takes the session and gives the exit code."""
