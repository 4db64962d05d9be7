"""Writes the checkpoints in testdata/parity: one small model, stored in every way that tools store it.

    python tools/parity/make_checkpoints.py testdata/parity --older OTHER_ENVIRONMENT/bin/python

Needs two environments, one with transformers 5 and one with transformers 4.57 (requirements-parity.txt).
Each folder has what transformers saved, at times changed by hand as said below, and expected.json: the ids
that transformers chooses greedily after a prompt, computed in F32 from the stored weights, and parts of
the warnings that are due; or parts of the message with which the folder is to be refused.
"""

import argparse
import json
import pathlib
import shutil
import subprocess
import sys

import torch
import transformers
from safetensors.torch import load_file, save_file
from transformers import LongcatFlashConfig, LongcatFlashForCausalLM

IDS = 20
MARGIN = 2e-3
SIZES = dict(
    vocab_size=64, hidden_size=16, ffn_hidden_size=24, expert_ffn_hidden_size=8, num_layers=1,
    num_attention_heads=2, q_lora_rank=8, kv_lora_rank=8, qk_nope_head_dim=4, qk_rope_head_dim=4,
    v_head_dim=4, head_dim=4, n_routed_experts=4, zero_expert_num=2, moe_topk=2,
    routed_scaling_factor=1.7, max_position_embeddings=512,
)
YARN = dict(
    rope_type="yarn", factor=8.0, original_max_position_embeddings=16, beta_fast=32, beta_slow=1,
    mscale=1.0, mscale_all_dim=0.8,
)
NEWER = transformers.__version__.startswith("5.")


def config(**keys):
    keys = dict(SIZES, **keys)
    theta = keys.pop("theta", 10000.0)
    yarn = keys.pop("yarn", {})
    if NEWER:
        keys["rope_parameters"] = dict(yarn or {"rope_type": "default"}, rope_theta=theta)
    else:
        keys.update(rope_theta=theta, rope_scaling=yarn or None, num_hidden_layers=2 * keys["num_layers"])
    return LongcatFlashConfig(**keys)


def fill(model, dtype):
    with torch.no_grad():
        for name, tensor in model.named_parameters():
            spread = 0.1 if "norm" in name else 0.3 if name.endswith("bias") else tensor.shape[-1] ** -0.5
            values = torch.randn(tensor.shape, dtype=torch.float64) * spread * (3 if "embed" in name else 1)
            tensor.copy_(1 + values if "norm" in name else values)
        for layer in model.model.layers:
            bias = layer.mlp.router.e_score_correction_bias
            bias.copy_(0.05 * torch.randn(bias.shape))
    return model.to(dtype)


def build(seed, dtype=torch.float32, **keys):
    torch.manual_seed(seed)
    return fill(LongcatFlashForCausalLM(config(**keys)).eval(), dtype)


def exact(model):
    """The model in F32, with what tools compute for themselves computed anew."""
    copy = LongcatFlashForCausalLM(model.config).to(torch.float32).eval()
    copy.load_state_dict({name: tensor.float() for name, tensor in model.state_dict().items()})
    return copy


def greedy(model, seed):
    """The prompt and what follows, or None where two ids are nearly as good."""
    ids = torch.randint(3, SIZES["vocab_size"], (9,), generator=torch.Generator().manual_seed(seed)).tolist()
    prompt = list(ids)
    with torch.no_grad():
        for _ in range(IDS):
            best = model(torch.tensor([ids])).logits[0, -1].topk(2)
            if best.values[0] - best.values[1] < MARGIN:
                return None
            ids.append(best.indices[0].item())
    return prompt, ids[len(prompt):]


def expect(folder, model, **more):
    for seed in range(100):
        found = greedy(model, seed)
        if found:
            prompt, ids = found
            made_by = "transformers " + transformers.__version__
            write(folder, dict(made_by=made_by, prompt=prompt, greedy=ids, **more))
            return
    raise SystemExit(f"{folder}: no prompt is decided clearly")


def write(folder, expected):
    (folder / "expected.json").write_text(json.dumps(expected) + "\n")


def load(folder):
    return LongcatFlashForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()


def weights(folder):
    return load_file(folder / "model.safetensors")


