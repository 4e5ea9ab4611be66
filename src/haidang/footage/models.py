"""What we have: rows that the keeper derives from journals on disk. The disk is the truth; these rows can be made anew.

``camera`` is the camera's slug as it stands in the recording's path, without a foreign key: footage outlives its
camera's row. Instants are microseconds (``core.units.WallUs``). What journals cannot say again outlives every
rescan: ``Expiry`` (what went, and by which rule) and ``Hold`` (what must not go).
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from haidang.accounts.models import Account
from haidang.core.units import WallUs

__all__ = ["Expiry", "Gap", "Hold", "JournalPosition", "RecordingFile", "Replica", "Sample", "Span"]


class RecordingFile(models.Model):
    """One recording file, known from its journal."""

    path = models.CharField(max_length=200, unique=True)  # of the media file, relative (core.layout)
    site = models.CharField(max_length=63)
    camera = models.CharField(max_length=63)
    stream = models.CharField(max_length=4)
    codec = models.CharField(max_length=4)
    width_px = models.IntegerField()
    height_px = models.IntegerField()
    started_at = models.BigIntegerField()
    #: End of the last indexed fragment.
    ended_at = models.BigIntegerField()
    size_bytes = models.BigIntegerField()
    fragments = models.IntegerField(default=0)
    lost_packets = models.BigIntegerField(default=0)
    #: core.journal.CloseReason in small letters; "" while the file is being written (or its end was never seen).
    close_reason = models.CharField(max_length=20, blank=True)
    sequence = models.BigIntegerField(default=0)
    #: The keeper has not yet seen that there is a replica: true of a row made anew, too.
    replica_due = models.BooleanField(default=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["camera", "stream", "started_at"]),
            models.Index(fields=["started_at"], name="footage_replica_due", condition=models.Q(replica_due=True)),
            models.Index(fields=["site", "started_at"]),  # what expires next
        ]

    def __str__(self) -> str:
        return self.path


class Span(models.Model):
    """A stretch without a hole, over any number of files; at most one row per uninterrupted recording."""

    camera = models.CharField(max_length=63)
    stream = models.CharField(max_length=4)
    started_at = models.BigIntegerField()
    ended_at = models.BigIntegerField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["camera", "stream", "started_at"], name="one_span_a_start"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["camera", "stream", "ended_at"])]

    def __str__(self) -> str:
        return f"{self.camera}/{self.stream} {self.started_at}-{self.ended_at}"


class Gap(models.Model):
    """No picture from ``started_at`` on, and why; open while ``ended_at`` is null."""

    camera = models.CharField(max_length=63)
    stream = models.CharField(max_length=4)
    started_at = models.BigIntegerField()
    ended_at = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=20)
    detail = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["camera", "stream", "started_at"], name="one_gap_a_start"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["camera", "stream", "ended_at"])]

    def __str__(self) -> str:
        return f"{self.camera}/{self.stream} {self.started_at} {self.reason}"


class JournalPosition(models.Model):
    """How far a journal has been turned into rows; moved in the same transaction as the rows."""

    path = models.CharField(max_length=200, unique=True)  # of the journal, relative (core.layout)
    site = models.CharField(max_length=63)
    camera = models.CharField(max_length=63)
    stream = models.CharField(max_length=4)
    #: The UTC day of its folder, ``YYYY-MM-DD``: where the search for new journals goes on.
    day = models.CharField(max_length=10)
    mark = models.CharField(max_length=40, blank=True)  # storage.JournalTail
    #: A CLOSE was read, or the day of a gaps journal is over and none of its gaps is open: nothing more is expected.
    finished = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["finished"]),
            models.Index(fields=["site", "camera", "day"]),
        ]

    def __str__(self) -> str:
        return self.path


class Replica(models.Model):
    """The copy of a recording and its journal in a store with Object Lock (``storage.object_lock``).

    Not made anew from disk: versions are found here alone, so rows outlive their recording's. Nobody but the keeper
    makes one; a copy that is deleted keeps its row.
    """

    path = models.CharField(max_length=200, unique=True)  # of the media file, relative (core.layout)
    #: kept, failed (``why`` says by which error code; tried again) or removed (its time was over).
    state = models.CharField(max_length=8)
    why = models.CharField(max_length=40, blank=True)
    #: Endpoint and bucket: copies stay where they are when settings name another store.
    place = models.CharField(max_length=300)
    media_key = models.CharField(max_length=500, blank=True)
    media_version = models.CharField(max_length=1024, blank=True)
    media_sha256 = models.CharField(max_length=64, blank=True)
    media_bytes = models.BigIntegerField(default=0)
    journal_key = models.CharField(max_length=500, blank=True)
    journal_version = models.CharField(max_length=1024, blank=True)
    journal_sha256 = models.CharField(max_length=64, blank=True)
    journal_bytes = models.BigIntegerField(default=0)
    #: Until then nobody can delete it.
    retain_until = models.BigIntegerField(default=0)
    #: When it became what ``state`` says.
    at = models.BigIntegerField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["state", "at"])]

    def __str__(self) -> str:
        return f"{self.path} {self.state}"


class Expiry(models.Model):
    """A recording file that its site's retention, or a full disk, takes away; stays when the file is gone.

    planned -> logged (in a signed log) -> removing (decided; its rows are cut) -> removed. cancelled: a hold came
    first; it is planned anew when the hold ends.
    """

    path = models.CharField(max_length=200, unique=True)  # of the media file, relative (core.layout)
    site = models.CharField(max_length=63)
    camera = models.CharField(max_length=63)
    stream = models.CharField(max_length=4)
    started_at = models.BigIntegerField()
    ended_at = models.BigIntegerField()
    size_bytes = models.BigIntegerField()
    sequence = models.BigIntegerField()  # of its journal's OPEN
    reason = models.CharField(max_length=10)  # core.retention.ExpiryReason
    #: Which period, of which site, by which document and since when: what the log says too.
    policy = models.CharField(max_length=400)
    state = models.CharField(max_length=9, default="planned")
    #: The size of the record log that holds its entry.
    log_size = models.BigIntegerField(null=True)
    planned_at = models.BigIntegerField()
    removed_at = models.BigIntegerField(null=True)
    #: The pictures are gone, but the journal stays until the stream has a newer file: the next one counts on from it.
    journal_left = models.BooleanField(default=False)
    #: Why it could not be removed as it should: storage.removal.RemovalFault, "" if nothing is wrong.
    fault = models.CharField(max_length=20, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["camera", "stream", "started_at"]),
            models.Index(fields=["state", "started_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.path} {self.state}"


class Hold(models.Model):
    """A preservation request: what it covers does not expire while it is in force. It copies nothing, shows nothing."""

    site = models.CharField(max_length=63)
    #: "" = every camera of the site.
    camera = models.CharField(max_length=63, blank=True)
    started_at = models.BigIntegerField()
    ended_at = models.BigIntegerField()
    kind = models.CharField(max_length=8, default="manual")  # manual | incident | storm
    reason = models.CharField(max_length=500)
    #: When the hold itself lapses, unless somebody extends it.
    until = models.BigIntegerField()
    #: None for one that the system placed.
    placed_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    #: The unit that the account was in then; "" for the system.
    unit = models.CharField(max_length=63, blank=True)
    placed_at = models.BigIntegerField()
    released_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    released_at = models.BigIntegerField(null=True)
    release_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["released_at", "until"]),
            models.Index(fields=["site", "started_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.site}/{self.camera or '*'}"

    def in_force(self, now: WallUs) -> bool:
        return self.released_at is None and now < self.until


class Sample(models.Model):
    """A seal that a witness asked for: what was found on the disk, and which entry of the log says so."""

    #: Of the seal, in the log of recordings.
    entry = models.BigIntegerField()
    asked_at = models.BigIntegerField()
    asked_by = models.CharField(max_length=100)  # Account UID
    #: ok | changed | missing | expired; "" until it was looked for, "no_seal" where that entry is none.
    found = models.CharField(max_length=10, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    checked_at = models.BigIntegerField(null=True)
    #: The entry that answers; null until then. -1 for what is no seal.
    answered_in = models.BigIntegerField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["entry"], condition=models.Q(answered_in=None), name="one_open_sample_an_entry"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry} {self.found}"
