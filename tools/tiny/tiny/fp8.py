"""A copy of an exported directory with its matrices in block FP8, as the published FP8 checkpoints have them."""

import contextlib
import json
import pathlib
import shutil
from collections.abc import Iterator

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

BLOCK = 128
LARGEST = 448.0
# Half way to the next smaller value: what is not less becomes the largest.
LEAST_LARGEST = 432.0


def quantised(weight: Tensor) -> tuple[Tensor, Tensor]:
    """e4m3 values, and F32 scales `[ceil(rows / 128), ceil(columns / 128)]`; `weight = value * scale` per block."""
    rows, columns = weight.shape
    blocks = _blocks(weight)
    scales = blocks.abs().amax(dim=(1, 3)).clamp(min=1e-12) / LARGEST
    values = (blocks / scales[:, None, :, None]).to(torch.float8_e4m3fn)
    return values.flatten(0, 1).flatten(1)[:rows, :columns].contiguous(), scales


def rounded(weight: Tensor) -> Tensor:
    """A matrix, or each of a stack, as block FP8 can have it: `quantised` and BF16 keep it to the last bit.

    Scales have four significant bits, as values have, so that a product has eight. The largest value of a block is
    made 448 scales, from which `quantised` finds the scale again; what is beyond it, at most an eighth, is cut off.
    """
    if weight.dim() == 3:
        return torch.stack([rounded(one) for one in weight])
    blocks = _blocks(weight)
    scales = _of_four_bits(blocks.abs().amax(dim=(1, 3)).clamp(min=1e-12) / LEAST_LARGEST)[:, None, :, None]
    values = (blocks / scales).clamp(-LARGEST, LARGEST).to(torch.float8_e4m3fn).float()
    return (values * scales).flatten(0, 1).flatten(1)[: weight.shape[0], : weight.shape[1]].contiguous()


def _of_four_bits(values: Tensor) -> Tensor:
    """Rounded towards zero."""
    fractions, exponents = torch.frexp(values)
    return torch.ldexp((fractions * 16).floor() / 16, exponents)


def _blocks(weight: Tensor) -> Tensor:
    """`[blocks, 128, blocks, 128]`, filled with zeros."""
    rows, columns = weight.shape
    padded = torch.zeros(-(-rows // BLOCK) * BLOCK, -(-columns // BLOCK) * BLOCK)
    padded[:rows, :columns] = weight.float()
    return padded.view(padded.shape[0] // BLOCK, BLOCK, -1, BLOCK)


def copied(name: str) -> bool:
    """Whether a copy has this in FP8, by its name in a file or in the model: attention, dense networks and experts."""
    within = name.startswith(("model.layers.", "language.layers."))
    return within and ("_proj" in name or name.endswith((".gate", ".up", ".down")))


@contextlib.contextmanager
def computing(weights: list[nn.Parameter]) -> Iterator[None]:
    """Inside the block the weights are rounded; what they were takes the gradients."""
    exact = [weight.data for weight in weights]
    try:
        for weight in weights:
            weight.data = rounded(weight.data)
        yield
    finally:
        for weight, kept in zip(weights, exact):
            weight.data = kept


def copy(source: pathlib.Path, target: pathlib.Path) -> None:
    """Attention, dense networks and experts become FP8; router, norms, embeddings and heads stay."""
    shutil.copytree(source, target, dirs_exist_ok=True)
    index = json.loads((source / "model.safetensors.index.json").read_text())
    placed = {}
    for shard in sorted(set(index["weight_map"].values())):
        weights = {}
        for name, tensor in load_file(source / shard).items():
            weights[name] = tensor
            if copied(name):
                weights[name], weights[f"{name}_scale_inv"] = quantised(tensor)
        save_file(weights, target / shard, metadata={"format": "pt"})
        placed |= dict.fromkeys(weights, shard)
    size = sum((target / shard).stat().st_size for shard in set(placed.values()))
    _json(target / "model.safetensors.index.json", {"metadata": {"total_size": size}, "weight_map": placed})
    config = json.loads((source / "config.json").read_text())
    config["quantization_config"] = {
        "quant_method": "fp8",
        "fmt": "e4m3",
        "activation_scheme": "dynamic",
        "weight_block_size": [BLOCK, BLOCK],
    }
    _json(target / "config.json", config)


def _json(path: pathlib.Path, value: dict) -> None:
    path.write_text(json.dumps(value, indent=1) + "\n")
