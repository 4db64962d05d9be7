#!/bin/sh
# Builds a C++ test over the emulator: build.sh plain|asan|tsan NAME OUT
# Kernels and operations get the sanitizer; the emulator, which switches stacks, must not.
set -e
here=$(cd "$(dirname "$0")" && pwd)
main=$here/../../main
mode=$1 name=$2 out=$3
compiler=${CXX:-g++}
flags="-std=c++17 -O1 -g -Wall -Wextra -Wconversion -Werror -pthread"
includes="-I$main/cuda -I$main/emulator -I$main/cpp -I$here"
case $mode in
  plain) checks="" ;;
  asan) checks="-fsanitize=address,undefined -fno-sanitize-recover=undefined" ;;
  tsan) checks="-fsanitize=thread" ;;
esac
mkdir -p "$out/core" "$out/$mode"
compile() { # SOURCE OBJECT FLAGS...
  source=$1 object=$2
  shift 2
  if [ ! -f "$object" ] || [ -n "$(find "$main" "$here" -newer "$object" -name '*.[chd]*' | head -1)" ]; then
    $compiler $flags $includes "$@" -c "$source" -o "$object"
  fi
}
objects=""
for part in block emulator fiber memory shared_memory tensor_core; do
  compile "$main/emulator/$part.cpp" "$out/core/$part.o" -O2
  objects="$objects $out/core/$part.o"
done
for source in "$main"/cpp/*.cpp "$main/emulator/kernel_table.cpp" "$here/$name.cpp"; do
  object=$out/$mode/$(basename "$source" .cpp).o
  compile "$source" "$object" $checks
  objects="$objects $object"
done
$compiler $flags $checks $objects -ldl -o "$out/$mode/$name"
echo "$out/$mode/$name"
