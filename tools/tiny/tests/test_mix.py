import shutil

import pytest

from tiny import chat
from tiny.mix import TASKS, Mixer
from tiny.samples import NONE
from tiny.tokens import AUDIO_PAD, IMAGE_PAD, Vocabulary

pytestmark = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")


@pytest.mark.parametrize("task", TASKS)
def test_every_task_gives_samples_with_room_for_their_media(task: str, vocab: Vocabulary):
    mixer = Mixer(vocab, 1)
    for _ in range(3):
        case = TASKS[task](mixer)
        sample = chat.written(case.talk, vocab, case.parts)
        pictures = sum(medium.rows for medium in sample.media if hasattr(medium, "frames"))
        sounds = sum(medium.rows for medium in sample.media if not hasattr(medium, "frames"))
        assert (sample.ids.count(IMAGE_PAD), sample.ids.count(AUDIO_PAD)) == (pictures, sounds)
        assert any(target != NONE for target in sample.targets)


def test_answers_to_spoken_questions_are_sentences_in_words(vocab: Vocabulary):
    mixer = Mixer(vocab, 2)
    for _ in range(10):
        answer = mixer.spoken_question().talk.turns[0].answer
        assert answer[0].isupper() and not any(c.isdigit() for c in answer)


def test_a_seed_gives_the_same_cases(vocab: Vocabulary):
    first, second = (Mixer(vocab, 3) for _ in range(2))
    for task in ("text", "image", "spoken_question"):
        a, b = TASKS[task](first), TASKS[task](second)
        assert a.talk == b.talk
