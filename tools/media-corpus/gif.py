"""GIF files, block by block."""

import io

import numpy as np

import scene

WIDTH, HEIGHT = 19, 13


def packed(indices, bits, clear_every=200, end=True, clear=True):
    """Codes of LZW that repeat nothing: the table is thrown away before codes grow by more than they must."""
    codes, table, width = [], 0, bits + 1
    stop = (1 << bits) + 1
    out, used = 0, 0

    def put(code):
        nonlocal out, used
        out |= code << used
        used += width

    if clear:
        put(1 << bits)
    table, first = stop + 1, True
    for count, index in enumerate(indices):
        if count and count % clear_every == 0:
            put(1 << bits)
            table, first, width = stop + 1, True, bits + 1
        put(int(index))
        if first:
            first = False
        else:
            table += 1
            if table == 1 << width and width < 12:
                width += 1
    if end:
        put(stop)
    return out.to_bytes((used + 7) // 8, "little")


def blocks(data, size=255):
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    return b"".join(bytes([len(piece)]) + piece for piece in pieces) + b"\0"


def number(value):
    return value.to_bytes(2, "little")


def screen(width, height, palette=b"", background=0):
    flags = 0
    if palette:
        flags = 0x80 | bits_of(palette) - 1
    return b"GIF89a" + number(width) + number(height) + bytes([flags, background, 0]) + palette


def bits_of(palette):
    return max(1, (len(palette) // 3 - 1).bit_length())


def control(transparent=None, disposal=0):
    flags = disposal << 2 | (transparent is not None)
    return b"\x21\xf9\x04" + bytes([flags, 0, 0, transparent or 0, 0])


def picture(indices, bits, left=0, top=0, palette=b"", interlaced=False, data=None, **changes):
    height, width = indices.shape
    flags = (0x80 | bits_of(palette) - 1 if palette else 0) | (0x40 if interlaced else 0)
    order = list(range(height))
    if interlaced:
        order = [*range(0, height, 8), *range(4, height, 8), *range(2, height, 4), *range(1, height, 2)]
    stored = indices[order].reshape(-1)
    codes = packed(stored, bits, **changes) if data is None else data
    place = number(left) + number(top) + number(width) + number(height)
    return b"\x2c" + place + bytes([flags]) + palette + bytes([bits]) + blocks(codes)


def sized(colours):
    indices, palette = scene.indexed(colours, WIDTH, HEIGHT)
    return indices, palette, max(2, (colours - 1).bit_length())


def saved(image, **options):
    out = io.BytesIO()
    image.save(out, "GIF", **options)
    return out.getvalue()


def files():
    end = b"\x3b"
    for colours in (2, 4, 16, 64, 256):
        indices, palette, bits = sized(colours)
        yield f"gif_{colours}.gif", screen(WIDTH, HEIGHT, palette) + picture(indices, bits) + end
        yield f"gif_{colours}_interlaced.gif", screen(WIDTH, HEIGHT, palette) + picture(indices, bits, interlaced=True) + end
        yield f"gif_{colours}_local.gif", screen(WIDTH, HEIGHT) + picture(indices, bits, palette=palette) + end
    indices, palette, bits = sized(16)
    _, other, _ = sized(32)
    small = indices[2:9, 3:12]
    yield "gif_both_palettes.gif", screen(WIDTH, HEIGHT, other) + picture(indices, bits, palette=palette) + end
    yield "gif_no_palette.gif", screen(WIDTH, HEIGHT) + picture(indices, bits) + end
    yield "gif_no_palette_transparent.gif", screen(WIDTH, HEIGHT) + control(3) + picture(indices, bits) + end
    yield "gif_offset.gif", screen(WIDTH, HEIGHT, palette) + picture(small, bits, 3, 2) + end
    yield "gif_offset_background.gif", screen(WIDTH, HEIGHT, palette, 5) + picture(small, bits, 3, 2) + end
    yield "gif_offset_transparent.gif", screen(WIDTH, HEIGHT, palette, 5) + control(7) + picture(small, bits, 3, 2) + end
    yield "gif_offset_transparent_disposal2.gif", screen(WIDTH, HEIGHT, palette, 5) + control(7, 2) + picture(small, bits, 3, 2) + end
    yield "gif_offset_local.gif", screen(WIDTH, HEIGHT, other, 1) + picture(small, bits, 3, 2, palette) + end
    yield "gif_offset_local_transparent.gif", screen(WIDTH, HEIGHT, other, 1) + control(2) + picture(small, bits, 3, 2, palette) + end
    yield "gif_offset_no_palette.gif", screen(WIDTH, HEIGHT) + picture(small, bits, 3, 2) + end
    yield "gif_larger_than_screen.gif", screen(WIDTH - 5, HEIGHT - 5, palette) + picture(indices, bits) + end
    yield "gif_beyond_screen.gif", screen(WIDTH, HEIGHT, palette) + picture(small, bits, 15, 9) + end
    yield "gif_beyond_screen_interlaced.gif", screen(WIDTH, HEIGHT, palette) + picture(small, bits, 15, 9, interlaced=True) + end
    yield "gif_screen_0.gif", screen(0, 0, palette) + picture(indices, bits) + end
    yield "gif_transparent.gif", screen(WIDTH, HEIGHT, palette) + control(2) + picture(indices, bits) + end
    yield "gif_transparent_beyond_palette.gif", screen(WIDTH, HEIGHT, palette) + control(200) + picture(small, bits, 3, 2) + end
    yield "gif_animated.gif", screen(WIDTH, HEIGHT, palette) + control(0) + picture(indices, bits) + control(1, 2) + picture(small, bits, 1, 1) + end
    yield "gif_animated_first_small.gif", screen(WIDTH, HEIGHT, palette) + control(4) + picture(small, bits, 2, 2) + picture(indices, bits) + end
    loop = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\0"
    yield "gif_extensions.gif", screen(WIDTH, HEIGHT, palette) + loop + b"\x21\xfe\x05hello\0" + picture(indices, bits) + end
    yield "gif_index_beyond_palette.gif", screen(WIDTH, HEIGHT, palette[:24]) + picture(indices, bits) + end
    yield "gif_one_colour.gif", screen(WIDTH, HEIGHT, bytes(range(6))) + picture(indices * 0, 2) + end
    yield "gif_grey.gif", screen(WIDTH, HEIGHT, bytes(i // 3 for i in range(768))) + picture(indices, 8) + end
    yield "gif_87a.gif", screen(WIDTH, HEIGHT, palette).replace(b"89a", b"87a") + picture(indices, bits) + end
    yield "gif_no_clear.gif", screen(WIDTH, HEIGHT, palette) + picture(indices, bits, clear=False) + end
    yield "gif_by_pillow.gif", saved(scene.palette_image(200), optimize=True)
    yield "gif_by_pillow_animated.gif", saved(scene.palette_image(20), save_all=True, append_images=[scene.palette_image(21, seed=9)])
    yield from broken(indices, palette, bits)


def broken(indices, palette, bits):
    start, end = screen(WIDTH, HEIGHT, palette), b"\x3b"
    whole = start + picture(indices, bits) + end
    yield "gif_no_trailer.gif", whole[:-1]
    yield "gif_no_terminator.gif", whole[:-2]
    yield "gif_cut_end_code.gif", start + picture(indices, bits, end=False) + end
    yield "gif_cut_half.gif", whole[: len(whole) // 2]
    yield "gif_cut_in_palette.gif", whole[:30]
    yield "gif_cut_in_header.gif", whole[:9]
    yield "gif_ends_early.gif", start + picture(indices, bits, data=packed(indices.reshape(-1)[:100], bits)) + end
    yield "gif_data_ends_early.gif", start + picture(indices, bits, data=packed(indices.reshape(-1)[:100], bits, end=False)) + end
    yield "gif_too_much_data.gif", start + picture(indices, bits, data=packed(np.concatenate([indices, indices]).reshape(-1), bits)) + end
    yield "gif_bad_code.gif", start + picture(indices, bits, data=b"\x10\xff\xff\xff\xff\xff") + end
    yield "gif_code_size_12.gif", start + b"\x2c" + number(0) * 2 + number(WIDTH) + number(HEIGHT) + b"\0\x0c" + blocks(bytes(50)) + end
    yield "gif_code_size_1.gif", start + b"\x2c" + number(0) * 2 + number(WIDTH) + number(HEIGHT) + b"\0\x01" + blocks(bytes(50)) + end
    yield "gif_no_picture.gif", start + end
    yield "gif_picture_0.gif", start + b"\x2c" + bytes(8) + b"\0\x04" + blocks(b"\x10") + end
    yield "gif_trailing_bytes.gif", whole + b"trailing bytes"
    yield "gif_junk_between_blocks.gif", start + b"\x07\x08" + picture(indices, bits) + end
