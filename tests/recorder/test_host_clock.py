"""The recorder's clock under a host clock that drifts and is set."""

from hypothesis import given
from hypothesis import strategies as st

from haidang.recorder.host_clock import CHECK_EVERY_S, HostClock


class Clocks:
    def __init__(self) -> None:
        self.wall_ns = 1_800_000_000_000_000_000
        self.monotonic_ns = 5_000_000_000

    def clock(self) -> HostClock:
        return HostClock(lambda: self.wall_ns, lambda: self.monotonic_ns)

    def run(self, seconds: float, *, rate: float = 1.0) -> None:
        self.monotonic_ns += int(seconds * 1e9)
        self.wall_ns += int(seconds * rate * 1e9)


def test_it_tells_the_hosts_time() -> None:
    clocks = Clocks()
    clock = clocks.clock()
    clocks.run(12.5)
    assert clock.now() == clocks.wall_ns // 1000
    assert clock.check() == 0


def test_a_clock_that_was_set_is_reported_once_and_followed_at_once() -> None:
    clocks = Clocks()
    clock = clocks.clock()
    for step_s in (3600, -3600, -1, 2):
        clocks.wall_ns += step_s * 1_000_000_000
        assert abs(clock.check() - step_s * 1_000_000) < 2
        assert abs(clock.now() - clocks.wall_ns // 1000) < 2
        assert clock.check() == 0


@given(st.floats(0.999, 1.001))
def test_drift_is_followed_without_ever_going_back(rate: float) -> None:
    clocks = Clocks()
    clock = clocks.clock()
    last = clock.now()
    for _ in range(400):
        clocks.run(CHECK_EVERY_S, rate=rate)
        assert clock.now() >= last
        assert clock.check() == 0
        assert clock.now() >= last
        last = clock.now()
    assert abs(last - clocks.wall_ns // 1000) < 2000
