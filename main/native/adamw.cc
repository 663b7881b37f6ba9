// HeadstartAdamW: one AdamW update of one parameter in one pass, in place: the weight and its moments are this op's to write, so that
// an update allocates nothing. scalars = [rate / (1 − β1^t), 1 / √(1 − β2^t), β1, β2, ε, 1 − rate · decay, gradient scale].
#include <cmath>

#include "kernel.h"

namespace headstart {
namespace {

constexpr int64_t kPiece = 1 << 14;

HEADSTART_SIMD void update(float* __restrict w, const float* __restrict g, float* __restrict m, float* __restrict v, const float* __restrict s, int64_t from, int64_t to) {
  const float rate = s[0], correction = s[1], beta1 = s[2], beta2 = s[3], eps = s[4], keep = s[5], scale = s[6];
  for (int64_t i = from; i < to; i++) {
    float gradient = g[i] * scale;
    float first = beta1 * m[i] + (1.0f - beta1) * gradient;
    float second = beta2 * v[i] + (1.0f - beta2) * gradient * gradient;
    m[i] = first;
    v[i] = second;
    w[i] = w[i] * keep - rate * first / (std::sqrt(second) * correction + eps);
  }
}

void compute(void*, TF_OpKernelContext* context) {
  Call call(context);
  TF_Tensor* in[5];
  for (int i = 0; i < 5; i++) in[i] = call.input(i);
  if (!call.ok()) return;
  const int64_t count = TF_TensorElementCount(in[0]);
  for (int i = 1; i < 4; i++)
    if (TF_TensorElementCount(in[i]) != count) return call.fail("a gradient or moment has not the weight's size");
  float *w = static_cast<float*>(TF_TensorData(in[0])), *m = static_cast<float*>(TF_TensorData(in[2])), *v = static_cast<float*>(TF_TensorData(in[3]));
  const float *g = floats(in[1]), *s = floats(in[4]);
  parallel_pieces(count, kPiece, [=](int64_t from, int64_t to) { update(w, g, m, v, s, from, to); });
}

const bool registered =
    register_op({"HeadstartAdamW", {"weight: float", "gradient: float", "first: float", "second: float", "scalars: float"}, {}, {}}, nullptr, compute, nullptr);

}  // namespace
}  // namespace headstart
