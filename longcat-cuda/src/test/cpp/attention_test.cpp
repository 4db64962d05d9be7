// Latent attention against keys and values expanded for each head in double precision.
#include <numeric>

#include "bench.h"

namespace longcat::test {

namespace {

struct Sequence {
  int first;  // position
  int rows;
  int top_k = 0;
};

struct Case {
  HeadsView heads;
  int kv_format;
  int cache_format;
  int page;  // positions of one, a power of two
  std::vector<Sequence> sequences;
};

// A batch of sequences whose pages lie scattered over a cache.
class Batch {
 public:
  Batch(const Case& c, Random& random)
      : case_(c),
        kv_b_(c.kv_format, c.heads.heads * (c.heads.nope + c.heads.value), c.heads.latent, random) {
    int pages = 3;
    for (const Sequence& s : c.sequences) pages += (s.first + s.rows - 1) / c.page + 1;
    std::vector<int> numbers(static_cast<size_t>(pages));
    std::iota(numbers.begin(), numbers.end(), 0);
    std::shuffle(numbers.begin(), numbers.end(), random);
    for (const Sequence& s : c.sequences) {
      int first_page = static_cast<int>(pages_.size());
      for (int i = 0; i <= (s.first + s.rows - 1) / c.page; i++) {
        pages_.push_back(numbers.back());
        numbers.pop_back();
      }
      for (int r = 0; r < s.rows; r++) rows_.push_back({s.first + r, 0, first_page, s.top_k});
    }
    cached_ = random_rows(int64_t{pages} * c.page, c.heads.latent + c.heads.rope, random);
    queries = random_rows(static_cast<int64_t>(rows_.size()),
                          c.heads.heads * (c.heads.nope + c.heads.rope), random);
    keep();
  }

  Rows attend(EmulatedLauncher& launcher, size_t first, size_t count) const {
    std::vector<device::PlannedRow> some(rows_.begin() + static_cast<long>(first),
                                         rows_.begin() + static_cast<long>(first + count));
    int longest = 0;
    int sparse = 0;
    for (const auto& row : some) {
      longest = std::max(longest, row.position + 1);
      if (row.top_k > 0 && row.top_k < row.position + 1)
        sparse = std::max(sparse, row.position + 1);
    }
    Memory<device::PlannedRow> rows(some);
    Memory<int> pages(pages_);
    int shift = 0;
    while (1 << shift < case_.page) shift++;
    Memory<uint8_t> cache(bytes_);
    Matrix from(Rows(queries.begin() + static_cast<long>(first),
                     queries.begin() + static_cast<long>(first + count)));
    Matrix into(Rows(count, std::vector<float>(
                                static_cast<size_t>(case_.heads.heads * case_.heads.value), NAN)));
    RowsView view{cache.data(), static_cast<int64_t>(cached_.size()),
                  case_.heads.latent + case_.heads.rope, row_bytes(), case_.cache_format};
    require_done(launcher,
                 cuda::latent_attention(launcher, from.view(), kv_b_.view(), case_.heads, view,
                                        {rows.data(), pages.data(), static_cast<int>(count), shift},
                                        {longest, sparse}, into.view()),
                 "attention");
    return into.read();
  }

  size_t size() const { return rows_.size(); }

  Wide expected() const {
    Wide result;
    for (size_t r = 0; r < rows_.size(); r++) {
      std::vector<double> out;
      for (int h = 0; h < case_.heads.heads; h++) {
        std::vector<double> one = attend_head(r, h);
        out.insert(out.end(), one.begin(), one.end());
      }
      result.push_back(out);
    }
    return result;
  }

  Rows queries;

 private:
  int64_t row_bytes() const {
    int64_t columns = case_.heads.latent + case_.heads.rope;
    int64_t bytes = case_.cache_format == device::kF32    ? 4 * columns
                    : case_.cache_format == device::kBf16 ? 2 * columns
                                                          : device::fp8_scale_offset(columns) + 4;
    return (bytes + 15) / 16 * 16;
  }

