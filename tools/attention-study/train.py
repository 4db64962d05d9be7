"""Trains the study's models; run again, each goes on where it stopped.

    python train.py base --work /var/tmp/study
    python train.py dense --work /var/tmp/study
    python train.py native --work /var/tmp/study

`base` begins with nothing; `dense` and `native` go on from it, as long as each other. SIGTERM and Ctrl-C save before
they end.
"""

import argparse
import pathlib

import torch

from study import training

RHO = 0.01


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("which", choices=["base", "dense", "native"])
    parser.add_argument("--work", type=pathlib.Path, required=True, help="where checkpoints and logs are")
    parser.add_argument("--steps", type=int, help="in all, those of earlier runs included")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--longest", type=int, default=4096, help="longest text that is trained on")
    parser.add_argument("--rho", type=float, default=RHO, help="share of the keys that native keeps")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    options.work.mkdir(parents=True, exist_ok=True)
    name = f"{options.which}-{options.seed}"
    if options.which == "base":
        training.train(options.work, name, options.steps or 12_000, options.seed, options.longest)
    else:
        rho = options.rho if options.which == "native" else None
        base = f"base-{options.seed}"
        training.tune(options.work, base, name, options.steps or 1_500, options.seed, options.longest, rho)


if __name__ == "__main__":
    main()
