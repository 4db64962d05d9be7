#!/usr/bin/env python3
"""Builds the native libraries of a module for other platforms, on x86-64 Linux with zig's C++ compiler.

    build.py --javacpp JAR --classes DIR[:DIR...] --into DIR [--platform NAME]... LIBRARY...
    build.py --platform NAME --self-test FILE

LIBRARY is one of those below. DIR of --into is the module's target/classes, where each library lies
beside its class in a folder with the platform's name, which is where JavaCPP looks for it. The compiler
comes from PyPI, pinned by version and hash in requirements.txt. Nothing of a library depends on where
or when it is built. Afterwards check.py looks into each. The
second form makes a test of the kernels of NEON, a program, for a platform.
"""

import argparse
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
WORK = ROOT / "target" / "natives"

# What zig calls the platforms that JavaCPP names; the oldest C library or system that will do.
TARGETS = {
    "linux-x86_64": "x86_64-linux-gnu.2.17",
    "linux-arm64": "aarch64-linux-gnu.2.17",
    "macosx-arm64": "aarch64-macos.11.0",
    "macosx-x86_64": "x86_64-macos.11.0",
    "windows-x86_64": "x86_64-windows-gnu",
}
SUFFIXES = {"linux": ("lib", ".so"), "macosx": ("lib", ".dylib"), "windows": ("", ".dll")}
UNIX = [name for name in TARGETS if not name.startswith("windows")]


class Library:
    def __init__(self, owner, module, sources, includes=("",), platforms=tuple(TARGETS)):
        self.owner = owner
        self.module = module
        self.directory = ROOT / module / "src" / "main"
        self.sources = [path for pattern in sources for path in sorted(self.directory.glob(pattern))]
        self.includes = [self.directory / "cpp" / include for include in includes]
        self.platforms = platforms


LIBRARIES = {
    "jnilongcat_cpu": Library("io.longcat4j.compute.cpu.CpuKernels", "longcat-core", ["cpp/*.cpp"]),
    "jnilongcat_onnx": Library(
        "io.longcat4j.onnx.OperatorKernels", "longcat-core", ["cpp/onnx/*.cpp"]),
    "jnilongcat_mpi": Library(
        "io.longcat4j.mpi.MpiCalls", "longcat-mpi", ["cpp/*.cpp"], platforms=UNIX),
}


def java(name):
    home = os.environ.get("JAVA_HOME")
    return str(pathlib.Path(home) / "bin" / name) if home else name


def jni_headers():
    """Of the building JDK: JavaCPP's own code declares what differs between platforms."""
    settings = subprocess.run(
        [java("java"), "-XshowSettings:properties", "-version"], check=True, text=True,
        stderr=subprocess.PIPE).stderr
    home = next(line.split("=")[1].strip() for line in settings.splitlines() if " java.home =" in line)
    return [pathlib.Path(home) / "include", pathlib.Path(home) / "include" / "linux"]


def install_tools():
    tools = WORK / "tools"
    requirements = (HERE / "requirements.txt").read_text()
    stamp = tools / "requirements.txt"
    if not stamp.exists() or stamp.read_text() != requirements:
        subprocess.run(
            [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes",
             "--only-binary=:all:", "--upgrade", "--target", str(tools), "--requirement",
             str(HERE / "requirements.txt")], check=True)
        stamp.write_text(requirements)
    return tools


def generate(name, library, arguments):
    """The functions that Java calls, as JavaCPP writes them for all platforms alike."""
    directory = WORK / "generated" / name
    subprocess.run(
        [java("java"), "-cp", os.pathsep.join([arguments.javacpp, arguments.classes]),
         "org.bytedeco.javacpp.tools.Builder", "-nocompile", "-d", str(directory), "-configdir",
         str(arguments.into / "META-INF" / "native-image" / "io.longcat4j" / library.module),
         library.owner],
        check=True, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    return [directory / "jnijavacpp.cpp", directory / f"{name}.cpp"]


def compile_sources(sources, includes, platform, options, tools, file):
    file.parent.mkdir(parents=True, exist_ok=True)
    environment = dict(
        os.environ, PYTHONPATH=str(tools), ZIG_GLOBAL_CACHE_DIR=str(WORK / "cache"),
        ZIG_LOCAL_CACHE_DIR=str(WORK / "cache"))
    command = [
        sys.executable, "-m", "ziglang", "c++", "-target", TARGETS[platform], "-std=c++17", "-O3",
        "-g0", "-s", "-fPIC", "-fvisibility=hidden",
        # Sums shall not be rounded once here and twice there.
        "-ffp-contract=off",
        # Zig asks for checks of undefined behaviour, which take their time.
        "-fno-sanitize=undefined",
        "-Wall", "-Werror", "-Wno-vla-cxx-extension", "-Wno-unused-function",
        f"-ffile-prefix-map={ROOT}=.",
        *[f"-I{include}" for include in includes], *options, *map(str, sources), "-o", str(file)]
    if platform.startswith("windows"):
        command += ["-lpsapi"]
    subprocess.run(command, check=True, env=environment)


def compile_library(library, generated, platform, headers, tools, file):
    options = ["-shared"]
    if platform.startswith("macosx"):
        # Else its own path would be its name.
        options += [f"-Wl,-install_name,@rpath/{file.name}"]
    compile_sources(
        [*generated, *library.sources], [*headers, *library.includes], platform, options, tools, file)
    # The linker for Windows leaves what only linkers need.
    for rest in [*file.parent.glob("*.pdb"), *file.parent.glob("*.lib")]:
        rest.unlink()


def compile_self_test(platform, tools, file):
    """What runs kernels of NEON against the generic ones, as a program of its own."""
    core = ROOT / "longcat-core" / "src"
    kernels = ["kernels_generic.cpp", "kernels_neon.cpp", "onnx/snake_avx2.cpp",
               "onnx/snake_avx512.cpp", "onnx/snake_generic.cpp", "onnx/snake_neon.cpp"]
    sources = [*[core / "main" / "cpp" / name for name in kernels],
               core / "test" / "cpp" / "neon_test.cpp"]
    compile_sources(sources, [core / "main" / "cpp"], platform, [], tools, file)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--javacpp")
    parser.add_argument("--classes")
    parser.add_argument("--into", type=pathlib.Path)
    parser.add_argument("--platform", action="append", choices=TARGETS)
    parser.add_argument("--self-test", type=pathlib.Path)
    parser.add_argument("library", nargs="*", choices=[*LIBRARIES, []])
    arguments = parser.parse_args()
    tools = install_tools()
    if arguments.self_test:
        for platform in arguments.platform:
            compile_self_test(platform, tools, arguments.self_test.resolve())
        return
    headers = jni_headers()
    for name in arguments.library:
        library = LIBRARIES[name]
        generated = generate(name, library, arguments)
        folder = arguments.into / pathlib.Path(*library.owner.split(".")[:-1])
        for platform in arguments.platform or TARGETS:
            if platform not in library.platforms:
                continue
            prefix, suffix = SUFFIXES[platform.split("-")[0]]
            file = folder / platform / f"{prefix}{name}{suffix}"
            compile_library(library, generated, platform, headers, tools, file)
            subprocess.run(
                [sys.executable, str(HERE / "check.py"), "--platform", platform, "--source",
                 str(generated[-1]), str(file)], check=True,
                env=dict(os.environ, PYTHONPATH=str(tools)))


if __name__ == "__main__":
    main()
