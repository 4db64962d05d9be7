"""The voice: codec ids to sound at 24 kHz, and the encoder that finds ids while training."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils import parametrizations

from .sizes import CodecSizes

LOOK_AHEAD = 3
TAPS = 7
DILATIONS = (1, 3, 9)


class Snake(nn.Module):
    def __init__(self, channels: int):
        super().__init__()
        self.alpha = nn.Parameter(torch.ones(1, channels, 1))

    def forward(self, x: Tensor) -> Tensor:
        return x + (self.alpha * x).sin().square() / (self.alpha + 1e-9)


def normed(layer: nn.Module) -> nn.Module:
    """Weight norm over all but the first dimension, as `weight_g` and `weight_v` are stored."""
    return parametrizations.weight_norm(layer, dim=0)


class CausalConv(nn.Module):
    def __init__(self, inputs: int, outputs: int, taps: int, dilation: int = 1):
        super().__init__()
        self.before = (taps - 1) * dilation
        self.conv = normed(nn.Conv1d(inputs, outputs, taps, dilation=dilation))

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(F.pad(x, (self.before, 0)))


class ResidualUnit(nn.Module):
    def __init__(self, channels: int, dilation: int):
        super().__init__()
        self.snake1, self.conv1 = Snake(channels), CausalConv(channels, channels, TAPS, dilation)
        self.snake2, self.conv2 = Snake(channels), CausalConv(channels, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.conv2(self.snake2(self.conv1(self.snake1(x))))


class Upsampling(nn.Module):
    def __init__(self, inputs: int, outputs: int, ratio: int):
        super().__init__()
        self.snake = Snake(inputs)
        self.upsample = normed(nn.ConvTranspose1d(inputs, outputs, ratio, stride=ratio))
        self.units = nn.ModuleList([ResidualUnit(outputs, dilation) for dilation in DILATIONS])

    def forward(self, x: Tensor) -> Tensor:
        x = self.upsample(self.snake(x))
        for unit in self.units:
            x = unit(x)
        return x


class Decoder(nn.Module):
    """`[batch, frames, memory dim]` to `[batch, samples]`."""

    def __init__(self, sizes: CodecSizes):
        super().__init__()
        width, channels = sizes.memory_dim, sizes.decoder_dim
        self.lstm1, self.ln1 = nn.LSTM(width, width, batch_first=True), nn.LayerNorm(width)
        self.lstm2, self.ln2 = nn.LSTM(width, width, batch_first=True), nn.LayerNorm(width)
        self.first = normed(nn.Conv1d(width, channels, 2 * LOOK_AHEAD + 1, padding=LOOK_AHEAD))
        self.blocks = nn.ModuleList(
            [Upsampling(channels >> i, channels >> i + 1, ratio) for i, ratio in enumerate(sizes.codec_dec_ratios)]
        )
        last = channels >> len(sizes.codec_dec_ratios)
        self.snake, self.last = Snake(last), CausalConv(last, 1, TAPS)

    def forward(self, x: Tensor) -> Tensor:
        x = self.ln1(self.lstm1(x)[0])
        x = self.ln2(self.lstm2(x)[0])
        x = self.first(x.transpose(1, 2))
        for block in self.blocks:
            x = block(x)
        return self.last(self.snake(x)).squeeze(1).tanh()


class HalfCodebook(nn.Module):
    """One factor of an acoustic codebook: the nearest of a few short vectors."""

    def __init__(self, sizes: CodecSizes):
        super().__init__()
        latent, short = sizes.codec_dimension, sizes.codec_codebook_search_dim
        self.in_proj = normed(nn.Conv1d(latent, short, 1))
        self.out_proj = normed(nn.Conv1d(short, latent // 2, 1))
        self.codebook = nn.Embedding(sizes.codec_codebook_size, short)

    def forward(self, latent: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """`[batch, latent, frames]` to its part of the vector, ids and the commitment loss."""
        short = self.in_proj(latent).transpose(1, 2)
        ids = torch.cdist(short.detach().flatten(0, 1), self.codebook.weight).argmin(-1).view(short.shape[:2])
        entry = self.codebook(ids)
        loss = F.mse_loss(entry, short.detach()) + 0.25 * F.mse_loss(short, entry.detach())
        return self.out_proj((short + (entry - short).detach()).transpose(1, 2)), ids, loss

    def vector(self, ids: Tensor) -> Tensor:
        return self.out_proj(self.codebook(ids).transpose(1, 2))


class AcousticQuantizer(nn.Module):
    """Residual codebooks; an id is `a * size + b`."""

    def __init__(self, sizes: CodecSizes):
        super().__init__()
        self.size = sizes.codec_codebook_size
        self.halves = nn.ModuleList([nn.ModuleList([HalfCodebook(sizes), HalfCodebook(sizes)]) for _ in range(sizes.codec_codebooks)])

    def forward(self, latent: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        total, losses, ids = torch.zeros_like(latent), [], []
        for a, b in self.halves:
            rest = latent - total
            vector_a, ids_a, loss_a = a(rest)
            vector_b, ids_b, loss_b = b(rest)
            total = total + torch.cat([vector_a, vector_b], dim=1)
            ids.append(ids_a * self.size + ids_b)
            losses += [loss_a, loss_b]
        return total, torch.stack(ids, dim=-1), torch.stack(losses).mean()

    def vector(self, ids: Tensor) -> Tensor:
        total = 0
        for book, (a, b) in enumerate(self.halves):
            chosen = ids[..., book]
            total = total + torch.cat([a.vector(chosen // self.size), b.vector(chosen % self.size)], dim=1)
        return total


class Codec(nn.Module):
    def __init__(self, sizes: CodecSizes):
        super().__init__()
        self.sizes = sizes
        self.semantic = nn.Embedding(sizes.semantic_token_nums, sizes.semantic_dim)
        self.quantizer = AcousticQuantizer(sizes)
        self.decoder = Decoder(sizes)

    def speak(self, semantic: Tensor, acoustic: Tensor) -> Tensor:
        """Ids `[batch, frames]` and `[batch, frames, books]` to samples."""
        return self.decoder(torch.cat([self.semantic(semantic), self.quantizer.vector(acoustic).transpose(1, 2)], dim=-1))
