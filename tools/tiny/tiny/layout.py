"""Where the pads of a clip and its sound go when both run together."""

import math

from . import tokens
from .samples import Picture, Sample, Sound
from .tokens import Vocabulary

ROW_SECONDS = 0.08
ROWS_PER_CHUNK = 12


def interleaved(
    sample: Sample, clip: Picture, sound: Sound, vocabulary: Vocabulary, pairs_per_second: int = 1
) -> None:
    """Chunks of one second. Frames that the sound does not reach come first; the last chunk takes all its rest."""
    sample.media += [clip, sound]
    pairs = len(clip.labels)
    video_chunks, audio_chunks = math.ceil(pairs / pairs_per_second), math.ceil(sound.rows * ROW_SECONDS)
    shown = 0

    def show(count: int) -> None:
        nonlocal shown
        for label in clip.labels[shown : shown + count]:
            sample.given(vocabulary.encode(label) + [tokens.IMAGE_PAD] * clip.rows_per_pair)
        shown = min(pairs, shown + count)

    show(max(0, video_chunks - audio_chunks) * pairs_per_second)
    left, chunks = sound.rows, min(video_chunks, audio_chunks)
    for chunk in range(chunks):
        show(pairs_per_second)
        share = left if chunk == chunks - 1 else ROWS_PER_CHUNK + chunk % 2
        sample.given(([tokens.AUDIO_START] if chunk == 0 else []) + [tokens.AUDIO_PAD] * share)
        left -= share
    sample.given([tokens.AUDIO_END])
