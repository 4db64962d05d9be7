#!/bin/sh
# Builds and runs every C++ test plainly, under the address and under the thread sanitizer, then checks
# that the sanitizers see what is planted: test_all.sh OUT
set -e
here=$(cd "$(dirname "$0")" && pwd)
out=$1
for mode in plain asan tsan; do
  for test in "$here"/*_test.cpp; do
    program=$("$here/build.sh" $mode "$(basename "$test" .cpp)" "$out")
    log=$program.log
    # The emulator's own test plants races, which the thread sanitizer is to see elsewhere.
    case $program in */tsan/emulator_test) continue ;; esac
    echo "$program"
    if ! setarch -R "$program" > "$log" 2>&1; then
      cat "$log"
      exit 1
    fi
  done
done
must_see() { # MODE FAULT WORDS
  if setarch -R "$out/$1/emulator_test" "$2" > "$out/planted.log" 2>&1 && [ "$1" = asan ]; then
    echo "nobody saw the planted $2"
    exit 1
  fi
  grep -q "$3" "$out/planted.log" || { echo "the planted $2 was not told"; cat "$out/planted.log"; exit 1; }
}
"$here/build.sh" tsan emulator_test "$out" > /dev/null
must_see asan overrun "use-after-poison"
must_see tsan missing-barrier "data race"
must_see tsan unfenced "data race"
echo "every planted fault was seen"
