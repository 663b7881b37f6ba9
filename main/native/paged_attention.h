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

// Where a token's keys and values go.
struct Place {
  int64_t page, slot;
};

// Puts the keys and values of a panel's first `count` tokens, k and v [kv_heads · dim][Lanes], into their pages.
template <int Lanes>
HEADSTART_INLINE void store_panel(const CacheShape& c, const float* k, const float* v, const Place* places, int64_t count, float* keys, float* values) {
  for (int64_t lane = 0; lane < count; lane++)
    for (int64_t h = 0; h < c.kv_heads; h++) {
      const Place& place = places[lane];
      float* key = keys + (place.page * c.kv_heads + h) * c.key_page() + place.slot;
      float* value = values + (place.page * c.kv_heads + h) * c.value_page() + place.slot * c.value_width;
      const int64_t from = h * c.dim * Lanes + lane;
      for (int64_t i = 0; i < c.dim; i++) key[i * c.tokens] = k[from + i * Lanes];
      for (int64_t i = 0; i < c.dim; i++) value[i] = v[from + i * Lanes];
    }
}

// Tiles of `rows` rows: few rows in short tiles.
template <int Lanes, int Rows>
HEADSTART_INLINE void tiles(View a, const float* panel, int64_t line, int64_t depth, bool add, Target c, int64_t rows, int64_t columns) {
  constexpr int few = 4;
  const bool narrow = rows <= 2 * few;
  for (int64_t r = 0; r < rows; r += narrow ? few : Rows)
    for (int64_t j = 0; j < columns; j += 2 * Lanes) {
      const View from = {a.data + r * a.row_stride, a.row_stride, a.k_stride};
      const Target to = {c.data + r * c.row_stride + j, c.row_stride, 1};
      if (narrow)
        tile<Lanes, few>(from, panel + j, line, depth, add, to, few, 2 * Lanes);
      else
        tile<Lanes, Rows>(from, panel + j, line, depth, add, to, Rows, 2 * Lanes);
    }
}

HEADSTART_INLINE void fetch(const float* data, int64_t count) {
  for (int64_t i = 0; i < count; i += kCacheLine) __builtin_prefetch(data + i, 0, 2);
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
  const auto key_page = [&](int64_t p) { return keys + (run.pages[p] * c.kv_heads + kv_head) * c.key_page(); };
  const auto value_page = [&](int64_t p) { return values + (run.pages[p] * c.kv_heads + kv_head) * c.value_page(); };
  for (int64_t p = 0; p < pages; p++) {
    // Pages lie far apart: what comes next is fetched meanwhile, the values too.
    if (p + 1 < pages) fetch(key_page(p + 1), c.key_page());
    fetch(value_page(p), c.value_page());
    tiles<Lanes, Rows>({queries, c.dim, 1}, key_page(p), c.tokens, c.dim, false, {scores + p * c.tokens, width, 1}, rows, c.tokens);
  }
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
    tiles<Lanes, Rows>({scores + p * c.tokens, width, 1}, value_page(p), c.value_width, std::min(c.tokens, seen - p * c.tokens), p > 0, {mixed, c.value_width, 1}, rows,
                       c.value_width);
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
