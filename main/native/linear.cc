// HeadstartLinear and its gradients, for one x [N, in] and one or several weights W [out, in] that it meets: y = x · Wᵀ each,
// dx = Σ dy · W, dW = dyᵀ · x each. The operand of the columns is packed into panels as wide as two registers, and a tile of C stays in
// registers while its sum runs. What several products share is read once: rows of x for all weights, rows of dx for all summands,
// panels of x for all dW. Each element is summed in one order whatever the threads.
#include <algorithm>

#include "tile.h"

namespace headstart {
namespace {

// Sums over at most so many k at a time: a panel of B then stays in the first cache.
constexpr int64_t kDepth = 256;
// Most rows of a tile.
constexpr int64_t kTileRows = 12;

// Memory that a thread uses again and again, aligned to the caches' lines: a vector across two of them is read twice.
class Buffer {
 public:
  float* of(int64_t size) {
    constexpr int64_t line = 64;
    if (static_cast<int64_t>(memory_.size()) < size + line) memory_.resize(size + line);
    return reinterpret_cast<float*>((reinterpret_cast<uintptr_t>(memory_.data()) + line - 1) / line * line);
  }

 private:
  std::vector<float> memory_;
};

// The blocks of a sum over k, of about equal depth.
struct Blocks {
  int64_t k, depth;
  explicit Blocks(int64_t total) : k(total) {
    const int64_t count = std::max<int64_t>(1, (k + kDepth - 1) / kDepth);
    depth = std::max<int64_t>(1, (k + count - 1) / count);
  }
  int64_t count() const { return (k + depth - 1) / depth; }
  int64_t at(int64_t block) const { return block * depth; }
  int64_t depth_at(int64_t at) const { return std::min(depth, k - at); }
};

// A matrix from (row, k) on.
View part(View a, int64_t row, int64_t k) { return {a.data + row * a.row_stride + k * a.k_stride, a.row_stride, a.k_stride}; }

constexpr int64_t kLine = 16;  // floats in a line of the caches

// Rows of a matrix that the next block reads: fetched line by line while this one is worked through.
struct Ahead {
  const float* row;
  int64_t stride, columns, rows, a_tile, column = 0;
  // `width` columns of `depth` rows, over so many tiles.
  Ahead(const float* from, int64_t row_stride, int64_t width, int64_t depth, int64_t tiles)
      : row(from), stride(row_stride), columns(width), rows(depth), a_tile(depth * ((width + kLine - 1) / kLine) / std::max<int64_t>(1, tiles) + 1) {}
};

HEADSTART_INLINE void fetch(Ahead* ahead) {
  const float* row = ahead->row;
  int64_t column = ahead->column, rows = ahead->rows;
  for (int64_t left = ahead->a_tile; rows > 0 && left > 0; left--) {
    __builtin_prefetch(row + column, 0, 2);
    column += kLine;
    if (column >= ahead->columns) {
      column = 0;
      row += ahead->stride;
      rows--;
    }
  }
  ahead->row = row;
  ahead->column = column;
  ahead->rows = rows;
}

// Rows of A from `from` to `to` against all panels of one depth block. `spare` holds Rows · kDepth floats. What the next block reads of A
// and of B is fetched between tiles, where it is given.
template <int Lanes, int Rows>
HEADSTART_INLINE void block(View a, int64_t from, int64_t to, const float* panels, int64_t columns, int64_t depth, bool add, Target c, float* spare, Ahead* a_ahead, Ahead* b_ahead) {
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
      if (a_ahead != nullptr) {
        fetch(a_ahead);
        fetch(b_ahead);
      }
    }
  }
}

HEADSTART_FOR_CPU(multiply_rows, block)

// One panel: B's `columns` rows from the view's first on, zeros where it is wider than they are.
void pack_panel(View b, int64_t columns, int64_t depth, int64_t width, float* panel) {
  if (b.k_stride == 1) {
    for (int64_t j = 0; j < columns; j++) {
      const float* row = b.data + j * b.row_stride;
      for (int64_t x = 0; x < depth; x++) panel[x * width + j] = row[x];
    }
  } else if (b.row_stride == 1) {
    for (int64_t x = 0; x < depth; x++) std::memcpy(panel + x * width, b.data + x * b.k_stride, columns * sizeof(float));
  } else {
    for (int64_t x = 0; x < depth; x++)
      for (int64_t j = 0; j < columns; j++) panel[x * width + j] = b.data[x * b.k_stride + j * b.row_stride];
  }
  for (int64_t j = columns; j < width; j++)
    for (int64_t x = 0; x < depth; x++) panel[x * width + j] = 0.0f;
}

