"""Sizes of the study's model, with the names of the published configuration."""

from tiny.sizes import LanguageSizes

SIZES = LanguageSizes(
    hidden_size=192,
    ffn_hidden_size=288,
    expert_ffn_hidden_size=64,
    num_layers=2,
    num_attention_heads=4,
    q_lora_rank=96,
    kv_lora_rank=64,
    qk_nope_head_dim=32,
    qk_rope_head_dim=16,
    v_head_dim=32,
    n_routed_experts=12,
    zero_expert_num=6,
    moe_topk=3,
    rope_theta=100_000.0,
    max_position_embeddings=131_072,
)
