// HeadstartTokenLogprob and its gradient: log softmax(logits / T) at the target, and the entropy of that distribution.
#include <cmath>

#include "kernel.h"

namespace headstart {
namespace {

constexpr int64_t kRowsPerPiece = 64;

struct RowSums {
  float peak, total, weighted;
};

// Peak of logits / T, Σ e^(z − peak) and Σ (z − peak) · e^(z − peak).
HEADSTART_INLINE RowSums row_sums(const float* __restrict logits, int64_t v, float inverse_t) {
  float peak = logits[0];
  for (int64_t i = 1; i < v; i++) peak = logits[i] > peak ? logits[i] : peak;
  float totals[16] = {0}, weights[16] = {0};
  int64_t i = 0;
  for (; i + 16 <= v; i += 16)
    for (int l = 0; l < 16; l++) {
      float z = (logits[i + l] - peak) * inverse_t;
      float e = exp_approx(z);
      totals[l] += e;
      weights[l] += z * e;
    }
  float total = 0, weighted = 0;
  for (int l = 0; l < 16; l++) {
    total += totals[l];
    weighted += weights[l];
  }
  for (; i < v; i++) {
    float z = (logits[i] - peak) * inverse_t;
    float e = exp_approx(z);
    total += e;
    weighted += z * e;
  }
  return {peak, total, weighted};
}

HEADSTART_SIMD void forward_rows(const float* __restrict logits, const int32_t* targets, float* __restrict logprobs, float* __restrict entropies, int64_t from, int64_t to, int64_t v, float inverse_t) {
  for (int64_t n = from; n < to; n++) {
    const float* row = logits + n * v;
    RowSums sums = row_sums(row, v, inverse_t);
    float log_total = std::log(sums.total);
    logprobs[n] = (row[targets[n]] - sums.peak) * inverse_t - log_total;
    entropies[n] = log_total - sums.weighted / sums.total;
  }
}

HEADSTART_SIMD void backward_rows(const float* __restrict dy, const float* __restrict logits, const int32_t* targets, float* __restrict dlogits, int64_t from, int64_t to, int64_t v, float inverse_t) {
  for (int64_t n = from; n < to; n++) {
    const float* row = logits + n * v;
    RowSums sums = row_sums(row, v, inverse_t);
    float scale = dy[n] * inverse_t;
    float share = -scale / sums.total;
    float* out = dlogits + n * v;
    for (int64_t i = 0; i < v; i++) out[i] = share * exp_approx((row[i] - sums.peak) * inverse_t);
    out[targets[n]] += scale;
  }
}

bool targets_fit(const int32_t* targets, int64_t n, int64_t v) {
  for (int64_t i = 0; i < n; i++)
    if (targets[i] < 0 || targets[i] >= v) return false;
  return true;
}

void compute_forward(void*, TF_OpKernelContext* context) {
  Call call(context);
  TF_Tensor* logits = call.input(0);
  TF_Tensor* targets = call.input(1);
  TF_Tensor* temperature = call.input(2);
  if (!call.ok()) return;
  int64_t n = dim(logits, 0), v = dim(logits, 1);
  if (!targets_fit(ints(targets), n, v)) return call.fail("a target is not in the vocabulary");
  float* logprobs = call.output(0, {2, n});
  if (!call.ok()) return;
  float* entropies = logprobs + n;
  float inverse_t = 1.0f / floats(temperature)[0];
  const float* l = floats(logits);
  const int32_t* t = ints(targets);
  parallel_pieces(n, kRowsPerPiece, [=](int64_t from, int64_t to) {
    forward_rows(l, t, logprobs, entropies, from, to, v, inverse_t);
  });
}

void compute_backward(void*, TF_OpKernelContext* context) {
  Call call(context);
  TF_Tensor* dy = call.input(0);
  TF_Tensor* logits = call.input(1);
  TF_Tensor* targets = call.input(2);
  TF_Tensor* temperature = call.input(3);
  if (!call.ok()) return;
  int64_t n = dim(logits, 0), v = dim(logits, 1);
  float* dlogits = call.output(0, {n, v});
  if (!call.ok()) return;
  float inverse_t = 1.0f / floats(temperature)[0];
  const float *d = floats(dy), *l = floats(logits);
  const int32_t* t = ints(targets);
  parallel_pieces(n, kRowsPerPiece, [=](int64_t from, int64_t to) {
    backward_rows(d, l, t, dlogits, from, to, v, inverse_t);
  });
}

const bool registered = register_op({"HeadstartTokenLogprob", {"logits: float", "targets: int32", "temperature: float"}, {"logprobs_and_entropies: float"}, {}}, nullptr,
                                    compute_forward, nullptr) &&
                        register_op({"HeadstartTokenLogprobGrad", {"dy: float", "logits: float", "targets: int32", "temperature: float"}, {"dlogits: float"}, {}}, nullptr,
                                    compute_backward, nullptr);

}  // namespace
}  // namespace headstart
