"""What the libav ingest refuses, and that its address keeps its secret."""

import pytest

from haidang.core.errors import InvalidInput
from haidang.core.video import AccessUnit, VideoFormat
from haidang.recorder import libav_source
from haidang.recorder.libav_source import MAX_THREADS, open_libav
from haidang.recorder.sources import Address

ADDRESS = Address("rtsp://127.0.0.1:9/main", "operator", "s3cret/@:", "")


class Nobody:
    def format_changed(self, video: VideoFormat) -> None: ...

    def picture(self, unit: AccessUnit) -> None: ...


async def test_more_threads_than_a_process_can_bear_are_refused() -> None:
    taken = 0
    try:
        while taken < MAX_THREADS and libav_source._seats.acquire(blocking=False):
            taken += 1
        with pytest.raises(InvalidInput) as refused:
            await open_libav(ADDRESS, Nobody(), connect_s=1, stall_s=1)
        assert refused.value.code == "libav_full"
        assert "s3cret" not in str(refused.value)
    finally:
        for _ in range(taken):
            libav_source._seats.release()


async def test_rtsps_is_refused_because_the_certificate_would_not_be_checked() -> None:
    with pytest.raises(InvalidInput) as refused:
        await open_libav(Address("rtsps://127.0.0.1:9/main", "", "", ""), Nobody(), connect_s=1, stall_s=1)
    assert refused.value.code == "libav_rtsps"


def test_credentials_are_quoted_into_the_address_that_libav_gets_and_shown_nowhere() -> None:
    assert libav_source._with_credentials(ADDRESS) == "rtsp://operator:s3cret%2F%40%3A@127.0.0.1:9/main"
    assert "s3cret" not in repr(ADDRESS)
