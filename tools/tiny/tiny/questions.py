"""Finds questions about two numbers or two things, written or heard, and where their answers are written."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from .tokens import Vocabulary
from .wording import SOUND_END, Wording, Words
from .words import DIGITS, SHAPES, TEENS, TENS

# Words by a letter each: tens and what is below twenty, digits with a space before them and without, signs, shapes.
NUMBER = "TU|T|U|FN|F"
WHICH = re.compile(f"[><],?({NUMBER})o({NUMBER})[?]")
IS = re.compile(f"({NUMBER})[><]t({NUMBER})[?]")
SUM = re.compile(f"({NUMBER})[+]({NUMBER})[?]")
RELATION = re.compile("(S).{0,2}R.{0,2}(S)[?]")
LETTERS = {
    "T": TENS,
    "U": DIGITS + TEENS,
    "N": [str(digit) for digit in range(10)],
    ">": ["larger"],
    "<": ["smaller"],
    "t": ["than"],
    "o": ["or"],
    "+": ["plus", "minus", "+", "-"],
    ",": [","],
    "?": ["?", SOUND_END],
    "S": SHAPES,
    "R": ["left", "right", "above", "below"],
}
ANSWER_WITHIN = 10
SUM_LEADS = ("it", "is")


@dataclass(frozen=True)
class Number:
    """Where its words are, and what comes right after them."""

    words: tuple[int, ...]
    after: int
    value: int
    spelled: str

    @property
    def tens(self) -> int | None:
        """Nothing where words name no tens; of a lone digit nobody can know yet that it is none."""
        return None if self.spelled == "U" else self.words[0]

    @property
    def ones(self) -> int | None:
        return None if self.spelled == "T" else self.words[-1]


@dataclass(frozen=True)
class Question:
    """In a row of a batch. `answer` is the position after which the answer, or its number, is written."""

    row: int
    first: Number
    second: Number
    answer: int


@dataclass(frozen=True)
class Comparison(Question):
    """`larger` says whether that one is asked for; `names` whether the answer names it."""

    larger: bool
    names: bool

    @property
    def chosen(self) -> Number:
        return self.first if (self.first.value > self.second.value) == self.larger else self.second


class Sum(Question):
    """Or a difference."""


@dataclass(frozen=True)
class Relation:
    """Whether one thing is where another is not; the shapes' words."""

    row: int
    first: int
    second: int
    answer: int


class Questions:
    """Of a vocabulary."""

    def __init__(self, vocab: Vocabulary, wording: Wording):
        self.letters, self.values = ["."] * len(wording.numbers), [0] * len(wording.numbers)
        for letter, names in LETTERS.items():
            for name in names:
                self.letters[wording.numbers[name]] = letter
        for names, first, step in ((DIGITS + TEENS, 0, 1), (TENS, 20, 10), (LETTERS["N"], 0, 1)):
            for i, name in enumerate(names):
                self.values[wording.numbers[name]] = first + step * i
        self.spaced = torch.zeros(len(vocab), dtype=torch.bool)
        for digit in LETTERS["N"]:
            self.spaced[vocab.encode(f" {digit}")] = True
        self.yes_no = [wording.numbers[name] for name in ("yes", "no")]
        self.leads = [wording.numbers[name] for name in SUM_LEADS]

    def find(self, ids: Tensor, words: Words) -> tuple[list[Comparison], list[Sum], list[Relation]]:
        """Those that are answered; a question that is only to be written down is none."""
        comparisons, sums, relations = [], [], []
        spaced = self.spaced[ids.clamp(min=0)].tolist()
        for row, (said, following) in enumerate(zip(words.said.tolist(), words.following.tolist())):
            line = _Line(row, self, said, spaced[row], following)
            comparisons += line.comparisons(WHICH, names=True) + line.comparisons(IS, names=False)
            sums += line.sums()
            relations += line.relations()
        return comparisons, sums, relations


class _Line:
    """A row of a batch, its words as letters."""

    def __init__(self, row: int, known: Questions, said: list[int], spaced: list[bool], following: list[int]):
        self.row, self.known, self.said, self.following = row, known, said, following
        self.places = [place for place, word in enumerate(said) if word]
        letter = lambda place: known.letters[said[place]]
        self.letters = "".join(
            "F" if letter(place) == "N" and spaced[place] else letter(place) for place in self.places
        )

    def comparisons(self, pattern: re.Pattern, names: bool) -> list[Comparison]:
        found = []
        for match, begins in self._answered(pattern):
            question = Comparison(self.row, *self._numbers(match), begins, ">" in match[0], names)
            leads = [self.said[question.chosen.words[0]]] if names else self.known.yes_no
            if self.following[begins] in leads:
                found.append(question)
        return found

    def sums(self) -> list[Sum]:
        return [
            Sum(self.row, *self._numbers(match), begins + len(SUM_LEADS))
            for match, begins in self._answered(SUM)
            if self.following[begins : begins + len(SUM_LEADS)] == self.known.leads
        ]

    def relations(self) -> list[Relation]:
        return [
            Relation(self.row, self.places[match.start(1)], self.places[match.start(2)], begins)
            for match, begins in self._answered(RELATION)
            if self.following[begins] in self.known.yes_no
        ]

    def _answered(self, pattern: re.Pattern) -> Iterator[tuple[re.Match, int]]:
        """Questions, and the first position after each that something is written after."""
        for match in pattern.finditer(self.letters):
            end = self.places[match.end() - 1]
            near = range(end, min(len(self.following), end + ANSWER_WITHIN))
            begins = next((place for place in near if self.following[place]), None)
            if begins is not None:
                yield match, begins

    def _numbers(self, match: re.Match) -> tuple[Number, Number]:
        return self._number(match.span(1)), self._number(match.span(2))

    def _number(self, at: tuple[int, int]) -> Number:
        value = 0
        for place in range(*at):
            tenfold = 10 if self.letters[place] == "N" else 1
            value = tenfold * value + self.known.values[self.said[self.places[place]]]
        return Number(tuple(self.places[slice(*at)]), self.places[at[1]], value, self.letters[slice(*at)])
