"""JPEG files, made by Pillow and changed segment by segment."""

import io

from PIL import Image

import scene


def saved(image, **options):
    out = io.BytesIO()
    image.save(out, "JPEG", **{"quality": 85, **options})
    return out.getvalue()


def photo(width=40, height=32, **options):
    return saved(scene.photo(width, height), **options)


def cmyk(**options):
    image = Image.merge("CMYK", (*scene.photo(40, 32).split(), scene.photo(40, 32, seed=8).split()[1]))
    return saved(image, **options)


def segments(content):
    """The segments before the first scan, then all from there on."""
    parts, at = [content[:2]], 2
    while content[at + 1] != 0xDA:
        size = int.from_bytes(content[at + 2 : at + 4], "big")
        parts.append(content[at : at + 2 + size])
        at += 2 + size
    return parts + [content[at:]]


def segment(marker, body):
    return bytes([0xFF, marker]) + (len(body) + 2).to_bytes(2, "big") + body


def inserted(content, extra, at=1):
    parts = segments(content)
    return b"".join(parts[:at]) + extra + b"".join(parts[at:])


def dropped(content, marker):
    return b"".join(part for part in segments(content) if part[1] != marker or part[0] != 0xFF)


def changed(content, marker, change):
    return b"".join(change(part) if part[:2] == bytes([0xFF, marker]) else part for part in segments(content))


def sampled(content, factors):
    """The same data under other sampling factors of the first component."""
    return changed(content, 0xC0, lambda part: part[:11] + bytes([factors]) + part[12:])


def adobe(transform):
    return segment(0xEE, b"Adobe\0\x64\0\0\0\0" + bytes([transform]))


def named(content, names):
    """Other names for the components, in the frame and in the scan."""

    def frame(part):
        part = bytearray(part)
        for i, name in enumerate(names):
            part[10 + 3 * i] = name
        return bytes(part)

    parts = segments(changed(content, 0xC0, frame))
    scan = bytearray(parts[-1])
    for i, name in enumerate(names):
        scan[5 + 2 * i] = name
    return b"".join(parts[:-1]) + bytes(scan)


def profile(*numbers, count=None):
    """APP2 segments of a colour profile with the given sequence numbers."""
    total = len(numbers) if count is None else count
    body = scene.icc(7, 40)
    return b"".join(segment(0xE2, b"ICC_PROFILE\0" + bytes([number, total]) + body) for number in numbers)


def files():
    for name, options in {
        "444": {"subsampling": 0},
        "422": {"subsampling": 1},
        "420": {"subsampling": 2},
        "progressive": {"progressive": True},
        "progressive_444": {"progressive": True, "subsampling": 0},
        "optimized": {"optimize": True},
        "quality5": {"quality": 5},
        "quality100": {"quality": 100},
        "restart_blocks": {"restart_marker_blocks": 2},
        "restart_rows": {"restart_marker_rows": 1},
        "progressive_restart": {"progressive": True, "restart_marker_blocks": 3},
    }.items():
        yield f"jpeg_{name}.jpg", photo(**options)
    for width, height in ((1, 1), (2, 3), (7, 9), (17, 16), (33, 31), (3, 50)):
        for subsampling, label in ((1, "422"), (2, "420")):
            yield f"jpeg_{width}x{height}_{label}.jpg", photo(width, height, subsampling=subsampling)
    yield "jpeg_440.jpg", sampled(photo(64, 64, subsampling=1), 0x12)
    yield "jpeg_440_odd.jpg", sampled(photo(60, 59, subsampling=1), 0x12)
    yield "jpeg_411.jpg", sampled(photo(64, 64, subsampling=2), 0x41)
    yield "jpeg_114.jpg", sampled(photo(64, 64, subsampling=2), 0x14)
    yield "jpeg_grey.jpg", saved(scene.photo(40, 32).convert("L"))
    yield "jpeg_grey_progressive.jpg", saved(scene.photo(40, 32).convert("L"), progressive=True)
    yield "jpeg_grey_sampled.jpg", sampled(saved(scene.photo(64, 64).convert("L")), 0x22)
    yield from colours()
    yield from profiles()
    yield from orientations()
    yield from headers()
    yield from broken()


