"""Which word stands at each position, whether it was written or heard."""

from dataclasses import dataclass

import torch
from torch import Tensor

from . import tokens
from .ears_stage import Spelling
from .packing import Batch
from .samples import NONE
from .sentences import vocabulary_words
from .tokens import Vocabulary

SOUND_END = "<end of sound>"


@dataclass(frozen=True)
class Words:
    """`[rows, length]` throughout, 0 where there is no word.

    `said` is what stands at a position, `following` what shall be written after it, `previous` the position of the word
    before in the same conversation (`NONE` = there is none).
    """

    said: Tensor
    following: Tensor
    previous: Tensor

    def before(self) -> Tensor:
        known = self.said.gather(1, self.previous.clamp(min=0))
        return torch.where(self.previous != NONE, known, 0)


class Wording:
    """Words of a vocabulary, by numbers: the same for all tokens that differ in capitals and spaces alone."""

    def __init__(self, vocab: Vocabulary, embeddings: Tensor):
        names = [vocab.decode([token]).strip().lower() for token in range(len(vocab))]
        names[tokens.AUDIO_END] = SOUND_END
        self.numbers = {name: i for i, name in enumerate(sorted({*names, ""}))}
        self.of_token = torch.tensor([self.numbers[name] for name in names])
        self.of_class = torch.tensor([0] + [self.numbers.get(word, 0) for word in vocabulary_words()])
        self.spelling = Spelling(embeddings, vocab)

    def words(self, batch: Batch, heard: Tensor | None) -> Words:
        """Of a batch whose sounds have become the rows `heard`, those of a word being near its embedding."""
        said = self.of_token[batch.ids.clamp(min=0)] * (batch.ids != NONE)
        if heard is not None:
            said = said.masked_scatter(batch.ids == tokens.AUDIO_PAD, self._heard(heard))
        following = self.of_token[batch.targets.clamp(min=0)] * (batch.targets != NONE)
        return Words(said, following, _previous(said, batch.documents))

    @torch.no_grad()
    def _heard(self, rows: Tensor) -> Tensor:
        """A word that lasts for several rows counts once."""
        found = self.of_class[self.spelling(rows).argmax(-1)]
        lasting = torch.cat([found.new_zeros(1, dtype=torch.bool), found[1:] == found[:-1]])
        return found.masked_fill(lasting, 0)


def _previous(said: Tensor, documents: Tensor) -> Tensor:
    places = torch.arange(said.shape[1])
    latest = torch.where(said > 0, places, NONE).cummax(-1).values
    previous = torch.cat([torch.full((len(said), 1), NONE), latest[:, :-1]], dim=1)
    same = documents.gather(1, previous.clamp(min=0)) == documents
    return torch.where(same & (previous != NONE) & (said > 0), previous, NONE)
