"""The voice: codec ids to sound at 24 kHz."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils import parametrizations

from .sizes import CodecSizes

LOOK_AHEAD = 3
TAPS = 7
DILATIONS = (1, 3, 9)


class SnakeFunction(torch.autograd.Function):
    """`x + sin(alpha x)^2 / alpha` with a derivative of few steps: half the time of the codec would go here else."""

    @staticmethod
    def forward(context, x: Tensor, alpha: Tensor) -> Tensor:
        sines = (x * alpha).sin_()
        context.save_for_backward(x, alpha)
        return torch.addcmul(x, sines, sines / (alpha + 1e-9))

    @staticmethod
    def backward(context, gradient: Tensor) -> tuple[Tensor, Tensor]:
        x, alpha = context.saved_tensors
        doubled = (x * (2 * alpha)).sin_()
        sum_over = lambda values: values.sum((0, 2), keepdim=True)
        squares = (x * alpha).sin_().square_()
        for_alpha = sum_over(gradient * x * doubled) / alpha - sum_over(gradient * squares) / alpha.square()
        return torch.addcmul(gradient, gradient, doubled), for_alpha


class Snake(nn.Module):
    def __init__(self, channels: int):
        super().__init__()
        self.alpha = nn.Parameter(torch.ones(1, channels, 1))

    def forward(self, x: Tensor) -> Tensor:
        return SnakeFunction.apply(x, self.alpha)


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
            [
                Upsampling(channels >> i, channels >> i + 1, ratio)
                for i, ratio in enumerate(sizes.codec_dec_ratios)
            ]
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
    """One factor of an acoustic codebook. The decoder reads `codebook` and `out_proj`; `in_proj` is for encoders."""

    def __init__(self, sizes: CodecSizes):
        super().__init__()
        latent, short = sizes.codec_dimension, sizes.codec_codebook_search_dim
        self.in_proj = normed(nn.Conv1d(latent, short, 1))
        self.out_proj = normed(nn.Conv1d(short, latent // 2, 1))
        self.codebook = nn.Embedding(sizes.codec_codebook_size, short)

    def forward(self, ids: Tensor) -> Tensor:
        """`[batch, frames]` to `[batch, latent / 2, frames]`."""
        return self.out_proj(self.codebook(ids).transpose(1, 2))


class AcousticQuantizer(nn.Module):
    """Residual codebooks; an id is `a * size + b`."""

    def __init__(self, sizes: CodecSizes):
        super().__init__()
        self.size = sizes.codec_codebook_size
        self.halves = nn.ModuleList(
            [nn.ModuleList([HalfCodebook(sizes), HalfCodebook(sizes)]) for _ in range(sizes.codec_codebooks)]
        )

    def forward(self, ids: Tensor) -> Tensor:
        """`[batch, frames, books]` to `[batch, latent, frames]`."""
        parts = [
            torch.cat([a(ids[..., i] // self.size), b(ids[..., i] % self.size)], dim=1)
            for i, (a, b) in enumerate(self.halves)
        ]
        return torch.stack(parts).sum(0)


class Codec(nn.Module):
    def __init__(self, sizes: CodecSizes):
        super().__init__()
        self.sizes = sizes
        self.semantic = nn.Embedding(sizes.semantic_token_nums, sizes.semantic_dim)
        self.quantizer = AcousticQuantizer(sizes)
        self.decoder = Decoder(sizes)

    def forward(self, ids: Tensor, acoustic_share: float = 1.0) -> Tensor:
        """Ids `[batch, frames, 1 + books]`, the semantic one first, to samples `[batch, time]`."""
        acoustic = self.quantizer(ids[..., 1:]).transpose(1, 2) * acoustic_share
        return self.decoder(torch.cat([self.semantic(ids[..., 0]), acoustic], dim=-1))
