"""Hermetic by default: only tests under tests/system may open network sockets."""
