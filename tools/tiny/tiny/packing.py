"""Samples of different lengths side by side in rows of one length."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from .samples import HEADS, NONE, Medium, Sample


@dataclass
class Batch:
    """`[rows, length]` throughout; audio ids have a last dimension of heads. Document 0 is padding."""

    ids: Tensor
    targets: Tensor
    positions: Tensor
    documents: Tensor
    audio_in: Tensor
    audio_targets: Tensor
    media: list[Medium]
    samples: int


class Packer:
    """Fills rows first fit; a sample that fits nowhere waits for the next batch."""

    def __init__(self, rows: int, length: int, source):
        self.rows, self.length, self.source = rows, length, source
        self.waiting: list[Sample] = []

    def batch(self) -> Batch:
        rows: list[list[Sample]] = [[] for _ in range(self.rows)]
        room = [self.length] * self.rows
        kept, misses = [], 0
        while misses < 8:
            sample = self.waiting.pop() if self.waiting else self.source()
            if len(sample) > self.length:
                continue
            row = next((i for i, free in enumerate(room) if free >= len(sample)), None)
            if row is None:
                kept.append(sample)
                misses += 1
            else:
                rows[row].append(sample)
                room[row] -= len(sample)
        self.waiting += kept
        return pack(rows, self.length)


def pack(rows: list[list[Sample]], length: int) -> Batch:
    shape = (len(rows), length)
    ids = np.zeros(shape, np.int64)
    targets = np.full(shape, NONE, np.int64)
    positions = np.zeros(shape, np.int64)
    documents = np.zeros(shape, np.int64)
    audio_in = np.full((*shape, HEADS), NONE, np.int64)
    audio_targets = np.full((*shape, HEADS), NONE, np.int64)
    media: list[Medium] = []
    for r, samples in enumerate(rows):
        at = 0
        for number, sample in enumerate(samples, start=1):
            end = at + len(sample)
            ids[r, at:end] = sample.ids
            targets[r, at:end] = sample.targets
            positions[r, at:end] = np.arange(len(sample))
            documents[r, at:end] = number
            for place, codes in sample.audio_in.items():
                audio_in[r, at + place] = codes
            for place, codes in sample.audio_targets.items():
                audio_targets[r, at + place] = codes
            media += sample.media
            at = end
    arrays = (ids, targets, positions, documents, audio_in, audio_targets)
    return Batch(*map(torch.from_numpy, arrays), media, sum(map(len, rows)))
