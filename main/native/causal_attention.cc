// HeadstartCausalAttention and its gradient: RoPE and grouped-query attention in one pass over projections as the matrix products
// leave them, [B·T, heads · headDim], so that nothing is transposed and no T×T matrix is stored. The token at t of row b sees j
// with visible_from[b, t] ≤ j ≤ t; its position is t − visible_from[b, t]. The forward keeps only the log-sum-exp of each score
// row; the gradient computes the weights again from it (FlashAttention's idea, Dao et al. 2022).
#include <algorithm>
#include <cmath>
#include <cstring>

#include "tile.h"

namespace headstart {
namespace {

struct Sizes {
  int64_t batch, length, heads, kv_heads, dim;
  int64_t group() const { return heads / kv_heads; }
};

// A thread's own working memory.
class Scratch {
 public:
  static Scratch* mine() {
    static thread_local Scratch scratch;
    return &scratch;
  }
  float* zeroed(int64_t size) {
    buffer_.assign(size, 0.0f);
    return buffer_.data();
  }

 private:
  std::vector<float> buffer_;
};

HEADSTART_INLINE int64_t round_up(int64_t value, int64_t step) { return (value + step - 1) / step * step; }

// Sums and peaks in sixteen lanes: in one, each step would wait for the one before.
constexpr int64_t kLanes = 16;

HEADSTART_INLINE float sum_of(const float* x, int64_t count) {
  float lanes[kLanes] = {0};
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes)
    for (int64_t l = 0; l < kLanes; l++) lanes[l] += x[i + l];
  for (int64_t l = 0; i < count; i++, l++) lanes[l] += x[i];
  for (int64_t half = kLanes / 2; half > 0; half /= 2)
    for (int64_t l = 0; l < half; l++) lanes[l] += lanes[l + half];
  return lanes[0];
}

HEADSTART_INLINE float dot(const float* x, const float* y, int64_t count) {
  float lanes[kLanes] = {0};
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes)
    for (int64_t l = 0; l < kLanes; l++) lanes[l] += x[i + l] * y[i + l];
  for (int64_t l = 0; i < count; i++, l++) lanes[l] += x[i] * y[i];
  for (int64_t half = kLanes / 2; half > 0; half /= 2)
    for (int64_t l = 0; l < half; l++) lanes[l] += lanes[l + half];
  return lanes[0];
}

HEADSTART_INLINE float peak_of(const float* x, int64_t count) {
  float lanes[kLanes];
  for (int64_t l = 0; l < kLanes; l++) lanes[l] = x[0];
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes)
    for (int64_t l = 0; l < kLanes; l++) lanes[l] = x[i + l] > lanes[l] ? x[i + l] : lanes[l];
  for (int64_t l = 0; i < count; i++, l++) lanes[l] = x[i] > lanes[l] ? x[i] : lanes[l];
  for (int64_t half = kLanes / 2; half > 0; half /= 2)
    for (int64_t l = 0; l < half; l++) lanes[l] = lanes[l + half] > lanes[l] ? lanes[l + half] : lanes[l];
  return lanes[0];
}

// Rotates `count` tokens of one head into `out` [count, dim]; `sign` −1 turns back.
HEADSTART_INLINE void rotate_head(const float* x, int64_t stride, const int32_t* from, int64_t count, int64_t dim, const float* cos, const float* sin, float sign,
                                  float* out, int64_t out_stride) {
  const int64_t half = dim / 2;
  for (int64_t t = 0; t < count; t++) {
    const float *row = x + t * stride, *c = cos + (t - from[t]) * half, *s = sin + (t - from[t]) * half;
    float* o = out + t * out_stride;
    for (int64_t i = 0; i < half; i++) {
      float a = row[i], b = row[i + half];
      o[i] = a * c[i] - sign * b * s[i];
      o[i + half] = b * c[i] + sign * a * s[i];
    }
  }
}

HEADSTART_INLINE void copy_head(const float* x, int64_t stride, int64_t count, int64_t dim, float* out, int64_t out_stride) {
  for (int64_t t = 0; t < count; t++) std::memcpy(out + t * out_stride, x + t * stride, dim * sizeof(float));
}

