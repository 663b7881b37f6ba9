// HeadstartSwiGlu and its gradient: silu(gate) · up, element by element.

#include "kernel.h"

namespace headstart {
namespace {

constexpr int64_t kPiece = 1 << 14;

HEADSTART_SIMD void forward_piece(const float* __restrict gate, const float* __restrict up, float* __restrict y, int64_t from, int64_t to) {
  for (int64_t i = from; i < to; i++) y[i] = gate[i] * up[i] / (1.0f + exp_approx(-gate[i]));
}

HEADSTART_SIMD void backward_piece(const float* __restrict dy, const float* __restrict gate, const float* __restrict up, float* __restrict dgate, float* __restrict dup, int64_t from, int64_t to) {
  for (int64_t i = from; i < to; i++) {
    float sigmoid = 1.0f / (1.0f + exp_approx(-gate[i]));
    float silu = gate[i] * sigmoid;
    dup[i] = dy[i] * silu;
    dgate[i] = dy[i] * up[i] * (sigmoid + silu * (1.0f - sigmoid));
  }
}

void compute_forward(void*, TF_OpKernelContext* context) {
  Call call(context);
  TF_Tensor* gate = call.input(0);
  TF_Tensor* up = call.input(1);
  if (!call.ok()) return;
  float* y = call.output(0, shape_of(gate));
  if (!call.ok()) return;
  int64_t count = TF_TensorElementCount(gate);
  const float *g = floats(gate), *u = floats(up);
  parallel_pieces(count, kPiece, [=](int64_t from, int64_t to) { forward_piece(g, u, y, from, to); });
}

void compute_backward(void*, TF_OpKernelContext* context) {
  Call call(context);
  TF_Tensor* dy = call.input(0);
  TF_Tensor* gate = call.input(1);
  TF_Tensor* up = call.input(2);
  if (!call.ok()) return;
  float* dgate = call.output(0, shape_of(gate));
  float* dup = call.output(1, shape_of(gate));
  if (!call.ok()) return;
  int64_t count = TF_TensorElementCount(gate);
  const float *d = floats(dy), *g = floats(gate), *u = floats(up);
  parallel_pieces(count, kPiece, [=](int64_t from, int64_t to) { backward_piece(d, g, u, dgate, dup, from, to); });
}

const bool registered =
    register_op({"HeadstartSwiGlu", {"gate: float", "up: float"}, {"y: float"}, {}}, nullptr, compute_forward, nullptr) &&
    register_op({"HeadstartSwiGluGrad", {"dy: float", "gate: float", "up: float"}, {"dgate: float", "dup: float"}, {}}, nullptr, compute_backward, nullptr);

}  // namespace
}  // namespace headstart
