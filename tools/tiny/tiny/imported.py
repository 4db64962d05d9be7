"""Goes the way of `export` back: from a checkpoint directory to stages that training can go on from."""

import pathlib
import shutil

import torch
from safetensors.torch import load_file
from torch import Tensor

from . import assembly, export, progress
from .codec import Codec
from .omni import Omni
from .sizes import EARS
from .text_stage import vocabulary_of

# Of the checkpoint that the project ships.
VOICE_IDS = pathlib.Path(__file__).parent / "voice-ids.json"


def stages(directory: pathlib.Path, work: pathlib.Path) -> None:
    """Writes a working directory: the vocabulary, the voice's ids, the senses, the codec, and a joint stage at its end.

    What optimizers knew is not in a checkpoint: stages begin with new ones.
    """
    work.mkdir(parents=True, exist_ok=True)
    shutil.copy(directory / "tokenizer.json", work / "tokenizer.json")
    shutil.copy(VOICE_IDS, work / "voice-ids.json")
    vocab = vocabulary_of(work)
    model, codec = assembly.whole_model(vocab), assembly.new_codec()
    fill(directory, model, codec)
    words = {"embeddings": model.language.embed_tokens.weight.detach()}
    parts = {
        "vision": (model.eyes, words),
        "ears": (model.ears, words),
        "codec": (codec, {}),
        "joint": (model, {}),
    }
    for stage, (part, more) in parts.items():
        progress.save(work / f"{stage}.pt", {"model": part.state_dict(), "step": 0, **more})


@torch.no_grad()
def fill(directory: pathlib.Path, model: Omni, codec: Codec) -> None:
    """Every tensor from the file that `export` writes it to; a KeyError where one is missing."""
    _copy(load_file(directory / export.SHARD), export.language_tensors(model))
    for folder, files in (("vision", export.vision_tensors(model)), ("audio", export.audio_tensors(model))):
        for name, tensors in files.items():
            _copy(_read(directory / folder / name), tensors)
    _copy(_read(directory / "audio_codec" / "decoder.pt"), export.codec_tensors(codec))
    statistics = (directory / "audio" / "global_cmvn").read_bytes()
    mean, deviation = export.kaldi_moments(statistics, EARS.num_mel_bins)
    model.ears.mean.copy_(mean)
    model.ears.deviation.copy_(deviation)


def _read(path: pathlib.Path) -> dict[str, Tensor]:
    return torch.load(path, map_location="cpu", weights_only=True)


def _copy(stored: dict[str, Tensor], tensors: dict[str, Tensor]) -> None:
    for name, tensor in tensors.items():
        tensor.copy_(stored[name])