def store(folder, tensors):
    save_file({name: t.clone().contiguous() for name, t in tensors.items()}, folder / "model.safetensors",
              metadata={"format": "pt"})


def edit(folder, change):
    path = folder / "config.json"
    values = json.loads(path.read_text())
    change(values)
    path.write_text(json.dumps(values, indent=1) + "\n")


class Maker:
    def __init__(self, target, older):
        self.target = target
        self.older = older

    def folder(self, name):
        path = self.target / name
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(parents=True)
        return path

    def plain(self, name, seed, dtype=torch.float32, saving=None, **keys):
        folder = self.folder(name)
        model = build(seed, dtype, **keys)
        model.save_pretrained(folder, **(saving or {}))
        expect(folder, exact(model))
        return folder, model

    def run_older(self, *arguments):
        subprocess.run([self.older, __file__, *map(str, arguments)], check=True)

    def all(self):
        self.plain("f32", 1)
        self.plain("bf16-two-layers", 2, torch.bfloat16, num_layers=2)
        self.plain("f16", 3, torch.float16)
        self.plain("f64", 4, torch.float64)
        self.plain("yarn", 5, yarn=YARN)
        self.plain("attention-bias", 6, attention_bias=True)
        self.plain("no-zero-experts", 7, zero_expert_num=0)
        self.plain("nearly-all-experts", 8, moe_topk=5)
        self.plain("sharded", 9, saving=dict(max_shard_size="12KB"))
        self.plain("fused-experts", 10, saving=dict(save_original_format=False))
        folder, _ = self.plain("whole-heads-rotated", 11)
        edit(folder, lambda c: c["rope_parameters"].update(partial_rotary_factor=1.0))
        self.tied()
        self.stale()
        self.unused()
        self.block_scales("fp8", 20, fused=False)
        self.block_scales("fp8-fused-power-scales", 21, fused=True)
        self.resaved()

    def tied(self):
        self.plain("tied", 12, tie_word_embeddings=True)
        folder, model = self.plain("tied-but-stored", 13, tie_word_embeddings=True)
        torch.manual_seed(113)
        tensors = weights(folder)
        embedding = tensors["model.embed_tokens.weight"]
        tensors["lm_head.weight"] = torch.randn_like(embedding) / 4
        store(folder, tensors)
        expect(folder, load(folder), warnings=["lm_head.weight differs"])
        folder, model = self.plain("tied-as-head", 14, tie_word_embeddings=True)
        tensors = weights(folder)
        tensors["lm_head.weight"] = tensors.pop("model.embed_tokens.weight")
        store(folder, tensors)

    def stale(self):
        index = {"metadata": {}, "weight_map": {"lm_head.weight": "model-00001-of-00001.safetensors"}}
        folder, model = self.plain("stale-index", 15)
        (folder / "model.safetensors.index.json").write_text(json.dumps(index))
        expect(folder, load(folder), warnings=["Remove the index"])
        folder, model = self.plain("stale-index-and-shard", 16)
        (folder / "model.safetensors.index.json").write_text(json.dumps(index))
        save_file({"lm_head.weight": torch.zeros(64, 16)}, folder / "model-00001-of-00001.safetensors")
        write(folder, dict(refused=["model.safetensors.index.json", "model-00001-of-00001", "remove"]))
        folder, model = self.plain("pickled", 17)
        tensors = weights(folder)
        (folder / "model.safetensors").unlink()
        torch.save({"lm_head.weight": tensors["lm_head.weight"]}, folder / "pytorch_model.bin")
        write(folder, dict(refused=["model.safetensors.index.json", "complete checkpoint"]))

    def unused(self):
        folder, model = self.plain("unused-tensors", 18)
        tensors = weights(folder)
        tensors["model.mtp.norm.weight"] = torch.ones(16)
        tensors["model.layers.0.self_attn.0.rotary_emb.inv_freq"] = torch.ones(2)
        tensors["odd.u32"] = torch.zeros(3, dtype=torch.uint32)
        tensors["odd.e5m2"] = torch.zeros(3).to(torch.float8_e5m2)
        tensors["odd.bool"] = torch.zeros(3, dtype=torch.bool)
        store(folder, tensors)
        expect(folder, load(folder), warnings=["3 tensors have no place", "odd.bool"])

    def block_scales(self, name, seed, fused):
        """Rounded here, as transformers needs a GPU for it; the configuration is the one it writes."""
        folder, model = self.plain(name, seed, saving=dict(save_original_format=not fused))
        tensors, rounded = {}, {}
        for key, tensor in weights(folder).items():
            if ".layers." not in key or "norm" in key or "router" in key:
                tensors[key] = rounded[key] = tensor
                continue
            scale_key = key + "_scale_inv"
            matrices = tensor if tensor.dim() == 3 else tensor[None]
            parts = [to_blocks(matrix, powers=fused) for matrix in matrices]
            codes, scales, values = (torch.stack(part) for part in zip(*parts))
            flat = tensor.dim() == 2
            tensors[key] = codes[0] if flat else codes
            tensors[scale_key] = scales[0] if flat else scales
            rounded[key] = values[0] if flat else values
        store(folder, rounded)
        expected = load(folder)
        store(folder, tensors)
        quantization = transformers.FineGrainedFP8Config(
            weight_block_size=(8, 8), modules_to_not_convert=["lm_head"], scale_fmt="ue8m0" if fused else "float"
        ).to_dict()
        edit(folder, lambda c: c.update(quantization_config=quantization))
        expect(folder, expected)

    def resaved(self):
        """By one version, then by the other."""
        self.run_older("save", self.folder("older"), 30)
        self.run_older("save", self.folder("older-yarn-sharded"), 31, "--yarn", "--shard", "12KB")
        folder = self.folder("newer-then-older")
        model = build(32)
        model.save_pretrained(folder)
        self.run_older("resave", folder)
        expect(folder, exact(model), warnings=["rope_theta is 1.0E7"])
        folder = self.folder("newer-yarn-then-older")
        model = build(33, yarn=YARN, tie_word_embeddings=True)
        model.save_pretrained(folder)
        self.run_older("resave", folder)
        expect(folder, exact(model), warnings=["rope_theta is 1.0E7"])
        folder = self.folder("older-then-newer")
        self.run_older("save", folder, 34, "--no-zero-experts")
        model = load(folder)
        model.save_pretrained(folder)
        expect(folder, model)


