"""The video track: RTP packets of one channel in, events out.

A unit ends at the marker bit, at a new timestamp (cameras that set no marker) or at an access unit delimiter.
Laws:

1. A unit that lost a packet, or may have, is not delivered; nor is anything behind it up to the next keyframe.
2. ``lost_packets`` of the next unit delivered tells how many were lost; repeated and late packets are thrown away.
3. FormatChanged comes before the keyframe that it holds for. Without a format nothing is delivered.
4. A new SSRC is a new timeline: its pts jumps as it happens to, its first unit is a keyframe, and ``captured_at`` is
   None until its first sender report.

**Streams without IDR** (intra refresh, open GOP): a picture with a recovery point counts as a keyframe once
``_PATIENCE_90K`` of media have passed without a real one. What a decoder shows from there is imperfect until the
recovery is complete; waiting for an IDR that never comes would record nothing.

**Markers that lie**: some cameras set the marker on every slice, or inside one. A unit that begins inside the picture
that the last marker "ended" shows it, as does a NAL unit still open; from then on units end at timestamps alone.
"""

from __future__ import annotations

import struct

from haidang.core.errors import CorruptData
from haidang.core.rtp.assembly import Assembly
from haidang.core.rtp.packet import FIXED_HEADER_BYTES, PLAIN_HEADER, packets_lost, payload_bounds, unwrap
from haidang.core.rtp.rtcp import SenderReport, read_rtcp
from haidang.core.rtsp.events import Event, FormatChanged, FrameReceived
from haidang.core.units import Pts90k, WallUs, us_from_90k
from haidang.core.video import AccessUnit, VideoFormat

__all__ = ["VideoTrack"]

_HEADER = struct.Struct(">BBHII").unpack_from
_MARKER, _TYPE = 0x80, 0x7F
_PATIENCE_90K = 5 * 90_000
#: So many packets in a row that cannot be read are no accident.
_MAX_UNREADABLE = 1000
#: Parameter sets kept from one keyframe to the next.
_MAX_SETS = 64


