"""Screenshots of every page, for eyes: ``python tests/system/browser/look.py FOLDER [page …]``, after ``make ui``."""

from __future__ import annotations

import sys
from pathlib import Path

import django

from system.browser.fake_site import FakeSite, serving
from system.browser.sample_clip import make_clip
from system.browser.sample_pages import PAGES
from system.chromium import chromium

SIZES = {"1440": (1440, 900), "390": (390, 844)}
PORT = 21990


def main(folder: Path, names: list[str]) -> None:
    django.setup()
    folder.mkdir(parents=True, exist_ok=True)
    site = FakeSite(PORT, {"main": make_clip(width=1280, height=720), "sub": make_clip()})
    with serving(site), chromium() as browser:
        for size, (width, height) in SIZES.items():
            page = browser.new_page(viewport={"width": width, "height": height})
            page.on("console", lambda message: print("  console:", message.text))
            page.on("pageerror", lambda error: print("  error:", error))
            for name in names or list(PAGES):
                page.goto(f"{site.url}/page/{name}")
                page.wait_for_timeout(2500 if name.startswith(("wall", "camera")) else 300)
                page.mouse.move(width / 2, height / 2)
                page.wait_for_timeout(300)
                page.screenshot(path=folder / f"{name}-{size}.png", full_page=size == "390")
                print(f"{name}-{size}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
