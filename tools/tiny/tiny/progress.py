"""Checkpoints of a stage, written so that an interruption never leaves half a file."""

import json
import os
import pathlib
import signal
import time

import torch

from .optim import Optimizers


class StopRequest:
    """Remembers SIGTERM and SIGINT until the running step has ended."""

    def __init__(self) -> None:
        self.given = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._remember)

    def _remember(self, *_) -> None:
        self.given = True


def save(path: pathlib.Path, state: dict) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    torch.save(state, unfinished)
    os.replace(unfinished, path)
    path.with_suffix(".step").write_text(f"{state['step']}\n")


def reached(work: pathlib.Path, stage: str) -> int:
    """The last saved step of a stage, without reading its checkpoint."""
    path = work / f"{stage}.step"
    return int(path.read_text()) if path.exists() else 0


def load(path: pathlib.Path) -> dict | None:
    return torch.load(path, map_location="cpu", weights_only=True) if path.exists() else None


def restore(optimizers: Optimizers, state: dict) -> None:
    """What optimizers knew; a state from a shipped checkpoint has nothing of it."""
    if "optimizers" in state:
        optimizers.load_state_dict(state["optimizers"])


class Log:
    """One line of JSON for each report, beside what is printed."""

    def __init__(self, path: pathlib.Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.began = time.process_time()

    def report(self, **figures) -> None:
        figures = {
            key: round(value, 4) if isinstance(value, float) else value for key, value in figures.items()
        }
        figures["cpu_seconds"] = round(time.process_time() - self.began)
        line = json.dumps(figures)
        print(line, flush=True)
        with self.path.open("a") as file:
            file.write(line + "\n")


class Figures:
    """Running means of what a few steps reported."""

    def __init__(self) -> None:
        self.sums: dict[str, float] = {}
        self.counts: dict[str, int] = {}

    def add(self, **values: float) -> None:
        for name, value in values.items():
            self.sums[name] = self.sums.get(name, 0.0) + value
            self.counts[name] = self.counts.get(name, 0) + 1

    def taken(self) -> dict[str, float]:
        means = {name: total / self.counts[name] for name, total in self.sums.items()}
        self.__init__()
        return means


def schedule(step: int, steps: int, warmup: int, cooldown: float = 0.3) -> float:
    """Warm up, stay, and fall in a straight line at the end."""
    left = (steps - step) / max(1, steps * cooldown)
    return max(0.0, min(1.0, (step + 1) / warmup, left))
