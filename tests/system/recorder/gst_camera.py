"""A camera that is not ours: GStreamer's RTSP server. Run with Debian's own Python, which has its bindings.

usage: /usr/bin/python3 gst_camera.py PORT h264|h265 [digest|basic] [CERTIFICATE KEY]
Serves /main and /sub. User and password come from CAMERA_USER and CAMERA_PASSWORD.
"""

import os
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
gi.require_version("GstRtsp", "1.0")
from gi.repository import Gio, GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402 - versions come first

ENCODERS = {
    "h264": "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=25 ! rtph264pay name=pay0 pt=96",
    "h265": "x265enc tune=zerolatency speed-preset=ultrafast key-int-max=25 ! h265parse ! rtph265pay name=pay0 pt=96",
}
METHODS = {"digest": GstRtsp.RTSPAuthMethod.DIGEST, "basic": GstRtsp.RTSPAuthMethod.BASIC}


def launch_line(codec: str, width: int, height: int) -> str:
    picture = f"video/x-raw,width={width},height={height},framerate=25/1"
    return f"( videotestsrc is-live=true pattern=ball ! {picture} ! {ENCODERS[codec]} config-interval=1 )"


def authentication(method: str, certificate: list[str]) -> GstRtspServer.RTSPAuth:
    auth = GstRtspServer.RTSPAuth()
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "viewer")
    if certificate:
        auth.set_tls_certificate(Gio.TlsCertificate.new_from_files(*certificate))
    if method == "none":
        auth.set_default_token(token)
        return auth
    user, password = os.environ["CAMERA_USER"], os.environ["CAMERA_PASSWORD"]
    auth.set_supported_methods(METHODS[method])
    if method == "digest":
        auth.add_digest(user, password, token)
    else:
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic(user, password), token)
    return auth


def main(port: str, codec: str, method: str = "none", *certificate: str) -> None:
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(port)
    if method != "none" or certificate:
        server.set_auth(authentication(method, list(certificate)))
    role = Gst.Structure.new_from_string("viewer, media.factory.access=true, media.factory.construct=true")
    for mount, width, height in (("/main", 640, 360), ("/sub", 320, 180)):
        factory = GstRtspServer.RTSPMediaFactory()
        factory.set_launch(launch_line(codec, width, height))
        factory.set_shared(True)
        factory.add_role_from_structure(role)
        server.get_mount_points().add_factory(mount, factory)
    server.attach(None)
    print("ready", flush=True)
    GLib.MainLoop().run()


if __name__ == "__main__":
    main(*sys.argv[1:])
