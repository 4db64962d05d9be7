"""Codec ids of frames of sound, by k-means alone: fixed before anything is trained.

The features are the principal components of a frame's log-mel energies. The semantic id is the nearest of the
centres of all frames; what it leaves of some components is quantised again, group by group, for the acoustic ids.
"""

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from .sizes import CODEC

HOP, WINDOW, MELS = 240, 1024, 64
PER_FRAME = CODEC.samples_per_frame // HOP
GROUP = 8
# For each codebook the components that its two halves see; the second sees what the first left.
GROUPS = ((0, 8), (0, 8), (16, 24))
COMPONENTS = 32


def mel_filters(bins: int, size: int, hz: int) -> Tensor:
    mel = lambda f: 1127 * np.log1p(f / 700)
    edges = np.linspace(mel(50), mel(hz / 2), bins + 2)
    places = mel(np.arange(size // 2 + 1) * hz / size)
    up = (places - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    down = (edges[2:, None] - places) / (edges[2:] - edges[1:-1])[:, None]
    return torch.from_numpy(np.maximum(0, np.minimum(up, down)).T.astype(np.float32))


def energies(samples: Tensor) -> Tensor:
    """Samples of whole frames to log-mel energies `[frames, mels of a frame]`."""
    padded = F.pad(samples, ((WINDOW - HOP) // 2, (WINDOW - HOP) // 2))
    power = torch.fft.rfft(padded.unfold(-1, WINDOW, HOP) * torch.hann_window(WINDOW)).abs().square()
    return (
        (power @ mel_filters(MELS, WINDOW, CODEC.sample_rate))
        .clamp(min=1e-4)
        .log()
        .reshape(-1, PER_FRAME * MELS)
    )


def k_means(points: Tensor, count: int, rounds: int = 30, seed: int = 1) -> Tensor:
    """Centres; one that attracts nothing moves to the point that is worst off."""
    centres = points[
        torch.randperm(len(points), generator=torch.Generator().manual_seed(seed))[:count]
    ].clone()
    for _ in range(rounds):
        distance, nearest = torch.cdist(points, centres).min(-1)
        for k in range(count):
            members = points[nearest == k]
            if len(members):
                centres[k] = members.mean(0)
            else:
                worst = distance.argmax()
                centres[k], distance[worst] = points[worst], 0
    return centres


def nearest(points: Tensor, centres: Tensor) -> Tensor:
    return torch.cdist(points, centres).argmin(-1)


def of_sounds(sounds: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """For every sound its ids, `[frames, 1 + books]`."""
    frames = [energies(torch.from_numpy(sound).float()) for sound in sounds.values()]
    points = torch.cat(frames)
    points = points - points.mean(0)
    _, _, directions = torch.linalg.svd(points, full_matrices=False)
    points = points @ directions[:COMPONENTS].t()
    centres = k_means(points, CODEC.semantic_token_nums)
    columns = [nearest(points, centres)]
    rest = points - centres[columns[0]]
    for groups in GROUPS:
        halves = []
        for first in groups:
            part = rest[:, first : first + GROUP]
            entries = k_means(part, CODEC.codec_codebook_size)
            halves.append(nearest(part, entries))
            rest[:, first : first + GROUP] = part - entries[halves[-1]]
        columns.append(halves[0] * CODEC.codec_codebook_size + halves[1])
    ids = torch.stack(columns, dim=1).numpy()
    ends = np.cumsum([len(frame) for frame in frames])[:-1]
    return dict(zip(sounds, np.split(ids, ends)))
