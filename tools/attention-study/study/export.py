"""A text checkpoint in the published layout, and test sets for `longcat evaluate`."""

import dataclasses
import json
import pathlib
from random import Random

from safetensors.torch import save_file

from .model import Study
from .sizes import SIZES
from .tasks import TASKS, make

from tiny import tokens
from tiny.export import SHARD, language_tensors
from tiny.tokens import Vocabulary


def export(directory: pathlib.Path, model: Study, vocab: Vocabulary) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    sizes = {key: value for key, value in dataclasses.asdict(SIZES).items() if not key.startswith("audio")}
    config = sizes | {
        "vocab_size": len(vocab),
        "num_hidden_layers": SIZES.num_layers,
        "architectures": ["LongcatFlashForCausalLM"],
        "model_type": "longcat_flash",
        "bos_token_id": tokens.BOS,
        "eos_token_id": tokens.EOS,
        "torch_dtype": "bfloat16",
        "attention_bias": False,
        "attention_method": "MLA",
        "mla_scale_q_lora": True,
        "mla_scale_kv_lora": True,
        "router_bias": False,
        "norm_topk_prob": False,
        "zero_expert_type": "identity",
        "tie_word_embeddings": False,
    }
    _json(directory / "config.json", config)
    _json(directory / "tokenizer.json", vocab.specification)
    _json(directory / "tokenizer_config.json", tokens.CONFIG | {"model_max_length": SIZES.max_position_embeddings})
    weights = {}
    for name, tensor in language_tensors(model).items():
        kept = tensor.detach().float() if "router" in name else tensor.detach().bfloat16()
        weights[name] = kept.contiguous().clone()
    save_file(weights, directory / SHARD, metadata={"format": "pt"})
    total = sum(tensor.numel() * tensor.element_size() for tensor in weights.values())
    index = {"metadata": {"total_size": total}, "weight_map": dict.fromkeys(weights, SHARD)}
    _json(directory / "model.safetensors.index.json", index)


def test_set(file: pathlib.Path, sizes: list[int], items: int, seed: int) -> None:
    """Lines of JSON as `longcat evaluate` reads them; the kind of an item is its length."""
    with file.open("w") as lines:
        for task in TASKS:
            for size in sizes:
                rng = Random(f"{seed} {task.__name__} {size}")
                for number in range(items):
                    turn = make(task, rng, size - 24, single=True).turns[0]
                    content = [{"type": "text", "text": turn.question}]
                    item = {
                        "id": f"{task.__name__}-{size}-{number:03}",
                        "task": task.__name__,
                        "kind": str(size),
                        "measure": "exact",
                        "messages": [{"role": "user", "content": content}],
                        "answer": turn.answer,
                    }
                    lines.write(json.dumps(item) + "\n")


def _json(path: pathlib.Path, value: dict) -> None:
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n")
