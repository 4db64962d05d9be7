"""A checkpoint directory in the published layout."""

import dataclasses
import json
import pathlib
import struct

import torch
from safetensors.torch import save_file
from torch import Tensor

from . import fp8, tokens
from .codec import Codec
from .omni import Omni
from .sizes import CODEC, EARS, LANGUAGE, VISION
from .tokens import Vocabulary

SHARD = "model_00001-of-00001.safetensors"


def export(directory: pathlib.Path, model: Omni, codec: Codec, vocab: Vocabulary) -> None:
    for folder in ("vision", "audio", "audio_codec"):
        (directory / folder).mkdir(parents=True, exist_ok=True)
    _language(directory, model, vocab)
    _vision(directory / "vision", model)
    _audio(directory / "audio", model)
    _codec(directory / "audio_codec", codec)


def _json(path: pathlib.Path, value: dict) -> None:
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n")


def _bf16(tensor: Tensor) -> Tensor:
    return tensor.detach().to(torch.bfloat16).contiguous().clone()


def _language(directory: pathlib.Path, model: Omni, vocab: Vocabulary) -> None:
    config = dataclasses.asdict(LANGUAGE) | {
        "vocab_size": len(vocab),
        "num_hidden_layers": LANGUAGE.num_layers,
        "architectures": ["LongcatFlashOmniForCausalLM"],
        "model_type": "longcat_flash",
        "bos_token_id": tokens.BOS,
        "eos_token_id": tokens.EOS,
        "torch_dtype": "bfloat16",
        "attention_bias": False,
        "attention_method": "MLA",
        "mla_scale_q_lora": True,
        "mla_scale_kv_lora": True,
        "router_bias": False,
        "norm_topk_prob": False,
        "zero_expert_type": "identity",
        "tie_word_embeddings": False,
    }
    _json(directory / "config.json", config)
    _json(directory / "tokenizer.json", vocab.specification)
    _json(directory / "tokenizer_config.json", tokens.CONFIG)
    weights = language_weights(model)
    save_file(weights, directory / SHARD, metadata={"format": "pt"})
    size = sum(tensor.numel() * tensor.element_size() for tensor in weights.values())
    _json(
        directory / "model.safetensors.index.json",
        {"metadata": {"total_size": size}, "weight_map": dict.fromkeys(weights, SHARD)},
    )
    torch.save(
        {"word_embeddings.weight": weights["model.embed_tokens.weight"]},
        directory / "language_model_embedding.pt",
    )


def language_weights(model: Omni) -> dict[str, Tensor]:
    """As they are shipped: what a copy would have in FP8 is rounded as there, so that the copy is the same model."""
    weights = {}
    for name, tensor in language_tensors(model).items():
        if "router" in name:
            weights[name] = tensor.float().clone()
        else:
            weights[name] = _bf16(fp8.rounded(tensor.float()) if fp8.copied(name) else tensor)
    return weights


@torch.no_grad()
def settle(model: Omni) -> Omni:
    """Makes a model's weights what they are once shipped."""
    shipped = language_weights(model)
    for name, tensor in language_tensors(model).items():
        tensor.copy_(shipped[name])
    for tensors in [*vision_tensors(model).values(), *audio_tensors(model).values()]:
        for tensor in tensors.values():
            tensor.copy_(_bf16(tensor))
    return model.eval()


def language_tensors(model: Omni) -> dict[str, Tensor]:
    """The model's own tensors by their names in the file."""
    found = {}
    for name, tensor in model.language.state_dict().items():
        prefix, _, last = name.rpartition(".")
        if name.startswith("lm_head"):
            found[name] = tensor
        elif last == "classifier":
            found[f"model.{prefix}.router.classifier.weight"] = tensor
        elif last == "correction":
            found[f"model.{prefix}.router.e_score_correction_bias"] = tensor
        elif last in ("gate", "up", "down"):
            for expert, matrix in enumerate(tensor):
                found[f"model.{prefix}.experts.{expert}.{last}_proj.weight"] = matrix
        else:
            found[f"model.{name}"] = tensor
    return found