  // Rows as a cache keeps them; what they mean from then on is what was kept.
  void keep() {
    bytes_.assign(cached_.size() * static_cast<size_t>(row_bytes()), 0xFF);
    for (size_t r = 0; r < cached_.size(); r++) {
      uint8_t* into = bytes_.data() + r * static_cast<size_t>(row_bytes());
      float scale = 1.0f / 448;
      for (size_t c = 0; c < cached_[r].size(); c++) {
        float& v = cached_[r][c];
        if (case_.cache_format == device::kF32) {
          std::memcpy(into + 4 * c, &v, 4);
        } else if (case_.cache_format == device::kBf16) {
          uint16_t bits = float_to_bf16(v);
          std::memcpy(into + 2 * c, &bits, 2);
          v = bf16_to_float(bits);
        } else {
          int code = static_cast<int>((c * 37 + r * 101) % 255);
          if ((code & 127) == 127) code = 5;
          into[c] = static_cast<uint8_t>(code);
          v = static_cast<float>(fp8_number(code)) * scale;
        }
      }
      if (case_.cache_format == device::kFp8) {
        std::memcpy(into + device::fp8_scale_offset(static_cast<int64_t>(cached_[r].size())),
                    &scale, 4);
      }
    }
  }

  std::vector<double> attend_head(size_t r, int h) const {
    const HeadsView& l = case_.heads;
    const device::PlannedRow& row = rows_[r];
    const float* q = queries[r].data() + h * (l.nope + l.rope);
    std::vector<double> absorbed(static_cast<size_t>(l.latent));
    size_t key = static_cast<size_t>(h * (l.nope + l.value));
    for (int i = 0; i < l.nope; i++) {
      for (size_t c = 0; c < absorbed.size(); c++) {
        absorbed[c] += q[i] * kv_b_.numbers[key + static_cast<size_t>(i)][c];
      }
    }
    std::vector<double> scores;
    std::vector<const float*> cached;
    for (int p = 0; p <= row.position; p++) {
      int page = pages_[static_cast<size_t>(row.first_page + p / case_.page)];
      const float* from = cached_[static_cast<size_t>(page * case_.page + p % case_.page)].data();
      double score = 0;
      for (int c = 0; c < l.latent; c++) score += absorbed[static_cast<size_t>(c)] * from[c];
      for (int c = 0; c < l.rope; c++)
        score += static_cast<double>(q[l.nope + c]) * from[l.latent + c];
      scores.push_back(score * l.scale);
      cached.push_back(from);
    }
    std::vector<size_t> kept(scores.size());
    std::iota(kept.begin(), kept.end(), 0);
    std::stable_sort(kept.begin(), kept.end(),
                     [&](size_t a, size_t b) { return scores[a] > scores[b]; });
    if (row.top_k > 0 && kept.size() > static_cast<size_t>(row.top_k))
      kept.resize(static_cast<size_t>(row.top_k));
    double largest = scores[kept[0]];
    double sum = 0;
    std::vector<double> mixed(static_cast<size_t>(l.latent));
    for (size_t p : kept) {
      double weight = std::exp(scores[p] - largest);
      sum += weight;
      for (size_t c = 0; c < mixed.size(); c++) mixed[c] += weight * cached[p][c];
    }
    std::vector<double> out(static_cast<size_t>(l.value));
    for (size_t v = 0; v < out.size(); v++) {
      for (size_t c = 0; c < mixed.size(); c++) {
        out[v] += kv_b_.numbers[key + static_cast<size_t>(l.nope) + v][c] * mixed[c] / sum;
      }
    }
    return out;
  }

