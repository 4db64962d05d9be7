"""Scores, entropies and precisions of a model: quick figures by this code. `longcat evaluate` has the last word."""

from collections.abc import Callable
from random import Random

import torch

from . import attention
from .model import Study
from .tasks import make

from tiny.chat import prompt
from tiny.packing import pack
from tiny.samples import Sample
from tiny.tokens import EOS, Vocabulary


@torch.no_grad()
def answer(model: Study, question: Sample, chosen: attention.TopK | None, most: int = 8) -> list[int]:
    """Greedy; the prompt is read densely, what is generated looks by the policy."""
    ids, written = list(question.ids), []
    with attention.policy(model.language, chosen, dense_below=len(ids) - 1):
        while len(written) < most and (not written or written[-1] != EOS):
            whole = Sample()
            whole.given(ids + written)
            hidden = model.hidden(pack([[whole]], len(whole)))
            written.append(int(model.language.lm_head(hidden[0, -1]).argmax()))
    return written


def score(
    model: Study,
    vocab: Vocabulary,
    task: Callable,
    size: int,
    chosen: attention.TopK | None,
    items: int,
    seed: int,
) -> float:
    """Share of answers that are right to the last word."""
    model.eval()
    rng, right = Random(seed), 0
    for _ in range(items):
        talk = make(task, rng, size - 24, single=True)
        wanted = vocab.encode(talk.turns[-1].answer) + [EOS]
        right += answer(model, prompt(talk, vocab), chosen, most=len(wanted)) == wanted
    return right / items


def entropies(model: Study, vocab: Vocabulary, task: Callable, size: int, items: int, seed: int) -> list[list[float]]:
    """Of the position that writes the first word: mean entropy in nats, by block and head."""
    rng, watchers = Random(seed), []
    for look in attention.looks(model.language):
        look.watcher = attention.Watcher()
        watchers.append(look)
    model.eval()
    with torch.no_grad():
        for _ in range(items):
            question = prompt(make(task, rng, size - 24, single=True), vocab)
            model.hidden(pack([[question]], len(question)))
    means = [torch.tensor(look.watcher.entropy).mean(0).tolist() for look in watchers]
    for look in watchers:
        look.watcher = None
    return means
