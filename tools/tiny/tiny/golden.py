"""What our own modules compute from an exported directory, as a folder that `longcat verify` compares with."""

import json
import pathlib
import wave

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from . import export, image_tasks
from .codec import Codec
from .language import packed_mask
from .omni import Omni
from .samples import Sound
from .sizes import CODEC, LANGUAGE
from .speech import EAR_HZ
from .tokens import Vocabulary

GREEDY = 16
FRAMES = 12


@torch.no_grad()
def write(folder: pathlib.Path, model: Omni, codec: Codec, vocab: Vocabulary) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    export.settle(model)
    codec.eval()
    tensors: dict[str, Tensor] = {}
    values: dict = {}
    _language(model, vocab, tensors)
    _vision(model, tensors)
    _audio(folder, model, tensors, values)
    _voice(codec, tensors)
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, folder / "golden.safetensors")
    (folder / "golden.json").write_text(json.dumps(values))


def _language(model: Omni, vocab: Vocabulary, tensors: dict[str, Tensor]) -> None:
    ids = (
        vocab.encode("USER:")
        + vocab.encode("What is the opposite of hot?")
        + vocab.encode("\n")
        + vocab.encode("ASSISTANT:")
    )
    greedy, given = [], list(ids)
    for _ in range(GREEDY):
        logits = _logits(model, given)[0]
        greedy.append(int(logits[-1].argmax()))
        given.append(greedy[-1])
    logits, hidden, picked, weights, outputs = _logits(model, ids)
    tensors["llm.layer_outputs"] = outputs
    tensors["llm.input_ids"] = torch.tensor(ids)
    tensors["llm.greedy_ids"] = torch.tensor(greedy)
    tensors["llm.logits"], tensors["llm.last_hidden_state"] = logits, hidden
    tensors["llm.router_indices"], tensors["llm.router_weights_sorted_by_index"] = picked, weights


def _logits(model: Omni, ids: list[int]) -> tuple[Tensor, ...]:
    """Logits, last hidden state, picked experts with their weights, and the outputs of all layers."""
    language, picked, weights, outputs = model.language, [], [], []

    def remember(mixture: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        chosen, shares = mixture.route(inputs[0].reshape(-1, LANGUAGE.hidden_size))
        ordered, order = chosen.sort(-1)
        picked.append(ordered)
        weights.append(shares.gather(1, order))

    hooks = [layer.mlp.register_forward_pre_hook(remember) for layer in language.layers]
    hooks += [
        layer.register_forward_hook(lambda _layer, _inputs, output: outputs.append(output[0]))
        for layer in language.layers
    ]
    x = language.embed_tokens(torch.tensor([ids]))
    hidden = language(x, torch.arange(len(ids))[None], packed_mask(torch.ones(1, len(ids), dtype=torch.long)))
    for hook in hooks:
        hook.remove()
    return (
        language.lm_head(hidden)[0],
        hidden[0],
        torch.stack(picked),
        torch.stack(weights),
        torch.stack(outputs),
    )


def _vision(model: Omni, tensors: dict[str, Tensor]) -> None:
    """Three frame pairs, which need no picture file."""
    generator = np.random.default_rng(1)
    side = image_tasks.SIDE // 2
    frames = generator.integers(0, 256, (6, side, side, 3), dtype=np.uint8)
    tensors["video.frames_rgb"] = torch.from_numpy(frames)
    tensors["video.embeddings"] = model.eyes(torch.from_numpy(frames.reshape(3, 2, side, side, 3))).flatten(
        0, 1
    )


def _audio(folder: pathlib.Path, model: Omni, tensors: dict[str, Tensor], values: dict) -> None:
    time = np.arange(EAR_HZ * 2) / EAR_HZ
    samples = (np.sin(2 * np.pi * 300 * time * (1 + 0.2 * time)) * 0.3 * 32767).astype("<i2")
    media = folder / "media"
    media.mkdir(exist_ok=True)
    with wave.open(str(media / "sweep.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(EAR_HZ)
        file.writeframes(samples.tobytes())
    sound = Sound(samples.astype(np.float32) / 32768)
    values["audio"] = [
        {
            "name": "sweep",
            "file": "sweep.wav",
            "samples": len(samples),
            "sample_rate": EAR_HZ,
            "tokens": sound.rows,
        }
    ]
    tensors["audio.sweep.fbank"] = model.ears.fbank(torch.from_numpy(sound.samples))
    tensors["audio.sweep.features"] = model.ears.features([torch.from_numpy(sound.samples)])[0][0]
    tensors["audio.sweep.embeddings"] = model.ears.listen([sound])


def _voice(codec: Codec, tensors: dict[str, Tensor]) -> None:
    generator = torch.Generator().manual_seed(1)
    semantic = torch.randint(CODEC.semantic_token_nums, (FRAMES,), generator=generator)
    acoustic = torch.randint(
        CODEC.codec_codebook_size**2, (CODEC.codec_codebooks, FRAMES), generator=generator
    )
    tensors["codec.semantic"], tensors["codec.acoustic"] = semantic, acoustic
    tensors["codec.waveform"] = codec(torch.cat([semantic[:, None], acoustic.t()], dim=-1)[None])[0]
