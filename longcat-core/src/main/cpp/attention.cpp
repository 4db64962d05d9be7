#include "attention.h"

#include <algorithm>

#include "sparse_attention.h"

namespace longcat {

namespace {

// Rows that score all positions, neighbours of one sequence together; a lone row takes several heads
// instead.
int64_t group_rows(const Attention& attention, int64_t first, int64_t count, Group* groups) {
  const PlannedRow* rows = attention.plan.rows();
  int64_t group_count = 0;
  for (int64_t row = first; row < first + count;) {
    if (!rows[row].scores_all()) {
      row++;
      continue;
    }
    int size = 1;
    while (size < kQueries && row + size < first + count && rows[row + size].scores_all() &&
           rows[row + size].pages == rows[row].pages) {
      size++;
    }
    groups[group_count++] = {row, size, kQueries / size};
    row += size;
  }
  return group_count;
}

int64_t dense_rows(const Attention& attention, int64_t first, int64_t count, SeenRow* dense) {
  int64_t dense_count = 0;
  for (int64_t row = first; row < first + count; row++) {
    if (attention.plan.rows()[row].sparse()) continue;
    dense[dense_count++] = {row, {attention.plan.table(row), nullptr, attention.length(row)}};
  }
  return dense_count;
}

// Numbers for the states of all stretches, however finely heads are cut.
int64_t all_state_floats(const Layout& layout, int64_t longest) {
  int64_t most = 0;
  for (int64_t heads = kHeadBlock; heads >= kFewestHeads; heads /= 2) {
    int64_t blocks = (layout.heads + heads - 1) / heads;
    most = std::max(most, blocks * state_floats(heads, layout.latent));
  }
  return stretches(longest) * most;
}

bool fits(const RowPlan& plan, const KeyIndex& index, int64_t index_bytes) {
  int64_t units = index.of_pages() ? plan.pages : plan.pages << plan.shift;
  for (int64_t row = 0; row < plan.row_count; row++) {
    const PlannedRow& of = plan.rows()[row];
    if (of.approximate() && (of.choice != index.choice || index.base == nullptr)) return false;
  }
  return index.base == nullptr || units * index.row_bytes() <= index_bytes;
}

}  // namespace

}  // namespace longcat

using longcat::Scratch;

extern "C" int32_t longcat_attention(int64_t context, int64_t kv_b, int64_t heads, int64_t nope,
                                     int64_t rope, int64_t latent, int64_t value, float scale,
                                     int64_t queries, int64_t query_stride, int64_t cache,
                                     int64_t cache_rows, int64_t cache_row_bytes,
                                     int32_t cache_format, int64_t into, int64_t into_stride,
                                     int64_t rows, int64_t plan, int64_t index,
                                     int64_t index_bytes, int32_t choice,
                                     int32_t measured) noexcept {
  longcat::Context& c = longcat::context_at(context);
  const longcat::Weight& weight = longcat::weight_at(kv_b);
  const longcat::RowPlan& planned = longcat::plan_at(plan);
  longcat::Layout layout{heads, nope, rope, latent, value, scale};
  longcat::KeyIndex known{reinterpret_cast<uint8_t*>(index), choice, latent, rope};
  if (!planned.fits(rows, cache_rows)) return LONGCAT_MISFIT;
  if (rows == 0) return LONGCAT_OK;
  if (weight.rows != heads * (nope + value) || weight.columns != latent ||
      cache_row_bytes < longcat::cached_row_bytes(cache_format, latent + rope) ||
      !longcat::fits(planned, known, index_bytes)) {
    return LONGCAT_MISFIT;
  }
  int64_t chunk = std::min(rows, longcat::kChunkRows);
  longcat::Inputs inputs(c, latent, chunk * heads, 1, false, true);
  inputs.add(weight);
  if (!c.shared.reserve(Scratch::bytes<longcat::Group>(chunk) +
                        Scratch::bytes<longcat::SeenRow>(chunk) +
                        Scratch::bytes<float>(chunk * heads * layout.cached()) +
                        Scratch::bytes<float>(chunk * heads * latent) +
                        Scratch::bytes<char>(inputs.bytes()))) {
    return LONGCAT_OUT_OF_MEMORY;
  }
  auto* groups = c.shared.take<longcat::Group>(chunk);
  auto* dense = c.shared.take<longcat::SeenRow>(chunk);
  longcat::Attention attention{c,
                               weight,
                               layout,
                               {longcat::floats_at(queries), query_stride, nullptr},
                               {reinterpret_cast<const uint8_t*>(cache), cache_row_bytes,
                                cache_format, latent + rope},
                               longcat::floats_at(into),
                               into_stride,
                               planned,
                               c.shared.take<float>(chunk * heads * layout.cached()),
                               c.shared.take<float>(chunk * heads * latent),
                               c.shared.take<char>(inputs.bytes()),
                               nullptr,
                               0};
  longcat::SparseAttention sparse(attention, known, measured != 0);
  attention.state_positions =
      std::max(rows < 2 * c.pool.threads() ? planned.longest : 0, sparse.listed);
  int64_t floats = longcat::all_state_floats(layout, attention.state_positions);
  if (!c.kept.reserve(Scratch::bytes<float>(floats))) return LONGCAT_OUT_OF_MEMORY;
  attention.states = c.kept.take<float>(floats);
  if (!c.choices.reserve(sparse.shared_bytes()) ||
      !c.reserve_per_thread(std::max(attention.thread_bytes(), sparse.thread_bytes()))) {
    return LONGCAT_OUT_OF_MEMORY;
  }
  for (int64_t first = 0; first < rows; first += chunk) {
    int64_t count = std::min(chunk, rows - first);
    attention.absorb(first, count);
    if (measured != 0) {
      for (int64_t row = first; row < first + count; row++) {
        sparse.measure_row(first, row, attention.into + row * into_stride);
      }
      continue;
    }
    attention.attend_densely(first, dense, longcat::dense_rows(attention, first, count, dense));
    sparse.attend_groups(first, groups, longcat::group_rows(attention, first, count, groups));
    for (int64_t row = first; row < first + count; row++) {
      const longcat::PlannedRow& of = planned.rows()[row];
      if (of.sparse() && !of.scores_all()) sparse.attend_row(first, row);
    }
    attention.expand(first, count);
  }
  return LONGCAT_OK;
}