def colours():
    plain = dropped(photo(subsampling=0), 0xE0)
    yield "jpeg_no_jfif.jpg", plain
    for transform in (0, 1, 2, 3):
        yield f"jpeg_adobe{transform}.jpg", inserted(plain, adobe(transform))
    yield "jpeg_jfif_adobe0.jpg", inserted(photo(subsampling=0), adobe(0), 2)
    yield "jpeg_adobe_short.jpg", inserted(plain, segment(0xEE, b"Adobe"))
    yield "jpeg_named_rgb.jpg", named(plain, b"RGB")
    yield "jpeg_named_rgb_jfif.jpg", named(photo(subsampling=0), b"RGB")
    yield "jpeg_named_012.jpg", named(plain, bytes([0, 1, 2]))
    yield "jpeg_named_any.jpg", named(plain, bytes([7, 9, 11]))
    yield "jpeg_named_big_ycc.jpg", named(plain, bytes([34, 35, 36]))
    inks = cmyk()
    bare = dropped(inks, 0xEE)
    yield "jpeg_cmyk.jpg", inks
    yield "jpeg_cmyk_no_adobe.jpg", bare
    for transform in (0, 1, 2, 3):
        yield f"jpeg_cmyk_adobe{transform}.jpg", inserted(bare, adobe(transform))
    yield "jpeg_cmyk_progressive.jpg", cmyk(progressive=True)
    yield "jpeg_ycck_jfif.jpg", inserted(inserted(bare, adobe(2)), segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0"))
    yield "jpeg_ycck_sampled.jpg", inserted(sampled(bare, 0x11), adobe(2))
    yield "jpeg_adobe_twice.jpg", inserted(plain, adobe(0) + adobe(1))


def profiles():
    whole = photo()
    yield "jpeg_icc.jpg", photo(icc_profile=scene.icc())
    yield "jpeg_icc_duplicated.jpg", inserted(whole, profile(1, 1, count=1), 2)
    yield "jpeg_icc_missing.jpg", inserted(whole, profile(1, 3, count=3), 2)
    yield "jpeg_icc_zero.jpg", inserted(whole, profile(0, count=0), 2)
    yield "jpeg_icc_beyond.jpg", inserted(whole, profile(5, count=2), 2)
    yield "jpeg_icc_other_counts.jpg", inserted(whole, profile(1, count=2) + profile(2, count=3), 2)
    yield "jpeg_icc_empty.jpg", inserted(whole, segment(0xE2, b"ICC_PROFILE\0\1\1"), 2)
    yield "jpeg_icc_no_numbers.jpg", inserted(whole, segment(0xE2, b"ICC_PROFILE\0"), 2)
    yield "jpeg_icc_grey.jpg", saved(scene.photo(40, 32).convert("L"), icc_profile=scene.icc())
    yield "jpeg_icc_cmyk.jpg", cmyk(icc_profile=scene.icc())
    yield "jpeg_app2_other.jpg", inserted(whole, segment(0xE2, b"FPXR\0\0\0\0"), 2)


def orientations():
    for value in range(0, 10):
        yield f"jpeg_exif{value}.jpg", photo(24, 16, exif=b"Exif\0\0" + scene.exif(value))
    yield "jpeg_exif6_little.jpg", photo(24, 16, exif=b"Exif\0\0" + scene.exif(6, big_endian=False))
    yield "jpeg_exif6_long.jpg", photo(24, 16, exif=b"Exif\0\0" + scene.exif(6, kind=4))
    yield "jpeg_exif_cut.jpg", photo(24, 16, exif=b"Exif\0\0" + scene.exif(6)[:14])
    yield "jpeg_exif_noise.jpg", photo(24, 16, exif=b"Exif\0\0" + scene.icc(9, 50))
    yield "jpeg_exif_empty.jpg", inserted(photo(24, 16), segment(0xE1, b"Exif\0\0"))


def headers():
    whole = photo()
    yield "jpeg_comment.jpg", inserted(whole, segment(0xFE, b"hello"), 2)
    yield "jpeg_junk_between.jpg", inserted(whole, b"junk", 2)
    yield "jpeg_junk_with_marker_bytes.jpg", inserted(whole, b"\xff\0junk\xff\0", 3)
    yield "jpeg_filled.jpg", inserted(whole, b"\xff\xff\xff\xff", 2)
    yield "jpeg_zeros_between.jpg", inserted(whole, bytes(20), 3)
    yield "jpeg_app_all.jpg", inserted(whole, b"".join(segment(0xE0 + i, b"anything at all") for i in range(16)), 2)
    yield "jpeg_jfif_second.jpg", inserted(dropped(whole, 0xE0), segment(0xE1, b"x") + segments(whole)[1])
    yield "jpeg_jfif_thumbnail.jpg", changed(whole, 0xE0, lambda part: segment(0xE0, part[4:16] + b"\2\2" + bytes(12)))
    yield "jpeg_jfif_short.jpg", changed(whole, 0xE0, lambda part: segment(0xE0, b"JFIF\0"))
    yield "jpeg_jfxx.jpg", inserted(whole, segment(0xE0, b"JFXX\0\x13\2\2" + bytes(12)), 2)
    yield "jpeg_tables_twice.jpg", inserted(whole, segments(whole)[2], 2)
    yield "jpeg_trailing_bytes.jpg", whole + b"trailing bytes" * 20
    yield "jpeg_second_picture.jpg", whole + photo(8, 8)
    yield "jpeg_zeros_at_end.jpg", whole + bytes(64)
    yield "jpeg_segment_dac.jpg", inserted(whole, segment(0xCC, b"\0\0"), 3)
    yield "jpeg_segment_dnl.jpg", inserted(whole, segment(0xDC, b"\0\x20"), 3)


def broken():
    whole = photo()
    yield "jpeg_no_end.jpg", whole[:-2]
    yield "jpeg_half_end.jpg", whole[:-1]
    yield "jpeg_cut_half.jpg", whole[: len(whole) // 2]
    yield "jpeg_cut_in_header.jpg", whole[:100]
    yield "jpeg_progressive_cut.jpg", photo(progressive=True)[:-200]
    yield "jpeg_soi_only.jpg", whole[:2] + b"\xff"
    yield "jpeg_no_tables.jpg", dropped(whole, 0xC4)
    yield "jpeg_no_quantization.jpg", dropped(whole, 0xDB)
    yield "jpeg_no_frame.jpg", dropped(whole, 0xC0)
    yield "jpeg_zero_width.jpg", changed(whole, 0xC0, lambda part: part[:7] + b"\0\0" + part[9:])
    yield "jpeg_zero_height.jpg", changed(whole, 0xC0, lambda part: part[:5] + b"\0\0" + part[7:])
    yield "jpeg_two_components.jpg", changed(whole, 0xC0, lambda part: part[:2] + b"\0\x0e" + part[4:9] + b"\2" + part[10:16])
    yield "jpeg_twelve_bits.jpg", changed(whole, 0xC0, lambda part: part[:4] + b"\x0c" + part[5:])
    yield "jpeg_frame_twice.jpg", inserted(whole, next(p for p in segments(whole) if p[1] == 0xC0), 3)
    yield "jpeg_unknown_marker.jpg", inserted(whole, b"\xff\x42", 3)
    scan = segments(whole)[-1]
    for part in (3, 2):
        at = len(whole) - len(scan) * (part - 1) // part
        yield f"jpeg_data_zeroed{part}.jpg", whole[:at] + bytes(40) + whole[at + 40 :]
        yield f"jpeg_data_noise{part}.jpg", whole[:at] + scene.icc(part, 40).replace(b"\xff", b"\xfe") + whole[at + 40 :]
        yield f"jpeg_data_marker{part}.jpg", whole[:at] + b"\xff\xd9" + whole[at + 2 :]
        yield f"jpeg_data_stray_marker{part}.jpg", whole[:at] + b"\xff\x31" + whole[at + 2 :]
        yield f"jpeg_data_stray_restart{part}.jpg", whole[:at] + b"\xff\xd3" + whole[at + 2 :]
    yield from restarts()
    yield "jpeg_extra_data.jpg", whole[:-2] + bytes(range(200)) + whole[-2:]
    grown = changed(whole, 0xC0, lambda part: part[:5] + b"\0\x40" + part[7:])
    yield "jpeg_too_few_rows.jpg", grown
    yield "jpeg_too_many_rows.jpg", changed(whole, 0xC0, lambda part: part[:5] + b"\0\x10" + part[7:])


def restarts():
    whole = photo(80, 64, restart_marker_blocks=2)
    marks = [at for at in range(len(whole) - 1) if whole[at] == 0xFF and 0xD0 <= whole[at + 1] <= 0xD7]
    a, b, c, d = marks[2:6]
    yield "jpeg_restart_hole.jpg", whole[: a + 10] + whole[b:]
    yield "jpeg_restart_empty.jpg", whole[: a + 2] + whole[b:]
    yield "jpeg_restart_missing.jpg", whole[:b] + whole[b + 2 :]
    yield "jpeg_restart_interval_missing.jpg", whole[:b] + whole[c:]
    yield "jpeg_restart_two_missing.jpg", whole[:b] + whole[d:]
    yield "jpeg_restart_wrong_number.jpg", whole[: b + 1] + bytes([0xD0 + (whole[b + 1] + 3) % 8]) + whole[b + 2 :]
    yield "jpeg_restart_repeated.jpg", whole[:b] + whole[b : b + 2] * 2 + whole[b + 2 :]
    yield "jpeg_restart_junk_before.jpg", whole[:b] + b"junk" + whole[b:]
    yield "jpeg_restart_noise.jpg", whole[: a + 5] + b"\x12\x34\x56" + whole[a + 8 :]
    yield "jpeg_restart_stray_marker.jpg", whole[: a + 5] + b"\xff\x31" + whole[a + 7 :]
