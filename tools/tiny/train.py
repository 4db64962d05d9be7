"""Trains one stage of LongCat-Tiny; run again, it goes on where it stopped.

    python train.py --stage text --work /var/tmp/tiny
"""

import argparse
import importlib
import pathlib

import torch

STAGES = {
    "text": ("text_stage", 6000),
    "vision": ("vision_stage", 4000),
    "ears": ("ears_stage", 4000),
    "codec": ("codec_stage", 4000),
    "joint": ("joint_stage", 8000),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stage", choices=STAGES, required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True, help="where checkpoints and data are")
    parser.add_argument("--steps", type=int, help="in all, those of earlier runs included")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    module, steps = STAGES[options.stage]
    stage = importlib.import_module(f"tiny.{module}")
    stage.train(options.work, options.steps or steps, options.seed)


if __name__ == "__main__":
    main()
