"""Stage 5: all tasks together, answers written and spoken."""

import pathlib

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from . import assembly, fp8, optim, parallel, progress, recordings, speech, voice
from .chat import prompt
from .codec_stage import voice_ids
from .ears_stage import word_errors
from .feeder import Feeder
from .guidance import Guidance
from .mix import TASKS, Mixer
from .omni import Omni
from .packing import Batch, Packer
from .samples import HEADS, NONE
from .text_stage import PLAIN, vocabulary_of
from .tokens import EOS
from .writing import answers

# Of samples. Text is short: it gets a third of all positions.
SHARES = {
    "text": 120.0,
    "image": 13.0,
    "video": 3.5,
    "transcription": 9.0,
    "spoken_question": 24.0,
    "spoken_about_image": 5.0,
    "interleaved": 2.5,
    "kind_of_sound": 2.0,
}
# Sums take most examples to learn, and are cheap as text: they come first.
TEXT_FIRST_STEPS, TEXT_FIRST_SHARE, TEXT_FIRST_SPOKEN_SHARE = 1900, 150.0, 0.1
SPOKEN_SHARE = 0.15
AUDIO_WEIGHT, GUIDANCE_WEIGHT = 0.5, 0.3
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
    return SHARES, SPOKEN_SHARE


def train(work: pathlib.Path, steps: int, seed: int, rows: int = 10, length: int = 288) -> None:
    """The senses are those of their own stages: with all else they would forget, from 98 to 89 % of shapes once."""
    run("joint", work, steps, seed, rows, length, muon_lr=0.006, cooldown=0.3)


def run(
    stage: str,
    work: pathlib.Path,
    steps: int,
    seed: int,
    rows: int,
    length: int,
    muon_lr: float,
    cooldown: float,
    for_fp8: bool = False,
) -> None:
    """Trains a stage; with `for_fp8` all is computed by weights that are rounded as the shipped ones are."""
    vocab = vocabulary_of(work)
    torch.manual_seed(seed)
    model = assembly.whole_model(vocab)
    print(f"{stage}: {', '.join(assembly.load_parts(work, model))}", flush=True)
    for name in SENSES:
        getattr(model, name).requires_grad_(False)
    named = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
    matrices, others = optim.split_parameters(named, PLAIN)
    optimizers = optim.Optimizers(matrices, others, muon_lr=muon_lr, adam_lr=muon_lr / 6)
    state = progress.load(work / f"{stage}.pt")
    step = state["step"] if state else 0
    if state:
        progress.restore(optimizers, state)
    peers, guidance = parallel.Peers(), Guidance(model, vocab)
    mixer = Mixer(
        vocab,
        (seed * 1_000_003 + step) * peers.count + peers.rank,
        heard=recordings.read(work / "heard"),
        voice=voice_ids(work),
        own=voice.words_of(work),
    )
    parameters, loads = [p for _, p in named], [layer.mlp.load for layer in model.language.layers]
    copied = [p for name, p in named if for_fp8 and fp8.copied(name)]
    stop, log, figures = progress.StopRequest(), progress.Log(work / f"{stage}.log"), progress.Figures()
    with Feeder(Course(stage, step, mixer, rows, length).batch) as feeder:
        while step < steps and not stop.given:
            model.train()
            with fp8.computing(copied):
                loss_of(model, feeder.batch(), figures, guidance).backward()
            stop.given = peers.average(parameters, loads, stop.given)
            nn.utils.clip_grad_norm_(parameters, 2.0)
            optimizers.step(progress.schedule(step, steps, warmup=30, cooldown=cooldown))
            model.language.balance(0.005)
            step += 1
            if peers.rank:
                continue
            if step % 25 == 0:
                log.report(stage=stage, step=step, **figures.taken())
            if step % 100 == 0 or stop.given or step == steps:
                kept = {
                    name: tensor
                    for name, tensor in model.state_dict().items()
                    if name.split(".")[0] not in SENSES
                }
                progress.save(
                    work / f"{stage}.pt", {"model": kept, "optimizers": optimizers.state_dict(), "step": step}
                )
            if step % 500 == 0:
                with fp8.computing(copied):
                    log.report(stage=stage, step=step, **evaluate(model, work, seed=step, count=16))


def loss_of(model: Omni, batch: Batch, figures: progress.Figures, guidance: Guidance) -> Tensor:
    hidden = model.hidden(batch)
    loss, right = model.text_loss(hidden, batch)
    figures.add(text_loss=loss.item(), text_right=right)
    for name, away in guidance.losses(batch).items():
        figures.add(**{name: away.item()})
        loss = loss + GUIDANCE_WEIGHT * away
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
