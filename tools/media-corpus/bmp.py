"""BMP files of all headers, depths and compressions."""

import numpy as np

import scene

WIDTH, HEIGHT = 19, 13


def number(value, size=4):
    return (value & ((1 << 8 * size) - 1)).to_bytes(size, "little")


def rows(depth, width=WIDTH, height=HEIGHT, down=False):
    """Stored rows of a picture, each of whole words, as (bytes, palette of 4 bytes each)."""
    if depth > 8:
        random = np.random.default_rng(depth)
        lines = [random.integers(0, 256, width * depth // 8, np.uint8).tobytes() for _ in range(height)]
        colours = b""
    else:
        indices, palette = scene.indexed(1 << depth, width, height)
        lines = [packed(line, depth) for line in indices]
        colours = b"".join(palette[3 * i : 3 * i + 3] + b"\0" for i in range(1 << depth))
    lines = [line + bytes(-len(line) % 4) for line in lines]
    return b"".join(lines if down else lines[::-1]), colours


def packed(line, depth):
    bits = "".join(format(value, f"0{depth}b") for value in line)
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits), 8))


def info(size, depth, height=HEIGHT, width=WIDTH, compression=0, data=0, colours=0, masks=()):
    """The header behind the file's own 14 bytes."""
    if size == 12:
        return number(12) + number(width, 2) + number(height, 2) + number(1, 2) + number(depth, 2)
    body = number(size) + number(width) + number(height) + number(1, 2) + number(depth, 2)
    body += number(compression) + number(data) + number(2835) + number(2835) + number(colours) + number(0)
    body += b"".join(number(mask) for mask in masks)
    return body if size == 40 else body[:size] + bytes(max(0, size - len(body)))


def bmp(header, palette, pixels, file_size=None, offset=None, gap=b""):
    place = 14 + len(header) + len(palette) + len(gap)
    whole = place + len(pixels)
    head = b"BM" + number(whole if file_size is None else file_size) + number(0)
    return head + number(place if offset is None else offset) + header + palette + gap + pixels


def simple(depth, size=40, down=False, **changes):
    pixels, palette = rows(depth, down=down)
    if size == 12:
        palette = b"".join(palette[at : at + 3] for at in range(0, len(palette), 4))
    return bmp(info(size, depth, -HEIGHT if down else HEIGHT), palette, pixels, **changes)


def run_length(depth, lines, longest=6):
    """Runs and literal pieces by turns, each line ended, the bitmap too."""
    out = b""
    for line in lines:
        at, literal = 0, False
        while at < len(line):
            piece = line[at : at + (longest if literal else 3)]
            if literal and len(piece) > 2:
                body = packed(piece, 4) if depth == 4 else bytes(piece)
                out += bytes([0, len(piece)]) + body + bytes(len(body) % 2)
            else:
                for value in piece:
                    out += bytes([1, value << 4 if depth == 4 else value])
            at, literal = at + len(piece), not literal
        out += b"\0\0"
    return out + b"\0\1"


def runs(depth):
    out = b""
    for y in range(HEIGHT):
        out += bytes([WIDTH - y, 0x21 + y]) + b"\0\0"
    return out + b"\0\1"


def rle(depth, pixels):
    _, palette = rows(depth)
    return bmp(info(40, depth, compression=1 if depth == 8 else 2, data=len(pixels)), palette, pixels)


def fields(depth, masks, size=40):
    pixels, _ = rows(depth)
    header = info(40, depth, compression=3, masks=masks) if size == 40 else info(size, depth, compression=3, masks=masks)
    return bmp(header, b"", pixels)


