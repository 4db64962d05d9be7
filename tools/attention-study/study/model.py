"""The study's model, its vocabulary, and talks as samples."""

import json
import pathlib

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from . import words
from .sizes import SIZES

from tiny import tokens
from tiny.chat import prompt
from tiny.language import LanguageModel, packed_mask
from tiny.packing import Batch
from tiny.samples import NONE, Sample
from tiny.talk import Talk
from tiny.tokens import Vocabulary

PLAIN = ("embed", "lm_head", "classifier")


def vocabulary() -> Vocabulary:
    return Vocabulary(tokens.build(words.pieces()))


def sample(talk: Talk, vocab: Vocabulary) -> Sample:
    """The whole talk; every answer is to be written."""
    whole = prompt(talk, vocab, train_history=True)
    whole.wanted(vocab.encode(talk.turns[-1].answer) + [tokens.EOS])
    return whole


class Study(nn.Module):
    def __init__(self, vocab_size: int):
        super().__init__()
        self.language = LanguageModel(SIZES, vocab_size)

    def hidden(self, batch: Batch) -> Tensor:
        x = self.language.embed_tokens(batch.ids)
        return self.language(x, batch.positions, packed_mask(batch.documents))

    def loss(self, batch: Batch) -> tuple[Tensor, float]:
        """Mean over the words that are to be written, and the share of them that would be written."""
        hidden, chosen = self.hidden(batch), batch.targets != NONE
        logits, targets = self.language.lm_head(hidden[chosen]), batch.targets[chosen]
        return F.cross_entropy(logits, targets), (logits.argmax(-1) == targets).float().mean().item()


def load(path: pathlib.Path, vocab: Vocabulary) -> Study:
    model = Study(len(vocab))
    model.load_state_dict(torch.load(path, map_location="cpu", weights_only=True)["model"])
    return model.eval()


def specification(path: pathlib.Path, vocab: Vocabulary) -> None:
    path.write_text(json.dumps(vocab.specification, ensure_ascii=False))
