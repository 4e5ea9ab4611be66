"""RTP and RTCP (RFC 3550): packets, loss, the camera's clock, access units under construction, decode times."""
