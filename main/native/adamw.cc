// HeadstartAdamW: one AdamW update of one parameter in one pass. scalars = [rate / (1 − β1^t), 1 / √(1 − β2^t), β1, β2, ε,
// 1 − rate · decay, gradient scale].
#include <cmath>

#include "kernel.h"

namespace headstart {
namespace {

constexpr int64_t kPiece = 1 << 14;

HEADSTART_SIMD void update(const float* __restrict w, const float* __restrict g, const float* __restrict m, const float* __restrict v, const float* __restrict s, float* __restrict w_out, float* __restrict m_out, float* __restrict v_out, int64_t from, int64_t to) {
  const float rate = s[0], correction = s[1], beta1 = s[2], beta2 = s[3], eps = s[4], keep = s[5], scale = s[6];
  for (int64_t i = from; i < to; i++) {
    float gradient = g[i] * scale;
    float first = beta1 * m[i] + (1.0f - beta1) * gradient;
    float second = beta2 * v[i] + (1.0f - beta2) * gradient * gradient;
    m_out[i] = first;
    v_out[i] = second;
    w_out[i] = w[i] * keep - rate * first / (std::sqrt(second) * correction + eps);
  }
}

void compute(void*, TF_OpKernelContext* context) {
  Call call(context);
  TF_Tensor* in[5];
  for (int i = 0; i < 5; i++) in[i] = call.input(i);
  if (!call.ok()) return;
  float* out[3];
  for (int i = 0; i < 3; i++) out[i] = call.output(i, shape_of(in[0]));
  if (!call.ok()) return;
  int64_t count = TF_TensorElementCount(in[0]);
  const float *w = floats(in[0]), *g = floats(in[1]), *m = floats(in[2]), *v = floats(in[3]), *s = floats(in[4]);
  float *w_out = out[0], *m_out = out[1], *v_out = out[2];
  parallel_pieces(count, kPiece, [=](int64_t from, int64_t to) { update(w, g, m, v, s, w_out, m_out, v_out, from, to); });
}

const bool registered = register_op({"HeadstartAdamW",
                                     {"weight: float", "gradient: float", "first: float", "second: float", "scalars: float"},
                                     {"new_weight: float", "new_first: float", "new_second: float"},
                                     {}},
                                    nullptr, compute, nullptr);

}  // namespace
}  // namespace headstart
