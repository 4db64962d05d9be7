"""Makes a working directory from an exported checkpoint, so that training can go on without the one it came from.

python resume.py --model ../../longcat-tiny/target/classes/io/longcat4j/tiny/model --work /var/tmp/tiny
python prepare.py --work /var/tmp/tiny
python train.py --stage fine --work /var/tmp/tiny
"""

import argparse
import pathlib

from tiny import imported


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", type=pathlib.Path, required=True, help="the checkpoint directory")
    parser.add_argument("--work", type=pathlib.Path, required=True, help="the directory to write")
    options = parser.parse_args()
    if (options.work / "joint.pt").exists():
        raise SystemExit(f"{options.work} has stages of its own; give a directory without")
    imported.stages(options.model, options.work)


if __name__ == "__main__":
    main()
