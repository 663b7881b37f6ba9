// HeadstartCausalAttention and its gradient, and HeadstartDecodeAttention: RoPE and grouped-query attention in one pass
// over projections as the matrix products leave them, [B·T, heads · headDim], so that nothing is transposed and no T×T
// matrix is stored. The token at t of row b sees j with visible_from[b, t] ≤ j ≤ t; its position is t − visible_from[b, t].
// The forward keeps only the log-sum-exp of each score row; the gradient computes the weights again from it
// (FlashAttention's idea, Dao et al. 2022).
#include <algorithm>
#include <cmath>
#include <cstring>

#include "kernel.h"

namespace headstart {
namespace {

struct Sizes {
  int64_t batch, length, heads, kv_heads, dim;
  int64_t group() const { return heads / kv_heads; }
};

// Rotates `count` tokens of one head into `out` [count, dim]; `sign` −1 turns back.
HEADSTART_INLINE void rotate_head(const float* __restrict x, int64_t stride, const int32_t* from, int64_t count, int64_t dim, const float* __restrict cos, const float* __restrict sin, float sign, float* __restrict out,
                                  int64_t out_stride) {
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

// out[i, t] = in[t, i]
HEADSTART_INLINE void transpose(const float* __restrict in, int64_t stride, int64_t count, int64_t dim, float* __restrict out) {
  for (int64_t t = 0; t < count; t++)
    for (int64_t i = 0; i < dim; i++) out[i * count + t] = in[t * stride + i];
}

// scores[j] = Σ_i a[i] · columns[i, j] for j in [from, to)
HEADSTART_INLINE void dot_columns(const float* __restrict a, const float* __restrict columns, int64_t count, int64_t dim, int64_t from, int64_t to, float* __restrict scores) {
  for (int64_t j = from; j < to; j++) scores[j] = 0;
  for (int64_t i = 0; i + 4 <= dim; i += 4) {
    const float a0 = a[i], a1 = a[i + 1], a2 = a[i + 2], a3 = a[i + 3];
    const float *c0 = columns + i * count, *c1 = c0 + count, *c2 = c1 + count, *c3 = c2 + count;
    for (int64_t j = from; j < to; j++) scores[j] += a0 * c0[j] + a1 * c1[j] + a2 * c2[j] + a3 * c3[j];
  }
  for (int64_t i = dim - dim % 4; i < dim; i++)
    for (int64_t j = from; j < to; j++) scores[j] += a[i] * columns[i * count + j];
}

// One (row, key head): all query heads of its group. Scratch: see scratch_size.
HEADSTART_SIMD void forward_head(const Sizes s, const float* __restrict q, const float* __restrict k, const float* __restrict v, const int32_t* from, const float* __restrict cos, const float* __restrict sin, float* __restrict out, float* __restrict lse,
                                 float* __restrict scratch) {
  const int64_t T = s.length, D = s.dim, q_stride = s.heads * D, kv_stride = s.kv_heads * D;
  float *rotated = scratch, *columns = rotated + T * D, *p = columns + T * D;
  const float scale = 1.0f / std::sqrt(static_cast<float>(D));
  rotate_head(k, kv_stride, from, T, D, cos, sin, 1.0f, rotated, D);
  transpose(rotated, D, T, D, columns);
  for (int64_t h = 0; h < s.group(); h++) {
    rotate_head(q + h * D, q_stride, from, T, D, cos, sin, 1.0f, rotated, D);
    for (int64_t t = 0; t < T; t++) {
      const int64_t first = from[t];
      dot_columns(rotated + t * D, columns, T, D, first, t + 1, p);
      float peak = p[first];
      for (int64_t j = first; j <= t; j++) peak = p[j] > peak ? p[j] : peak;
      float total = 0;
      for (int64_t j = first; j <= t; j++) p[j] = exp_approx((p[j] - peak) * scale);
      for (int64_t j = first; j <= t; j++) total += p[j];
      const float share = 1.0f / total;
      float* o = out + t * q_stride + h * D;
      for (int64_t i = 0; i < D; i++) o[i] = 0;
      for (int64_t j = first; j <= t; j++) {
        const float w = p[j] * share;
        const float* row = v + j * kv_stride;
        for (int64_t i = 0; i < D; i++) o[i] += w * row[i];
      }
      lse[h * T + t] = peak * scale + std::log(total);
    }
  }
}

HEADSTART_SIMD void backward_head(const Sizes s, const float* __restrict dout, const float* __restrict q, const float* __restrict k, const float* __restrict v, const float* __restrict out, const float* __restrict lse, const int32_t* from,
                                  const float* __restrict cos, const float* __restrict sin, float* __restrict dq, float* __restrict dk, float* __restrict dv, float* __restrict scratch) {
  const int64_t T = s.length, D = s.dim, q_stride = s.heads * D, kv_stride = s.kv_heads * D;
  float *rotated_q = scratch, *rotated_k = rotated_q + T * D, *columns_k = rotated_k + T * D, *columns_v = columns_k + T * D, *grad_q = columns_v + T * D,
        *grad_k = grad_q + T * D, *grad_v = grad_k + T * D, *p = grad_v + T * D, *dp = p + T;
  const float scale = 1.0f / std::sqrt(static_cast<float>(D));
  rotate_head(k, kv_stride, from, T, D, cos, sin, 1.0f, rotated_k, D);
  transpose(rotated_k, D, T, D, columns_k);
  transpose(v, kv_stride, T, D, columns_v);
  std::memset(grad_k, 0, 2 * T * D * sizeof(float));
  for (int64_t h = 0; h < s.group(); h++) {
    rotate_head(q + h * D, q_stride, from, T, D, cos, sin, 1.0f, rotated_q, D);
    for (int64_t t = 0; t < T; t++) {
      const int64_t first = from[t];
      const float *query = rotated_q + t * D, *o = out + t * q_stride + h * D, *d = dout + t * q_stride + h * D;
      float delta = 0;
      for (int64_t i = 0; i < D; i++) delta += d[i] * o[i];
      dot_columns(query, columns_k, T, D, first, t + 1, p);
      dot_columns(d, columns_v, T, D, first, t + 1, dp);
      const float row_lse = lse[h * T + t];
      for (int64_t j = first; j <= t; j++) {
        p[j] = exp_approx(p[j] * scale - row_lse);
        dp[j] = p[j] * (dp[j] - delta) * scale;
      }
      float* gq = grad_q + t * D;
      for (int64_t i = 0; i < D; i++) gq[i] = 0;
      for (int64_t j = first; j <= t; j++) {
        const float weight = p[j], ds = dp[j];
        const float* key = rotated_k + j * D;
        float *gk = grad_k + j * D, *gv = grad_v + j * D;
        for (int64_t i = 0; i < D; i++) {
          gq[i] += ds * key[i];
          gk[i] += ds * query[i];
          gv[i] += weight * d[i];
        }
      }
    }
    rotate_head(grad_q, D, from, T, D, cos, sin, -1.0f, dq + h * D, q_stride);
  }
  rotate_head(grad_k, D, from, T, D, cos, sin, -1.0f, dk, kv_stride);
  for (int64_t t = 0; t < T; t++) std::memcpy(dv + t * kv_stride, grad_v + t * D, D * sizeof(float));
}

float* scratch(int64_t size) {
  static thread_local std::vector<float> buffer;
  if (static_cast<int64_t>(buffer.size()) < size) buffer.resize(size);
  return buffer.data();
}

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
    forward_head(s, q + at_q, k + at_kv, v + at_kv, from + b * s.length, cos, sin, out + at_q, lse + (b * s.heads + head) * s.length, scratch((2 * s.dim + 1) * s.length));
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
    backward_head(s, dout + at_q, q + at_q, k + at_kv, v + at_kv, out + at_q, lse + (b * s.heads + head) * s.length, from + b * s.length, cos, sin, dq + at_q, dk + at_kv,
                  dv + at_kv, scratch((7 * s.dim + 2) * s.length));
  });
}

