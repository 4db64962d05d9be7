"""Muon for matrices, Adam for all else."""

import torch
from torch import Tensor, nn


def orthogonalised(update: Tensor, steps: int = 5) -> Tensor:
    """Newton-Schulz iteration towards the nearest orthogonal matrix; leading dimensions are a batch."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = update
    tall = x.shape[-2] > x.shape[-1]
    if tall:
        x = x.mT
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(steps):
        gram = x @ x.mT
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.mT if tall else x


class Muon(torch.optim.Optimizer):
    def __init__(
        self,
        parameters: list[nn.Parameter],
        lr: float = 0.02,
        momentum: float = 0.95,
        weight_decay: float = 0.01,
    ):
        super().__init__(parameters, dict(lr=lr, momentum=momentum, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self, closure=None):
        for group in self.param_groups:
            for same in _by_shape(group["params"]).values():
                self._step(same, group)

    def _step(self, parameters: list[nn.Parameter], group: dict) -> None:
        updates = []
        for p in parameters:
            moment = self.state[p].setdefault("moment", torch.zeros_like(p))
            moment.lerp_(p.grad, 1 - group["momentum"])
            updates.append(p.grad.lerp(moment, group["momentum"]))
        rows, columns = parameters[0].shape[-2:]
        scale = group["lr"] * max(1, rows / columns) ** 0.5
        for p, update in zip(parameters, orthogonalised(torch.stack(updates))):
            p.mul_(1 - group["lr"] * group["weight_decay"]).add_(update, alpha=-scale)


def _by_shape(parameters: list[nn.Parameter]) -> dict:
    shapes: dict = {}
    for p in parameters:
        if p.grad is not None:
            shapes.setdefault(p.shape, []).append(p)
    return shapes


class Optimizers:
    """One object for both, with a common schedule factor."""

    def __init__(
        self,
        matrices: list[nn.Parameter],
        others: list[nn.Parameter],
        muon_lr: float,
        adam_lr: float,
    ):
        self.all = [torch.optim.AdamW(others, lr=adam_lr, betas=(0.9, 0.98), weight_decay=0.0)]
        if matrices:
            self.all.append(Muon(matrices, lr=muon_lr))
        self.base = [optimizer.param_groups[0]["lr"] for optimizer in self.all]

    def step(self, factor: float) -> None:
        for optimizer, lr in zip(self.all, self.base):
            optimizer.param_groups[0]["lr"] = lr * factor
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)

    def state_dict(self) -> list[dict]:
        return [optimizer.state_dict() for optimizer in self.all]

    def load_state_dict(self, states: list[dict]) -> None:
        for optimizer, state in zip(self.all, states):
            optimizer.load_state_dict(state)


def split_parameters(named: list[tuple[str, nn.Parameter]], plain: tuple[str, ...]) -> tuple[list, list]:
    """Matrices for Muon; vectors, and what `plain` names (embeddings, heads, routers), for Adam."""
    matrices, others = [], []
    for name, parameter in named:
        is_plain = parameter.ndim < 2 or any(part in name for part in plain)
        (others if is_plain else matrices).append(parameter)
    return matrices, others
