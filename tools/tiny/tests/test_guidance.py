"""Attention is judged by the rows that words are about."""

import pytest
import torch

from tiny import chat, image_tasks
from tiny.eyes import Eyes
from tiny.guidance import COPIED, COUNTED, NAMED, Guidance
from tiny.omni import Omni
from tiny.packing import Batch, pack
from tiny.questions import Questions
from tiny.samples import NONE
from tiny.scenes import Scene, Thing
from tiny.sentences import vocabulary_words
from tiny.sizes import LANGUAGE, VISION
from tiny.talk import Talk, Turn
from tiny.tokens import IMAGE_PAD, Vocabulary
from tiny.wording import Wording

THINGS = (
    Thing("star", "red", 0.2, 0.2, 0.15),
    Thing("star", "blue", 0.8, 0.2, 0.15),
    Thing("ring", "green", 0.5, 0.8, 0.15),
)


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
    first_pad = int((batch.ids[0] == IMAGE_PAD).nonzero()[0])
    pads = [first_pad + 1 * 4 + column for column in (0, 3)]
    losses = {}
    for name, rest in (("half", 2.0), ("all", 1e-3), ("little", 200.0)):
        # Two rows with a score of 0, and the first position, which weighs as much as `rest` of them.
        queries, keys = (torch.zeros_like(part) for part in guidance._attention(COUNTED[0]).seen)
        queries[..., 0], keys[..., 0] = queries.shape[-1] ** 0.5, -50.0
        keys[:, :, pads, 0] = 0.0
        keys[:, :, 0, 0] = torch.tensor(rest).log()
        for head in COUNTED:
            guidance._attention(head).seen = (queries, keys)
        losses[name] = guidance.losses(batch)["counted"].item()
    assert losses["half"] == pytest.approx(0, abs=1e-5)
    assert losses["all"] > 0.1 and losses["little"] > 0.1


def test_what_is_said_again_is_found_where_it_was_said_first(model: Omni, vocab: Vocabulary):
    talk = Talk("any", "any", [Turn("Say: Tom cat blue.", "Tom cat blue.")])
    batch = pack([[chat.written(talk, vocab)]], 32)
    guidance = Guidance(model, vocab)
    model.hidden(batch)
    at_random = guidance.losses(batch)
    queries, keys = (torch.zeros_like(part) for part in guidance._attention(COPIED).seen)
    # Each answer's position looks for a number of its own, and the word to be copied has that number.
    asked = batch.ids[0].tolist().index(vocab.encode(" Tom")[0])
    answer = int((batch.targets[0] != NONE).nonzero()[0])
    for i in range(4):
        queries[:, :, answer + i, i] = keys[:, :, asked + i, i] = 20.0
    guidance._attention(COPIED).seen = (queries, keys)
    found = guidance.losses(batch)
    assert found["copied"] < 1e-3 < at_random["copied"]
    assert found["previous"] == at_random["previous"] > 0.1


def test_words_before_are_those_of_the_same_conversation(vocab: Vocabulary):
    wording = Wording(vocab, torch.randn(len(vocab), LANGUAGE.hidden_size))
    talks = [Talk("any", "any", [Turn(f"Say: {word}.", f"{word.capitalize()}.")]) for word in ("cat", "dog")]
    batch = pack([[chat.written(talk, vocab) for talk in talks]], 32)
    words = wording.words(batch, None)
    texts = {number: name for name, number in wording.numbers.items()}
    pairs = [
        (texts[before], texts[said])
        for before, said in zip(words.before()[0].tolist(), words.said[0].tolist())
        if said
    ]
    assert pairs[:4] == [("", "user"), ("user", ":"), (":", "say"), ("say", ":")]
    assert (":", "dog") in pairs and ("dog", ".") in pairs
    assert [before for before, said in pairs if said == "user"] == ["", ""]


def test_heard_words_stand_where_their_rows_name_them(vocab: Vocabulary):
    embeddings = torch.randn(len(vocab), LANGUAGE.hidden_size)
    wording = Wording(vocab, embeddings)
    rows = wording.spelling.codes[torch.tensor([0, 3, 3, 0, 7, 0])]
    found = wording._heard(rows).tolist()
    names = [vocabulary_words()[i - 1] for i in (3, 7)]
    assert found == [0, wording.numbers[names[0]], 0, 0, wording.numbers[names[1]], 0]


