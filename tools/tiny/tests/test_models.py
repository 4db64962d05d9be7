import dataclasses
import json
import pathlib
from random import Random

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from safetensors.torch import load_file

from tiny import (
    assembly,
    ears_stage,
    export,
    fp8,
    frame_ids,
    golden,
    image_tasks,
    imported,
    optim,
    video_tasks,
    vision_stage,
)
from tiny.codec import Codec, SnakeFunction
from tiny.language import ExpertMixture, LanguageModel, packed_mask
from tiny.properties import ACROSS, COLOUR, DOWN, PROPERTIES, SHAPE, WAY, WORD, labels
from tiny.scenes import Scene, Sign, Thing
from tiny.sizes import CODEC, LANGUAGE
from tiny.tokens import Vocabulary


def test_experts_compute_what_a_loop_over_tokens_computes():
    mixture = ExpertMixture(LANGUAGE).eval()
    x = torch.randn(1, 12, LANGUAGE.hidden_size)
    picked, weights = mixture.route(x[0])
    expected = torch.zeros_like(x[0])
    for token in range(12):
        for expert, weight in zip(picked[token].tolist(), weights[token]):
            h = x[0, token]
            if expert < LANGUAGE.n_routed_experts:
                h = mixture.down[expert] @ (F.silu(mixture.gate[expert] @ h) * (mixture.up[expert] @ h))
            expected[token] += weight * h
    assert torch.allclose(mixture(x)[0], expected, atol=1e-5)


def test_samples_of_a_row_do_not_see_each_other():
    model = LanguageModel(LANGUAGE, 50).eval()
    rows = torch.randn(1, 10, LANGUAGE.hidden_size)
    alone = model(rows[:, 6:], torch.arange(4)[None], packed_mask(torch.ones(1, 4)))
    documents = torch.tensor([[1] * 6 + [2] * 4])
    positions = torch.tensor([[*range(6), *range(4)]])
    packed = model(rows, positions, packed_mask(documents))[:, 6:]
    assert torch.allclose(alone, packed, atol=1e-4)


def test_balancing_moves_tokens_away_from_a_busy_expert():
    mixture = ExpertMixture(LANGUAGE).train()
    mixture(torch.randn(1, 500, LANGUAGE.hidden_size))
    busy, idle = int(mixture.load.argmax()), int(mixture.load.argmin())
    mixture.balance(0.01)
    assert mixture.correction[busy] < 0 < mixture.correction[idle]


def test_an_orthogonalised_update_has_singular_values_near_one():
    for shape in [(3, 40, 16), (16, 40)]:
        values = torch.linalg.svdvals(optim.orthogonalised(torch.randn(shape)))
        assert values.min() > 0.5 and values.max() < 1.5


def test_the_codec_gives_the_same_sound_whatever_comes_later_than_its_look_ahead():
    codec = Codec(CODEC).eval()
    ids = torch.randint(CODEC.codec_codebook_size**2, (1, 12, 1 + CODEC.codec_codebooks))
    with torch.no_grad():
        whole, part = codec(ids), codec(ids[:, :8])
    settled = 5 * CODEC.samples_per_frame
    assert whole.shape[1] == 12 * CODEC.samples_per_frame
    assert torch.allclose(whole[:, :settled], part[:, :settled], atol=1e-5)


def test_the_derivative_of_snake_is_right():
    x = torch.randn(2, 3, 5, dtype=torch.float64, requires_grad=True)
    alpha = (torch.rand(1, 3, 1, dtype=torch.float64) + 0.5).requires_grad_()
    assert torch.autograd.gradcheck(SnakeFunction.apply, (x, alpha), atol=1e-6)


def test_frame_ids_follow_the_sound():
    rng = np.random.default_rng(1)
    sounds = {
        str(i): rng.standard_normal(CODEC.samples_per_frame * 8).astype(np.float32) * 0.1 for i in range(40)
    }
    sounds["again"] = sounds["7"]
    ids = frame_ids.of_sounds(sounds)
    assert ids["7"].shape == (8, 1 + CODEC.codec_codebooks)
    assert (ids["again"] == ids["7"]).all()
    assert max(int(one.max()) for one in ids.values()) < CODEC.codec_codebook_size**2


def test_things_are_labelled_where_they_are():
    seen = image_tasks.colour(Random(1))
    found = labels(seen.scene, image_tasks.SIDE)
    assert (found > 0).any(axis=1).sum() == len(seen.scene.things)
    thing = seen.scene.things[0]
    assert [SHAPE.of(thing.shape), COLOUR.of(thing.colour)] in found[:, :2].tolist()
    assert found.shape == (32, len(PROPERTIES))


