"""What the model hears with: log-mel features, the DFSMN encoder and its projector."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .samples import Sound
from .sizes import EarSizes

NORM_EPS = 1e-5
WINDOW, SHIFT, FFT = 400, 160, 512
LOW_HZ, HIGH_HZ = 40.0, 8000.0 - 200.0


def mel_filters(bins: int) -> Tensor:
    mel = lambda hz: 1127 * math.log(1 + hz / 700)
    low, step = mel(LOW_HZ), (mel(HIGH_HZ) - mel(LOW_HZ)) / (bins + 1)
    places = torch.tensor([mel(16000 / FFT * bin) for bin in range(FFT // 2)])
    left = (low + step * torch.arange(bins))[:, None]
    up, down = (places - left) / step, (left + 2 * step - places) / step
    return torch.minimum(up, down).clamp(min=0)


class Fbank(nn.Module):
    """Samples `[batch, time]` to log-mel energies `[batch, frames, bins]`."""

    def __init__(self, bins: int):
        super().__init__()
        hann = 0.5 - 0.5 * torch.cos(2 * math.pi / (WINDOW - 1) * torch.arange(WINDOW))
        self.register_buffer("window", hann**0.85, persistent=False)
        self.register_buffer("filters", mel_filters(bins).t().contiguous(), persistent=False)

    @torch.no_grad()
    def forward(self, samples: Tensor) -> Tensor:
        frames = (samples * 32768).unfold(-1, WINDOW, SHIFT)
        before = torch.cat([frames[..., :1], frames[..., :-1]], dim=-1)
        spectrum = torch.fft.rfft((frames - 0.97 * before) * self.window, FFT)
        power = spectrum.abs().square()[..., : FFT // 2]
        return (power @ self.filters).clamp(min=2.0**-23).log()


class MemoryLayer(nn.Module):
    def __init__(self, sizes: EarSizes, right: int):
        super().__init__()
        self.left, self.right = sizes.left_order, right
        self.memory_ln = nn.LayerNorm(sizes.proj_size, eps=NORM_EPS)
        self.memory = nn.Conv1d(
            sizes.proj_size, sizes.proj_size, self.left + 1 + right, groups=sizes.proj_size, bias=False
        )
        self.ffn = nn.Sequential(
            nn.LayerNorm(sizes.proj_size, eps=NORM_EPS),
            nn.Linear(sizes.proj_size, sizes.hidden_size),
            nn.ReLU6(),
            nn.Linear(sizes.hidden_size, sizes.proj_size),
        )

    def forward(self, x: Tensor, present: Tensor) -> Tensor:
        """Beyond a sound's end there are zeros, as there are beyond a whole one."""
        seen = (self.memory_ln(x) * present).transpose(1, 2)
        x = x + self.memory(F.pad(seen, (self.left, self.right))).transpose(1, 2)
        return x + self.ffn(x)


class Ears(nn.Module):
    def __init__(self, sizes: EarSizes, output_width: int):
        super().__init__()
        self.sizes = sizes
        self.fbank = Fbank(sizes.num_mel_bins)
        self.register_buffer("mean", torch.zeros(sizes.num_mel_bins))
        self.register_buffer("deviation", torch.ones(sizes.num_mel_bins))
        self.ffn = nn.Sequential(
            nn.Linear(sizes.input_size, sizes.hidden_size),
            nn.ReLU6(),
            nn.Linear(sizes.hidden_size, sizes.proj_size, bias=False),
        )
        first_right = sizes.nlayer - sizes.num_right_layers
        self.fsmn_layers = nn.ModuleList(
            [MemoryLayer(sizes, sizes.right_order if i >= first_right else 0) for i in range(sizes.nlayer)]
        )
        widths = [sizes.proj_size] + [sizes.hidden_size] * sizes.ndnn
        self.dnn = nn.Sequential(
            *(part for a, b in zip(widths, widths[1:]) for part in (nn.Linear(a, b), nn.ReLU6()))
        )
        self.projector = nn.Sequential(
            nn.Linear(widths[-1], output_width), nn.GELU(), nn.Linear(output_width, output_width)
        )

    def features(self, sounds: list[Tensor]) -> tuple[Tensor, Tensor]:
        """Spliced features `[sounds, vectors, input size]` and the count of each sound's vectors."""
        spliced = [self._splice((self.fbank(sound) - self.mean) / self.deviation) for sound in sounds]
        counts = torch.tensor([len(vectors) for vectors in spliced])
        return nn.utils.rnn.pad_sequence(spliced, batch_first=True), counts

    def _splice(self, frames: Tensor) -> Tensor:
        s = self.sizes
        first = torch.arange(0, len(frames), s.stride)[:, None]
        around = (first + torch.arange(-s.left, s.right + 1)).clamp(0, len(frames) - 1)
        return frames[around].flatten(1)

    def forward(self, features: Tensor, counts: Tensor) -> Tensor:
        present = (torch.arange(features.shape[1]) < counts[:, None])[..., None]
        x = self.ffn(features)
        for layer in self.fsmn_layers:
            x = layer(x, present)
        return self.projector(self.dnn(x))

    def listen(self, sounds: list[Sound]) -> Tensor:
        """Rows of all sounds in order, one for every 80 ms."""
        features, counts = self.features([torch.from_numpy(sound.samples).float() for sound in sounds])
        rows = self(features, counts)
        return torch.cat([row[:count] for row, count in zip(rows, counts.tolist())])