// C[i, j] (+)= Σ_k A(i, k) · B(j, k), B with n rows.
struct Product {
  View a, b;
  Target c;
  int64_t n, k;
  bool add;
};

// Products of the same number of rows, in turn for some rows at a time, so that what they share of A and C is in the caches.
void multiply_by_rows(const std::vector<Product>& products, int64_t m) {
  const TileShape shape = tile_shape();
  // All of B, packed [product][block][panel][depth][width].
  std::vector<int64_t> begin, first_piece;
  int64_t floats_packed = 0, pieces = 0;
  for (const Product& p : products) {
    const int64_t panels = (p.n + shape.width - 1) / shape.width;
    begin.push_back(floats_packed);
    first_piece.push_back(pieces);
    floats_packed += panels * shape.width * p.k;
    pieces += panels * Blocks(p.k).count();
  }
  static thread_local Buffer memory;  // of the thread that runs the kernel; helpers read it
  float* packed = memory.of(floats_packed);
  // Packing little is quicker alone than shared.
  const auto share = floats_packed > 1 << 16 ? &parallel_for : &serial_for;
  share(pieces, [&](int64_t piece) {
    const int64_t i = std::upper_bound(first_piece.begin(), first_piece.end(), piece) - first_piece.begin() - 1;
    const Product& p = products[i];
    const Blocks blocks(p.k);
    const int64_t panels = (p.n + shape.width - 1) / shape.width, at = blocks.at((piece - first_piece[i]) / panels), first = (piece - first_piece[i]) % panels * shape.width;
    const int64_t depth = blocks.depth_at(at);
    pack_panel(part(p.b, first, at), std::min(shape.width, p.n - first), depth, shape.width, packed + begin[i] + panels * shape.width * at + first * depth);
  });
  // Pieces of some tiles each, several for every core.
  const int64_t tiles = (m + shape.rows - 1) / shape.rows, per_piece = std::max<int64_t>(1, std::min<int64_t>(8, tiles / 8)) * shape.rows;
  parallel_for((m + per_piece - 1) / per_piece, [&](int64_t piece) {
    static thread_local Buffer spare;
    float* tile_of_a = spare.of(kTileRows * kDepth);
    Ahead* const none = nullptr;
    for (size_t i = 0; i < products.size(); i++) {
      const Product& p = products[i];
      const Blocks blocks(p.k);
      const int64_t line = (p.n + shape.width - 1) / shape.width * shape.width;
      for (int64_t at = 0; at < p.k; at += blocks.depth)
        multiply_rows(part(p.a, 0, at), piece * per_piece, std::min(m, (piece + 1) * per_piece), static_cast<const float*>(packed + begin[i] + line * at), p.n,
                      blocks.depth_at(at), p.add || at > 0, p.c, tile_of_a, none, none);
    }
  });
}

// A with `rows` rows and where its product goes.
struct Side {
  View a;
  float* c;
  int64_t rows;
};

// C = A · Bᵀ for several A and one B with n rows, where the sum is long and the matrices are not: each core makes a part of the C and packs
// for itself what it needs of B, block by block, so that none waits for another.
void multiply_along(const std::vector<Side>& sides, View b, int64_t n, int64_t k) {
  const TileShape shape = tile_shape();
  const Blocks blocks(k);
  int64_t m = 0;
  for (const Side& side : sides) m += side.rows;
  // Cut where the other operand, which every core then packs, is the smaller.
  const bool cut_rows = m >= n;
  const int64_t step = cut_rows ? shape.rows : shape.width, all = cut_rows ? m : n, cores = thread_count();
  const int64_t per_piece = ((all + step - 1) / step + cores - 1) / cores * step;
  parallel_for((all + per_piece - 1) / per_piece, [&](int64_t piece) {
    static thread_local Buffer memory, spare;
    const int64_t from = piece * per_piece, to = std::min(all, from + per_piece);
    const int64_t first = cut_rows ? 0 : from, columns = cut_rows ? n : to - from;
    float *panels = memory.of((columns + shape.width - 1) / shape.width * shape.width * blocks.depth), *tile_of_a = spare.of(kTileRows * kDepth);
    for (int64_t at = 0; at < k; at += blocks.depth) {
      const int64_t depth = blocks.depth_at(at);
      for (int64_t j = 0; j < columns; j += shape.width) pack_panel(part(b, first + j, at), std::min(shape.width, columns - j), depth, shape.width, panels + j * depth);
      const int64_t next = at + depth, next_depth = next < k ? blocks.depth_at(next) : 0;
      const int64_t strips = (columns + shape.width - 1) / shape.width, rows = cut_rows ? to - from : m;
      Ahead b_ahead(part(b, first, next).data, b.k_stride, columns, next_depth, rows / shape.rows * strips);
      int64_t begin = 0;  // of this side, among the rows of all
      for (const Side& side : sides) {
        const int64_t low = cut_rows ? std::max(from - begin, int64_t{0}) : 0, high = cut_rows ? std::min(to - begin, side.rows) : side.rows;
        if (low < high) {
          Ahead a_ahead(part(side.a, low, next).data, side.a.k_stride, high - low, next_depth, (high - low) / shape.rows * strips);
          multiply_rows(part(side.a, 0, at), low, high, static_cast<const float*>(panels), columns, depth, at > 0, Target{side.c + first, n, 1}, tile_of_a, &a_ahead, &b_ahead);
        }
        begin += side.rows;
      }
    }
  });
}

