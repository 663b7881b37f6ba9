// HeadstartSample: a next token for each draw from logits, as model/sampling.ts defines it: greedy at T = 0; otherwise by inversion
// of softmax(logits / T), or of its nucleus where top-p is below 1. Log-prob and entropy are those of the whole distribution.
#include <algorithm>
#include <cmath>

#include "kernel.h"

namespace headstart {
namespace {

constexpr int64_t kBlock = 256;

// e^((logit − peak) / T) of `count` logits, their sum and the sum of (logit − peak) / T · e^….
HEADSTART_SIMD void block_masses(const float* __restrict logits, int64_t count, float peak, float scale, float* __restrict masses, double* total, double* weighted) {
  float totals[16] = {0}, weights[16] = {0};
  int64_t i = 0;
  for (; i + 16 <= count; i += 16)
    for (int l = 0; l < 16; l++) {
      const float z = (logits[i + l] - peak) * scale, mass = exp_approx(z);
      masses[i + l] = mass;
      totals[l] += mass;
      weights[l] += z * mass;
    }
  for (int l = 0; i < count; i++, l++) {
    const float z = (logits[i] - peak) * scale, mass = exp_approx(z);
    masses[i] = mass;
    totals[l] += mass;
    weights[l] += z * mass;
  }
  *total = *weighted = 0;
  for (int l = 0; l < 16; l++) {
    *total += totals[l];
    *weighted += weights[l];
  }
}

HEADSTART_SIMD float largest(const float* logits, int64_t count) {
  float peak = logits[0];
  for (int64_t i = 1; i < count; i++) peak = logits[i] > peak ? logits[i] : peak;
  return peak;
}

// The index at which the running sum passes `target`; the last one where rounding leaves a crumb over.
int64_t invert(const float* masses, int64_t count, double target) {
  for (int64_t i = 0; i < count; i++) {
    target -= masses[i];
    if (target < 0) return i;
  }
  return count - 1;
}

// By blocks first. A block's sum was rounded otherwise than its parts are here: what is left is scaled to them.
int64_t invert_blocks(const std::vector<float>& masses, const std::vector<double>& sums, double target) {
  size_t block = 0;
  while (block + 1 < sums.size() && target >= sums[block]) target -= sums[block++];
  const float* part = masses.data() + block * kBlock;
  const int64_t count = std::min<int64_t>(kBlock, masses.size() - block * kBlock);
  double exact = 0;
  for (int64_t i = 0; i < count; i++) exact += part[i];
  return block * kBlock + invert(part, count, target * exact / sums[block]);
}

struct Token {
  float mass;
  int32_t id;
};

// Less likely, or as likely and later.
bool comes_after(const Token& a, const Token& b) { return a.mass < b.mass || (a.mass == b.mass && a.id > b.id); }

// Inversion over the likeliest tokens that together reach top_p.
int64_t from_nucleus(const std::vector<float>& masses, double total, double top_p, double uniform) {
  // What is below this cannot take part: all of it together is less than the rest, 1 − top_p.
  const float least = static_cast<float>((1.0 - top_p) * total / masses.size());
  std::vector<Token> heap;
  for (size_t i = 0; i < masses.size(); i++)
    if (masses[i] >= least) heap.push_back({masses[i], static_cast<int32_t>(i)});
  std::make_heap(heap.begin(), heap.end(), comes_after);
  std::vector<Token> nucleus;
  double kept = 0;
  while (!heap.empty() && (nucleus.empty() || kept < top_p * total)) {
    std::pop_heap(heap.begin(), heap.end(), comes_after);
    nucleus.push_back(heap.back());
    kept += heap.back().mass;
    heap.pop_back();
  }
  double left = uniform * kept;
  for (const Token& token : nucleus) {
    left -= token.mass;
    if (left < 0) return token.id;
  }
  return nucleus.empty() ? 0 : nucleus.back().id;
}

void draw(const float* logits, int64_t vocabulary, float temperature, float top_p, double uniform, float* out) {
  static thread_local std::vector<float> masses;
  static thread_local std::vector<double> sums;
  const float scale = temperature > 0 ? 1.0f / temperature : 1.0f, peak = largest(logits, vocabulary);
  masses.resize(vocabulary);
  sums.resize((vocabulary + kBlock - 1) / kBlock);
  double total = 0, weighted = 0;
  for (size_t b = 0; b < sums.size(); b++) {
    const int64_t from = b * kBlock;
    double part = 0;
    block_masses(logits + from, std::min<int64_t>(kBlock, vocabulary - from), peak, scale, masses.data() + from, &sums[b], &part);
    total += sums[b];
    weighted += part;
  }
  int64_t id = 0;
  if (temperature > 0)
    id = top_p < 1 ? from_nucleus(masses, total, top_p, uniform) : invert_blocks(masses, sums, uniform * total);
  else
    while (id + 1 < vocabulary && logits[id] != peak) id++;
  const double log_total = std::log(total);
  out[0] = static_cast<float>(id);
  out[1] = static_cast<float>((logits[id] - peak) * static_cast<double>(scale) - log_total);
  out[2] = static_cast<float>(log_total - weighted / total);
}

// logits [W, V], rows [B] (which of them each draw is from), settings [T, top-p], uniforms [B, 2] (a double as the sum of two
// floats) → [B, 3]: id, log-prob, entropy. A float holds every id below 2²⁴.
void compute(void*, TF_OpKernelContext* context) {
  Call call(context);
  TF_Tensor* in[4];
  for (int i = 0; i < 4; i++) in[i] = call.input(i);
  if (!call.ok()) return;
  const int64_t count = dim(in[1], 0), vocabulary = dim(in[0], 1);
  if (vocabulary < 1 || vocabulary > 1 << 24) return call.fail("the vocabulary is empty or larger than ids can be");
  if (dim(in[3], 0) != count) return call.fail("each draw needs a number");
  const int32_t* rows = ints(in[1]);
  for (int64_t i = 0; i < count; i++)
    if (rows[i] < 0 || rows[i] >= dim(in[0], 0)) return call.fail("a draw is from no row");
  float* out = call.output(0, {count, 3});
  if (!call.ok()) return;
  const float *logits = floats(in[0]), *settings = floats(in[2]), *uniforms = floats(in[3]);
  parallel_for(count, [=](int64_t i) {
    draw(logits + rows[i] * vocabulary, vocabulary, settings[0], settings[1], static_cast<double>(uniforms[2 * i]) + uniforms[2 * i + 1], out + 3 * i);
  });
}

const bool registered = register_op({"HeadstartSample", {"logits: float", "rows: int32", "settings: float", "uniforms: float"}, {"draws: float"}, {}}, nullptr, compute, nullptr);

}  // namespace
}  // namespace headstart
