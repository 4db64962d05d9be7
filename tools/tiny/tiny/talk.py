"""Conversations, the split between training and test, and draws from lists."""

import hashlib
from dataclasses import dataclass, field
from random import Random


@dataclass(frozen=True)
class Turn:
    question: str
    answer: str


@dataclass(frozen=True)
class Talk:
    """One or more turns of text; the last answer is the one that is judged.

    `key` names the composition: it decides whether the talk belongs to training or to the test.
    """

    task: str
    key: str
    turns: list[Turn] = field(default_factory=list)


TEST_SHARE = 10


def is_test(key: str) -> bool:
    """A fixed tenth of all compositions is never trained on."""
    return hashlib.sha256(key.encode()).digest()[0] * TEST_SHARE // 256 == 0


def draw(make, rng: Random, test: bool, tries: int = 1000):
    """Draws from `make` until something of the wanted half of the split comes."""
    for _ in range(tries):
        made = make(rng)
        if is_test(made.key) == test:
            return made
    raise RuntimeError(f"{make.__name__} gave nothing for {'test' if test else 'training'}")
