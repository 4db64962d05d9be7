#!/usr/bin/env python3
"""Looks into a native library without running it: whether it is for its platform, has what Java calls,
and needs nothing but what every such system has.

    check.py --platform NAME --source GENERATED.cpp LIBRARY
"""

import argparse
import pathlib
import re
import sys

import lief

lief.logging.disable()

# Libraries that belong to the system, by their beginnings in small letters.
SYSTEM = {
    "linux": ("libc.so.6", "libm.so.6", "libpthread.so.0", "libdl.so.2", "librt.so.1", "ld-linux"),
    "macosx": ("/usr/lib/libsystem.b.dylib",),
    "windows": ("api-ms-win-crt-", "kernel32.dll", "ntdll.dll", "psapi.dll", "advapi32.dll"),
}
# The newest version of glibc that a library may ask for.
GLIBC = (2, 17)
MACOS = [11, 0, 0]


def fail(file, what):
    sys.exit(f"{file}: {what}")


def exported(binary):
    if isinstance(binary, lief.MachO.Binary):
        return {symbol.name.removeprefix("_") for symbol in binary.exported_symbols}
    if isinstance(binary, lief.PE.Binary):
        return {entry.name for entry in binary.get_export().entries}
    return {symbol.name for symbol in binary.exported_symbols}


def machine(binary):
    if isinstance(binary, lief.MachO.Binary):
        return "macosx", {"ARM64": "arm64", "X86_64": "x86_64"}[binary.header.cpu_type.name]
    if isinstance(binary, lief.PE.Binary):
        return "windows", {"AMD64": "x86_64"}[binary.header.machine.name]
    return "linux", {"AARCH64": "arm64", "X86_64": "x86_64"}[binary.header.machine_type.name]


def check_glibc(file, binary):
    for requirement in binary.symbols_version_requirement:
        for version in requirement.get_auxiliary_symbols():
            found = re.fullmatch(r"GLIBC_(\d+)\.(\d+)(\.\d+)?", version.name)
            if found is None or (int(found[1]), int(found[2])) > GLIBC:
                fail(file, f"needs {version.name} of {requirement.name}")


def check_macos(file, binary):
    if binary.build_version is None or list(binary.build_version.minos) > MACOS:
        fail(file, f"is for macOS {binary.build_version and binary.build_version.minos}")
    # Processors of Apple run nothing else.
    if machine(binary)[1] == "arm64" and binary.code_signature is None:
        fail(file, "has no signature")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--platform", required=True)
    parser.add_argument("--source", required=True, type=pathlib.Path)
    parser.add_argument("library")
    arguments = parser.parse_args()
    file = arguments.library
    binary = lief.parse(file)
    if isinstance(binary, lief.MachO.FatBinary):
        binary = binary.at(0)
    if "-".join(machine(binary)) != arguments.platform:
        fail(file, f"is for {'-'.join(machine(binary))}, not for {arguments.platform}")
    wanted = set(re.findall(r"JNICALL (Java_\w+)\(", arguments.source.read_text())) | {"JNI_OnLoad"}
    if "OperatorKernels" in arguments.source.read_text():
        wanted.add("RegisterCustomOps")
    if missing := wanted - exported(binary):
        fail(file, f"does not export {sorted(missing)}")
    system = arguments.platform.split("-")[0]
    foreign = [name for name in map(str, map(
        lambda entry: getattr(entry, "name", entry), binary.libraries))
        if not name.lower().startswith(SYSTEM[system])]
    if system == "macosx":
        # The first one is its own name.
        foreign = [name for name in foreign if pathlib.Path(name).name != pathlib.Path(file).name]
        check_macos(file, binary)
    if foreign:
        fail(file, f"needs {foreign}")
    if system == "linux":
        check_glibc(file, binary)
    size = pathlib.Path(file).stat().st_size
    print(f"{arguments.platform} {pathlib.Path(file).name}: {size} bytes, {len(wanted)} functions")


if __name__ == "__main__":
    main()
