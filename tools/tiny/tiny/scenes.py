"""Drawn pictures: shapes of several sizes and colours in a grid of places, and printed words."""

import math
from dataclasses import dataclass
from random import Random

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from .words import COLOURS, SHAPES

GROUNDS = [
    (235, 235, 235),
    (205, 215, 225),
    (225, 215, 195),
    (185, 190, 195),
    (200, 225, 205),
    (240, 225, 235),
]
FONTS = [
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf",
    "/usr/share/fonts/truetype/dejavu/DejaVuSansMono-Bold.ttf",
    "/usr/share/fonts/truetype/dejavu/DejaVuSerif-Bold.ttf",
]
OVERSAMPLING = 3


@dataclass(frozen=True)
class Thing:
    """A shape; place and radius are shares of the picture's side."""

    shape: str
    colour: str
    x: float
    y: float
    radius: float
    large: bool = True

    @property
    def name(self) -> str:
        return f"{self.colour} {self.shape}"


@dataclass(frozen=True)
class Sign:
    """A printed word or number."""

    text: str
    x: float
    y: float
    height: float
    font: int
    ink: tuple[int, int, int]


@dataclass(frozen=True)
class Scene:
    things: tuple[Thing, ...] = ()
    signs: tuple[Sign, ...] = ()
    ground: tuple[int, int, int] = GROUNDS[0]

    def draw(self, width: int, height: int) -> np.ndarray:
        """uint8 `[height, width, 3]`."""
        wide, high = width * OVERSAMPLING, height * OVERSAMPLING
        picture = Image.new("RGB", (wide, high), self.ground)
        pen = ImageDraw.Draw(picture)
        for thing in self.things:
            _draw_thing(pen, thing, wide, high)
        for sign in self.signs:
            font = ImageFont.truetype(FONTS[sign.font], max(8, round(sign.height * high)))
            pen.text((sign.x * wide, sign.y * high), sign.text, fill=sign.ink, font=font, anchor="mm")
        return np.asarray(picture.resize((width, height), Image.Resampling.BICUBIC))


def _draw_thing(pen: ImageDraw.ImageDraw, thing: Thing, width: int, height: int) -> None:
    x, y, r = thing.x * width, thing.y * height, thing.radius * min(width, height)
    ink = COLOURS[thing.colour]
    edge = (90, 90, 90)
    if thing.shape == "circle":
        pen.ellipse((x - r, y - r, x + r, y + r), fill=ink, outline=edge)
    elif thing.shape == "ring":
        pen.ellipse((x - r, y - r, x + r, y + r), outline=ink, width=max(2, round(0.38 * r)))
    else:
        pen.polygon([(x + r * dx, y + r * dy) for dx, dy in OUTLINES[thing.shape]], fill=ink, outline=edge)


def _star() -> list[tuple[float, float]]:
    radii = [1.1, 0.45] * 5
    return [(r * math.sin(i * math.pi / 5), -r * math.cos(i * math.pi / 5)) for i, r in enumerate(radii)]


def _cross(arm: float = 0.33) -> list[tuple[float, float]]:
    a = arm
    return [
        (-a, -1),
        (a, -1),
        (a, -a),
        (1, -a),
        (1, a),
        (a, a),
        (a, 1),
        (-a, 1),
        (-a, a),
        (-1, a),
        (-1, -a),
        (-a, -a),
    ]


OUTLINES = {
    "square": [(-0.88, -0.88), (0.88, -0.88), (0.88, 0.88), (-0.88, 0.88)],
    "triangle": [(0, -1), (1, 0.85), (-1, 0.85)],
    "diamond": [(0, -1.1), (0.75, 0), (0, 1.1), (-0.75, 0)],
    "star": _star(),
    "cross": _cross(),
}


def jitter(rng: Random, amount: float) -> float:
    return rng.uniform(-amount, amount)


def random_thing(rng: Random, x: float, y: float, large: bool | None = None) -> Thing:
    large = rng.random() < 0.5 if large is None else large
    radius = rng.uniform(0.135, 0.165) if large else rng.uniform(0.06, 0.08)
    return Thing(
        rng.choice(SHAPES),
        rng.choice(list(COLOURS)),
        x + jitter(rng, 0.03),
        y + jitter(rng, 0.03),
        radius,
        large,
    )


def ground(rng: Random, things: list[Thing]) -> tuple[int, int, int]:
    return tuple(max(0, min(255, value + rng.randint(-8, 8))) for value in rng.choice(GROUNDS))
