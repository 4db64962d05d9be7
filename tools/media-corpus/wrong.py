"""Files that are no picture, or not the one that their name tells."""

import jpeg
import png
import webp
import scene


def files():
    yield "wrong_empty.png", b""
    yield "wrong_one_byte.jpg", b"\xff"
    yield "wrong_text.txt", b"Hello, this is a text.\n"
    yield "wrong_text_bm.txt", b"BM stands at the beginning of this text, which is no picture at all, only words.\n"
    yield "wrong_text_bm_short.txt", b"BMW\n"
    yield "wrong_text_gif.txt", b"GIF pictures are old.\n"
    yield "wrong_text_gif8.txt", b"GIF89a is the name of a format, and these words are not in it.\n"
    yield "wrong_text_riff.txt", b"RIFFRAFF is a word, WEBP another one, and so on.\n"
    yield "wrong_html.png", b"<!DOCTYPE html><html><body>404 Not Found</body></html>"
    yield "wrong_zeros.bmp", bytes(200)
    yield "wrong_noise.gif", scene.icc(13, 300)
    yield "wrong_svg.svg", b'<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"/>'
    yield "wrong_wave.webp", b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x80\x3e\0\0\2\0\x10\0data\0\0\0\0"
    yield "wrong_png_named.jpg", png.png(png.RGB, 8)
    yield "wrong_jpeg_named.png", jpeg.photo(20, 12)
    yield "wrong_webp_named.gif", webp.lossy(scene.photo(20, 12))
    yield "wrong_blank_before.png", b"\n" + png.png(png.RGB, 8)
    yield "wrong_png_newlines.png", png.png(png.RGB, 8).replace(b"\r\n", b"\n")
