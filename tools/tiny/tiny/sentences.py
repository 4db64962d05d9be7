"""What is said aloud: questions, statements, answers and plain words of the model's world."""

import pathlib
import re
from functools import cache
from random import Random

from .image_tasks import image_task
from .speech import spoken
from .talk import is_test
from .text_tasks import STRANGE, text_task
from .video_tasks import video_task
from .words import (
    ANIMALS,
    COLOURS,
    DAYS,
    DIGITS,
    MONTHS,
    NAMES,
    OPPOSITES,
    SHAPES,
    SIGNS,
    TEENS,
    TENS,
    number,
)

SOUND_QUESTIONS = ["What did I say?", "What do you hear?", "What kind of sound is this?"]
SOUND_ANSWERS = [
    "I hear speech.",
    "I hear a tone.",
    "I hear noise.",
    "The tone is high.",
    "The tone is low.",
]
NUMBER_WORDS = {*DIGITS, *TEENS, *TENS}
LOOSE_WORDS = sorted(
    {
        *ANIMALS,
        *COLOURS,
        *DAYS,
        *DIGITS,
        *MONTHS,
        *NAMES,
        *SHAPES,
        *SIGNS,
        *TEENS,
        *TENS,
        *(word for pair in OPPOSITES for word in pair),
        *"larger smaller large which what where when who how many much colour shape".split(),
        *"plus minus before after comes is the of and".split(),
    }
)


def sentence(rng: Random, test: bool = False) -> str:
    """A sentence in spoken form. Those with numbers or loose words are split between training and test.

    All others are few: they are in both halves, where they are told apart by their voices.
    """
    while True:
        text, is_loose = _any(rng)
        text = spoken(text)
        composed = is_loose or not NUMBER_WORDS.isdisjoint(text.lower().replace(".", "").split())
        if (not composed or is_test(text) == test) and not _is_strange(text):
            return text


def _any(rng: Random) -> tuple[str, bool]:
    pick = rng.random()
    if pick < 0.18:
        count = rng.randint(1, 6)
        return " ".join(rng.choice(LOOSE_WORDS) for _ in range(count)) + ".", True
    if pick < 0.28:
        return (
            f"{number(rng.randint(0, 99))} {rng.choice(['plus', 'minus', 'or', 'and'])} {number(rng.randint(0, 99))}.",
            True,
        )
    if pick < 0.32:
        return rng.choice(SOUND_QUESTIONS + SOUND_ANSWERS), False
    if pick < 0.65:
        turn = rng.choice(text_task(rng).turns)
    elif pick < 0.87:
        turn = image_task(rng).talk.turns[0]
    else:
        turn = video_task(rng).talk.turns[0]
    return turn.question if rng.random() < 0.6 else turn.answer, False


def _is_strange(text: str) -> bool:
    """Names from outside the world cannot be written down in its words."""
    found = re.findall(r"[A-Za-z]+", text)
    return any(word in STRANGE for word in found) or not all(_known(word) for word in found)


def _known(word: str) -> bool:
    return word.lower() in vocabulary_words()


@cache
def vocabulary_words() -> tuple[str, ...]:
    """Every word that is heard and said, in lower case. Checkpoints depend on the order: add words at the end only."""
    return tuple((pathlib.Path(__file__).parent / "spoken_words.txt").read_text().split())
