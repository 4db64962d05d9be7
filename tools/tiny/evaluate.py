"""Exact answers per task (for transcriptions also word errors) on unseen compositions and voices, computed by the training code.

    python evaluate.py --work /var/tmp/tiny --count 50

For quick figures while training; the engine has the last word.
"""

import argparse
import pathlib

import torch

from tiny import assembly, expert_use, export, joint_stage, text_stage
from tiny.mix import Mixer


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--work", type=pathlib.Path, required=True, help="where the stages' checkpoints are")
    parser.add_argument("--count", type=int, default=50, help="questions for each task")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    torch.set_num_threads(1)
    vocab = text_stage.vocabulary_of(options.work)
    model = assembly.whole_model(vocab)
    print(", ".join(assembly.load_parts(options.work, model)))
    export.settle(model)
    for name, share in text_stage.evaluate(model, vocab, options.seed, options.count).items():
        print(f"text {name:20} {share:.3f}")
    for name, share in joint_stage.evaluate(model, options.work, options.seed, options.count).items():
        print(f"{name:25} {share:.3f}")
    for name, shares in expert_use.measure(model, Mixer(vocab, options.seed, test=True)).items():
        print(f"{name}: {' '.join(f'{share:.2f}' for share in shares)}")


if __name__ == "__main__":
    main()
