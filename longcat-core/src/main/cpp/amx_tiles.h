// The eight tile registers of AMX, and a model of them in AVX-512.
#pragma once

#include <immintrin.h>

#include <cstdint>
#include <cstring>

namespace longcat {

constexpr int kTiles = 8;
// Rows of a tile; bytes of a row.
constexpr int kTileSide = 16;
constexpr int kTileRowBytes = 64;
constexpr int kTileBytes = kTileSide * kTileRowBytes;

// As ldtilecfg reads it.
struct alignas(64) TileShapes {
  uint8_t palette = 1;
  uint8_t start_row = 0;
  uint8_t reserved[14] = {};
  uint16_t row_bytes[16] = {};
  uint8_t rows[16] = {};

  void set(int tile, int tile_rows, int bytes) {
    rows[tile] = static_cast<uint8_t>(tile_rows);
    row_bytes[tile] = static_cast<uint16_t>(bytes);
  }
};
static_assert(sizeof(TileShapes) == 64);

// The instructions themselves: the compiler's own wrappers do not say that they touch memory.
struct HardwareTiles {
  static void configure(const TileShapes& shapes) {
    asm volatile("ldtilecfg %0" ::"m"(shapes) : "memory");
  }
  static void release() { asm volatile("tilerelease" ::: "memory"); }

  template <int kTile>
  static void zero() {
    asm volatile("tilezero %%tmm%c0" ::"i"(kTile));
  }
  template <int kTile>
  static void load(const void* from, int64_t stride) {
    asm volatile("tileloadd (%0,%1,1), %%tmm%c2" ::"r"(from), "r"(stride), "i"(kTile) : "memory");
  }
  template <int kTile>
  static void store(void* into, int64_t stride) {
    asm volatile("tilestored %%tmm%c2, (%0,%1,1)" ::"r"(into), "r"(stride), "i"(kTile) : "memory");
  }
  // sums += a times b.
  template <int kSums, int kA, int kB>
  static void multiply() {
    asm volatile("tdpbf16ps %%tmm%c2, %%tmm%c1, %%tmm%c0" ::"i"(kSums), "i"(kA), "i"(kB));
  }
};

// What Intel's manual says of each instruction, one thread's tiles. Where the processor would raise an
// exception because shapes do not fit, this ends the program.
struct EmulatedTiles {
  struct State {
    TileShapes shapes;
    alignas(64) uint8_t tiles[kTiles][kTileSide][kTileRowBytes];
  };

  static State& state() {
    static thread_local State state;
    return state;
  }

  static void configure(const TileShapes& shapes) {
    state().shapes = shapes;
    std::memset(state().tiles, 0, sizeof state().tiles);
  }
  static void release() { configure(TileShapes()); }

  template <int kTile>
  static void zero() {
    require(state().shapes.rows[kTile] != 0);
    std::memset(state().tiles[kTile], 0, kTileBytes);
  }
  template <int kTile>
  static void load(const void* from, int64_t stride) {
    zero<kTile>();
    for (int row = 0; row < state().shapes.rows[kTile]; row++) {
      std::memcpy(state().tiles[kTile][row], static_cast<const char*>(from) + row * stride,
                  state().shapes.row_bytes[kTile]);
    }
  }
  template <int kTile>
  static void store(void* into, int64_t stride) {
    require(state().shapes.rows[kTile] != 0);
    for (int row = 0; row < state().shapes.rows[kTile]; row++) {
      std::memcpy(static_cast<char*>(into) + row * stride, state().tiles[kTile][row],
                  state().shapes.row_bytes[kTile]);
    }
  }
  template <int kSums, int kA, int kB>
  static void multiply() {
    // Numbers below the normal ones are zero, as what goes in and as what comes out.
    uint32_t before;
    asm volatile("stmxcsr %0" : "=m"(before)::"memory");
    uint32_t flushing = (before | 0x8040) & ~0x6000u;
    asm volatile("ldmxcsr %0" ::"m"(flushing) : "memory");
    multiply(kSums, kA, kB);
    asm volatile("ldmxcsr %0" ::"m"(before) : "memory");
  }

 private:
  static void require(bool fits) {
    if (!fits) __builtin_trap();
  }

  // The first numbers of all pairs and the second ones are added up apart, from pair to pair, then
  // added to each other, then to what was there.
  [[gnu::noinline]] static void multiply(int sums, int a, int b) {
    State& s = state();
    int pairs = s.shapes.row_bytes[a] / 4;
    require(pairs != 0 && pairs == s.shapes.rows[b] && s.shapes.rows[a] == s.shapes.rows[sums] &&
            s.shapes.row_bytes[b] == s.shapes.row_bytes[sums]);
    for (int row = 0; row < s.shapes.rows[sums]; row++) {
      __m512 firsts = _mm512_setzero_ps();
      __m512 seconds = _mm512_setzero_ps();
      for (int pair = 0; pair < pairs; pair++) {
        int32_t left;
        std::memcpy(&left, s.tiles[a][row] + 4 * pair, 4);
        __m512i x = _mm512_set1_epi32(left);
        __m512i y = _mm512_loadu_si512(s.tiles[b][pair]);
        firsts = _mm512_fmadd_ps(first(x), first(y), firsts);
        seconds = _mm512_fmadd_ps(second(x), second(y), seconds);
      }
      __m512 before = _mm512_loadu_ps(s.tiles[sums][row]);
      __m512 after = _mm512_add_ps(before, _mm512_add_ps(firsts, seconds));
      // What is outside the tile's shape stays zero.
      __mmask16 inside = static_cast<__mmask16>((1u << (s.shapes.row_bytes[sums] / 4)) - 1);
      _mm512_storeu_ps(s.tiles[sums][row], _mm512_maskz_mov_ps(inside, after));
    }
  }
  static __m512 first(__m512i pairs) { return _mm512_castsi512_ps(_mm512_slli_epi32(pairs, 16)); }
  static __m512 second(__m512i pairs) {
    return _mm512_castsi512_ps(
        _mm512_and_si512(pairs, _mm512_set1_epi32(static_cast<int>(0xffff0000))));
  }
};

}  // namespace longcat
