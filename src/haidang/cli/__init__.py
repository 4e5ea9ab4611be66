"""The command line: one file a command, found by name in ``main``; the only layer that prints."""
