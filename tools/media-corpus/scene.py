"""The pictures that are encoded: the same ones on every run."""

import numpy as np
from PIL import Image


def photo(width=37, height=29, seed=1):
    """Smooth colours with some noise, red first."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    waves = [np.sin(x / 5 + channel) * 60 + np.cos(y / 7 - channel) * 50 + 128 for channel in range(3)]
    noisy = np.stack(waves, axis=-1) + random.normal(0, 6, (height, width, 3))
    return Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8), "RGB")


def alpha(width=37, height=29, seed=2):
    """As photo, with an alpha channel of all values."""
    random = np.random.default_rng(seed)
    image = photo(width, height, seed)
    image.putalpha(Image.fromarray(random.integers(0, 256, (height, width), np.uint8), "L"))
    return image


def indexed(colours, width=37, height=29, seed=3):
    """An image of indices and its palette, both drawn by chance, as (array, bytes)."""
    random = np.random.default_rng(seed + colours)
    blocks = random.integers(0, colours, (height // 4 + 1, width // 4 + 1), np.uint8)
    indices = np.repeat(np.repeat(blocks, 4, axis=0), 4, axis=1)[:height, :width]
    return indices, random.integers(0, 256, 3 * colours, np.uint8).tobytes()


def palette_image(colours, width=37, height=29, seed=3):
    indices, palette = indexed(colours, width, height, seed)
    image = Image.fromarray(indices, "P")
    image.putpalette(palette)
    return image


def icc(seed=4, length=400):
    """Bytes that are no colour profile, but stand where one stands."""
    return np.random.default_rng(seed).integers(0, 256, length, np.uint8).tobytes()


def exif(orientation, big_endian=True, kind=3):
    """An Exif block with one tag, as it stands behind 'Exif\\0\\0'."""
    order = "big" if big_endian else "little"
    head = (b"MM" if big_endian else b"II") + (42).to_bytes(2, order) + (8).to_bytes(4, order)
    size = {3: 2, 4: 4}[kind]
    value = orientation.to_bytes(size, order) + bytes(4 - size)
    entry = (0x112).to_bytes(2, order) + kind.to_bytes(2, order) + (1).to_bytes(4, order) + value
    return head + (1).to_bytes(2, order) + entry + bytes(4)
