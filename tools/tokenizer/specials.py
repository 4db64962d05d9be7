"""Records how added and special tokens that overlap, or are declared in unusual places, are found.

Usage: python specials.py TESTDATA      writes TESTDATA/specials.json.gz

`flags` are sets of added tokens with random lstrip, rstrip, single_word and normalized, over texts
made of the tokens themselves and of white space; where the tokenizers library panics, nothing is
recorded. `declared` are folders of files as transformers 5 reads them. Needs `pip install
tokenizers "transformers>=5"`.
"""

import copy
import json
import os
import random
import sys
import tempfile
from pathlib import Path

os.environ["RUST_BACKTRACE"] = "0"

from tokenizers import Tokenizer
from transformers import AutoTokenizer

import corpus
from variants import added, base
from vocabularies import write

CONTENTS = ["\n\n", "\n", " ", "  ", " \n", "<a>", "<ab>", "b>", "ab", "a", "\t", "<a> ", " <b>", "\u00e9", "E", "x\u0301"]
PARTS = CONTENTS + [" ", "\n", "\n\n\n\n", "   ", "\u00a0", "\u3000", "\u0085", "word", "_", "9", "\u200d", "e", "\u00c9", "\u0e01", "\u4e2d", "."]


def flag_sets(rng, start):
    for _ in range(70):
        tokens = [
            added(900 + i, content, **{flag: rng.random() < 0.4 for flag in ("lstrip", "rstrip", "single_word", "normalized", "special")})
            for i, content in enumerate(rng.sample(CONTENTS, rng.randrange(1, 7)))
        ]
        overlay = {"added_tokens": tokens}
        if rng.random() < 0.3:
            overlay["normalizer"] = {"type": rng.choice(["Lowercase", "NFD", "NFC"])}
        tokenizer = Tokenizer.from_str(json.dumps({**copy.deepcopy(start), **overlay}))
        for token in tokens:  # those that the vocabulary has keep their ids, the others follow one another
            token["id"] = tokenizer.token_to_id(token["content"])
        cases = []
        for _ in range(40):
            text = "".join(rng.choice(rng.choice([PARTS, [t["content"] for t in tokens], [" ", "\n"]])) for _ in range(rng.randrange(1, 12)))
            try:
                cases.append([text, tokenizer.encode(text, add_special_tokens=False).ids])
            except BaseException as e:
                if "Panic" not in type(e).__name__:
                    raise
        yield {"overlay": overlay, "cases": cases}


def typed(content, **flags):
    return {"__type": "AddedToken", "content": content, "lstrip": False, "rstrip": False, "single_word": False, "normalized": False, **flags}


def declarations(start):
    """Names of files to their contents; `<im>` and `<au>` are in the vocabulary, `<z>`, `<y>` are not."""
    listed = {"added_tokens_decoder": {"300": {**typed("<im>", special=False, lstrip=True)}}}
    config = "tokenizer_config.json"
    role_map = "special_tokens_map.json"
    yield "nowhere", {}
    for role in ["eos_token", "pad_token", "image_token", "audio_bos_token"]:
        yield role, {config: {role: "<im>"}}
        yield role + " as object", {config: {role: typed("<im>", lstrip=True, rstrip=True)}}
        yield role + " not in the vocabulary", {config: {role: "<z>"}}
        yield role + " in the map", {role_map: {role: "<im>"}}
        yield role + " null", {config: {role: None, "bos_token": "<au>"}}
    yield "role of no string", {config: {"image_token": 5, "audio_token": ["<au>"], "add_bos_token": True, "add_x_token": "<im>"}}
    yield "additional", {config: {"additional_special_tokens": ["<im>", "<au>"]}}
    yield "additional as objects", {config: {"additional_special_tokens": [typed("<im>", single_word=True), typed("<au>", rstrip=True)]}}
    yield "additional in the map", {role_map: {"additional_special_tokens": ["<im>"], "image_token": "<au>"}}
    yield "additional not in the vocabulary", {config: {"additional_special_tokens": ["<z>", "<im>", "<y>"]}}
    yield "extra by name", {config: {"extra_special_tokens": {"image_token": "<im>", "anything": "<au>"}}}
    yield "extra not in the vocabulary", {config: {"extra_special_tokens": {"image_token": "<z>"}, "eos_token": "<y>"}}
    yield "extra as a list", {config: {"extra_special_tokens": ["<im>", "<au>"]}}
    yield "model specific", {config: {"model_specific_special_tokens": {"image_token": "<im>"}}}
    yield "all at once", {config: {"additional_special_tokens": ["<c>"], "extra_special_tokens": {"q_token": "<d>"}, "image_token": "<e>", "eos_token": "<a>", "bos_token": "<b>"}}
    yield "listed with an id", {config: listed}
    yield "listed and in the map", {config: listed, role_map: {"image_token": "<au>"}}
    yield "listed and a role", {config: {**listed, "eos_token": "<im>"}}
    yield "the same twice", {config: {"eos_token": "<im>", "pad_token": "<im>", "additional_special_tokens": ["<im>"]}}


def declared(start):
    texts = ["a<im> x<au>", "<im><im>", "a <im> \n b", "<z>x<y><a><b><c><d><e>", "x<im>x <au>  <au>"]
    data = copy.deepcopy(start)
    data["model"]["vocab"]["<im>"] = max(data["model"]["vocab"].values()) + 1
    data["model"]["vocab"]["<au>"] = data["model"]["vocab"]["<im>"] + 1
    listed_id = str(data["model"]["vocab"]["<im>"])
    for name, files in declarations(start):
        files = copy.deepcopy(files)
        decoder = files.get("tokenizer_config.json", {}).get("added_tokens_decoder")
        if decoder:
            files["tokenizer_config.json"]["added_tokens_decoder"] = {listed_id: decoder.popitem()[1]}
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "tokenizer.json").write_text(json.dumps(data))
            written = {"tokenizer_config.json": {}, **files}
            written["tokenizer_config.json"]["tokenizer_class"] = "PreTrainedTokenizerFast"
            for file, content in written.items():
                (Path(folder) / file).write_text(json.dumps(content))
            tokenizer = AutoTokenizer.from_pretrained(folder)
            cases = [[text, tokenizer.encode(text, add_special_tokens=False)] for text in texts]
            special = sorted(tokenizer.convert_tokens_to_ids(t) for t in tokenizer.all_special_tokens)
            yield {"name": name, "files": written, "cases": cases, "special": special}
    yield {"vocab": data["model"]["vocab"]}


def main():
    start = base(corpus.SENTENCES)
    *folders, last = declared(start)
    result = {"tokenizer": start, "flags": list(flag_sets(random.Random(20261129), start)), "declared": folders, "declaredVocab": last["vocab"]}
    write(Path(sys.argv[1]) / "specials.json.gz", json.dumps(result))
    print(sum(len(f["cases"]) for f in result["flags"]), "texts with flags,", len(folders), "declarations")


if __name__ == "__main__":
    main()
