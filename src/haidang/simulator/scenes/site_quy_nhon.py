"""Quy Nhơn: a town's harbour under Phương Mai's hills, towers and container cranes behind."""

from __future__ import annotations

from functools import partial

from haidang.simulator.scenes import looks, quay, shore
from haidang.simulator.scenes.brush import Brush, Colour, mix
from haidang.simulator.scenes.fleet import Fleet
from haidang.simulator.scenes.mood import DUSK, MORNING, NOON, OVERCAST
from haidang.simulator.scenes.people import Look
from haidang.simulator.scenes.planes import HEIGHT, WIDTH
from haidang.simulator.scenes.scene import Scene
from haidang.simulator.scenes.stage import Stage

__all__ = ["cau_cang", "cong_chinh", "khu_neo_dau", "luong_vao"]

_HILL: Colour = (66, 100, 74)


def cau_cang(key: str, label: str, frames: int) -> Scene:
    """Morning at the quay: boats along the edge, porters carrying fish to a truck."""
    stage = Stage(key, label, MORNING, frames, horizon=300, camera_m=15)
    fleet = Fleet(stage.rng)
    stage.hills(170, 5200, _HILL, (0.25, 1.25))
    stage.hills(84, 2400, (60, 96, 64), (-0.2, 0.45))
    stage.town(20, 860, 2.4, 1500)
    stage.paint(_harbour_cranes, distance_m=1200, grain=0)
    stage.sea(bottom=800)
    stage.moored(fleet.boat(left=True, rig="squid"), 1560, 372)
    stage.moored(fleet.boat(rig="trawler"), 240, 390)
    stage.passing(fleet.boat(rig="small"), 436, share=(0.0, 1.0))
    stage.moored(fleet.boat(left=False, rig="trawler"), 480, 650, hull_y=676)
    stage.moored(fleet.boat(left=True, rig="squid"), 1060, 655, hull_y=690)
    stage.moored(fleet.boat(left=True, rig="trawler"), 1640, 660, hull_y=712)
    edge = (690.0, 738.0)

    def foreground(brush: Brush) -> None:
        quay.deck(brush, edge, 34)
        quay.puddles(brush, stage.rng, edge, (184, 190, 192))
        quay.fittings(brush, edge, 34, (150, 640, 1030, 1500))
        shore.crates(brush, 250, 850, 44, stage.rng, wide=4, high=5)
        shore.crates(brush, 90, 985, 52, stage.rng, wide=3, high=4)
        shore.net_heap(brush, 700, 830, 42)
        shore.crates(brush, 1010, 1010, 52, stage.rng, wide=3, high=2)
        shore.lamp_post(brush, 905, 800, 40, high=8.2)

    stage.front(foreground, 680)
    stage.parked(partial(shore.truck, body=(240, 242, 240), plate="77C-218.46"), 1560, 930, plate="77C-218.46")
    stage.walker(looks.CARRIER, 560, 800, speed=1.25, back=looks.EMPTY)
    stage.walker(looks.POLE, 1320, 860, speed=-1.2, phase=0.3)
    stage.walker(looks.CARRIER, 760, 905, speed=1.3, phase=0.62, back=looks.EMPTY)
    stage.walker(looks.WOMAN, 420, 1010, speed=-0.9, phase=0.8)
    stage.bystander(looks.BUYER, 1250, 985, left=True)
    stage.bystander(looks.WOMAN, 1185, 990)
    return stage.done()


