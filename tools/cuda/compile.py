#!/usr/bin/env python3
"""Compiles the kernels for GPUs where there is none, with NVRTC out of a wheel from PyPI.

    compile.py --sources longcat-cuda/src/main/cuda --into DIR [--wheels DIR] [--table FILE]

Writes kernels.sm_80.cubin and so on and kernels.compute_80.ptx. A register that had to be spilled is
an error. With the disassembler's wheel beside NVRTC's, the machine code is checked for what it should
hold. Wheels are pinned by version and hash in wheels.txt; without --wheels they are downloaded.
"""

import argparse
import ctypes
import hashlib
import pathlib
import re
import subprocess
import sys
import tempfile
import zipfile

TARGETS = ["sm_80", "sm_90a", "sm_100", "sm_120"]
PTX = "compute_80"
OPTIONS = ["-std=c++17", "-default-device", "--fmad=false", "--ptxas-options=-v"]
HERE = pathlib.Path(__file__).parent


def wheels(given, unpacked):
    """Unpacks the pinned wheels, downloading what is not there."""
    for line in (HERE / "wheels.txt").read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        requirement, digest = line.split()
        name = requirement.replace("-", "_").replace("==", "-")
        directory = pathlib.Path(given) if given else pathlib.Path(unpacked) / "wheels"
        found = sorted(directory.glob(name + "-*.whl")) if directory.exists() else []
        if not found:
            subprocess.run(
                [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest",
                 str(directory), requirement], check=True)
            found = sorted(directory.glob(name + "-*.whl"))
        if hashlib.sha256(found[0].read_bytes()).hexdigest() != digest:
            sys.exit(f"{found[0]}: is not the file that wheels.txt names")
        with zipfile.ZipFile(found[0]) as archive:
            archive.extractall(unpacked)


class Nvrtc:
    """The compiler library. Not thread-safe."""

    def __init__(self, root):
        directory = next(pathlib.Path(root).rglob("libnvrtc.so.*")).parent
        builtins = next(p for p in directory.glob("libnvrtc-builtins.so.*"))
        ctypes.CDLL(str(builtins), mode=ctypes.RTLD_GLOBAL)
        self._library = ctypes.CDLL(str(next(directory.glob("libnvrtc.so.*"))))

    def _call(self, name, *arguments):
        status = getattr(self._library, "nvrtc" + name)(*arguments)
        if status != 0:
            raise RuntimeError(f"nvrtc{name}: {status}")

    def _bytes(self, program, what):
        size = ctypes.c_size_t()
        self._call(f"Get{what}Size", program, ctypes.byref(size))
        data = ctypes.create_string_buffer(size.value)
        self._call(f"Get{what}", program, data)
        return data.raw[: size.value]

    def compile(self, source, arch, include, image):
        """The image, CUBIN or PTX, and the log."""
        program = ctypes.c_void_p()
        self._call("CreateProgram", ctypes.byref(program), source.encode(), b"kernels.cu", 0, None,
                   None)
        options = [f"-arch={arch}", f"-I{include}", *OPTIONS]
        texts = (ctypes.c_char_p * len(options))(*[o.encode() for o in options])
        try:
            self._call("CompileProgram", program, len(options), texts)
        except RuntimeError as error:
            log = self._bytes(program, "ProgramLog").decode(errors="replace").strip("\0")
            sys.exit(f"{arch}: {error}\n{log}")
        log = self._bytes(program, "ProgramLog").decode(errors="replace")
        return self._bytes(program, image), log


def usage(log):
    """Registers, spilled bytes, shared bytes of each kernel, from the assembler's log."""
    found = {}
    name = None
    for line in log.splitlines():
        if match := re.search(r"Compiling entry function '(\w+)'", line):
            name = match[1]
            found[name] = {"registers": 0, "spills": 0, "shared": 0, "stack": 0}
        elif name and (match := re.search(
                r"(\d+) bytes stack frame, (\d+) bytes spill stores, (\d+) bytes spill loads", line)):
            found[name]["stack"] = int(match[1])
            found[name]["spills"] = int(match[2]) + int(match[3])
        elif name and (match := re.search(r"Used (\d+) registers", line)):
            found[name]["registers"] = int(match[1])
            shared = re.search(r"(\d+) bytes smem", line)
            found[name]["shared"] = int(shared[1]) if shared else 0
    return found


