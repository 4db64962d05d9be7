"""The language model: shortcut-connected mixture of experts over latent attention."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .sizes import LanguageSizes

LOW_RANK_EPS = 1e-6


class RmsNorm(nn.Module):
    def __init__(self, width: int, eps: float):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.eps = eps

    def forward(self, x: Tensor) -> Tensor:
        return F.rms_norm(x, (x.shape[-1],), self.weight, self.eps)


def linear(inputs: int, outputs: int, scale: float = 1.0) -> nn.Linear:
    layer = nn.Linear(inputs, outputs, bias=False)
    nn.init.normal_(layer.weight, std=scale * inputs**-0.5)
    return layer


def rotate(x: Tensor, cosines: Tensor, sines: Tensor) -> Tensor:
    """Takes interleaved pairs, gives firsts then seconds."""
    first, second = x[..., 0::2], x[..., 1::2]
    return torch.cat([first * cosines - second * sines, first * sines + second * cosines], dim=-1)


def _everything(q: Tensor, k: Tensor, values: Tensor, mask: Tensor) -> Tensor:
    return F.scaled_dot_product_attention(q, k, values, attn_mask=mask)


class LatentAttention(nn.Module):
    def __init__(self, sizes: LanguageSizes):
        super().__init__()
        self.sizes = sizes
        heads, nope, rope = sizes.num_attention_heads, sizes.qk_nope_head_dim, sizes.qk_rope_head_dim
        self.q_a_proj = linear(sizes.hidden_size, sizes.q_lora_rank)
        self.q_a_layernorm = RmsNorm(sizes.q_lora_rank, LOW_RANK_EPS)
        self.q_b_proj = linear(sizes.q_lora_rank, heads * (nope + rope), 0.7)
        self.kv_a_proj_with_mqa = linear(sizes.hidden_size, sizes.kv_lora_rank + rope)
        self.kv_a_layernorm = RmsNorm(sizes.kv_lora_rank, LOW_RANK_EPS)
        self.kv_b_proj = linear(sizes.kv_lora_rank, heads * (nope + sizes.v_head_dim), 0.5)
        self.o_proj = linear(heads * sizes.v_head_dim, sizes.hidden_size, 0.3)
        self.watched = False
        self.seen: tuple[Tensor, Tensor] | None = None
        # Queries, keys, values and mask to what the heads see.
        self.look = _everything

    def forward(self, x: Tensor, angles: tuple[Tensor, Tensor], mask: Tensor) -> Tensor:
        s = self.sizes
        rows, length, width = x.shape
        heads, nope, rope = s.num_attention_heads, s.qk_nope_head_dim, s.qk_rope_head_dim
        cosines, sines = angles
        q = self.q_b_proj(self.q_a_layernorm(self.q_a_proj(x))).view(rows, length, heads, nope + rope)
        q = q.transpose(1, 2) * (width / s.q_lora_rank) ** 0.5
        latent, shared = self.kv_a_proj_with_mqa(x).split([s.kv_lora_rank, rope], dim=-1)
        latent = self.kv_a_layernorm(latent) * (width / s.kv_lora_rank) ** 0.5
        keys_values = self.kv_b_proj(latent).view(rows, length, heads, nope + s.v_head_dim).transpose(1, 2)
        keys, values = keys_values.split([nope, s.v_head_dim], dim=-1)
        shared = rotate(shared, cosines, sines).unsqueeze(1).expand(rows, heads, length, rope)
        q = torch.cat(
            [q[..., :nope], rotate(q[..., nope:], cosines.unsqueeze(1), sines.unsqueeze(1))], dim=-1
        )
        k = torch.cat([keys, shared], dim=-1)
        # Queries and keys `[rows, heads, length, size]` of the last call, for those who teach where to look.
        self.seen = (q, k) if self.watched else None
        out = self.look(q, k, values, mask)
        return self.o_proj(out.transpose(1, 2).reshape(rows, length, heads * s.v_head_dim))


class FeedForward(nn.Module):
    def __init__(self, width: int, inner: int):
        super().__init__()
        self.gate_proj = linear(width, inner)
        self.up_proj = linear(width, inner)
        self.down_proj = linear(inner, width, 0.3)

    def forward(self, x: Tensor) -> Tensor:
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class ExpertMixture(nn.Module):
    """Real experts compute on the tokens that picked them, and only on those; zero experts pass the input on."""

    def __init__(self, sizes: LanguageSizes):
        super().__init__()
        self.sizes = sizes
        real, width, inner = sizes.n_routed_experts, sizes.hidden_size, sizes.expert_ffn_hidden_size
        everything = real + sizes.zero_expert_num
        self.classifier = nn.Parameter(torch.randn(everything, width) * 0.5 * width**-0.5)
        self.register_buffer("correction", torch.zeros(everything))
        self.register_buffer("load", torch.zeros(everything), persistent=False)
        self.gate = nn.Parameter(torch.randn(real, inner, width) * width**-0.5)
        self.up = nn.Parameter(torch.randn(real, inner, width) * width**-0.5)
        self.down = nn.Parameter(torch.randn(real, width, inner) * 0.5 * inner**-0.5)

    def route(self, x: Tensor) -> tuple[Tensor, Tensor]:
        with torch.autocast("cpu", enabled=False):
            scores = (x.float() @ self.classifier.t()).softmax(-1)
        picked = (scores.detach() + self.correction).topk(self.sizes.moe_topk, dim=-1).indices
        return picked, scores.gather(1, picked) * self.sizes.routed_scaling_factor

    def forward(self, x: Tensor) -> Tensor:
        shape = x.shape
        x = x.reshape(-1, shape[-1])
        picked, weights = self.route(x)
        real = self.sizes.n_routed_experts
        counts = torch.bincount(picked.flatten(), minlength=real + self.sizes.zero_expert_num)
        if self.training:
            self.load += counts
        order = picked.flatten().argsort(stable=True)
        tokens = order // self.sizes.moe_topk
        share = weights.flatten()[order]
        sizes = counts.tolist()
        used = sum(sizes[:real])
        outputs = []
        weights_of = zip(self.gate.unbind(), self.up.unbind(), self.down.unbind())
        for rows, (gate, up, down) in zip(x[tokens[:used]].split(sizes[:real]), weights_of):
            outputs.append((F.silu(rows @ gate.t()) * (rows @ up.t())) @ down.t())
        mixed = torch.cat(outputs) * share[:used, None].to(x.dtype)
        passed = torch.where(picked >= real, weights, 0).sum(-1, keepdim=True).to(x.dtype) * x
        return passed.index_add(0, tokens[:used], mixed.to(passed.dtype)).view(shape)

    @torch.no_grad()
    def balance(self, rate: float) -> None:
        """Moves the correction so that all experts are picked equally often over many tokens."""
        if self.load.sum() > 0:
            share = self.load / self.load.sum() * len(self.load)
            self.correction += rate * (1 - share).clamp(-1, 1)
            self.correction -= self.correction.mean()
        self.load.zero_()


class Layer(nn.Module):
    def __init__(self, sizes: LanguageSizes):
        super().__init__()
        norm = lambda: RmsNorm(sizes.hidden_size, sizes.rms_norm_eps)
        self.input_layernorm = nn.ModuleList([norm(), norm()])
        self.post_attention_layernorm = nn.ModuleList([norm(), norm()])
        self.self_attn = nn.ModuleList([LatentAttention(sizes), LatentAttention(sizes)])
        self.mlps = nn.ModuleList([FeedForward(sizes.hidden_size, sizes.ffn_hidden_size) for _ in range(2)])
        self.mlp = ExpertMixture(sizes)

    def forward(self, x: Tensor, angles: tuple[Tensor, Tensor], mask: Tensor) -> Tensor:
        x = x + self.self_attn[0](self.input_layernorm[0](x), angles, mask)
        h = self.post_attention_layernorm[0](x)
        shortcut = self.mlp(h)
        x = x + self.mlps[0](h)
        x = x + self.self_attn[1](self.input_layernorm[1](x), angles, mask)
        return x + self.mlps[1](self.post_attention_layernorm[1](x)) + shortcut


class LanguageModel(nn.Module):
    """`forward` takes input rows `[rows, length, hidden]` and gives the normed last hidden state."""

    def __init__(self, sizes: LanguageSizes, vocab_size: int):
        super().__init__()
        self.sizes = sizes
        self.embed_tokens = nn.Embedding(vocab_size, sizes.hidden_size)
        nn.init.normal_(self.embed_tokens.weight, std=0.5)
        self.layers = nn.ModuleList([Layer(sizes) for _ in range(sizes.num_layers)])
        self.norm = RmsNorm(sizes.hidden_size, sizes.rms_norm_eps)
        self.lm_head = linear(sizes.hidden_size, vocab_size)

    def forward(self, x: Tensor, positions: Tensor, mask: Tensor) -> Tensor:
        angles = self.angles(positions)
        for layer in self.layers:
            x = layer(x, angles, mask)
        return self.norm(x)

    def angles(self, positions: Tensor) -> tuple[Tensor, Tensor]:
        rope = self.sizes.qk_rope_head_dim
        frequencies = self.sizes.rope_theta ** (-torch.arange(0, rope, 2, dtype=torch.float32) / rope)
        angle = positions[..., None].float() * frequencies
        return angle.cos(), angle.sin()

    def balance(self, rate: float) -> None:
        for layer in self.layers:
            layer.mlp.balance(rate)


def packed_mask(documents: Tensor) -> Tensor:
    """`[rows, length]` document numbers to `[rows, 1, length, length]`: the past of the same document."""
    length = documents.shape[1]
    same = documents[:, :, None] == documents[:, None, :]
    return (same & torch.ones(length, length, dtype=torch.bool).tril()).unsqueeze(1)