def unmasked(depth, masks):
    stored, _ = rows(depth, down=True)
    words = np.frombuffer(stored, np.uint8).reshape(HEIGHT, -1)[:, : WIDTH * depth // 8].copy().view(f"<u{depth // 8}")
    channels = []
    for mask in masks:
        shift = (mask & -mask).bit_length() - 1
        channels.append((words.astype(np.int64) & mask) // (1 << shift) * 255 // (mask >> shift))
    return np.stack(channels, axis=-1)


def coloured(indices, palette):
    return np.frombuffer(palette, np.uint8).reshape(-1, 4)[:, 2::-1][indices]


def files():
    for depth in (1, 2, 4, 8, 16, 24, 32):
        yield f"bmp_{depth}.bmp", simple(depth)
        yield f"bmp_{depth}_down.bmp", simple(depth, down=True)
    for size in (12, 16, 52, 56, 64, 108, 124):
        yield f"bmp_header{size}_24.bmp", simple(24, size)
    for size in (12, 64, 108, 124):
        yield f"bmp_header{size}_8.bmp", simple(8, size)
        yield f"bmp_header{size}_1.bmp", simple(1, size)
    yield "bmp_file_size_0.bmp", simple(24, file_size=0)
    yield "bmp_file_size_54.bmp", simple(24, file_size=54)
    yield "bmp_file_size_huge.bmp", simple(8, file_size=0xFFFFFFFF)
    yield "bmp_offset_0.bmp", simple(24, offset=0)
    yield "bmp_offset_0_palette.bmp", simple(8, offset=0)
    yield "bmp_offset_of_header_palette.bmp", simple(8, offset=54)
    yield "bmp_offset_gap.bmp", simple(24, gap=b"some bytes between")
    yield "bmp_offset_behind_end.bmp", simple(24, offset=100000)
    yield "bmp_offset_inside.bmp", simple(24, offset=60)
    yield from masked()
    yield from palettes()
    yield from compressed()
    yield from broken()


def masked():
    yield "bmp_565.bmp", fields(16, (0xF800, 0x7E0, 0x1F))
    yield "bmp_555.bmp", fields(16, (0x7C00, 0x3E0, 0x1F))
    for name, depth, masks in (
        ("444", 16, (0xF00, 0xF0, 0xF)),
        ("32_rgbx", 32, (0xFF, 0xFF00, 0xFF0000)),
        ("32_ten_bits", 32, (0x3FF00000, 0xFFC00, 0x3FF)),
    ):
        yield f"bmp_{name}.bmp", fields(depth, masks), unmasked(depth, masks), "Pillow reads the usual fields alone"
    yield "bmp_565_header108.bmp", fields(16, (0xF800, 0x7E0, 0x1F), 108)
    yield "bmp_565_header56.bmp", fields(16, (0xF800, 0x7E0, 0x1F, 0), 56)
    yield "bmp_32_bgrx.bmp", fields(32, (0xFF0000, 0xFF00, 0xFF))
    yield "bmp_32_xbgr.bmp", fields(32, (0xFF000000, 0xFF0000, 0xFF00))
    yield "bmp_32_bgra_124.bmp", fields(32, (0xFF0000, 0xFF00, 0xFF, 0xFF000000), 124)
    yield "bmp_32_rgba_124.bmp", fields(32, (0xFF, 0xFF00, 0xFF0000, 0xFF000000), 124)
    yield "bmp_32_abgr_108.bmp", fields(32, (0xFF000000, 0xFF0000, 0xFF00, 0xFF), 108)
    yield "bmp_32_no_masks.bmp", fields(32, (0, 0, 0))
    yield "bmp_24_fields.bmp", fields(24, (0xFF0000, 0xFF00, 0xFF))


def palettes():
    pixels, palette = rows(8)
    yield "bmp_8_colours_100.bmp", bmp(info(40, 8, colours=100), palette[:400], pixels)
    eight, _ = scene.indexed(256, WIDTH, HEIGHT)
    more = bmp(info(40, 8, colours=300), palette + palette[:176], pixels)
    yield "bmp_8_colours_300.bmp", more, coloured(eight, palette), "Pillow fails in an index of its own"
    yield "bmp_8_colours_huge.bmp", bmp(info(40, 8, colours=70000), palette, pixels)
    yield "bmp_8_palette_cut.bmp", bmp(info(40, 8), palette[:512], pixels)
    grey = b"".join(bytes([i, i, i, 0]) for i in range(256))
    yield "bmp_8_grey.bmp", bmp(info(40, 8), grey, pixels)
    bits, _ = rows(1)
    yield "bmp_1_black_white.bmp", bmp(info(40, 1), bytes(4) + b"\xff\xff\xff\0", bits)
    yield "bmp_1_white_black.bmp", bmp(info(40, 1), b"\xff\xff\xff\0" + bytes(4), bits)
    nibbles, sixteen = rows(4)
    yield "bmp_4_colours_3.bmp", bmp(info(40, 4, colours=3), sixteen[:12], nibbles)
    four, _ = scene.indexed(16, WIDTH, HEIGHT)
    yield "bmp_4_grey.bmp", bmp(info(40, 4), grey[:64], nibbles), coloured(four, grey), "Pillow takes its pixels for bytes"


def compressed():
    for depth in (4, 8):
        indices, _ = scene.indexed(1 << depth, WIDTH, HEIGHT)
        _, palette = rows(depth)
        odd = rle(depth, run_length(depth, [list(line) for line in indices[::-1]], longest=5))
        if depth == 4:
            yield "bmp_rle4_odd.bmp", odd, coloured(indices, palette), "Pillow loses the last pixel of odd pieces"
        else:
            yield "bmp_rle8_odd.bmp", odd
        yield f"bmp_rle{depth}.bmp", rle(depth, run_length(depth, [list(line) for line in indices[::-1]]))
        yield f"bmp_rle{depth}_short_rows.bmp", rle(depth, runs(depth))
        moved = np.zeros((HEIGHT, WIDTH), int)
        first, second, last = (0x31, 0x12, 0x55) if depth == 8 else ((3, 1), (1, 2), 5)
        moved[12, :5] = first if depth == 8 else np.resize(first, 5)
        moved[10, 8:17] = second if depth == 8 else np.resize(second, 9)
        moved[9, :4] = last
        moves = rle(depth, bytes([5, 0x31, 0, 2, 3, 2, 9, 0x12, 0, 0, 4, 0x55, 0, 1]))
        yield f"bmp_rle{depth}_delta.bmp", moves, coloured(moved, palette), "Pillow takes other bytes for the move"
        short = np.zeros((HEIGHT, WIDTH), int)
        short[12] = 0x21 if depth == 8 else np.resize((2, 1), WIDTH)
        short[11, :5] = 0x43 if depth == 8 else np.resize((4, 3), 5)
        ends = rle(depth, bytes([200, 0x21]) + b"\0\0" + bytes([5, 0x43]) + b"\0\1")
        yield f"bmp_rle{depth}_long_row.bmp", ends, coloured(short, palette), "Pillow refuses an end before the last row"
        yield f"bmp_rle{depth}_cut.bmp", rle(depth, runs(depth)[:20])


def broken():
    for depth in (1, 8, 24, 32):
        whole = simple(depth)
        yield f"bmp_{depth}_cut.bmp", whole[:-WIDTH]
    yield "bmp_cut_in_header.bmp", simple(24)[:30]
    yield "bmp_no_pixels.bmp", simple(24)[:54]
    pixels, _ = rows(24)
    yield "bmp_depth_5.bmp", bmp(info(40, 5), b"", pixels)
    yield "bmp_depth_0.bmp", bmp(info(40, 0), b"", pixels)
    yield "bmp_compression_jpeg.bmp", bmp(info(40, 24, compression=4), b"", pixels)
    yield "bmp_compression_9.bmp", bmp(info(40, 24, compression=9), b"", pixels)
    yield "bmp_width_0.bmp", bmp(info(40, 24, width=0), b"", pixels)
    yield "bmp_width_negative.bmp", bmp(info(40, 24, width=-WIDTH), b"", pixels)
    yield "bmp_height_0.bmp", bmp(info(40, 24, height=0), b"", pixels)
    yield "bmp_huge.bmp", bmp(info(40, 24, width=60000, height=60000), b"", pixels)
    yield "bmp_trailing_bytes.bmp", simple(24) + b"trailing bytes"
