// Activations laid out so that a weight is read once for all tokens: [panel][feature][Lanes], token panel · Lanes + lane in lane
// `lane`, panels panel_stride apart. A panel is as wide as a vector, so that all but attention works on whole vectors, and what a product writes is laid
// out as the next one reads it. Weights stay as checkpoints have them, [out, in]: a tile of rows is read along its rows and
// each value meets a vector of tokens. Every token's sums run in one order whatever stands in the other lanes and panels: what a
// token gives does not depend on what else is in the batch.
#pragma once

#include <algorithm>
#include <cmath>

#include "tile.h"

namespace headstart {

// Sums over so many k at a time: a tile of W then stays in the first cache while it meets all panels.
constexpr int64_t kPanelDepth = 768;
// Panels that a tile of W meets before the next tile does: they then stay in the second cache.
constexpr int64_t kPanelGroup = 16;
constexpr int64_t kCacheLine = 16;  // floats

// Floats from one panel to the next: a vector more than the features fill, so that panels do not all fall on the same lines of
// the caches.
inline int64_t panel_stride(int64_t features, int64_t lanes) { return (features + 1) * lanes; }

// y (+)= W · x for a tile of Rows outputs and Vectors panels over `depth`. With Fetch, W comes from memory: its next lines are
// fetched, and the tile after it, Rows · in further on.
template <int Lanes, int Rows, int Vectors, bool Fetch>
HEADSTART_INLINE void panel_tile(const float* w, int64_t in, const float* x, int64_t x_stride, int64_t depth, bool add, float* y, int64_t y_stride) {
  using Vector = typename VectorOf<Lanes>::type;
  Vector sums[Rows][Vectors];
#pragma GCC unroll 16
  for (int r = 0; r < Rows; r++)
#pragma GCC unroll 2
    for (int v = 0; v < Vectors; v++) sums[r][v] = Vector{};
  const float *at = w, *column = x;
  for (int64_t left = depth; left > 0; left -= kCacheLine) {
    if (Fetch)
#pragma GCC unroll 16
      for (int r = 0; r < Rows; r++) {
        __builtin_prefetch(at + (Rows + r) * in, 0, 2);
        __builtin_prefetch(at + r * in + kCacheLine, 0, 3);
      }
    for (const float* end = at + std::min(left, kCacheLine); at != end; at++, column += Lanes) {
      asm("" : "+r"(at));  // one moving pointer and constant offsets: the compiler would keep a pointer for each row, in memory
      Vector values[Vectors];
#pragma GCC unroll 2
      for (int v = 0; v < Vectors; v++) values[v] = *reinterpret_cast<const Vector*>(column + v * x_stride);
#pragma GCC unroll 16
      for (int r = 0; r < Rows; r++)
#pragma GCC unroll 2
        for (int v = 0; v < Vectors; v++) sums[r][v] += at[r * in] * values[v];
    }
  }
#pragma GCC unroll 16
  for (int r = 0; r < Rows; r++)
#pragma GCC unroll 2
    for (int v = 0; v < Vectors; v++) {
      Vector* out = reinterpret_cast<Vector*>(y + v * y_stride + r * Lanes);
      *out = add ? *out + sums[r][v] : sums[r][v];
    }
}

// A tile of W against the panels from `first` to `last`.
template <int Lanes, int Rows>
HEADSTART_INLINE void panel_rows(const float* w, int64_t in, const float* x, int64_t x_stride, int64_t first, int64_t last, int64_t depth, bool add, float* y, int64_t y_stride) {
  int64_t p = first;
  if (p + 2 <= last) panel_tile<Lanes, Rows, 2, true>(w, in, x + p * x_stride, x_stride, depth, add, y + p * y_stride, y_stride), p += 2;
  for (; p + 2 <= last; p += 2) panel_tile<Lanes, Rows, 2, false>(w, in, x + p * x_stride, x_stride, depth, add, y + p * y_stride, y_stride);
  if (p < last) panel_tile<Lanes, Rows, 1, true>(w, in, x + p * x_stride, x_stride, depth, add, y + p * y_stride, y_stride);
}

// y (+)= W · x for `rows` rows of W [rows, in], x [panels][in][Lanes]; row r of panel p goes to y + p · y_stride + r · Lanes.
template <int Lanes, int Rows>
HEADSTART_INLINE void panel_product(const float* w, int64_t in, int64_t rows, const float* x, int64_t panels, bool add, float* y, int64_t y_stride) {
  const int64_t x_stride = panel_stride(in, Lanes);
  for (int64_t group = 0; group < panels; group += kPanelGroup) {
    const int64_t last = std::min(panels, group + kPanelGroup);
    int64_t row = 0;
    for (; row + Rows <= rows; row += Rows)
      for (int64_t k = 0; k < in; k += kPanelDepth)
        panel_rows<Lanes, Rows>(w + row * in + k, in, x + k * Lanes, x_stride, group, last, std::min(kPanelDepth, in - k), add || k > 0, y + row * Lanes, y_stride);
    for (; row < rows; row++)
      for (int64_t k = 0; k < in; k += kPanelDepth)
        panel_rows<Lanes, 1>(w + row * in + k, in, x + k * Lanes, x_stride, group, last, std::min(kPanelDepth, in - k), add || k > 0, y + row * Lanes, y_stride);
  }
}

// y = x / sqrt(mean(x²) + eps) · weight over the features of one panel; y may be x.
template <int Lanes>
HEADSTART_INLINE void panel_norm(const float* x, const float* weight, int64_t features, float eps, float* y) {
  using Vector = typename VectorOf<Lanes>::type;
  const Vector* in = reinterpret_cast<const Vector*>(x);
  Vector* out = reinterpret_cast<Vector*>(y);
  Vector sums[4] = {Vector{}, Vector{}, Vector{}, Vector{}};
  int64_t i = 0;
  for (; i + 4 <= features; i += 4)
#pragma GCC unroll 4
    for (int part = 0; part < 4; part++) sums[part] += in[i + part] * in[i + part];
  for (; i < features; i++) sums[0] += in[i] * in[i];
  const Vector total = (sums[0] + sums[1]) + (sums[2] + sums[3]);
  Vector inverse;
  for (int l = 0; l < Lanes; l++) inverse[l] = 1.0f / std::sqrt(total[l] / features + eps);
  for (i = 0; i < features; i++) out[i] = in[i] * inverse * weight[i];
}

}  // namespace headstart
