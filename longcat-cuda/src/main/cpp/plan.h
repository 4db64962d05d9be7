// What the rows of a pass are: checked once, sent once, then used by every operation of the pass.
#pragma once

#include <cstdint>
#include <vector>

#include "context.h"
#include "operations.h"
#include "staging.h"

namespace longcat::cuda {

class Plan {
 public:
  Plan(Context& context, int64_t shift, int64_t pages)
      : context_(context), shift_(shift), pages_(pages) {}
  ~Plan() { close(); }
  Plan(const Plan&) = delete;
  Plan& operator=(const Plan&) = delete;

  // All that is queued with it has been waited for.
  void close();

  void begin();
  // Adds the next rows; what does not fit changes nothing.
  int32_t span(const int32_t* pages, int64_t length, int64_t first_row, int64_t rows,
               int64_t first_position, int64_t top_k);
  // Makes room on the device: true where it had to be made, so that what is queued must have been
  // waited for before.
  bool fits() const;
  int32_t reserve();
  int32_t send(Staging& staging, StreamHandle stream);

  device::PlanView view() const;
  // Rounded up, so that few graphs serve all passes.
  PlanBounds bounds() const;
  // Whether it says of so many rows where they are in a cache of so many rows.
  bool fits(int64_t rows, int64_t cache_rows) const {
    return static_cast<int64_t>(rows_.size()) == rows && pages_ << shift_ <= cache_rows;
  }
  int64_t rows() const { return static_cast<int64_t>(rows_.size()); }

 private:
  Context& context_;
  int64_t shift_;
  int64_t pages_;
  int64_t longest_ = 0;
  int64_t longest_sparse_ = 0;
  std::vector<device::PlannedRow> rows_;
  std::vector<int32_t> entries_;
  Address device_rows_ = 0;
  Address device_entries_ = 0;
  size_t row_capacity_ = 0;
  size_t entry_capacity_ = 0;
};

}  // namespace longcat::cuda
