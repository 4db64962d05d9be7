"""Writes the newest state of all stages as a checkpoint directory.

python export.py --work /var/tmp/tiny --out /var/tmp/tiny/model
"""

import argparse
import pathlib

import torch

from tiny import assembly, export, fp8, golden
from tiny.text_stage import vocabulary_of


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--work", type=pathlib.Path, required=True, help="where the stages' checkpoints are")
    parser.add_argument("--out", type=pathlib.Path, required=True, help="the directory to write")
    parser.add_argument(
        "--golden", type=pathlib.Path, help="also write expected numbers for `longcat verify` here"
    )
    parser.add_argument("--fp8", type=pathlib.Path, help="also write a copy with FP8 matrices here")
    options = parser.parse_args()
    torch.set_num_threads(1)
    vocab = vocabulary_of(options.work)
    torch.manual_seed(0)
    model, codec = assembly.whole_model(vocab), assembly.new_codec()
    found = assembly.load_parts(options.work, model, codec)
    export.export(options.out, model, codec, vocab)
    if options.fp8:
        fp8.copy(options.out, options.fp8)
    if options.golden:
        golden.write(options.golden, model, codec, vocab)
    print(f"{options.out}: " + (", ".join(found) or "untrained"))


if __name__ == "__main__":
    main()
