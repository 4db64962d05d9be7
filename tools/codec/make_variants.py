"""Writes codec encoders of other shapes, with random weights, and what the reference computes from them.

    python tools/codec/make_variants.py longcat-audio/src/test/resources/encoders

Needs NumPy alone.
"""

import collections
import io
import json
import pathlib
import pickle
import sys
import types
import zipfile

import numpy as np
import reference

FBANK = dict(dither=0.0, frame_length=25, frame_shift=10, preemphasis=0.97, freq=16000, high_freq=-200, low_freq=40)
VARIANTS = {
    "odd-ratios": dict(
        encoder_dim=3, latent=20, heads=5, d=30, ff=44, layers=3, input_sample_rate=16000, codec_enc_ratios=[3, 5, 4, 8],
        codec_codebooks=2, codec_codebook_size=5, codec_codebook_search_dim=3, semantic_token_nums=21,
        conv2d_stride=[1, 3], select_layer=1, fbank={**FBANK, "num_mel_bins": 24},
    ),
    "ties-8khz": dict(
        encoder_dim=4, latent=12, heads=1, d=16, ff=20, layers=2, input_sample_rate=8000, codec_enc_ratios=[4, 10, 8],
        codec_codebooks=4, codec_codebook_size=9, codec_codebook_search_dim=[4, 2, 8, 3], semantic_token_nums=40,
        conv2d_stride=[2, 2], select_layer=2,
        fbank={**FBANK, "freq": 8000, "low_freq": 0, "high_freq": 3800, "preemphasis": 0.0, "frame_length": 20, "num_mel_bins": 12},
    ),
}


