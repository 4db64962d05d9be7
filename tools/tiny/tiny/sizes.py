"""Sizes of LongCat-Tiny, with the names of the published configuration files."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LanguageSizes:
    hidden_size: int = 256
    ffn_hidden_size: int = 384
    expert_ffn_hidden_size: int = 96
    num_layers: int = 2
    num_attention_heads: int = 4
    q_lora_rank: int = 128
    kv_lora_rank: int = 64
    qk_nope_head_dim: int = 32
    qk_rope_head_dim: int = 16
    v_head_dim: int = 48
    n_routed_experts: int = 16
    zero_expert_num: int = 8
    moe_topk: int = 4
    routed_scaling_factor: float = 2.5
    rope_theta: float = 10000.0
    rms_norm_eps: float = 1e-5
    max_position_embeddings: int = 4096
    audio_head_num: int = 4
    audio_vocab_size: int = 288


@dataclass(frozen=True)
class VisionSizes:
    hidden_size: int = 128
    num_hidden_layers: int = 3
    num_attention_heads: int = 4
    intermediate_size: int = 384
    adaptor_dim: int = 192
    patch_size: int = 14
    rope_theta: float = 10000.0
    layer_norm_eps: float = 1e-6
    resize_factor: int = 2
    min_tokens: int = 64
    max_tokens: int = 64
    min_tokens_video: int = 4
    max_tokens_video: int = 2000
    min_tokens_video_vit: int = 16
    max_tokens_video_vit: int = 220
    image_mean: tuple[float, float, float] = (0.485, 0.456, 0.406)
    image_std: tuple[float, float, float] = (0.229, 0.224, 0.225)

    @property
    def mlp_width(self) -> int:
        return self.intermediate_size * 2 // 3

    @property
    def patch_width(self) -> int:
        return 3 * 2 * self.patch_size**2


@dataclass(frozen=True)
class EarSizes:
    num_mel_bins: int = 80
    left: int = 7
    right: int = 7
    stride: int = 8
    hidden_size: int = 320
    proj_size: int = 160
    nlayer: int = 6
    ndnn: int = 1
    num_right_layers: int = 4
    left_order: int = 10
    right_order: int = 1

    @property
    def input_size(self) -> int:
        return self.num_mel_bins * (self.left + 1 + self.right)


@dataclass(frozen=True)
class CodecSizes:
    codec_dimension: int = 64
    codec_dec_ratios: tuple[int, ...] = (8, 6, 6, 5)
    decoder_dim: int = 192
    semantic_dim: int = 96
    codec_codebook_size: int = 16
    codec_codebook_search_dim: int = 8
    codec_codebooks: int = 3
    semantic_token_nums: int = 256
    sample_rate: int = 24000

    @property
    def memory_dim(self) -> int:
        return self.semantic_dim + self.codec_dimension

    @property
    def samples_per_frame(self) -> int:
        product = 1
        for ratio in self.codec_dec_ratios:
            product *= ratio
        return product


LANGUAGE = LanguageSizes()
VISION = VisionSizes()
EARS = EarSizes()
CODEC = CodecSizes()
