"""Tam Quan: a river mouth among coconut palms, the most crowded anchorage of the three."""

from __future__ import annotations

from functools import partial

from haidang.simulator.scenes import looks, quay, shore
from haidang.simulator.scenes.brush import Brush, Colour, mix
from haidang.simulator.scenes.fleet import Fleet
from haidang.simulator.scenes.glow import Lamp
from haidang.simulator.scenes.mood import MORNING, NOON, OVERCAST, RAINY_NIGHT
from haidang.simulator.scenes.people import Look
from haidang.simulator.scenes.planes import WIDTH
from haidang.simulator.scenes.scene import Scene
from haidang.simulator.scenes.stage import Stage

__all__ = ["cau_cang", "cho_ca", "khu_neo_dau", "luong_vao"]

_GROVE: Colour = (56, 96, 56)


def _grove(stage: Stage, y: float, m: float, span: tuple[float, float], count: int) -> None:
    """Coconut palms along the far bank."""
    places = sorted(stage.rng.uniform(*span, count).tolist())

    def draw(brush: Brush) -> None:
        for x in places:
            shore.palm(
                brush,
                x,
                y,
                m * float(stage.rng.uniform(0.75, 1.2)),
                stage.rng,
                lean=float(stage.rng.uniform(-2.4, 2.4)),
            )

    stage.paint(draw, distance_m=260, grain=0)


def cau_cang(key: str, label: str, frames: int) -> Scene:
    """A rainy night at the quay: lamps, wet concrete, the last boats unloading."""
    stage = Stage(key, label, RAINY_NIGHT, frames, horizon=310, camera_m=14)
    fleet = Fleet(stage.rng)
    stage.hills(80, 900, _GROVE, (-0.2, 1.2))
    stage.town(200, 1700, 1.7, 180)
    stage.sea(bottom=820, glitter=0)
    stage.moored(fleet.boat(rig="trawler"), 300, 400)
    stage.moored(fleet.boat(left=True, rig="squid"), 1500, 420)
    stage.moored(fleet.boat(left=False, rig="squid"), 520, 640, hull_y=690)
    stage.moored(fleet.boat(left=True, rig="trawler"), 1440, 655, hull_y=706)
    edge = (704.0, 730.0)
    lamps = [Lamp(434, 408, 62, (255, 220, 150)), Lamp(1334, 412, 62, (255, 220, 150))]
    pools = [Lamp(430, 860, 420, (255, 206, 140), 1.0), Lamp(1330, 870, 440, (255, 206, 140), 1.0)]

    def foreground(brush: Brush) -> None:
        quay.deck(brush, edge, 32)
        quay.puddles(brush, stage.rng, edge, (196, 190, 176), 16)
        quay.fittings(brush, edge, 34, (140, 760, 1120, 1700))
        shore.crates(brush, 620, 880, 46, stage.rng, wide=4, high=4)
        shore.net_heap(brush, 1560, 860, 44)
        shore.lamp_post(brush, 370, 780, 44, arm=1.5, high=8.0)
        shore.lamp_post(brush, 1270, 790, 44, arm=1.5, high=8.0)

    stage.front(foreground, 670, lamps=lamps, pools=pools)
    coat = Look(shirt=(214, 190, 60), trousers=(60, 70, 90))
    stage.walker(coat, 760, 810, speed=1.2)
    stage.walker(Look(shirt=(90, 150, 200), load="basket"), 1240, 900, speed=-1.2, phase=0.4, back=coat)
    stage.bystander(Look(shirt=(200, 90, 80)), 560, 930)
    return stage.done()


def luong_vao(key: str, label: str, frames: int) -> Scene:
    """Morning in the river mouth: two moles, palms, the fleet going out."""
    stage = Stage(key, label, MORNING, frames, horizon=330, camera_m=14)
    fleet = Fleet(stage.rng)
    stage.hills(110, 5200, (76, 104, 88), (-0.1, 0.8))
    stage.hills(34, 700, _GROVE, (-0.5, 0.5), lift=12)
    _grove(stage, 346, 6.5, (-20, 560), 26)
    stage.sea()
    stage.front(partial(_far_mole, stage=stage), 440, distance_m=120, grain=0.08)
    stage.passing(fleet.boat(left=False, rig="trawler"), 520, share=(0.0, 0.95))
    stage.passing(fleet.boat(left=False, rig="squid"), 610, share=(0.4, 1.3))
    stage.passing(fleet.boat(left=True, rig="small"), 705, share=(0.12, 0.9))
    stage.basket(420, 800, to=730)
    stage.front(partial(_near_mole, stage=stage), 900, grain=0.08)
    stage.flashing((1650, 522), 901, 46)
    return stage.done()


def _far_mole(brush: Brush, *, stage: Stage) -> None:
    shore.rocks(brush, [(-30, 430), (420, 424), (760, 436)], 10, stage.rng, high_m=3.2)
    brush.line([(752, 420), (752, 376)], (210, 60, 48), 7)
    brush.ellipse(752, 372, 6, 6, (240, 230, 190))


