#!/usr/bin/env python3
"""Tells which operators of the encoders and the voice ONNX Runtime puts on a GPU, where there is none.

    place.py --gpu onnxruntime_gpu-1.28.0.jar --longcat longcat-cli/target/longcat.jar \\
             [--model DIR]... [--codec DIR]...

The CUDA provider of that jar is started over a CUDA runtime that computes nothing (fake_cuda.c). It
chooses by its own registrations, from the graphs that this library builds. Nothing is computed: what
the operators give on a GPU is not looked at.
"""

import argparse
import collections
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import zipfile

HERE = pathlib.Path(__file__).parent
NATIVES = "ai/onnxruntime/native/linux-x64/"
PROVIDER = "libonnxruntime_providers_cuda.so"


def prepare(jar, into):
    """Unpacks the provider and builds what it asks for."""
    with zipfile.ZipFile(jar) as archive:
        for name in archive.namelist():
            if name.startswith(NATIVES) and not name.endswith("/"):
                archive.extract(name, into)
    natives = pathlib.Path(into) / NATIVES
    fake = pathlib.Path(into) / "fake"
    subprocess.run(["sh", str(HERE / "build.sh"), str(natives / PROVIDER), str(fake)], check=True)
    return natives, fake


def run(arguments, natives, fake, command):
    """The log of a command of the command line; whether it ends well does not matter."""
    environment = dict(os.environ, LD_LIBRARY_PATH=str(fake))
    result = subprocess.run(
        ["java", "-XX:-CreateCoredumpOnCrash", "-XX:ErrorFile=/dev/null",
         "-Dorg.slf4j.simpleLogger.log.io.longcat4j.onnx=trace",
         f"-Donnxruntime.native.path={natives}", "-cp", f"{arguments.gpu}:{arguments.longcat}",
         "io.longcat4j.cli.Main", *command],
        env=environment, capture_output=True, text=True, errors="replace", check=False)
    return result.stdout + result.stderr


class Graph:
    """What is told of one session."""

    def __init__(self, name):
        self.name = name
        self.by_provider = {}
        self.on_cpu = collections.Counter()
        self.copies = 0


def graphs(log):
    """Sessions in the order they were opened."""
    found = []
    copies = 0
    provider = None
    for line in log.splitlines():
        told = re.match(r"\S* \S+ \[\w:onnxruntime:([^,]*), \S+ (\w+)\] (.*)", line)
        if not told:
            continue
        name, function, text = told.groups()
        if function == "AddCopyNode":
            copies += 1
        elif "Node placements" in text:
            found.append(Graph(name))
            found[-1].copies = copies
            copies = 0
        elif match := re.search(r"placed on \[(\w+)\]\. Number of nodes: (\d+)", text):
            provider = match[1]
            found[-1].by_provider[provider] = int(match[2])
        elif found and provider == "CPUExecutionProvider" and function.startswith("Verify"):
            if match := re.match(r" *(\w+) \(", text):
                found[-1].on_cpu[match[1]] += 1
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--gpu", required=True, help="onnxruntime_gpu's jar")
    parser.add_argument("--longcat", required=True, help="the command line's jar")
    parser.add_argument("--model", action="append", default=[], help="a checkpoint")
    parser.add_argument("--codec", action="append", default=[], help="a folder with a codec encoder")
    arguments = parser.parse_args()
    commands = [["describe", "--encoders", "cuda", "--model", model] for model in arguments.model]
    commands += [["codec", "encode", "--device", "cuda", "--codec", codec,
                  str(HERE.parent.parent / "samples/media/audio_case_16k.wav")]
                 for codec in arguments.codec]
    print("| folder | graph | operators on the GPU | on the processor | copies between |")
    print("|---|---|---:|---|---:|")
    missing = False
    with tempfile.TemporaryDirectory() as work:
        natives, fake = prepare(arguments.gpu, work)
        for command, folder in zip(commands, arguments.model + arguments.codec):
            log = run(arguments, natives, fake, command)
            told = graphs(log)
            missing |= not told
            for graph in told:
                rest = ", ".join(f"{op} {n}" for op, n in sorted(graph.on_cpu.items())) or "none"
                print(f"| {folder} | {graph.name} | {graph.by_provider.get('CUDAExecutionProvider', 0)}"
                      f" | {rest} | {graph.copies} |")
            if not told:
                print(log[-2000:], file=sys.stderr)
    sys.exit("a folder opened no session" if missing else 0)


if __name__ == "__main__":
    main()
