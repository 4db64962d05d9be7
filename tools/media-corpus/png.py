"""PNG files, chunk by chunk."""

import zlib

import numpy as np

import scene

GREY, RGB, PALETTE, GREY_ALPHA, RGBA = 0, 2, 3, 4, 6
CHANNELS = {GREY: 1, RGB: 3, PALETTE: 1, GREY_ALPHA: 2, RGBA: 4}
DEPTHS = {GREY: (1, 2, 4, 8, 16), RGB: (8, 16), PALETTE: (1, 2, 4, 8), GREY_ALPHA: (8, 16), RGBA: (8, 16)}
NAMES = {GREY: "grey", RGB: "rgb", PALETTE: "palette", GREY_ALPHA: "grey_alpha", RGBA: "rgba"}
PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
WIDTH, HEIGHT = 19, 13
CLIPPED = "Pillow clips grey of 16 bits, so that nearly all of it is white"


def chunk(name, body=b"", crc=None):
    checked = zlib.crc32(name + body) if crc is None else crc
    return len(body).to_bytes(4, "big") + name + body + checked.to_bytes(4, "big")


def header(width, height, depth, colour, interlaced=0, compression=0, filtering=0):
    body = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    return chunk(b"IHDR", body + bytes([depth, colour, compression, filtering, interlaced]))


def samples(colour, depth, width=WIDTH, height=HEIGHT):
    random = np.random.default_rng(100 * colour + depth)
    top = 1 << depth
    base = np.add.outer(np.arange(height), np.arange(width))[..., None] * (top // 16 + 1)
    noise = random.integers(0, top // 4 + 1, (height, width, CHANNELS[colour]))
    return ((base + noise) % top).astype(np.uint16)


def upper_bytes(image):
    return np.repeat(image >> 8, 3, axis=2)


def row_bytes(row, depth):
    flat = row.reshape(-1)
    if depth == 16:
        return flat.astype(">u2").tobytes()
    if depth == 8:
        return flat.astype(np.uint8).tobytes()
    bits = "".join(format(value, f"0{depth}b") for value in flat)
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits), 8))


def paeth(left, up, corner):
    estimate = left + up - corner
    far = [abs(estimate - left), abs(estimate - up), abs(estimate - corner)]
    return (left, up, corner)[far.index(min(far))]


