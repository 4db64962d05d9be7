"""Training from nothing by growing lengths, and fine-tuning dense or with the top-k that is used later."""

import pathlib
from random import Random

import torch

from . import attention
from .model import PLAIN, Study, sample, vocabulary
from .tasks import TASKS, make

from tiny import optim, progress
from tiny.packing import Packer

TOKENS = 4096
LENGTHS = (128, 256, 512, 1024, 2048, 4096)
# A length is left for the next one when this share of words is right.
GOOD = 0.9


def train(work: pathlib.Path, name: str, steps: int, seed: int, longest: int) -> None:
    """The base model; a length follows the one before when that is learnt, a third of the steps mixes all so far."""
    state = progress.load(work / f"{name}.pt")
    stage = state["stage"] if state else 0
    lengths = [length for length in LENGTHS if length <= longest]
    run = Run(work, name, seed, state)
    right = []
    while run.step < steps and not run.stop.given:
        mixed = run.step % 3 == 2 and stage > 0
        length = lengths[Random(run.step).randrange(stage) if mixed else stage]
        figure = run.take(length, progress.schedule(run.step, steps, warmup=100), stage=stage)
        if not mixed:
            right = [*right[-49:], figure]
        if len(right) == 50 and sum(right) / 50 > GOOD and stage + 1 < len(lengths):
            stage, right = stage + 1, []
    run.save(stage=stage)


def tune(work: pathlib.Path, base: str, name: str, steps: int, seed: int, longest: int, rho: float | None) -> None:
    """As many steps from the base model, with `rho` in the forward pass, or densely where it is None."""
    state = progress.load(work / f"{name}.pt")
    run = Run(work, name, seed, state)
    if state is None:
        begun = torch.load(work / f"{base}.pt", map_location="cpu", weights_only=True)
        run.model.load_state_dict(begun["model"])
    chosen = None if rho is None else attention.TopK(rho)
    lengths = [length for length in LENGTHS if 256 <= length <= longest]
    with attention.policy(run.model.language, chosen):
        while run.step < steps and not run.stop.given:
            length = lengths[Random(run.step).randrange(len(lengths))]
            run.take(length, 0.3 * progress.schedule(run.step, steps, warmup=20))
    run.save(stage=0)


class Run:
    def __init__(self, work: pathlib.Path, name: str, seed: int, state: dict | None):
        torch.manual_seed(seed)
        self.path = work / f"{name}.pt"
        self.vocab = vocabulary()
        self.model = Study(len(self.vocab))
        named = list(self.model.named_parameters())
        self.optimizers = optim.Optimizers(*optim.split_parameters(named, PLAIN), muon_lr=0.01, adam_lr=0.002)
        self.step = 0
        if state:
            self.model.load_state_dict(state["model"])
            progress.restore(self.optimizers, state)
            self.step = state["step"]
        self.rng = Random(seed * 1_000_003 + self.step)
        self.stop, self.log = progress.StopRequest(), progress.Log(work / f"{name}.log")
        self.figures: dict[int, progress.Figures] = {}
        self.packers: dict[int, Packer] = {}

    def take(self, length: int, rate: float, stage: int = 0) -> float:
        """One step on talks of a length; returns the share of words that were right."""
        if length not in self.packers:
            draw = lambda: sample(make(self.rng.choice(TASKS), self.rng, length - 24), self.vocab)
            self.packers[length] = Packer(max(1, TOKENS // (length + 8)), length + 8, draw)
        self.model.train()
        loss, right = self.model.loss(self.packers[length].batch())
        loss.backward()
        self.optimizers.step(rate)
        self.model.language.balance(0.01)
        self.step += 1
        self.figures.setdefault(length, progress.Figures()).add(loss=loss.item(), right=right)
        if self.step % 100 == 0:
            told = {str(size): figures.taken() for size, figures in self.figures.items()}
            self.figures = {}
            for size, figure in told.items():
                self.log.report(step=self.step, length=int(size), **figure)
        if self.step % 250 == 0 or self.stop.given:
            self.save(stage)
        return right

    def save(self, stage: int) -> None:
        progress.save(
            self.path,
            {
                "model": self.model.state_dict(),
                "optimizers": self.optimizers.state_dict(),
                "step": self.step,
                "stage": stage,
            },
        )