// One new token a row. The caches are this kernel's to write: k and v go to index `at` of their buffers.
HEADSTART_SIMD void decode_head(const Sizes s, int64_t at, int32_t start, const float* __restrict q, const float* __restrict k, const float* __restrict v, const float* __restrict cos, const float* __restrict sin,
                                float* __restrict cache_k, float* __restrict cache_v, float* __restrict out, float* __restrict scratch) {
  const int64_t D = s.dim;
  const int32_t zero = 0;
  const int64_t position = at - start;
  const float *c = cos + position * (D / 2), *sn = sin + position * (D / 2);
  rotate_head(k, 0, &zero, 1, D, c, sn, 1.0f, cache_k + at * D, D);
  std::memcpy(cache_v + at * D, v, D * sizeof(float));
  float *query = scratch, *p = scratch + D;
  const float scale = 1.0f / std::sqrt(static_cast<float>(D));
  for (int64_t h = 0; h < s.group(); h++) {
    rotate_head(q + h * D, 0, &zero, 1, D, c, sn, 1.0f, query, D);
    float peak = -3.0e38f;
    for (int64_t j = start; j <= at; j++) {
      const float* key = cache_k + j * D;
      float lanes[8] = {0};
      int64_t i = 0;
      for (; i + 8 <= D; i += 8)
        for (int l = 0; l < 8; l++) lanes[l] += query[i + l] * key[i + l];
      float dot = 0;
      for (int l = 0; l < 8; l++) dot += lanes[l];
      for (; i < D; i++) dot += query[i] * key[i];
      p[j] = dot * scale;
      peak = p[j] > peak ? p[j] : peak;
    }
    float total = 0;
    for (int64_t j = start; j <= at; j++) p[j] = exp_approx(p[j] - peak);
    for (int64_t j = start; j <= at; j++) total += p[j];
    float* o = out + h * D;
    for (int64_t i = 0; i < D; i++) o[i] = 0;
    for (int64_t j = start; j <= at; j++) {
      const float w = p[j] / total;
      const float* row = cache_v + j * D;
      for (int64_t i = 0; i < D; i++) o[i] += w * row[i];
    }
  }
}

