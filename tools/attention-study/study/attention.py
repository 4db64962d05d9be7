"""What a head looks at: all keys, the highest-scored ones, or a set that is only so far right."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tiny.language import LanguageModel, LatentAttention


@dataclass
class TopK:
    """Keeps, for each query and head, a share `rho` of the keys it may see, at least `least`.

    `precision` below 1 replaces that part of the kept keys by others, chosen at random: what a cheaper choice of
    that precision would keep. Ties go to the lower position.
    """

    rho: float
    least: int = 4
    precision: float = 1.0
    seed: int = 1

    def keep(self, scores: Tensor, allowed: Tensor) -> Tensor:
        """`[..., queries, keys]` scores and what may be seen at all, to what is looked at."""
        visible = allowed.sum(-1, keepdim=True)
        wanted = (visible * self.rho).ceil().clamp(min=self.least).minimum(visible)
        ranks = scores.masked_fill(~allowed, float("-inf")).argsort(dim=-1, descending=True, stable=True).argsort(-1)
        kept = (ranks < wanted) & allowed
        if self.precision < 1:
            kept = self._degraded(kept, allowed, wanted)
        return kept

    def _degraded(self, kept: Tensor, allowed: Tensor, wanted: Tensor) -> Tensor:
        generator = torch.Generator().manual_seed(self.seed)
        draw = torch.rand(kept.shape, generator=generator)
        spared = (wanted * self.precision).round()
        inside = draw.masked_fill(~kept, 2).argsort(-1).argsort(-1) < spared
        outside = allowed & ~kept
        others = draw.masked_fill(~outside, 2).argsort(-1).argsort(-1) < (wanted - spared)
        return (inside & kept) | (others & outside)


@dataclass
class Watcher:
    """Means over what was asked: entropy of the whole distribution in nats, and the mass that the kept keys have."""

    entropy: list[list[float]] = field(default_factory=list)
    mass: list[list[float]] = field(default_factory=list)


class Looking(nn.Module):
    """In the place of scaled dot-product attention; `policy` of None sees everything."""

    def __init__(self) -> None:
        super().__init__()
        self.policy: TopK | None = None
        self.watcher: Watcher | None = None
        # Rows that are computed densely: a prompt, where only what is generated looks at less.
        self.dense_below = 0

    def forward(self, q: Tensor, k: Tensor, v: Tensor, mask: Tensor) -> Tensor:
        if self.policy is None and self.watcher is None:
            return F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        scores = (q @ k.transpose(-1, -2)) * q.shape[-1] ** -0.5
        allowed = mask.expand_as(scores)
        kept = allowed
        if self.policy is not None:
            kept = self.policy.keep(scores.detach(), allowed)
            if self.dense_below:
                early = torch.arange(scores.shape[-2])[:, None] < self.dense_below
                kept = torch.where(early, allowed, kept)
        if self.watcher is not None:
            self._watch(scores, allowed, kept)
        return scores.masked_fill(~kept, float("-inf")).softmax(-1) @ v

    @torch.no_grad()
    def _watch(self, scores: Tensor, allowed: Tensor, kept: Tensor) -> None:
        last = scores[..., -1, :].masked_fill(~allowed[..., -1, :], float("-inf")).softmax(-1)
        entropy = -(last * last.clamp(min=1e-30).log()).sum(-1)
        self.watcher.entropy.append(entropy.mean(0).tolist())
        self.watcher.mass.append((last * kept[..., -1, :]).sum(-1).mean(0).tolist())


def looks(model: LanguageModel) -> list[Looking]:
    """One for each attention block, made at the first call, in the order of the blocks."""
    found = []
    for module in model.modules():
        if isinstance(module, LatentAttention):
            if not isinstance(module.look, Looking):
                module.look = Looking()
            found.append(module.look)
    return found


@contextlib.contextmanager
def policy(model: LanguageModel, chosen: TopK | None, dense_below: int = 0) -> Iterator[list[Looking]]:
    """All blocks look so within the block of code."""
    blocks = looks(model)
    before = [(block.policy, block.dense_below) for block in blocks]
    for block in blocks:
        block.policy, block.dense_below = chosen, dense_below
    try:
        yield blocks
    finally:
        for block, (old, below) in zip(blocks, before):
            block.policy, block.dense_below = old, below