def test_text_alone_has_nothing_to_see(model: Omni, vocab: Vocabulary):
    sample = chat.written(Talk("any", "any", [Turn("What colour is grass?", "Grass is green.")]), vocab)
    batch = pack([[sample]], 64)
    guidance = Guidance(model, vocab)
    model.hidden(batch)
    assert guidance.losses(batch).keys() == {"previous"}


def questions_in(vocab: Vocabulary, turn: Turn) -> tuple[list[str], tuple]:
    """The words at the positions of the only row, and what was found in it."""
    batch = pack([[chat.written(Talk("any", "any", [turn]), vocab)]], 64)
    wording = Wording(vocab, torch.randn(len(vocab), LANGUAGE.hidden_size))
    words = wording.words(batch, None)
    names = {number: name for name, number in wording.numbers.items()}
    return [names[i] for i in words.said[0].tolist()], Questions(vocab, wording).find(batch.ids, words)


@pytest.mark.parametrize(
    ("question", "answer", "after", "begins"),
    [
        ("Is 64 larger than 6?", "Yes, it is.", "larger", "Yes"),
        ("Is thirty four larger than forty?", "No, it is not.", "?", "No"),
        ("Which is smaller, thirty four or nineteen?", "Nineteen is smaller.", "?", "Nineteen"),
        ("Which is larger, 7 or 61?", "61 is larger.", "?", "61"),
        ("Which is larger, 7 or 6?", "7 is larger.", "or", "7"),
    ],
)
def test_the_number_that_is_asked_for_is_known(
    vocab: Vocabulary, question: str, answer: str, after: str, begins: str
):
    names, ([found], sums, relations) = questions_in(vocab, Turn(question, answer))
    assert names[found.chosen.after] == after
    assert (
        names[found.answer] == ":"
        and names[found.answer + 1] == begins.lower()[: 1 if begins.isdigit() else None]
    )
    assert found.names == question.startswith("Which")
    assert (sums, relations) == ([], [])


@pytest.mark.parametrize(
    ("question", "answer", "tens", "ones"),
    [
        ("What is thirty four plus five?", "It is thirty nine.", ("thirty", None), ("four", "five")),
        ("How much is forty minus 12?", "It is twenty eight.", ("forty", "1"), (None, "2")),
        # Of a lone digit nobody can know yet that it is no tens.
        ("What is 7 + 80?", "It is 87.", ("7", "8"), ("7", "0")),
    ],
)
def test_tens_and_ones_of_both_numbers_are_known(
    vocab: Vocabulary, question: str, answer: str, tens: tuple, ones: tuple
):
    names, (comparisons, [found], relations) = questions_in(vocab, Turn(question, answer))
    word = lambda place: None if place is None else names[place]
    assert (word(found.first.tens), word(found.second.tens)) == tens
    assert (word(found.first.ones), word(found.second.ones)) == ones
    assert names[found.answer] == "is" and names[found.first.after] in ("plus", "minus", "+")
    assert (comparisons, relations) == ([], [])


def test_things_that_are_compared_by_their_places_are_known(vocab: Vocabulary):
    turn = Turn("Is the ring to the left of the star?", "No, it is not.")
    names, (comparisons, sums, [found]) = questions_in(vocab, turn)
    assert (names[found.first], names[found.second], names[found.answer]) == ("ring", "star", ":")


def test_a_question_that_is_only_written_down_is_none(vocab: Vocabulary):
    _, found = questions_in(vocab, Turn("What is two plus two? Write it down.", "What is two plus two?"))
    assert found == ([], [], [])


def test_what_is_named_next_is_found_from_what_was_named_last(model: Omni, vocab: Vocabulary):
    batch = batch_of(vocab, Turn("What do you see?", "I see a red star, a green ring and a blue star."))
    guidance = Guidance(model, vocab)
    words = guidance.wording.words(batch, None)
    found = guidance._last(words, torch.ones_like(batch.ids, dtype=torch.bool))[0].nonzero().tolist()
    names = {number: name for name, number in guidance.wording.numbers.items()}
    word = lambda number: names[number.item()]
    pairs = [(word(words.said[0, last]), word(words.following[0, position])) for position, last in found]
    assert pairs == [("star", "green"), ("ring", "blue")]
