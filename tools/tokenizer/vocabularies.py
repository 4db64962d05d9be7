"""Records what the tokenizers library makes of the corpus, and cuts vocabularies down to it.

Usage: python vocabularies.py record DIR [COUNT]     for the comparison with whole vocabularies
       python vocabularies.py reduce DIR TESTDATA    for the data in testdata/tokenizer

DIR holds one folder for each vocabulary with its tokenizer.json. `record` writes DIR/strings.json.gz
and DIR/NAME/expected-ids.txt.gz; run the tests with -Dlongcat.tokenizer.full=DIR to compare.
`reduce` keeps only the tokens that are substrings of a corpus string in their byte-level spelling,
and the merges that produce them. Byte-pair encoding of a string never meets any other token, so
that a reduced vocabulary gives the same ids; they keep their numbers and therefore leave gaps.
Needs `pip install tokenizers`.
"""

import gzip
import json
import sys
import unicodedata
from pathlib import Path

from tokenizers import Tokenizer

import corpus

LONGEST = 400


def bytes_to_characters():
    printable = [b for b in range(256) if 0x21 <= b <= 0x7E or (b >= 0xA1 and b != 0xAD)]
    others = [b for b in range(256) if b not in printable]
    table = {b: chr(b) for b in printable}
    table.update({b: chr(0x100 + i) for i, b in enumerate(others)})
    return table


def write(path, text):
    with open(path, "wb") as file, gzip.GzipFile("", "wb", 9, file, 0) as out:
        out.write(text.encode("utf-8"))


def expected(tokenizer, strings):
    lines = (tokenizer.encode(s, add_special_tokens=False).ids for s in strings)
    return "".join(" ".join(map(str, ids)) + "\n" for ids in lines)


def substrings(strings):
    table = bytes_to_characters()
    found = set(table.values())
    for string in strings:
        for form in {string, unicodedata.normalize("NFC", string)}:
            spelled = "".join(table[b] for b in form.encode("utf-8"))
            for start in range(len(spelled)):
                for end in range(start + 1, min(len(spelled), start + 130) + 1):
                    found.add(spelled[start:end])
    return found


def reduced(data, known):
    model = data["model"]
    ids = {t: i for t, i in model["vocab"].items() if t in known}
    for token in data["added_tokens"]:
        if token["content"] in model["vocab"]:
            ids[token["content"]] = model["vocab"][token["content"]]
    merges = []
    for merge in model["merges"]:
        left, right = merge.split(" ") if isinstance(merge, str) else merge
        if left + right in ids:
            merges.append(merge)
            ids[left] = model["vocab"][left]
            ids[right] = model["vocab"][right]
    return {**data, "model": {**model, "vocab": ids, "merges": merges}}


def main():
    mode, folder = sys.argv[1], Path(sys.argv[2])
    count = int(sys.argv[3]) if mode == "record" and len(sys.argv) > 3 else 3000
    strings = corpus.strings(count)
    out = folder if mode == "record" else Path(sys.argv[3])
    out.mkdir(parents=True, exist_ok=True)
    write(out / "strings.json.gz", json.dumps(strings))
    known = substrings(strings) if mode == "reduce" else None
    for file in sorted(folder.glob("*/tokenizer.json")):
        tokenizer = Tokenizer.from_file(str(file))
        (out / file.parent.name).mkdir(exist_ok=True)
        write(out / file.parent.name / "expected-ids.txt.gz", expected(tokenizer, strings))
        if mode == "reduce":
            data = reduced(json.loads(file.read_text("utf-8")), known)
            text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
            write(out / file.parent.name / "tokenizer.json.gz", text)
            print(file.parent.name, len(data["model"]["vocab"]), "tokens", len(data["model"]["merges"]), "merges")


if __name__ == "__main__":
    main()
