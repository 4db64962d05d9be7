"""Questions about drawn pictures."""

from dataclasses import dataclass
from random import Random

import numpy as np

from .properties import labels
from .samples import Picture
from .scenes import FONTS, Scene, Sign, Thing, ground, random_thing
from .talk import Talk, Turn
from .words import SHAPES, SIGNS, article, listing, number

SIDE = 112
PLACES = [(x, y) for y in (0.2, 0.5, 0.8) for x in (0.2, 0.5, 0.8)]
WHERE = {
    (0.2, 0.2): "at the top left",
    (0.5, 0.2): "at the top",
    (0.8, 0.2): "at the top right",
    (0.2, 0.5): "on the left",
    (0.5, 0.5): "in the middle",
    (0.8, 0.5): "on the right",
    (0.2, 0.8): "at the bottom left",
    (0.5, 0.8): "at the bottom",
    (0.8, 0.8): "at the bottom right",
}
INKS = [(15, 15, 15), (160, 20, 20), (20, 40, 150), (20, 90, 30), (90, 30, 110)]


@dataclass(frozen=True)
class Seen:
    """A scene and what is said about it."""

    talk: Talk
    scene: Scene

    @property
    def key(self) -> str:
        return self.talk.key


def plural(shape: str) -> str:
    return "crosses" if shape == "cross" else f"{shape}s"


def some_things(
    rng: Random, low: int, high: int, distinct: bool = True
) -> tuple[list[Thing], list[tuple[float, float]]]:
    """Things in different places; `distinct` gives each a shape and a colour of its own."""
    while True:
        places = rng.sample(PLACES, rng.randint(low, high))
        things = [random_thing(rng, *place) for place in places]
        shapes, colours = {thing.shape for thing in things}, {thing.colour for thing in things}
        if not distinct or len(shapes) == len(colours) == len(things):
            return things, places


def _seen(rng: Random, task: str, things: list[Thing], turn: Turn) -> Seen:
    return Seen(Talk(task, key_of(task, things), [turn]), Scene(tuple(things), (), ground(rng, things)))


def key_of(task: str, things: list[Thing]) -> str:
    return "&".join([task, *sorted(thing.name for thing in things)])


def count_of(things: list[Thing], shape: str | None) -> Turn:
    """How many there are of a shape, or of all together."""
    amount = sum(shape in (None, thing.shape) for thing in things)
    one, many = (shape, plural(shape)) if shape else ("shape", "shapes")
    answer = (
        f"There are {number(amount)} {many}."
        if amount > 1
        else f"There is one {one}."
        if amount
        else f"There are no {many}."
    )
    return Turn(f"How many {many} are there?", answer)


def colour_of(thing: Thing) -> Turn:
    return Turn(f"What colour is the {thing.shape}?", f"The {thing.shape} is {thing.colour}.")


def shape_of(thing: Thing) -> Turn:
    return Turn(f"What shape is {thing.colour}?", f"The {thing.colour} shape is {article(thing.shape)}.")


def size_of(thing: Thing) -> Turn:
    word = "large" if thing.large else "small"
    return Turn(f"Is the {thing.shape} large or small?", f"The {thing.shape} is {word}.")


def place_of(thing: Thing, place: tuple[float, float]) -> Turn:
    return Turn(f"Where is the {thing.shape}?", f"The {thing.shape} is {WHERE[place]}.")


def description(rng: Random, things: list[Thing], places: list[tuple[float, float]]) -> Turn:
    """From left to right, or from top to bottom where they stand in one column."""
    order = sorted(range(len(things)), key=lambda i: places[i])
    names = listing([article(things[i].name) for i in order])
    return Turn(rng.choice(["What do you see?", "What is in the picture?"]), f"I see {names}.")


def count(rng: Random) -> Seen:
    things, _ = some_things(rng, 1, 5, distinct=False)
    shape = None
    if rng.random() < 0.6:
        shape = rng.choice(SHAPES)
        things = [
            Thing(shape, t.colour, t.x, t.y, t.radius, t.large) if rng.random() < 0.6 else t for t in things
        ]
    return _seen(rng, "count", things, count_of(things, shape))


def colour(rng: Random) -> Seen:
    things, _ = some_things(rng, 1, 4)
    return _seen(rng, "colour", things, colour_of(rng.choice(things)))