def _near_mole(brush: Brush, *, stage: Stage) -> None:
    shore.rocks(brush, [(1130, 1090), (1420, 980), (1700, 900), (1960, 850)], 40, stage.rng, high_m=3.6)
    brush.line([(1650, 860), (1650, 540)], (232, 232, 226), 22)
    for y in (600, 690, 780):
        brush.rect(1639, y, 1661, y + 44, (52, 150, 84))
    brush.shaded([(1630, 540), (1638, 506), (1662, 506), (1670, 540)], (206, 220, 214), (160, 176, 170))


def khu_neo_dau(key: str, label: str, frames: int) -> Scene:
    """A grey morning, storm warning: hulls side by side from bank to bank."""
    stage = Stage(key, label, OVERCAST, frames, horizon=310, camera_m=16)
    fleet = Fleet(stage.rng)
    stage.hills(120, 3000, (80, 100, 88))
    stage.hills(30, 500, _GROVE, (-0.5, 1.5), lift=8)
    _grove(stage, 320, 4.6, (-20, 1940), 60)
    stage.sea(glitter=0)
    for y, step in ((352, 118), (386, 168), (432, 236), (500, 330), (600, 470)):
        first = -int(stage.rng.integers(0, step))
        for x in range(first, WIDTH + step, step):
            stage.moored(
                fleet.boat(left=bool(x // step % 5 == 0)),
                x + float(stage.rng.uniform(-14, 14)),
                y + float(stage.rng.uniform(-6, 6)),
            )
    stage.basket(1250, 700, to=960)
    stage.passing(fleet.boat(left=False, rig="small"), 790, share=(0.1, 0.95))
    stage.moored(fleet.boat(left=True, rig="trawler"), 1560, 900)
    return stage.done()


def cho_ca(key: str, label: str, frames: int) -> Scene:
    """The fish market beside the landing: umbrellas, crates, buyers."""
    stage = Stage(key, label, NOON, frames, horizon=290, camera_m=10)
    fleet = Fleet(stage.rng)
    stage.hills(90, 4200, (78, 108, 88), (0.3, 1.2))
    stage.hills(30, 500, _GROVE, (0.3, 1.4), lift=8)
    _grove(stage, 302, 5, (980, 1930), 24)
    stage.sea(bottom=520)
    stage.moored(fleet.boat(left=True), 1180, 366)
    stage.passing(fleet.boat(left=True, rig="small"), 384, share=(0.0, 1.0))
    stage.moored(fleet.boat(left=False, rig="squid"), 1600, 436, hull_y=472)
    stage.front(partial(_market, stage=stage), 440, grain=0.06)
    _crowd(stage)
    return stage.done()


def _market(brush: Brush, *, stage: Stage) -> None:
    edge = (476.0, 496.0)
    quay.deck(brush, edge, 18, (176, 172, 164))
    quay.puddles(brush, stage.rng, edge, (150, 152, 148), 18)
    shore.shed(brush, -60, 600, 30, long_m=27, high_m=7.5, sign="CHỢ CÁ TAM QUAN", wall=(222, 226, 214))
    tones: tuple[Colour, ...] = ((52, 118, 190), (214, 66, 54), (236, 176, 52), (70, 150, 92), (120, 84, 160))
    for index, (x, y) in enumerate(((900, 590), (1120, 610), (1370, 600), (1620, 620), (300, 720), (640, 740))):
        scale = stage.scale(y)
        brush.shaded(
            [
                (x - 1.3 * scale, y - 0.7 * scale),
                (x + 1.3 * scale, y - 0.7 * scale),
                (x + 1.4 * scale, y),
                (x - 1.4 * scale, y),
            ],
            (196, 206, 212),
            (120, 128, 134),
        )
        shore.crates(brush, x - 1.2 * scale, y - 0.62 * scale, scale * 0.8, stage.rng, wide=3, high=1)
        shore.umbrella(brush, x, y, scale, mix(tones[index % 5], (255, 255, 255), 0.06))
    shore.crates(brush, 1500, 800, 46, stage.rng, wide=4, high=3)
    shore.crates(brush, 140, 960, 60, stage.rng, wide=4, high=3)


def _crowd(stage: Stage) -> None:
    shirts: tuple[Colour, ...] = (
        (206, 84, 60),
        (70, 130, 180),
        (150, 92, 166),
        (236, 236, 230),
        (222, 150, 58),
        (84, 150, 110),
    )
    for index, (x, y) in enumerate(
        (
            (980, 640),
            (1050, 655),
            (1250, 650),
            (1300, 640),
            (1500, 655),
            (1720, 660),
            (420, 770),
            (760, 790),
            (520, 800),
        )
    ):
        stage.bystander(Look(shirt=shirts[index % 6], hat=index % 3 != 2), x, y, left=index % 2 == 1)
    stage.walker(looks.POLE, 900, 720, speed=1.2)
    stage.walker(looks.CARRIER, 1250, 760, speed=-1.25, phase=0.4, back=looks.EMPTY)
    stage.walker(looks.BUYER, 600, 880, speed=1.0, phase=0.7)
    stage.walker(looks.WOMAN, 1300, 900, speed=1.1, phase=0.15)
    stage.walker(looks.CARRIER, 900, 1000, speed=-1.2, phase=0.55, back=looks.EMPTY)
    stage.parked(
        partial(shore.truck, body=(238, 240, 238), plate="77C-331.70", left=True), 1690, 985, plate="77C-331.70"
    )