def blocks(kernel, threads):
    """Blocks that a multiprocessor of 65,536 registers, 2,048 threads and 164 KB has room for."""
    registers = (kernel["registers"] + 7) // 8 * 8
    by_registers = 65536 // (registers * threads) if registers else 32
    by_shared = 164 * 1024 // (kernel["shared"] + 1024)
    return min(by_registers, 2048 // threads, by_shared, 32)


def bounds(ptx):
    """The threads of each kernel, as its LAUNCH_BOUNDS say."""
    found = re.findall(r"\.entry (\w+)\([^)]*\)\s*\.maxntid (\d+)", ptx.decode())
    return {name: int(threads) for name, threads in found}


# What the machine code of a kernel must hold, by the beginning of its name: one of some instructions.
# Products of FP8 are those of a generation, or come out of converted operands.
EXPECTED = [
    ("tensor_", "HMMA|QMMA"),
    ("tile_", "HMMA|QMMA"),
    ("tile_", "LDGSTS"),
    ("merge_bf16", "HMMA"),
    ("merge_fp8", "HMMA"),
    ("merge_int", "HMMA"),
    ("attend_tensor", "HMMA"),
    ("attend_tensor", "LDGSTS"),
    ("attend_tensor", "LDSM"),
    ("attend_few", "HMMA"),
    ("attend_few", "LDGSTS"),
    ("attend_few", "LDSM"),
]


def unsupported(kernel, cubin):
    """Whether a generation cannot run a kernel, which the host then refuses: sm_80 has no FP8."""
    return "fp8_both" in kernel and ".sm_80." in cubin


def check_code(root, cubin, kernels):
    tools = list(pathlib.Path(root).rglob("bin/nvdisasm"))
    if not tools:
        return "machine code not looked at: no disassembler"
    tools[0].chmod(0o755)
    text = subprocess.run([str(tools[0]), "-c", str(cubin)], check=True, capture_output=True,
                          text=True).stdout
    sections = re.split(r"\.section\s+\.text\.(\w+)", text)
    code = dict(zip(sections[1::2], sections[2::2]))
    for kernel in kernels:
        for beginning, instruction in EXPECTED:
            if kernel.startswith(beginning) and not re.search(instruction, code[kernel]):
                if not unsupported(kernel, cubin.name):
                    sys.exit(f"{cubin.name}: {kernel} has no {instruction}")
    return None


def table(rows, path):
    lines = [
        "# GPU kernels: registers and room",
        "",
        "Made by `tools/cuda/compile.py` with NVRTC 12.9.86; compiled, not run. Blocks are those that",
        "a multiprocessor with 65,536 registers, 2,048 threads and 164 KB of shared memory has room for",
        "(static shared memory only). Nothing is spilled, on any target. Kernels for tokens leave room for two",
        "blocks; `tile_*_48` are for prompts of more than 64 rows and have a multiprocessor for themselves.",
        "",
        "| kernel | threads | " + " | ".join(f"registers {t}" for t in TARGETS)
        + " | static shared bytes | blocks an SM |",
        "|---|---:|" + "---:|" * (len(TARGETS) + 2),
    ]
    for name, (threads, by_target) in sorted(rows.items()):
        registers = " | ".join(str(by_target[t]["registers"]) for t in TARGETS)
        room = min(blocks(by_target[t], threads) for t in TARGETS)
        shared = max(by_target[t]["shared"] for t in TARGETS)
        lines.append(f"| `{name}` | {threads} | {registers} | {shared:,} | {room} |")
    pathlib.Path(path).write_text("\n".join(lines) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sources", required=True)
    parser.add_argument("--into", required=True)
    parser.add_argument("--wheels")
    parser.add_argument("--table")
    parser.add_argument("--target", action="append")
    arguments = parser.parse_args()
    into = pathlib.Path(arguments.into)
    into.mkdir(parents=True, exist_ok=True)
    source = (pathlib.Path(arguments.sources) / "kernels.cu").read_text()
    rows = {}
    with tempfile.TemporaryDirectory() as unpacked:
        wheels(arguments.wheels, unpacked)
        nvrtc = Nvrtc(unpacked)
        ptx, _ = nvrtc.compile(source, PTX, arguments.sources, "PTX")
        (into / f"kernels.{PTX}.ptx").write_bytes(ptx)
        threads = bounds(ptx)
        for target in arguments.target or TARGETS:
            cubin, log = nvrtc.compile(source, target, arguments.sources, "CUBIN")
            path = into / f"kernels.{target}.cubin"
            path.write_bytes(cubin)
            kernels = usage(log)
            spilled = {n: k for n, k in kernels.items() if k["spills"]}
            if spilled or not kernels:
                sys.exit(f"{target}: registers are spilled in {spilled}" if kernels else log)
            for name, kernel in kernels.items():
                rows.setdefault(name, (threads.get(name, 1024), {}))[1][target] = kernel
            remark = check_code(unpacked, path, kernels)
            print(f"{target}: {len(kernels)} kernels, {len(cubin):,} bytes"
                  + (f"; {remark}" if remark else ""))
    if arguments.table:
        table(rows, arguments.table)


if __name__ == "__main__":
    main()