void* create(TF_OpKernelConstruction* construction) { return create_with_int(construction, "N"); }

// Weights from an input on, each [out, in].
bool read_weights(Call& call, int first, int64_t count, int64_t in, std::vector<TF_Tensor*>* weights) {
  for (int64_t i = 0; i < count; i++) {
    weights->push_back(call.input(first + static_cast<int>(i)));
    if (call.ok() && dim(weights->back(), 1) != in) call.fail("the weight's columns are not the input's");
    if (!call.ok()) return false;
  }
  return true;
}

void compute_forward(void* count, TF_OpKernelContext* context) {
  Call call(context);
  TF_Tensor* x = call.input(0);
  std::vector<TF_Tensor*> weights;
  if (!call.ok() || !read_weights(call, 1, *static_cast<int64_t*>(count), dim(x, 1), &weights)) return;
  const int64_t rows = dim(x, 0), in = dim(x, 1);
  std::vector<Product> products;
  for (size_t i = 0; i < weights.size(); i++) {
    const int64_t out = dim(weights[i], 0);
    float* y = call.output(static_cast<int>(i), {rows, out});
    if (!call.ok()) return;
    // The smaller operand is packed: in decoding that is x, and the tile then goes into y turned round.
    if (rows < out)
      multiply_by_rows({{{floats(weights[i]), in, 1}, {floats(x), in, 1}, {y, 1, out}, rows, in, false}}, out);
    else
      products.push_back({{floats(x), in, 1}, {floats(weights[i]), in, 1}, {y, out, 1}, out, in, false});
  }
  if (!products.empty()) multiply_by_rows(products, rows);
}

void compute_backward(void* count, TF_OpKernelContext* context) {
  Call call(context);
  const int64_t n = *static_cast<int64_t*>(count);
  std::vector<TF_Tensor*> dys, weights;
  for (int64_t i = 0; i < n; i++) dys.push_back(call.input(static_cast<int>(i)));
  TF_Tensor* x = call.input(static_cast<int>(n));
  if (!call.ok() || !read_weights(call, static_cast<int>(n) + 1, n, dim(x, 1), &weights)) return;
  const int64_t rows = dim(x, 0), in = dim(x, 1);
  float* dx = call.output(0, {rows, in});
  if (!call.ok()) return;
  std::vector<Product> onto_dx;
  std::vector<Side> sides;
  for (int64_t i = 0; i < n; i++) {
    const int64_t out = dim(weights[i], 0);
    float* dw = call.output(static_cast<int>(i) + 1, {out, in});
    if (!call.ok()) return;
    onto_dx.push_back({{floats(dys[i]), out, 1}, {floats(weights[i]), 1, in}, {dx, in, 1}, in, out, i > 0});
    sides.push_back({{floats(dys[i]), 1, out}, dw, out});
  }
  multiply_by_rows(onto_dx, rows);
  multiply_along(sides, {floats(x), 1, in}, in, rows);
}

const bool registered =
    register_op({"HeadstartLinear", {"x: float", "w: N * float"}, {"y: N * float"}, {"N: int"}}, create, compute_forward, destroy_int) &&
    register_op({"HeadstartLinearGrad", {"dy: N * float", "x: float", "w: N * float"}, {"dx: float", "dw: N * float"}, {"N: int"}}, create, compute_backward, destroy_int);

}  // namespace
}  // namespace headstart
