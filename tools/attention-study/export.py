"""Writes a model of the study as a checkpoint directory, and the test set that it is judged by.

    python export.py --work /var/tmp/study --name native-1 --out /var/tmp/study/native
    python export.py --work /var/tmp/study --tests /var/tmp/study/tests.jsonl --sizes 512,1024,2048 --items 50
"""

import argparse
import pathlib

from study import export, model


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--name", default="base-1", help="base-SEED, dense-SEED or native-SEED")
    parser.add_argument("--out", type=pathlib.Path, help="the checkpoint directory to write")
    parser.add_argument("--tests", type=pathlib.Path, help="the test set to write")
    parser.add_argument("--sizes", default="512,1024,2048", help="lengths of the items in tokens")
    parser.add_argument("--items", type=int, default=50, help="for each task and length")
    parser.add_argument("--seed", type=int, default=9)
    options = parser.parse_args()
    vocab = model.vocabulary()
    if options.out:
        export.export(options.out, model.load(options.work / f"{options.name}.pt", vocab), vocab)
    if options.tests:
        sizes = [int(size) for size in options.sizes.split(",")]
        export.test_set(options.tests, sizes, options.items, options.seed)


if __name__ == "__main__":
    main()
