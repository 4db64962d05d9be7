"""Stage 3: the ears alone. Rows learn to name the words that were said, in the language model's words (CTC)."""

import math
import pathlib
from random import Random

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from . import optim, progress, recordings, sounds, speech, voice
from .ears import Ears
from .recordings import Recording
from .sentences import vocabulary_words
from .sizes import CODEC, EARS, LANGUAGE
from .text_stage import vocabulary_of
from .tokens import Vocabulary
from .vision_stage import text_embeddings
from .words import DAYS, MONTHS, NAMES

PLAIN = ("memory.weight",)
SILENCE_SEED, SILENCE_NORM, SHARPNESS = 6, 5.0, 12.0
OWN_VOICE_SHARE = 0.1
SPEECH_TO_OTHERS = 12
CAPITALISED = {word.lower(): word for word in [*DAYS, *MONTHS, *NAMES, "I", "LongCat", "Tiny"]}


class Spelling(nn.Module):
    """What rows shall be: the embedding of a word in one row of those in which it is said, silence in all others.

    All rows of tones and of noise are the sums of the words for these. Scores are of the words' directions, those of
    several tokens by their mean; class 0 is the blank.
    """

    def __init__(self, embeddings: Tensor, vocab: Vocabulary):
        super().__init__()
        written = [CAPITALISED.get(word, word) for word in vocabulary_words()]
        of = lambda word: embeddings[vocab.encode(f" {word}")].mean(0)
        words = torch.stack([of(word) for word in written])
        kinds = torch.stack(
            [torch.stack([of(word) for word in kind.split()]).sum(0) for kind in sounds.KINDS]
        )
        drawn = torch.Generator().manual_seed(SILENCE_SEED)
        silence = F.normalize(torch.randn(embeddings.shape[1], generator=drawn), dim=-1) * SILENCE_NORM
        self.register_buffer("codes", torch.cat([silence[None], words, kinds]), persistent=False)
        self.register_buffer("vectors", F.normalize(words - words.mean(0), dim=-1), persistent=False)
        self.sharpness = SHARPNESS / (self.vectors * words).sum(-1).mean().item()

    def forward(self, rows: Tensor) -> Tensor:
        scores = rows @ self.vectors.t() * self.sharpness
        blank = torch.full((*scores.shape[:-1], 1), SHARPNESS / 2)
        return torch.cat([blank, scores], dim=-1).log_softmax(-1)

    def distance(self, rows: Tensor, told: Tensor) -> Tensor:
        """Mean squared distance from what rows shall be, those of words and of silence alike; 1 is a word's own square."""
        away = (rows - self.codes[told]).square().sum(-1) / self.codes[1:].square().sum(-1).mean()
        said = told > 0
        return away[said].mean() + away[~said].mean()


def kind_class(kind: str) -> int:
    """In what rows shall be; no score is of a kind of sound."""
    return 1 + len(vocabulary_words()) + sounds.KINDS.index(kind)


def classes(text: str) -> list[int]:
    return [vocabulary_words().index(word) + 1 for word in speech.words(text)]


def decoded(scores: Tensor) -> list[str]:
    """The best class of each row, repetitions and blanks left out."""
    best = scores.argmax(-1).tolist()
    kept = [now for before, now in zip([0, *best], best) if now not in (0, before)]
    return [vocabulary_words()[i - 1] for i in kept]


def word_errors(said: list[str], got: list[str]) -> int:
    row = list(range(len(got) + 1))
    for i, word in enumerate(said, start=1):
        before, row[0] = row[0], i
        for j, other in enumerate(got, start=1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (word != other))
    return row[-1]


def statistics(ears: Ears, heard: list[Recording]) -> None:
    frames = torch.cat([ears.fbank(torch.from_numpy(recordings.floats(sound))) for sound in heard])
    ears.mean.copy_(frames.mean(0))
    ears.deviation.copy_(frames.std(0).clamp(min=0.1))


def train(work: pathlib.Path, steps: int, seed: int, sentences: int = 32, muon_lr: float = 0.01) -> None:
    vocab = vocabulary_of(work)
    heard = recordings.read(work / "heard")
    if not heard:
        raise SystemExit(f"{work}/heard is empty; run prepare.py first")
    torch.manual_seed(seed)
    state = progress.load(work / "ears.pt")
    embeddings = state["embeddings"] if state else text_embeddings(work, vocab)
    ears, spelling = Ears(EARS, LANGUAGE.hidden_size), Spelling(embeddings, vocab)
    named = [*ears.named_parameters()]
    optimizers = optim.Optimizers(*optim.split_parameters(named, PLAIN), muon_lr=muon_lr, adam_lr=muon_lr / 5)
    step = 0
    if state:
        ears.load_state_dict(state["model"])
        progress.restore(optimizers, state)
        step = state["step"]
    else:
        statistics(ears, heard[:200])
    own = voice.words_of(work)
    rng, noise = Random(seed * 1_000_003 + step), np.random.default_rng([seed, step])
    stop, log, figures = progress.StopRequest(), progress.Log(work / "ears.log"), progress.Figures()
    while step < steps and not stop.given:
        loss = spelling_loss(
            ears, spelling, [own_voice(one, own, rng) for one in rng.sample(heard, sentences)], rng, noise
        )
        loss.backward()
        nn.utils.clip_grad_norm_([p for _, p in named], 5.0)
        optimizers.step(progress.schedule(step, steps, warmup=50))
        step += 1
        figures.add(loss=loss.item())
        if step % 50 == 0:
            log.report(stage="ears", step=step, **figures.taken())
        if step % 200 == 0 or stop.given or step == steps:
            progress.save(
                work / "ears.pt",
                {
                    "model": ears.state_dict(),
                    "optimizers": optimizers.state_dict(),
                    "embeddings": embeddings,
                    "step": step,
                },
            )
            if step % 400 == 0 or step == steps:
                log.report(stage="ears", step=step, test_word_errors=evaluate(ears, spelling, work))


