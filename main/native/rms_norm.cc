// HeadstartRmsNorm and its gradient: y = x / sqrt(mean(x²) + eps) · weight over rows of [N, D]. On a residual stream the sum before the
// norm and the one in its gradient are taken in the same pass (HeadstartAddNorm, HeadstartAddNormGrad).
#include <cmath>
#include <cstring>

#include "kernel.h"

namespace headstart {
namespace {

constexpr int64_t kRowsPerPiece = 64;

// Lanes' sum, in pairs.
HEADSTART_INLINE float total_of(float* lanes) {
  for (int half = 8; half > 0; half /= 2)
    for (int l = 0; l < half; l++) lanes[l] += lanes[l + half];
  return lanes[0];
}

HEADSTART_INLINE void normalise(const float* __restrict row, const float* __restrict weight, float* __restrict out, int64_t d, float eps) {
  float lanes[16] = {0};
  int64_t i = 0;
  for (; i + 16 <= d; i += 16)
    for (int l = 0; l < 16; l++) lanes[l] += row[i + l] * row[i + l];
  float sum = total_of(lanes);
  for (; i < d; i++) sum += row[i] * row[i];
  const float inverse = 1.0f / std::sqrt(sum / d + eps);
  for (i = 0; i < d; i++) out[i] = row[i] * inverse * weight[i];
}

HEADSTART_SIMD void forward_rows(const float* __restrict x, const float* __restrict weight, float* __restrict y, int64_t from, int64_t to, int64_t d, float eps) {
  for (int64_t n = from; n < to; n++) normalise(x + n * d, weight, y + n * d, d, eps);
}

HEADSTART_SIMD void add_forward_rows(const float* __restrict x, const float* __restrict addition, const float* __restrict weight, float* __restrict sum, float* __restrict y,
                                     int64_t from, int64_t to, int64_t d, float eps) {
  for (int64_t n = from; n < to; n++) {
    const float *a = x + n * d, *b = addition + n * d;
    float* row = sum + n * d;
    for (int64_t i = 0; i < d; i++) row[i] = a[i] + b[i];
    normalise(row, weight, y + n * d, d, eps);
  }
}

// dx = inverse · (w·dy − x · inverse² / D · Σ w·dy·x) [+ dsum]; the piece's part of dw = Σ dy · x · inverse.
template <bool Add>
HEADSTART_INLINE void gradient_rows(const float* __restrict dsum, const float* __restrict dy, const float* __restrict x, const float* __restrict weight, float* __restrict dx,
                                    float* __restrict dw, int64_t from, int64_t to, int64_t d, float eps) {
  for (int64_t n = from; n < to; n++) {
    const float *row = x + n * d, *grad = dy + n * d, *beside = dsum + n * d;
    float squares[16] = {0}, products[16] = {0};
    int64_t i = 0;
    for (; i + 16 <= d; i += 16)
      for (int l = 0; l < 16; l++) {
        squares[l] += row[i + l] * row[i + l];
        products[l] += row[i + l] * grad[i + l] * weight[i + l];
      }
    float sum = total_of(squares), product = total_of(products);
    for (; i < d; i++) {
      sum += row[i] * row[i];
      product += row[i] * grad[i] * weight[i];
    }
    const float inverse = 1.0f / std::sqrt(sum / d + eps);
    const float pull = product * inverse * inverse / d;
    float* out = dx + n * d;
    for (i = 0; i < d; i++) {
      const float own = inverse * (weight[i] * grad[i] - row[i] * pull);
      out[i] = Add ? beside[i] + own : own;
      dw[i] += grad[i] * row[i] * inverse;
    }
  }
}

HEADSTART_SIMD void backward_rows(const float* __restrict dy, const float* __restrict x, const float* __restrict weight, float* __restrict dx, float* __restrict dw, int64_t from, int64_t to, int64_t d, float eps) {
  gradient_rows<false>(dy, dy, x, weight, dx, dw, from, to, d, eps);
}

HEADSTART_SIMD void add_backward_rows(const float* __restrict dsum, const float* __restrict dy, const float* __restrict x, const float* __restrict weight, float* __restrict dx,
                                      float* __restrict dw, int64_t from, int64_t to, int64_t d, float eps) {
  gradient_rows<true>(dsum, dy, x, weight, dx, dw, from, to, d, eps);
}

void compute_forward(void* state, TF_OpKernelContext* context) {
  Call call(context);
  TF_Tensor* x = call.input(0);
  TF_Tensor* weight = call.input(1);
  if (!call.ok()) return;
  int64_t rows = dim(x, 0), d = dim(x, 1);
  float* y = call.output(0, {rows, d});
  if (!call.ok()) return;
  float eps = *static_cast<float*>(state);
  const float *in = floats(x), *w = floats(weight);
  parallel_pieces(rows, kRowsPerPiece, [=](int64_t from, int64_t to) {
    forward_rows(in, w, y, from, to, d, eps);
  });
}

void compute_add_forward(void* state, TF_OpKernelContext* context) {
  Call call(context);
  TF_Tensor* x = call.input(0);
  TF_Tensor* addition = call.input(1);
  TF_Tensor* weight = call.input(2);
  if (!call.ok()) return;
  const int64_t rows = dim(x, 0), d = dim(x, 1);
  float* sum = call.output(0, {rows, d});
  float* y = call.output(1, {rows, d});
  if (!call.ok()) return;
  const float eps = *static_cast<float*>(state);
  const float *in = floats(x), *added = floats(addition), *w = floats(weight);
  parallel_pieces(rows, kRowsPerPiece, [=](int64_t from, int64_t to) { add_forward_rows(in, added, w, sum, y, from, to, d, eps); });
}

// `dsum`: the gradient that dx is added to, or none.
void backward(Call& call, float eps, TF_Tensor* dsum, TF_Tensor* dy, TF_Tensor* x, TF_Tensor* weight) {
  const int64_t rows = dim(x, 0), d = dim(x, 1);
  float* dx = call.output(0, {rows, d});
  float* dw = call.output(1, {d});
  if (!call.ok()) return;
  const int64_t pieces = (rows + kRowsPerPiece - 1) / kRowsPerPiece;
  std::vector<float> partial(pieces * d, 0.0f);
  const float *beside = dsum == nullptr ? nullptr : floats(dsum), *g = floats(dy), *in = floats(x), *w = floats(weight);
  float* parts = partial.data();
  parallel_pieces(rows, kRowsPerPiece, [=](int64_t from, int64_t to) {
    float* part = parts + from / kRowsPerPiece * d;
    if (beside == nullptr)
      backward_rows(g, in, w, dx, part, from, to, d, eps);
    else
      add_backward_rows(beside, g, in, w, dx, part, from, to, d, eps);
  });
  std::memset(dw, 0, d * sizeof(float));
  for (int64_t piece = 0; piece < pieces; piece++)
    for (int64_t i = 0; i < d; i++) dw[i] += parts[piece * d + i];
}

void compute_backward(void* state, TF_OpKernelContext* context) {
  Call call(context);
  TF_Tensor* in[3];
  for (int i = 0; i < 3; i++) in[i] = call.input(i);
  if (call.ok()) backward(call, *static_cast<float*>(state), nullptr, in[0], in[1], in[2]);
}

void compute_add_backward(void* state, TF_OpKernelContext* context) {
  Call call(context);
  TF_Tensor* in[4];
  for (int i = 0; i < 4; i++) in[i] = call.input(i);
  if (call.ok()) backward(call, *static_cast<float*>(state), in[0], in[1], in[2], in[3]);
}

const bool registered =
    register_op({"HeadstartRmsNorm", {"x: float", "weight: float"}, {"y: float"}, {"eps: float"}}, create_with_eps, compute_forward, destroy_eps) &&
    register_op({"HeadstartRmsNormGrad", {"dy: float", "x: float", "weight: float"}, {"dx: float", "dweight: float"}, {"eps: float"}}, create_with_eps, compute_backward,
                destroy_eps) &&
    register_op({"HeadstartAddNorm", {"x: float", "addition: float", "weight: float"}, {"sum: float", "y: float"}, {"eps: float"}}, create_with_eps, compute_add_forward,
                destroy_eps) &&
    register_op({"HeadstartAddNormGrad", {"dsum: float", "dy: float", "x: float", "weight: float"}, {"dx: float", "dweight: float"}, {"eps: float"}}, create_with_eps,
                compute_add_backward, destroy_eps);

}  // namespace
}  // namespace headstart
