"""How the mixture of experts is used: whether all experts are alive, and whether tokens differ in what they take."""

import torch
from torch import Tensor, nn

from .joint_stage import SHARES
from .mix import Mixer
from .omni import Omni
from .packing import Packer
from .sizes import LANGUAGE


@torch.no_grad()
def measure(model: Omni, mixer: Mixer, rows: int = 8, length: int = 288) -> dict[str, list[float]]:
    """For each layer the shares of tokens that take 0, 1, ... real experts; and the least share of picks of an expert."""
    model.eval()
    picks: list[list[Tensor]] = [[] for _ in model.language.layers]

    def remember(layer: int):
        def hook(mixture: nn.Module, inputs: tuple[Tensor, ...]) -> None:
            picks[layer].append(mixture.route(inputs[0].reshape(-1, LANGUAGE.hidden_size))[0])

        return hook

    layers = model.language.layers
    hooks = [layer.mlp.register_forward_pre_hook(remember(i)) for i, layer in enumerate(layers)]
    batch = Packer(rows, length, lambda: mixer.sample(SHARES, spoken=0.0)).batch()
    model.hidden(batch)
    for hook in hooks:
        hook.remove()
    inside = (batch.documents > 0).flatten()
    found = {}
    for i, seen in enumerate(picks):
        chosen = torch.cat(seen)[inside]
        real = (chosen < LANGUAGE.n_routed_experts).sum(-1)
        shares = torch.bincount(real, minlength=LANGUAGE.moe_topk + 1) / len(real)
        loads = torch.bincount(
            chosen.flatten(), minlength=LANGUAGE.n_routed_experts + LANGUAGE.zero_expert_num
        )
        found[f"layer {i}: tokens with 0 to {LANGUAGE.moe_topk} real experts"] = shares.tolist()
        found[f"layer {i}: least and most picks of an expert, even = 1"] = [
            float(loads.min() / loads.float().mean()),
            float(loads.max() / loads.float().mean()),
        ]
    return found
