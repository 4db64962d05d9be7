"""Records what the tokenizers library makes of many small tokenizer.json files.

Usage: python variants.py TESTDATA      writes TESTDATA/variants.json.gz

Every variant is a small byte-level vocabulary with some parts of its file replaced. For each, ids
and decoded text of the same strings are recorded. Needs `pip install tokenizers`.
"""

import copy
import json
import sys
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

import corpus
from vocabularies import write

LLAMA = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
KIMI = r"[\p{Han}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]*[\p{Ll}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]+(?i:'s|'t)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
PATTERNS = {
    "llama": LLAMA,
    "kimi": KIMI,
    "possessive": r"\p{L}++|\p{N}{1,3}+|[^\s\p{L}\p{N}]?+[\r\n]*+|\s++",
    "bloom": r" ?[^(\s|[.,!?\u2026\u3002\uff0c\u3001\u0964\u06d4\u060c])]+",
    "words": r"\w+|[^\w\s]+",
    "negated": r"\W\S|\D+?|\P{L}",
    "anchors": r"^\w|\w$|\b[a-z]|[A-Z]\B|\Ax|x\z",
    "look": r"(?<=\p{L})\p{N}+|(?<!\s)[a-c](?=\w)|(?>a+)b",
    "classes": r"[\d\-_.]+|[a-fA-F\x41-\x{5a}\u00e9]+|[\^\]\\[a-c]]|[x-]|[]y]",
    "braces": r"a{2}|b{,2}c|{x}|\{\}|(?<n>d)e|(?#note)z{1,}?",
    "lines": r".+|\n",
    "empty": r"x*|\s*",
    "upper": r"\p{^Lu}\p{Lu}+|\p{Greek}+|\p{Cyrillic}|\h\h",
    "category": r"\p{C}+|\p{M}+|\p{Zs}\p{S}|\p{Pd}|\p{Nl}",
}


def base(strings):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=900, show_progress=False, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()
    )
    tokenizer.train_from_iterator(strings, trainer)
    return json.loads(tokenizer.to_str())


def split(pattern, behavior="Isolated", invert=False, kind="Regex"):
    return {"type": "Split", "pattern": {kind: pattern}, "behavior": behavior, "invert": invert}


def byte_level(prefix=False, regex=False):
    return {"type": "ByteLevel", "add_prefix_space": prefix, "trim_offsets": True, "use_regex": regex}


def before_bytes(*steps):
    return {"type": "Sequence", "pretokenizers": [*steps, byte_level()]}