def _vision(directory: pathlib.Path, model: Omni) -> None:
    sizes = dataclasses.asdict(VISION)
    _json(
        directory / "config.json",
        sizes
        | {
            "resolution_mode": "native",
            "num_channels": 3,
            "temporal_patch_size": 2,
            "patch_embedding_bias": True,
            "qk_normalization": True,
            "qkv_bias": False,
            "pe_type": "rope2d",
            "spatial_merge_size": 1,
            "norm_type": "RMSNorm",
            "hidden_act": "SwiGLU",
            "relarge_ratio": 1.0,
        },
    )
    for name, tensors in vision_tensors(model).items():
        _save(tensors, directory / name)


def vision_tensors(model: Omni) -> dict[str, dict[str, Tensor]]:
    """By file, as `language_tensors`."""
    eyes, projector = {}, {}
    names = {"norm": "p0.0", "first": "p0.1", "second": "p0.3", "proj": "proj"}
    for name, tensor in model.eyes.state_dict().items():
        first, _, rest = name.partition(".")
        if first in names:
            projector[f"{names[first]}.{rest}"] = tensor
        elif first == "layers":
            eyes[f"encoder.layers.{rest}"] = tensor
        else:
            eyes[f"embeddings.patch_embedding.{rest}"] = tensor
    kernel = "embeddings.patch_embedding.weight"
    eyes[kernel] = eyes[kernel].view(-1, 3, 2, VISION.patch_size, VISION.patch_size)
    return {"vision_model.pt": eyes, "vision_projector.pt": projector}


def _save(tensors: dict[str, Tensor], path: pathlib.Path) -> None:
    torch.save({name: _bf16(tensor) for name, tensor in tensors.items()}, path)


def _audio(directory: pathlib.Path, model: Omni) -> None:
    ears = model.ears
    _json(
        directory / "config.json",
        {
            "input_size": EARS.input_size,
            "hidden_size": EARS.hidden_size,
            "proj_size": EARS.proj_size,
            "vocab_size": EARS.proj_size,
            "nlayer": EARS.nlayer,
            "ndnn": EARS.ndnn,
            "num_right_layers": EARS.num_right_layers,
            "left_order": EARS.left_order,
            "right_order": EARS.right_order,
            "left_stride": 1,
            "right_stride": 1,
            "activation": "relu6",
            "dropout": 0.0,
            "layer_drop": 0.0,
        },
    )
    _json(
        directory / "preprocessor_config.json",
        {
            "fbank": {
                "dither": 0.0,
                "frame_length": 25,
                "frame_shift": 10,
                "preemphasis": 0.97,
                "freq": 16000,
                "high_freq": -200,
                "low_freq": 40,
                "num_mel_bins": EARS.num_mel_bins,
            },
            "delta": {"delta_order": 0, "window_size": 2},
            "cmvn": {"global_cmvn": "global_cmvn"},
            "splice": {
                "left": EARS.left,
                "right": EARS.right,
                "stride": EARS.stride,
                "random_start": False,
                "seed": 0,
            },
        },
    )
    (directory / "global_cmvn").write_bytes(kaldi_statistics(ears.mean, ears.deviation))
    for name, tensors in audio_tensors(model).items():
        _save(tensors, directory / name)


def audio_tensors(model: Omni) -> dict[str, dict[str, Tensor]]:
    """By file, as `language_tensors`."""
    encoder, projector = {}, {}
    for name, tensor in model.ears.state_dict().items():
        first, _, rest = name.partition(".")
        if first == "projector":
            projector[rest] = tensor
        elif first in ("ffn", "fsmn_layers", "dnn"):
            encoder[name] = tensor
    return {
        "audio_encoder.pt": encoder,
        "audio_projector.pt": projector,
        "audio_embeddings.pt": model.audio_embeddings.state_dict(),
        "audio_output_layers.pt": model.audio_heads.state_dict(),
    }


def kaldi_statistics(mean: Tensor, deviation: Tensor, count: float = 100_000.0) -> bytes:
    """Sums with the count, then sums of squares, as a Kaldi binary matrix of doubles."""
    mean, deviation = mean.double(), deviation.double()
    sums = torch.cat([mean * count, torch.tensor([count], dtype=torch.float64)])
    squares = torch.cat([(deviation**2 + mean**2) * count, torch.zeros(1, dtype=torch.float64)])
    values = torch.stack([sums, squares]).numpy().astype("<f8").tobytes()
    return _kaldi_head(len(sums)) + values


