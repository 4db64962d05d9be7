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
from .scenes import Scene
from .sizes import LANGUAGE, VISION
from .talk import draw
from .text_stage import vocabulary_of
from .tokens import Vocabulary

PLAIN = ("patch_embedding", "answer")
READING_SHARE = 0.4
CLIPS_SHARE = 0.7
DIRECTIONS_SEED = 5
SIDES = (SIDE, SIDE, SIDE, 84, 84, 56)


class Naming(nn.Module):
    """Rows are compared with a direction for every class, and `none` has a score of its own.

    Directions of words are the language model's embeddings, all others are drawn.
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
        # A small scale makes rows say it loudly: what is said softly the language model learns late.
        self.answer_scale = nn.Parameter(torch.full((len(PROPERTIES),), 1.5))
        self.answer_none = nn.Parameter(torch.full((len(PROPERTIES),), 3.0))

    def forward(self, rows: Tensor) -> list[Tensor]:
        scores = []
        for i, group in enumerate(PROPERTIES):
            words = rows @ getattr(self, group.name).t() * self.answer_scale[i]
            scores.append(torch.cat([self.answer_none[i].expand(len(rows), 1), words], dim=-1))
        return scores

    def loss(self, rows: Tensor, wanted: Tensor) -> tuple[Tensor, float]:
        """For every property, rows that have it weigh as much as all others; also the share named fully right."""
        something = (wanted > 0).any(-1)
        total, right = rows.new_zeros(()), torch.ones(int(something.sum()), dtype=torch.bool)
        for i, scores in enumerate(self(rows)):
            losses = F.cross_entropy(scores, wanted[:, i], reduction="none")
            having = wanted[:, i] > 0
            for part in (losses[having], losses[~having]):
                total = total + (part.mean() if len(part) else 0)
            right &= scores[something].argmax(-1) == wanted[something, i]
        return total, right.float().mean().item()


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
    things, ways = [], {}
    for actor in clip.actors:
        if actor.at(second):
            thing = actor.at((first + second) / 2) or actor.at(second)
            things.append(thing)
            if actor.way and actor.at(first) != actor.at(second):
                ways[thing] = actor.way
    frames = np.stack([clip.frame(first, side), clip.frame(second, side)])
    return frames, labels(Scene(tuple(things)), side, ways)


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
    named = [*eyes.named_parameters(), *naming.named_parameters()]
    optimizers = optim.Optimizers(*optim.split_parameters(named, PLAIN), muon_lr=0.01, adam_lr=0.002)
    step = 0
    if state:
        eyes.load_state_dict(state["model"])
        naming.load_state_dict(state["naming"])
        optimizers.load_state_dict(state["optimizers"])
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
                    "naming": naming.state_dict(),
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
