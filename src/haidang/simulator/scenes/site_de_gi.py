"""Đề Gi: a lagoon between rocky hills, a narrow mouth, a beach of basket boats."""

from __future__ import annotations

from functools import partial

from haidang.simulator.scenes import looks, quay, shore
from haidang.simulator.scenes.brush import Brush, Colour, smooth
from haidang.simulator.scenes.fleet import Fleet
from haidang.simulator.scenes.glow import Lamp
from haidang.simulator.scenes.mood import DAWN, NIGHT, NOON, RAIN
from haidang.simulator.scenes.people import Look
from haidang.simulator.scenes.planes import HEIGHT, WIDTH
from haidang.simulator.scenes.scene import Scene
from haidang.simulator.scenes.stage import Stage

__all__ = ["bai_tau", "cau_cang", "khu_neo_dau", "luong_vao"]

_ROCK: Colour = (104, 104, 84)


def cau_cang(key: str, label: str, frames: int) -> Scene:
    """Dawn: the night's catch comes ashore."""
    stage = Stage(key, label, DAWN, frames, horizon=310, camera_m=14)
    fleet = Fleet(stage.rng)
    stage.hills(190, 2600, (92, 84, 84), (-0.3, 0.4))
    stage.hills(150, 3400, (88, 84, 90), (0.45, 1.25))
    stage.paint(lambda brush: shore.house_row(brush, (-10, 620), 317, 3.0, stage.rng), distance_m=900, grain=0)
    stage.sea(bottom=840)
    stage.moored(fleet.boat(left=True, rig="squid"), 1440, 380)
    stage.passing(fleet.boat(left=True, rig="trawler"), 430, share=(0.0, 1.0))
    stage.basket(900, 520, to=1180)
    stage.moored(fleet.boat(left=False, rig="squid"), 520, 660, hull_y=722)
    stage.moored(fleet.boat(left=False, rig="trawler"), 1330, 640, hull_y=676)
    edge = (752.0, 664.0)

    def foreground(brush: Brush) -> None:
        quay.deck(brush, edge, 32, (178, 162, 146))
        quay.puddles(brush, stage.rng, edge, (176, 150, 138), 12)
        quay.fittings(brush, edge, 34, (330, 820, 1260, 1740))
        shore.crates(brush, 1180, 880, 46, stage.rng, wide=5, high=4)
        shore.net_heap(brush, 330, 935, 50, (60, 104, 128))
        shore.crates(brush, 1610, 800, 40, stage.rng, wide=3, high=5)

    stage.front(foreground, 670)
    stage.walker(looks.CARRIER, 700, 832, speed=1.25, back=looks.EMPTY)
    stage.walker(looks.EMPTY, 1050, 800, speed=-1.2, phase=0.55, back=looks.CARRIER)
    stage.walker(looks.POLE, 820, 960, speed=1.2, phase=0.35)
    for x, y, look, left in (
        (1120, 920, looks.WOMAN, False),
        (1490, 925, looks.BUYER, True),
        (1560, 935, looks.WOMAN, True),
    ):
        stage.bystander(look, x, y, left=left)
    stage.walker(Look(shirt=(70, 150, 120), load="basket"), 330, 1030, speed=-1.1, phase=0.8)
    return stage.done()


def luong_vao(key: str, label: str, frames: int) -> Scene:
    """Rain in the mouth of the lagoon: rock on both sides, boats running for shelter."""
    stage = Stage(key, label, RAIN, frames, horizon=330, camera_m=14)
    fleet = Fleet(stage.rng)
    stage.hills(200, 900, _ROCK, (-0.35, 0.42))
    stage.hills(170, 1100, (92, 98, 84), (0.62, 1.4))
    stage.sea(glitter=0)
    stage.front(partial(_point, stage=stage), 470, distance_m=60, grain=0.08)
    stage.flashing((372, 262), 471, 34, every_s=5.0)
    stage.passing(fleet.boat(left=True, rig="squid"), 560, share=(0.0, 0.9))
    stage.passing(fleet.boat(left=True, rig="trawler"), 650, share=(0.45, 1.35))
    stage.passing(fleet.boat(left=True, rig="trawler"), 800, share=(0.12, 0.80))
    stage.front(partial(_near_rocks, stage=stage), 1000, grain=0.08)
    return stage.done()


def _point(brush: Brush, *, stage: Stage) -> None:
    shore.rocks(brush, [(-30, 452), (240, 446), (470, 458)], 15, stage.rng, high_m=4.6)
    shore.lighthouse(brush, 372, 412, 11.2)


