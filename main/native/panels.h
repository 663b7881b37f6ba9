// Activations laid out so that a weight is read once for all tokens: [panel][feature][Lanes], token panel · Lanes + lane in lane
// `lane`. A panel is as wide as a vector, so that all but attention works on whole vectors, and what a product writes is laid
// out as the next one reads it. Weights stay as checkpoints have them, [out, in]: a tile of rows is read along its rows and
// each value meets a vector of tokens. Every token's sums run in one order whatever stands in the other lanes and panels: what a
// token gives does not depend on what else is in the batch.
#pragma once

#include <algorithm>
#include <cmath>

#include "tile.h"

namespace headstart {

// Sums over so many k at a time: a tile of W then stays in the first cache while it meets all panels.
constexpr int64_t kPanelDepth = 384;
// Panels that a tile of W meets before the next tile does: they then stay in the second cache.
constexpr int64_t kPanelGroup = 16;
constexpr int64_t kCacheLine = 16;  // floats

// y (+)= W · x for a tile of Rows outputs and Vectors panels over `depth`. With Fetch, W comes from memory: its next lines are
// fetched, and the tile after it, Rows · in further on.
template <int Lanes, int Rows, int Vectors, bool Fetch>
HEADSTART_INLINE void panel_tile(const float* w, int64_t in, const float* x, int64_t depth, bool add, float* y, int64_t y_stride) {
  using Vector = typename VectorOf<Lanes>::type;
  const int64_t x_stride = in * Lanes;
  Vector sums[Rows][Vectors];
#pragma GCC unroll 16
  for (int r = 0; r < Rows; r++)
#pragma GCC unroll 2
    for (int v = 0; v < Vectors; v++) sums[r][v] = Vector{};
  for (int64_t line = 0; line < depth; line += kCacheLine) {
    if (Fetch)
#pragma GCC unroll 16
      for (int r = 0; r < Rows; r++) {
        __builtin_prefetch(w + (Rows + r) * in + line, 0, 2);
        __builtin_prefetch(w + r * in + line + 2 * kCacheLine, 0, 3);
      }
    const int64_t end = std::min(depth, line + kCacheLine);
    for (int64_t k = line; k < end; k++) {
      Vector column[Vectors];
#pragma GCC unroll 2
      for (int v = 0; v < Vectors; v++) column[v] = *reinterpret_cast<const Vector*>(x + v * x_stride + k * Lanes);
#pragma GCC unroll 16
      for (int r = 0; r < Rows; r++)
#pragma GCC unroll 2
        for (int v = 0; v < Vectors; v++) sums[r][v] += w[r * in + k] * column[v];
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
HEADSTART_INLINE void panel_rows(const float* w, int64_t in, const float* x, int64_t first, int64_t last, int64_t depth, bool add, float* y, int64_t y_stride) {
  const int64_t x_stride = in * Lanes;
  int64_t p = first;
  if (p + 2 <= last) panel_tile<Lanes, Rows, 2, true>(w, in, x + p * x_stride, depth, add, y + p * y_stride, y_stride), p += 2;
  for (; p + 2 <= last; p += 2) panel_tile<Lanes, Rows, 2, false>(w, in, x + p * x_stride, depth, add, y + p * y_stride, y_stride);
  if (p < last) panel_tile<Lanes, Rows, 1, true>(w, in, x + p * x_stride, depth, add, y + p * y_stride, y_stride);
}

// y (+)= W · x for `rows` rows of W [rows, in], x [panels][in][Lanes]; row r of panel p goes to y + p · y_stride + r · Lanes.
template <int Lanes, int Rows>
HEADSTART_INLINE void panel_product(const float* w, int64_t in, int64_t rows, const float* x, int64_t panels, bool add, float* y, int64_t y_stride) {
  for (int64_t group = 0; group < panels; group += kPanelGroup) {
    const int64_t last = std::min(panels, group + kPanelGroup);
    int64_t row = 0;
    for (; row + Rows <= rows; row += Rows)
      for (int64_t k = 0; k < in; k += kPanelDepth)
        panel_rows<Lanes, Rows>(w + row * in + k, in, x + k * Lanes, group, last, std::min(kPanelDepth, in - k), add || k > 0, y + row * Lanes, y_stride);
    for (; row < rows; row++)
      for (int64_t k = 0; k < in; k += kPanelDepth)
        panel_rows<Lanes, 1>(w + row * in + k, in, x + k * Lanes, group, last, std::min(kPanelDepth, in - k), add || k > 0, y + row * Lanes, y_stride);
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
