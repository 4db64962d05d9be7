"""The vocabulary: reserved entries, bytes, and the words of the model's world."""

import json
import pathlib

from tokenizers import Tokenizer

MASKS = 120
MASK_OFFSET = 24
UNKNOWN, BOS, EOS, PAD = 0, 1, 2, 3


def mask(k: int) -> int:
    return MASK_OFFSET + k


AUDIO_START, AUDIO_END, AUDIO_PAD, PAUSE, IMAGE_PAD = mask(110), mask(111), mask(112), mask(113), mask(118)
SPECIAL_NAMES = (
    ["<longcat_unk>", "<longcat_s>", "</longcat_s>", "<longcat_pad>"]
    + [f"<reserved_{i}>" for i in range(4, MASK_OFFSET)]
    + [f"<mask_{i}>" for i in range(MASKS)]
)


def byte_alphabet() -> dict[int, str]:
    """How byte-level BPE writes each byte as a printable character."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    table = {byte: chr(byte) for byte in printable}
    table.update({byte: chr(256 + i) for i, byte in enumerate(others)})
    return table


def merges_for(words: list[str]) -> list[tuple[str, str]]:
    """Merges that make one token of every word: always the pair that most unfinished words share."""
    pieces = {word: list(word) for word in sorted(set(words))}
    merges = []
    while True:
        counts: dict[tuple[str, str], int] = {}
        for parts in pieces.values():
            for pair in zip(parts, parts[1:]):
                counts[pair] = counts.get(pair, 0) + 1
        if not counts:
            return merges
        best = min(counts, key=lambda pair: (-counts[pair], pair))
        merges.append(best)
        for word, parts in pieces.items():
            pieces[word] = _merge(parts, best)


def _merge(parts: list[str], pair: tuple[str, str]) -> list[str]:
    merged, at = [], 0
    while at < len(parts):
        if tuple(parts[at : at + 2]) == pair:
            merged.append(parts[at] + parts[at + 1])
            at += 2
        else:
            merged.append(parts[at])
            at += 1
    return merged


def build(pretokens: list[str]) -> dict:
    """`tokenizer.json` for words as byte-level BPE sees them, a leading space included."""
    table = byte_alphabet()
    words = ["".join(table[byte] for byte in word.encode()) for word in pretokens]
    merges = merges_for([word for word in words if len(word) > 1])
    vocabulary = {name: i for i, name in enumerate(SPECIAL_NAMES)}
    for piece in [*(table[byte] for byte in range(256)), *(a + b for a, b in merges)]:
        vocabulary.setdefault(piece, len(vocabulary))
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [
            {
                "id": i,
                "content": name,
                "single_word": False,
                "lstrip": False,
                "rstrip": False,
                "normalized": False,
                "special": True,
            }
            for i, name in enumerate(SPECIAL_NAMES)
        ],
        "normalizer": None,
        "pre_tokenizer": byte_level,
        "post_processor": None,
        "decoder": dict(byte_level, add_prefix_space=True),
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": None,
            "continuing_subword_prefix": None,
            "end_of_word_suffix": None,
            "fuse_unk": False,
            "byte_fallback": False,
            "ignore_merges": False,
            "vocab": vocabulary,
            "merges": [list(pair) for pair in merges],
        },
    }


CONFIG = {
    "tokenizer_class": "PreTrainedTokenizerFast",
    "bos_token": "<longcat_s>",
    "eos_token": "</longcat_s>",
    "pad_token": "<longcat_pad>",
    "unk_token": "<longcat_unk>",
    "add_bos_token": False,
    "add_eos_token": False,
    "model_max_length": 4096,
}


class Vocabulary:
    """Encodes parts of a chat text one by one, as the prompt format wants it."""

    def __init__(self, specification: dict):
        self.specification = specification
        self._tokenizer = Tokenizer.from_str(json.dumps(specification))
        self._known: dict[str, list[int]] = {}

    @classmethod
    def read(cls, path: pathlib.Path) -> "Vocabulary":
        return cls(json.loads(path.read_text()))

    def __len__(self) -> int:
        return len(self.specification["model"]["vocab"])

    def encode(self, text: str) -> list[int]:
        if text not in self._known:
            if len(self._known) > 50_000:
                self._known.clear()
            self._known[text] = self._tokenizer.encode(text).ids
        return self._known[text]

    def decode(self, ids: list[int]) -> str:
        return self._tokenizer.decode([i for i in ids if i > EOS], skip_special_tokens=True)

    def id_of(self, token: str) -> int:
        return self._tokenizer.token_to_id(token)
