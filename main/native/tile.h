// The inner step of matrix products: one tile of C stays in registers while its sum over k runs. Written once for any vector
// width; HEADSTART_FOR_CPU makes a caller of it for AVX-512, AVX2 and anything older, and the machine's is chosen once.
#pragma once

#include <cstring>
#include <utility>

#include "kernel.h"

namespace headstart {

// A matrix read as (row, k) through strides.
struct View {
  const float* data;
  int64_t row_stride, k_stride;
};

// Where tile element (row, column) of C goes.
struct Target {
  float* data;
  int64_t row_stride, column_stride;
};

template <int Lanes>
struct VectorOf {
  typedef float type __attribute__((vector_size(Lanes * 4), aligned(4)));
};

// A tile of Rows × 2·Lanes: C (+)= A · B over `depth`; line k of B begins at panel + k · line. A must have Rows rows and B
// 2·Lanes columns to read, of which `rows` and `columns` are stored.
template <int Lanes, int Rows>
HEADSTART_INLINE void tile(View a, const float* panel, int64_t line, int64_t depth, bool add, Target c, int64_t rows, int64_t columns) {
  using Vector = typename VectorOf<Lanes>::type;
  Vector sums[Rows][2];
  for (int i = 0; i < Rows; i++) sums[i][0] = sums[i][1] = Vector{};
  for (int64_t k = 0; k < depth; k++) {
    const Vector left = *reinterpret_cast<const Vector*>(panel + k * line), right = *reinterpret_cast<const Vector*>(panel + k * line + Lanes);
    const float* column = a.data + k * a.k_stride;
#pragma GCC unroll 16
    for (int i = 0; i < Rows; i++) {
      const float value = column[i * a.row_stride];
      sums[i][0] += value * left;
      sums[i][1] += value * right;
    }
  }
  if (rows == Rows && columns == 2 * Lanes && c.column_stride == 1) {
    for (int i = 0; i < Rows; i++) {
      Vector* out = reinterpret_cast<Vector*>(c.data + i * c.row_stride);
      if (add) {
        sums[i][0] += out[0];
        sums[i][1] += out[1];
      }
      out[0] = sums[i][0];
      out[1] = sums[i][1];
    }
    return;
  }
  float plain[Rows][2 * Lanes];
  std::memcpy(plain, sums, sizeof(plain));
  for (int64_t j = 0; j < columns; j++)
    for (int64_t i = 0; i < rows; i++) {
      float* out = c.data + i * c.row_stride + j * c.column_stride;
      *out = add ? *out + plain[i][j] : plain[i][j];
    }
}

// What tile shapes the machine's registers hold.
struct TileShape {
  int64_t rows, width;
};

enum class Cpu { avx512, avx2, plain };

inline Cpu cpu() {
  static const Cpu found = __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") ? Cpu::avx512
                           : __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")        ? Cpu::avx2
                                                                                                     : Cpu::plain;
  return found;
}

inline TileShape tile_shape() { return cpu() == Cpu::avx512 ? TileShape{12, 32} : cpu() == Cpu::avx2 ? TileShape{6, 16} : TileShape{4, 8}; }

// Defines name(args…), which runs body<Lanes, Rows>(args…) compiled for the machine. body must be HEADSTART_INLINE.
#define HEADSTART_FOR_CPU(name, body)                                                                                                                 \
  template <typename... Args>                                                                                                                         \
  __attribute__((target("avx512f,avx512vl,avx512dq,avx2,fma"))) void name##_avx512(Args... args) {                                                    \
    body<16, 12>(args...);                                                                                                                            \
  }                                                                                                                                                   \
  template <typename... Args>                                                                                                                         \
  __attribute__((target("avx2,fma"))) void name##_avx2(Args... args) {                                                                                \
    body<8, 6>(args...);                                                                                                                              \
  }                                                                                                                                                   \
  template <typename... Args>                                                                                                                         \
  void name##_plain(Args... args) {                                                                                                                   \
    body<4, 4>(args...);                                                                                                                              \
  }                                                                                                                                                   \
  template <typename... Args>                                                                                                                         \
  void name(Args... args) {                                                                                                                           \
    if (cpu() == Cpu::avx512)                                                                                                                         \
      name##_avx512(args...);                                                                                                                         \
    else if (cpu() == Cpu::avx2)                                                                                                                      \
      name##_avx2(args...);                                                                                                                           \
    else                                                                                                                                              \
      name##_plain(args...);                                                                                                                          \
  }

}  // namespace headstart
