"""Recording from RTSP servers that are not ours: GStreamer's (H.264, H.265, Digest, Basic, TLS) and VLC's."""

import hashlib
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from haidang.core.camera_list import ListedCamera
from haidang.core.journal import GapReason
from haidang.core.layout import STREAMS
from system.recorder.recorder_host import SITE, RecorderHost, check_gaps, check_sealed, check_without_hole
from system.recorder.recorder_host import running as running_server
from system.waiting import eventually

pytestmark = pytest.mark.system

GST_CAMERA = Path(__file__).with_name("gst_camera.py")
DEBIAN_PYTHON = "/usr/bin/python3"
USER, PASSWORD = "operator", "mật khẩu: 1"
PORTS = iter(range(21210, 21240))


@contextmanager
def gstreamer(*words: str) -> Iterator[int]:
    port = next(PORTS)
    login = {"CAMERA_USER": USER, "CAMERA_PASSWORD": PASSWORD}
    with running_server([DEBIAN_PYTHON, str(GST_CAMERA), str(port), *words], ready="ready", **login):
        yield port


def listed(host: RecorderHost, port: int, *, scheme: str = "rtsp", login: bool = False, tls: str = "") -> ListedCamera:
    return ListedCamera(
        "cau-cang",
        SITE,
        f"{scheme}://127.0.0.1:{port}/main",
        f"{scheme}://127.0.0.1:{port}/sub",
        username=USER if login else "",
        sealed_password=host.sealed("cau-cang", PASSWORD) if login else "",
        tls_sha256=tls,
    )


def record(host: RecorderHost, camera: ListedCamera, seconds: float = 6) -> None:
    """Record both streams for a while, then hold what is on disk against every promise."""
    host.publish(camera)
    host.start()
    for stream in STREAMS:
        eventually(lambda stream=stream: host.fragments(camera.camera, stream), f"{stream} records")  # type: ignore[misc]  # mypy cannot infer the default
    time.sleep(seconds)
    assert host.stop() == 0
    for stream in STREAMS:
        host.check_unbroken(camera.camera, stream)
        fragments = host.fragments(camera.camera, stream)
        assert host.play(camera.camera, stream) >= (seconds - 1) * 25
        for recording in host.recordings(camera.camera, stream):
            check_sealed(recording)
        assert fragments[0].keyframe
        assert sum(fragment.keyframe for fragment in fragments) >= seconds - 1
        assert sum(fragment.lost_packets for fragment in fragments) == 0
        check_gaps(host.gap_records(camera.camera, stream))
        assert [gap.reason for gap in host.gaps(camera.camera, stream) if gap.ended_at is None] == [
            GapReason.RECORDER_STOPPED
        ]


@pytest.mark.parametrize("codec", ["h264", "h265"])
def test_gstreamer(host: RecorderHost, codec: str) -> None:
    with gstreamer(codec) as port:
        record(host, listed(host, port))
    assert host.recordings("cau-cang")[0].open.codec == {"h264": "avc1", "h265": "hvc1"}[codec]


@pytest.mark.parametrize("method", ["digest", "basic"])
def test_gstreamer_with_a_login_that_appears_nowhere(host: RecorderHost, method: str) -> None:
    with gstreamer("h264", method) as port:
        record(host, listed(host, port, login=True), seconds=3)
    log = (host.home / "worker-0.log").read_text(encoding="utf-8")
    assert PASSWORD not in log
    assert USER not in log
    assert PASSWORD not in (host.home / "run/recorder-0.json").read_text(encoding="utf-8")


def test_a_wrong_password_is_a_refusal_and_is_not_tried_again_soon(host: RecorderHost) -> None:
    with gstreamer("h264", "digest") as port:
        host.publish(
            ListedCamera(
                "cau-cang", SITE, f"rtsp://127.0.0.1:{port}/main", None, USER, host.sealed("cau-cang", "wrong")
            )
        )
        host.start()
        refused = eventually(lambda: host.events("no_pictures"), "refused")
        time.sleep(4)
    assert (refused[0]["reason"], refused[0]["detail"]) == ("CAMERA_REFUSED", "RTSP 401")
    assert len(host.events("no_pictures")) == 1
    assert [gap.reason for gap in host.gaps("cau-cang")] == [GapReason.CAMERA_REFUSED]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("tls")
    paths = folder / "camera.pem", folder / "camera.key"
    words = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=camera",
             "-out", str(paths[0]), "-keyout", str(paths[1])]  # fmt: skip
    subprocess.run(words, check=True, capture_output=True)
    return paths


