"""Pages, API and gateway on one loopback port, without a database: what a browser meets, with faults on command.

Pages come from the real templates (sample_pages), files from the real static folder, pictures are real H.264 in our
own fMP4. ``FakeSite`` is steered from the test's thread: what live does, what was recorded, what tickets answer.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket, WebSocketDisconnect

from system.browser.sample_clip import FRAGMENT_90K, SampleClip
from system.browser.sample_pages import render

STATIC = Path(__file__).parents[3] / "src/haidang/web/static"
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data: blob:; "
    "media-src 'self' blob:; connect-src 'self' ws:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
FRAGMENT_S = FRAGMENT_90K / 90_000
SEGMENT_FRAGMENTS = 10  # 2 s, one group of pictures


@dataclass
class FakeSite:
    """What the site does next; tests change it while pages are open."""

    port: int
    clips: dict[str, SampleClip]
    #: stream | silent | gap | end | full | drop
    live: str = "stream"
    #: (first second, last second) before now, oldest first.
    spans: list[tuple[float, float]] = field(default_factory=lambda: [(7200, 3000), (2400, 0)])
    refusal: dict[str, Any] | None = None
    started: float = field(default_factory=time.time)
    tickets: list[dict[str, Any]] = field(default_factory=list)
    sockets: list[str] = field(default_factory=list)
    playlists: list[str] = field(default_factory=list)
    #: Playback sessions that are over answer 403.
    over: set[str] = field(default_factory=set)
    pages: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def absolute(self) -> list[tuple[float, float]]:
        return [(self.started - first, self.started - last if last else time.time()) for first, last in self.spans]


def site_of(request: Any) -> FakeSite:
    site: FakeSite = request.app.state.site
    return site


def page(request: Request) -> Response:
    site, name = site_of(request), request.path_params.get("name", "")
    text = render(name, request.query_params.get("lang", "vi"), request.url.path, **site.pages.get(name, {}))
    response = HTMLResponse(text, headers={"content-security-policy": CSP})
    response.set_cookie("hd_csrf", "token-of-the-page")
    return response


def camera_page(request: Request) -> Response:
    request.scope["path_params"] = {"name": "camera"}
    return page(request)


async def ticket(request: Request) -> Response:
    site, wish = site_of(request), await request.json()
    site.tickets.append({**wish, "csrf": request.headers.get("x-csrftoken"), "camera": request.path_params["camera"]})
    if site.refusal is not None:
        return JSONResponse(site.refusal, 403, media_type="application/problem+json")
    number = len(site.tickets)
    if wish["action"] == "view_live":
        url = f"ws://127.0.0.1:{site.port}/media/live/t{number}"
    else:
        url = f"{site.url}/media/playback/t{number}/index.m3u8"
    return JSONResponse({"url": url, "expires_at": rfc(time.time() + 60), "ends_at": rfc(time.time() + 3600)}, 201)


def recordings(request: Request) -> Response:
    spans = site_of(request).absolute()
    gaps = [
        {
            "from": rfc(a[1]),
            "to": rfc(b[0]),
            "reason": "camera_unreachable",
            "text": "Mất tín hiệu: không kết nối được camera",
        }
        for a, b in itertools.pairwise(spans)
    ]
    first, last = spans[0][0], spans[-1][1]
    return JSONResponse(
        {
            "now": rfc(time.time()),
            "retention_days": 30,
            "spans": [{"from": rfc(a), "to": rfc(b)} for a, b in spans],
            "gaps": gaps,
            "expired": [{"from": rfc(first - 3600), "to": rfc(first)}],
            "holds": [{"id": 7, "from": rfc(last - 600), "to": rfc(last)}],
        }
    )


async def live(websocket: WebSocket) -> None:
    site = site_of(websocket)
    stream = websocket.query_params.get("stream", "main")
    site.sockets.append(stream)
    await websocket.accept()
    wanted = [stream]
    listening = asyncio.create_task(_listen(websocket, wanted))
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):
        await _pictures(websocket, site, wanted)
    listening.cancel()


async def _listen(websocket: WebSocket, wanted: list[str]) -> None:
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):
        while True:
            message = json.loads(await websocket.receive_text())
            wanted[0] = message["stream"]


async def _pictures(websocket: WebSocket, site: FakeSite, wanted: list[str]) -> None:
    playing, number, told = "", 0, ""
    while True:
        if site.live in ("end", "full", "drop"):
            reason = {"end": "grant_ended", "full": "full", "drop": ""}[site.live]
            await websocket.send_text(json.dumps({"type": "end", "reason": reason}))
            return await websocket.close({"end": 4403, "full": 1013, "drop": 1011}[site.live])
        if site.live == "gap" and told != "gap":
            await websocket.send_text(
                json.dumps({"type": "gap", "reason": "network", "since": int((time.time() - 7) * 1e6)})
            )
        told = site.live
        if site.live == "stream":
            clip = site.clips[wanted[0]]
            if playing != wanted[0]:
                playing, number = wanted[0], 0
                init = {
                    "type": "init",
                    "codecs": clip.codec,
                    "started_at": int(time.time() * 1e6),
                    "offset_90k": 900_000,
                }
                await websocket.send_text(json.dumps(init))
                await websocket.send_bytes(clip.init)
            await websocket.send_bytes(clip.fragment(number))
            number += 1
        await asyncio.sleep(FRAGMENT_S)


def redeem(request: Request) -> Response:
    return RedirectResponse(f"/media/playback/s/{request.path_params['ticket']}/index.m3u8?{request.url.query}", 303)


def playlist(request: Request) -> Response:
    """One span is one file; its segments carry the hours they were recorded at."""
    site, session = site_of(request), request.path_params["session"]
    if session in site.over:
        return JSONResponse({"code": "session_over", "detail": "Phiên xem lại đã kết thúc."}, 403)
    first, last = (seconds(request.query_params[name]) for name in ("from", "to"))
    site.playlists.append(str(request.url))
    stream = request.query_params.get("stream", "main")
    lines: list[str] = []
    for start, end in site.absolute():
        numbers = range(max(0, int((first - start) // 2)), int((min(end, last) - start) // 2))
        for place, number in enumerate(numbers):
            if place == 0:
                lines += ["#EXT-X-DISCONTINUITY"] if lines else []
                lines += [f'#EXT-X-MAP:URI="{stream}.mp4"', f"#EXT-X-PROGRAM-DATE-TIME:{rfc(start + 2 * number)}"]
            lines += ["#EXTINF:2.0,", f"{stream}-{number}.mp4"]
    if not lines:
        return JSONResponse({"code": "nothing_recorded"}, 404)
    head = [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        "#EXT-X-TARGETDURATION:2",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        "#EXT-X-INDEPENDENT-SEGMENTS",
    ]
    return Response("\n".join([*head, *lines, "#EXT-X-ENDLIST", ""]), media_type="application/vnd.apple.mpegurl")


def media(request: Request) -> Response:
    clip = site_of(request).clips[request.path_params["stream"]]
    number = request.path_params.get("number")
    if number is None:
        return Response(clip.init, media_type="video/mp4")
    first = int(number) * SEGMENT_FRAGMENTS
    return Response(b"".join(clip.fragment(n) for n in range(first, first + SEGMENT_FRAGMENTS)), media_type="video/mp4")


def rfc(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def application(site: FakeSite) -> Starlette:
    app = Starlette(
        routes=[
            Route("/page/{name}", page),
            Route("/giam-sat/{camera}", camera_page),
            Route("/api/v1/cameras/{camera}/tickets", ticket, methods=["POST"]),
            Route("/api/v1/recordings", recordings),
            WebSocketRoute("/media/live/{ticket}", live),
            Route("/media/playback/s/{session}/index.m3u8", playlist),
            Route("/media/playback/s/{session}/{stream}-{number:int}.mp4", media),
            Route("/media/playback/s/{session}/{stream}.mp4", media),
            Route("/media/playback/{ticket}/index.m3u8", redeem),
            Mount("/static", StaticFiles(directory=STATIC)),
        ]
    )
    app.state.site = site
    return app


@contextlib.contextmanager
def serving(site: FakeSite) -> Iterator[FakeSite]:
    """The site on a thread of its own until the block ends."""
    config = uvicorn.Config(
        application(site),
        host="127.0.0.1",
        port=site.port,
        log_level="warning",
        ws="websockets-sansio",
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, name="fake-site", daemon=True)
    thread.start()
    deadline = time.monotonic() + 10
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.02)
    assert server.started, "the fake site did not start"
    try:
        yield site
    finally:
        server.should_exit = True
        thread.join(5)
