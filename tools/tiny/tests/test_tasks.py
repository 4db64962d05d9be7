import re
from random import Random

import pytest

from tiny import image_tasks, sentences, speech, text_tasks, tokens, video_tasks
from tiny.talk import draw, is_test
from tiny.tokens import Vocabulary

EVERY_TASK = [*text_tasks.TEXT_TASKS, *image_tasks.IMAGE_TASKS, *video_tasks.VIDEO_TASKS]


def turns(made):
    return made.turns if hasattr(made, "turns") else made.talk.turns


@pytest.mark.parametrize("task", EVERY_TASK, ids=lambda task: task.__name__)
def test_test_and_training_share_no_composition(task):
    rng = Random(1)
    trained = {draw(task, rng, test=False).key for _ in range(200)}
    tested = {draw(task, rng, test=True).key for _ in range(30)}
    assert not trained & tested


@pytest.mark.parametrize("task", EVERY_TASK, ids=lambda task: task.__name__)
def test_every_word_of_an_answer_can_be_said(task):
    rng, known = Random(2), set(sentences.vocabulary_words())
    for _ in range(200):
        for turn in turns(task(rng)):
            assert set(re.findall(r"[a-z]+", speech.spoken(turn.answer).lower())) <= known


def test_arithmetic_is_right():
    rng = Random(3)
    for _ in range(300):
        talk = text_tasks.arithmetic(rng)
        a, sign, b = re.fullmatch(r"(\d+)(plus|minus)(\d+)", talk.key).groups()
        result = int(a) + int(b) if sign == "plus" else int(a) - int(b)
        said = talk.turns[0].answer.removeprefix("It is ").removesuffix(".")
        assert said in (str(result), text_tasks.number(result))


def test_words_are_one_token_and_numbers_are_read_digit_by_digit(vocab: Vocabulary):
    assert len(vocab.encode("What is twelve plus thirty?")) == 6
    assert len(vocab.encode("What is 12 plus 30?")) == 8
    assert len(vocab.encode(" favourite")) == len(vocab.encode(" Wednesday")) == 1


def test_texts_survive_the_vocabulary(vocab: Vocabulary):
    for text in ["My name is Anna.", "Zürich, 3 < 4!", "second{0.1}:", "\n"]:
        assert vocab.decode(vocab.encode(text)) == text


def test_markers_lie_on_the_published_reserved_entries(vocab: Vocabulary):
    assert tokens.PAUSE == vocab.id_of("<mask_113>") == 137
    assert tokens.EOS == vocab.id_of("</longcat_s>") == 2


def test_frames_of_clips_are_chosen_as_the_published_sampling_does():
    assert video_tasks.offline_frames(75, 25.0) == (
        [3, 9, 15, 21, 27, 33, 39, 45, 51, 57, 63, 69],
        ["second{0.1}:", "second{0.6}:", "second{1.1}:", "second{1.6}:", "second{2.0}:", "second{2.5}:"],
    )
    assert video_tasks.spread_frames(90, 30.0) == (
        [0, 18, 36, 54, 72, 89],
        ["second{0.0}:", "second{1.2}:", "second{2.4}:"],
    )


def test_a_tenth_of_all_compositions_is_for_the_test():
    share = sum(is_test(str(i)) for i in range(5000)) / 5000
    assert 0.08 < share < 0.12
