"""Trains one stage of LongCat-Tiny, or all by a plan; run again, it goes on where it stopped.

    python train.py --stage text --work /var/tmp/tiny
    nice -n 19 python train.py --stage all --work /var/tmp/tiny

SIGTERM and Ctrl-C save before they end.
"""

import argparse
import functools
import importlib
import pathlib
import sys

import torch

from tiny import parallel
from tiny.plan import Runner

STAGES = {
    "text": ("text_stage", 6000),
    "vision": ("vision_stage", 4000),
    "ears": ("ears_stage", 4000),
    "codec": ("codec_stage", 4000),
    "joint": ("joint_stage", 6000),
    "fine": ("fine_stage", 2000),
}

# Stages whose processes can share the work.
TOGETHER = ("joint", "fine")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--stage", choices=[*STAGES, "all"], required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True, help="where checkpoints and data are")
    parser.add_argument("--steps", type=int, help="in all, those of earlier runs included")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--processes", type=int, default=1, help="that train one stage together: joint and fine can"
    )
    parser.add_argument("--workers", type=int, default=2, help="stages at a time, with --stage all")
    options = parser.parse_args()
    if options.stage == "all":
        sys.exit(Runner(options.work, options.seed, options.workers).run())
    torch.set_num_threads(1)
    module, steps = STAGES[options.stage]
    stage = importlib.import_module(f"tiny.{module}")
    train = functools.partial(stage.train, options.work, options.steps or steps, options.seed)
    parallel.together(options.processes if options.stage in TOGETHER else 1, train)


if __name__ == "__main__":
    main()