class VideoTrack:
    def __init__(self, payload_type: int, assembly: Assembly, video_format: VideoFormat | None) -> None:
        self._payload_type = payload_type
        self._assembly = assembly
        self._format = video_format
        #: Parameter sets seen since the last keyframe that the format does not hold.
        self._new_sets: list[bytes] = []
        self._ssrc = -1
        self._expected = -1
        self._timestamp = -1
        self._pts_90k: int | None = None
        self._lost = 0
        self._unreadable = 0
        #: For a keyframe; and the pts since which there was no real one.
        self._waiting = True
        self._keyframe_pts_90k: int | None = None
        self._marker_trusted = True
        self._marked_pts_90k: int | None = None
        #: The newest sender report: the camera's clock at a pts.
        self._report: tuple[WallUs, int] | None = None

    @property
    def position_90k(self) -> Pts90k | None:
        """Where the newest packet lies in time; None before the first."""
        return None if self._timestamp < 0 or self._pts_90k is None else Pts90k(self._pts_90k)

    def receive(self, view: memoryview, start: int, end: int, events: list[Event]) -> None:
        """Take the RTP packet ``view[start:end]``. This runs for every packet; what is rare is elsewhere."""
        if end - start < FIXED_HEADER_BYTES:
            self._note_unreadable()
            return
        first, kind, sequence, timestamp, ssrc = _HEADER(view, start)
        start += FIXED_HEADER_BYTES
        if first != PLAIN_HEADER:
            bounds = payload_bounds(view, start - FIXED_HEADER_BYTES, end)
            if bounds is None:
                self._note_unreadable()
                return
            start, end = bounds
        if kind & _TYPE != self._payload_type:
            self._pass_over(sequence, ssrc)
            return
        goes_on = sequence == self._expected and timestamp == self._timestamp and ssrc == self._ssrc
        if not goes_on and not self._turn(sequence, timestamp, ssrc, events):
            return
        self._expected = (sequence + 1) & 0xFFFF
        if start < end and self._assembly.add(view, start, end):  # a delimiter: the unit before it is whole
            self._finish(events)
            self._assembly.add(view, start, end)
        if kind & _MARKER and self._marker_trusted:
            self._mark(events)

    def control(self, data: bytes) -> bool:
        """Take an RTCP packet of the track; True if the camera says goodbye."""
        for message in read_rtcp(data):
            if isinstance(message, SenderReport):
                if self._ssrc in (-1, message.ssrc):
                    self._take_report(message)
            elif self._ssrc in message.sources:
                return True
        return False

    def _turn(self, sequence: int, timestamp: int, ssrc: int, events: list[Event]) -> bool:
        """The packet does not simply go on: a new unit, a loss, a new timeline. False: it is an old one."""
        if ssrc != self._ssrc:
            if self._ssrc >= 0:
                self._begin_timeline()
            self._ssrc, self._expected = ssrc, sequence
        if sequence != self._expected:
            lost = packets_lost(self._expected, sequence)
            if not lost:
                return False
            self._lost += lost
            self._drop(damaged=timestamp == self._timestamp)
        if timestamp != self._timestamp:
            self._finish(events)
            if self._assembly.damaged:  # no picture came of it
                self._drop(damaged=False)
            self._timestamp = timestamp
            self._pts_90k = timestamp if self._pts_90k is None else unwrap(self._pts_90k, timestamp)
            if self._keyframe_pts_90k is None:
                self._keyframe_pts_90k = self._pts_90k
        return True

    def _mark(self, events: list[Event]) -> None:
        """The marker bit says that the unit is complete."""
        if self._assembly.inside_fragments:
            self._marker_trusted = False
        else:
            self._finish(events)
            self._marked_pts_90k = self._pts_90k

    def _finish(self, events: list[Event]) -> None:
        """The unit is complete: deliver it, or drop it and wait. What holds no picture belongs to the next one."""
        unit = self._assembly
        if not unit.picture or self._pts_90k is None:
            return
        if not unit.whole or self._continues_marked_picture():
            self._drop(damaged=False)
            return
        keyframe = self._is_keyframe(self._pts_90k)
        if self._waiting and not (keyframe and unit.starts_picture):
            unit.clear()
            return
        data = self._settle_parameter_sets(events, keyframe=keyframe)
        if self._format is not None:
            self._waiting = False
            frame = AccessUnit(data, Pts90k(self._pts_90k), keyframe, self._lost, self._captured_at(self._pts_90k))
            events.append(FrameReceived(frame))
            self._lost = self._unreadable = 0
        unit.clear()

    def _is_keyframe(self, pts_90k: int) -> bool:
        unit = self._assembly
        if unit.keyframe:
            self._keyframe_pts_90k = pts_90k
            return True
        since = pts_90k if self._keyframe_pts_90k is None else self._keyframe_pts_90k
        return unit.recovery_point and pts_90k - since >= _PATIENCE_90K

    def _continues_marked_picture(self) -> bool:
        """Whether the marker before this unit lied. Not to be told after a loss."""
        if self._waiting or self._assembly.starts_picture or self._pts_90k != self._marked_pts_90k:
            return False
        self._marker_trusted = False
        return True

    def _settle_parameter_sets(self, events: list[Event], *, keyframe: bool) -> bytes:
        """The sets that came with the unit: into the format at a keyframe, else into the unit. Returns its data."""
        data = bytes(self._assembly.data)
        sets = self._assembly.take_parameter_sets()
        known = self._format.parameter_sets if self._format else ()
        new = [nal for nal in sets if nal not in known]
        if keyframe:
            if new or self._new_sets:
                sets, self._new_sets = [*self._new_sets, *sets], []
                self._adopt_format(sets, events)
        elif new:
            self._new_sets = [*(nal for nal in self._new_sets if nal not in new), *new][-_MAX_SETS:]
            data = b"".join(len(nal).to_bytes(4, "big") + nal for nal in new) + data
        return data

    def _adopt_format(self, sets: list[bytes], events: list[Event]) -> None:
        """A full set of them replaces the format; fewer change it (a PPS alone, say), or wait for the rest."""
        codec = self._assembly.codec
        try:
            changed = VideoFormat.from_parameter_sets(codec, sets)
        except CorruptData as error:
            if error.code != "parameter_set_missing":
                raise
            if self._format is None:
                self._new_sets = sets[-_MAX_SETS:]
                return
            changed = VideoFormat.from_parameter_sets(codec, [*self._format.parameter_sets, *sets])
        if changed != self._format:
            self._format = changed
            events.append(FormatChanged(changed))

    def _drop(self, *, damaged: bool) -> None:
        """Forget the unit in progress and wait for a keyframe; ``damaged``: what follows is the rest of it."""
        self._assembly.clear()
        self._assembly.damaged = damaged
        self._waiting = True

    def _begin_timeline(self) -> None:
        self._drop(damaged=False)
        self._report = self._keyframe_pts_90k = self._marked_pts_90k = None
        self._timestamp = -1

    def _pass_over(self, sequence: int, ssrc: int) -> None:
        """A payload type that is not ours shares the count all the same."""
        if ssrc == self._ssrc and sequence == self._expected:
            self._expected = (sequence + 1) & 0xFFFF

    def _note_unreadable(self) -> None:
        self._unreadable += 1
        if self._unreadable > _MAX_UNREADABLE:
            raise CorruptData("couldn't read the camera's RTP: packet after packet is broken", code="rtp_unreadable")

    def _take_report(self, report: SenderReport) -> None:
        if self._pts_90k is None:  # it comes before the first packet, which is counted from here then
            self._pts_90k = report.timestamp
        if report.captured_at is None:
            self._report = None
        else:
            self._report = report.captured_at, unwrap(self._pts_90k, report.timestamp)

    def _captured_at(self, pts_90k: int) -> WallUs | None:
        if self._report is None:
            return None
        wall_us, at_90k = self._report
        return WallUs(wall_us + us_from_90k(pts_90k - at_90k))