def own_voice(one: Recording, own: dict[str, np.ndarray], rng: Random) -> Recording:
    """Now and then the same text in the model's own voice, so that it understands itself."""
    said = voice.said(one.text, own) if rng.random() < OWN_VOICE_SHARE else None
    if said is None:
        return one
    samples = speech.resampled(said, CODEC.sample_rate, speech.EAR_HZ)
    return Recording(one.text, np.round(samples * 32767).astype(np.int16))


def spelling_loss(
    ears: Ears, spelling: Spelling, heard: list[Recording], rng: Random, noise: np.random.Generator
) -> Tensor:
    kinds = rng.choices(sounds.KINDS, k=max(1, len(heard) // SPEECH_TO_OTHERS))
    rough = [speech.roughened(recordings.floats(one), rng, noise) for one in heard]
    rough += [sounds.sound(kind, rng, noise).samples for kind in kinds]
    features, counts = ears.features([torch.from_numpy(one) for one in rough])
    rows = ears(coloured(features, rng), counts)
    scores = spelling(rows[: len(heard)])
    wanted = [classes(one.text) for one in heard]
    flat = torch.tensor([i for ids in wanted for i in ids])
    lengths = torch.tensor([len(ids) for ids in wanted])
    loss = F.ctc_loss(scores.transpose(0, 1), flat, counts[: len(heard)], lengths, zero_infinity=True)
    told = [aligned(one[:count], ids) for one, count, ids in zip(scores.detach(), counts.tolist(), wanted)]
    told += [
        torch.full((count,), kind_class(kind)) for kind, count in zip(kinds, counts[len(heard) :].tolist())
    ]
    present = torch.cat([one[:count] for one, count in zip(rows, counts.tolist())])
    return loss + spelling.distance(present, torch.cat(told))


def aligned(scores: Tensor, wanted: list[int]) -> Tensor:
    """The class of each row `[rows]` on the best way through the words; of a word's rows all but the best are blank."""
    log = scores.numpy()
    labels = np.zeros(2 * len(wanted) + 1, np.int64)
    labels[1::2] = wanted
    # From a label the way leads on to the next, and past a blank to another word.
    skips = np.zeros(len(labels), bool)
    skips[3::2] = labels[3::2] != labels[1:-2:2]
    best = np.full(len(labels), -np.inf)
    best[:2] = log[0, labels[:2]]
    steps = np.zeros((len(log), len(labels)), np.int64)
    for t in range(1, len(log)):
        before = np.stack(
            [best, np.r_[-np.inf, best[:-1]], np.where(skips, np.r_[-np.inf, -np.inf, best[:-2]], -np.inf)]
        )
        steps[t] = before.argmax(0)
        best = before.max(0) + log[t, labels]
    at = len(labels) - 1 if best[-1] >= best[-2] else len(labels) - 2
    told, ways = np.zeros(len(log), np.int64), np.zeros(len(log), np.int64)
    for t in range(len(log) - 1, -1, -1):
        ways[t] = at
        at -= steps[t, at]
    for place in range(1, len(labels), 2):
        rows = np.flatnonzero(ways == place)
        if len(rows):
            told[rows[log[rows, labels[place]].argmax()]] = labels[place]
    return torch.from_numpy(told)


def coloured(features: Tensor, rng: Random) -> Tensor:
    """As through other throats and microphones: every sound gets a smooth curve over pitch; some bands are hidden."""
    bins = EARS.num_mel_bins
    places = torch.linspace(0, 1, bins)
    waves = torch.stack([(math.pi * k * places).cos() for k in (1, 2, 3, 4)])
    strengths = torch.tensor([[rng.gauss(0, 0.35) for _ in range(4)] for _ in range(len(features))])
    curves = (strengths @ waves).repeat(1, features.shape[2] // bins)
    features = features + curves[:, None]
    low = rng.randrange(bins - 12)
    features.view(*features.shape[:2], -1, bins)[..., low : low + rng.randint(0, 12)] = 0
    return features


@torch.no_grad()
def evaluate(ears: Ears, spelling: Spelling, work: pathlib.Path, count: int = 100) -> float:
    """Word errors of the encoder alone on voices and sentences that are never trained on."""
    errors = said = 0
    rng, noise = Random(1), np.random.default_rng(1)
    for one in recordings.read(work / "heard-test")[:count]:
        sound = torch.from_numpy(speech.roughened(recordings.floats(one), rng, noise))
        got = decoded(spelling(ears(*ears.features([sound])))[0])
        errors += word_errors(speech.words(one.text), got)
        said += len(speech.words(one.text))
    return errors / max(1, said)
