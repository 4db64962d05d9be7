"""Measures what the study asks, as lines of JSON: one file for each model.

    python measure.py --work /var/tmp/study --name dense-1 --size 1024 --items 40

`score`: right answers by task and share of keys. `precision`: right answers where a part of the kept keys is replaced.
`entropy`: of what the heads look at when an answer begins, by block and head.
"""

import argparse
import json
import pathlib

import torch

from study import attention, judging, model
from study.tasks import TASKS

SHARES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
PRECISIONS = (0.2, 0.4, 0.6, 0.8, 0.9, 1.0)
RHO = 0.05


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--name", required=True, help="base-SEED, dense-SEED or native-SEED")
    parser.add_argument("--size", type=int, default=1024, help="length of the items in tokens")
    parser.add_argument("--items", type=int, default=40, help="for each task and policy")
    parser.add_argument("--seed", type=int, default=9)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    vocab = model.vocabulary()
    study = model.load(options.work / f"{options.name}.pt", vocab)
    common = {"model": options.name, "size": options.size, "items": options.items, "seed": options.seed}
    with (options.work / f"{options.name}-{options.size}.jsonl").open("w") as lines:

        def tell(**figures) -> None:
            line = json.dumps(common | figures)
            print(line, flush=True)
            lines.write(line + "\n")

        def score(task, policy: attention.TopK | None) -> float:
            return judging.score(study, vocab, task, options.size, policy, options.items, options.seed)

        for task in TASKS:
            tell(kind="score", task=task.__name__, rho=None, score=score(task, None))
            for rho in SHARES:
                tell(kind="score", task=task.__name__, rho=rho, score=score(task, attention.TopK(rho)))
            for precision in PRECISIONS:
                policy = attention.TopK(RHO, precision=precision)
                tell(kind="precision", task=task.__name__, rho=RHO, precision=precision, score=score(task, policy))
            found = judging.entropies(study, vocab, task, options.size, min(options.items, 10), options.seed)
            tell(kind="entropy", task=task.__name__, nats=found)


if __name__ == "__main__":
    main()
