"""Stage 5: all tasks together, answers written and spoken."""

import pathlib

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from . import assembly, optim, progress, recordings, speech
from .chat import prompt
from .codec_stage import voice_ids
from .ears_stage import word_errors
from .feeder import Feeder
from .mix import TASKS, Mixer
from .omni import Omni
from .packing import Batch, Packer
from .samples import HEADS, NONE
from .text_stage import PLAIN, vocabulary_of
from .tokens import EOS
from .writing import answers

SHARES = {
    "text": 14.0,
    "image": 8.0,
    "video": 6.0,
    "transcription": 6.0,
    "spoken_question": 8.0,
    "spoken_about_image": 2.0,
    "interleaved": 2.5,
    "kind_of_sound": 0.5,
}
# Sums take most examples to learn, and are cheap as text: they come first.
TEXT_FIRST_STEPS, TEXT_FIRST_SHARE, TEXT_FIRST_SPOKEN_SHARE = 1900, 150.0, 0.1
SPOKEN_SHARE = 0.25
# Once eyes tell where something is, the language model has to learn what they mean by it: from easy pictures first.
FIRST_LOOKS_STEPS, FIRST_LOOKS_SHARE = 400, 250.0
SEEING_FIRST_STEPS, SEEING_FIRST_SPOKEN_SHARE = 1400, 0.15
SEEING_FIRST_SHARES = {"image": 35.0, "video": 12.0, "spoken_about_image": 4.0, "interleaved": 4.0}
AUDIO_WEIGHT = 0.5
SENSES = ("eyes", "ears")
PENALTY, PENALISED_STEPS = 1.1, 30


def penalised(logits: Tensor, recent: Tensor) -> Tensor:
    """The decoder's penalty on what a head said in its last steps; `recent` is `[positions, steps]`."""
    counts = torch.zeros_like(logits).scatter_add_(1, recent.clamp(min=0), (recent != NONE).to(logits.dtype))
    factor = PENALTY**counts
    return torch.where(logits < 0, logits * factor, logits / factor)


def recent_ids(batch: Batch, rows: Tensor, columns: Tensor) -> Tensor:
    """`[positions, steps, heads]`: the audio ids that went in last, those of other samples left out."""
    places = columns[:, None] - torch.arange(PENALISED_STEPS)
    inside = places >= 0
    places = places.clamp(min=0)
    same = inside & (batch.documents[rows[:, None], places] == batch.documents[rows, columns][:, None])
    return torch.where(same[..., None], batch.audio_in[rows[:, None], places], NONE)


def audio_loss(model: Omni, hidden: Tensor, batch: Batch) -> tuple[Tensor, list[float]]:
    """Sum of the heads' losses, each head seeing what the heads before it should have chosen."""
    rows, columns = (batch.audio_targets[..., 0] != NONE).nonzero(as_tuple=True)
    h, wanted = hidden[rows, columns], batch.audio_targets[rows, columns]
    recent = recent_ids(batch, rows, columns)
    heads, total, right = model.audio_heads, hidden.new_zeros(()), []
    for head in range(HEADS):
        logits = penalised(heads.audio_output_layers[head](h), recent[..., head])
        chosen = wanted[:, head] != NONE
        total = total + F.cross_entropy(logits[chosen], wanted[chosen, head])
        right.append((logits[chosen].argmax(-1) == wanted[chosen, head]).float().mean().item())
        if head < HEADS - 1:
            h = h + heads.embedding[head](wanted[:, head].clamp(min=0)) * chosen[:, None]
    return total, right


class Course:
    """Draws the batches of a stage from a step on."""

    def __init__(self, stage: str, step: int, mixer: Mixer, rows: int, length: int):
        self.step = step
        self.packer = Packer(rows, length, lambda: mixer.sample(*shares(stage, self.step)))

    def batch(self) -> Batch:
        batch = self.packer.batch()
        self.step += 1
        return batch


def shares(stage: str, step: int) -> tuple[dict[str, float], float]:
    """Of the tasks, and of answers aloud."""
    if stage == "joint" and step < TEXT_FIRST_STEPS:
        return {**SHARES, "text": TEXT_FIRST_SHARE}, TEXT_FIRST_SPOKEN_SHARE
    if stage == "fine" and step < FIRST_LOOKS_STEPS:
        return {**SHARES, "first_look": FIRST_LOOKS_SHARE}, SEEING_FIRST_SPOKEN_SHARE
    if stage == "fine" and step < SEEING_FIRST_STEPS:
        return {**SHARES, **SEEING_FIRST_SHARES}, SEEING_FIRST_SPOKEN_SHARE
    return SHARES, SPOKEN_SHARE


