"""Writes testdata/media-corpus/pictures: small picture files of every kind, and expected.json with what Pillow 10.2
reads from each (size and SHA-256 of its RGB bytes, or "refused"). Where Pillow is wrong or cannot read a valid file,
the right value stands there, and what Pillow does under "reference".

    python pictures.py ../../testdata/media-corpus/pictures
"""

import hashlib
import io
import json
import pathlib
import sys
import warnings

import numpy as np
from PIL import Image

import bmp
import gif
import jpeg
import png
import webp
import wrong


def expected(content):
    """What the reference makes of a file."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = Image.open(io.BytesIO(content), formats=["PNG", "JPEG", "BMP", "GIF", "WEBP"])
            rgb = image.convert("RGB")
    except Exception as refusal:
        return {"refused": type(refusal).__name__}
    return answer(rgb.width, rgb.height, rgb.tobytes())


def answer(width, height, rgb):
    return {"width": width, "height": height, "sha256": hashlib.sha256(rgb).hexdigest()}


def known(rgb, why):
    """The right value where the reference has another one, as an array, and what the reference does."""
    pixels = np.asarray(rgb, np.uint8)
    return {**answer(pixels.shape[1], pixels.shape[0], pixels.tobytes()), "reference": why}


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    answers = {}
    for module in (png, jpeg, bmp, gif, webp, wrong):
        for name, content, *truth in module.files():
            if name in answers:
                raise ValueError(f"two files are named {name}")
            (folder / name).write_bytes(content)
            answers[name] = known(*truth) if truth else expected(content)
    (folder / "expected.json").write_text(json.dumps(answers, indent=1, sort_keys=True) + "\n")
    total = sum(file.stat().st_size for file in folder.iterdir())
    refused = sum("refused" in answer for answer in answers.values())
    print(f"{len(answers)} files, {refused} of them refused by the reference, {total} bytes")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