def _harbour_cranes(brush: Brush) -> None:
    for x in (1180, 1320, 1490):
        shore.crane(brush, x, 306, 2.5)
    brush.rect(1080, 296, 1640, 306, (150, 152, 150))
    for x in range(1090, 1630, 26):
        tones: tuple[Colour, ...] = ((176, 70, 56), (60, 104, 150), (206, 160, 70), (90, 130, 100))
        for level in range(1 + x // 26 % 3):
            brush.rect(x, 290 - level * 6, x + 24, 296 - level * 6, tones[(x // 26 + level) % 4])


def luong_vao(key: str, label: str, frames: int) -> Scene:
    """Noon in the channel: the mole with its light, boats in and out."""
    stage = Stage(key, label, NOON, frames, horizon=330, camera_m=15)
    fleet = Fleet(stage.rng)
    stage.hills(190, 4200, (64, 104, 72), (-0.25, 0.62))
    stage.hills(120, 2200, (58, 100, 60), (0.55, 1.3))
    stage.sea()
    stage.moored(fleet.boat(left=True), 330, 366)
    stage.moored(fleet.boat(rig="squid"), 560, 378)
    stage.passing(fleet.boat(left=True, rig="trawler"), 520, share=(0.06, 0.98))
    stage.front(_mole(stage), 600, grain=0.08)
    stage.flashing((1292, 312), 601, 40)
    stage.passing(fleet.boat(left=False, rig="squid"), 700, share=(0.18, 0.94))
    stage.basket(150, 820, to=430)
    stage.passing(fleet.boat(left=True, rig="small"), 905, share=(0.55, 1.12))
    stage.front(_buoy, 950, grain=0)
    return stage.done()


def _mole(stage: Stage) -> partial[None]:
    def draw(brush: Brush) -> None:
        shore.rocks(brush, [(1200, 590), (1500, 574), (WIDTH + 30, 560)], 21, stage.rng, high_m=3.2)
        brush.shaded([(1225, 520), (WIDTH, 488), (WIDTH, 508), (1230, 540)], (206, 200, 186), (160, 154, 140))
        shore.lighthouse(brush, 1292, 522, 15.5)

    return partial(draw)


def _buoy(brush: Brush) -> None:
    brush.shaded([(1568, 930), (1590, 860), (1622, 860), (1644, 930)], (58, 150, 84), (28, 92, 52))
    brush.line([(1606, 860), (1606, 806)], (70, 74, 72), 5)
    brush.ellipse(1606, 800, 11, 11, (240, 236, 180))
    brush.ellipse(1606, 932, 46, 12, (30, 84, 52))


def khu_neo_dau(key: str, label: str, frames: int) -> Scene:
    """Dusk over the anchorage: rows of boats, the town's lights coming on."""
    stage = Stage(key, label, DUSK, frames, horizon=320, camera_m=15)
    fleet = Fleet(stage.rng)
    stage.hills(130, 3600, (70, 66, 90), (-0.1, 0.6))
    stage.hills(90, 2400, (60, 58, 78), (0.5, 1.2))
    stage.town(700, 1900, 2.2, 700)
    stage.sea(glitter=0.75)
    for y, first, step in ((372, 60, 205), (430, -20, 300), (520, 130, 430)):
        for x in range(first, WIDTH + 100, step):
            stage.moored(fleet.boat(), x + float(stage.rng.uniform(-40, 40)), y + float(stage.rng.uniform(-8, 8)))
    stage.basket(1500, 640, to=1050)
    stage.moored(fleet.boat(left=False, rig="squid"), 480, 700)
    stage.moored(fleet.boat(left=True, rig="trawler"), 1420, 742)
    stage.passing(fleet.boat(left=True, rig="small"), 860, share=(0.2, 0.95))
    return stage.done()


def cong_chinh(key: str, label: str, frames: int) -> Scene:
    """The main gate on a grey day: trucks pass, people come and go, a guard watches."""
    stage = Stage(key, label, OVERCAST, frames, horizon=300, camera_m=9.5)
    stage.hills(120, 3000, _HILL, (0.3, 1.2))
    stage.paint(lambda brush: shore.house_row(brush, (-20, WIDTH), 420, 15, stage.rng), distance_m=260)
    stage.paint(
        lambda brush: shore.shed(brush, 1180, 470, 21, long_m=36, high_m=6.4, sign="KHO LẠNH", wall=(220, 226, 228)),
        distance_m=90,
    )
    stage.paint(_yard, distance_m=0)
    stage.paint(partial(_trees, stage=stage), distance_m=40, grain=0.05)
    stage.walker(looks.WOMAN, 300, 575, speed=1.2)
    stage.front(lambda brush: shore.gate(brush, 900, 640, 42, "CẢNG CÁ QUY NHƠN"), 620)
    stage.bystander(looks.GUARD, 1235, 660)
    stage.walker(Look(shirt=(70, 120, 170), hat=False), 640, 668, speed=1.1, phase=0.5)
    stage.driving(
        partial(shore.truck, body=(236, 240, 242), plate="77C-104.93", left=True),
        770,
        plate="77C-104.93",
        share=(0.05, 0.52),
        left=True,
    )
    stage.driving(
        partial(shore.truck, body=(120, 172, 214), plate="77C-256.01"), 880, plate="77C-256.01", share=(0.5, 0.97)
    )
    stage.walker(looks.POLE, 1500, 990, speed=-1.2, phase=0.2)
    stage.walker(looks.CARRIER, 260, 1010, speed=1.25, phase=0.7, back=looks.EMPTY)
    return stage.done()


def _trees(brush: Brush, *, stage: Stage) -> None:
    for x, lean in ((120, 1.2), (330, -0.8), (1780, -1.4)):
        shore.palm(brush, x, 560, 24, stage.rng, lean=lean)


def _yard(brush: Brush) -> None:
    ground: Colour = (150, 148, 140)
    brush.shaded([(0, 415), (WIDTH, 415), (WIDTH, HEIGHT), (0, HEIGHT)], mix(ground, (200, 200, 196), 0.5), ground)
    brush.shaded([(0, 690), (WIDTH, 690), (WIDTH, 950), (0, 950)], (92, 94, 96), (104, 104, 104))
    for x in range(-40, WIDTH, 220):
        brush.polygon([(x, 812), (x + 120, 812), (x + 126, 824), (x + 2, 824)], (226, 222, 206))
    for y, high in ((684, 8), (946, 14)):
        brush.rect(0, y, WIDTH, y + high, (196, 192, 182))
    brush.shaded([(760, 640), (1040, 640), (1130, 690), (690, 690)], (110, 110, 110), (96, 98, 98))
    brush.shaded([(0, 470), (690, 470), (690, 600), (0, 600)], (214, 206, 186), (172, 164, 148))
    brush.rect(0, 462, 690, 474, (150, 66, 52))
    brush.shaded([(1110, 500), (WIDTH, 500), (WIDTH, 610), (1110, 610)], (214, 206, 186), (172, 164, 148))
    brush.rect(1110, 492, WIDTH, 504, (150, 66, 52))
