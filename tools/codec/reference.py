"""The encoder half of LongCat-Audio-Codec in NumPy, written from the description of its formulas.

Slow and plain: every step in F64, so that an F32 implementation can be compared with it. Returns what
golden.safetensors of such a folder names.
"""

from math import erf

import numpy as np

LATENT, CODES = "acoustic_latent", "acoustic_codes"
FEATURES, SEMANTIC = "semantic_features", "semantic_codes"


def encode(config, cmvn, weights, samples):
    """samples: F32 in -1..1 at the codec's rate. Gives the four stages."""
    w = {name: value.astype(np.float64) for name, value in weights.items()}
    frame = int(np.prod(config["codec_enc_ratios"]))
    padded = np.pad(samples.astype(np.float64), (0, -len(samples) % frame))
    latent = acoustic_latent(config, w, padded)
    features = semantic_features(config, cmvn, w, padded)
    codebook = w["semantic_tokenizer.kmeans.codebook"]
    distances = (codebook**2).sum(0)[None] - 2 * unit(features) @ codebook
    return {
        LATENT: latent.astype(np.float32),
        CODES: acoustic_codes(config, w, latent),
        FEATURES: features.astype(np.float32),
        SEMANTIC: distances.argmin(1),
    }


def folded(w, name):
    v, g = w[name + ".weight_v"], w[name + ".weight_g"]
    return g * v / np.sqrt((v**2).sum((1, 2), keepdims=True))


def conv(x, weight, bias, stride=1, padding=0, dilation=1):
    """x: [in, time]"""
    taps = weight.shape[2]
    x = np.pad(x, ((0, 0), (padding, padding)))
    count = (x.shape[1] - (taps - 1) * dilation - 1) // stride + 1
    out = np.zeros((weight.shape[0], count))
    for tap in range(taps):
        at = tap * dilation
        out += weight[:, :, tap] @ x[:, at : at + (count - 1) * stride + 1 : stride]
    return out + bias[:, None]


def normed_conv(w, name, x, **shape):
    return conv(x, folded(w, name), w[name + ".bias"], **shape)


def snake(w, name, x):
    alpha = w[name + ".alpha"][0]
    return x + np.sin(alpha * x) ** 2 / (alpha + 1e-9)


