"""Questions about short drawn clips."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import numpy as np

from .properties import labels
from .samples import Picture
from .scenes import Scene, Thing, ground
from .talk import Talk, Turn
from .words import COLOURS, MOVES, SHAPES, number

FRAMES_PER_SECOND = 10
SECONDS = 3
SIDE = 84


@dataclass(frozen=True)
class Actor:
    """A thing with a velocity in sides per second that is there from a second on."""

    thing: Thing
    speed: tuple[float, float] = (0.0, 0.0)
    begins: float = 0.0

    @property
    def way(self) -> str | None:
        """Where it moves, if it does."""
        step = tuple((part > 0) - (part < 0) for part in self.speed)
        return next((way for way, move in MOVES.items() if move == step), None)

    def at(self, seconds: float) -> Thing | None:
        if seconds < self.begins:
            return None
        t, (dx, dy) = self.thing, self.speed
        return Thing(t.shape, t.colour, t.x + dx * seconds, t.y + dy * seconds, t.radius, t.large)


@dataclass(frozen=True)
class Clip:
    talk: Talk
    actors: tuple[Actor, ...]
    ground: tuple[int, int, int]

    @property
    def key(self) -> str:
        return self.talk.key

    def frame(self, seconds: float, side: int = SIDE) -> np.ndarray:
        things = [actor.at(seconds) for actor in self.actors]
        return Scene(tuple(thing for thing in things if thing), (), self.ground).draw(side, side)

    def told(self, first: float, second: float, side: int = SIDE) -> np.ndarray:
        """Classes that rows shall tell of two frames that are looked at together: where things are in between."""
        things, ways = [], {}
        for actor in self.actors:
            if actor.at(second):
                thing = actor.at((first + second) / 2) or actor.at(second)
                things.append(thing)
                if actor.way and actor.at(first) != actor.at(second):
                    ways[thing] = actor.way
        return labels(Scene(tuple(things)), side, ways)


def _things(rng: Random, places: list[tuple[float, float]]) -> list[Thing]:
    shapes, colours = rng.sample(SHAPES, len(places)), rng.sample(list(COLOURS), len(places))
    return [
        Thing(shape, colour, x, y, rng.uniform(0.13, 0.17), True)
        for shape, colour, (x, y) in zip(shapes, colours, places)
    ]


def key_of(task: str, actors: tuple[Actor, ...]) -> str:
    return f"{task}&" + "&".join(actor.thing.name for actor in actors)


def _clip(rng: Random, task: str, actors: list[Actor], turn: Turn) -> Clip:
    shown = tuple(actors)
    return Clip(Talk(task, key_of(task, shown), [turn]), shown, ground(rng, []))


def which_moves(mover: Actor) -> Turn:
    return Turn("Which shape moves?", f"The {mover.thing.name} moves.")


def way_of(rng: Random, mover: Actor, way: str) -> Turn:
    name = mover.thing.shape
    question = rng.choice([f"Where does the {name} move?", f"Which way does the {name} move?"])
    return Turn(question, f"The {name} moves {way}.")


def first_or_last(actors: Sequence[Actor], word: str) -> Turn:
    """Of actors in the order in which they come, as in all questions about order."""
    chosen = actors[0 if word == "first" else -1].thing.name
    return Turn(f"Which shape comes {word}?", f"The {chosen} comes {word}.")


def neighbour(actors: Sequence[Actor], at: int, word: str) -> Turn:
    """What comes right before or after the one at a place."""
    other, chosen = actors[at].thing.shape, actors[at + (1 if word == "after" else -1)].thing.name
    return Turn(f"Which shape comes {word} the {other}?", f"The {chosen} comes {word} the {other}.")


def second_of(actor: Actor) -> Turn:
    name, second = actor.thing.shape, number(int(actor.begins))
    return Turn(f"When does the {name} come?", f"The {name} comes at second {second}.")


def movement(rng: Random) -> Clip:
    """One shape moves; another may stand by."""
    way = rng.choice(list(MOVES))
    dx, dy = MOVES[way]
    lane = rng.choice([0.25, 0.75])
    length = 0.6
    start = (0.5 - dx * length / 2, lane) if dx else (lane, 0.5 - dy * length / 2)
    other = (0.5, 1 - lane) if dx else (1 - lane, 0.5)
    things = _things(rng, [start, other] if rng.random() < 0.5 else [start])
    pace = length / SECONDS
    mover = Actor(things[0], (dx * pace, dy * pace))
    actors = [mover, *(Actor(thing) for thing in things[1:])]
    asks_which = len(actors) > 1 and rng.random() < 0.4
    return _clip(rng, "movement", actors, which_moves(mover) if asks_which else way_of(rng, mover, way))


def order(rng: Random) -> Clip:
    """One shape after the other comes and stays."""
    count = rng.choice([2, 3])
    places = rng.sample([(0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)], count)
    starts = [0.0, 1.5] if count == 2 else [0.0, 1.0, 2.0]
    actors = [Actor(thing, (0.0, 0.0), start) for thing, start in zip(_things(rng, places), starts)]
    if rng.random() < 0.6:
        return _clip(rng, "order", actors, first_or_last(actors, rng.choice(["first", "last"])))
    at = rng.randrange(count - 1)
    turn = neighbour(actors, at, "after") if rng.random() < 0.5 else neighbour(actors, at + 1, "before")
    return _clip(rng, "order", actors, turn)


def moment(rng: Random) -> Clip:
    """At which second something comes."""
    second = rng.choice([1, 2])
    things = _things(rng, rng.sample([(0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)], 2))
    actors = [Actor(things[0]), Actor(things[1], (0.0, 0.0), float(second))]
    return _clip(rng, "moment", actors, second_of(actors[1]))


VIDEO_TASKS = {movement: 3, order: 3, moment: 1}
# Time is learnt last.
LESSONS = {movement: 3, order: 5, moment: 3}


def video_task(rng: Random) -> Clip:
    return rng.choices(list(VIDEO_TASKS), list(VIDEO_TASKS.values()))[0](rng)


def lesson(rng: Random) -> Clip:
    return rng.choices(list(LESSONS), list(LESSONS.values()))[0](rng)


def offline_frames(frame_count: int, rate: float) -> tuple[list[int], list[str]]:
    """Which frames of a clip without sound the engine looks at, and their labels."""
    last, step = frame_count - 1, lambda fps: max(1, int(rate / fps + 0.5))
    centres = lambda segment: [
        min(int(segment / 2 + i * segment + 0.5), last - 1)
        for i in range(last)
        if segment / 2 + i * segment < last
    ]
    chosen = centres(step(0.5))
    raised = min(16 / (last / rate), 4)
    if raised > 0.5:
        chosen = centres(step(raised))
    if len(chosen) % 2:
        chosen.append(chosen[-1])
    labels = [label(frame / rate) for frame in chosen[::2]]
    reliable = lambda i: max(0, kept + frame_count if (kept := min(i, frame_count - 6)) < 0 else kept)
    return [reliable(i) for i in chosen], labels


def spread_frames(frame_count: int, rate: float, per_second: int = 1) -> tuple[list[int], list[str]]:
    """The same for a clip with sound."""
    seconds = int(np.ceil(frame_count / rate))
    points = np.linspace(0, seconds * rate, 2 * per_second * seconds)
    chosen = [min(int(np.rint(point)), frame_count - 1) for point in points]
    return chosen, [label(frame / rate) for frame in chosen[::2]]


def pairs(with_sound: bool) -> list[tuple[float, float]]:
    """The seconds of the frames that are looked at together."""
    frames = (spread_frames if with_sound else offline_frames)(
        FRAMES_PER_SECOND * SECONDS, FRAMES_PER_SECOND
    )[0]
    seconds = [frame / FRAMES_PER_SECOND for frame in frames]
    return list(zip(seconds[::2], seconds[1::2]))


def label(seconds: float) -> str:
    return f"second{{{seconds:.1f}}}:"


def picture(clip: Clip, with_sound: bool = False, with_film: bool = False) -> Picture:
    count = FRAMES_PER_SECOND * SECONDS
    chosen, times = (spread_frames if with_sound else offline_frames)(count, FRAMES_PER_SECOND)
    frames = np.stack([clip.frame(frame / FRAMES_PER_SECOND) for frame in chosen])
    film = np.stack([clip.frame(frame / FRAMES_PER_SECOND) for frame in range(count)]) if with_film else None
    told = np.concatenate([clip.told(first, second) for first, second in pairs(with_sound)])
    return Picture(frames.reshape(-1, 2, SIDE, SIDE, 3), told, tuple(times), film)
