"""Processes that train together are one: the same weights, from the mean of their gradients."""

import pathlib

import torch

from tiny import parallel


def test_gradients_and_flags_are_shared(tmp_path: pathlib.Path):
    def train() -> None:
        peers = parallel.Peers()
        parameter = torch.nn.Parameter(torch.zeros(2, 3))
        load = torch.full((4,), float(peers.rank))
        idle = torch.nn.Parameter(torch.zeros(5))
        (parameter * (1 + 2 * peers.rank)).sum().backward()
        raised = peers.average([parameter, idle], [load], flag=peers.rank == 1)
        torch.save((parameter.grad, idle.grad, load, raised), tmp_path / f"{peers.rank}.pt")

    parallel.together(2, train)
    for rank in (0, 1):
        gradient, idle, load, raised = torch.load(tmp_path / f"{rank}.pt", weights_only=True)
        assert gradient.equal(torch.full((2, 3), 2.0))
        assert idle.equal(torch.zeros(5))
        assert load.equal(torch.full((4,), 0.5))
        assert raised


def test_one_alone_changes_nothing():
    parameter = torch.nn.Parameter(torch.ones(2))
    assert parallel.Peers().average([parameter], [], flag=False) is False
    assert parameter.grad is None
