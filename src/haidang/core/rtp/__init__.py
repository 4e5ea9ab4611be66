"""RTP and RTCP (RFC 3550): packets, sequence numbers, timestamps, the camera's clock, decode times."""
