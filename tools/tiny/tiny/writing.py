"""Greedy answers in text, for quick figures; the engine has the last word."""

import torch

from .omni import Omni
from .packing import pack
from .samples import Sample


@torch.no_grad()
def answers(model: Omni, prompts: list[Sample], stop: int, most: int = 40) -> list[list[int]]:
    """All prompts together, without a cache: they are short."""
    model.eval()
    replies: list[list[int]] = [[] for _ in prompts]
    running = list(range(len(prompts)))
    while running and most > 0:
        samples = []
        for i in running:
            sample = Sample(media=prompts[i].media)
            sample.given(prompts[i].ids + replies[i])
            samples.append(sample)
        batch = pack([[sample] for sample in samples], max(map(len, samples)))
        hidden = model.hidden(batch)
        ends = torch.tensor([len(sample) - 1 for sample in samples])
        picked = model.language.lm_head(hidden[torch.arange(len(samples)), ends]).argmax(-1).tolist()
        for i, chosen in zip(running, picked):
            replies[i].append(chosen)
        running = [i for i, chosen in zip(running, picked) if chosen != stop]
        most -= 1
    return replies
