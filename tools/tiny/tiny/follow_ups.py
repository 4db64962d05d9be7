"""More questions about a picture or a clip: what is seen costs many positions, a question few."""

from random import Random

from . import image_tasks, video_tasks
from .image_tasks import WHERE, Seen
from .scenes import Thing
from .talk import Turn, is_test
from .video_tasks import Clip
from .words import SHAPES


def follow_ups(rng: Random, shown: Seen | Clip, test: bool, most: int) -> list[Turn]:
    """Questions other than the first, of one half of the split like the first."""
    if isinstance(shown, Clip):
        asked = _about_clip(rng, shown)
        key = lambda task: video_tasks.key_of(task, shown.actors)
    else:
        asked = _about_picture(rng, list(shown.scene.things)) if not shown.scene.signs else []
        key = lambda task: image_tasks.key_of(task, list(shown.scene.things))
    first = shown.talk.turns[0].question
    fresh = [turn for task, turn in asked if turn.question != first and is_test(key(task)) == test]
    return rng.sample(fresh, min(most, len(fresh)))


def _about_picture(rng: Random, things: list[Thing]) -> list[tuple[str, Turn]]:
    shapes, colours = [t.shape for t in things], [t.colour for t in things]
    places = [_place(thing) for thing in things]
    asked = [("count", image_tasks.count_of(things, shape)) for shape in (None, rng.choice(shapes))]
    asked.append(("count", image_tasks.count_of(things, rng.choice(SHAPES))))
    for thing, place in zip(things, places):
        if shapes.count(thing.shape) == 1:
            asked += [
                ("colour", image_tasks.colour_of(thing)),
                ("size", image_tasks.size_of(thing)),
                ("place", image_tasks.place_of(thing, place)),
            ]
        if colours.count(thing.colour) == 1:
            asked.append(("shape", image_tasks.shape_of(thing)))
    distinct = len(set(shapes)) == len(set(colours)) == len(things)
    if distinct and len(things) <= 3:
        asked.append(("describe", image_tasks.description(rng, things, places)))
    if distinct and len(things) == 2:
        asked += _about_two(rng, things, places)
    return asked


def _about_two(rng: Random, things: list[Thing], places: list[tuple[float, float]]) -> list[tuple[str, Turn]]:
    asked = []
    if things[0].large != things[1].large:
        asked.append(("size", image_tasks.larger_or_smaller(rng, things)))
    for axis in (0, 1):
        if places[0][1 - axis] == places[1][1 - axis]:
            for a, b in ((0, 1), (1, 0)):
                before = places[a][axis] < places[b][axis]
                turn = image_tasks.relation_of(rng, things[a], things[b], axis == 0, before)
                asked.append(("relation", turn))
    return asked


def _place(thing: Thing) -> tuple[float, float]:
    return min(WHERE, key=lambda place: (place[0] - thing.x) ** 2 + (place[1] - thing.y) ** 2)


def _about_clip(rng: Random, clip: Clip) -> list[tuple[str, Turn]]:
    asked = []
    movers = [actor for actor in clip.actors if any(actor.speed)]
    for mover in movers:
        asked.append(("movement", video_tasks.way_of(rng, mover, mover.way)))
        if len(clip.actors) > 1:
            asked.append(("movement", video_tasks.which_moves(mover)))
    begins = [actor.begins for actor in clip.actors]
    if len(set(begins)) == len(begins) > 1:
        asked += [("order", video_tasks.first_or_last(clip.actors, word)) for word in ("first", "last")]
        for at in range(len(begins) - 1):
            asked.append(("order", video_tasks.neighbour(clip.actors, at, "after")))
            asked.append(("order", video_tasks.neighbour(clip.actors, at + 1, "before")))
        asked += [("moment", video_tasks.second_of(a)) for a in clip.actors if a.begins in (1.0, 2.0)]
    return asked
