"""Conversations as the rows of ids, media and targets that the model is trained on."""

from dataclasses import dataclass, field
from typing import Union

import numpy as np

from . import tokens
from .talk import Talk, Turn
from .tokens import Vocabulary

NONE = -1
HEADS = 4


@dataclass(frozen=True)
class Picture:
    """Frame pairs `[pairs, 2, height, width, 3]`, already of the encoder's size; labels stand before each pair."""

    frames: np.ndarray
    labels: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        return self.frames.shape[0] * self.rows_per_pair

    @property
    def rows_per_pair(self) -> int:
        return self.frames.shape[2] // 14 * (self.frames.shape[3] // 14) // 2


@dataclass(frozen=True)
class Sound:
    """Mono samples at 16 kHz, -1 to 1."""

    samples: np.ndarray

    @property
    def rows(self) -> int:
        frames = 1 + (len(self.samples) - 400) // 160
        return (frames + 7) // 8


Medium = Union[Picture, Sound]


@dataclass
class Sample:
    """Position by position: what goes in, and what shall come out (`NONE` = nothing)."""

    ids: list[int] = field(default_factory=list)
    targets: list[int] = field(default_factory=list)
    audio_in: dict[int, tuple[int, ...]] = field(default_factory=dict)
    audio_targets: dict[int, tuple[int, ...]] = field(default_factory=dict)
    media: list[Medium] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.ids)

    def given(self, ids: list[int]) -> None:
        self.ids += ids
        self.targets += [NONE] * len(ids)

    def wanted(self, ids: list[int]) -> None:
        """Ids that the model shall write: each is the target of the position before it."""
        self.targets[-1] = ids[0]
        self.ids += ids
        self.targets += ids[1:] + [NONE]


def written(talk: Talk, vocabulary: Vocabulary, media: tuple[Medium, ...] = ()) -> Sample:
    """A conversation in text; media stand in the last question, before its text."""
    sample = Sample()
    for turn in talk.turns:
        _question(sample, turn, vocabulary, media if turn is talk.turns[-1] else ())
        sample.given(vocabulary.encode("ASSISTANT:"))
        sample.wanted(vocabulary.encode(turn.answer) + [tokens.EOS])
        if turn is not talk.turns[-1]:
            sample.given(vocabulary.encode("\n"))
    return sample


def _question(sample: Sample, turn: Turn, vocabulary: Vocabulary, media: tuple[Medium, ...]) -> None:
    sample.given(vocabulary.encode("USER:"))
    for medium in media:
        _medium(sample, medium, vocabulary)
    if turn.question:
        sample.given(vocabulary.encode(turn.question))
    sample.given(vocabulary.encode("\n"))


def _medium(sample: Sample, medium: Medium, vocabulary: Vocabulary) -> None:
    sample.media.append(medium)
    if isinstance(medium, Sound):
        sample.given([tokens.AUDIO_START] + [tokens.AUDIO_PAD] * medium.rows + [tokens.AUDIO_END])
    elif medium.labels:
        for label in medium.labels:
            sample.given(vocabulary.encode(label) + [tokens.IMAGE_PAD] * medium.rows_per_pair)
    else:
        sample.given([tokens.IMAGE_PAD] * medium.rows + vocabulary.encode("\n"))


def prompt(talk: Talk, vocabulary: Vocabulary, media: tuple[Medium, ...] = ()) -> Sample:
    """The same up to the model's last turn."""
    sample = Sample()
    for turn in talk.turns[:-1]:
        _question(sample, turn, vocabulary, ())
        sample.given(vocabulary.encode("ASSISTANT:") + vocabulary.encode(turn.answer) + [tokens.EOS] + vocabulary.encode("\n"))
    _question(sample, talk.turns[-1], vocabulary, media)
    sample.given(vocabulary.encode("ASSISTANT:"))
    return sample