// out[i, t] = in[t, i]
HEADSTART_INLINE void transpose(const float* in, int64_t stride, int64_t count, int64_t dim, float* out, int64_t out_stride) {
  // Sixteen tokens at a time: a line of `out` is then written whole, out of lines of `in` that are still in the first cache.
  for (int64_t t = 0; t < count; t += kLanes) {
    const int64_t tokens = count - t < kLanes ? count - t : kLanes;
    if (tokens == kLanes)
      for (int64_t i = 0; i < dim; i++)
        for (int64_t l = 0; l < kLanes; l++) out[i * out_stride + t + l] = in[(t + l) * stride + i];
    else
      for (int64_t i = 0; i < dim; i++)
        for (int64_t l = 0; l < tokens; l++) out[i * out_stride + t + l] = in[(t + l) * stride + i];
  }
}

// Buffers of one head, padded with zeros so that tiles may read past its end: rows to whole tiles, columns to whole panels.
template <int Lanes, int Rows>
struct Layout {
  static constexpr int64_t width = 2 * Lanes, block = 2 * Rows;  // queries worked through at once
  int64_t rows, dim, keys, scores;
  Layout(int64_t length, int64_t d) : rows(round_up(length, block)), dim(round_up(d, width)), keys(round_up(length, width)), scores(keys + Rows) {}
  int64_t head() const { return rows * dim; }
};

// Keys that a block of queries from t to `end` can see, its beginning rounded down to a whole panel.
HEADSTART_INLINE int64_t first_key(const int32_t* from, int64_t t, int64_t end, int64_t width) {
  int64_t first = from[t];
  for (int64_t i = t + 1; i < end; i++) first = from[i] < first ? from[i] : first;
  return first / width * width;
}

// scores[r, j − lo] = Σ_i a[t + r, i] · columns[i, j] for a block of queries and the keys from lo to hi.
template <int Lanes, int Rows>
HEADSTART_INLINE void score_block(const Layout<Lanes, Rows>& l, const float* a, const float* columns, int64_t t, int64_t d, int64_t lo, int64_t hi, float* scores) {
  for (int64_t r = 0; r < l.block; r += Rows)
    for (int64_t j = lo; j < hi; j += l.width)
      tile<Lanes, Rows>({a + (t + r) * l.dim, l.dim, 1}, columns + j, l.keys, d, false, {scores + r * l.scores + j - lo, l.scores, 1}, Rows, l.width);
}

// One (row, key head): all query heads of its group.
template <int Lanes, int Rows>
HEADSTART_INLINE void forward_head(Sizes s, const float* q, const float* k, const float* v, const int32_t* from, const float* cos, const float* sin, float* out, float* lse,
                                   Scratch* scratch) {
  const Layout<Lanes, Rows> l(s.length, s.dim);
  const int64_t T = s.length, D = s.dim, q_stride = s.heads * D, kv_stride = s.kv_heads * D;
  float* queries = scratch->zeroed(2 * l.head() + D * l.keys + l.block * l.scores);
  float *values = queries + l.head(), *columns = values + l.head(), *p = columns + D * l.keys;
  const float scale = 1.0f / std::sqrt(static_cast<float>(D));
  rotate_head(k, kv_stride, from, T, D, cos, sin, 1.0f, queries, l.dim);
  transpose(queries, l.dim, T, D, columns, l.keys);
  copy_head(v, kv_stride, T, D, values, l.dim);
  for (int64_t h = 0; h < s.group(); h++) {
    rotate_head(q + h * D, q_stride, from, T, D, cos, sin, 1.0f, queries, l.dim);
    for (int64_t t0 = 0; t0 < T; t0 += l.block) {
      const int64_t end = t0 + l.block < T ? t0 + l.block : T, lo = first_key(from, t0, end, l.width);
      score_block(l, queries, columns, t0, D, lo, end, p);
      for (int64_t t = t0; t < end; t++) {
        float* row = p + (t - t0) * l.scores - lo;
        const float peak = peak_of(row + from[t], t + 1 - from[t]);
        for (int64_t j = from[t]; j <= t; j++) row[j] = exp_approx((row[j] - peak) * scale);
        const float total = sum_of(row + from[t], t + 1 - from[t]);
        const float share = 1.0f / total;
        for (int64_t j = from[t]; j <= t; j++) row[j] *= share;
        for (int64_t j = lo; j < from[t]; j++) row[j] = 0;
        for (int64_t j = t + 1; j < end; j++) row[j] = 0;
        lse[h * T + t] = peak * scale + std::log(total);
      }
      for (int64_t r = 0; t0 + r < end; r += Rows)
        for (int64_t i = 0; i < D; i += l.width)
          tile<Lanes, Rows>({p + r * l.scores, l.scores, 1}, values + lo * l.dim + i, l.dim, end - lo, false, {out + (t0 + r) * q_stride + h * D + i, q_stride, 1},
                            end - t0 - r < Rows ? end - t0 - r : Rows, D - i < l.width ? D - i : l.width);
    }
  }
}