def kaldi_moments(matrix: bytes, size: int) -> tuple[Tensor, Tensor]:
    """Goes back: mean and deviation, each of a size."""
    head = _kaldi_head(size + 1)
    if not matrix.startswith(head):
        raise ValueError(f"not a Kaldi matrix of two rows of {size + 1} doubles")
    sums, squares = torch.frombuffer(bytearray(matrix[len(head) :]), dtype=torch.float64).view(2, -1)
    mean = sums[:-1] / sums[-1]
    return mean.float(), (squares[:-1] / sums[-1] - mean.square()).sqrt().float()


def _kaldi_head(columns: int) -> bytes:
    return b"\0BDM " + struct.pack("<bibi", 4, 2, 4, columns)


def _codec(directory: pathlib.Path, codec: Codec) -> None:
    s = CODEC
    (directory / "config.yaml").write_text(
        "codec_config:\n"
        f"  codec_dimension: {s.codec_dimension}\n"
        f"  codec_dec_ratios: {list(s.codec_dec_ratios)}\n"
        f"  decoder_dim: {s.decoder_dim}\n"
        f"  semantic_dim: {s.semantic_dim}\n"
        "  decoder_type: '24k'\n"
        f"  codec_codebook_size: {s.codec_codebook_size}\n"
        f"  codec_codebook_search_dim: {s.codec_codebook_search_dim}\n"
        f"  codec_codebooks: {s.codec_codebooks}\n"
        f"  semantic_token_nums: {s.semantic_token_nums}\n"
        "  ckpt_path: 'decoder.pt'\n"
    )
    weights = codec_tensors(codec)
    torch.save(
        {name: tensor.float().contiguous().clone() for name, tensor in weights.items()},
        directory / "decoder.pt",
    )


def codec_tensors(codec: Codec) -> dict[str, Tensor]:
    """The codec's own tensors by their names in the file."""
    decoder, weights = codec.decoder, {}
    for i in (1, 2):
        for name, tensor in getattr(decoder, f"lstm{i}").state_dict().items():
            weights[f"decoder.mem_layers.0.lstm_list{i}.0.{name}"] = tensor
        for name, tensor in getattr(decoder, f"ln{i}").state_dict().items():
            weights[f"decoder.mem_layers.0.ln{i}.{name}"] = tensor
    weights |= _weight_normed("decoder.model.0", decoder.first)
    for i, block in enumerate(decoder.blocks, start=1):
        name = f"decoder.model.{i}.block"
        weights[f"{name}.0.alpha"] = block.snake.alpha
        weights |= _weight_normed(f"{name}.1", block.upsample)
        for j, unit in enumerate(block.units, start=2):
            weights[f"{name}.{j}.block.0.alpha"] = unit.snake1.alpha
            weights |= _weight_normed(f"{name}.{j}.block.2", unit.conv1.conv)
            weights[f"{name}.{j}.block.3.alpha"] = unit.snake2.alpha
            weights |= _weight_normed(f"{name}.{j}.block.4", unit.conv2.conv)
    after = len(decoder.blocks)
    weights[f"decoder.model.{after + 1}.alpha"] = decoder.snake.alpha
    weights |= _weight_normed(f"decoder.model.{after + 3}", decoder.last.conv)
    for book, halves in enumerate(codec.quantizer.halves):
        for half, name in zip(halves, "ab"):
            prefix = f"acoustic_quantizer.quantizers.{book}"
            weights |= _weight_normed(f"{prefix}.in_proj_{name}", half.in_proj)
            weights |= _weight_normed(f"{prefix}.out_proj_{name}", half.out_proj)
            weights[f"{prefix}.codebook_{name}.weight"] = half.codebook.weight
    weights["semantic_dequantizer.dequant.weight"] = codec.semantic.weight
    return {name: tensor.detach() for name, tensor in weights.items()}


def _weight_normed(name: str, layer: torch.nn.Module) -> dict[str, Tensor]:
    parts = layer.parametrizations.weight
    return {
        f"{name}.weight_g": parts.original0,
        f"{name}.weight_v": parts.original1,
        f"{name}.bias": layer.bias,
    }
