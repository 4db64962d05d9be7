#include "plan.h"

#include <algorithm>

namespace longcat::cuda {

namespace {

// Rows and slots are counted in 32 bits elsewhere.
constexpr int64_t kMost = INT32_MAX;
constexpr int64_t kLeastBound = device::kStretch;
constexpr size_t kLeastRows = 64;
constexpr size_t kLeastEntries = 1024;

bool within(int64_t value, int64_t least, int64_t most) { return value >= least && value <= most; }

int32_t bound_of(int64_t positions) {
  if (positions == 0) return 0;
  int64_t bound = kLeastBound;
  while (bound < positions) bound *= 2;
  return static_cast<int32_t>(std::min(bound, kMost));
}

}  // namespace

void Plan::close() {
  if (device_rows_ != 0) context_.arena().give(device_rows_);
  if (device_entries_ != 0) context_.arena().give(device_entries_);
  device_rows_ = 0;
  device_entries_ = 0;
  row_capacity_ = 0;
  entry_capacity_ = 0;
}

void Plan::begin() {
  rows_.clear();
  entries_.clear();
  longest_ = 0;
  longest_sparse_ = 0;
}

int32_t Plan::span(const int32_t* pages, int64_t length, int64_t first_row, int64_t rows,
                   int64_t first_position, int64_t top_k) {
  if (first_row != this->rows() || !within(rows, 1, kMost - first_row) ||
      !within(first_position, 0, kMost - rows) || !within(top_k, 0, kMost)) {
    return kMisfit;
  }
  int64_t end = first_position + rows;
  int64_t used = ((end - 1) >> shift_) + 1;
  if (used > length || used > kMost - static_cast<int64_t>(entries_.size())) return kMisfit;
  for (int64_t i = 0; i < used; i++) {
    if (!within(pages[i], 0, pages_ - 1)) return kMisfit;
  }
  auto first_page = static_cast<int32_t>(entries_.size());
  entries_.insert(entries_.end(), pages, pages + used);
  int64_t mask = (int64_t{1} << shift_) - 1;
  for (int64_t position = first_position; position < end; position++) {
    int64_t page = pages[position >> shift_];
    int64_t slot = (page << shift_) + (position & mask);
    rows_.push_back({static_cast<int32_t>(position), static_cast<int32_t>(slot), first_page,
                     static_cast<int32_t>(top_k)});
  }
  longest_ = std::max(longest_, end);
  if (top_k > 0 && end > top_k) longest_sparse_ = std::max(longest_sparse_, end);
  return kOk;
}

bool Plan::fits() const {
  return device_rows_ != 0 && rows_.size() <= row_capacity_ && entries_.size() <= entry_capacity_;
}

int32_t Plan::reserve() {
  size_t rows = std::max({kLeastRows, 2 * row_capacity_, rows_.size()});
  size_t entries = std::max({kLeastEntries, 2 * entry_capacity_, entries_.size()});
  close();
  int32_t status = context_.take(rows * sizeof(device::PlannedRow), "a row plan", &device_rows_);
  if (status == kOk) {
    status = context_.take(entries * sizeof(int32_t), "a row plan", &device_entries_);
  }
  if (status != kOk) {
    close();
    return status;
  }
  row_capacity_ = rows;
  entry_capacity_ = entries;
  return kOk;
}

int32_t Plan::send(Staging& staging, StreamHandle stream) {
  auto bytes = static_cast<int64_t>(rows_.size() * sizeof(device::PlannedRow));
  int32_t status = staging.send(device_rows_, rows_.data(), bytes, stream);
  if (status != kOk) return status;
  bytes = static_cast<int64_t>(entries_.size() * sizeof(int32_t));
  return staging.send(device_entries_, entries_.data(), bytes, stream);
}

device::PlanView Plan::view() const {
  return {reinterpret_cast<const device::PlannedRow*>(device_rows_),
          reinterpret_cast<const int*>(device_entries_), static_cast<int>(rows_.size()),
          static_cast<int>(shift_)};
}

PlanBounds Plan::bounds() const { return {bound_of(longest_), bound_of(longest_sparse_)}; }

}  // namespace longcat::cuda
