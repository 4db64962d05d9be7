"""Stage 2: the eyes alone. Each row learns to name what has its centre there, and where that is."""

import pathlib
from random import Random

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from . import optim, progress, video_tasks
from .eyes import Eyes
from .image_tasks import SIDE, image_task, read
from .properties import PROPERTIES, labels
from .sizes import LANGUAGE, VISION
from .talk import draw
from .text_stage import vocabulary_of
from .tokens import Vocabulary

PLAIN = ("patch_embedding",)
READING_SHARE = 0.4
CLIPS_SHARE = 0.7
DIRECTIONS_SEED = 5
# About as loud as words are.
NORM, NOTHING_NORM, SHARPNESS = 5.0, 8.0, 2.0
SIDES = (SIDE, SIDE, SIDE, 84, 84)


class Naming(nn.Module):
    """What rows shall be: the sum of a direction for each class that they tell, or one that tells of nothing.

    Directions of words are the language model's embeddings, all others are drawn. Rows are compared with all of a
    property's directions, too, where `none` has a score of its own.
    """

    def __init__(self, embeddings: Tensor, vocab: Vocabulary):
        super().__init__()
        drawn = torch.Generator().manual_seed(DIRECTIONS_SEED)
        for group in PROPERTIES:
            if group.written:
                ids = [vocab.encode(f" {word}")[0] for word in group.classes]
                vectors = embeddings[ids] - embeddings[ids].mean(0)
            else:
                vectors = torch.randn(len(group.classes), embeddings.shape[1], generator=drawn)
            self.register_buffer(group.name, F.normalize(vectors, dim=-1))
        nothing = torch.randn(embeddings.shape[1], generator=drawn)
        self.register_buffer("nothing", F.normalize(nothing, dim=-1))

    def rows(self, told: Tensor) -> Tensor:
        """`[..., properties]` classes to rows `[..., hidden]`."""
        rows = (told == 0).all(-1, keepdim=True) * self.nothing * NOTHING_NORM
        for i, group in enumerate(PROPERTIES):
            silent_first = F.pad(getattr(self, group.name), (0, 0, 1, 0))
            rows = rows + silent_first[told[..., i]] * NORM
        return rows

    def forward(self, rows: Tensor) -> list[Tensor]:
        scores = []
        for group in PROPERTIES:
            words = rows @ getattr(self, group.name).t() * SHARPNESS
            none = torch.full((len(rows), 1), SHARPNESS * NORM / 2)
            scores.append(torch.cat([none, words], dim=-1))
        return scores

    def loss(self, rows: Tensor, wanted: Tensor) -> tuple[Tensor, float]:
        """Of naming and of distance; rows that have a property weigh as much as all others.

        Also the share of things and signs that are named fully right.
        """
        something = (wanted > 0).any(-1)
        total, right = rows.new_zeros(()), torch.ones(len(rows), dtype=torch.bool)
        for i, (group, scores) in enumerate(zip(PROPERTIES, self(rows))):
            losses = F.cross_entropy(scores, wanted[:, i], reduction="none")
            having = wanted[:, i] > 0
            # Some words that are read name shapes and colours, too: what has the one looks as if it had the other.
            asked = having | ~something if group.written else torch.ones_like(having)
            for part in (losses[having & asked], losses[~having & asked]):
                total = total + (part.mean() if len(part) else 0)
            right &= (scores.argmax(-1) == wanted[:, i]) | ~asked
        # What else is in a row drowns what it tells: all of it goes through one norm in the language model.
        away = (rows - self.rows(wanted)).square().sum(-1) / NORM**2
        for part in (away[something], away[~something]):
            total = total + (part.mean() if len(part) else 0)
        return total, right[something].float().mean().item()


def examples(rng: Random, test: bool, count: int, side: int) -> tuple[Tensor, Tensor]:
    """Frame pairs and what their rows shall tell; one side is that of clips, too."""
    pairs, wanted = [], []
    while len(pairs) < count:
        of_clip = side == video_tasks.SIDE and rng.random() < CLIPS_SHARE
        pair, told = _clip_pair(rng, test, side) if of_clip else _picture(rng, test, side)
        pairs.append(pair)
        wanted.append(told)
    return torch.from_numpy(np.stack(pairs)), torch.from_numpy(np.concatenate(wanted))


def _picture(rng: Random, test: bool, side: int) -> tuple[np.ndarray, np.ndarray]:
    scene = draw(read if rng.random() < READING_SHARE else image_task, rng, test).scene
    drawn = scene.draw(side, side)
    return np.stack([drawn, drawn]), labels(scene, side)


def _clip_pair(rng: Random, test: bool, side: int) -> tuple[np.ndarray, np.ndarray]:
    clip = draw(video_tasks.video_task, rng, test)
    first, second = rng.choice(video_tasks.pairs(rng.random() < 0.5))
    return np.stack([clip.frame(first, side), clip.frame(second, side)]), clip.told(first, second, side)


def text_embeddings(work: pathlib.Path, vocab: Vocabulary) -> Tensor:
    """Those of the joint stage, else of the text stage."""
    state = progress.load(work / "joint.pt") or progress.load(work / "text.pt")
    if state is None:
        raise SystemExit(f"{work}/text.pt is missing; train the stage text first")
    embeddings = state["model"]["language.embed_tokens.weight"]
    assert len(embeddings) == len(vocab)
    return embeddings


def train(work: pathlib.Path, steps: int, seed: int, pictures: int = 48) -> None:
    vocab = vocabulary_of(work)
    torch.manual_seed(seed)
    state = progress.load(work / "vision.pt")
    embeddings = state["embeddings"] if state else text_embeddings(work, vocab)
    eyes, naming = Eyes(VISION, LANGUAGE.hidden_size), Naming(embeddings, vocab)
    matrices, others = optim.split_parameters([*eyes.named_parameters()], PLAIN)
    optimizers = optim.Optimizers(matrices, others, muon_lr=0.01, adam_lr=0.002)
    step = 0
    if state:
        eyes.load_state_dict(state["model"])
        progress.restore(optimizers, state)
        step = state["step"]
    rng = Random(seed * 1_000_003 + step)
    stop, log, figures = progress.StopRequest(), progress.Log(work / "vision.log"), progress.Figures()
    while step < steps and not stop.given:
        side = rng.choice(SIDES)
        frames, wanted = examples(rng, False, pictures * (SIDE // side), side)
        loss, right = naming.loss(eyes(frames).flatten(0, 1), wanted)
        loss.backward()
        optimizers.step(progress.schedule(step, steps, warmup=30))
        step += 1
        figures.add(loss=loss.item(), right=right)
        if step % 50 == 0:
            log.report(stage="vision", step=step, **figures.taken())
        if step % 250 == 0 or stop.given or step == steps:
            progress.save(
                work / "vision.pt",
                {
                    "model": eyes.state_dict(),
                    "optimizers": optimizers.state_dict(),
                    "embeddings": embeddings,
                    "step": step,
                },
            )
            log.report(stage="vision", step=step, **evaluate(eyes, naming, seed=step))


@torch.no_grad()
def evaluate(eyes: Eyes, naming: Naming, seed: int) -> dict[str, float]:
    """Share of things and signs named fully right, per size of picture, on compositions never trained on."""
    figures = {}
    for side in sorted(set(SIDES)):
        frames, wanted = examples(Random(seed), True, 100, side)
        figures[f"test_{side}"] = naming.loss(eyes(frames).flatten(0, 1), wanted)[1]
    return figures
