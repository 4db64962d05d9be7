"""Finds which of two numbers a question asks for."""

import re

import torch
from torch import Tensor

from .samples import NONE
from .tokens import Vocabulary
from .words import DIGITS, TEENS, TENS

# Tokens by a letter each: words of tens and below twenty, digits with a space before them and without, and what asks.
NUMBER = "TU|T|U|FN|F"
WHICH = re.compile(f"([><]),({NUMBER})o({NUMBER})[?]")
IS = re.compile(f"({NUMBER})([><])t({NUMBER})[?]")
REPLY_WITHIN = 8


class Comparisons:
    """Of a vocabulary."""

    def __init__(self, vocab: Vocabulary):
        self.letters, self.values = ["."] * len(vocab), [0] * len(vocab)
        words = [("U", DIGITS + TEENS, 0, 1), ("T", TENS, 20, 10)]
        for letter, names, first, step in words:
            for i, name in enumerate(names):
                self._name(vocab, f" {name}", letter, first + step * i)
        for digit in range(10):
            self._name(vocab, f" {digit}", "F", digit)
            self._name(vocab, str(digit), "N", digit)
        for text, letter in ((" larger", ">"), (" smaller", "<"), (" than", "t"), (" or", "o"), (",", ","), ("?", "?")):
            self._name(vocab, text, letter, 0)

    def _name(self, vocab: Vocabulary, text: str, letter: str, value: int) -> None:
        (token,) = vocab.encode(text)
        self.letters[token], self.values[token] = letter, value

    def asked_for(self, ids: Tensor, targets: Tensor) -> Tensor:
        """`[rows, length, length]`: from where an answer begins to what stands right after the number it is about.

        Before that one cannot know whether a digit is the number or its tens. An answer that begins with the number
        looks there as long as it writes it.
        """
        found = torch.zeros(*ids.shape, ids.shape[1], dtype=torch.bool)
        for row, tokens in enumerate(ids.tolist()):
            letters = "".join(self.letters[token] if token != NONE else "." for token in tokens)
            for first, second, larger, end in _questions(letters):
                answers = (targets[row, end : end + REPLY_WITHIN] != NONE).nonzero()
                if len(answers):
                    a, b = self._value(tokens, letters, first), self._value(tokens, letters, second)
                    chosen, begins = first if (a > b) == larger else second, end + int(answers[0])
                    written = chosen[1] - chosen[0] if letters[first[0] - 1] == "," else 1
                    found[row, begins : begins + written, chosen[1]] = True
        return found

    def _value(self, tokens: list[int], letters: str, at: tuple[int, int]) -> int:
        value = 0
        for place in range(*at):
            value = value * (10 if letters[place] == "N" else 1) + self.values[tokens[place]]
        return value


def _questions(letters: str) -> list[tuple[tuple[int, int], tuple[int, int], bool, int]]:
    """Where both numbers are, whether the larger one is meant, and where the question ends."""
    which = [(m.span(2), m.span(3), m[1] == ">", m.end()) for m in WHICH.finditer(letters)]
    return which + [(m.span(1), m.span(3), m[2] == ">", m.end()) for m in IS.finditer(letters)]
