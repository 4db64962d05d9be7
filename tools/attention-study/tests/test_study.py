import json
from random import Random

import pytest
import torch

from safetensors.torch import load_file

from study import attention, export, judging, model, tasks, training, words
from tiny.packing import pack
from tiny.tokens import EOS


@pytest.fixture(scope="module")
def vocab():
    return model.vocabulary()


@pytest.mark.parametrize("task", tasks.TASKS, ids=lambda task: task.__name__)
@pytest.mark.parametrize("size", [128, 512, 2048])
def test_a_talk_has_about_the_size_and_answers_that_its_text_tells(task, size, vocab):
    rng = Random(size)
    for _ in range(5):
        talk = tasks.make(task, rng, size - 24)
        whole = model.sample(talk, vocab)
        assert len(whole) <= size + 8 or size == 128
        assert len(whole) > size * 0.7
        told = set(talk.turns[0].question.replace(".", " ").replace(",", " ").split())
        for turn in talk.turns:
            assert set(turn.answer.strip(".").split()) <= told


def test_every_word_is_one_token(vocab):
    for word in [*words.KEYS, *words.VALUES, *words.FILLER]:
        assert len(vocab.encode(f" {word}")) == 1
    assert len(vocab.encode("The code of bada is bado.")) <= 12


def test_the_last_word_of_an_answer_is_the_end(vocab):
    talk = tasks.make(tasks.needle, Random(1), 100)
    assert model.sample(talk, vocab).ids[-1] == EOS


def scores(queries: int, keys: int) -> tuple[torch.Tensor, torch.Tensor]:
    allowed = torch.ones(queries, keys, dtype=torch.bool).tril(keys - queries)
    return torch.randn(1, 2, queries, keys), allowed.expand(1, 2, queries, keys)


def test_top_k_keeps_the_highest_and_ties_go_to_the_lower_position():
    allowed = torch.ones(1, 6, dtype=torch.bool)
    kept = attention.TopK(rho=0.5, least=1).keep(torch.tensor([[1.0, 3.0, 2.0, 3.0, 3.0, 3.0]]), allowed)
    assert kept.tolist() == [[False, True, False, True, True, False]]


def test_top_k_of_everything_is_everything():
    given, allowed = scores(5, 9)
    assert torch.equal(attention.TopK(rho=1.0).keep(given, allowed), allowed)


@pytest.mark.parametrize("precision", [0.2, 0.5, 0.9])
def test_a_degraded_set_has_its_size_and_its_precision(precision):
    given, allowed = scores(8, 400)
    exact = attention.TopK(rho=0.1).keep(given, allowed)
    degraded = attention.TopK(rho=0.1, precision=precision).keep(given, allowed)
    assert torch.equal(degraded.sum(-1), exact.sum(-1))
    share = (degraded & exact).sum(-1) / exact.sum(-1)
    assert (share - precision).abs().max() <= 0.02
    assert not (degraded & ~allowed).any()


def test_a_model_that_keeps_everything_computes_what_the_dense_one_does(vocab):
    study = model.Study(len(vocab)).eval()
    batch = pack([[model.sample(tasks.make(tasks.passages, Random(2), 100), vocab)]], 160)
    with torch.no_grad():
        dense = study.hidden(batch)
        with attention.policy(study.language, attention.TopK(1.0)):
            kept = study.hidden(batch)
        with attention.policy(study.language, attention.TopK(0.05)):
            sparse = study.hidden(batch)
        again = study.hidden(batch)
    seen = batch.documents != 0
    assert (dense - kept)[seen].abs().max() < 1e-4
    assert (dense - sparse)[seen].abs().max() > 1e-3
    assert torch.equal(dense, again)


def test_training_goes_on_where_it_stopped_and_tuning_begins_with_the_base(tmp_path, monkeypatch):
    monkeypatch.setattr(training, "TOKENS", 512)
    training.train(tmp_path, "base-1", 2, 1, 128)
    training.train(tmp_path, "base-1", 3, 1, 128)
    assert (tmp_path / "base-1.step").read_text() == "3\n"
    training.tune(tmp_path, "base-1", "native-1", 1, 1, 256, 0.05)
    base = torch.load(tmp_path / "base-1.pt", weights_only=True)["model"]
    native = torch.load(tmp_path / "native-1.pt", weights_only=True)["model"]
    name = "language.lm_head.weight"
    assert 0 < (base[name] - native[name]).abs().max() < 0.1


def test_an_exported_model_has_its_tensors_and_a_test_set_its_items(tmp_path, vocab):
    export.export(tmp_path / "model", model.Study(len(vocab)), vocab)
    config = json.loads((tmp_path / "model/config.json").read_text())
    assert config["vocab_size"] == len(vocab) and "audio_head_num" not in config
    names = load_file(tmp_path / "model/model_00001-of-00001.safetensors")
    assert names["model.layers.1.self_attn.1.kv_b_proj.weight"].shape == (4 * 64, 64)
    assert (tmp_path / "model/model_00001-of-00001.safetensors").stat().st_size < 12_000_000
    export.test_set(tmp_path / "tests.jsonl", [128, 256], 3, 9)
    items = [json.loads(line) for line in (tmp_path / "tests.jsonl").read_text().splitlines()]
    assert len(items) == len({item["id"] for item in items}) == len(tasks.TASKS) * 2 * 3


def test_scores_and_entropies_are_of_the_model(vocab):
    study = model.Study(len(vocab))
    assert judging.score(study, vocab, tasks.needle, 128, attention.TopK(0.1), 2, 1) == 0
    found = torch.tensor(judging.entropies(study, vocab, tasks.needle, 128, 2, 1))
    assert found.shape == (4, 4) and (found > 0).all() and (found < 5).all()
    assert all(look.watcher is None for look in attention.looks(study.language))
