"""Sounds that are no speech."""

from random import Random

import numpy as np

from .samples import Sound
from .speech import EAR_HZ, roughened

NOISE, LOW_TONE, HIGH_TONE = "noise", "low tone", "high tone"
KINDS = (NOISE, LOW_TONE, HIGH_TONE)


def sound(kind: str, rng: Random, noise: np.random.Generator) -> Sound:
    """Of half a second to two."""
    length = rng.randint(EAR_HZ // 2, 2 * EAR_HZ)
    if kind == NOISE:
        return Sound((noise.standard_normal(length) * rng.uniform(0.02, 0.2)).astype(np.float32))
    hertz = rng.uniform(1200, 3000) if kind == HIGH_TONE else rng.uniform(150, 500)
    time = np.arange(length, dtype=np.float32) / EAR_HZ
    return Sound(roughened((np.sin(2 * np.pi * hertz * time) * 0.3).astype(np.float32), rng, noise))