def shape(rng: Random) -> Seen:
    things, _ = some_things(rng, 1, 4)
    return _seen(rng, "shape", things, shape_of(rng.choice(things)))


def size(rng: Random) -> Seen:
    if rng.random() < 0.5:
        things, _ = some_things(rng, 1, 3)
        return _seen(rng, "size", things, size_of(rng.choice(things)))
    while True:
        things, _ = some_things(rng, 2, 2)
        if things[0].large != things[1].large:
            break
    return _seen(rng, "size", things, larger_or_smaller(rng, things))


def larger_or_smaller(rng: Random, things: list[Thing]) -> Turn:
    """Of two things of different sizes."""
    word = rng.choice(["larger", "smaller"])
    chosen = next(thing for thing in things if thing.large == (word == "larger"))
    return Turn(f"Which shape is {word}?", f"The {chosen.shape} is {word}.")


def place(rng: Random) -> Seen:
    things, places = some_things(rng, 1, 3)
    at = rng.randrange(len(things))
    return _seen(rng, "place", things, place_of(things[at], places[at]))


def relation(rng: Random) -> Seen:
    """Two things in one row or column."""
    along = rng.choice([0.2, 0.5, 0.8])
    low, high = rng.sample([0.2, 0.5, 0.8], 2)
    horizontal = rng.random() < 0.5
    place_at = (lambda at: (at, along)) if horizontal else (lambda at: (along, at))
    while True:
        first, second = random_thing(rng, *place_at(low)), random_thing(rng, *place_at(high))
        if first.shape != second.shape and first.colour != second.colour:
            break
    things = [first, second]
    if rng.random() < 0.5:
        rng.shuffle(things)
    return _seen(rng, "relation", things, relation_of(rng, first, second, horizontal, low < high))


def relation_of(rng: Random, first: Thing, second: Thing, horizontal: bool, before: bool) -> Turn:
    """Of two things in one row or column; `before`: the first is to the left or above."""
    words = ("to the left of", "to the right of") if horizontal else ("above", "below")
    word = words[0] if before else words[1]
    if rng.random() < 0.6:
        return Turn(
            f"What is {word} the {second.shape}?",
            f"The {first.colour} {first.shape} is {word} the {second.shape}.",
        )
    asked = rng.choice(words)
    answer = "Yes, it is." if asked == word else "No, it is not."
    return Turn(f"Is the {first.shape} {asked} the {second.shape}?", answer)


def describe(rng: Random) -> Seen:
    things, places = some_things(rng, 1, 3)
    return _seen(rng, "describe", things, description(rng, things, places))


def read(rng: Random) -> Seen:
    is_word = rng.random() < 0.6
    text = rng.choice(SIGNS) if is_word else str(rng.randint(0, 99))
    height = rng.uniform(0.17, 0.24)
    sign = Sign(
        text,
        rng.uniform(0.36, 0.64),
        rng.uniform(0.15, 0.85),
        height,
        rng.randrange(len(FONTS)),
        rng.choice(INKS),
    )
    things, key = [], f"read&{text}&{sign.font}&{sign.ink}&{round(sign.y * 3)}"
    if rng.random() < 0.4:
        things = [random_thing(rng, 0.5, 0.8 if sign.y < 0.45 else 0.2, large=False)]
        key += things[0].name
    if is_word:
        turn = Turn(rng.choice(["What word is written here?", "Read the word."]), f"The word is {text}.")
    else:
        turn = Turn(
            rng.choice(["What number is written here?", "Read the number."]), f"The number is {text}."
        )
    return Seen(Talk("read", key, [turn]), Scene(tuple(things), (sign,), ground(rng, things)))


IMAGE_TASKS = {count: 3, colour: 2, shape: 2, size: 2, place: 2, relation: 3, describe: 3, read: 3}
# What takes longest to learn.
LESSONS = {**IMAGE_TASKS, count: 8, relation: 8, describe: 5}


def image_task(rng: Random) -> Seen:
    return rng.choices(list(IMAGE_TASKS), list(IMAGE_TASKS.values()))[0](rng)


def lesson(rng: Random) -> Seen:
    return rng.choices(list(LESSONS), list(LESSONS.values()))[0](rng)


def picture(scene: Scene, side: int = SIDE) -> Picture:
    drawn = scene.draw(side, side)
    return Picture(np.stack([drawn, drawn])[None], labels(scene, side))
