"""The model's own voice: single words by espeak-ng on one steady pitch, cut to whole codec frames.

A word always sounds the same and always begins with a frame, so that its codec ids are always the same.
The pitch is 100 Hz, which divides the frames of 60 ms: no phase has to be remembered from frame to frame.
"""

import json
import pathlib
import re
import shutil
import subprocess

import numpy as np

from .sentences import vocabulary_words
from .sizes import CODEC
from .speech import resampled, spoken, trimmed

INSTALLED = pathlib.Path("/usr/lib/x86_64-linux-gnu/espeak-ng-data")
VARIANT = "language variant\nname tiny\ngender male\npitch 110 110\nflutter 0\nroughness 0\n"
ESPEAK_HZ = 22050
PITCH_HZ = 100.0
# Words alone are said more slowly than in a sentence: at this speed pocketsphinx knows them as well as
# sentences at 150.
WORDS_PER_MINUTE = 230
GAIN = 0.8
PHONEMES = {"a": "[[@]]", "the": "[[D@]]", "of": "[[@v]]", "to": "[[tu]]", "and": "[[and]]"}


def espeak_data(work: pathlib.Path) -> pathlib.Path:
    """A copy of espeak-ng's data with a voice variant of a steady pitch."""
    folder = work / "espeak"
    variant = folder / "espeak-ng-data" / "voices" / "!v" / "tiny"
    if not variant.exists():
        shutil.copytree(INSTALLED, folder / "espeak-ng-data", dirs_exist_ok=True)
        variant.write_text(VARIANT)
    return folder


def espeak(data: pathlib.Path, text: str) -> np.ndarray:
    """Samples at 22,050 Hz, -1 to 1."""
    command = [
        "espeak-ng",
        f"--path={data}",
        "-v",
        "en-us+tiny",
        "-s",
        str(WORDS_PER_MINUTE),
        "-z",
        "--stdout",
        text,
    ]
    made = subprocess.run(command, capture_output=True, check=True)
    return np.frombuffer(made.stdout[44:], "<i2").astype(np.float32) / 32768


def pitch(samples: np.ndarray, hz: float, low: float = 70, high: float = 160) -> float:
    """The pitch of a steady sound, from the peaks of its autocorrelation."""
    found = []
    for start in range(0, len(samples) - 2048, 512):
        window = samples[start : start + 2048]
        if np.sqrt(np.mean(window**2)) < 0.05:
            continue
        correlation = np.fft.irfft(np.abs(np.fft.rfft(window * np.hanning(2048), 8192)) ** 2)
        first = int(hz / high)
        peak = first + int(np.argmax(correlation[first : int(hz / low)]))
        before, at, after = correlation[peak - 1 : peak + 2]
        if at > 0.6 * correlation[0]:
            found.append(hz / (peak + 0.5 * (before - after) / (before - 2 * at + after)))
    return float(np.median(found))


def to_frames(samples: np.ndarray) -> np.ndarray:
    """Filled with silence to whole frames."""
    frame = CODEC.samples_per_frame
    return np.pad(samples, (0, -len(samples) % frame))


def make(work: pathlib.Path) -> dict[str, np.ndarray]:
    """The sound of every word at 24 kHz, in whole frames."""
    data = espeak_data(work)
    measured = pitch(espeak(data, "one nine eleven orange yellow moon in one room. " * 2), ESPEAK_HZ)
    hz = ESPEAK_HZ * PITCH_HZ / measured
    sounds = {}
    for word in vocabulary_words():
        sound = espeak(data, PHONEMES.get(word, word))
        sound = trimmed(resampled(sound, hz, CODEC.sample_rate), CODEC.sample_rate, keep_seconds=0.004)
        sounds[word] = to_frames(np.clip(sound * GAIN, -1, 1))
    return sounds


def words_of(work: pathlib.Path) -> dict[str, np.ndarray]:
    """The same from disk; made once."""
    path = work / "voice.npz"
    if not path.exists():
        sounds = make(work)
        np.savez(
            path,
            names=json.dumps(list(sounds)),
            ends=np.cumsum([len(s) for s in sounds.values()]),
            samples=np.concatenate(list(sounds.values())),
        )
    with np.load(path) as stored:
        pieces = np.split(stored["samples"], stored["ends"][:-1])
        return dict(zip(json.loads(str(stored["names"])), pieces))


def said(text: str, sounds: dict[str, np.ndarray]) -> np.ndarray | None:
    """A text in the model's voice, samples at 24 kHz; nothing if it lacks a word."""
    words = re.findall(r"[a-z]+", spoken(text).lower())
    return (
        np.concatenate([sounds[word] for word in words])
        if words and all(word in sounds for word in words)
        else None
    )