def added(token_id, content, **flags):
    token = {"id": token_id, "content": content, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": False}
    return {**token, **flags}


def overlays(model):
    yield "as trained", {}
    yield "prefix space", {"pre_tokenizer": byte_level(True, True)}
    yield "whole text", {"pre_tokenizer": byte_level()}
    yield "prefix space after split", {"pre_tokenizer": {"type": "Sequence", "pretokenizers": [split(r"\d"), byte_level(True, True)]}}
    for name, pattern in PATTERNS.items():
        yield "pattern " + name, {"pre_tokenizer": before_bytes(split(pattern))}
    for behavior in ["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"]:
        for invert in [False, True]:
            yield f"{behavior} {invert}", {"pre_tokenizer": before_bytes(split(r"\p{L}|  ", behavior, invert))}
        yield f"{behavior} of strings", {"pre_tokenizer": before_bytes(split(".", behavior, False, "String"))}
        yield f"{behavior} of empty matches", {"pre_tokenizer": before_bytes(split(r"a*", behavior))}
        yield f"{behavior} punctuation", {"pre_tokenizer": before_bytes({"type": "Punctuation", "behavior": behavior})}
    for individual in [False, True]:
        yield f"digits {individual}", {"pre_tokenizer": before_bytes({"type": "Digits", "individual_digits": individual})}
    yield "white space", {"pre_tokenizer": before_bytes({"type": "Whitespace"})}
    yield "white space split", {"pre_tokenizer": before_bytes({"type": "WhitespaceSplit"})}
    for form in ["NFC", "NFD", "NFKC", "NFKD", "Lowercase"]:
        yield form, {"normalizer": {"type": form}}
    yield "prepend", {"normalizer": {"type": "Prepend", "prepend": "\u2581"}}
    replaced = {"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"}
    spaces = {"type": "Replace", "pattern": {"Regex": r"\s{2,}"}, "content": " "}
    yield "replace", {"normalizer": {"type": "Sequence", "normalizers": [spaces, {"type": "Lowercase"}, replaced]}}
    vocab = model["vocab"]
    few = {token: i * 7 for i, token in enumerate(vocab)}
    yield "gaps between ids", {"model": {**model, "vocab": few}}
    yield "merges as lines", {"model": {**model, "merges": [" ".join(m) for m in model["merges"]]}}
    whole = {**vocab, "\u0120lazy": 5000, "Hello": 5001, "dog.": 5002}
    yield "ignore merges", {"model": {**model, "vocab": whole, "ignore_merges": True}}
    yield "whole words without ignore_merges", {"model": {**model, "vocab": whole}}
    known = {t: i for t, i in vocab.items() if len(t) > 1 or t.isascii()}
    merges = [m for m in model["merges"] if m[0] in known and m[1] in known and m[0] + m[1] in known]
    unknown = {**model, "vocab": {**known, "<unk>": 6000}, "merges": merges, "unk_token": "<unk>"}
    yield "unknown", {"model": unknown}
    yield "fused unknown", {"model": {**unknown, "fuse_unk": True}}
    yield "dropped unknown", {"model": {**unknown, "unk_token": None}}
    fallback = {**unknown["vocab"], **{f"<0x{b:02X}>": 7000 + b for b in range(256)}}
    yield "byte fallback", {"model": {**unknown, "vocab": fallback, "byte_fallback": True}, "pre_tokenizer": {"type": "WhitespaceSplit"}}
    few_bytes = {t: i for t, i in fallback.items() if i < 7000 or i % 3}
    yield "partial byte fallback", {"model": {**unknown, "vocab": few_bytes, "byte_fallback": True, "fuse_unk": True}, "pre_tokenizer": None}
    affixed = {}
    for token in list(vocab)[:260]:
        for spelled in [token, "##" + token, token + "</w>", "##" + token + "</w>"]:
            affixed[spelled] = len(affixed)
    pairs = [("t", "##h"), ("th", "##e"), ("##e", "##r</w>"), ("##i", "##n"), ("##in", "##g</w>"), ("the", "##</w>")]
    pairs = [p for p in pairs if p[0].strip("#") and p[1] in affixed]
    for left, right in pairs:
        affixed.setdefault(left, len(affixed))
        affixed.setdefault(left + right[2:], len(affixed))
    yield "affixes", {"model": {**model, "vocab": affixed, "merges": pairs, "continuing_subword_prefix": "##", "end_of_word_suffix": "</w>"}}
    tokens = [
        added(900, "quick"), added(901, "qui", special=True), added(902, "fox", lstrip=True), added(903, "brown", rstrip=True), added(904, "it", single_word=True),
        added(905, "dog", lstrip=True, rstrip=True, special=True), added(906, "STRASSE", normalized=True), added(907, "the", normalized=True, single_word=True),
        added(908, " "), added(909, "\u00e9\u00e8", normalized=True), added(910, "</longcat_s>", special=True), added(911, "\U0001F600"), added(912, "\n\n", rstrip=True),
    ]
    yield "added tokens", {"added_tokens": tokens}
    yield "added tokens, lower case", {"added_tokens": tokens, "normalizer": {"type": "Lowercase"}}
    yield "added tokens, decomposed", {"added_tokens": tokens, "normalizer": {"type": "NFD"}}
    yield "added token in the vocabulary", {"added_tokens": [added(next(iter(vocab.values())) , next(iter(vocab)), special=True), added(vocab["\u0120t"], "\u0120t")]}


def main():
    strings = corpus.strings(420)
    # normalisation and lower case of characters after Unicode 13 depend on the JDK
    new = set("".join(corpus.NEW_LETTERS)) - set("x y5")
    strings = [s for s in strings[::3] if not new & set(s)] + corpus.SENTENCES[:6] + ["a  quick\tfox \n brown  it item sit it it's dog  x", "QUICK The the STRASSE Strasse\n\n \nother", "x\u00e9e\u0301 \u00e9\u00e8e", "Hello dog. lazy"]
    start = base(corpus.SENTENCES * 2)
    variants = []
    for name, overlay in overlays(start["model"]):
        data = {**copy.deepcopy(start), **copy.deepcopy(overlay)}
        tokenizer = Tokenizer.from_str(json.dumps(data))
        added_ids = [tokenizer.token_to_id(t["content"]) for t in overlay.get("added_tokens", [])]
        assert added_ids == [t["id"] for t in overlay.get("added_tokens", [])], name
        ids = [tokenizer.encode(s, add_special_tokens=False).ids for s in strings]
        texts = [tokenizer.decode(i, skip_special_tokens=False) for i in ids]
        same = {i: t for i, (s, t) in enumerate(zip(strings, texts)) if s != t}
        variants.append({"name": name, "overlay": overlay, "ids": [" ".join(map(str, i)) for i in ids], "decodedOtherwise": same})
    result = {"tokenizer": start, "strings": strings, "variants": variants}
    write(Path(sys.argv[1]) / "variants.json.gz", json.dumps(result))
    print(len(variants), "variants of", len(strings), "strings")


if __name__ == "__main__":
    main()
