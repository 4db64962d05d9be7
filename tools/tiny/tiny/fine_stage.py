"""Stage 6: the same as stage 5, at a rate that falls from the beginning, also for weights in FP8."""

import pathlib

from .joint_stage import run


def train(work: pathlib.Path, steps: int, seed: int, rows: int = 10, length: int = 288) -> None:
    run("fine", work, steps, seed, rows, length, muon_lr=0.005, cooldown=1.0, for_fp8=True)