def test_labels_tell_place_and_way():
    thing = Thing("star", "red", 0.8, 0.2, 0.1)
    found = labels(Scene((thing,)), 84, {thing: "down"}).reshape(6, 3, -1)
    place = found[1, 2, [PROPERTIES.index(one) for one in (ACROSS, DOWN, WAY)]]
    assert place.tolist() == [ACROSS.of("right"), DOWN.of("top"), WAY.of("down")]
    assert not found[0].any()


def test_pairs_of_a_clip_tell_what_moves():
    frames, told = vision_stage.examples(Random(3), False, 40, video_tasks.SIDE)
    assert frames.shape == (40, 2, 84, 84, 3)
    moving = told.reshape(40, 18, -1)[..., PROPERTIES.index(WAY)].amax(-1) > 0
    changed = (frames[:, 0] != frames[:, 1]).flatten(1).any(-1)
    assert moving.any() and changed[moving].all()


def test_rows_that_are_right_are_named_right(vocab: Vocabulary):
    torch.manual_seed(1)
    naming = vision_stage.Naming(torch.randn(len(vocab), 256), vocab)
    _, told = vision_stage.examples(Random(4), False, 30, video_tasks.SIDE)
    rows = naming.rows(told)
    loss, right = naming.loss(rows, told)
    assert right > 0.99
    assert naming.loss(rows + 0.5 * torch.randn_like(rows), told)[0] > loss


def test_a_word_is_told_in_one_row_of_those_in_which_it_is_said():
    scores = torch.full((9, 4), -8.0)
    for row, (best, score) in enumerate(
        [(0, 0), (2, -1), (2, 0), (0, 0), (2, 0), (3, -2), (3, -1), (3, 0), (0, 0)]
    ):
        scores[row, best] = score
    assert ears_stage.aligned(scores, [2, 2, 3]).tolist() == [0, 0, 2, 0, 2, 0, 0, 3, 0]


def test_words_that_are_not_heard_get_a_row_all_the_same():
    scores = torch.full((6, 4), -8.0)
    scores[:, 0] = 0.0
    told = ears_stage.aligned(scores, [1, 3, 1]).tolist()
    assert [one for one in told if one] == [1, 3, 1]


@pytest.fixture(scope="module")
def exported(tmp_path_factory, vocab: Vocabulary) -> pathlib.Path:
    folder = tmp_path_factory.mktemp("model")
    model, codec = assembly.whole_model(vocab), assembly.new_codec()
    export.export(folder, model, codec, vocab)
    golden.write(folder / "golden", model, codec, vocab)
    return folder


def test_an_export_has_the_published_layout(exported: pathlib.Path):
    names = {str(path.relative_to(exported)) for path in exported.rglob("*") if path.is_file()}
    assert names >= {
        "config.json",
        "tokenizer.json",
        "tokenizer_config.json",
        "model.safetensors.index.json",
        "language_model_embedding.pt",
        "vision/config.json",
        "vision/vision_model.pt",
        "vision/vision_projector.pt",
        "audio/config.json",
        "audio/preprocessor_config.json",
        "audio/global_cmvn",
        "audio/audio_encoder.pt",
        "audio/audio_projector.pt",
        "audio/audio_embeddings.pt",
        "audio/audio_output_layers.pt",
        "audio_codec/config.yaml",
        "audio_codec/decoder.pt",
    }
    config = json.loads((exported / "config.json").read_text())
    assert dataclasses.asdict(LANGUAGE).items() <= config.items()


def test_an_export_names_tensors_as_published(exported: pathlib.Path):
    weights = load_file(exported / export.SHARD)
    prefix = "model.layers.1."
    assert weights[f"{prefix}mlp.experts.15.down_proj.weight"].shape == (
        LANGUAGE.hidden_size,
        LANGUAGE.expert_ffn_hidden_size,
    )
    assert weights[f"{prefix}mlp.router.e_score_correction_bias"].dtype == torch.float32
    assert weights[f"{prefix}self_attn.1.kv_b_proj.weight"].dtype == torch.bfloat16
    assert not any("experts.16." in name for name in weights)
    codec = torch.load(exported / "audio_codec/decoder.pt", weights_only=True)
    assert codec["decoder.model.7.weight_v"].shape == (1, CODEC.decoder_dim >> 4, 7)
    assert codec["acoustic_quantizer.quantizers.2.codebook_b.weight"].shape == (CODEC.codec_codebook_size, 8)


