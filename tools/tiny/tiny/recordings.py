"""Spoken sentences on disk, made once: parts of a few hundred, so that making them can be interrupted."""

import json
import pathlib
from dataclasses import dataclass
from random import Random

import numpy as np

from .sentences import sentence
from .speech import heard, random_voice

PART = 250


@dataclass(frozen=True)
class Recording:
    text: str
    samples: np.ndarray


def make(folder: pathlib.Path, count: int, test: bool, seed: int) -> None:
    """Adds parts until there are `count` recordings."""
    folder.mkdir(parents=True, exist_ok=True)
    for part in range((count + PART - 1) // PART):
        path = folder / f"{part:03}.npz"
        if path.exists():
            continue
        rng = Random(f"{seed} {test} {part}")
        texts = [sentence(rng, test) for _ in range(PART)]
        sounds = [heard(text, random_voice(rng, test)) for text in texts]
        save(path, texts, sounds)
        print(path, flush=True)


def save(path: pathlib.Path, texts: list[str], sounds: list[np.ndarray]) -> None:
    samples = np.concatenate([np.round(sound * 32767).astype(np.int16) for sound in sounds])
    unfinished = path.with_suffix(".unfinished")
    with unfinished.open("wb") as file:
        np.savez(
            file, samples=samples, ends=np.cumsum([len(sound) for sound in sounds]), texts=json.dumps(texts)
        )
    unfinished.replace(path)


def read(folder: pathlib.Path) -> list[Recording]:
    found = []
    for path in sorted(folder.glob("*.npz")):
        with np.load(path) as part:
            pieces = np.split(part["samples"], part["ends"][:-1])
            found += [Recording(text, piece) for text, piece in zip(json.loads(str(part["texts"])), pieces)]
    return found


def floats(recording: Recording) -> np.ndarray:
    return recording.samples.astype(np.float32) / 32767
