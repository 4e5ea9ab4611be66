"""The twelve scenes by key. A scene is drawn when it is first asked for, and kept."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from haidang.core.errors import NotFound
from haidang.simulator.catalogue import DEMO_CAMERAS
from haidang.simulator.scenes import site_de_gi, site_quy_nhon, site_tam_quan
from haidang.simulator.scenes.scene import Scene

__all__ = ["PLACES", "scene"]

_SITES = {"quy-nhon": site_quy_nhon, "de-gi": site_de_gi, "tam-quan": site_tam_quan}

PLACES: dict[str, Callable[[str, str, int], Scene]] = {
    "quy-nhon-cau-cang": site_quy_nhon.cau_cang,
    "quy-nhon-luong-vao": site_quy_nhon.luong_vao,
    "quy-nhon-khu-neo-dau": site_quy_nhon.khu_neo_dau,
    "quy-nhon-cong-chinh": site_quy_nhon.cong_chinh,
    "de-gi-cau-cang": site_de_gi.cau_cang,
    "de-gi-luong-vao": site_de_gi.luong_vao,
    "de-gi-khu-neo-dau": site_de_gi.khu_neo_dau,
    "de-gi-bai-tau": site_de_gi.bai_tau,
    "tam-quan-cau-cang": site_tam_quan.cau_cang,
    "tam-quan-luong-vao": site_tam_quan.luong_vao,
    "tam-quan-khu-neo-dau": site_tam_quan.khu_neo_dau,
    "tam-quan-cho-ca": site_tam_quan.cho_ca,
}


@lru_cache(maxsize=4)
def scene(key: str, frames: int) -> Scene:
    """Raises NotFound (``scene``)."""
    if key not in PLACES:
        raise NotFound(f"couldn't find a scene {key!r}: one of {', '.join(PLACES)}", code="scene")
    label = next(camera.name for camera in DEMO_CAMERAS if camera.scene == key)
    return PLACES[key](key, label, frames)