// q [B, heads · dim], k and v [B, kv_heads · dim], caches [B, kv_heads, capacity, dim], start [B], at [], cos, sin.
void compute_decode(void*, TF_OpKernelContext* context) {
  Call call(context);
  TF_Tensor* in[9];
  for (int i = 0; i < 9; i++) in[i] = call.input(i);
  if (!call.ok()) return;
  Sizes s;
  s.batch = dim(in[0], 0);
  s.length = 1;
  s.dim = dim(in[3], 3);
  s.heads = dim(in[0], 1) / s.dim;
  s.kv_heads = dim(in[3], 1);
  const int64_t capacity = dim(in[3], 2), at = ints(in[6])[0];
  if (at < 0 || at >= capacity || at >= dim(in[7], 0)) return call.fail("the KV cache is full, or the row is longer than maxPositionEmbeddings");
  float* out = call.output(0, shape_of(in[0]));
  if (!call.ok()) return;
  const float *q = floats(in[0]), *k = floats(in[1]), *v = floats(in[2]), *cos = floats(in[7]), *sin = floats(in[8]);
  float *cache_k = static_cast<float*>(TF_TensorData(in[3])), *cache_v = static_cast<float*>(TF_TensorData(in[4]));
  const int32_t* start = ints(in[5]);
  parallel_for(s.batch, [=](int64_t b) {
    for (int64_t kv = 0; kv < s.kv_heads; kv++) {
      const int64_t at_q = (b * s.heads + kv * s.group()) * s.dim, at_kv = (b * s.kv_heads + kv) * s.dim, at_cache = at_kv * capacity;
      decode_head(s, at, start[b], q + at_q, k + at_kv, v + at_kv, cos, sin, cache_k + at_cache, cache_v + at_cache, out + at_q, scratch(s.dim + capacity));
    }
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
                nullptr, compute_backward, nullptr) &&
    register_op({"HeadstartDecodeAttention",
                 {"q: float", "k: float", "v: float", "cache_k: float", "cache_v: float", "start: int32", "at: int32", "cos: float", "sin: float"},
                 {"out: float"},
                 {}},
                nullptr, compute_decode, nullptr);

}  // namespace
}  // namespace headstart
