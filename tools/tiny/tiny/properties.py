"""What rows of the eyes shall tell of what has its centre there."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .scenes import Scene, Thing
from .sizes import VISION
from .words import COLOURS, MOVES, SHAPES, SIGNS


@dataclass(frozen=True)
class Property:
    """Something that a row can be asked for; class 0 is `none`.

    What is `written` is told in the language model's words, all else in directions of its own.
    """

    name: str
    classes: tuple[str, ...]
    written: bool = True

    def of(self, word: str) -> int:
        return self.classes.index(word) + 1


SHAPE = Property("shape", tuple(SHAPES))
COLOUR = Property("colour", tuple(COLOURS))
SIZE = Property("size", ("large", "small"))
WORD = Property("word", tuple(SIGNS))
# Rows come to the language model one after the other: where a row stands it would have to count.
ACROSS = Property("across", ("left", "middle", "right"), written=False)
DOWN = Property("down", ("top", "middle", "bottom"), written=False)
WAY = Property("way", tuple(MOVES), written=False)
# The same words for both digits could not tell 37 from 73.
TENS = Property("tens", tuple("123456789"), written=False)
ONES = Property("ones", tuple("0123456789"), written=False)
PROPERTIES = (SHAPE, COLOUR, SIZE, WORD, ACROSS, DOWN, WAY, TENS, ONES)


def labels(scene: Scene, side: int, ways: Mapping[Thing, str] | None = None) -> np.ndarray:
    """`[tokens, properties]` for a square picture; a row covers one patch in height, two in width.

    `ways` has the things that move.
    """
    grid = side // VISION.patch_size
    found = np.zeros((grid, grid // 2, len(PROPERTIES)), np.int64)
    row = lambda y: min(grid - 1, int(y * grid))
    column = lambda x: min(grid // 2 - 1, int(x * grid / 2))
    third = lambda at: 0 if at < 0.35 else 1 if at < 0.65 else 2

    def tell(at: np.ndarray, group: Property, word: str) -> None:
        at[..., PROPERTIES.index(group)] = group.of(word)

    for thing in scene.things:
        at = found[row(thing.y), column(thing.x)]
        tell(at, SHAPE, thing.shape)
        tell(at, COLOUR, thing.colour)
        tell(at, SIZE, "large" if thing.large else "small")
        tell(at, ACROSS, ACROSS.classes[third(thing.x)])
        tell(at, DOWN, DOWN.classes[third(thing.y)])
        if ways and thing in ways:
            tell(at, WAY, ways[thing])
    for sign in scene.signs:
        # All rows that the print covers know it: one row alone sees no more than two letters.
        half = 0.3 * sign.height * len(sign.text)
        rows = slice(row(sign.y - 0.25 * sign.height), row(sign.y + 0.25 * sign.height) + 1)
        at = found[rows, column(max(0, sign.x - half)) : column(sign.x + half) + 1]
        if sign.text.isdigit():
            tell(at, ONES, sign.text[-1])
            if len(sign.text) > 1:
                tell(at, TENS, sign.text[0])
        else:
            tell(at, WORD, sign.text)
    return found.reshape(-1, len(PROPERTIES))