def _near_rocks(brush: Brush, *, stage: Stage) -> None:
    shore.rocks(brush, [(-60, 1090), (260, 1085), (560, 1100)], 60, stage.rng, high_m=2.2)
    shore.rocks(brush, [(1560, 1105), (1990, 1050)], 60, stage.rng, high_m=1.8)


def khu_neo_dau(key: str, label: str, frames: int) -> Scene:
    """Night over the lagoon: riding lights, a squid boat with its lamps burning."""
    stage = Stage(key, label, NIGHT, frames, horizon=320, camera_m=15)
    fleet = Fleet(stage.rng)
    stage.hills(180, 2200, (70, 84, 76), (-0.2, 0.55))
    stage.hills(140, 1800, (66, 80, 70), (0.5, 1.3))
    stage.town(980, 1700, 1.5, 300)
    shore_lamps = [
        Lamp(float(x), 321 - float(stage.rng.uniform(0, 10)), float(stage.rng.uniform(8, 15)), (255, 214, 150), 0.9)
        for x in stage.rng.uniform(40, 1900, 34)
    ]
    stage.lamps(shore_lamps)
    stage.sea(glitter=0.6)
    for y, first, step in ((378, 120, 290), (446, -10, 400), (540, 240, 640)):
        for x in range(first, WIDTH + 80, step):
            stage.moored(fleet.boat(rig="trawler" if x % 3 else "small"), x + float(stage.rng.uniform(-50, 50)), y)
    stage.moored(fleet.boat(left=True, rig="squid"), 1240, 640)
    stage.basket(700, 720, to=980)
    stage.moored(fleet.boat(left=False, rig="trawler"), 360, 810)
    return stage.done()


def bai_tau(key: str, label: str, frames: int) -> Scene:
    """Noon on the beach: basket boats on the sand, nets being mended, surf."""
    stage = Stage(key, label, NOON, frames, horizon=300, camera_m=12)
    fleet = Fleet(stage.rng)
    stage.hills(190, 3000, (74, 108, 76), (0.5, 1.35))
    stage.hills(70, 5200, (80, 110, 100), (-0.2, 0.5))
    stage.sea(bottom=700)
    stage.moored(fleet.boat(left=True), 380, 372)
    stage.moored(fleet.boat(rig="small"), 760, 400)
    stage.moored(fleet.boat(left=True, rig="squid"), 1360, 430)
    stage.passing(fleet.boat(left=False, rig="small"), 470, share=(0.05, 1.0))
    stage.basket(620, 560, to=930)
    stage.basket(1500, 600, to=1270, share=(0.0, 1.0))
    stage.front(partial(_beach, stage=stage), 640, grain=0.04)
    for x, y in ((240, 800), (430, 776), (590, 832), (1380, 770), (1560, 806), (1740, 780), (1660, 900)):
        stage.basket(x, y, rower=False)
    stage.bystander(looks.WOMAN, 880, 880)
    stage.bystander(looks.CREW, 960, 872, left=True)
    stage.walker(looks.POLE, 1000, 740, speed=1.15)
    stage.walker(looks.CARRIER, 560, 940, speed=1.2, phase=0.5, back=looks.EMPTY)
    stage.front(partial(_palms, stage=stage), 1060, grain=0.05)
    return stage.done()


def _beach(brush: Brush, *, stage: Stage) -> None:
    line = smooth([(-20, 690), (300, 664), (720, 690), (1120, 660), (1500, 684), (1940, 640)])
    foam = [(x, y - 20) for x, y in line]
    brush.polygon([*foam, (WIDTH + 20, HEIGHT), (-20, HEIGHT)], (232, 240, 236))
    brush.polygon([*[(x, y - 8) for x, y in line], (WIDTH + 20, HEIGHT), (-20, HEIGHT)], (176, 156, 122))
    wet = [(x, y + 16) for x, y in line]
    brush.shaded([*wet, (WIDTH + 20, HEIGHT), (-20, HEIGHT)], (206, 184, 142), (232, 212, 168))
    for _ in range(260):
        x, y = float(stage.rng.uniform(0, WIDTH)), float(stage.rng.uniform(730, HEIGHT))
        brush.ellipse(x, y, 7 * y / HEIGHT, 2.2 * y / HEIGHT, (196, 174, 132))
    shore.net_heap(brush, 920, 930, 62, (52, 108, 132))
    shore.net_heap(brush, 1180, 840, 44)


def _palms(brush: Brush, *, stage: Stage) -> None:
    shore.palm(brush, 60, 1085, 62, stage.rng, lean=2.6)
    shore.palm(brush, 1850, 1085, 56, stage.rng, lean=-3.2)
