"""Spoken sentences by espeak-ng, in many voices for the ears and in one for the model."""

import re
import subprocess
from dataclasses import dataclass
from random import Random

import numpy as np

from .words import number

ESPEAK_HZ = 22050
EAR_HZ = 16000
ACCENTS = [
    "en-us",
    "en-us",
    "en-us",
    "en-gb",
    "en-gb",
    "en-gb-x-rp",
    "en-us-nyc",
    "en-gb-scotland",
    "en-029",
    "en-gb-x-gbclan",
]
TRAIN_VARIANTS = (
    "m1 m2 m3 m4 m5 m6 m8 f1 f2 f3 f5 Alex Alicia Andrea Annie Denis Gene Gene2 Hugo Jacky Lee Marco Mike "
    "adam anika aunty benjamin boris david ed edward grandma grandpa iven iven2 john klatt klatt2 klatt3 max "
    "miguel norbert pablo paul quincy rob sandro shelby steph steph2 travis victor zac"
).split()
TEST_VARIANTS = "m7 f4 Andy Michael antonio belinda caleb linda robert Diogo".split()


@dataclass(frozen=True)
class Voice:
    name: str
    words_per_minute: int
    pitch: int
    pitch_range: int = 50

    @property
    def arguments(self) -> list[str]:
        return ["-v", self.name, "-s", str(self.words_per_minute), "-p", str(self.pitch)]


OWN_VOICE = Voice("en-us", 150, 40, 0)


def random_voice(rng: Random, test: bool) -> Voice:
    """Test voices are never heard in training."""
    if not test and rng.random() < 0.12:
        return OWN_VOICE
    variant = rng.choice(TEST_VARIANTS if test else TRAIN_VARIANTS)
    accent = rng.choice(ACCENTS[:6] if test else ACCENTS)
    return Voice(f"{accent}+{variant}", rng.randint(125, 195), rng.randint(25, 75), rng.choice([20, 50, 70]))


def spoken(text: str) -> str:
    """Text as it is said: numbers in words."""
    text = re.sub(
        r"\d+",
        lambda found: number(int(found.group())),
        text.replace(" + ", " plus ").replace(" - ", " minus "),
    )
    return text


def words(text: str) -> list[str]:
    """The words of a sentence, for comparing what was heard with what was said."""
    return re.findall(r"[a-z']+", spoken(text).lower())


def synthesise(text: str, voice: Voice) -> np.ndarray:
    """Samples at 22,050 Hz, -1 to 1."""
    marked = f'<speak><prosody range="{voice.pitch_range * 2}%">{spoken(text)}</prosody></speak>'
    made = subprocess.run(
        ["espeak-ng", "-m", "-z", *voice.arguments, "--stdout", marked], capture_output=True, check=True
    )
    return np.frombuffer(made.stdout[44:], "<i2").astype(np.float32) / 32768


def resampled(samples: np.ndarray, hz: float, to_hz: float) -> np.ndarray:
    """By way of the spectrum of the whole."""
    count = round(len(samples) * to_hz / hz)
    spectrum = np.fft.rfft(samples)
    kept = np.zeros(count // 2 + 1, complex)
    size = min(len(kept), len(spectrum))
    kept[:size] = spectrum[:size]
    return (np.fft.irfft(kept, count) * (count / len(samples))).astype(np.float32)


def trimmed(samples: np.ndarray, hz: int, keep_seconds: float = 0.04) -> np.ndarray:
    """Without the silence at both ends."""
    loud = np.flatnonzero(np.abs(samples) > 0.004)
    if not len(loud):
        return samples[:0]
    keep = round(keep_seconds * hz)
    return samples[max(0, loud[0] - keep) : loud[-1] + keep]


def heard(text: str, voice: Voice) -> np.ndarray:
    """Samples at 16 kHz."""
    return trimmed(resampled(synthesise(text, voice), ESPEAK_HZ, EAR_HZ), EAR_HZ)


def roughened(samples: np.ndarray, rng: Random, noise: np.random.Generator) -> np.ndarray:
    """Another level, a little noise, some silence around, now and then a change of speed and pitch."""
    if rng.random() < 0.7:
        samples = resampled(samples, 1.0, rng.uniform(0.84, 1.2))
    before, after = rng.randint(0, 4000), rng.randint(400, 5000)
    samples = np.concatenate([np.zeros(before, np.float32), samples, np.zeros(after, np.float32)])
    loudness = np.sqrt(np.mean(samples**2)) + 1e-6
    level = 0.1 * 10 ** rng.uniform(-0.9, 0.3)
    samples = samples * (level / loudness)
    if rng.random() < 0.7:
        white = noise.standard_normal(len(samples)).astype(np.float32)
        if rng.random() < 0.5:
            white = np.cumsum(white - white.mean(), dtype=np.float32)
            white -= np.convolve(white, np.ones(64, np.float32) / 64, "same")
        share = 10 ** (-rng.uniform(12, 40) / 20)
        samples = samples + white * (level * share / (np.sqrt(np.mean(white**2)) + 1e-9))
    return np.clip(samples, -1, 1).astype(np.float32)
