"""Pure code: bytes and values in, values or errors out. No IO, clock, randomness, threads or logging."""
