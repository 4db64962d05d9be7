"""Each stage runs two steps, is stopped, and goes on: figures do not matter here, only that nothing is lost."""

import pathlib
import shutil

import numpy as np
import pytest
import torch

from tiny import (
    assembly,
    codec_stage,
    ears_stage,
    expert_use,
    fine_stage,
    joint_stage,
    progress,
    recordings,
    sounds,
    text_stage,
    vision_stage,
    voice,
)
from tiny.mix import TASKS, Mixer
from tiny.sizes import LANGUAGE
from tiny.tokens import Vocabulary

needs_espeak = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")


@pytest.fixture(scope="module")
def work(tmp_path_factory) -> pathlib.Path:
    folder = tmp_path_factory.mktemp("work")
    text_stage.train(folder, 1, 1, rows=2, length=64)
    return folder


def goes_on(work: pathlib.Path, stage: str, train) -> None:
    train(1)
    first = progress.load(work / f"{stage}.pt")
    train(2)
    second = progress.load(work / f"{stage}.pt")
    assert (first["step"], second["step"], progress.reached(work, stage)) == (1, 2, 2)
    changed = [
        name
        for name, tensor in first["model"].items()
        if tensor.is_floating_point() and not tensor.equal(second["model"][name])
    ]
    assert changed


def test_the_text_stage_goes_on(work: pathlib.Path):
    state = progress.load(work / "text.pt")
    assert state["step"] == 1
    text_stage.train(work, 2, 1, rows=2, length=64)
    assert progress.load(work / "text.pt")["step"] == 2


def test_the_vision_stage_goes_on(work: pathlib.Path):
    goes_on(work, "vision", lambda steps: vision_stage.train(work, steps, 1, pictures=4))


@pytest.fixture(scope="module")
def spoken(work: pathlib.Path) -> pathlib.Path:
    """A few recordings of noise stand for speech, so that no synthesiser is needed."""
    generator = np.random.default_rng(1)
    texts = ["the red circle", "one two three", "hello"]
    made = [generator.standard_normal(16000).astype(np.float32) * 0.1 for _ in texts]
    for folder in ("heard", "heard-test"):
        (work / folder).mkdir(exist_ok=True)
        recordings.save(work / folder / "000.npz", texts, made)
    return work


@needs_espeak
def test_the_voice_is_steady_and_lies_in_whole_frames(work: pathlib.Path):
    own = voice.words_of(work)
    assert all(len(sound) % voice.CODEC.samples_per_frame == 0 for sound in own.values())
    long = np.concatenate([own[word] for word in ("one", "nine", "yellow", "moon", "orange")])
    assert voice.pitch(long, voice.CODEC.sample_rate) == pytest.approx(100, abs=0.5)


@needs_espeak
def test_the_ears_stage_goes_on(spoken: pathlib.Path):
    goes_on(spoken, "ears", lambda steps: ears_stage.train(spoken, steps, 1, sentences=2))


@needs_espeak
def test_the_codec_stage_goes_on(spoken: pathlib.Path):
    goes_on(spoken, "codec", lambda steps: codec_stage.train(spoken, steps, 1, count=1))


@needs_espeak
def test_the_joint_stage_goes_on(spoken: pathlib.Path):
    goes_on(spoken, "joint", lambda steps: joint_stage.train(spoken, steps, 1, rows=1, length=160))


@needs_espeak
def test_the_last_stage_goes_on_where_the_one_before_ended_and_leaves_the_senses(spoken: pathlib.Path):
    goes_on(spoken, "fine", lambda steps: fine_stage.train(spoken, steps, 1, rows=1, length=160))
    for stage in ("joint", "fine"):
        kept = progress.load(spoken / f"{stage}.pt")["model"]
        assert kept and not any(name.startswith(("eyes.", "ears.")) for name in kept)


def test_the_ears_tell_sounds_from_silence_and_words(vocab: Vocabulary):
    spelling = ears_stage.Spelling(torch.randn(len(vocab), LANGUAGE.hidden_size), vocab)
    classes = torch.tensor([0, 1, *map(ears_stage.kind_class, sounds.KINDS)])
    apart = torch.cdist(spelling.codes[classes], spelling.codes[classes])
    assert len(spelling.codes) == classes.max() + 1
    assert (apart + torch.eye(len(classes))).min() > 0.5


@needs_espeak
def test_figures_are_given_for_every_task(spoken: pathlib.Path):
    vocab = text_stage.vocabulary_of(spoken)
    model = assembly.whole_model(vocab)
    assembly.load_parts(spoken, model)
    found = joint_stage.evaluate(model, spoken, seed=1, count=1)
    assert set(found) == {*TASKS, "transcription_word_errors"}
    for name, shares in expert_use.measure(model, Mixer(vocab, 1), rows=1).items():
        if "tokens with" in name:
            assert sum(shares) == pytest.approx(1)


def test_word_errors_are_edits():
    assert ears_stage.word_errors("a b c".split(), "a c".split()) == 1
    assert ears_stage.word_errors("a b".split(), "a x b".split()) == 1
    assert ears_stage.word_errors("a b".split(), "a x".split()) == 1
    assert ears_stage.word_errors("a b".split(), "a b".split()) == 0