def weights(config, random, ties):
    w = collections.OrderedDict()

    def normed(name, out, inner, taps):
        w[name + ".bias"] = random.normal(0, 0.1, out)
        w[name + ".weight_g"] = random.uniform(0.7, 1.3, (out, 1, 1))
        w[name + ".weight_v"] = random.normal(0, 1, (out, inner, taps))

    def affine(name, out, inner):
        w[name + ".weight"] = random.normal(0, inner**-0.5, (out, inner))
        w[name + ".bias"] = random.normal(0, 0.1, out)

    def norm(name, width):
        w[name + ".weight"] = random.uniform(0.8, 1.2, width)
        w[name + ".bias"] = random.normal(0, 0.1, width)

    width, ratios = config["encoder_dim"], config["codec_enc_ratios"]
    normed("encoder.block.0", width, 1, 7)
    for number, ratio in enumerate(ratios):
        name = f"encoder.block.{number + 1}.block."
        for unit in range(3):
            for part in (0, 2):
                w[f"{name}{unit}.block.{part}.alpha"] = random.uniform(0.5, 2, (1, width, 1))
            normed(f"{name}{unit}.block.1", width, width, 7)
            normed(f"{name}{unit}.block.3", width, width, 1)
        w[name + "3.alpha"] = random.uniform(0.5, 2, (1, width, 1))
        normed(name + "4", 2 * width, width, 2 * ratio)
        width *= 2
    w[f"encoder.block.{len(ratios) + 1}.alpha"] = random.uniform(0.5, 2, (1, width, 1))
    normed(f"encoder.block.{len(ratios) + 2}", config["latent"], width, 3)
    dims = config["codec_codebook_search_dim"]
    for number in range(config["codec_codebooks"]):
        dim = dims[number] if isinstance(dims, list) else dims
        for half in "ab":
            name = f"acoustic_quantizer.quantizers.{number}."
            normed(f"{name}in_proj_{half}", dim, config["latent"], 1)
            normed(f"{name}out_proj_{half}", config["latent"] // 2, dim, 1)
            table = random.normal(0, 1, (config["codec_codebook_size"], dim))
            if ties:
                table[5] = table[2]
                table[7] = 2 * table[4]
                table[3] = 0
            w[f"{name}codebook_{half}.weight"] = table
    model, d, channels = "semantic_tokenizer.model.", config["d"], 1
    bins = config["fbank"]["num_mel_bins"]
    for number in range(len(config["conv2d_stride"])):
        name = f"{model}subsampling.conv.subsampling/conv{number}"
        w[name + ".weight"] = random.normal(0, (9 * channels) ** -0.5, (32, channels, 3, 3))
        w[name + ".bias"] = random.normal(0, 0.1, 32)
        channels, bins = 32, bins - 2
    affine(model + "subsampling.affine", d, channels * bins)
    norm(model + "subsampling.norm", d)
    for number in range(config["layers"]):
        name = f"{model}encoder.layers.{number}."
        for which in (1, 2, 3):
            norm(f"{name}norm{which}", d)
        w[name + "self_attn.in_proj_weight"] = random.normal(0, d**-0.5, (3 * d, d))
        w[name + "self_attn.in_proj_bias"] = random.normal(0, 0.1, 3 * d)
        affine(name + "self_attn.out_proj", d, d)
        affine(name + "linear1", config["ff"], d)
        affine(name + "linear2", d, config["ff"])
    return collections.OrderedDict((name, value.astype("<f4")) for name, value in w.items())


def clusters(config, cmvn, tensors, samples, random, ties):
    """A codebook near features of this sound, or all frames would have one code."""
    plain = {name: value.astype("f8") for name, value in tensors.items()}
    features = reference.unit(reference.semantic_features(config, cmvn, plain, samples.astype("f8")))
    picked = features[random.integers(0, len(features), config["semantic_token_nums"])]
    codebook = picked.T + random.normal(0, 0.02, (config["d"], len(picked)))
    if ties:
        half = codebook.shape[1] // 2
        codebook[:, half:] = codebook[:, :half][:, ::-1]
    return codebook.astype("<f4")


def write_checkpoint(path, tensors):
    """As torch.save writes a dictionary of F32 tensors, without torch."""
    utils, torch = types.ModuleType("torch._utils"), types.ModuleType("torch")

    def rebuild():
        pass

    rebuild.__module__, rebuild.__name__, rebuild.__qualname__ = "torch._utils", "_rebuild_tensor_v2", "_rebuild_tensor_v2"
    storage = type("FloatStorage", (), {"__module__": "torch"})
    utils._rebuild_tensor_v2, torch.FloatStorage = rebuild, storage
    sys.modules.update({"torch": torch, "torch._utils": utils})

    class Stored:
        def __init__(self, key, value):
            self.key, self.value = key, value

    class Tensor:
        def __init__(self, key, value):
            self.stored = Stored(key, value)

        def __reduce__(self):
            value = self.stored.value
            strides = tuple(step // value.itemsize for step in value.strides)
            return rebuild, (self.stored, 0, value.shape, strides, False, collections.OrderedDict())

    class Pickler(pickle.Pickler):
        def persistent_id(self, thing):
            if isinstance(thing, Stored):
                return "storage", storage, thing.key, "cpu", thing.value.size
            return None

    pickled = io.BytesIO()
    named = collections.OrderedDict(
        (name, Tensor(str(key), np.ascontiguousarray(value))) for key, (name, value) in enumerate(tensors.items())
    )
    Pickler(pickled, protocol=2).dump(named)
    with zipfile.ZipFile(path, "w") as archive:
        stamp = lambda name: zipfile.ZipInfo("encoder/" + name, (1980, 1, 1, 0, 0, 0))
        archive.writestr(stamp("data.pkl"), pickled.getvalue())
        archive.writestr(stamp("byteorder"), "little")
        for key, value in enumerate(tensors.values()):
            archive.writestr(stamp(f"data/{key}"), np.ascontiguousarray(value).tobytes())
        archive.writestr(stamp("version"), "3\n")


def write_safetensors(path, tensors):
    header, at, kinds = {}, 0, {"f": "F32", "i": "I64"}
    for name, value in tensors.items():
        header[name] = {"dtype": kinds[value.dtype.kind], "shape": value.shape, "data_offsets": [at, at + value.nbytes]}
        at += value.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(len(text).to_bytes(8, "little") + text + b"".join(value.tobytes() for value in tensors.values()))


def sound(random, rate, seconds):
    """A voice of harmonics that glides, with noise, as 16-bit numbers."""
    time = np.arange(int(rate * seconds)) / rate
    pitch = np.cumsum(140 + 60 * np.sin(3 * time)) / rate
    tones = sum(np.sin(2 * np.pi * k * pitch) / k for k in range(1, 9))
    wave = 0.15 * tones * (0.6 + 0.4 * np.sin(11 * time)) + random.normal(0, 0.02, len(time))
    return (np.round(np.clip(wave, -1, 1) * 32767) / 32768).astype("<f4")


def main(folder):
    for seed, (name, config) in enumerate(VARIANTS.items()):
        random = np.random.default_rng(seed + 20)
        into = pathlib.Path(folder) / name
        into.mkdir(parents=True, exist_ok=True)
        tensors = weights(config, random, "ties" in name)
        bins = config["fbank"]["num_mel_bins"]
        mean, count = random.normal(9, 2, bins), 1000.0
        squares = (mean**2 + random.uniform(4, 12, bins)) * count
        cmvn = np.array([[*mean * count, count], [*squares, 0]])
        samples = sound(random, config["input_sample_rate"], 1.0371)
        key = "semantic_tokenizer.kmeans.codebook"
        tensors[key] = clusters(config, cmvn, tensors, samples, random, "ties" in name)
        golden = {"sound.samples": samples}
        for stage, value in reference.encode(config, cmvn, tensors, samples).items():
            golden["sound." + stage] = np.ascontiguousarray(value)
        (into / "config.json").write_text(json.dumps(config, indent=1) + "\n")
        np.save(into / "encoder_cmvn.npy", cmvn)
        write_checkpoint(into / "encoder.pt", tensors)
        write_safetensors(into / "golden.safetensors", golden)
        print(name, {stage: value.shape for stage, value in golden.items()})
        for stage in ("sound.acoustic_codes", "sound.semantic_codes"):
            print(golden[stage].tolist())


if __name__ == "__main__":
    main(sys.argv[1])
