"""Writes the sibling checkpoints in testdata/siblings and what transformers computes from them.

    python tools/parity/make_siblings.py testdata/siblings

Siblings use parts of the configuration that the published model does not: biases, YaRN, one full query
matrix, renormalised and biased routing. transformers knows the first two; for the others its modules are
changed below by the formulas of the configuration keys. One has latents so small that the epsilon of their
norms counts.
"""

import json
import pathlib
import sys
import types

import torch
from safetensors.torch import save_file
from transformers import LongcatFlashConfig, LongcatFlashForCausalLM

COMMON = dict(
    vocab_size=80,
    hidden_size=48,
    ffn_hidden_size=72,
    expert_ffn_hidden_size=20,
    num_layers=2,
    num_attention_heads=3,
    kv_lora_rank=24,
    qk_nope_head_dim=10,
    qk_rope_head_dim=8,
    v_head_dim=12,
    n_routed_experts=6,
    zero_expert_num=3,
    moe_topk=3,
    routed_scaling_factor=1.7,
    rms_norm_eps=1e-5,
    max_position_embeddings=4096,
    rope_theta=10000.0,
)
YARN = dict(
    rope_type="yarn",
    factor=8.0,
    original_max_position_embeddings=64,
    beta_fast=32,
    beta_slow=1,
    mscale=1.0,
    mscale_all_dim=0.8,
)


def build(settings: dict, rope: dict) -> LongcatFlashForCausalLM:
    settings = dict(settings)
    rope_parameters = dict(rope or {"rope_type": "default"}, rope_theta=settings.pop("rope_theta"))
    config = LongcatFlashConfig(
        **settings, head_dim=settings["qk_rope_head_dim"], rope_parameters=rope_parameters
    )
    model = LongcatFlashForCausalLM(config).to(torch.float32).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name.endswith("norm.weight") or "layernorm" in name:
                parameter.copy_(1 + 0.1 * torch.randn_like(parameter))
            elif name.endswith("bias"):
                parameter.copy_(0.3 * torch.randn_like(parameter))
            else:
                parameter.copy_(torch.randn_like(parameter) / parameter.shape[-1] ** 0.5)
        for layer in model.model.layers:
            layer.mlp.router.e_score_correction_bias.copy_(
                0.05 * torch.randn_like(layer.mlp.router.e_score_correction_bias)
            )
    return model


def use_full_query(model: LongcatFlashForCausalLM) -> None:
    for layer in model.model.layers:
        for attention in layer.self_attn:
            full = torch.nn.Linear(
                model.config.hidden_size, attention.num_heads * attention.qk_head_dim, bias=False
            )
            torch.nn.init.normal_(full.weight, std=model.config.hidden_size**-0.5)
            attention.q_a_proj = torch.nn.Identity()
            attention.q_a_layernorm = torch.nn.Identity()
            attention.q_b_proj = full
            attention.mla_scale_q_lora = 1.0


def use_small_latents(model: LongcatFlashForCausalLM) -> None:
    with torch.no_grad():
        for layer in model.model.layers:
            for attention in layer.self_attn:
                attention.q_a_proj.weight.mul_(1e-3)
                attention.kv_a_proj_with_mqa.weight[: model.config.kv_lora_rank].mul_(1e-3)


def use_normalised_biased_router(model: LongcatFlashForCausalLM) -> None:
    def forward(self, hidden_states):
        hidden_states = hidden_states.view(-1, self.hidden_dim)
        logits = torch.nn.functional.linear(hidden_states, self.classifier.weight, self.classifier.bias)
        scores = logits.softmax(dim=-1)
        picked = self.get_topk_indices(scores)
        weights = scores.gather(1, picked)
        weights = weights / weights.sum(dim=-1, keepdim=True) * self.routed_scaling_factor
        return logits, weights, picked

    for layer in model.model.layers:
        router = layer.mlp.router
        choices, hidden = router.classifier.weight.shape
        classifier = torch.nn.Linear(hidden, choices, bias=True)
        torch.nn.init.normal_(classifier.weight, std=hidden**-0.5)
        torch.nn.init.normal_(classifier.bias, std=0.3)
        router.classifier = classifier
        router.forward = types.MethodType(forward, router)


def published_names(model: LongcatFlashForCausalLM, full_query: bool, dtype: torch.dtype) -> dict:
    real = model.config.n_routed_experts
    weights = {}
    for name, tensor in model.state_dict().items():
        if name.endswith("experts.gate_up_proj"):
            prefix = name[: -len("gate_up_proj")]
            for e in range(real):
                gate, up = tensor[e].chunk(2)
                weights[f"{prefix}{e}.gate_proj.weight"] = gate
                weights[f"{prefix}{e}.up_proj.weight"] = up
        elif name.endswith("experts.down_proj"):
            prefix = name[: -len("down_proj")]
            for e in range(real):
                weights[f"{prefix}{e}.down_proj.weight"] = tensor[e]
        elif full_query and ".q_b_proj." in name:
            weights[name.replace("q_b_proj", "q_proj")] = tensor
        else:
            weights[name] = tensor
    exact = (".mlp.router.",)
    return {
        name: tensor.to(torch.float32 if any(part in name for part in exact) else dtype)
        .clone()
        .contiguous()
        for name, tensor in weights.items()
    }


def write(directory: pathlib.Path, model, keys: dict, full_query: bool, dtype: torch.dtype) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(parameter.to(dtype).to(torch.float32))
        ids = torch.randint(0, keys["vocab_size"], (70,), generator=torch.Generator().manual_seed(5))
        logits = model(ids[None]).logits[0]
    weights = published_names(model, full_query, dtype)
    save_file(weights, directory / "model.safetensors")
    save_file({"input_ids": ids, "logits": logits}, directory / "expected.safetensors")
    common = dict(
        model_type="longcat_flash", bos_token_id=1, eos_token_id=2, zero_expert_type="identity",
        attention_method="MLA", mla_scale_q_lora=True, mla_scale_kv_lora=True,
    )
    (directory / "config.json").write_text(json.dumps({**common, **keys}, indent=1) + "\n")


def main() -> None:
    target = pathlib.Path(sys.argv[1])
    torch.manual_seed(11)
    biased = dict(COMMON, q_lora_rank=16, attention_bias=True)
    model = build(biased, YARN)
    write(target / "yarn-bias", model, dict(biased, rope_scaling=YARN), False, torch.float32)
    torch.manual_seed(12)
    plain = dict(COMMON, q_lora_rank=16)
    model = build(plain, {})
    use_full_query(model)
    use_normalised_biased_router(model)
    keys = dict(plain, q_lora_rank=None, norm_topk_prob=True, router_bias=True)
    write(target / "plain-query", model, keys, True, torch.float16)
    torch.manual_seed(13)
    small = dict(COMMON, q_lora_rank=16, num_layers=1)
    model = build(small, {})
    use_small_latents(model)
    write(target / "small-latents", model, small, False, torch.bfloat16)


if __name__ == "__main__":
    main()
