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
constexpr int64_t kCacheLine = 16;   // floats
constexpr int64_t kFetchAhead = 128;  // floats of a row

// Floats from one panel to the next: a vector more than the features fill, so that panels do not all fall on the same lines of
// the caches.
inline int64_t panel_stride(int64_t features, int64_t lanes) { return (features + 1) * lanes; }

// y (+)= W · x over `depth` for a tile of Rows outputs, w_stride apart in W and y_stride in y, and Vectors panels. With Fetch, W
// comes from memory, and what is further on in its rows is fetched.
template <int Lanes, int Rows, int Vectors, bool Fetch>
HEADSTART_INLINE void panel_tile(const float* w, int64_t w_stride, const float* x, int64_t x_panel, int64_t depth, bool add, float* y, int64_t y_stride, int64_t y_panel) {
  using Vector = typename VectorOf<Lanes>::type;
  Vector sums[Rows][Vectors];
#pragma GCC unroll 16
  for (int r = 0; r < Rows; r++)
#pragma GCC unroll 2
    for (int v = 0; v < Vectors; v++) sums[r][v] = Vector{};
  for (int64_t left = depth; left > 0; left -= kCacheLine) {
    if (Fetch)
#pragma GCC unroll 16
      for (int r = 0; r < Rows; r++) __builtin_prefetch(w + r * w_stride + kFetchAhead);
    for (const float* end = w + std::min(left, kCacheLine); w != end; w++, x += Lanes) {
      asm("" : "+r"(w));  // one moving pointer and constant offsets: the compiler would keep a pointer for each row, in memory
      Vector values[Vectors];
#pragma GCC unroll 2
      for (int v = 0; v < Vectors; v++) values[v] = *reinterpret_cast<const Vector*>(x + v * x_panel);
#pragma GCC unroll 16
      for (int r = 0; r < Rows; r++)
#pragma GCC unroll 2
        for (int v = 0; v < Vectors; v++) sums[r][v] += w[r * w_stride] * values[v];
    }
  }
#pragma GCC unroll 16
  for (int r = 0; r < Rows; r++)
#pragma GCC unroll 2
    for (int v = 0; v < Vectors; v++) {
      Vector* out = reinterpret_cast<Vector*>(y + v * y_panel + r * y_stride);
      *out = add ? *out + sums[r][v] : sums[r][v];
    }
}

// A tile of W against `panels` panels.
template <int Lanes, int Rows>
HEADSTART_INLINE void panel_rows(const float* w, int64_t w_stride, const float* x, int64_t x_panel, int64_t panels, int64_t depth, bool add, float* y, int64_t y_stride,
                                 int64_t y_panel) {
  int64_t p = 0;
  if (panels >= 2) panel_tile<Lanes, Rows, 2, true>(w, w_stride, x, x_panel, depth, add, y, y_stride, y_panel), p = 2;
  for (; p + 2 <= panels; p += 2) panel_tile<Lanes, Rows, 2, false>(w, w_stride, x + p * x_panel, x_panel, depth, add, y + p * y_panel, y_stride, y_panel);
  if (p < panels) panel_tile<Lanes, Rows, 1, true>(w, w_stride, x + p * x_panel, x_panel, depth, add, y + p * y_panel, y_stride, y_panel);
}

// y (+)= W · x for `rows` rows of W [rows, in], x [panels][in][Lanes]; row r of panel p goes to y + p · y_panel + r · Lanes. The
// rows of a tile are far apart, each tile beginning where the one before ended: memory then sees Rows long streams, each in pages
// of its own, which is what the hardware's prefetcher follows. Neighbouring rows would share pages and lose it (9 instead of
// 13 GB/s a core).
template <int Lanes, int Rows>
HEADSTART_INLINE void panel_product(const float* w, int64_t in, int64_t rows, const float* x, int64_t panels, bool add, float* y, int64_t y_panel) {
  const int64_t x_panel = panel_stride(in, Lanes), apart = rows / Rows;
  for (int64_t first = 0; first < panels; first += kPanelGroup) {
    const int64_t count = std::min(kPanelGroup, panels - first);
    const float* group = x + first * x_panel;
    float* out = y + first * y_panel;
    for (int64_t row = 0; row < apart; row++)
      for (int64_t k = 0; k < in; k += kPanelDepth)
        panel_rows<Lanes, Rows>(w + row * in + k, apart * in, group + k * Lanes, x_panel, count, std::min(kPanelDepth, in - k), add || k > 0, out + row * Lanes, apart * Lanes,
                                y_panel);
    for (int64_t row = apart * Rows; row < rows; row++)
      for (int64_t k = 0; k < in; k += kPanelDepth)
        panel_rows<Lanes, 1>(w + row * in + k, in, group + k * Lanes, x_panel, count, std::min(kPanelDepth, in - k), add || k > 0, out + row * Lanes, Lanes, y_panel);
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
