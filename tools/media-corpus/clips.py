"""Makes the clips of testdata/media-corpus with what ffmpeg and decord show of them.

    python clips.py ../../testdata/media-corpus/clips

Sources are drawn from a fixed seed; ffmpeg (5.1) encodes them on one thread. `expected.json` has for
each clip either

    frames, fps, width, height   what ffmpeg shows; the average rate of the stream
    seconds                      when each frame is shown, from the first one
    means                        the mean red, green and blue of the first, the middle and the last
                                 frame, by decord where it counts the same frames, else by ffmpeg;
                                 null where what is shown lacks its key frame
    reference                    which
    recounted                    that only decoding tells how many frames there are

or `refused`: words that the message must have.
"""

import json
import pathlib
import struct
import subprocess
import sys
import tempfile

import decord
import field_coded
import numpy as np

WIDTH, HEIGHT, RATE = 64, 48, 25
BITEXACT = ["-fflags", "+bitexact", "-flags:v", "+bitexact", "-map_metadata", "-1", "-threads", "1"]
X264 = ["-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-crf", "30",
        "-x264-params", "threads=1:lookahead-threads=1"]
X265 = ["-c:v", "libx265", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-crf", "32", "-tag:v", "hvc1"]
VP8 = ["-c:v", "libvpx", "-b:v", "60k", "-cpu-used", "4"]
VP9 = ["-c:v", "libvpx-vp9", "-b:v", "40k", "-cpu-used", "6", "-row-mt", "0"]


def run(*command):
    return subprocess.run([str(word) for word in command], check=True, capture_output=True).stdout


def source(frames, width=WIDTH, height=HEIGHT, seed=7):
    """A bright square that wanders over slowly changing colours."""
    random = np.random.default_rng(seed)
    corners = random.integers(20, 200, (2, 2, 2, 3))
    y, x = np.mgrid[0:height, 0:width]
    y, x = y[..., None] / height, x[..., None] / width
    video = np.empty((frames, height, width, 3), np.uint8)
    for i in range(frames):
        t = i / max(1, frames - 1)
        at = corners[0] * (1 - t) + corners[1] * t
        picture = (at[0, 0] * (1 - x) + at[0, 1] * x) * (1 - y) + (at[1, 0] * (1 - x) + at[1, 1] * x) * y
        top, left = int((height - 12) * abs(np.sin(i / 9))), int((width - 12) * (i % 40) / 40)
        picture[top : top + 12, left : left + 12] = 235
        video[i] = picture
    return video


class Corpus:
    def __init__(self, folder, scratch):
        self.folder, self.scratch, self.expected = folder, scratch, {}

    def encode(self, name, options, frames=20, width=WIDTH, height=HEIGHT, rate=RATE, before=(), scratch=False):
        path = (self.scratch if scratch else self.folder) / name
        command = ["ffmpeg", "-v", "error", "-y", *before, "-f", "rawvideo", "-pix_fmt", "rgb24",
                   "-video_size", f"{width}x{height}", "-framerate", rate, "-i", "-", *BITEXACT, *options, path]
        subprocess.run([str(w) for w in command], input=source(frames, width, height).tobytes(),
                       check=True, capture_output=True)
        if not scratch:
            self.look(name)
        return path

    def copy(self, name, path, *options, before=(), **how):
        run("ffmpeg", "-v", "error", "-y", *before, "-i", path, "-c", "copy", *options, "-fflags", "+bitexact",
            "-map_metadata", "-1", self.folder / name)
        self.look(name, **how)

    def raw(self, name, content):
        (self.folder / name).write_bytes(content)
        self.look(name)

    def refused(self, name, content, words):
        (self.folder / name).write_bytes(content)
        self.expected[name] = {"refused": words}

    def look(self, name, before_key="shown", garbled=0, fps=None):
        path = self.folder / name
        frames, seconds = shown(path)
        if before_key == "hidden":
            first = first_key(path)
            frames = frames[[s >= first for s in seconds]]
            seconds = [s for s in seconds if s >= first]
        entry = {"frames": len(frames), "width": frames.shape[2], "height": frames.shape[1]}
        entry["fps"] = average_rate(path)
        if None not in seconds:
            entry["seconds"] = [round(s - seconds[0], 3) for s in seconds]
        pictures, entry["reference"] = frames, "ffmpeg"
        try:
            reader = decord.VideoReader(str(path), num_threads=1)
            if len(reader) == len(frames):
                # One after the other: decord's seeking gives other frames in some containers.
                pictures = [reader.next().asnumpy() for _ in range(len(frames))]
                entry["fps"] = round(reader.get_avg_fps(), 5)
                entry["reference"] = "decord"
                if not alike(pictures, frames):
                    print(name, "decord: other pictures than ffmpeg's")
                    pictures, entry["reference"] = frames, "ffmpeg"
        except Exception as refused:
            print(name, "decord:", str(refused).splitlines()[0][:90])
            pictures = frames
        chosen = [pictures[0], pictures[len(frames) // 2], pictures[-1]]
        entry["means"] = [[round(float(m), 2) for m in p.reshape(-1, 3).mean(0)] for p in chosen]
        entry["fps"] = fps or entry["fps"]
        for i in range(garbled):
            entry["means"][i] = None
        self.expected[name] = entry


def alike(some, others):
    return all(np.abs(a.mean((0, 1)) - b.mean((0, 1))).max() < 1 for a, b in zip(some, others))


def shown(path):
    probe = json.loads(run("ffprobe", "-v", "error", "-select_streams", "v:0", "-show_frames", "-show_entries",
                           "frame=best_effort_timestamp_time,width,height", "-show_streams", "-of", "json", path))
    times = [f.get("best_effort_timestamp_time") for f in probe["frames"]]
    seconds = [None if time is None else float(time) for time in times]
    pixels = run("ffmpeg", "-v", "error", "-threads", "1", "-i", path, "-map", "0:v:0", "-vsync", "passthrough",
                 "-sws_flags", "bicubic", "-pix_fmt", "rgb24", "-f", "rawvideo", "-")
    width, height = probe["frames"][0]["width"], probe["frames"][0]["height"]
    turn = [int(d["rotation"]) for d in probe["streams"][0].get("side_data_list", []) if "rotation" in d]
    if turn and turn[0] % 180:
        width, height = height, width
    return np.frombuffer(pixels, np.uint8).reshape(-1, height, width, 3), seconds


def first_key(path):
    packets = run("ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries", "packet=pts_time,flags",
                  "-of", "csv=p=0", path).decode().split()
    return float(next(p for p in packets if ",K" in p).split(",")[0])


def average_rate(path):
    text = run("ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries",
               "stream=avg_frame_rate,r_frame_rate", "-of", "json", path)
    stream = json.loads(text)["streams"][0]
    for rate in [stream["avg_frame_rate"], stream["r_frame_rate"]]:
        over, under = (int(word) for word in rate.split("/"))
        if over and under:
            return round(over / under, 5)


def codecs(corpus):
    containers = {
        "h264.mp4": X264, "h264.mov": X264, "h264.mkv": X264, "h264.ts": X264, "h264.avi": X264, "h264.flv": X264,
        "h264_baseline.mp4": X264 + ["-profile:v", "baseline"],
        "h264_no_b.mp4": X264 + ["-bf", "0"],
        "h264_b_pyramid.mp4": X264 + ["-bf", "5", "-b_strategy", "0", "-g", "250"],
        "h264_intra.mp4": X264 + ["-g", "1"],
        "h264_444.mp4": X264 + ["-pix_fmt", "yuv444p"],
        "h264_10bit.mkv": X264 + ["-pix_fmt", "yuv420p10le"],
        "h264_full_range.mp4": X264 + ["-pix_fmt", "yuvj420p"],
        "h264_fragmented.mp4": X264 + ["-movflags", "frag_keyframe+empty_moov", "-g", "6"],
        "h264_faststart.mp4": X264 + ["-movflags", "+faststart"],
        "h264_recovery_points.mkv": X264 + ["-g", "8", "-x264-params", "threads=1:open-gop=1:bframes=3"],
        "h264_intra_refresh.mp4": X264 + ["-x264-params", "threads=1:intra-refresh=1:keyint=10"],
        "hevc.mp4": X265, "hevc.mkv": X265, "hevc.ts": X265,
        "hevc_open_gop.mp4": X265 + ["-x265-params", "keyint=8:min-keyint=8:bframes=3:log-level=none"],
        "mpeg4.mp4": ["-c:v", "mpeg4", "-q:v", "6"], "mpeg4.avi": ["-c:v", "mpeg4", "-q:v", "6", "-bf", "2"],
        "mpeg4_b.mkv": ["-c:v", "mpeg4", "-q:v", "6", "-bf", "2"],
        "msmpeg4.avi": ["-c:v", "msmpeg4", "-q:v", "6"],
        "mpeg2.ts": ["-c:v", "mpeg2video", "-q:v", "6", "-bf", "2"],
        "mpeg2.mpg": ["-c:v", "mpeg2video", "-q:v", "6"],
        "mpeg1.mpg": ["-c:v", "mpeg1video", "-q:v", "6"],
        "vp8.webm": VP8, "vp8.mkv": VP8 + ["-auto-alt-ref", "0"], "vp9.webm": VP9, "vp9.mp4": VP9,
        "vp9_lossless.webm": ["-c:v", "libvpx-vp9", "-lossless", "1"],
        "av1.mp4": ["-c:v", "libaom-av1", "-cpu-used", "8", "-b:v", "40k", "-row-mt", "0"],
        "av1.webm": ["-c:v", "libaom-av1", "-cpu-used", "8", "-b:v", "40k", "-row-mt", "0"],
        "mjpeg.avi": ["-c:v", "mjpeg", "-q:v", "9"], "mjpeg.mov": ["-c:v", "mjpeg", "-q:v", "9"],
        "wmv.wmv": ["-c:v", "wmv2", "-q:v", "6"], "flv1.flv": ["-c:v", "flv", "-q:v", "6"],
        "ffv1.mkv": ["-c:v", "ffv1"], "prores.mov": ["-c:v", "prores", "-profile:v", "0", "-pix_fmt", "yuv422p10le"],
        "huffyuv.avi": ["-c:v", "huffyuv"], "theora.ogv": ["-c:v", "libtheora", "-q:v", "4"],
        "h263.mov": ["-c:v", "h263", "-q:v", "6", "-s", "128x96"], "raw.h264": X264,
        "raw.ivf": VP8, "gif.gif": ["-vf", "split[a][b];[a]palettegen[p];[b][p]paletteuse"],
    }
    for name, options in containers.items():
        corpus.encode(name, options, frames=8 if "ffv1" in name or "huff" in name or "prores" in name else 20,
                      rate=10 if name.endswith("gif") else RATE)
    corpus.encode("tiny_16x16.mp4", X264, width=16, height=16)
    corpus.encode("odd_size.mkv", ["-c:v", "ffv1"], frames=5, width=35, height=27)
    corpus.encode("one_frame.mp4", X264, frames=1)
    corpus.encode("two_frames.webm", VP9, frames=2)
    corpus.encode("slow_rate.mp4", X264, rate=1)
    corpus.encode("fast_rate.mp4", X264, rate=120)
    corpus.encode("ntsc.mp4", X264, rate="30000/1001")


def hidden(corpus):
    log = corpus.scratch / "pass"
    for name, options in {"alt_ref.webm": VP8, "alt_ref_vp9.webm": VP9}.items():
        options = options + ["-auto-alt-ref", "1", "-lag-in-frames", "25", "-passlogfile", log]
        corpus.encode(name, options + ["-pass", "1"], frames=60, scratch=True)
        corpus.encode(name, options + ["-pass", "2"], frames=60)
    corpus.copy("alt_ref.mkv", corpus.folder / "alt_ref.webm")


def trimmed(corpus):
    for codec, options in {"h264": X264 + ["-bf", "2"], "hevc": X265, "mpeg4": ["-c:v", "mpeg4", "-q:v", "6"]}.items():
        long = corpus.encode(f"{codec}_long.mp4", options + ["-g", "25"], frames=75, scratch=True)
        for suffix in ["mp4", "mov", "mkv"]:
            corpus.copy(f"trimmed_{codec}.{suffix}", long, before=["-ss", "1.3"])
    long = corpus.scratch / "h264_long.mp4"
    corpus.copy("trimmed_end.mp4", long, "-t", "0.9")
    corpus.copy("trimmed_both.mp4", long, "-t", "0.7", before=["-ss", "1.3"])
    corpus.copy("trimmed.ts", long, before=["-ss", "1.3"])
    corpus.copy("late_start.mkv", long, "-avoid_negative_ts", "disabled", "-output_ts_offset", "7")


def fields(corpus):
    units = corpus.scratch / "fields.h264"
    units.write_bytes(field_coded.stream(20))
    corpus.copy("fields.mts", units, "-f", "mpegts", before=["-fflags", "+genpts"])
    for suffix in ["mkv", "mp4", "mov"]:
        corpus.copy(f"fields.{suffix}", corpus.folder / "fields.mts", fps=25)
    corpus.copy("fields_trimmed.mp4", corpus.folder / "fields.mp4", before=["-ss", "0.5"], fps=25)
    interlaced = X264[:-2] + ["-x264-params", "threads=1:interlaced=1:tff=1:bframes=0"]
    corpus.encode("mbaff.mp4", interlaced)
    corpus.encode("mpeg2_interlaced.ts", ["-c:v", "mpeg2video", "-flags:v", "+ildct+ilme", "-top", "1", "-q:v", "6"])


def variable(corpus):
    steps = "setpts='(N+floor(N/5)*7)/25/TB'"
    for name, options in {"variable.mp4": X264, "variable.mkv": X264, "variable.webm": VP9}.items():
        corpus.encode(name, ["-vf", steps, "-vsync", "vfr"] + options)


def turned(corpus):
    upright = corpus.folder / "h264.mp4"
    for degrees in [90, 180, 270]:
        corpus.copy(f"turned_{degrees}.mp4", upright, "-metadata:s:v:0", f"rotate={degrees}")


def without_beginning(corpus):
    """Streams whose first packets, or all of them, need a key frame that is not there."""
    for codec, options in {
        "h264": X264 + ["-g", "25", "-bf", "0", "-sc_threshold", "0"], "mpeg4": ["-c:v", "mpeg4", "-q:v", "6", "-g", "25"],
        "vp8": VP8 + ["-g", "25"], "hevc": X265 + ["-x265-params", "keyint=25:log-level=none"],
    }.items():
        suffix = "webm" if codec == "vp8" else "mkv"
        long = corpus.encode(f"{codec}_gop.{suffix}", options, frames=60, scratch=True)
        # Newer decoders of HEVC show nothing before a key frame, as those of H.264 do; MPEG-4 is shown garbled.
        how = {"hevc": {"before_key": "hidden"}, "mpeg4": {"garbled": 1}}.get(codec, {})
        corpus.copy(f"late_key_{codec}.mkv", long, "-copyinkf", "-bsf:v", "noise=drop='lt(n,10)'", **how)
    long = corpus.scratch / "h264_gop.mkv"
    # MP4 without a table of key frames says that every packet is one.
    once = corpus.scratch / "once.mp4"
    run("ffmpeg", "-v", "error", "-y", "-i", long, "-c", "copy", "-copyinkf", "-bsf:v",
        "noise=drop='lt(n,10)'", once)
    content = once.read_bytes()
    corpus.raw("late_key_untold.mp4", content.replace(b"stss", b"free"))
    corpus.expected["late_key_untold.mp4"]["recounted"] = True
    for suffix in ["ts", "mkv", "mp4"]:
        path = corpus.scratch / f"no_key.{suffix}"
        more = ["-bsf:v", "filter_units=remove_types=5|7|8|6"] if suffix == "ts" else []
        run("ffmpeg", "-v", "error", "-y", "-i", long, "-c", "copy", "-copyinkf", "-bsf:v",
            "noise=drop='not(mod(n,25))'" + (",filter_units=remove_types=5-8" if suffix == "ts" else ""), path)
        corpus.refused(path.name, path.read_bytes(), "no key frame")


def refusals(corpus):
    whole = (corpus.folder / "h264_faststart.mp4").read_bytes()
    for percent in [3, 30, 70]:
        corpus.refused(f"cut_{percent}.mp4", whole[: len(whole) * percent // 100], "")
    plain = (corpus.folder / "h264.mp4").read_bytes()
    corpus.refused("no_moov.mp4", plain[: plain.index(b"moov") - 4], "")
    moov = bytearray(whole)
    at = moov.index(b"stsz") + 12
    moov[at : at + 4] = struct.pack(">I", 2**31 - 1)
    corpus.refused("forged_count.mp4", bytes(moov), "")
    huge = bytearray((corpus.folder / "vp9.webm").read_bytes())
    at = huge.index(b"\xb0\x81\x40")
    huge[at : at + 3] = b"\xb0\x81\x00"
    corpus.refused("width_0.webm", bytes(huge), "")
    corpus.refused("text.mp4", b"This is no clip.\n" * 40, "not a sound or video file")


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    with tempfile.TemporaryDirectory() as scratch:
        corpus = Corpus(folder, pathlib.Path(scratch))
        for kind in [codecs, hidden, trimmed, fields, variable, turned, without_beginning, refusals]:
            kind(corpus)
    lines = [f"{json.dumps(name)}: {json.dumps(entry)}" for name, entry in corpus.expected.items()]
    (folder / "expected.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
    print(len(corpus.expected), "clips,", sum(f.stat().st_size for f in folder.iterdir()), "bytes")


if __name__ == "__main__":
    main()
