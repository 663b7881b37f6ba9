// Attention over a cache of keys and values in pages of so many tokens, a table of pages for each row: rows then grow, leave and
// share what they have in common without a copy. Keys lie turned, [dim][tokens], so that a page is what a tile of scores reads;
// values [tokens][dim], rounded up to whole tiles. Tokens come and go in panels (panels.h). The scores of one token and head are
// computed alike alone and among others: how prompts are cut and what else is in the batch changes nothing.
#pragma once

#include <cstring>

#include "panels.h"

namespace headstart {

// What all layers have in common: dim floats a head, tokens a page, pages a layer, and the width of a value in its page.
struct CacheShape {
  int64_t layers, pages, kv_heads, dim, tokens, value_width;
  int64_t key_page() const { return dim * tokens; }
  int64_t value_page() const { return tokens * value_width; }
};

// One row's tokens of this step: `count` of them, `first` among all, at positions from `start` on.
struct Run {
  int64_t first, count, start;
  const int32_t* pages;
};

// Tokens [from, to) of a run.
struct Block {
  const Run* run;
  int64_t from, to;
};

// Rotates each head of one panel [heads · dim][Lanes] (Hugging Face's half-split convention), normed before where `weight` is
// given; cos and sin [dim / 2][Lanes] of the lanes' positions.
template <int Lanes>
HEADSTART_INLINE void panel_heads(float* x, int64_t heads, int64_t dim, const float* weight, float eps, const float* cos, const float* sin) {
  using Vector = typename VectorOf<Lanes>::type;
  const int64_t half = dim / 2;
  const Vector *c = reinterpret_cast<const Vector*>(cos), *s = reinterpret_cast<const Vector*>(sin);
  for (int64_t h = 0; h < heads; h++) {
    float* head = x + h * dim * Lanes;
    if (weight != nullptr) panel_norm<Lanes>(head, weight, dim, eps, head);
    Vector *low = reinterpret_cast<Vector*>(head), *high = low + half;
    for (int64_t i = 0; i < half; i++) {
      const Vector a = low[i], b = high[i];
      low[i] = a * c[i] - b * s[i];
      high[i] = b * c[i] + a * s[i];
    }
  }
}

// Puts a block's keys and values of one head into their pages. k and v: panels of all tokens, `stride` floats each.
template <int Lanes>
HEADSTART_INLINE void store_block(const CacheShape& c, const Block& block, int64_t kv_head, const float* k, const float* v, int64_t stride, float* keys, float* values) {
  for (int64_t t = block.from; t < block.to; t++) {
    const int64_t token = block.run->first + t, position = block.run->start + t, slot = position % c.tokens;
    const int64_t page = block.run->pages[position / c.tokens] * c.kv_heads + kv_head, from = token / Lanes * stride + kv_head * c.dim * Lanes + token % Lanes;
    float *key = keys + page * c.key_page() + slot, *value = values + page * c.value_page() + slot * c.value_width;
    for (int64_t i = 0; i < c.dim; i++) __builtin_prefetch(key + i * c.tokens, 1);
    for (int64_t i = 0; i < c.dim; i++) key[i * c.tokens] = k[from + i * Lanes];
    for (int64_t i = 0; i < c.dim; i++) value[i] = v[from + i * Lanes];
  }
}

// c (+)= a · panel for Rows rows and Vectors vectors of columns; line k of the panel begins at panel + k · line. With Fetch the
// panel comes from memory: what is a few lines on is fetched.
template <int Lanes, int Rows, int Vectors, bool Fetch>
HEADSTART_INLINE void page_tile(const float* a, int64_t a_stride, const float* panel, int64_t line, int64_t depth, bool add, float* c, int64_t c_stride) {
  using Vector = typename VectorOf<Lanes>::type;
  constexpr int64_t ahead = 256;  // floats: a kilobyte
  Vector sums[Rows][Vectors];
#pragma GCC unroll 16
  for (int r = 0; r < Rows; r++)
#pragma GCC unroll 4
    for (int v = 0; v < Vectors; v++) sums[r][v] = Vector{};
  for (int64_t k = 0; k < depth; k++, panel += line, a++) {
    Vector values[Vectors];
#pragma GCC unroll 4
    for (int v = 0; v < Vectors; v++) {
      values[v] = *reinterpret_cast<const Vector*>(panel + v * Lanes);
      if (Fetch) __builtin_prefetch(panel + v * Lanes + ahead);
    }
#pragma GCC unroll 16
    for (int r = 0; r < Rows; r++)
#pragma GCC unroll 4
      for (int v = 0; v < Vectors; v++) sums[r][v] += a[r * a_stride] * values[v];
  }
#pragma GCC unroll 16
  for (int r = 0; r < Rows; r++)
#pragma GCC unroll 4
    for (int v = 0; v < Vectors; v++) {
      Vector* out = reinterpret_cast<Vector*>(c + r * c_stride + v * Lanes);
      *out = add ? *out + sums[r][v] : sums[r][v];
    }
}

// The first columns of a page, rounded up to whole tiles, for `rows` rows: few rows in low, wide tiles. A page is a multiple of
// 32 wide.
template <int Lanes, int Rows>
HEADSTART_INLINE void page_product(const float* a, int64_t a_stride, const float* page, int64_t line, int64_t columns, int64_t depth, bool add, float* c, int64_t c_stride,
                                   int64_t rows) {
  constexpr int few = 4;
  if (rows <= 2 * few) {
    for (int64_t r = 0; r < rows; r += few) {
      int64_t j = 0;
      for (; j + 2 * Lanes < columns; j += 4 * Lanes) page_tile<Lanes, few, 4, true>(a + r * a_stride, a_stride, page + j, line, depth, add, c + r * c_stride + j, c_stride);
      for (; j < columns; j += 2 * Lanes) page_tile<Lanes, few, 2, true>(a + r * a_stride, a_stride, page + j, line, depth, add, c + r * c_stride + j, c_stride);
    }
    return;
  }
  for (int64_t r = 0; r < rows; r += Rows)
    for (int64_t j = 0; j < columns; j += 2 * Lanes) page_tile<Lanes, Rows, 2, false>(a + r * a_stride, a_stride, page + j, line, depth, add, c + r * c_stride + j, c_stride);
}

// A block's tokens against all that each can see, for one key head and the `group` query heads that share it. q and out: panels
// of all tokens, q_stride and out_stride floats each; keys and values: this layer's pages.
template <int Lanes, int Rows>
HEADSTART_INLINE void attend_block(const CacheShape& c, const Block& block, int64_t kv_head, int64_t group, const float* q, int64_t q_stride, const float* keys,
                                   const float* values, float* out, int64_t out_stride, float* scratch) {
  const Run& run = *block.run;
  const int64_t from = block.from, rows = (block.to - from) * group, padded = rows + 2 * Rows;
  const int64_t seen = run.start + block.to, pages = (seen + c.tokens - 1) / c.tokens, width = pages * c.tokens;
  float *queries = scratch, *scores = queries + padded * c.dim, *mixed = scores + padded * width;
  const float scale = 1.0f / std::sqrt(static_cast<float>(c.dim));
  for (int64_t r = 0; r < rows; r++) {
    const int64_t token = run.first + from + r / group, head = kv_head * group + r % group;
    const float* lane = q + token / Lanes * q_stride + head * c.dim * Lanes + token % Lanes;
    for (int64_t i = 0; i < c.dim; i++) queries[r * c.dim + i] = lane[i * Lanes];
  }
  std::memset(queries + rows * c.dim, 0, (padded - rows) * c.dim * sizeof(float));
  const auto index = [&](int64_t p) { return run.pages[p] * c.kv_heads + kv_head; };
  const auto used = [&](int64_t p) { return std::min(c.tokens, seen - p * c.tokens); };
  for (int64_t p = 0; p < pages; p++)
    page_product<Lanes, Rows>(queries, c.dim, keys + index(p) * c.key_page(), c.tokens, used(p), c.dim, false, scores + p * c.tokens, width, rows);
  for (int64_t r = 0; r < rows; r++) {
    float* row = scores + r * width;
    const int64_t visible = run.start + from + r / group + 1;
    float peaks[16], totals[16] = {0};
    for (int l = 0; l < 16; l++) peaks[l] = row[0];
    int64_t j = 0;
    for (; j + 16 <= visible; j += 16)
      for (int l = 0; l < 16; l++) peaks[l] = row[j + l] > peaks[l] ? row[j + l] : peaks[l];
    float peak = peaks[0];
    for (int l = 1; l < 16; l++) peak = peaks[l] > peak ? peaks[l] : peak;
    for (; j < visible; j++) peak = row[j] > peak ? row[j] : peak;
    for (j = 0; j < visible; j++) row[j] = exp_approx((row[j] - peak) * scale);
    for (; j < width; j++) row[j] = 0;
    for (j = 0; j < visible; j += 16)  // a page is a multiple of 16, and what cannot be seen is 0
      for (int l = 0; l < 16; l++) totals[l] += row[j + l];
    float total = 0;
    for (int l = 0; l < 16; l++) total += totals[l];
    const float share = 1.0f / total;
    for (j = 0; j < visible; j++) row[j] *= share;
  }
  for (int64_t p = 0; p < pages; p++)
    page_product<Lanes, Rows>(scores + p * c.tokens, width, values + index(p) * c.value_page(), c.value_width, c.dim, used(p), p > 0, mixed, c.value_width, rows);
  for (int64_t r = 0; r < rows; r++) {
    const int64_t token = run.first + from + r / group, head = kv_head * group + r % group;
    float* lane = out + token / Lanes * out_stride + head * c.dim * Lanes + token % Lanes;
    for (int64_t i = 0; i < c.dim; i++) lane[i * Lanes] = mixed[r * c.value_width + i];
  }
}

// Floats of scratch that attend_block needs for `rows` rows that see `seen` tokens.
inline int64_t attend_scratch(const CacheShape& c, int64_t rows, int64_t seen) {
  return (rows + 24) * (c.dim + c.value_width + (seen / c.tokens + 1) * c.tokens);
}

}  // namespace headstart