def to_blocks(matrix, powers, size=8):
    rows, columns = matrix.shape
    scales = torch.empty(-(-rows // size), -(-columns // size))
    codes = torch.empty(rows, columns, dtype=torch.float8_e4m3fn)
    values = torch.empty_like(matrix)
    for r in range(scales.shape[0]):
        for c in range(scales.shape[1]):
            place = slice(r * size, (r + 1) * size), slice(c * size, (c + 1) * size)
            scale = matrix[place].abs().max() / 448
            scale = torch.exp2(torch.ceil(torch.log2(scale))) if powers else scale
            codes[place] = (matrix[place] / scale).to(torch.float8_e4m3fn)
            values[place] = codes[place].float() * scale
            scales[r, c] = scale
    return codes, scales.to(torch.float8_e8m0fnu) if powers else scales, values


def main():
    if sys.argv[1] == "save":
        keys = dict(yarn=YARN) if "--yarn" in sys.argv else {}
        keys.update(dict(zero_expert_num=0) if "--no-zero-experts" in sys.argv else {})
        saving = dict(max_shard_size=sys.argv[-1]) if "--shard" in sys.argv else {}
        folder = pathlib.Path(sys.argv[2])
        model = build(int(sys.argv[3]), **keys)
        model.save_pretrained(folder, **saving)
        expect(folder, exact(model))
    elif sys.argv[1] == "resave":
        folder = pathlib.Path(sys.argv[2])
        model = LongcatFlashForCausalLM.from_pretrained(folder, dtype=torch.float32)
        for file in folder.iterdir():
            file.unlink()
        model.save_pretrained(folder)
    else:
        parser = argparse.ArgumentParser(description=__doc__)
        parser.add_argument("target", type=pathlib.Path)
        parser.add_argument("--older", required=True)
        arguments = parser.parse_args()
        Maker(arguments.target, arguments.older).all()
        for file in arguments.target.rglob("generation_config.json"):
            file.unlink()


if __name__ == "__main__":
    main()