def acoustic_latent(config, w, samples):
    x = normed_conv(w, "encoder.block.0", samples[None], padding=3)
    ratios = config["codec_enc_ratios"]
    for number, ratio in enumerate(ratios):
        name = f"encoder.block.{number + 1}.block."
        for unit, dilation in enumerate((1, 3, 9)):
            part = f"{name}{unit}.block."
            y = snake(w, part + "0", x)
            y = normed_conv(w, part + "1", y, dilation=dilation, padding=3 * dilation)
            x = x + normed_conv(w, part + "3", snake(w, part + "2", y))
        x = snake(w, name + "3", x)
        x = normed_conv(w, name + "4", x, stride=ratio, padding=-(-ratio // 2))
    x = snake(w, f"encoder.block.{len(ratios) + 1}", x)
    return normed_conv(w, f"encoder.block.{len(ratios) + 2}", x, padding=1)


def unit(x):
    return x / np.maximum(np.sqrt((x**2).sum(-1, keepdims=True)), 1e-12)


def acoustic_codes(config, w, latent):
    rest, codes = latent, []
    for number in range(config["codec_codebooks"]):
        name = f"acoustic_quantizer.quantizers.{number}."
        code, parts = 0, []
        for half in "ab":
            table = w[f"{name}codebook_{half}.weight"]
            query = unit(normed_conv(w, f"{name}in_proj_{half}", rest).T)
            known = unit(table)
            distances = (query**2).sum(1)[:, None] - 2 * query @ known.T + (known**2).sum(1)[None]
            picked = distances.argmin(1)
            code = code * config["codec_codebook_size"] + picked
            parts.append(normed_conv(w, f"{name}out_proj_{half}", table[picked].T))
        rest = rest - np.concatenate(parts)
        codes.append(code)
    return np.stack(codes)


def fbank(config, samples):
    f = config["fbank"]
    rate = f["freq"]
    length, shift = rate * f["frame_length"] // 1000, rate * f["frame_shift"] // 1000
    size = 1 << (length - 1).bit_length()
    count = 1 + (len(samples) - length) // shift
    window = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / (length - 1))) ** 0.85
    high = f["high_freq"] + (rate / 2 if f["high_freq"] < 0 else 0)
    mel = lambda hz: 1127 * np.log(1 + hz / 700)
    edges = mel(f["low_freq"]) + (mel(high) - mel(f["low_freq"])) / (f["num_mel_bins"] + 1) * np.arange(
        f["num_mel_bins"] + 2
    )
    bins = mel(rate / size * np.arange(size // 2))
    left, centre, right = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    filters = np.maximum(0, np.minimum((bins - left) / (centre - left), (right - bins) / (right - centre)))
    rows = []
    for number in range(count):
        x = samples[number * shift : number * shift + length] * 32767
        x = (x - f["preemphasis"] * np.concatenate((x[:1], x[:-1]))) * window
        power = np.abs(np.fft.fft(x, size)[: size // 2]) ** 2
        rows.append(np.log(np.maximum(filters @ power, 2.0**-23)))
    return np.array(rows)


def layer_norm(w, name, x):
    centred = x - x.mean(-1, keepdims=True)
    x = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-5)
    return x * w[name + ".weight"] + w[name + ".bias"]


def linear(w, name, x):
    return x @ w[name + ".weight"].T + w[name + ".bias"]


def subsample(x, weight, bias, stride):
    """x: [channels, time, frequencies]"""
    x = np.pad(x, ((0, 0), (2, 0), (0, 0)))
    count, bins = (x.shape[1] - 3) // stride + 1, x.shape[2] - 2
    out = np.zeros((weight.shape[0], count, bins))
    for i in range(3):
        for j in range(3):
            seen = x[:, i : i + (count - 1) * stride + 1 : stride, j : j + bins]
            out += np.einsum("oc,ctf->otf", weight[:, :, i, j], seen)
    return np.maximum(0, out + bias[:, None, None])


def semantic_features(config, cmvn, w, samples):
    model = "semantic_tokenizer.model."
    count = cmvn[0, -1]
    mean = cmvn[0, :-1] / count
    deviation = np.sqrt(cmvn[1, :-1] / count - mean**2)
    x = ((fbank(config, samples) - mean) / deviation)[None]
    for number, stride in enumerate(config["conv2d_stride"]):
        name = f"{model}subsampling.conv.subsampling/conv{number}"
        x = subsample(x, w[name + ".weight"], w[name + ".bias"], stride)
    x = x.transpose(1, 0, 2).reshape(x.shape[1], -1)
    x = layer_norm(w, model + "subsampling.norm", linear(w, model + "subsampling.affine", x))
    x = x * np.sqrt(config["d"]) + positions(len(x), config["d"])
    for number in range(config["select_layer"]):
        x = transformer_layer(config, w, f"{model}encoder.layers.{number}.", x)
    return x


def positions(count, width):
    angle = np.arange(count)[:, None] * np.exp(-np.log(10000) / width * np.arange(0, width, 2))[None]
    out = np.zeros((count, width))
    out[:, 0::2] = np.sin(angle)
    out[:, 1::2] = np.cos(angle)[:, : width // 2]
    return out


def transformer_layer(config, w, name, x):
    y = layer_norm(w, name + "norm1", x)
    qkv = y @ w[name + "self_attn.in_proj_weight"].T + w[name + "self_attn.in_proj_bias"]
    heads = [np.split(part, config["heads"], 1) for part in np.split(qkv, 3, 1)]
    out = []
    for q, k, v in zip(*heads):
        scores = q @ k.T / np.sqrt(q.shape[1])
        scores = np.exp(scores - scores.max(1, keepdims=True))
        out.append(scores / scores.sum(1, keepdims=True) @ v)
    x = x + linear(w, name + "self_attn.out_proj", np.concatenate(out, 1))
    y = linear(w, name + "linear1", layer_norm(w, name + "norm2", x))
    x = x + linear(w, name + "linear2", gelu(y))
    return layer_norm(w, name + "norm3", x)


def gelu(x):
    return 0.5 * x * (1 + np.vectorize(erf)(x / np.sqrt(2)))
