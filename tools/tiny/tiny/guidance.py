"""Teaches where to look: attention is shown what a word is about.

Without it a model of this size does not learn within some 10,000 batches to find a thing by its shape: a head that
compares words with rows pays only once what it finds is read, and nothing reads it before.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from . import tokens
from .image_tasks import plural
from .language import LatentAttention, packed_mask
from .omni import Omni
from .packing import Batch
from .properties import COLOUR, PROPERTIES, SHAPE
from .questions import Comparison, Question, Questions, Sum
from .samples import NONE, Picture
from .tokens import Vocabulary
from .wording import Wording, Words

# A counting head leaves as much attention on the first position, which is the same in all conversations, as it gives to
# two rows: odds of 1/2, 1, 3/2, 2 ... tell numbers. Spread over all else they would tell what there is besides.
AT_REST = 2.0
# The logarithm of these odds where there is nothing to be counted, or less.
NONE_COUNTED = -4.0


@dataclass(frozen=True)
class Head:
    layer: int
    block: int
    head: int


# What reads when a row was seen, and whether its thing was there before.
WHEN, BEFORE = Head(0, 0, 3), Head(0, 0, 1)
# What finds the word before, written or heard, and what stands where this word was followed by what is now to be written.
PREVIOUS, COPIED = Head(0, 0, 2), Head(1, 1, 3)
# What tells the second number of a question: it sees the sign or the word between them.
BETWEEN = Head(0, 0, 0)
# What finds the thing that a word names, and the thing to be named next: in clips where it comes first.
NAMED, WANTED = Head(0, 1, 2), Head(1, 1, 0)
# What finds the thing that was named last in this turn, from which it is told what comes next.
LAST = Head(1, 0, 3)
# What count the things that a plural names.
COUNTED = (Head(0, 1, 1), Head(0, 1, 3))
# What bring tens and ones of two numbers to where something about both is written.
TENS, ONES = (Head(0, 1, 0), Head(0, 1, 1)), (Head(0, 1, 2), Head(0, 1, 3))
# What finds the larger or the smaller number: late, because a layer has to know first which of them is asked for.
COMPARED = Head(1, 1, 1)
# What bring two things to where it is written how they stand.
RELATED = (Head(1, 0, 0), Head(1, 0, 1))
LABEL_TOKENS = 8

# Row, position, and the position that it looks at.
Place = tuple[int, int, int]


class Guidance:
    """For words of shapes and of colours, for numbers, and for words that are said again."""

    def __init__(self, model: Omni, vocab: Vocabulary):
        self.model = model
        self.wording = Wording(vocab, model.language.embed_tokens.weight.detach())
        self.questions = Questions(vocab, self.wording)
        numbers = self.wording.numbers
        self.shapes, self.colours, self.plurals = (
            torch.zeros(len(numbers), dtype=torch.long) for _ in range(3)
        )
        for shape in SHAPE.classes:
            self.shapes[numbers[shape]] = SHAPE.of(shape)
            self.plurals[numbers[plural(shape)]] = SHAPE.of(shape)
        for colour in COLOUR.classes:
            self.colours[numbers[colour]] = COLOUR.of(colour)
        self.all_shapes = numbers[plural("shape")]
        self.digits = torch.zeros(len(vocab), dtype=torch.bool)
        self.digits[[token for digit in "0123456789" for token in vocab.encode(digit)]] = True
        single = (WHEN, BEFORE, PREVIOUS, COPIED, BETWEEN, NAMED, WANTED, LAST, COMPARED)
        for finder in (*single, *COUNTED, *TENS, *ONES, *RELATED):
            self._attention(finder).watched = True

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Of the call that the model has just made, by what they are about; those alone that something is about."""
        before = packed_mask(batch.documents)[:, 0]
        words = self.wording.words(batch, self.model.heard)
        losses = {
            **self._of_words(words, before),
            **self._of_questions(batch, words, before),
            **self._of_the_seen(batch, words, before),
        }
        return {name: loss for name, loss in losses.items() if loss is not None}

    def _of_words(self, words: Words, before: Tensor) -> dict[str, Tensor | None]:
        row, position = (words.previous != NONE).nonzero(as_tuple=True)
        ahead = torch.zeros_like(before)
        ahead[row, position, words.previous[row, position]] = True
        known = words.before()
        again = (words.said[:, :, None] == known[:, None, :]) & (known > 0)[:, None, :]
        again &= (words.following[:, :, None] == words.said[:, None, :]) & (words.following > 0)[:, :, None]
        return {
            "previous": self._away(PREVIOUS, ahead, before),
            "copied": self._away(COPIED, again & before, before),
        }

    def _of_questions(self, batch: Batch, words: Words, before: Tensor) -> dict[str, Tensor | None]:
        comparisons, sums, relations = self.questions.find(batch.ids, words)
        numeric = [*comparisons, *sums]
        away = lambda finder, places: self._away(finder, _marked(before, places), before)
        first, second = RELATED
        related = [
            away(first, [(r.row, r.answer, r.first) for r in relations]),
            away(second, [(r.row, r.answer, r.second) for r in relations]),
        ]
        numbers = [
            away(finder, _parts(numeric, batch.positions, part))
            for finder, part in (
                (TENS[0], lambda question: question.first.tens),
                (TENS[1], lambda question: question.second.tens),
                (ONES[0], lambda question: question.first.ones),
                (ONES[1], lambda question: question.second.ones),
            )
        ]
        return {
            "compared": away(COMPARED, _chosen(comparisons)),
            "between": away(BETWEEN, _between(numeric)),
            "related": self._mean(related),
            "numbers": self._mean(numbers),
        }

    @staticmethod
    def _mean(parts: Iterable[Tensor | None]) -> Tensor | None:
        there = [part for part in parts if part is not None]
        return torch.stack(there).mean() if there else None

    def _of_the_seen(self, batch: Batch, words: Words, before: Tensor) -> dict[str, Tensor | None]:
        pictures = [medium.told for medium in batch.media if isinstance(medium, Picture)]
        if not pictures:
            return {}
        rows = torch.from_numpy(np.concatenate(pictures))
        told = torch.zeros(*batch.ids.shape, len(PROPERTIES), dtype=torch.long)
        told = told.masked_scatter((batch.ids == tokens.IMAGE_PAD)[..., None], rows)
        wanted = _first(before & self._named(words.following, told))
        return {
            "when": self._away(WHEN, before & self._labels(batch.ids, told), before),
            "before": self._was_there(told, before),
            "named": self._away(NAMED, _first(before & self._named(words.said, told)), before),
            "wanted": self._away(WANTED, wanted, before),
            "last": self._away(LAST, before & self._last(words, wanted.any(-1)), before),
            "counted": self._mean(self._counting(head, batch, words.said, told, before) for head in COUNTED),
        }

    def _attention(self, finder: Head) -> LatentAttention:
        return self.model.language.layers[finder.layer].self_attn[finder.block]

    def _named(self, words: Tensor, told: Tensor) -> Tensor:
        return _same(self.shapes[words], told, SHAPE) | _same(self.colours[words], told, COLOUR)

    def _last(self, words: Words, about: Tensor) -> Tensor:
        """Where a colour of what is seen is to be written: the latest shape's word of the turn."""
        places = torch.arange(words.said.shape[1])
        latest = lambda there: torch.where(there, places, NONE).cummax(-1).values
        shape, turn = latest(self.shapes[words.said] > 0), latest(words.said == self.wording.numbers["user"])
        asked = about & (self.colours[words.following] > 0) & (shape > turn)
        return asked[:, :, None] & (places == shape[:, :, None])

    def _labels(self, ids: Tensor, told: Tensor) -> Tensor:
        """Digits of the label before the frames of a thing's row."""
        places = torch.arange(ids.shape[1])
        label_end = torch.where(ids == tokens.IMAGE_PAD, 0, places).cummax(-1).values[:, :, None]
        near = (places <= label_end) & (places > label_end - LABEL_TOKENS)
        things = told[..., PROPERTIES.index(SHAPE)] > 0
        return things[:, :, None] & near & self.digits[ids.clamp(min=0)][:, None, :]

    def _away(self, finder: Head, about: Tensor, before: Tensor) -> Tensor | None:
        """Mean negative logarithm of the attention's share that is on what positions are about."""
        row, position = about.any(-1).nonzero(as_tuple=True)
        if not len(row):
            return None
        found, _ = self._shares(finder, row, position, about, before)
        return -found.mean()

    def _was_there(self, told: Tensor, before: Tensor) -> Tensor | None:
        """Rows of clips: all attention on earlier rows of the same thing, or none where it is new."""
        shape = told[..., PROPERTIES.index(SHAPE)]
        earlier = before & ~torch.eye(shape.shape[1], dtype=torch.bool) & _same(shape, told, SHAPE)
        earlier &= _same(told[..., PROPERTIES.index(COLOUR)], told, COLOUR)
        row, position = (shape > 0).nonzero(as_tuple=True)
        if not len(row):
            return None
        found, left = self._shares(BEFORE, row, position, earlier, before)
        return -torch.where(earlier[row, position].any(-1), found, left).mean()

    def _counting(
        self, finder: Head, batch: Batch, words: Tensor, told: Tensor, before: Tensor
    ) -> Tensor | None:
        """All attention on what is counted and on the first position: how much more is on the one tells the number."""
        things = before & (told[..., PROPERTIES.index(SHAPE)] > 0)[:, None, :]
        counted = before & _same(self.plurals[words], told, SHAPE)
        counted |= things & (words == self.all_shapes)[:, :, None]
        asked = (self.plurals[words] > 0) | (words == self.all_shapes)
        row, position = (asked & things.any(-1)).nonzero(as_tuple=True)
        if not len(row):
            return None
        amount = counted[row, position].sum(-1)
        found, _ = self._shares(finder, row, position, counted, before)
        rest, _ = self._shares(finder, row, position, before & (batch.positions == 0)[:, None, :], before)
        wanted = (amount.clamp(min=1) / AT_REST).log()
        away = torch.where(amount > 0, found - rest - wanted, (found - rest - NONE_COUNTED).clamp(min=0))
        far = F.huber_loss(away, torch.zeros_like(away), reduction="none", delta=0.5)
        return (2 * far - torch.logaddexp(found, rest)).mean()

    def _shares(
        self, finder: Head, row: Tensor, position: Tensor, about: Tensor, before: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Logarithms of the shares of a head's attention that are on what positions are about, and elsewhere."""
        queries, keys = self._attention(finder).seen
        scores = torch.einsum("nd,nud->nu", queries[row, finder.head, position], keys[row, finder.head])
        scores = (scores / queries.shape[-1] ** 0.5).masked_fill(~before[row, position], LEAST)
        total, here = scores.logsumexp(-1), about[row, position]
        return (
            scores.masked_fill(~here, LEAST).logsumexp(-1) - total,
            scores.masked_fill(here, LEAST).logsumexp(-1) - total,
        )


# Far below all scores, but finite: an empty sum of minus infinities has no gradient.
LEAST = -1e9


def _same(classes: Tensor, told: Tensor, group) -> Tensor:
    """`[rows, length, length]`: which input rows tell the class that is asked for at a position."""
    return (classes > 0)[:, :, None] & (classes[:, :, None] == told[:, None, :, PROPERTIES.index(group)])


def _first(about: Tensor) -> Tensor:
    return about & (about.cumsum(-1) == 1)


def _marked(before: Tensor, places: list[Place]) -> Tensor:
    marked = torch.zeros_like(before)
    for row, position, key in places:
        marked[row, position, key] = True
    return marked


def _parts(
    questions: list[Question], positions: Tensor, part: Callable[[Question], int | None]
) -> list[Place]:
    """Tens or ones, where what is not there is the first position; sums write two words that need them."""
    places = []
    for question in questions:
        at, row = question.answer, question.row
        found = part(question)
        key = int(at - positions[row, at]) if found is None else found
        places += [(row, at + i, key) for i in range(2 if isinstance(question, Sum) else 1)]
    return places


def _chosen(comparisons: list[Comparison]) -> list[Place]:
    """What stands right after the number that an answer is about: before it one cannot know whether a digit is tens.

    An answer that begins with the number looks there as long as it writes it.
    """
    written = lambda q: len(q.chosen.words) if q.names else 1
    return [(q.row, q.answer + i, q.chosen.after) for q in comparisons for i in range(written(q))]


def _between(questions: list[Question]) -> list[Place]:
    return [(q.row, place, q.first.after) for q in questions for place in q.second.words]