// grads[j, :] += Σ_r weights[r, j − lo] · lines[t + r, :] for the keys from lo to hi.
template <int Lanes, int Rows>
HEADSTART_INLINE void spread_block(const Layout<Lanes, Rows>& l, const float* weights, const float* lines, int64_t t, int64_t end, int64_t lo, int64_t hi, float* grads) {
  for (int64_t j = lo; j < hi; j += Rows)
    for (int64_t i = 0; i < l.dim; i += l.width)
      tile<Lanes, Rows>({weights + j - lo, 1, l.scores}, lines + t * l.dim + i, l.dim, end - t, true, {grads + j * l.dim + i, l.dim, 1}, hi - j < Rows ? hi - j : Rows,
                        l.width);
}

template <int Lanes, int Rows>
HEADSTART_INLINE void backward_head(Sizes s, const float* dout, const float* q, const float* k, const float* v, const float* out, const float* lse, const int32_t* from,
                                    const float* cos, const float* sin, float* dq, float* dk, float* dv, Scratch* scratch) {
  const Layout<Lanes, Rows> l(s.length, s.dim);
  const int64_t T = s.length, D = s.dim, q_stride = s.heads * D, kv_stride = s.kv_heads * D;
  float* queries = scratch->zeroed(6 * l.head() + 2 * D * l.keys + 2 * l.block * l.scores);
  float *keys = queries + l.head(), *douts = keys + l.head(), *grad_q = douts + l.head(), *grad_k = grad_q + l.head(), *grad_v = grad_k + l.head(),
        *columns_k = grad_v + l.head(), *columns_v = columns_k + D * l.keys, *p = columns_v + D * l.keys, *ds = p + l.block * l.scores;
  const float scale = 1.0f / std::sqrt(static_cast<float>(D));
  rotate_head(k, kv_stride, from, T, D, cos, sin, 1.0f, keys, l.dim);
  transpose(keys, l.dim, T, D, columns_k, l.keys);
  transpose(v, kv_stride, T, D, columns_v, l.keys);
  for (int64_t h = 0; h < s.group(); h++) {
    rotate_head(q + h * D, q_stride, from, T, D, cos, sin, 1.0f, queries, l.dim);
    copy_head(dout + h * D, q_stride, T, D, douts, l.dim);
    for (int64_t t0 = 0; t0 < T; t0 += l.block) {
      const int64_t end = t0 + l.block < T ? t0 + l.block : T, lo = first_key(from, t0, end, l.width);
      score_block(l, queries, columns_k, t0, D, lo, end, p);
      score_block(l, douts, columns_v, t0, D, lo, end, ds);
      for (int64_t t = t0; t < end; t++) {
        const float delta = dot(douts + t * l.dim, out + t * q_stride + h * D, D);
        float *weights = p + (t - t0) * l.scores - lo, *grads = ds + (t - t0) * l.scores - lo;
        const float row_lse = lse[h * T + t];
        for (int64_t j = from[t]; j <= t; j++) {
          weights[j] = exp_approx(weights[j] * scale - row_lse);
          grads[j] = weights[j] * (grads[j] - delta) * scale;
        }
        for (int64_t j = lo; j < from[t]; j++) weights[j] = grads[j] = 0;
        for (int64_t j = t + 1; j < end; j++) weights[j] = grads[j] = 0;
      }
      for (int64_t r = 0; t0 + r < end; r += Rows)
        for (int64_t i = 0; i < l.dim; i += l.width)
          tile<Lanes, Rows>({ds + r * l.scores, l.scores, 1}, keys + lo * l.dim + i, l.dim, end - lo, false, {grad_q + (t0 + r) * l.dim + i, l.dim, 1}, Rows, l.width);
      spread_block(l, ds, queries, t0, end, lo, end, grad_k);
      spread_block(l, p, douts, t0, end, lo, end, grad_v);
    }
    rotate_head(grad_q, l.dim, from, T, D, cos, sin, -1.0f, dq + h * D, q_stride);
  }
  rotate_head(grad_k, l.dim, from, T, D, cos, sin, -1.0f, dk, kv_stride);
  copy_head(grad_v, l.dim, T, D, dv, kv_stride);
}

