"""H.264 (ITU-T H.264, RFC 6184, ISO/IEC 14496-15): parameter sets, configuration record, RTP payload."""
