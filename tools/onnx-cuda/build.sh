#!/bin/sh
# build.sh PROVIDER INTO: the libraries that PROVIDER (libonnxruntime_providers_cuda.so) asks for, as
# they are linked and, for cuDNN, as it looks for them by name. What fake_cuda.c does not say itself
# does nothing and says that it went well.
set -eu
here=$(dirname "$0")
provider=$1
into=$2
mkdir -p "$into"
sed -nE 's/^[^/]*[ *]((__)?cu[A-Za-z0-9_]+)\(.*/\1/p' "$here/fake_cuda.c" | sort -u > "$into/said"
{
  nm -D --undefined-only "$provider" | sed -nE 's/.* ((__)?cu[A-Za-z0-9_]+)@.*/\1/p'
  strings -n 6 "$provider" | grep -oE '\bcudnn(Backend)?[A-Z][A-Za-z]+(_v[0-9])?\b'
  printf 'cudnn%s\n' BackendInitialize GetProperty RNNGetClip_v8 BuildRNNDynamic
} | sort -u | comm -23 - "$into/said" | sed -E '
  s/^(cudnn(Backend)?Create.*Descriptor)$/int \1(void** made) { return handle(made); }/
  t
  s/.*/int &(void) { return 0; }/' > "$into/rest.c"
cat "$here/fake_cuda.c" "$into/rest.c" > "$into/all.c"
gcc -w -fPIC -shared -o "$into/libcudart.so.12" -Wl,-soname,libcudart.so.12 "$into/all.c"
for library in libcuda.so.1 libcublas.so.12 libcublasLt.so.12 libcurand.so.10 libcufft.so.11 libcudnn.so.9; do
  ln -sf libcudart.so.12 "$into/$library"
done
