"""Stage 6: the same as stage 5, with the ears learning, too.

Eyes that learnt on with all else forgot shapes: from 98 to 89 % of them by the directions they were first taught.
"""

import pathlib

from .joint_stage import run


def train(work: pathlib.Path, steps: int, seed: int, rows: int = 16, length: int = 288) -> None:
    run("fine", work, steps, seed, rows, length, muon_lr=0.003, cooldown=1.0, frozen=("eyes",))
