// The choice of tokens.
#include "operations.h"

namespace longcat::cuda {

namespace {

constexpr int64_t kRun = 4096;  // kChoiceRun

}  // namespace

int32_t choose_greedily(Launcher& launcher, const MatrixView& logits, int32_t* ids) {
  int64_t blocks = parts(logits.columns, kRun);
  auto* best = reinterpret_cast<unsigned long long*>(
      launcher.workspace(logits.rows * blocks * static_cast<int64_t>(sizeof(unsigned long long))));
  auto* done =
      reinterpret_cast<uint32_t*>(launcher.zeroed(logits.rows * static_cast<int64_t>(sizeof(uint32_t))));
  if (best == nullptr || done == nullptr) return kNoMemory;
  return run(launcher, "choose_greedily", {blocks, logits.rows, 256, 0}, logits, best, done, ids);
}

}  // namespace longcat::cuda
