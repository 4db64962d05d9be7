"""Attention is judged by the rows that words are about."""

import pytest
import torch

from tiny import chat, image_tasks
from tiny.comparisons import Comparisons
from tiny.eyes import Eyes
from tiny.guidance import COUNTED, NAMED, Guidance
from tiny.omni import Omni
from tiny.packing import Batch, pack
from tiny.scenes import Scene, Thing
from tiny.sizes import LANGUAGE, VISION
from tiny.talk import Talk, Turn
from tiny.tokens import IMAGE_PAD, Vocabulary

THINGS = (Thing("star", "red", 0.2, 0.2, 0.15), Thing("star", "blue", 0.8, 0.2, 0.15), Thing("ring", "green", 0.5, 0.8, 0.15))


def batch_of(vocab: Vocabulary, turn: Turn) -> Batch:
    talk = Talk("any", "any", [turn])
    return pack([[chat.written(talk, vocab, (image_tasks.picture(Scene(THINGS)),))]], 96)


@pytest.fixture
def model(vocab: Vocabulary) -> Omni:
    torch.manual_seed(1)
    return Omni(LANGUAGE, len(vocab), Eyes(VISION, LANGUAGE.hidden_size))


def test_losses_are_small_where_attention_is_right(model: Omni, vocab: Vocabulary):
    batch = batch_of(vocab, Turn("What colour is the ring?", "The ring is green."))
    guidance = Guidance(model, vocab)
    model.hidden(batch)
    at_random = guidance.losses(batch)["named"]
    queries, keys = (torch.zeros_like(part) for part in guidance._attention(NAMED).seen)
    # The only green thing is in the lower half: of the picture's rows the one whose key answers all queries.
    first_pad = int((batch.ids[0] == IMAGE_PAD).nonzero()[0])
    queries[..., 0] = 40.0
    keys[:, :, first_pad + 6 * 4 + 2, 0] = 40.0
    guidance._attention(NAMED).seen = (queries, keys)
    assert guidance.losses(batch)["named"] < 1e-3 < at_random


def test_counting_wants_a_share_that_tells_the_number(model: Omni, vocab: Vocabulary):
    batch = batch_of(vocab, Turn("How many stars are there?", "There are two stars."))
    guidance = Guidance(model, vocab)
    model.hidden(batch)
    queries, keys = (torch.zeros_like(part) for part in guidance._attention(COUNTED).seen)
    first_pad = int((batch.ids[0] == IMAGE_PAD).nonzero()[0])
    pads = [first_pad + 1 * 4 + column for column in (0, 3)]
    losses = {}
    for name, rest in (("half", 2.0), ("all", 1e-3), ("little", 200.0)):
        # Two rows with a score of 0, and the first position, which weighs as much as `rest` of them.
        queries[..., 0], keys[..., 0] = queries.shape[-1] ** 0.5, -50.0
        keys[:, :, pads, 0] = 0.0
        keys[:, :, 0, 0] = torch.tensor(rest).log()
        guidance._attention(COUNTED).seen = (queries, keys)
        losses[name] = guidance.losses(batch)["counted"].item()
    assert losses["half"] == pytest.approx(0, abs=1e-5)
    assert losses["all"] > 0.1 and losses["little"] > 0.1


def test_text_alone_has_nothing_to_look_at(model: Omni, vocab: Vocabulary):
    sample = chat.written(Talk("any", "any", [Turn("What colour is grass?", "Grass is green.")]), vocab)
    batch = pack([[sample]], 64)
    guidance = Guidance(model, vocab)
    model.hidden(batch)
    assert guidance.losses(batch) == {}


@pytest.mark.parametrize(
    ("question", "answer", "after"),
    [
        ("Is 64 larger than 6?", "Yes, it is.", 3),
        ("Is thirty four larger than forty?", "No, it is not.", 6),
        ("Which is smaller, thirty four or nineteen?", "Nineteen is smaller.", 8),
        ("Which is larger, 7 or 61?", "61 is larger.", 8),
        ("Which is larger, 7 or 6?", "7 is larger.", 5),
    ],
)
def test_the_number_that_is_asked_for_is_known(vocab: Vocabulary, question: str, answer: str, after: int):
    batch = pack([[chat.written(Talk("any", "any", [Turn(question, answer)]), vocab)]], 64)
    found = Comparisons(vocab).asked_for(batch.ids, batch.targets)[0].nonzero().tolist()
    first = batch.ids[0].tolist().index(vocab.encode(question)[0])
    written = [batch.targets[0, position].item() for position, _ in found]
    assert {place for _, place in found} == {first + after}
    assert written == vocab.encode(answer.removesuffix(" is larger.").removesuffix(" is smaller."))[: len(found)]
    assert len(found) == (2 if answer.startswith("61") else 1)
