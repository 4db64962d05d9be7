"""Media, and samples: what goes in and what shall come out, position by position."""

from dataclasses import dataclass, field

import numpy as np

NONE = -1
HEADS = 4
CODE_OFFSET = 32
SPEECH_END = 2


@dataclass(frozen=True)
class Picture:
    """Frame pairs `[pairs, 2, height, width, 3]`, already of the encoder's size; labels stand before each pair.

    `told` has the classes that each row shall tell, `[rows, properties]`. A clip may have its film, all frames
    `[frames, height, width, 3]`, for writing it to a file.
    """

    frames: np.ndarray
    told: np.ndarray
    labels: tuple[str, ...] = ()
    film: np.ndarray | None = None

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


@dataclass(frozen=True)
class Together:
    """A clip and the sound that runs with it."""

    clip: Picture
    sound: Sound


Medium = Picture | Sound
Part = Picture | Sound | Together


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

    def spoken(self, text: list[int], frames: np.ndarray) -> None:
        """A stretch of text and speech side by side; `text` ends with a pause or the end of the message.

        Frames are codec ids `[frames, heads]`; acoustic ids run one step behind the semantic one.
        """
        count = len(frames)
        assert count >= len(text), "a stretch must sound longer than it is written"
        shifted = frames + CODE_OFFSET
        for step in range(count + 1):
            semantic = int(shifted[step, 0]) if step < count else SPEECH_END
            acoustic = tuple(map(int, shifted[step - 1, 1:])) if step else (NONE,) * (HEADS - 1)
            said = (semantic, *acoustic)
            self.targets[-1] = text[step] if step < len(text) else NONE
            self.audio_targets[len(self.ids) - 1] = said
            self.audio_in[len(self.ids)] = said
            self.ids.append(text[step] if step < len(text) else NONE)
            self.targets.append(NONE)
