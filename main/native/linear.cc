// HeadstartLinear and its gradients: y = x · Wᵀ for x [N, in] and W [out, in], dx = dy · W, dW = dyᵀ · x. The same sums as
// TensorFlow's product, laid out for tall and narrow matrices: the operand of the columns is packed into panels as wide as two
// registers, and a tile of C stays in registers while its sum runs. Each element is summed in one order whatever the threads.
#include <algorithm>

#include "tile.h"

namespace headstart {
namespace {

// Sums over so many k at a time: a panel of B then stays in the first caches.
constexpr int64_t kDepth = 384;

// Rows of A from `from` to `to` against all panels of one depth block. `spare` holds Rows · kDepth floats.
template <int Lanes, int Rows>
HEADSTART_INLINE void block(View a, int64_t from, int64_t to, const float* panels, int64_t columns, int64_t depth, bool add, Target c, float* spare) {
  const int64_t width = 2 * Lanes;
  for (int64_t i = from; i < to; i += Rows) {
    const int64_t rows = std::min<int64_t>(Rows, to - i);
    View tile_a = {a.data + i * a.row_stride, a.row_stride, a.k_stride};
    if (rows < Rows || a.k_stride != 1) {
      // Packed [depth][Rows], zeros where the tile reaches past the matrix.
      if (rows == Rows && a.row_stride == 1)
        for (int64_t k = 0; k < depth; k++) std::memcpy(spare + k * Rows, tile_a.data + k * a.k_stride, Rows * sizeof(float));
      else
        for (int64_t k = 0; k < depth; k++)
          for (int64_t r = 0; r < Rows; r++) spare[k * Rows + r] = r < rows ? tile_a.data[r * a.row_stride + k * a.k_stride] : 0.0f;
      tile_a = {spare, 1, Rows};
    }
    for (int64_t j = 0; j < columns; j += width) {
      const Target tile_c = {c.data + i * c.row_stride + j * c.column_stride, c.row_stride, c.column_stride};
      tile<Lanes, Rows>(tile_a, panels + j * depth, width, depth, add, tile_c, rows, std::min(width, columns - j));
    }
  }
}

HEADSTART_FOR_CPU(multiply_rows, block)

// C[i, j] = Σ_k A(i, k) · B(j, k).
void multiply(View a, View b, Target c, int64_t m, int64_t n, int64_t k) {
  const TileShape shape = tile_shape();
  const int64_t panels = (n + shape.width - 1) / shape.width;
  static thread_local std::vector<float> packed;  // of the thread that runs the kernel; helpers read it
  packed.resize(panels * shape.width * std::min(k, kDepth));
  float* out = packed.data();
  for (int64_t at = 0; at < k; at += kDepth) {
    const int64_t depth = std::min(kDepth, k - at);
    const View b_part = {b.data + at * b.k_stride, b.row_stride, b.k_stride}, a_part = {a.data + at * a.k_stride, a.row_stride, a.k_stride};
    // Packing little is quicker alone than shared.
    const auto share = panels * shape.width * depth > 1 << 16 ? &parallel_for : &serial_for;
    share(panels, [&](int64_t p) {
      float* panel = out + p * shape.width * depth;
      const int64_t first = p * shape.width, columns = std::min(shape.width, n - first);
      for (int64_t j = 0; j < shape.width; j++) {
        if (j >= columns) {
          for (int64_t x = 0; x < depth; x++) panel[x * shape.width + j] = 0.0f;
        } else if (b_part.k_stride == 1) {
          const float* row = b_part.data + (first + j) * b_part.row_stride;
          for (int64_t x = 0; x < depth; x++) panel[x * shape.width + j] = row[x];
        }
      }
      if (b_part.k_stride != 1)
        for (int64_t x = 0; x < depth; x++) {
          const float* line = b_part.data + x * b_part.k_stride + first * b_part.row_stride;
          for (int64_t j = 0; j < columns; j++) panel[x * shape.width + j] = line[j * b_part.row_stride];
        }
    });
    // Pieces of some tiles each, several for every core.
    const int64_t tiles = (m + shape.rows - 1) / shape.rows, per_piece = std::max<int64_t>(1, std::min<int64_t>(8, tiles / 8)) * shape.rows;
    parallel_for((m + per_piece - 1) / per_piece, [&](int64_t piece) {
      static thread_local std::vector<float> spare;
      spare.resize(12 * kDepth);
      multiply_rows(a_part, piece * per_piece, std::min(m, (piece + 1) * per_piece), out, n, depth, at > 0, c, spare.data());
    });
  }
}

void compute_forward(void*, TF_OpKernelContext* context) {
  Call call(context);
  TF_Tensor* x = call.input(0);
  TF_Tensor* w = call.input(1);
  if (!call.ok()) return;
  const int64_t rows = dim(x, 0), in = dim(x, 1), out = dim(w, 0);
  if (dim(w, 1) != in) return call.fail("the weight's columns are not the input's");
  float* y = call.output(0, {rows, out});
  if (!call.ok()) return;
  // The smaller operand is packed: in decoding that is x, and the tile then goes into y turned round.
  if (rows < out)
    multiply({floats(w), in, 1}, {floats(x), in, 1}, {y, 1, out}, out, rows, in);
  else
    multiply({floats(x), in, 1}, {floats(w), in, 1}, {y, out, 1}, rows, out, in);
}

void compute_backward(void*, TF_OpKernelContext* context) {
  Call call(context);
  TF_Tensor* dy = call.input(0);
  TF_Tensor* x = call.input(1);
  TF_Tensor* w = call.input(2);
  if (!call.ok()) return;
  const int64_t rows = dim(x, 0), in = dim(x, 1), out = dim(w, 0);
  float* dx = call.output(0, {rows, in});
  float* dw = call.output(1, {out, in});
  if (!call.ok()) return;
  multiply({floats(dy), out, 1}, {floats(w), 1, in}, {dx, in, 1}, rows, in, out);
  multiply({floats(dy), 1, out}, {floats(x), 1, in}, {dw, in, 1}, out, in, rows);
}

const bool registered = register_op({"HeadstartLinear", {"x: float", "w: float"}, {"y: float"}, {}}, nullptr, compute_forward, nullptr) &&
                        register_op({"HeadstartLinearGrad", {"dy: float", "x: float", "w: float"}, {"dx: float", "dw: float"}, {}}, nullptr, compute_backward, nullptr);

}  // namespace
}  // namespace headstart
