#!/bin/sh
# Runs the C++ tests over the emulator: check.sh quick|seeds|asan|tsan|faults OUT
#   quick   one order of threads, also what takes a minute
#   seeds   twenty orders, both models of tensor cores, both sizes of shared memory
#   asan, tsan   with a sanitizer
#   faults  with each planted fault, which has to be found
set -e
here=$(cd "$(dirname "$0")" && pwd)
what=$1 out=$2
tests="products_test tensor_test experts_test attention_test"

build() { sh "$here/build.sh" "$1" "$2" "$out" > /dev/null; }

found() { # FAULT TEST BINARY CASE: fails under one of the orders, and tells why
  for seed in 1 2 3 4 5; do
    if ! LONGCAT_EMULATOR=seed=$seed setarch -R "$3" "$4" > "$out/fault.log" 2>&1; then
      told=$(grep -m1 -E 'FAILED|WARNING: ThreadSanitizer|ERROR: Address' "$out/fault.log" | cut -c1-160)
      [ -n "$told" ] || { cat "$out/fault.log"; echo "fault $1 by $2: ended without a word"; return 1; }
      echo "found fault $1 by $2: $told"
      return 0
    fi
  done
  echo "NOT FOUND: fault $1 by $2"
  return 1
}

sound() { # TEST BINARY CASE: there is such a case, and without a fault it passes
  setarch -R "$2" "$3" > "$out/fault.log" 2>&1 || { cat "$out/fault.log"; echo "$1 fails soundly"; return 1; }
  grep -q "^ok .*$3" "$out/fault.log" || { echo "$1 has no $3"; return 1; }
}

plant() { # FAULT MODE TEST CASE
  build "$2" "$3"
  sound "$3" "$out/$2/$3" "$4"
  objects=$(ls "$out"/core/*.o "$out/$2"/*.o | grep -v -e '_test\.o$' -e '/kernel_table\.o$')
  main=$here/../../main checks=""
  case $2 in tsan) checks="-fsanitize=thread" ;; asan) checks="-fsanitize=address,undefined" ;; esac
  mkdir -p "$out/faults"
  ${CXX:-g++} -std=c++17 -O1 -g -pthread $checks -DLONGCAT_FAULT="$1" -I"$main/cuda" \
    -I"$main/emulator" -I"$main/cpp" -c "$main/emulator/kernel_table.cpp" -o "$out/faults/table.o"
  ${CXX:-g++} -pthread $checks $objects "$out/$2/$3.o" "$out/faults/table.o" -ldl -o "$out/faults/$3"
  found "$1" "$3" "$out/faults/$3" "$4"
}

case $what in
  quick)
    for test in $tests; do build plain "$test"; LONGCAT_LONG=1 "$out/plain/$test"; done ;;
  seeds)
    for test in $tests; do build plain "$test"; done
    for seed in 0 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
      tensor=ieee arch=80
      [ $((seed % 2)) = 0 ] || tensor=truncating
      [ $((seed % 3)) = 0 ] || arch=90
      for test in $tests; do
        LONGCAT_EMULATOR=seed=$seed,tensor=$tensor,arch=$arch "$out/plain/$test" > "$out/seed.log" ||
          { cat "$out/seed.log"; echo "seed $seed, $tensor, $arch"; exit 1; }
      done
      echo "ok seed $seed, tensor cores $tensor, arch $arch"
    done ;;
  asan)
    for test in $tests; do build asan "$test"; "$out/asan/$test"; done ;;
  tsan)
    build tsan tensor_test; setarch -R "$out/tsan/tensor_test" number_of_rows
    build tsan experts_test
    for case in equal_scores one_expert slices zero_experts highest; do
      setarch -R "$out/tsan/experts_test" $case
    done
    build tsan attention_test
    for case in tensor_cores what_a_block_holds; do setarch -R "$out/tsan/attention_test" $case; done ;;
  faults)
    plant 1 plain tensor_test number_of_rows
    plant 2 plain tensor_test number_of_rows
    plant 1 plain attention_test what_a_block_holds
    plant 2 plain attention_test what_a_block_holds
    plant 3 plain tensor_test number_of_rows
    plant 4 plain experts_test one_expert
    plant 5 tsan experts_test one_expert
    plant 6 plain tensor_test number_of_rows
    plant 7 plain experts_test zero_experts ;;
esac