def test_weights_are_rounded_and_then_exact_again():
    weight = torch.nn.Parameter(torch.randn(3, 130, 40))
    exact = weight.detach().clone()
    with fp8.computing([weight]):
        assert weight[1].equal(fp8.rounded(exact[1]))
        assert not weight.equal(exact)
        weight.sum().backward()
    assert weight.equal(exact)
    assert weight.grad.equal(torch.ones_like(exact))


@pytest.mark.parametrize("scale", [1e-12, 1e-3, 0.037, 1.0, 470.0, 1e12])
def test_rounded_weights_lose_nothing_in_bf16_nor_in_a_copy(scale: float):
    weight = torch.randn(200, 130) * torch.logspace(-2, 1, 130) * scale
    rounded = fp8.rounded(weight)
    assert (rounded - weight).norm() < 0.04 * weight.norm()
    assert rounded.to(torch.bfloat16).float().equal(rounded)
    assert fp8.rounded(rounded).equal(rounded)
    values, scales = fp8.quantised(rounded)
    wide = scales.repeat_interleave(128, 0).repeat_interleave(128, 1)[:200, :130]
    assert (values.float() * wide).equal(rounded)


def test_a_model_comes_back_from_its_export(
    exported: pathlib.Path, vocab: Vocabulary, tmp_path: pathlib.Path
):
    torch.manual_seed(7)
    first, first_codec = assembly.whole_model(vocab), assembly.new_codec()
    first.ears.mean.uniform_(1, 9)
    first.ears.deviation.uniform_(1, 9)
    export.export(tmp_path / "model", first, first_codec, vocab)
    imported.stages(tmp_path / "model", tmp_path / "work")
    torch.manual_seed(8)
    model, codec = assembly.whole_model(vocab), assembly.new_codec()
    assert len(assembly.load_parts(tmp_path / "work", model, codec)) == 4
    export.export(tmp_path / "again", model, codec, vocab)
    files = sorted(
        path.relative_to(tmp_path / "again") for path in (tmp_path / "again").rglob("*") if path.is_file()
    )
    for file in files:
        if file.suffix == ".pt":
            one, other = (
                torch.load(tmp_path / name / file, weights_only=True) for name in ("model", "again")
            )
            assert one.keys() == other.keys() and all(one[key].equal(other[key]) for key in one), file
        elif file.name != "global_cmvn":
            assert (tmp_path / "model" / file).read_bytes() == (tmp_path / "again" / file).read_bytes(), file
    assert torch.allclose(model.ears.mean, first.ears.mean) and torch.allclose(
        model.ears.deviation, first.ears.deviation
    )
    assert export.settle(model).language.norm.weight.equal(export.settle(first).language.norm.weight)


def test_fp8_keeps_what_eight_bits_can_keep(exported: pathlib.Path, tmp_path: pathlib.Path):
    weight = torch.randn(200, 130) * torch.logspace(-3, 1, 200)[:, None]
    values, scales = fp8.quantised(weight)
    assert values.dtype == torch.float8_e4m3fn and scales.shape == (2, 2)
    restored = values.float() * scales.repeat_interleave(128, 0).repeat_interleave(128, 1)[:200, :130]
    # 3 bits of fraction, and a step of 2^-9 of the scale where numbers are smallest.
    steps = scales.repeat_interleave(128, 0).repeat_interleave(128, 1)[:200, :130] * 2**-10
    assert ((restored - weight).abs() <= weight.abs() / 16 + steps).all()
    fp8.copy(exported, tmp_path / "fp8")
    weights = load_file(tmp_path / "fp8" / export.SHARD)
    for name in weights:
        assert (f"{name}_scale_inv" in weights) == (weights[name].dtype == torch.float8_e4m3fn)
    assert weights["model.embed_tokens.weight"].dtype == torch.bfloat16


def test_expected_numbers_come_with_an_export(exported: pathlib.Path):
    tensors = load_file(exported / "golden/golden.safetensors")
    assert tensors["llm.logits"].shape[0] == len(tensors["llm.input_ids"])
    assert tensors["codec.waveform"].shape == (golden.FRAMES * CODEC.samples_per_frame,)


def test_all_rows_that_a_word_covers_are_labelled_with_it():
    sign = Sign("green", 0.5, 0.5, 0.2, 1, (0, 0, 0))
    found = labels(Scene(signs=(sign,)), image_tasks.SIDE).reshape(8, 4, -1)
    covered = found[..., PROPERTIES.index(WORD)] == WORD.of("green")
    assert covered[4, 1:3].all()
    assert 2 <= covered.sum() <= 12
