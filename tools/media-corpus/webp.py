"""WebP files, made by Pillow and changed chunk by chunk."""

import io

import numpy as np
from PIL import Image

import scene

ANIMATED, HAS_XMP, HAS_EXIF, HAS_ALPHA, HAS_ICC = 2, 4, 8, 16, 32


def saved(image, **options):
    out = io.BytesIO()
    image.save(out, "WEBP", **options)
    return out.getvalue()


def lossy(image, quality=70):
    return saved(image, quality=quality)


def lossless(image, **options):
    return saved(image, lossless=True, **options)


def chunk(name, body):
    return name + len(body).to_bytes(4, "little") + body + bytes(len(body) % 2)


def chunks(content):
    parts, at = [], 12
    while at < len(content):
        size = int.from_bytes(content[at + 4 : at + 8], "little")
        parts.append(content[at : at + 8 + size + size % 2])
        at += 8 + size + size % 2
    return parts


def bitstream(content):
    """The chunks of the picture itself: VP8 or VP8L, with ALPH where there is one."""
    return b"".join(part for part in chunks(content) if part[:4] in (b"VP8 ", b"VP8L", b"ALPH"))


def riff(*parts, size=None):
    body = b"WEBP" + b"".join(parts)
    return b"RIFF" + (len(body) if size is None else size).to_bytes(4, "little") + body


