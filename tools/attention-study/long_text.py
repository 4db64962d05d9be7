"""Writes a test set of long questions: LongCat-Tiny's own questions and answers in a random order, one behind the other.

What is answered says little; how precisely few positions are chosen is measured on the model's own latents:

    python tools/attention-study/long_text.py --out long.jsonl
    ./longcat evaluate long.jsonl --attention columns:0.05:16
"""

import argparse
import json
import random
from pathlib import Path

TESTSET = Path(__file__).resolve().parents[2] / "testdata" / "tiny" / "testset.jsonl"


def sentences(testset: Path) -> list[str]:
    found = []
    for line in testset.read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        for message in item["messages"]:
            found += [part["text"] for part in message["content"] if part["type"] == "text"]
        found.append(item["answer"])
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="the test set to write")
    parser.add_argument("--sentences", type=int, default=560, help="of each question (560 are about 3,500 positions)")
    parser.add_argument("--items", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    draw = random.Random(options.seed)
    known = sentences(TESTSET)
    with options.out.open("w", encoding="utf-8") as out:
        for number in range(options.items):
            text = " ".join(draw.choice(known) for _ in range(options.sentences))
            message = {"role": "user", "content": [{"type": "text", "text": text}]}
            item = {"id": f"long-{number}", "task": "long_text", "kind": "long_text", "measure": "exact"}
            out.write(json.dumps(item | {"messages": [message], "answer": "none"}) + "\n")


if __name__ == "__main__":
    main()
