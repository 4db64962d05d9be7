#!/bin/sh
# Runs every C++ test plainly, under the address and under the thread sanitizer, then checks that what
# is planted is found: test_all.sh OUT
set -e
here=$(cd "$(dirname "$0")" && pwd)
out=$1
for mode in plain asan tsan; do
  for test in emulator device devices elements faults; do
    # The emulator's test plants races, which are looked for below.
    [ $mode-$test = tsan-emulator ] && continue
    program=$("$here/build.sh" $mode ${test}_test "$out")
    echo "$program"
    setarch -R "$program" > "$program.log" 2>&1 || { cat "$program.log"; exit 1; }
  done
done
for what in quick asan tsan faults; do sh "$here/check.sh" $what "$out"; done
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
