"""H.265 (ITU-T H.265, RFC 7798, ISO/IEC 14496-15): parameter sets, configuration record, RTP payload."""
