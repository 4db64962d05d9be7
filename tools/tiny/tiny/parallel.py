"""Several processes that train one model together, each on batches of its own: small matrices gain little by threads."""

import multiprocessing
import pathlib
import tempfile
from collections.abc import Callable, Sequence

import torch
import torch.distributed as dist
from torch import Tensor


def together(processes: int, train: Callable[[], None]) -> None:
    """Runs `train` in this process, which is rank 0, and in as many more as it takes."""
    if processes == 1:
        return train()
    with tempfile.TemporaryDirectory() as folder:
        context = multiprocessing.get_context("fork")
        arguments = lambda rank: (pathlib.Path(folder) / "meeting", rank, processes, train)
        others = [context.Process(target=_member, args=arguments(rank)) for rank in range(1, processes)]
        for other in others:
            other.start()
        try:
            _member(*arguments(0))
        finally:
            for other in others:
                other.join(timeout=10)
                other.kill()


def _member(meeting: pathlib.Path, rank: int, processes: int, train: Callable[[], None]) -> None:
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=f"file://{meeting}", rank=rank, world_size=processes)
    try:
        train()
    finally:
        dist.destroy_process_group()


class Peers:
    """The processes that train with this one; there may be none."""

    def __init__(self) -> None:
        many = dist.is_initialized()
        self.rank, self.count = (dist.get_rank(), dist.get_world_size()) if many else (0, 1)

    @torch.no_grad()
    def average(self, parameters: Sequence[Tensor], others: Sequence[Tensor], flag: bool) -> bool:
        """Makes gradients and `others` the mean over all processes; gives whether any has raised its flag."""
        if self.count == 1:
            return flag
        gradients = [p.grad if p.grad is not None else torch.zeros_like(p) for p in parameters]
        parts = [*gradients, *others, torch.tensor([float(flag)])]
        flat = torch.cat([part.flatten() for part in parts])
        dist.all_reduce(flat)
        flat /= self.count
        means = [
            mean.view_as(part) for mean, part in zip(flat.split([part.numel() for part in parts]), parts)
        ]
        for parameter, mean in zip(parameters, means):
            parameter.grad = mean.clone()
        for other, mean in zip(others, means[len(parameters) :]):
            other.copy_(mean)
        return means[-1].item() > 0
