// HeadstartSquaredNorm: Σ x² over all values of a list of tensors, the gradients whose norm is clipped, in one pass and without their
// squares. Floats within a piece, doubles over pieces.
#include <algorithm>

#include "kernel.h"

namespace headstart {
namespace {

constexpr int64_t kPiece = 1 << 14;

HEADSTART_SIMD float squares_of(const float* x, int64_t count) {
  float lanes[32] = {0};
  int64_t i = 0;
  for (; i + 32 <= count; i += 32)
    for (int l = 0; l < 32; l++) lanes[l] += x[i + l] * x[i + l];
  for (int l = 0; i < count; i++, l++) lanes[l] += x[i] * x[i];
  for (int half = 16; half > 0; half /= 2)
    for (int l = 0; l < half; l++) lanes[l] += lanes[l + half];
  return lanes[0];
}

struct Piece {
  const float* data;
  int64_t count;
};

void* create(TF_OpKernelConstruction* construction) { return create_with_int(construction, "N"); }

void compute(void* state, TF_OpKernelContext* context) {
  Call call(context);
  const int64_t tensors = *static_cast<int64_t*>(state);
  std::vector<Piece> pieces;
  for (int64_t i = 0; i < tensors; i++) {
    TF_Tensor* tensor = call.input(static_cast<int>(i));
    if (!call.ok()) return;
    const int64_t count = TF_TensorElementCount(tensor);
    for (int64_t at = 0; at < count; at += kPiece) pieces.push_back({floats(tensor) + at, std::min(kPiece, count - at)});
  }
  float* norm = call.output(0, {});
  if (!call.ok()) return;
  std::vector<float> sums(pieces.size());
  parallel_for(static_cast<int64_t>(pieces.size()), [&](int64_t i) { sums[i] = squares_of(pieces[i].data, pieces[i].count); });
  double total = 0;
  for (float sum : sums) total += sum;
  *norm = static_cast<float>(total);
}

const bool registered = register_op({"HeadstartSquaredNorm", {"gradients: N * float"}, {"sum: float"}, {"N: int"}}, create, compute, destroy_int);

}  // namespace
}  // namespace headstart
