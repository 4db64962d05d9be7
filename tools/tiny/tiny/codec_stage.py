"""Stage 4: the codec's decoder, from ids to the sound of words said one after the other."""

import json
import pathlib
from random import Random

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from . import frame_ids, optim, progress, voice
from .codec import Codec
from .sizes import CODEC

CROP_FRAMES = 14
RESOLUTIONS = ((2048, 480), (1024, 240), (512, 120), (128, 32))
SEMANTIC_ONLY_SHARE = 0.1


def voice_ids(work: pathlib.Path) -> dict[str, np.ndarray]:
    """For every word of the voice its codec ids, `[frames, 1 + books]`; found once.

    Where two ids are nearly as good, another processor may find the other one, so they belong to a checkpoint.
    """
    path = work / "voice-ids.json"
    if not path.exists():
        found = frame_ids.of_sounds(voice.words_of(work))
        path.write_text(
            json.dumps({word: ids.tolist() for word, ids in found.items()}, separators=(",", ":"))
        )
    return {word: np.array(ids) for word, ids in json.loads(path.read_text()).items()}


def spectral_loss(made: Tensor, real: Tensor) -> Tensor:
    """Distance of magnitudes and of their logarithms at several resolutions."""
    total = made.new_zeros(())
    for size, hop in RESOLUTIONS:
        window = torch.hann_window(size)
        spectra = [torch.stft(x, size, hop, window=window, return_complex=True).abs() for x in (made, real)]
        logs = [(spectrum + 1e-2).log() for spectrum in spectra]
        total = total + F.l1_loss(*logs) + F.l1_loss(*spectra) / (spectra[1].mean() + 1e-2)
    return total / len(RESOLUTIONS)


class Crops:
    """Stretches of words said one after the other, with their ids."""

    def __init__(self, sounds: dict[str, np.ndarray], ids: dict[str, np.ndarray], rng: Random):
        self.sounds, self.ids, self.rng, self.names = sounds, ids, rng, list(sounds)

    def draw(self, count: int) -> tuple[Tensor, Tensor]:
        frame = CODEC.samples_per_frame
        sounds, ids = [], []
        while len(sounds) < count:
            said = [self.rng.choice(self.names) for _ in range(5)]
            codes = np.concatenate([self.ids[name] for name in said])
            if len(codes) < CROP_FRAMES:
                continue
            first = self.rng.randint(0, len(codes) - CROP_FRAMES)
            samples = np.concatenate([self.sounds[name] for name in said])
            ids.append(codes[first : first + CROP_FRAMES])
            sounds.append(samples[first * frame : (first + CROP_FRAMES) * frame])
        return torch.from_numpy(np.stack(ids)), torch.from_numpy(np.stack(sounds)).float()


def loss_of(codec: Codec, ids: Tensor, real: Tensor, rng: Random) -> Tensor:
    """Now and then the semantic ids are all there is, so that they carry the words."""
    made = codec(ids, acoustic_share=float(rng.random() >= SEMANTIC_ONLY_SHARE))
    return spectral_loss(made, real) + F.l1_loss(made, real)


def train(work: pathlib.Path, steps: int, seed: int, count: int = 6) -> None:
    torch.manual_seed(seed)
    codec = Codec(CODEC)
    adam = optim.Optimizers([], list(codec.parameters()), muon_lr=0.0, adam_lr=0.001)
    state = progress.load(work / "codec.pt")
    step = 0
    if state:
        codec.load_state_dict(state["model"])
        progress.restore(adam, state)
        step = state["step"]
    rng = Random(seed * 1_000_003 + step)
    crops = Crops(voice.words_of(work), voice_ids(work), rng)
    stop, log, figures = progress.StopRequest(), progress.Log(work / "codec.log"), progress.Figures()
    while step < steps and not stop.given:
        loss = loss_of(codec, *crops.draw(count), rng)
        loss.backward()
        nn.utils.clip_grad_norm_(codec.parameters(), 5.0)
        adam.step(progress.schedule(step, steps, warmup=100))
        step += 1
        figures.add(loss=loss.item())
        if step % 50 == 0:
            log.report(stage="codec", step=step, **figures.taken())
        if step % 200 == 0 or stop.given or step == steps:
            progress.save(
                work / "codec.pt",
                {"model": codec.state_dict(), "optimizers": adam.state_dict(), "step": step},
            )
