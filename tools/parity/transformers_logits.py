"""Compares logits of a LongCat-Flash checkpoint with Hugging Face transformers (F32, CPU).

    python tools/parity/transformers_logits.py CHECKPOINT GOLDEN.safetensors [OURS.safetensors]

GOLDEN holds `llm.input_ids` and `llm.logits`; OURS is what `longcat verify --dump OURS.safetensors`
wrote. Prints the largest difference of each against transformers, as a share of the largest logit.
Exits 1 if a share is above 1e-3.
"""

import json
import pathlib
import sys

import torch
from safetensors.torch import load_file
from transformers import LongcatFlashConfig, LongcatFlashForCausalLM

TOLERANCE = 1e-3


def load_model(directory: pathlib.Path) -> LongcatFlashForCausalLM:
    raw = json.loads((directory / "config.json").read_text())
    if raw.get("quantization_config"):
        sys.exit("transformers is compared on unquantised checkpoints only")
    known = set(LongcatFlashConfig().to_dict()) | {"rope_theta"}
    settings = {key: value for key, value in raw.items() if key in known}
    settings["rope_parameters"] = {"rope_type": "default", "rope_theta": raw["rope_theta"]}
    settings.pop("torch_dtype", None)
    settings.pop("dtype", None)
    settings["head_dim"] = raw["qk_rope_head_dim"]
    config = LongcatFlashConfig(**settings)
    model = LongcatFlashForCausalLM(config).to(torch.float32).eval()
    state = {}
    for shard in sorted(directory.glob("model*.safetensors")):
        state.update(load_file(shard))
    state = {name: tensor.to(torch.float32) for name, tensor in state.items()}
    state = fuse_experts(state, model.state_dict())
    missing, unexpected = model.load_state_dict(state, strict=False)
    missing = [name for name in missing if "rotary" not in name]
    if missing or unexpected:
        sys.exit(f"weights do not fit: missing {missing[:5]}, unexpected {unexpected[:5]}")
    return model


def fuse_experts(state: dict, wanted: dict) -> dict:
    """Newer releases keep all experts of a layer in one tensor."""
    for name in wanted:
        if not name.endswith("experts.gate_up_proj"):
            continue
        prefix = name[: -len("gate_up_proj")]
        count = wanted[name].shape[0]
        real = sum(f"{prefix}{e}.gate_proj.weight" in state for e in range(count))
        parts = lambda kind: [state.pop(f"{prefix}{e}.{kind}_proj.weight") for e in range(real)]
        gate, up, down = parts("gate"), parts("up"), parts("down")
        fused = torch.stack([torch.cat(pair) for pair in zip(gate, up)])
        unused = torch.zeros(count - real, *fused.shape[1:])  # room for zero experts, never read
        state[name] = torch.cat([fused, unused])
        state[prefix + "down_proj"] = torch.stack(down)
    return state


def report(label: str, other: torch.Tensor, expected: torch.Tensor) -> bool:
    error = (other - expected).abs().max().item()
    share = error / expected.abs().max().item()
    same = (other.argmax(-1) == expected.argmax(-1)).float().mean().item()
    print(f"{label}: largest difference {error:.3e}, share {share:.3e}, same top id {same:.1%}")
    return share <= TOLERANCE


def main() -> None:
    directory, golden = pathlib.Path(sys.argv[1]), load_file(sys.argv[2])
    model = load_model(directory)
    with torch.no_grad():
        logits = model(golden["llm.input_ids"][None]).logits[0]
    good = report("golden against transformers", golden["llm.logits"], logits)
    if len(sys.argv) > 3:
        good &= report("LongCat4J against transformers", load_file(sys.argv[3])["llm.logits"], logits)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
