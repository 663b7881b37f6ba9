// What every fused kernel shares: reading inputs, allocating outputs, registering an op with its CPU kernel, and a loop
// over the cores. TensorFlow's C kernel API (tensorflow/c/ops.h, kernels.h); registration happens once, when the library
// is loaded. Work is cut into pieces that do not depend on the number of threads, so results do not either.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <vector>

#include "tensorflow/c/kernels.h"
#include "tensorflow/c/ops.h"
#include "tensorflow/c/tf_status.h"
#include "tensorflow/c/tf_tensor.h"

// Compiled for three generations of CPUs; the loader picks one. Helpers must be inlined to take part.
#define HEADSTART_SIMD __attribute__((target_clones("arch=skylake-avx512", "arch=haswell", "default")))
#define HEADSTART_INLINE static inline __attribute__((always_inline))

namespace headstart {

// Cores that parallel_for uses.
int thread_count();

// Runs body(i) for i in [0, count) on all cores; returns when all are done.
void parallel_for(int64_t count, const std::function<void(int64_t)>& body);
void serial_for(int64_t count, const std::function<void(int64_t)>& body);

// Cuts [0, count) into pieces of `size` and runs body(from, to) for each on all cores.
template <typename Body>
void parallel_pieces(int64_t count, int64_t size, const Body& body) {
  parallel_for((count + size - 1) / size, [&](int64_t piece) { body(piece * size, (piece + 1) * size < count ? (piece + 1) * size : count); });
}

// One call of a kernel. The first failure is kept; check ok() before using what was returned.
class Call {
 public:
  explicit Call(TF_OpKernelContext* context) : context_(context), status_(TF_NewStatus()) {}
  ~Call() {
    if (!ok()) TF_OpKernelContext_Failure(context_, status_);
    for (TF_Tensor* tensor : held_) TF_DeleteTensor(tensor);
    TF_DeleteStatus(status_);
  }
  Call(const Call&) = delete;

  bool ok() const { return TF_GetCode(status_) == TF_OK; }
  void fail(const char* message) { TF_SetStatus(status_, TF_INVALID_ARGUMENT, message); }

  TF_Tensor* input(int index) {
    TF_Tensor* tensor = nullptr;
    TF_GetInput(context_, index, &tensor, status_);
    if (tensor != nullptr) held_.push_back(tensor);
    return tensor;
  }

  float* output(int index, std::initializer_list<int64_t> shape) { return output(index, std::vector<int64_t>(shape)); }

  float* output(int index, const std::vector<int64_t>& shape) {
    int64_t count = 1;
    for (int64_t size : shape) count *= size;
    TF_Tensor* tensor = TF_AllocateOutput(context_, index, TF_FLOAT, shape.data(), static_cast<int>(shape.size()), count * sizeof(float), status_);
    if (tensor == nullptr) return nullptr;
    held_.push_back(tensor);
    return static_cast<float*>(TF_TensorData(tensor));
  }

 private:
  TF_OpKernelContext* context_;
  TF_Status* status_;
  std::vector<TF_Tensor*> held_;
};

inline const float* floats(TF_Tensor* tensor) { return static_cast<const float*>(TF_TensorData(tensor)); }
inline const int32_t* ints(TF_Tensor* tensor) { return static_cast<const int32_t*>(TF_TensorData(tensor)); }
inline int64_t dim(TF_Tensor* tensor, int index) { return TF_Dim(tensor, index); }

inline std::vector<int64_t> shape_of(TF_Tensor* tensor) {
  std::vector<int64_t> shape(TF_NumDims(tensor));
  for (size_t i = 0; i < shape.size(); i++) shape[i] = TF_Dim(tensor, static_cast<int>(i));
  return shape;
}

struct OpDescription {
  const char* name;
  std::vector<const char*> inputs;
  std::vector<const char*> outputs;
  std::vector<const char*> attributes;
};

// Declares the op and its CPU kernel. With an "eps: float" attribute, create_with_eps reads it.
bool register_op(const OpDescription& op, void* (*create)(TF_OpKernelConstruction*), void (*compute)(void*, TF_OpKernelContext*), void (*destroy)(void*));

// create/destroy for kernels with the one attribute "eps".
void* create_with_eps(TF_OpKernelConstruction* construction);
void destroy_eps(void* state);

// The same for one attribute that is an integer; the state is an int64_t.
void* create_with_int(TF_OpKernelConstruction* construction, const char* attribute);
void destroy_int(void* state);

// x, or the bound that it passes. By bits: from a comparison that chooses, the compiler makes a second course for each bound,
// computes all of them, and 1 / (1 + e^88) · x is a denormal number, which costs a hundred times as much as another.
HEADSTART_INLINE float bounded(float x, float low, float high) {
  union {
    float f;
    int32_t i;
  } value = {x}, least = {low}, most = {high};
  const int32_t under = -static_cast<int32_t>(x < low), over = -static_cast<int32_t>(x > high);
  value.i = (value.i & ~(under | over)) | (least.i & under) | (most.i & over);
  return value.f;
}

// e^x for x ≤ 0 and a little above, relative error below 2e-7: Cody–Waite reduction and a degree-6 polynomial, branch-free
// so that the compiler turns loops of it into vector code.
HEADSTART_INLINE float exp_approx(float x) {
  x = bounded(x, -87.0f, 88.0f);
  float n = x * 1.44269504088896341f;
  n = (n + 12582912.0f) - 12582912.0f;  // round to nearest
  float r = x - n * 0.693359375f;
  r = r - n * -2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  union {
    int32_t i;
    float f;
  } scale;
  scale.i = (static_cast<int32_t>(n) + 127) << 23;
  return p * scale.f;
}

}  // namespace headstart
