"""Stage 2: the eyes alone. Each row learns to name what has its centre there, in the language model's words."""

import pathlib
from dataclasses import dataclass
from random import Random

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from . import optim, progress
from .eyes import Eyes
from .image_tasks import SIDE, image_task, read
from .scenes import Scene
from .sizes import LANGUAGE, VISION
from .talk import is_test
from .text_stage import vocabulary_of
from .tokens import Vocabulary
from .words import COLOURS, SHAPES, SIGNS

PLAIN = ("patch_embedding", "answer")
READING_SHARE = 0.45
SIDES = (SIDE, SIDE, SIDE, SIDE, 84, 56)


@dataclass(frozen=True)
class Property:
    """Something that a row can be asked for; class 0 is `none`."""

    name: str
    classes: tuple[str, ...]

    def of(self, word: str) -> int:
        return self.classes.index(word) + 1


SHAPE = Property("shape", tuple(SHAPES))
COLOUR = Property("colour", tuple(COLOURS))
SIZE = Property("size", ("large", "small"))
WORD = Property("word", tuple(SIGNS))
TENS = Property("tens", tuple("123456789"))
ONES = Property("ones", tuple("0123456789"))
PROPERTIES = (SHAPE, COLOUR, SIZE, WORD, TENS, ONES)


def labels(scene: Scene, side: int) -> np.ndarray:
    """`[tokens, properties]` for a square picture; a row covers one patch in height, two in width."""
    grid = side // VISION.patch_size
    found = np.zeros((grid, grid // 2, len(PROPERTIES)), np.int64)
    row = lambda y: min(grid - 1, int(y * grid))
    column = lambda x: min(grid // 2 - 1, int(x * grid / 2))
    for thing in scene.things:
        found[row(thing.y), column(thing.x), :3] = (
            SHAPE.of(thing.shape),
            COLOUR.of(thing.colour),
            SIZE.of("large" if thing.large else "small"),
        )
    for sign in scene.signs:
        # All rows that the print covers know it: one row alone sees no more than two letters.
        half = 0.3 * sign.height * len(sign.text)
        rows = slice(row(sign.y - 0.25 * sign.height), row(sign.y + 0.25 * sign.height) + 1)
        at = found[rows, column(max(0, sign.x - half)) : column(sign.x + half) + 1]
        if sign.text.isdigit():
            at[..., 5] = ONES.of(sign.text[-1])
            at[..., 4] = TENS.of(sign.text[0]) if len(sign.text) > 1 else 0
        else:
            at[..., 3] = WORD.of(sign.text)
    return found.reshape(-1, len(PROPERTIES))


class Naming(nn.Module):
    """Rows are compared with the language model's embeddings of the words; `none` has a score of its own."""

    def __init__(self, embeddings: Tensor, vocab: Vocabulary):
        super().__init__()
        for group in PROPERTIES:
            ids = [vocab.encode(f" {word}")[0] for word in group.classes]
            vectors = embeddings[ids] - embeddings[ids].mean(0)
            self.register_buffer(group.name, F.normalize(vectors, dim=-1))
        self.answer_scale = nn.Parameter(torch.full((len(PROPERTIES),), 4.0))
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
    pictures, wanted = [], []
    while len(pictures) < count:
        seen = read(rng) if rng.random() < READING_SHARE else image_task(rng)
        if is_test(seen.key) == test:
            drawn = seen.scene.draw(side, side)
            pictures.append(np.stack([drawn, drawn]))
            wanted.append(labels(seen.scene, side))
    return torch.from_numpy(np.stack(pictures)), torch.from_numpy(np.concatenate(wanted))


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
