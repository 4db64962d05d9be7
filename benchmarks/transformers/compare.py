"""Measures Hugging Face transformers and LongCat4J on one checkpoint, alternating.

    python benchmarks/transformers/compare.py CHECKPOINT [--rounds 3] [--pp 512] [--tg 128]
        [--numerics exact|bf16|fp8] [--threads N] [--json benchmarks/history.jsonl] [--note TEXT]

CHECKPOINT is an unquantised one, such as `longcat bench make-checkpoint DIR` writes. Each round
measures transformers (LongcatFlash, PyTorch on the processor, BF16) once, then LongCat4J once in a
fresh process; both warm up first. BF16 against BF16 is `--numerics bf16`; else LongCat4J computes
with activations of F32. Prints a Markdown table with medians and their ratio.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import torch
from safetensors.torch import load_file
from transformers import LongcatFlashConfig, LongcatFlashForCausalLM

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools" / "parity"))
from transformers_logits import fuse_experts  # noqa: E402


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("checkpoint", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pp", type=int, default=512)
    parser.add_argument("--tg", type=int, default=128)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--numerics", choices=("exact", "bf16", "fp8"), default="exact")
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--note", default="")
    return parser.parse_args()


def load_model(directory: pathlib.Path) -> LongcatFlashForCausalLM:
    raw = json.loads((directory / "config.json").read_text())
    if raw.get("quantization_config"):
        sys.exit("transformers is compared on unquantised checkpoints only")
    known = set(LongcatFlashConfig().to_dict())
    settings = {key: value for key, value in raw.items() if key in known}
    settings["rope_parameters"] = {"rope_type": "default", "rope_theta": raw["rope_theta"]}
    settings.pop("torch_dtype", None)
    settings["head_dim"] = raw["qk_rope_head_dim"]
    with torch.device("meta"):
        model = LongcatFlashForCausalLM(LongcatFlashConfig(**settings)).to(torch.bfloat16).eval()
    state = {}
    for shard in sorted(directory.glob("model*.safetensors")):
        state.update(load_file(shard))
    state = fuse_experts(state, model.state_dict())
    for name, tensor in state.items():
        if "router" not in name:
            state[name] = tensor.to(torch.bfloat16)
    missing, unexpected = model.load_state_dict(state, strict=False, assign=True)
    missing = [name for name in missing if "rotary" not in name]
    if missing or unexpected:
        sys.exit(f"weights do not fit: missing {missing[:5]}, unexpected {unexpected[:5]}")
    rebuild_rotary(model)
    return model


def rebuild_rotary(model: LongcatFlashForCausalLM) -> None:
    """Buffers that no checkpoint holds are still on the device without storage."""
    rotary = model.model.rotary_emb
    model.model.rotary_emb = type(rotary)(config=model.config)


def prompt_seconds(model, ids) -> float:
    start = time.perf_counter()
    model(ids, use_cache=True, logits_to_keep=1)
    return time.perf_counter() - start


def generation_seconds(model, ids) -> float:
    """As llama-bench's tg: every token fed alone from an empty context, its logits computed."""
    past = None
    start = time.perf_counter()
    for i in range(ids.shape[1]):
        past = model(ids[:, i : i + 1], past_key_values=past, use_cache=True).past_key_values
    return time.perf_counter() - start


def ours(options) -> dict:
    with tempfile.TemporaryDirectory() as folder:
        line = pathlib.Path(folder) / "line.json"
        command = [ROOT / "longcat", "bench", "model", options.checkpoint, "--repetitions", "1"]
        command += ["--pp", options.pp, "--tg", options.tg, "--threads", options.threads]
        command += ["--numerics", options.numerics, "--json", line]
        subprocess.run([str(word) for word in command], check=True, stdout=subprocess.DEVNULL)
        return json.loads(line.read_text())


def row(test: str, theirs: list, own: list) -> tuple:
    ratio = statistics.median(own) / statistics.median(theirs)
    spread = lambda rates: f"{min(rates):.2f} to {max(rates):.2f}"
    print(
        f"| {test} | {statistics.median(theirs):.2f} | {spread(theirs)} "
        f"| {statistics.median(own):.2f} | {spread(own)} | {len(own)} | {ratio:.2f} |"
    )
    return statistics.median(theirs), statistics.median(own), ratio


def main() -> None:
    options = arguments()
    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    model = load_model(options.checkpoint)
    vocabulary = model.config.vocab_size
    prompt = torch.randint(0, vocabulary, (1, options.pp))
    generated = torch.randint(0, vocabulary, (1, options.tg))
    theirs, own, lines = {"pp": [], "tg": []}, {"pp": [], "tg": []}, []
    with torch.inference_mode():
        prompt_seconds(model, prompt)
        generation_seconds(model, generated[:, :8])
        for number in range(options.rounds):
            print(f"round {number + 1} of {options.rounds} ...", file=sys.stderr)
            theirs["pp"].append(options.pp / prompt_seconds(model, prompt))
            theirs["tg"].append(options.tg / generation_seconds(model, generated))
            lines.append(ours(options))
            own["pp"].append(lines[-1]["figures"]["pp_tokens_per_s"])
            own["tg"].append(lines[-1]["figures"]["tg_tokens_per_s"])
    print("| test | transformers, median t/s | spread | LongCat4J, median t/s | spread | of | ratio |")
    print("|---|---|---|---|---|---|---|")
    results = {f"pp{options.pp}": row(f"pp{options.pp}", theirs["pp"], own["pp"])}
    results[f"tg{options.tg}"] = row(f"tg{options.tg}", theirs["tg"], own["tg"])
    if options.json:
        append(options, results, lines[-1])


def append(options, results: dict, last: dict) -> None:
    keys = ("transformers_tokens_per_s", "longcat4j_tokens_per_s", "ratio")
    last["command"] = (
        f"compare.py {options.checkpoint.name} --rounds {options.rounds}"
        f" --pp {options.pp} --tg {options.tg} --numerics {options.numerics}"
        f" --threads {options.threads}"
    )
    last["note"] = options.note
    last["figures"] = {
        test: dict(zip(keys, (round(value, 3) for value in values)))
        for test, values in results.items()
    }
    last["figures"]["torch"] = torch.__version__
    with options.json.open("a") as history:
        history.write(json.dumps(last, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
