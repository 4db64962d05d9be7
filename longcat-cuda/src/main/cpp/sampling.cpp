// The choice of tokens.
#include "operations.h"

namespace longcat::cuda {

namespace {

constexpr int64_t kRun = 4096;  // kChoiceRun
constexpr int32_t kMostCandidates = 1024;

}  // namespace

int32_t choose_greedily(Launcher& launcher, const MatrixView& logits, int32_t* ids) {
  int64_t blocks = parts(logits.columns, kRun);
  auto* best = reinterpret_cast<unsigned long long*>(
      launcher.workspace(logits.rows * blocks * static_cast<int64_t>(sizeof(unsigned long long))));
  auto* done = reinterpret_cast<uint32_t*>(
      launcher.zeroed(logits.rows * static_cast<int64_t>(sizeof(uint32_t))));
  if (best == nullptr || done == nullptr) return kNoMemory;
  return run(launcher, "choose_greedily", {blocks, logits.rows, 256, 0}, logits, best, done, ids);
}

int32_t count_picks(Launcher& launcher, const int32_t* ids, int64_t layers, int64_t tokens,
                    int32_t top_k, int32_t first_zero, int32_t* counts) {
  return run(launcher, "count_picks", {tokens, 1, 32, 0}, ids, static_cast<int32_t>(layers), top_k,
             first_zero, counts);
}

int32_t choose_best(Launcher& launcher, const MatrixView& logits, int32_t candidates, int32_t* ids,
                    float* values) {
  if (candidates < 1 || candidates > logits.columns || candidates > kMostCandidates) {
    return launcher.fail(kMisfit, "choose_best: more candidates than there are, or than 1024");
  }
  int64_t blocks = parts(logits.columns, kRun);
  auto* best = reinterpret_cast<unsigned long long*>(launcher.workspace(
      logits.rows * blocks * candidates * static_cast<int64_t>(sizeof(unsigned long long))));
  auto* done = reinterpret_cast<uint32_t*>(
      launcher.zeroed(logits.rows * static_cast<int64_t>(sizeof(uint32_t))));
  if (best == nullptr || done == nullptr) return kNoMemory;
  return run(launcher, "choose_best", {blocks, logits.rows, 256, 0}, logits, candidates, best, done,
             ids, values);
}

}  // namespace longcat::cuda
