"""Makes the sounds of testdata/media-corpus with what libsndfile, librosa and ffmpeg make of them.

    python sounds.py ../../testdata/media-corpus/sounds

Nearly every sound is 0.1 s long; all are made from a fixed seed. `expected.json` has for each file either

    rate, channels, frames, sha256   of the mean of all channels as 32-bit floats, where the format
                                     loses nothing
    rms                              16 root mean squares, of equal parts of the sound at 16 kHz
    reference                        soundfile (libsndfile), or ffmpeg for what that cannot read

or `refused`: words that the message must have.
"""

import hashlib
import json
import pathlib
import struct
import subprocess
import sys

import librosa
import numpy as np
import soundfile

RATE = 16000
PARTS = 16
PCM, FLOAT, ALAW, MULAW, EXTENSIBLE = 1, 3, 6, 7, 0xFFFE


def signal(rate=RATE, channels=1, seconds=0.1, seed=1):
    random = np.random.default_rng(seed)
    time = np.arange(round(rate * seconds)) / rate
    tones = [
        0.5 * np.sin(2 * np.pi * (200 + 130 * c) * time * (1 + 3 * time)) * (0.3 + 7 * time % 0.7)
        for c in range(channels)
    ]
    noise = random.normal(0, 0.01, (len(time), channels))
    return np.clip(np.stack(tones, 1) + noise, -0.99, 0.99)


def integers(values, valid, container):
    """Little-endian samples of `container` bytes, of which the `valid` upper bits are used."""
    scaled = np.round(values * (2 ** (valid - 1) - 1)).astype(np.int64) << (8 * container - valid)
    if container == 1:
        return (scaled + 128).astype(np.uint8).tobytes()
    return scaled.astype("<i8").reshape(-1, 1).view(np.uint8)[:, :container].tobytes()


def chunk(name, content, pad=True):
    return name + struct.pack("<I", len(content)) + content + (b"\0" if pad and len(content) % 2 else b"")


