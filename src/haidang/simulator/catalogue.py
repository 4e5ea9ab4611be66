"""The cameras one can ask for: three sites of the notice with four cameras each, and any number more.

``id`` names the camera in URLs, paths and policy (core/layout.check_slug); ``name`` is burnt into the picture;
``scene`` is what it looks at (``scenes/``). Several cameras may look at one scene: they share the encoded
clip, each with its own name, clock and phase in the loop.
"""

from __future__ import annotations

from dataclasses import dataclass

from haidang.core.errors import NotFound

__all__ = ["DEMO_CAMERAS", "SITES", "SimulatedCamera", "by_id", "cameras"]

#: Site slug → the name people use for it.
SITES = {"quy-nhon": "Quy Nhơn", "de-gi": "Đề Gi", "tam-quan": "Tam Quan"}


@dataclass(frozen=True, slots=True)
class SimulatedCamera:
    id: str
    site: str
    #: At most about 30 characters fit beside the clock in the sub stream.
    name: str
    scene: str


def _camera(site: str, place: str, name: str) -> SimulatedCamera:
    slug = f"{site}-{place}"
    return SimulatedCamera(id=slug, site=site, name=f"{SITES[site]} · {name}", scene=slug)


DEMO_CAMERAS: tuple[SimulatedCamera, ...] = (
    _camera("quy-nhon", "cau-cang", "Cầu cảng"),
    _camera("quy-nhon", "luong-vao", "Luồng vào"),
    _camera("quy-nhon", "khu-neo-dau", "Khu neo đậu"),
    _camera("quy-nhon", "cong-chinh", "Cổng chính"),
    _camera("de-gi", "cau-cang", "Cầu cảng"),
    _camera("de-gi", "luong-vao", "Luồng vào"),
    _camera("de-gi", "khu-neo-dau", "Khu neo đậu"),
    _camera("de-gi", "bai-tau", "Bãi tàu"),
    _camera("tam-quan", "cau-cang", "Cầu cảng"),
    _camera("tam-quan", "luong-vao", "Luồng vào"),
    _camera("tam-quan", "khu-neo-dau", "Khu neo đậu"),
    _camera("tam-quan", "cho-ca", "Chợ cá"),
)


def cameras(count: int) -> tuple[SimulatedCamera, ...]:
    """``count`` cameras: the twelve first, then the same scenes again as ``…-2``, ``…-3`` with names to match."""
    made = []
    for index in range(count):
        round_, which = divmod(index, len(DEMO_CAMERAS))
        first = DEMO_CAMERAS[which]
        if round_:
            number = round_ + 1
            made.append(SimulatedCamera(f"{first.id}-{number}", first.site, f"{first.name} {number}", first.scene))
        else:
            made.append(first)
    return tuple(made)


def by_id(camera_id: str, among: tuple[SimulatedCamera, ...] = DEMO_CAMERAS) -> SimulatedCamera:
    """The camera of that id; raises NotFound (``camera``)."""
    for camera in among:
        if camera.id == camera_id:
            return camera
    raise NotFound(f"couldn't find the simulated camera {camera_id!r}", code="camera")