def extended(width, height, flags):
    return chunk(b"VP8X", bytes([flags, 0, 0, 0]) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little"))


def frame(content, width, height, left=0, top=0, flags=0):
    place = (left // 2).to_bytes(3, "little") + (top // 2).to_bytes(3, "little")
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return chunk(b"ANMF", place + size + (100).to_bytes(3, "little") + bytes([flags]) + bitstream(content))


def animation(width, height, *frames, background=b"\x40\x80\xc0\xff", flags=ANIMATED | HAS_ALPHA):
    return riff(extended(width, height, flags), chunk(b"ANIM", background + bytes(2)), *frames)


def files():
    photo, clear = scene.photo(), scene.alpha()
    for quality in (0, 30, 75, 100):
        yield f"webp_lossy{quality}.webp", lossy(photo, quality)
    for width, height in ((1, 1), (2, 1), (1, 2), (3, 3), (16, 16), (17, 15), (64, 5)):
        yield f"webp_lossy_{width}x{height}.webp", lossy(scene.photo(width, height))
        yield f"webp_lossless_{width}x{height}.webp", lossless(scene.photo(width, height))
    yield "webp_lossy_alpha.webp", lossy(clear)
    yield "webp_lossy_method0.webp", saved(photo, quality=60, method=0)
    yield "webp_lossy_method6.webp", saved(photo, quality=60, method=6)
    for method in (0, 3, 6):
        yield f"webp_lossless_method{method}.webp", lossless(photo, method=method, quality=100)
    yield "webp_lossless_alpha.webp", lossless(clear)
    yield "webp_lossless_alpha_exact.webp", lossless(clear, exact=True)
    yield "webp_lossless_flat.webp", lossless(Image.new("RGB", (50, 40), (10, 200, 30)))
    yield "webp_lossless_grey.webp", lossless(photo.convert("L").convert("RGB"))
    for colours in (2, 3, 4, 5, 15, 16, 17, 100, 256):
        yield f"webp_lossless_palette{colours}.webp", lossless(scene.palette_image(colours).convert("RGB"), quality=90)
    yield "webp_lossless_wide.webp", lossless(scene.photo(150, 3), quality=100)
    yield "webp_lossless_large.webp", lossless(scene.photo(120, 90), quality=100, method=6)
    noise = np.random.default_rng(11).integers(0, 256, (20, 20, 3), np.uint8)
    yield "webp_lossless_noise.webp", lossless(Image.fromarray(noise, "RGB"))
    yield from extras(photo, clear)
    yield from animations(photo, clear)
    yield from broken(photo, clear)


def extras(photo, clear):
    for label, content in (("lossy", lossy(photo)), ("lossless", lossless(photo))):
        profile = chunk(b"ICCP", scene.icc())
        yield f"webp_{label}_icc.webp", riff(extended(37, 29, HAS_ICC), profile, bitstream(content))
        yield f"webp_{label}_icc_empty.webp", riff(extended(37, 29, HAS_ICC), chunk(b"ICCP", b""), bitstream(content))
        yield f"webp_{label}_icc_no_flag.webp", riff(extended(37, 29, 0), profile, bitstream(content))
        yield f"webp_{label}_exif6.webp", riff(extended(37, 29, HAS_EXIF), bitstream(content), chunk(b"EXIF", scene.exif(6)))
        yield f"webp_{label}_exif8_headed.webp", riff(extended(37, 29, HAS_EXIF), bitstream(content), chunk(b"EXIF", b"Exif\0\0" + scene.exif(8)))
        yield f"webp_{label}_xmp.webp", riff(extended(37, 29, HAS_XMP), bitstream(content), chunk(b"XMP ", b"<x/>"))
        yield f"webp_{label}_unknown.webp", riff(extended(37, 29, 0), chunk(b"ABCD", b"any"), bitstream(content), chunk(b"EFGH", b"thing"))
        yield f"webp_{label}_canvas_larger.webp", riff(extended(50, 40, 0), bitstream(content))
        yield f"webp_{label}_canvas_smaller.webp", riff(extended(30, 20, 0), bitstream(content))
        yield f"webp_{label}_trailing.webp", content + b"trailing bytes!!"


def animations(photo, clear):
    small, other = scene.photo(20, 14, 5), scene.alpha(37, 29, 6)
    for label, make in (("lossy", lossy), ("lossless", lossless)):
        whole = frame(make(photo), 37, 29)
        part = frame(make(small), 20, 14, 6, 8)
        through = frame(make(other), 37, 29)
        yield f"webp_animated_{label}.webp", animation(37, 29, whole, part)
        yield f"webp_animated_{label}_first_small.webp", animation(37, 29, part, whole)
        yield f"webp_animated_{label}_first_alpha.webp", animation(37, 29, through, whole)
        yield f"webp_animated_{label}_one.webp", animation(60, 40, part)
        yield f"webp_animated_{label}_no_alpha_flag.webp", animation(37, 29, part, whole, flags=ANIMATED)
        yield f"webp_animated_{label}_blend.webp", animation(37, 29, frame(make(scene.alpha(20, 14, 7)), 20, 14, 2, 2, flags=2), whole)
        yield f"webp_animated_{label}_beyond.webp", animation(37, 29, frame(make(small), 20, 14, 30, 8), whole)
        yield f"webp_animated_{label}_frame_size_wrong.webp", animation(37, 29, frame(make(small), 18, 14, 6, 8), whole)
        yield f"webp_animated_{label}_second_broken.webp", animation(37, 29, whole, part)[:-30]
    yield "webp_animated_no_frames.webp", animation(37, 29)


def broken(photo, clear):
    for label, content in (("lossy", lossy(photo)), ("lossless", lossless(photo)), ("lossy_alpha", lossy(clear))):
        yield f"webp_{label}_cut_half.webp", content[: len(content) // 2]
        yield f"webp_{label}_cut_last.webp", content[:-1]
        yield f"webp_{label}_cut_20.webp", content[:20]
        yield f"webp_{label}_cut_30.webp", content[:30]
        body = chunks(content)[-1]
        short = body[8 : 8 + (len(body) - 8) // 2]
        yield f"webp_{label}_cut_inside.webp", riff(chunk(body[:4], short))
        yield f"webp_{label}_size_0.webp", content[:4] + bytes(4) + content[8:]
        yield f"webp_{label}_size_more.webp", content[:4] + (len(content) + 90).to_bytes(4, "little") + content[8:]
        yield f"webp_{label}_size_less.webp", content[:4] + (len(content) - 20).to_bytes(4, "little") + content[8:]
    for width, height in ((2048, 2048), (16384, 10748)):
        bits = (width - 1) | (height - 1) << 14
        body = b"\x2f" + bits.to_bytes(4, "little") + scene.icc(12, 20)
        yield f"webp_bomb_{width}x{height}.webp", riff(chunk(b"VP8L", body))
    yield "webp_no_picture.webp", riff(extended(37, 29, 0))
    yield "webp_lossless_bad_signature.webp", lossless(photo).replace(b"\x2f", b"\x2e", 1)
    yield "webp_lossy_no_start_code.webp", lossy(photo).replace(b"\x9d\x01\x2a", b"\x9d\x01\x2b", 1)
    yield "webp_lossy_inter_frame.webp", flipped(lossy(photo), 20, 1)
    yield "webp_lossless_version.webp", flipped(lossless(photo), 24, 0x20)


def flipped(content, at, bits):
    return content[:at] + bytes([content[at] ^ bits]) + content[at + 1 :]
