"""Makes the spoken sentences that the stages ears and codec are trained on.

python prepare.py --work /var/tmp/tiny --count 12000
"""

import argparse
import pathlib

from tiny import recordings


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--work", type=pathlib.Path, required=True, help="where the data go")
    parser.add_argument("--count", type=int, default=12000, help="recordings for training")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    recordings.make(options.work / "heard-test", 500, True, options.seed)
    recordings.make(options.work / "heard", options.count, False, options.seed)


if __name__ == "__main__":
    main()
