"""Conversations as samples, in the chat text of the published model."""

import re

import numpy as np

from . import speech, tokens
from .layout import interleaved
from .samples import Part, Sample, Sound, Together
from .talk import Talk, Turn
from .tokens import Vocabulary


def written(talk: Talk, vocabulary: Vocabulary, parts: tuple[Part, ...] = ()) -> Sample:
    """A conversation in text; media stand in the first question, before its text."""
    sample = prompt(talk, vocabulary, parts, train_history=True)
    sample.wanted(vocabulary.encode(talk.turns[-1].answer) + [tokens.EOS])
    return sample


def spoken(
    talk: Talk, vocabulary: Vocabulary, voice: dict[str, np.ndarray], parts: tuple[Part, ...] = ()
) -> Sample | None:
    """The same with a spoken answer, or nothing if the voice lacks a word of it."""
    sample = prompt(talk, vocabulary, parts, voice=True, train_history=True)
    stretches = cut_stretches(talk.turns[-1].answer)
    for i, text in enumerate(stretches):
        words = said_words(text)
        if not words or any(word not in voice for word in words):
            return None
        end = tokens.EOS if i == len(stretches) - 1 else tokens.PAUSE
        frames = np.concatenate([voice[word] for word in words])
        sample.spoken(vocabulary.encode(text) + [end], frames)
    return sample


def said_words(text: str) -> list[str]:
    return re.findall(r"[a-z]+", speech.spoken(text).lower())


def cut_stretches(answer: str, most_items: int = 4) -> list[str]:
    """Sentences, and long lists after every few items; together they are the answer."""
    pieces = re.findall(r"[^.!?]+[.!?]+", answer)
    stretches = []
    for piece in pieces:
        items = re.findall(r"[^,]+,?", piece)
        if len(items) <= most_items + 2:
            stretches.append(piece)
        else:
            stretches += ["".join(items[i : i + most_items]) for i in range(0, len(items), most_items)]
    return stretches


def prompt(
    talk: Talk,
    vocabulary: Vocabulary,
    parts: tuple[Part, ...] = (),
    voice: bool = False,
    train_history: bool = False,
) -> Sample:
    """A conversation up to the model's last turn."""
    sample = Sample()
    for i, turn in enumerate(talk.turns[:-1]):
        _question(sample, turn, vocabulary, () if i else parts)
        sample.given(vocabulary.encode("ASSISTANT:"))
        reply = vocabulary.encode(turn.answer) + [tokens.EOS]
        (sample.wanted if train_history else sample.given)(reply)
        sample.given(vocabulary.encode("\n"))
    _question(sample, talk.turns[-1], vocabulary, () if len(talk.turns) > 1 else parts)
    sample.given(vocabulary.encode("VOICE ASSISTANT:" if voice else "ASSISTANT:"))
    return sample


def _question(sample: Sample, turn: Turn, vocabulary: Vocabulary, parts: tuple[Part, ...]) -> None:
    sample.given(vocabulary.encode("USER:"))
    for part in parts:
        _part(sample, part, vocabulary)
    if turn.question:
        sample.given(vocabulary.encode(turn.question))
    sample.given(vocabulary.encode("\n"))


def _part(sample: Sample, part: Part, vocabulary: Vocabulary) -> None:
    if isinstance(part, Together):
        interleaved(sample, part.clip, part.sound, vocabulary)
        return
    sample.media.append(part)
    if isinstance(part, Sound):
        sample.given([tokens.AUDIO_START] + [tokens.AUDIO_PAD] * part.rows + [tokens.AUDIO_END])
    elif part.labels:
        for label in part.labels:
            sample.given(vocabulary.encode(label) + [tokens.IMAGE_PAD] * part.rows_per_pair)
    else:
        sample.given([tokens.IMAGE_PAD] * part.rows + vocabulary.encode("\n"))
