// HeadstartRmsNorm and its gradient: y = x / sqrt(mean(x²) + eps) · weight over rows of [N, D].
#include <cmath>
#include <cstring>

#include "kernel.h"

namespace headstart {
namespace {

constexpr int64_t kRowsPerPiece = 64;

HEADSTART_SIMD void forward_rows(const float* __restrict x, const float* __restrict weight, float* __restrict y, int64_t from, int64_t to, int64_t d, float eps) {
  for (int64_t n = from; n < to; n++) {
    const float* row = x + n * d;
    float lanes[16] = {0};
    int64_t i = 0;
    for (; i + 16 <= d; i += 16)
      for (int l = 0; l < 16; l++) lanes[l] += row[i + l] * row[i + l];
    float sum = 0;
    for (int l = 0; l < 16; l++) sum += lanes[l];
    for (; i < d; i++) sum += row[i] * row[i];
    float inverse = 1.0f / std::sqrt(sum / d + eps);
    float* out = y + n * d;
    for (i = 0; i < d; i++) out[i] = row[i] * inverse * weight[i];
  }
}

// dx = inverse · (w·dy − x · inverse² / D · Σ w·dy·x); the piece's part of dw = Σ dy · x · inverse.
HEADSTART_SIMD void backward_rows(const float* __restrict dy, const float* __restrict x, const float* __restrict weight, float* __restrict dx, float* __restrict dw, int64_t from, int64_t to, int64_t d, float eps) {
  for (int64_t n = from; n < to; n++) {
    const float* row = x + n * d;
    const float* grad = dy + n * d;
    float squares[16] = {0}, products[16] = {0};
    int64_t i = 0;
    for (; i + 16 <= d; i += 16)
      for (int l = 0; l < 16; l++) {
        squares[l] += row[i + l] * row[i + l];
        products[l] += row[i + l] * grad[i + l] * weight[i + l];
      }
    float sum = 0, product = 0;
    for (int l = 0; l < 16; l++) {
      sum += squares[l];
      product += products[l];
    }
    for (; i < d; i++) {
      sum += row[i] * row[i];
      product += row[i] * grad[i] * weight[i];
    }
    float inverse = 1.0f / std::sqrt(sum / d + eps);
    float pull = product * inverse * inverse / d;
    float* out = dx + n * d;
    for (i = 0; i < d; i++) {
      out[i] = inverse * (weight[i] * grad[i] - row[i] * pull);
      dw[i] += grad[i] * row[i] * inverse;
    }
  }
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

void compute_backward(void* state, TF_OpKernelContext* context) {
  Call call(context);
  TF_Tensor* dy = call.input(0);
  TF_Tensor* x = call.input(1);
  TF_Tensor* weight = call.input(2);
  if (!call.ok()) return;
  int64_t rows = dim(x, 0), d = dim(x, 1);
  float* dx = call.output(0, {rows, d});
  float* dw = call.output(1, {d});
  if (!call.ok()) return;
  float eps = *static_cast<float*>(state);
  int64_t pieces = (rows + kRowsPerPiece - 1) / kRowsPerPiece;
  std::vector<float> partial(pieces * d, 0.0f);
  const float *g = floats(dy), *in = floats(x), *w = floats(weight);
  float* parts = partial.data();
  parallel_pieces(rows, kRowsPerPiece, [=](int64_t from, int64_t to) {
    backward_rows(g, in, w, dx, parts + from / kRowsPerPiece * d, from, to, d, eps);
  });
  std::memset(dw, 0, d * sizeof(float));
  for (int64_t piece = 0; piece < pieces; piece++)
    for (int64_t i = 0; i < d; i++) dw[i] += parts[piece * d + i];
}

const bool registered =
    register_op({"HeadstartRmsNorm", {"x: float", "weight: float"}, {"y: float"}, {"eps: float"}}, create_with_eps, compute_forward, destroy_eps) &&
    register_op({"HeadstartRmsNormGrad", {"dy: float", "x: float", "weight: float"}, {"dx: float", "dweight: float"}, {"eps: float"}}, create_with_eps, compute_backward,
                destroy_eps);

}  // namespace
}  // namespace headstart
