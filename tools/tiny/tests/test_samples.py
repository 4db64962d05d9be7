import multiprocessing
import os
import pathlib
import signal
import sys
import time
from random import Random

import numpy as np
import pytest
import torch

from tiny import chat, feeder, tokens
from tiny.feeder import Feeder
from tiny.joint_stage import penalised, recent_ids
from tiny.layout import interleaved
from tiny.packing import Packer, pack
from tiny.samples import CODE_OFFSET, NONE, SPEECH_END, Picture, Sample, Sound
from tiny.talk import Talk, Turn
from tiny.text_tasks import text_task
from tiny.tokens import Vocabulary


def talk(*turns: tuple[str, str]) -> Talk:
    return Talk("test", "", [Turn(*turn) for turn in turns])


def voice_of(text: str, frames: int = 4) -> dict[str, np.ndarray]:
    words = chat.said_words(text)
    return {word: np.arange(frames * 4).reshape(frames, 4) + 16 * i for i, word in enumerate(words)}


def test_a_written_answer_is_wanted_up_to_the_end_of_the_message(vocab: Vocabulary):
    sample = chat.written(talk(("Hello.", "Hello! How can I help?")), vocab)
    wanted = [target for target in sample.targets if target != NONE]
    assert wanted == vocab.encode("Hello! How can I help?") + [tokens.EOS]
    assert sample.ids[sample.targets.index(wanted[0]) :][0] == vocab.encode("ASSISTANT:")[-1]


def test_speech_runs_beside_the_text_with_acoustics_one_step_behind(vocab: Vocabulary):
    voice = voice_of("It is one")
    sample = chat.spoken(talk(("", "It is one.")), vocab, voice)
    frames = np.concatenate([voice[word] for word in ("it", "is", "one")]) + CODE_OFFSET
    steps = [sample.audio_targets[place] for place in sorted(sample.audio_targets)]
    assert [step[0] for step in steps] == [*frames[:, 0], SPEECH_END]
    assert steps[0][1:] == (NONE, NONE, NONE)
    assert [step[1:] for step in steps[1:]] == [tuple(frame[1:]) for frame in frames]
    text = vocab.encode("It is one.") + [tokens.EOS]
    first = min(sample.audio_targets)
    assert sample.targets[first : first + len(text)] == text
    assert sample.ids[first + 1 : first + 1 + len(text)] == text
    assert set(sample.ids[first + 1 + len(text) :]) == {NONE}
    assert all(sample.audio_in[place + 1] == said for place, said in sample.audio_targets.items())


def test_sentences_are_stretches_that_end_with_a_pause(vocab: Vocabulary):
    assert chat.cut_stretches("Hello! How can I help?") == ["Hello!", " How can I help?"]
    answer = "One, two, three, four, five, six, seven, eight."
    assert "".join(chat.cut_stretches(answer)) == answer
    sample = chat.spoken(talk(("", "Hello! How can I help?")), vocab, voice_of("Hello How can I help"))
    assert tokens.PAUSE in sample.targets and tokens.EOS in sample.targets
    ends = [said for said in sample.audio_targets.values() if said[0] == SPEECH_END]
    assert len(ends) == 2


def test_rows_of_media_have_as_many_pads(vocab: Vocabulary):
    picture = Picture(np.zeros((1, 2, 112, 112, 3), np.uint8), np.zeros((32, 9), int))
    sound = Sound(np.zeros(16000, np.float32))
    sample = chat.prompt(talk(("What is this?", "")), vocab, (picture, sound))
    assert sample.ids.count(tokens.IMAGE_PAD) == picture.rows == 32
    assert sample.ids.count(tokens.AUDIO_PAD) == sound.rows == 13


def test_clips_with_sound_are_laid_out_in_chunks_of_a_second(vocab: Vocabulary):
    clip = Picture(
        np.zeros((3, 2, 28, 28, 3), np.uint8),
        np.zeros((6, 9), int),
        ("second{0.0}:", "second{1.2}:", "second{2.4}:"),
    )
    sound = Sound(np.zeros(round(16000 * 1.9), np.float32))
    sample = Sample()
    interleaved(sample, clip, sound, vocab)
    I, A = tokens.IMAGE_PAD, tokens.AUDIO_PAD
    expected = []
    for label, after in zip(
        clip.labels, ([], [tokens.AUDIO_START] + [A] * 12, [A] * (sound.rows - 12) + [tokens.AUDIO_END])
    ):
        expected += vocab.encode(label) + [I] * clip.rows_per_pair + after
    assert sample.ids == expected


def test_packing_keeps_samples_whole(vocab: Vocabulary):
    rng, made = Random(1), []

    def source() -> Sample:
        made.append(chat.written(text_task(rng), vocab))
        return made[-1]

    packer = Packer(4, 96, source)
    batch = packer.batch()
    found = []
    for row in range(4):
        for document in range(1, int(batch.documents[row].max()) + 1):
            inside = batch.documents[row] == document
            found.append(batch.ids[row][inside].tolist())
            assert batch.positions[row][inside].tolist() == list(range(len(found[-1])))
    assert sorted(found) == sorted(
        sample.ids for sample in made if not any(sample is other for other in packer.waiting)
    )


def test_the_penalty_counts_what_the_same_sample_said_last(vocab: Vocabulary):
    sample = chat.spoken(talk(("", "It is one.")), vocab, voice_of("It is one"))
    batch = pack([[sample, sample]], 2 * len(sample))
    place = max(sample.audio_targets)
    rows, columns = torch.tensor([0]), torch.tensor([len(sample) + place])
    recent = recent_ids(batch, rows, columns)[0, :, 0]
    said = [sample.audio_in[at][0] for at in range(place, max(-1, place - 30), -1) if at in sample.audio_in]
    assert [i for i in recent.tolist() if i != NONE] == said
    logits = torch.tensor([[2.0, -2.0, 3.0]])
    assert torch.allclose(
        penalised(logits, torch.tensor([[0, 0, 1, NONE]])), torch.tensor([[2 / 1.21, -2.2, 3.0]])
    )


def test_batches_come_from_a_process_of_their_own(vocab: Vocabulary):
    draw = lambda: pack([[chat.written(talk(("Hello.", "Hello! How can I help?")), vocab)]], 32)
    with Feeder(draw) as feeder:
        assert all(feeder.batch().ids.equal(draw().ids) for _ in range(3))


def test_a_process_that_ended_is_told(monkeypatch):
    monkeypatch.setattr(feeder, "SECONDS_BETWEEN_LOOKS", 0.1)
    with Feeder(lambda: sys.exit(1)) as ended, pytest.raises(RuntimeError, match="has ended"):
        ended.batch()


def test_the_feeder_ends_when_its_trainer_is_killed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(feeder, "SECONDS_BETWEEN_LOOKS", 0.1)
    ours, theirs = multiprocessing.Pipe()

    def train() -> None:
        with Feeder(lambda: pack([], 8)) as fed:
            theirs.send(fed.process.pid)
            os.kill(os.getpid(), signal.SIGKILL)

    trainer = multiprocessing.get_context("fork").Process(target=train)
    trainer.start()
    fed = ours.recv()
    trainer.join()
    deadline = time.monotonic() + 20
    while _runs(fed) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _runs(fed)


def _runs(pid: int) -> bool:
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