  Case case_;
  Weight kv_b_;
  std::vector<device::PlannedRow> rows_;
  std::vector<int> pages_;
  Rows cached_;
  std::vector<uint8_t> bytes_;
};

const HeadsView kLayouts[] = {{1, 1, 2, 1, 1, 1},         {3, 5, 4, 7, 6, 0.3f},
                              {4, 0, 6, 16, 8, 0.5f},     {2, 9, 0, 67, 33, 0.25f},
                              {7, 32, 16, 128, 32, 0.1f}, {18, 32, 64, 512, 32, 0.1f}};

void check(const Case& c, Random& random) {
  EmulatedLauncher launcher;
  Batch batch(c, random);
  require_close(batch.attend(launcher, 0, batch.size()), batch.expected(),
                4 * (c.heads.latent + c.heads.rope),
                "heads of " + std::to_string(c.heads.latent) + ", cache " +
                    format_name(c.cache_format) + ", weights " + format_name(c.kv_format) +
                    ", top " + std::to_string(c.sequences[0].top_k));
}

void attention_over_several_paged_sequences_is_right() {
  Random random(20);
  for (const HeadsView& heads : kLayouts) {
    for (int format : {device::kF32, device::kBf16, device::kFp8}) {
      check({heads, format, format, 2, {{12, 1}, {0, 7}, {5, 3}, {290, 2}}}, random);
    }
  }
  for (int format : {device::kF16, device::kInt8, device::kInt4}) {
    check({kLayouts[4], format, device::kF32, 16, {{12, 1}, {0, 7}}}, random);
  }
}

void contexts_of_several_stretches_are_right() {
  Random random(21);
  check({kLayouts[1], device::kBf16, device::kBf16, 16, {{1023, 1}, {600, 2}, {255, 3}}}, random);
  check({kLayouts[4], device::kBf16, device::kBf16, 64, {{700, 2}, {0, 40}}}, random);
}

void tensor_cores_attend_over_stretches_and_beside_sparse_rows() {
  Random random(23);
  EmulatedLauncher launcher;
  for (int format : {device::kBf16, device::kFp8}) {
    // As published but for the number of heads; and an odd number of a warp's tiles.
    for (const HeadsView& heads :
         {HeadsView{18, 128, 64, 512, 128, 0.1f}, HeadsView{3, 16, 64, 192, 24, 0.2f}}) {
      for (int kv_format : {device::kBf16, device::kFp8}) {
        Batch batch({heads, kv_format, format, 16, {{600, 2}, {270, 1, 9}, {0, 3}, {33, 1}}},
                    random);
        launcher.launches.clear();
        require_close(batch.attend(launcher, 0, batch.size()), batch.expected(),
                      4 * (heads.latent + heads.rope), "tensor attention");
        for (const char* kernel : {"attend_tensor", "attend_any"}) {
          require(std::count(launcher.launches.begin(), launcher.launches.end(), kernel) == 1,
                  kernel);
        }
      }
    }
  }
}

// Eight binary digits are left of queries and powers.
void rounded_attention_is_as_close_as_what_it_rounds_and_has_the_same_bits_alone() {
  Random random(29);
  EmulatedLauncher launcher;
  launcher.bf16_numerics = true;
  for (int format : {device::kBf16, device::kFp8}) {
    HeadsView heads{18, 128, 64, 512, 128, 0.02f};
    Batch batch({heads, device::kBf16, format, 16, {{600, 2}, {270, 1, 9}, {0, 3}, {33, 1}}},
                random);
    launcher.launches.clear();
    Rows all = batch.attend(launcher, 0, batch.size());
    require(std::count(launcher.launches.begin(), launcher.launches.end(),
                       "attend_tensor_rounded") == 1,
            "attention of rounded numerics");
    Wide expected = batch.expected();
    double largest = 0;
    double off = 0;
    for (size_t r = 0; r < all.size(); r++) {
      for (size_t i = 0; i < all[r].size(); i++) {
        largest = std::max(largest, std::fabs(expected[r][i]));
        off = std::max(off, std::fabs(static_cast<double>(all[r][i]) - expected[r][i]));
      }
    }
    std::printf("   rounded attention, cache %s: %.1e of the largest off\n", format_name(format),
                off / largest);
    require(off <= 2e-2 * largest, "rounded attention");
    for (size_t row : {0, 2, 4}) {
      require_same(batch.attend(launcher, row, 1)[0], all[row], "rounded attention alone");
    }
  }
}

// Bytes of a decoded token's attention over those of its cached rows, the weight, queries and results;
// as published.
void require_few_bytes(int length, int kv_format, int cache_format) {
  Random random(26);
  EmulatedLauncher launcher;
  launcher.processors = 132;
  launcher.bf16_numerics = length > 4096;  // moves as much and takes a third of the time
  HeadsView heads{64, 128, 64, 512, 128, 0.1f};
  Batch batch({heads, kv_format, cache_format, 64, {{length - 1, 1}}}, random);
  emulator::Settings before = emulator::settings();
  require(emulator::configure("count=1,arch=90"), "settings");
  emulator::reset_traffic();
  batch.attend(launcher, 0, 1);
  require(launcher.launches.size() == 3, "launches of attention");
  emulator::Traffic traffic = emulator::traffic();
  emulator::configure(before);
  double weight = (kv_format == device::kBf16 ? 2.0 : 1.0) * 64 * 256 * 512;
  double cache = (cache_format == device::kBf16 ? 2.0 : 1.0) * 576 * length;
  double ends = 4.0 * 64 * (192 + 128);  // queries and results
  double moved = static_cast<double>(traffic.streamed + traffic.read + traffic.written);
  double over = moved / (weight + cache + ends);
  std::printf("   attention, %d positions, %s, cache %s, %lld blocks: %.3f of the floor\n", length,
              format_name(kv_format), format_name(cache_format),
              static_cast<long long>(launcher.blocks["attend_few"] + launcher.blocks["attend_few_rounded"]),
              over);
  require(over <= 1.10, "bytes moved");
}

void attention_of_a_token_moves_little_more_than_the_cache() {
  for (int kv_format : {device::kBf16, device::kFp8}) {
    for (int cache_format : {device::kBf16, device::kFp8}) {
      require_few_bytes(1024, kv_format, cache_format);
    }
  }
}

// Takes a minute: run where it is asked for.
void attention_over_a_long_context_moves_little_more_than_the_cache() {
  if (std::getenv("LONGCAT_LONG") == nullptr) return;
  for (int kv_format : {device::kBf16, device::kFp8}) {
    for (int cache_format : {device::kBf16, device::kFp8}) {
      require_few_bytes(32768, kv_format, cache_format);
    }
  }
}

void long_contexts_have_longer_parts() {
  Random random(27);
  HeadsView heads{2, 16, 64, 64, 24, 0.2f};
  check({heads, device::kBf16, device::kBf16, 64, {{9000, 2}, {8191, 1}, {8192, 1}, {40, 1}}},
        random);
  // The last row with parts of 512, and the first with longer ones.
  check({heads, device::kFp8, device::kFp8, 64, {{3583, 2}, {511, 2}}}, random);
}

// With more multiprocessors the next tile comes while one is worked on, then blocks have fewer heads.
void what_a_block_holds_changes_no_bit() {
  Random random(28);
  emulator::Settings before = emulator::settings();
  require(emulator::configure("arch=90"), "settings");
  for (const HeadsView& heads :
       {HeadsView{9, 16, 64, 512, 24, 0.1f}, HeadsView{11, 16, 64, 192, 24, 0.2f}}) {
    for (int format : {device::kBf16, device::kFp8}) {
      Batch batch({heads, device::kBf16, format, 16, {{270, 1}, {70, 1}, {0, 1}, {31, 1}}},
                  random);
      for (bool rounded : {false, true}) {
        EmulatedLauncher full;
        EmulatedLauncher ahead;
        EmulatedLauncher few;
        for (EmulatedLauncher* l : {&full, &ahead, &few}) l->bf16_numerics = rounded;
        Rows expected = batch.attend(full, 0, batch.size());
        std::string name = rounded ? "attend_tensor_rounded" : "attend_tensor";
        ahead.processors = static_cast<int32_t>(full.blocks[name]);
        few.processors = 1000;
        Rows by_tiles = batch.attend(ahead, 0, batch.size());
        Rows by_heads = batch.attend(few, 0, batch.size());
        for (size_t r = 0; r < expected.size(); r++) {
          require_same(by_tiles[r], expected[r], "two tiles");
          require_same(by_heads[r], expected[r], "eight heads");
        }
        require(ahead.blocks[name] == full.blocks[name], "the same blocks");
        bool room = rounded || heads.latent < 512;  // for two tiles of two blocks
        require(format != device::kBf16 || room || ahead.largest_shared > full.largest_shared,
                "there was room for two tiles");
        require(few.blocks[rounded ? "attend_few_rounded" : "attend_few"] > full.blocks[name],
                "there are more blocks of fewer heads");
        require_same(batch.attend(few, 0, 1)[0], expected[0], "eight heads alone");
      }
    }
  }
  emulator::configure(before);
}

void exactly_the_best_positions_are_kept() {
  Random random(22);
  for (const HeadsView& heads : kLayouts) {
    for (int top_k : {1, 8, 41, 1000}) {
      check({heads,
             device::kF32,
             device::kF32,
             2,
             {{40, 1, top_k}, {17, 2, 0}, {0, 9, top_k}, {300, 1, top_k}}},
            random);
    }
  }
}

void a_row_has_the_same_bits_alone() {
  Random random(24);
  EmulatedLauncher launcher;
  for (const HeadsView& heads : {kLayouts[1], kLayouts[4], kLayouts[5]}) {
    for (int top_k : {0, 5}) {
      Batch batch(
          {heads, device::kBf16, device::kBf16, 16, {{300, 1, top_k}, {0, 23, 0}, {9, 6, top_k}}},
          random);
      Rows all = batch.attend(launcher, 0, batch.size());
      for (size_t row : {0, 1, 20, 26}) {
        require_same(batch.attend(launcher, row, 1)[0], all[row], "attention alone");
      }
    }
  }
}

void values_are_expanded_to_the_same_bits_for_few_rows_and_for_many() {
  Random random(30);
  for (bool rounded : {false, true}) {
    for (int format : {device::kBf16, device::kFp8, device::kInt8, device::kInt4}) {
      if (rounded && format >= device::kInt8) continue;
      EmulatedLauncher launcher;
      launcher.bf16_numerics = rounded;
      // Nine chunks and so runs of two; more values than a block takes, and a tile cut off.
      Batch batch({HeadsView{2, 8, 0, 9 * 128, 70, 0.1f}, format, device::kBf16, 16, {{2, 12}}},
                  random);
      Rows all = batch.attend(launcher, 0, batch.size());
      std::string merge = "merge_" + std::string(format == device::kBf16   ? "bf16"
                                                 : format == device::kFp8  ? "fp8"
                                                 : format == device::kInt8 ? "int8"
                                                                           : "int4");
      if (rounded) merge += "_rounded";
      for (size_t count : {1, 8}) {
        launcher.launches.clear();
        Rows some = batch.attend(launcher, 3, count);
        require(std::count(launcher.launches.begin(), launcher.launches.end(), merge) == 1, merge);
        for (size_t r = 0; r < count; r++) require_same(some[r], all[3 + r], merge);
      }
    }
  }
}

}  // namespace

}  // namespace longcat::test

int main(int count, char** arguments) {
  using namespace longcat::test;
#define TEST(name) {#name, name}
  return run_tests(
      count, arguments,
      {TEST(attention_over_several_paged_sequences_is_right),
       TEST(contexts_of_several_stretches_are_right),
       TEST(tensor_cores_attend_over_stretches_and_beside_sparse_rows),
       TEST(rounded_attention_is_as_close_as_what_it_rounds_and_has_the_same_bits_alone),
       TEST(values_are_expanded_to_the_same_bits_for_few_rows_and_for_many),
       TEST(attention_of_a_token_moves_little_more_than_the_cache),
       TEST(attention_over_a_long_context_moves_little_more_than_the_cache),
       TEST(what_a_block_holds_changes_no_bit),
       TEST(long_contexts_have_longer_parts), TEST(exactly_the_best_positions_are_kept),
       TEST(a_row_has_the_same_bits_alone)});
}
