import shutil

import pytest

from tiny import chat, tokens, video_tasks
from tiny.follow_ups import follow_ups
from tiny.mix import TASKS, Mixer
from tiny.samples import NONE
from tiny.talk import Talk, Turn, is_test
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


def test_follow_ups_are_answered_rightly_and_keep_to_their_half(vocab: Vocabulary):
    mixer = Mixer(vocab, 5)
    for _ in range(200):
        seen = mixer.image().shown
        turns = follow_ups(mixer.rng, seen, test=False, most=5)
        assert len({seen.talk.turns[0].question} | {turn.question for turn in turns}) >= 1 + min(
            1, len(turns)
        )
        for turn in turns:
            for thing in seen.scene.things:
                if turn.question == f"What colour is the {thing.shape}?":
                    assert turn.answer == f"The {thing.shape} is {thing.colour}."
        clip = mixer.video().shown
        order = sorted(clip.actors, key=lambda actor: actor.begins)
        for turn in follow_ups(mixer.rng, clip, test=False, most=5):
            if turn.question == "Which shape comes last?":
                assert turn.answer == f"The {order[-1].thing.name} comes last."
                assert not is_test(video_tasks.key_of("order", clip.actors))


def test_media_stand_in_the_first_question_and_every_answer_is_learnt(vocab: Vocabulary):
    mixer = Mixer(vocab, 6)
    seen = mixer.image()
    talk = Talk("", "", [*seen.talk.turns, Turn("How many shapes are there?", "There are two shapes.")])
    sample = chat.written(talk, vocab, seen.parts)
    second = [i for i, token in enumerate(sample.ids) if token == tokens.EOS][0]
    assert IMAGE_PAD in sample.ids[:second] and IMAGE_PAD not in sample.ids[second:]
    wanted = [target for target in sample.targets if target != NONE]
    answers = [vocab.encode(turn.answer) + [tokens.EOS] for turn in talk.turns]
    assert wanted == answers[0] + answers[1]
