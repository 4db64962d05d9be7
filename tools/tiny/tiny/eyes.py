"""LongCat-ViT and its projector."""

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .language import RmsNorm
from .samples import Picture
from .sizes import VisionSizes

PROJECTOR_EPS = 1e-5


class Mlp(nn.Module):
    def __init__(self, width: int, inner: int, eps: float):
        super().__init__()
        self.fc1, self.fc3 = nn.Linear(width, inner), nn.Linear(width, inner)
        self.norm = RmsNorm(inner, eps)
        self.fc2 = nn.Linear(inner, width)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc2(self.norm(F.silu(self.fc1(x)) * self.fc3(x)))


class Attention(nn.Module):
    def __init__(self, sizes: VisionSizes):
        super().__init__()
        width, self.heads = sizes.hidden_size, sizes.num_attention_heads
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.proj = nn.Linear(width, width)
        self.q_norm, self.k_norm = RmsNorm(width, sizes.layer_norm_eps), RmsNorm(width, sizes.layer_norm_eps)

    def forward(self, x: Tensor, angles: tuple[Tensor, Tensor]) -> Tensor:
        pairs, patches, width = x.shape
        split = (pairs, patches, self.heads, width // self.heads)
        q, k, v = self.qkv(x).chunk(3, dim=-1)
        q = self.q_norm(rotate_half(q.view(split), angles).reshape(x.shape)).view(split)
        k = self.k_norm(rotate_half(k.view(split), angles).reshape(x.shape)).view(split)
        out = F.scaled_dot_product_attention(
            q.transpose(1, 2), k.transpose(1, 2), v.view(split).transpose(1, 2)
        )
        return self.proj(out.transpose(1, 2).reshape(x.shape))


def rotate_half(x: Tensor, angles: tuple[Tensor, Tensor]) -> Tensor:
    cosines, sines = angles
    first, second = x.chunk(2, dim=-1)
    return torch.cat([first * cosines - second * sines, second * cosines + first * sines], dim=-1)


class Block(nn.Module):
    def __init__(self, sizes: VisionSizes):
        super().__init__()
        width, eps = sizes.hidden_size, sizes.layer_norm_eps
        self.ls1, self.ls2 = nn.Parameter(torch.full((width,), 0.3)), nn.Parameter(torch.full((width,), 0.3))
        self.norm1, self.norm2 = RmsNorm(width, eps), RmsNorm(width, eps)
        self.attn = Attention(sizes)
        self.mlp = Mlp(width, sizes.mlp_width, eps)

    def forward(self, x: Tensor, angles: tuple[Tensor, Tensor]) -> Tensor:
        x = x + self.ls1 * self.attn(self.norm1(x), angles)
        return x + self.ls2 * self.mlp(self.norm2(x))


class Eyes(nn.Module):
    """Frame pairs to rows of the language model, one for two patches side by side."""

    def __init__(self, sizes: VisionSizes, output_width: int):
        super().__init__()
        self.sizes = sizes
        width, adaptor = sizes.hidden_size, sizes.adaptor_dim
        self.patch_embedding = nn.Linear(sizes.patch_width, width)
        self.layers = nn.ModuleList([Block(sizes) for _ in range(sizes.num_hidden_layers)])
        self.norm = nn.LayerNorm(2 * width, eps=PROJECTOR_EPS)
        self.first = nn.Linear(2 * width, adaptor)
        self.second = nn.Linear(adaptor, adaptor)
        self.proj = nn.Linear(adaptor, output_width)

    def forward(self, pairs: Tensor) -> Tensor:
        """uint8 `[pairs, 2, height, width, 3]` to `[pairs, tokens, output width]`."""
        side = self.sizes.patch_size
        rows, columns = pairs.shape[2] // side, pairs.shape[3] // side
        x = self.patch_embedding(self.patches(pairs))
        angles = self.angles(rows, columns)
        for layer in self.layers:
            x = layer(x, angles)
        x = self.norm(x.reshape(len(pairs), rows * columns // 2, -1))
        return self.proj(F.gelu(self.second(F.gelu(self.first(x)))))

    def patches(self, pairs: Tensor) -> Tensor:
        side = self.sizes.patch_size
        mean, std = torch.tensor(self.sizes.image_mean), torch.tensor(self.sizes.image_std)
        x = (pairs.float() / 255 - mean) / std
        n, frames, height, width, channels = x.shape
        x = x.view(n, frames, height // side, side, width // side, side, channels)
        return x.permute(0, 2, 4, 6, 1, 3, 5).reshape(n, (height // side) * (width // side), -1)

    def angles(self, rows: int, columns: int) -> tuple[Tensor, Tensor]:
        half = self.sizes.hidden_size // self.sizes.num_attention_heads // 2
        frequencies = self.sizes.rope_theta ** (-torch.arange(0, half, 2, dtype=torch.float32) / half)
        row, column = torch.meshgrid(torch.arange(rows), torch.arange(columns), indexing="ij")
        places = torch.stack([row.flatten(), column.flatten()], dim=-1).float()
        angle = (places[:, :, None] * frequencies).flatten(1)[:, None, :]
        return angle.cos(), angle.sin()

    def look(self, pictures: list[Picture]) -> Tensor:
        """Rows of all pictures in order; frames of one size are encoded together."""
        by_size: dict[tuple[int, ...], list[tuple[int, int]]] = {}
        frames, count = [], 0
        for picture in pictures:
            for pair in picture.frames:
                by_size.setdefault(pair.shape, []).append((count, len(frames)))
                frames.append(pair)
                count += 1
        rows: list[Tensor | None] = [None] * count
        for members in by_size.values():
            encoded = self(torch.from_numpy(np.stack([frames[at] for _, at in members])))
            for (place, _), row in zip(members, encoded):
                rows[place] = row
        return torch.cat([row for row in rows if row is not None])