def test_gstreamer_over_tls_with_the_pinned_certificate(host: RecorderHost, certificate: tuple[Path, Path]) -> None:
    pin = hashlib.sha256(ssl.PEM_cert_to_DER_cert(certificate[0].read_text())).hexdigest()
    with gstreamer("h264", "digest", *map(str, certificate)) as port:
        record(host, listed(host, port, scheme="rtsps", login=True, tls=pin), seconds=3)


@pytest.mark.parametrize("pin", ["", "0" * 64])
def test_a_certificate_that_nobody_vouches_for_is_never_spoken_to(
    host: RecorderHost, certificate: tuple[Path, Path], pin: str
) -> None:
    with gstreamer("h264", "digest", *map(str, certificate)) as port:
        host.publish(listed(host, port, scheme="rtsps", login=True, tls=pin))
        host.start()
        refused = eventually(lambda: host.events("no_pictures"), "refused")
    assert refused[0]["reason"] == "CAMERA_REFUSED"
    assert "certificate" in refused[0]["detail"]
    assert host.recordings("cau-cang") == []


@contextmanager
def vlc(folder: Path) -> Iterator[str]:
    """VLC's RTSP server, whose only transport is UDP; its address."""
    clip, port = folder / "clip.ts", next(PORTS)
    encode = ["ffmpeg", "-loglevel", "error", "-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25", "-t", "30",
              "-c:v", "libx264", "-preset", "ultrafast", "-g", "25", "-bf", "0", str(clip)]  # fmt: skip
    subprocess.run(encode, check=True)
    clip.chmod(0o644)
    process = subprocess.Popen(vlc_command(clip, port), stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        eventually(lambda: answers(port), "VLC listens", 30)
        yield f"rtsp://127.0.0.1:{port}/x"
    finally:
        process.kill()
        process.wait()


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_vlc_refuses_rtp_over_tcp_and_that_is_what_the_gap_says(host: RecorderHost, tmp_path: Path) -> None:
    with vlc(tmp_path) as url:
        host.publish(ListedCamera("cau-cang", SITE, url, None))
        host.start()
        refused = eventually(lambda: host.events("no_pictures"), "refused")
    assert (refused[0]["reason"], refused[0]["detail"]) == ("CAMERA_REFUSED", "RTSP 461")


def test_vlc_is_recorded_with_the_libav_ingest(host: RecorderHost, tmp_path: Path) -> None:
    with vlc(tmp_path) as url:
        host.publish(ListedCamera("cau-cang", SITE, url, None, ingest="libav"))
        host.start()
        eventually(lambda: host.fragments("cau-cang"), "VLC records", 40)
        time.sleep(6)
        assert host.stop() == 0
    assert host.play("cau-cang") >= 5 * 25
    check_without_hole(host.fragments("cau-cang"))


@pytest.mark.parametrize("codec", ["h264", "h265"])
def test_gstreamer_with_the_libav_ingest(host: RecorderHost, codec: str) -> None:
    with gstreamer(codec, "digest") as port:
        record(host, replace(listed(host, port, login=True), ingest="libav"), seconds=4)
    assert PASSWORD not in (host.home / "worker-0.log").read_text(encoding="utf-8")


def vlc_command(clip: Path, port: int) -> list[str]:
    """VLC refuses to be root; a user without rights then runs it, and must be able to read the clip."""
    words = ["cvlc", "--intf", "dummy", "--no-audio", "--loop", str(clip), "--sout",
             f"#rtp{{sdp=rtsp://127.0.0.1:{port}/x}}", "--sout-keep"]  # fmt: skip
    if subprocess.run(["id", "-u"], check=True, capture_output=True).stdout.strip() != b"0":
        return words
    for folder in [clip.parent, *clip.parents][:4]:
        if folder != Path("/tmp"):
            folder.chmod(folder.stat().st_mode | 0o055)
    setpriv = shutil.which("setpriv")
    assert setpriv is not None, f"util-linux is missing on {sys.platform}"
    return [setpriv, "--reuid=65534", "--regid=65534", "--clear-groups", "env", f"HOME={clip.parent}", *words]