def fmt(tag, bits, channels=1, rate=RATE, align=None, valid=None, subformat=None, extra=b""):
    align = align if align is not None else channels * ((bits + 7) // 8)
    head = struct.pack("<HHIIHH", tag, channels, rate, min(rate * align, 2**32 - 1), align, bits)
    if tag == EXTENSIBLE:
        guid = struct.pack("<I", subformat) + bytes.fromhex("00001000800000aa00389b71")
        mask = {1: 4, 2: 3, 3: 7, 4: 0x33, 6: 0x3F, 8: 0x63F}.get(channels, 0)
        head += struct.pack("<HHI", 22, valid, mask) + guid
    return chunk(b"fmt ", head + extra)


def riff(*chunks, size=None, tag=b"RIFF"):
    body = b"WAVE" + b"".join(chunks)
    return tag + struct.pack("<I", len(body) if size is None else size) + body


def data(content, size=None):
    whole = chunk(b"data", content)
    return whole if size is None else whole[:4] + struct.pack("<I", size) + whole[8:]


class Corpus:
    def __init__(self, folder):
        self.folder = folder
        self.expected = {}

    def raw(self, name, content, exact=True):
        (self.folder / name).write_bytes(content)
        self.look(name, exact)

    def libsndfile(
        self, name, form, subtype, exact=True, endian=None, rate=RATE, channels=1, seconds=0.1
    ):
        values = signal(rate, channels, seconds)
        soundfile.write(self.folder / name, values, rate, format=form, subtype=subtype, endian=endian)
        self.look(name, exact)

    def ffmpeg(self, name, *options, exact=False, rate=RATE, channels=1, before=()):
        source = self.folder / "source.wav"
        soundfile.write(source, signal(rate, channels), rate, subtype="PCM_16")
        run("ffmpeg", "-v", "error", "-y", *before, "-i", source, *BITEXACT, *options, self.folder / name)
        source.unlink()
        self.look(name, exact)

    def refused(self, name, content, words):
        (self.folder / name).write_bytes(content)
        self.expected[name] = {"refused": words}

    def look(self, name, exact):
        values, rate, reference = read(self.folder / name)
        mono = np.mean(values.T, axis=0, dtype=np.float32) if values.shape[1] > 1 else values[:, 0]
        heard = mono if rate == RATE else librosa.resample(mono, orig_sr=rate, target_sr=RATE)
        entry = {"reference": reference, "rate": rate, "channels": values.shape[1], "frames": len(values)}
        if exact:
            entry["sha256"] = hashlib.sha256(mono.astype("<f4").tobytes()).hexdigest()
        parts = np.array_split(heard.astype(np.float64), PARTS)
        entry["rms"] = [round(float(np.sqrt(np.mean(part**2))), 5) for part in parts]
        self.expected[name] = entry


BITEXACT = ("-fflags", "+bitexact", "-flags", "+bitexact", "-map_metadata", "-1", "-threads", "1")


def run(*command):
    return subprocess.run([str(word) for word in command], check=True, capture_output=True).stdout


def read(path):
    try:
        values, rate = soundfile.read(path, dtype="float32", always_2d=True)
        return values, rate, "soundfile"
    except soundfile.LibsndfileError:
        probe = run("ffprobe", "-v", "error", "-select_streams", "a:0", "-show_entries",
                    "stream=sample_rate,channels", "-of", "csv=p=0", path).decode().split()[0]
        rate, channels = (int(word) for word in probe.strip(",").split(","))
        pcm = run("ffmpeg", "-v", "error", "-i", path, "-map", "a:0", "-f", "f32le", "-")
        return np.frombuffer(pcm, "<f4").reshape(-1, channels), rate, "ffmpeg"


def wav_formats(corpus):
    for subtype in ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ULAW", "ALAW"]:
        for channels in [1, 2]:
            corpus.libsndfile(f"wav_{subtype.lower()}_{channels}.wav", "WAV", subtype, channels=channels)
    for channels in [3, 4, 6, 8]:
        corpus.libsndfile(f"wavex_16_{channels}.wav", "WAVEX", "PCM_16", channels=channels)
    for rate in [8000, 11025, 12000, 22050, 24000, 32000, 44100, 48000, 96000, 192000]:
        corpus.libsndfile(f"wav_rate_{rate}.wav", "WAV", "PCM_16", rate=rate)
    for subtype in ["IMA_ADPCM", "MS_ADPCM"]:
        corpus.libsndfile(f"wav_{subtype.lower()}.wav", "WAV", subtype, exact=False)


def wav_widths(corpus):
    sound = signal()
    stereo = signal(channels=2)
    for valid, container in [(8, 8), (8, 16), (12, 16), (16, 24), (20, 24), (16, 32), (20, 32), (24, 32)]:
        size = container // 8
        corpus.raw(
            f"ext_{valid}_in_{container}.wav",
            riff(fmt(EXTENSIBLE, container, valid=valid, subformat=PCM), data(integers(sound, valid, size))),
        )
    for valid, container in [(8, 16), (16, 24), (20, 32), (24, 32)]:
        size = container // 8
        corpus.raw(
            f"ext_{valid}_in_{container}_stereo.wav",
            riff(
                fmt(EXTENSIBLE, container, 2, valid=valid, subformat=PCM),
                data(integers(stereo, valid, size)),
            ),
        )
    for bits, size in [(24, 4), (20, 3), (12, 2)]:
        corpus.raw(
            f"pcm_{bits}_align_{size}.wav",
            riff(fmt(PCM, bits, align=size), data(integers(sound, bits, size))),
        )
    corpus.raw(
        "pcm_24_align_8_stereo.wav",
        riff(fmt(PCM, 24, 2, align=8), data(integers(stereo, 24, 4))),
    )
    floats = sound.astype("<f4").tobytes()
    corpus.raw("ext_float.wav", riff(fmt(EXTENSIBLE, 32, valid=32, subformat=FLOAT), data(floats)))
    corpus.raw("ext_float_24_valid.wav", riff(fmt(EXTENSIBLE, 32, valid=24, subformat=FLOAT), data(floats)))
    corpus.raw(
        "ext_double.wav",
        riff(fmt(EXTENSIBLE, 64, valid=64, subformat=FLOAT), data(sound.astype("<f8").tobytes())),
    )
    loud = (sound * 3).astype("<f4").tobytes()
    corpus.raw("float_beyond_one.wav", riff(fmt(FLOAT, 32), data(loud)))
    scaled = (sound * 32768).astype("<f4").tobytes()
    corpus.raw("float_not_divided.wav", riff(fmt(FLOAT, 32), data(scaled)))


def wav_chunks(corpus):
    pcm = integers(signal(), 16, 2)
    plain = fmt(PCM, 16)
    name = chunk(b"LIST", b"INFO" + chunk(b"INAM", b"a sound") + chunk(b"ISFT", b"x"))
    corpus.raw("list_before_data.wav", riff(plain, name, data(pcm)))
    corpus.raw("list_before_fmt.wav", riff(name, plain, data(pcm)))
    corpus.raw("list_after_data.wav", riff(plain, data(pcm), name))
    corpus.raw("odd_chunk.wav", riff(plain, chunk(b"junk", b"12345"), data(pcm)))
    corpus.raw("fact_and_peak.wav", riff(plain, chunk(b"fact", struct.pack("<I", len(pcm) // 2)),
                                         chunk(b"PEAK", bytes(16)), data(pcm)))
    corpus.raw("fmt_18.wav", riff(fmt(PCM, 16, extra=struct.pack("<H", 0)), data(pcm)))
    corpus.raw("bext.wav", riff(chunk(b"bext", bytes(602)), plain, data(pcm)))
    corpus.raw("cue_and_smpl.wav", riff(plain, data(pcm), chunk(b"cue ", struct.pack("<I", 0)),
                                        chunk(b"smpl", bytes(36))))
    corpus.raw("riff_size_0.wav", riff(plain, data(pcm), size=0))
    corpus.raw("riff_size_all_ones.wav", riff(plain, data(pcm, 2**32 - 1), size=2**32 - 1))
    corpus.raw("data_size_all_ones.wav", riff(plain, data(pcm, 2**32 - 1)))
    corpus.raw("data_size_half.wav", riff(plain, data(pcm, len(pcm) // 2)))
    corpus.raw("data_cut_off.wav", riff(plain, data(pcm))[: 44 + len(pcm) // 3 * 2])
    corpus.raw("half_a_sample.wav", riff(plain, data(pcm[:-1])))
    corpus.raw("garbage_behind.wav", riff(plain, data(pcm)) + b"\x01garbage behind the end" * 9)
    corpus.raw("byte_rate_0.wav", riff(chunk(b"fmt ", struct.pack("<HHIIHH", 1, 1, RATE, 0, 2, 16)), data(pcm)))
    corpus.raw("id3_behind.wav", riff(plain, data(pcm), chunk(b"id3 ", b"ID3\3\0\0\0\0\0\0")))


def other_containers(corpus):
    corpus.libsndfile("rf64.wav", "RF64", "PCM_16")
    corpus.libsndfile("rf64_24.wav", "RF64", "PCM_24", channels=2)
    corpus.libsndfile("w64_16.w64", "W64", "PCM_16")
    corpus.libsndfile("w64_24.w64", "W64", "PCM_24")
    corpus.libsndfile("w64_float.w64", "W64", "FLOAT")
    for subtype in ["PCM_S8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "ULAW"]:
        corpus.libsndfile(f"aiff_{subtype.lower()}.aiff", "AIFF", subtype)
        corpus.libsndfile(f"caf_{subtype.lower()}.caf", "CAF", subtype)
        corpus.libsndfile(f"au_{subtype.lower()}.au", "AU", subtype)
    corpus.libsndfile("aiff_little.aiff", "AIFF", "PCM_16", endian="LITTLE")
    corpus.libsndfile("aiff_alaw.aiff", "AIFF", "ALAW")
    corpus.libsndfile("au_double_stereo.au", "AU", "DOUBLE", channels=2)
    corpus.libsndfile("caf_little.caf", "CAF", "PCM_16", endian="LITTLE")


def compressed(corpus):
    for subtype in ["PCM_S8", "PCM_16", "PCM_24"]:
        corpus.libsndfile(f"flac_{subtype.lower()}.flac", "FLAC", subtype)
        corpus.libsndfile(f"flac_{subtype.lower()}_stereo.flac", "FLAC", subtype, channels=2, rate=44100)
    # ffmpeg does not cut the end of a Vorbis sound that is a single page, so these have two.
    corpus.libsndfile("vorbis.ogg", "OGG", "VORBIS", exact=False, seconds=0.9)
    corpus.libsndfile("vorbis_stereo.ogg", "OGG", "VORBIS", exact=False, channels=2, rate=44100, seconds=0.6)
    corpus.libsndfile("opus.opus", "OGG", "OPUS", exact=False, rate=48000)
    corpus.libsndfile("opus_stereo.opus", "OGG", "OPUS", exact=False, rate=48000, channels=2)
    corpus.ffmpeg("mp3_16k.mp3", "-b:a", "48k")
    corpus.ffmpeg("mp3_44k_stereo.mp3", "-b:a", "96k", rate=44100, channels=2)
    corpus.ffmpeg("mp3_vbr.mp3", "-q:a", "4", rate=44100)
    corpus.ffmpeg("mp3_no_tag.mp3", "-write_xing", "0", "-b:a", "64k", rate=44100)
    corpus.ffmpeg("mp3_id3.mp3", "-metadata", "title=a sound", "-b:a", "64k", rate=22050)
    corpus.ffmpeg("mp2.mp2", "-c:a", "mp2", "-b:a", "64k", rate=44100)
    corpus.ffmpeg("aac.m4a", "-c:a", "aac", "-b:a", "64k", rate=44100)
    corpus.ffmpeg("aac_stereo.m4a", "-c:a", "aac", "-b:a", "96k", rate=48000, channels=2)
    corpus.ffmpeg("aac_adts.aac", "-c:a", "aac", "-b:a", "48k")
    corpus.ffmpeg("aac.ts", "-c:a", "aac", "-b:a", "48k", "-f", "mpegts")
    corpus.ffmpeg("alac.m4a", "-c:a", "alac", exact=True)
    corpus.ffmpeg("alac_24.m4a", "-c:a", "alac", "-sample_fmt", "s32p", exact=True, channels=2)
    corpus.ffmpeg("opus.webm", "-c:a", "libopus", "-b:a", "32k", rate=48000)
    corpus.ffmpeg("vorbis.mka", "-c:a", "libvorbis", "-q:a", "3")
    corpus.ffmpeg("flac.mka", "-c:a", "flac", exact=True)
    corpus.ffmpeg("pcm.mka", "-c:a", "pcm_s16le", exact=True)
    corpus.ffmpeg("pcm_24be.mov", "-c:a", "pcm_s24be", exact=True, channels=2)
    corpus.ffmpeg("pcm.avi", "-c:a", "pcm_s16le", exact=True)
    corpus.ffmpeg("wma.wma", "-c:a", "wmav2", "-b:a", "48k")
    corpus.ffmpeg("ac3.ac3", "-c:a", "ac3", "-b:a", "96k", rate=48000, channels=2)
    corpus.ffmpeg("wavpack.wv", "-c:a", "wavpack", exact=True)
    corpus.ffmpeg("tta.tta", "-c:a", "tta", exact=True)
    corpus.ffmpeg("flac.ogg", "-c:a", "flac", exact=True)


def refusals(corpus):
    pcm = integers(signal(), 16, 2)
    values = signal()[:, 0].astype("<f4")
    for name, bad in [("nan", np.nan), ("inf", np.inf), ("minus_inf", -np.inf), ("1e38", 1e38), ("-3e30", -3e30)]:
        broken = values.copy()
        broken[777] = bad
        corpus.refused(f"sample_{name}.wav", riff(fmt(FLOAT, 32), data(broken.tobytes())), "sample 777 is")
    double = signal()[:, 0].astype("<f8")
    double[55] = 1e300
    corpus.refused("sample_1e300.wav", riff(fmt(FLOAT, 64), data(double.tobytes())), "sample 55 is")
    corpus.refused("rate_2147483647.wav", riff(fmt(PCM, 16, rate=2**31 - 1), data(pcm)), "2147483647")
    corpus.refused("rate_4294967295.wav", riff(fmt(PCM, 16, rate=2**32 - 1), data(pcm)), "")
    corpus.refused("rate_0.wav", riff(fmt(PCM, 16, rate=0), data(pcm)), "")
    corpus.refused("rate_1.wav", riff(fmt(PCM, 16, rate=1), data(pcm)), "1000 to 1000000")
    corpus.refused("channels_0.wav", riff(fmt(PCM, 16, 0, align=2), data(pcm)), "")
    corpus.refused("no_sample.wav", riff(fmt(PCM, 16), data(b"")), "no sample")
    corpus.refused("no_data.wav", riff(fmt(PCM, 16)), "")
    corpus.refused("unknown_codec.wav", riff(fmt(0x1234, 16), data(pcm)), "")
    corpus.refused("header_alone.wav", riff(fmt(PCM, 16), data(pcm))[:30], "")
    corpus.refused("text.wav", b"This is no sound.\n" * 40, "not a sound or video file")
    corpus.refused("playlist.wav", b"#EXTM3U\n#EXTINF:1,\n/etc/hostname\n#EXT-X-ENDLIST\n", "not a sound or video file")


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    corpus = Corpus(folder)
    for kind in [wav_formats, wav_widths, wav_chunks, other_containers, compressed, refusals]:
        kind(corpus)
    lines = [f"{json.dumps(name)}: {json.dumps(entry)}" for name, entry in corpus.expected.items()]
    (folder / "expected.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
    print(len(corpus.expected), "sounds,", sum(f.stat().st_size for f in folder.iterdir()), "bytes")


if __name__ == "__main__":
    main()