def filtered(row, before, step, kind):
    out = bytearray([kind])
    for i, value in enumerate(row):
        left = row[i - step] if i >= step else 0
        up = before[i]
        corner = before[i - step] if i >= step else 0
        guess = (0, left, up, (left + up) // 2, paeth(left, up, corner))[kind]
        out.append((value - guess) & 255)
    return bytes(out)


def scanlines(image, depth, kinds=(0, 1, 2, 3, 4)):
    if image.size == 0:
        return b""
    step = max(1, image.shape[2] * depth // 8)
    out = b""
    before = bytes(len(row_bytes(image[0], depth)))
    for y, line in enumerate(image):
        row = row_bytes(line, depth)
        out += filtered(row, before, step, kinds[y % len(kinds)])
        before = row
    return out


def raw(image, depth, interlaced=False):
    if not interlaced:
        return scanlines(image, depth)
    return b"".join(scanlines(image[y::dy, x::dx], depth) for x, y, dx, dy in PASSES)


def palette_of(depth):
    return scene.indexed(1 << depth)[1]


def png(colour, depth, interlaced=False, before=b"", between=b"", after=b"", palette=None, data=None, size=None):
    """A whole file; before stands before the palette, between before the data, after behind them."""
    image = samples(colour, depth)
    plte = b""
    if colour == PALETTE:
        plte = chunk(b"PLTE", palette_of(depth) if palette is None else palette)
    body = zlib.compress(raw(image, depth, interlaced), 9) if data is None else data
    width, height = size or (WIDTH, HEIGHT)
    return (
        b"\x89PNG\r\n\x1a\n"
        + header(width, height, depth, colour, int(interlaced))
        + before
        + plte
        + between
        + chunk(b"IDAT", body)
        + after
        + chunk(b"IEND")
    )


def without(content, name):
    return b"".join(part for part in chunks(content) if part[4:8] != name)


def chunks(content):
    parts, at = [content[:8]], 8
    while at < len(content):
        size = int.from_bytes(content[at : at + 4], "big")
        parts.append(content[at : at + 12 + size])
        at += 12 + size
    return parts


def apng(default_shown):
    control = chunk(b"acTL", (2).to_bytes(4, "big") + bytes(4))
    size = WIDTH.to_bytes(4, "big") + HEIGHT.to_bytes(4, "big")

    def frame(sequence):
        return chunk(b"fcTL", sequence.to_bytes(4, "big") + size + bytes(8) + bytes([0, 1, 0, 10, 0, 0]))

    other = zlib.compress(raw(samples(RGB, 8)[::-1], 8))
    first = frame(0) if default_shown else b""
    start = 1 if default_shown else 0
    rest = b""
    for index in range(2 - default_shown):
        number = start + 2 * index
        rest += frame(number) + chunk(b"fdAT", (number + 1).to_bytes(4, "big") + other)
    return png(RGB, 8, between=control + first, after=rest)


def files():
    for colour, depths in DEPTHS.items():
        for depth in depths:
            for interlaced in (False, True):
                name = f"png_{NAMES[colour]}{depth}{'_interlaced' if interlaced else ''}.png"
                if (colour, depth) == (GREY, 16):
                    yield name, png(colour, depth, interlaced), upper_bytes(samples(GREY, 16)), CLIPPED
                else:
                    yield name, png(colour, depth, interlaced)
    yield "png_one_pixel.png", png(RGB, 8, data=zlib.compress(b"\0abc"), size=(1, 1))
    yield "png_interlaced_3x2.png", png(RGB, 8, True, data=zlib.compress(raw(samples(RGB, 8)[:2, :3], 8, True)), size=(3, 2))
    yield from ancillary()
    yield from palettes()
    yield from streams()
    yield from broken()


def ancillary():
    profile = chunk(b"iCCP", b"name\0\0" + zlib.compress(scene.icc()))
    yield "png_icc.png", png(RGB, 8, before=profile)
    yield "png_icc_damaged.png", png(RGB, 8, before=chunk(b"iCCP", b"name\0\0" + scene.icc(5, 60)))
    yield "png_icc_no_name.png", png(RGB, 8, before=chunk(b"iCCP", b"\0"))
    yield "png_gamma.png", png(RGB, 8, before=chunk(b"gAMA", (100000).to_bytes(4, "big")))
    yield "png_gamma_zero.png", png(RGB, 8, before=chunk(b"gAMA", bytes(4)))
    yield "png_cicp.png", png(RGB, 8, before=chunk(b"cICP", bytes([9, 16, 0, 1])))
    yield "png_srgb_chrm.png", png(RGB, 8, before=chunk(b"sRGB", b"\0") + chunk(b"cHRM", bytes(range(32))))
    yield "png_sbit.png", png(RGB, 8, before=chunk(b"sBIT", b"\5\6\5"))
    yield "png_background.png", png(RGBA, 8, between=chunk(b"bKGD", bytes(6)))
    yield "png_text.png", png(GREY, 8, between=chunk(b"tEXt", b"Comment\0hello") + chunk(b"tIME", bytes([7, 232, 1, 1, 0, 0, 0])))
    yield "png_text_bad_crc.png", png(GREY, 8, between=chunk(b"tEXt", b"Comment\0hello", crc=7))
    yield "png_private.png", png(RGB, 8, between=chunk(b"prVt", b"anything"), after=chunk(b"zzZz", b""))
    yield "png_exif6.png", png(RGB, 8, between=chunk(b"eXIf", scene.exif(6)))
    yield "png_exif3_behind.png", png(RGB, 8, after=chunk(b"eXIf", scene.exif(3, big_endian=False)))
    yield "png_apng.png", apng(True)
    yield "png_apng_other_default.png", apng(False)
    yield "png_trns_rgb.png", png(RGB, 8, between=chunk(b"tRNS", bytes(6)))
    yield "png_trns_grey.png", png(GREY, 8, between=chunk(b"tRNS", b"\0\x20"))
    yield "png_trns_grey1.png", png(GREY, 1, between=chunk(b"tRNS", b"\0\1"))
    yield "png_trns_grey16.png", png(GREY, 16, between=chunk(b"tRNS", b"\1\1")), upper_bytes(samples(GREY, 16)), CLIPPED
    yield "png_trns_rgba.png", png(RGBA, 8, between=chunk(b"tRNS", bytes(6)))
    yield "png_trns_grey_alpha.png", png(GREY_ALPHA, 8, between=chunk(b"tRNS", bytes(2)))
    yield "png_trns_short.png", png(RGB, 16, between=chunk(b"tRNS", b"\0"))
    yield "png_trns_palette.png", png(PALETTE, 4, between=chunk(b"tRNS", bytes(range(0, 160, 10))))
    yield "png_trns_before_palette.png", png(PALETTE, 4, before=chunk(b"tRNS", b"\0\x80"))
    yield "png_trns_long.png", png(PALETTE, 2, between=chunk(b"tRNS", bytes(20)))
    yield "png_two_headers_text.png", png(RGB, 8, after=chunk(b"tEXt", b"a\0b"))


def palettes():
    yield "png_palette_short.png", png(PALETTE, 8, palette=palette_of(8)[: 3 * 100])
    yield "png_palette_missing.png", without(png(PALETTE, 4), b"PLTE")
    yield "png_palette_one.png", png(PALETTE, 1, palette=b"\x10\x20\x30")
    yield "png_palette_long.png", png(PALETTE, 2, palette=palette_of(4))
    yield "png_palette_odd_length.png", png(PALETTE, 8, palette=palette_of(8)[:700])
    yield "png_palette_empty.png", png(PALETTE, 8, palette=b"")
    yield "png_palette_twice.png", png(PALETTE, 4, between=chunk(b"PLTE", palette_of(4)[::-1]))
    yield "png_rgb_with_palette.png", png(RGB, 8, before=chunk(b"PLTE", palette_of(4)))
    yield "png_grey_with_palette.png", png(GREY, 8, before=chunk(b"PLTE", palette_of(4)))


def streams():
    packed = zlib.compress(raw(samples(RGB, 8), 8), 9)
    split = b"".join(chunk(b"IDAT", packed[at : at + 7]) for at in range(0, len(packed), 7))
    whole = png(RGB, 8)
    one = chunk(b"IDAT", packed)
    yield "png_idat_pieces.png", whole.replace(one, split)
    yield "png_idat_empty_ones.png", whole.replace(one, chunk(b"IDAT") + split + chunk(b"IDAT"))
    yield "png_idat_parted.png", whole.replace(one, chunk(b"IDAT", packed[:50]) + chunk(b"tEXt", b"a\0b") + chunk(b"IDAT", packed[50:]))
    yield "png_idat_bad_crc.png", whole.replace(one, chunk(b"IDAT", packed, crc=1))
    yield "png_idat_stored.png", png(RGB, 8, data=zlib.compress(raw(samples(RGB, 8), 8), 0))
    yield "png_idat_too_much.png", png(RGB, 8, data=zlib.compress(raw(samples(RGB, 8), 8) + bytes(500)))
    yield "png_idat_too_little.png", png(RGB, 8, data=zlib.compress(raw(samples(RGB, 8), 8)[:400]))
    yield "png_idat_no_checksum.png", png(RGB, 8, data=packed[:-4])
    yield "png_idat_bad_checksum.png", png(RGB, 8, data=packed[:-1] + bytes([packed[-1] ^ 1]))
    yield "png_idat_trailing.png", png(RGB, 8, data=packed + b"more")
    yield "png_no_end.png", without(whole, b"IEND")
    yield "png_trailing_bytes.png", whole + b"trailing bytes" * 9


def broken():
    whole = png(RGB, 8)
    yield "png_cut_half.png", whole[: len(whole) // 2]
    yield "png_cut_in_header.png", whole[:30]
    yield "png_cut_after_header.png", whole[:33]
    yield "png_cut_last_data.png", whole[:-22]
    yield "png_header_bad_crc.png", whole[:29] + bytes([whole[29] ^ 1]) + whole[30:]
    yield "png_palette_bad_crc.png", png(PALETTE, 4).replace(chunk(b"PLTE", palette_of(4)), chunk(b"PLTE", palette_of(4), crc=9))
    yield "png_bad_filter.png", png(RGB, 8, data=zlib.compress(b"\7" + raw(samples(RGB, 8), 8)[1:]))
    yield "png_bad_depth.png", png(RGB, 8).replace(header(WIDTH, HEIGHT, 8, RGB), header(WIDTH, HEIGHT, 3, RGB))
    yield "png_bad_colour.png", png(RGB, 8).replace(header(WIDTH, HEIGHT, 8, RGB), header(WIDTH, HEIGHT, 8, 5))
    yield "png_zero_width.png", png(RGB, 8, size=(0, HEIGHT))
    yield "png_huge.png", png(RGB, 8, size=(60000, 60000))
    yield "png_no_data.png", without(whole, b"IDAT")
    yield "png_data_is_noise.png", png(RGB, 8, data=scene.icc(6, 300))