HEADSTART_FOR_CPU(run_forward_head, forward_head)
HEADSTART_FOR_CPU(run_backward_head, backward_head)

// Sizes from q [B·T, heads · dim], k [B·T, kv_heads · dim], visible_from [B, T] and the table cos [positions, dim / 2].
bool sizes_of(Call& call, TF_Tensor* q, TF_Tensor* k, TF_Tensor* visible_from, TF_Tensor* cos, Sizes* s) {
  s->batch = dim(visible_from, 0);
  s->length = dim(visible_from, 1);
  s->dim = 2 * dim(cos, 1);
  s->heads = dim(q, 1) / s->dim;
  s->kv_heads = dim(k, 1) / s->dim;
  if (s->length > dim(cos, 0)) call.fail("a row is longer than the model's maxPositionEmbeddings");
  return call.ok();
}

void compute_forward(void*, TF_OpKernelContext* context) {
  Call call(context);
  TF_Tensor* in[6];
  for (int i = 0; i < 6; i++) in[i] = call.input(i);
  if (!call.ok()) return;
  Sizes s;
  if (!sizes_of(call, in[0], in[1], in[3], in[4], &s)) return;
  float* out = call.output(0, shape_of(in[0]));
  float* lse = call.output(1, {s.batch, s.heads, s.length});
  if (!call.ok()) return;
  const float *q = floats(in[0]), *k = floats(in[1]), *v = floats(in[2]), *cos = floats(in[4]), *sin = floats(in[5]);
  const int32_t* from = ints(in[3]);
  parallel_for(s.batch * s.kv_heads, [=](int64_t i) {
    const int64_t b = i / s.kv_heads, kv = i % s.kv_heads, head = kv * s.group();
    const int64_t at_q = b * s.length * s.heads * s.dim + head * s.dim, at_kv = b * s.length * s.kv_heads * s.dim + kv * s.dim;
    run_forward_head(s, q + at_q, k + at_kv, v + at_kv, from + b * s.length, cos, sin, out + at_q, lse + (b * s.heads + head) * s.length, Scratch::mine());
  });
}

void compute_backward(void*, TF_OpKernelContext* context) {
  Call call(context);
  TF_Tensor* in[9];
  for (int i = 0; i < 9; i++) in[i] = call.input(i);
  if (!call.ok()) return;
  Sizes s;
  if (!sizes_of(call, in[1], in[2], in[6], in[7], &s)) return;
  float* dq = call.output(0, shape_of(in[1]));
  float* dk = call.output(1, shape_of(in[2]));
  float* dv = call.output(2, shape_of(in[3]));
  if (!call.ok()) return;
  const float *dout = floats(in[0]), *q = floats(in[1]), *k = floats(in[2]), *v = floats(in[3]), *out = floats(in[4]), *lse = floats(in[5]), *cos = floats(in[7]),
              *sin = floats(in[8]);
  const int32_t* from = ints(in[6]);
  parallel_for(s.batch * s.kv_heads, [=](int64_t i) {
    const int64_t b = i / s.kv_heads, kv = i % s.kv_heads, head = kv * s.group();
    const int64_t at_q = b * s.length * s.heads * s.dim + head * s.dim, at_kv = b * s.length * s.kv_heads * s.dim + kv * s.dim;
    run_backward_head(s, dout + at_q, q + at_q, k + at_kv, v + at_kv, out + at_q, lse + (b * s.heads + head) * s.length, from + b * s.length, cos, sin, dq + at_q, dk + at_kv,
                  dv + at_kv, Scratch::mine());
  });
}

const bool registered =
    register_op({"HeadstartCausalAttention",
                 {"q: float", "k: float", "v: float", "visible_from: int32", "cos: float", "sin: float"},
                 {"out: float", "lse: float"},
                 {}},
                nullptr, compute_forward, nullptr) &&
    register_op({"HeadstartCausalAttentionGrad",
                 {"dout: float", "q: float", "k: float", "v: float", "out: float", "lse: float", "visible_from: int32", "cos: float", "sin: float"},
                 {"dq: float", "dk: float", "dv: float"},
                 {}},
                nullptr, compute_backward, nullptr);

}  // namespace
}  // namespace headstart
