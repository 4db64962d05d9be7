"""Stage 1: the language model on text alone."""

import json
import pathlib
from random import Random

import torch

from . import optim, progress, vocabulary
from .chat import prompt, written
from .omni import Omni
from .packing import Packer
from .sizes import LANGUAGE
from .talk import draw
from .text_tasks import TEXT_TASKS, text_task
from .tokens import EOS, Vocabulary
from .writing import answers

PLAIN = ("embed", "lm_head", "classifier", "audio_")


def vocabulary_of(work: pathlib.Path) -> Vocabulary:
    """The vocabulary of a working directory; it is made once and never changes afterwards."""
    path = work / "tokenizer.json"
    if not path.exists():
        work.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(vocabulary.build(), ensure_ascii=False))
    return Vocabulary.read(path)


def train(work: pathlib.Path, steps: int, seed: int, rows: int = 16, length: int = 192) -> None:
    vocab = vocabulary_of(work)
    torch.manual_seed(seed)
    model = Omni(LANGUAGE, len(vocab))
    named = [(name, p) for name, p in model.named_parameters() if name.startswith("language.")]
    optimizers = optim.Optimizers(*optim.split_parameters(named, PLAIN), muon_lr=0.008, adam_lr=0.0015)
    path = work / "text.pt"
    state = progress.load(path)
    step = 0
    if state:
        model.load_state_dict(state["model"])
        progress.restore(optimizers, state)
        step = state["step"]
    rng = Random(seed * 1_000_003 + step)
    packer = Packer(rows, length, lambda: written(draw(text_task, rng, test=False), vocab))
    stop, log, figures = progress.StopRequest(), progress.Log(work / "text.log"), progress.Figures()
    while step < steps and not stop.given:
        model.train()
        batch = packer.batch()
        loss, right = model.text_loss(model.hidden(batch), batch)
        loss.backward()
        optimizers.step(progress.schedule(step, steps, warmup=50))
        model.language.balance(0.02 if step < steps * 0.7 else 0.005)
        step += 1
        figures.add(loss=loss.item(), right=right)
        if step % 50 == 0:
            log.report(stage="text", step=step, **figures.taken())
        if step % 250 == 0 or stop.given or step == steps:
            progress.save(
                path, {"model": model.state_dict(), "optimizers": optimizers.state_dict(), "step": step}
            )
        if step % 500 == 0:
            log.report(stage="text", step=step, **evaluate(model, vocab, seed=step, count=20))


def evaluate(model: Omni, vocab: Vocabulary, seed: int, count: int) -> dict[str, float]:
    """Share of exactly right answers per task, on compositions that are never trained on."""
    figures = {}
    for task in TEXT_TASKS:
        rng = Random(seed)
        talks = [draw(task, rng, test=True) for _ in range(count)]
        replies = answers(model, [prompt(talk, vocab) for talk in talks], stop=EOS)
        right = sum(vocab.decode(reply) == talk.turns[-1].answer for reply, talk in zip(replies, talks))
        figures[task.__name__] = right / count
    return figures