def train(work: pathlib.Path, steps: int, seed: int, rows: int = 10, length: int = 288) -> None:
    """The senses are those of their own stages, which may go on meanwhile."""
    run("joint", work, steps, seed, rows, length, muon_lr=0.006, cooldown=0.3, frozen=SENSES)


def run(
    stage: str,
    work: pathlib.Path,
    steps: int,
    seed: int,
    rows: int,
    length: int,
    muon_lr: float,
    cooldown: float,
    frozen: tuple[str, ...],
) -> None:
    vocab = vocabulary_of(work)
    torch.manual_seed(seed)
    model = assembly.whole_model(vocab)
    print(f"{stage}: {', '.join(assembly.load_parts(work, model))}", flush=True)
    for name in frozen:
        getattr(model, name).requires_grad_(False)
    named = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
    senses = [(name, p) for name, p in named if name.split(".")[0] in SENSES]
    matrices, others = optim.split_parameters([(name, p) for name, p in named if name.split(".")[0] not in SENSES], PLAIN)
    optimizers = optim.Optimizers(
        matrices, others, muon_lr=muon_lr, adam_lr=muon_lr / 6, gently=[p for _, p in senses]
    )
    state = progress.load(work / f"{stage}.pt")
    step = state["step"] if state else 0
    if state:
        optimizers.load_state_dict(state["optimizers"])
    mixer = Mixer(
        vocab, seed * 1_000_003 + step, heard=recordings.read(work / "heard"), voice=voice_ids(work)
    )
    stop, log, figures = progress.StopRequest(), progress.Log(work / f"{stage}.log"), progress.Figures()
    with Feeder(Course(stage, step, mixer, rows, length).batch) as feeder:
        while step < steps and not stop.given:
            model.train()
            loss_of(model, feeder.batch(), figures).backward()
            nn.utils.clip_grad_norm_([p for _, p in named], 2.0)
            optimizers.step(progress.schedule(step, steps, warmup=30, cooldown=cooldown))
            model.language.balance(0.005)
            step += 1
            if step % 25 == 0:
                log.report(stage=stage, step=step, **figures.taken())
            if step % 100 == 0 or stop.given or step == steps:
                kept = {
                    name: tensor
                    for name, tensor in model.state_dict().items()
                    if name.split(".")[0] not in frozen
                }
                progress.save(
                    work / f"{stage}.pt", {"model": kept, "optimizers": optimizers.state_dict(), "step": step}
                )
            if step % 500 == 0:
                log.report(stage=stage, step=step, **evaluate(model, work, seed=step, count=16))


def loss_of(model: Omni, batch: Batch, figures: progress.Figures) -> Tensor:
    hidden = model.hidden(batch)
    loss, right = model.text_loss(hidden, batch)
    figures.add(text_loss=loss.item(), text_right=right)
    if (batch.audio_targets != NONE).any():
        sound_loss, shares = audio_loss(model, hidden, batch)
        figures.add(
            audio_loss=sound_loss.item(), semantic_right=shares[0], acoustic_right=sum(shares[1:]) / 3
        )
        loss = loss + AUDIO_WEIGHT * sound_loss
    return loss


def evaluate(model: Omni, work: pathlib.Path, seed: int, count: int) -> dict[str, float]:
    """Share of exactly right written answers per task, on unseen compositions and voices."""
    vocab = vocabulary_of(work)
    mixer = Mixer(vocab, seed, test=True)
    found = {}
    for name, make in TASKS.items():
        cases = [make(mixer) for _ in range(count)]
        wanted = [case.talk.turns[-1].answer for case in cases]
        replies = answers(model, [prompt(case.talk, vocab, case.parts) for case in cases], stop=EOS)
        texts = [vocab.decode(reply) for reply in replies]
        found[name] = sum(text == right for text, right in zip(texts, wanted)) / count
        if name == "transcription":
            said = [speech.words(right) for right in wanted]
            errors = sum(map(word_errors, said, map(speech.words, texts)))
            found["transcription_word_errors"] = errors / sum(map(len, said))
    return found
