// The pool behind parallel_for and the registration of ops.
#include "kernel.h"

#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <thread>

namespace headstart {
namespace {

inline void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

// Turns of waiting awake before a thread sleeps, some tens of microseconds: the next op of a step comes sooner than the kernel
// could wake a sleeper.
constexpr int kSpins = 4000;

// Threads that live as long as the process. One loop at a time: TensorFlow's eager ops run one after the other.
class Pool {
 public:
  explicit Pool(int helpers) {
    for (int i = 0; i < helpers; i++) std::thread([this] { work(); }).detach();
  }

  void run(int64_t count, const std::function<void(int64_t)>& body) {
    std::lock_guard<std::mutex> one_at_a_time(entry_);
    auto loop = std::make_shared<Loop>(count, body);
    {
      std::lock_guard<std::mutex> lock(mutex_);
      current_ = loop;
      generation_.store(generation_.load() + 1);
    }
    if (sleepers_.load() > 0) wake_.notify_all();
    loop->drain();
    for (int spin = 0; spin < kSpins && loop->finished.load() != count; spin++) relax();
    while (loop->finished.load() != count) std::this_thread::yield();
  }

 private:
  struct Loop {
    Loop(int64_t n, const std::function<void(int64_t)>& f) : count(n), body(f) {}
    int64_t count;
    std::function<void(int64_t)> body;
    std::atomic<int64_t> next{0};
    std::atomic<int64_t> finished{0};

    void drain() {
      int64_t mine = 0;
      for (int64_t i = next++; i < count; i = next++) {
        body(i);
        mine++;
      }
      if (mine > 0) finished += mine;
    }
  };

  void work() {
    uint64_t seen = 0;
    for (;;) {
      for (int spin = 0; spin < kSpins && generation_.load() == seen; spin++) relax();
      std::shared_ptr<Loop> loop;
      {
        std::unique_lock<std::mutex> lock(mutex_);
        sleepers_++;
        wake_.wait(lock, [&] { return generation_.load() != seen; });
        sleepers_--;
        seen = generation_.load();
        loop = current_;
      }
      loop->drain();
    }
  }

  std::mutex entry_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::shared_ptr<Loop> current_;
  std::atomic<uint64_t> generation_{0};
  std::atomic<int> sleepers_{0};
};

int count_threads() {
  const char* asked = std::getenv("TF_NUM_INTRAOP_THREADS");  // the number TensorFlow's own kernels follow
  int count = asked != nullptr ? std::atoi(asked) : 0;
  return count > 0 ? count : static_cast<int>(std::thread::hardware_concurrency());
}

}  // namespace

int thread_count() {
  static const int threads = count_threads();
  return threads;
}

void parallel_for(int64_t count, const std::function<void(int64_t)>& body) {
  static Pool* pool = new Pool(thread_count() - 1);  // never freed: threads may outlive static destruction
  if (count <= 1 || thread_count() <= 1) return serial_for(count, body);
  pool->run(count, body);
}

void serial_for(int64_t count, const std::function<void(int64_t)>& body) {
  for (int64_t i = 0; i < count; i++) body(i);
}

bool register_op(const OpDescription& op, void* (*create)(TF_OpKernelConstruction*), void (*compute)(void*, TF_OpKernelContext*), void (*destroy)(void*)) {
  TF_Status* status = TF_NewStatus();
  TF_OpDefinitionBuilder* definition = TF_NewOpDefinitionBuilder(op.name);
  for (const char* input : op.inputs) TF_OpDefinitionBuilderAddInput(definition, input);
  for (const char* output : op.outputs) TF_OpDefinitionBuilderAddOutput(definition, output);
  for (const char* attribute : op.attributes) TF_OpDefinitionBuilderAddAttr(definition, attribute);
  TF_OpDefinitionBuilderSetShapeInferenceFunction(definition, TF_ShapeInferenceContextSetUnknownShape);
  TF_RegisterOpDefinition(definition, status);
  if (TF_GetCode(status) == TF_OK) {
    TF_KernelBuilder* kernel = TF_NewKernelBuilder(op.name, "CPU", create, compute, destroy);
    TF_RegisterKernelBuilder(op.name, kernel, status);
  }
  bool ok = TF_GetCode(status) == TF_OK;
  if (!ok) std::fprintf(stderr, "headstart: kernel %s was not registered: %s\n", op.name, TF_Message(status));
  TF_DeleteStatus(status);
  return ok;
}

void* create_with_eps(TF_OpKernelConstruction* construction) {
  TF_Status* status = TF_NewStatus();
  float* eps = new float(0);
  TF_OpKernelConstruction_GetAttrFloat(construction, "eps", eps, status);
  if (TF_GetCode(status) != TF_OK) TF_OpKernelConstruction_Failure(construction, status);
  TF_DeleteStatus(status);
  return eps;
}

void destroy_eps(void* state) { delete static_cast<float*>(state); }

void* create_with_int(TF_OpKernelConstruction* construction, const char* attribute) {
  TF_Status* status = TF_NewStatus();
  int64_t* value = new int64_t(0);
  TF_OpKernelConstruction_GetAttrInt64(construction, attribute, value, status);
  if (TF_GetCode(status) != TF_OK) TF_OpKernelConstruction_Failure(construction, status);
  TF_DeleteStatus(status);
  return value;
}

void destroy_int(void* state) { delete static_cast<int64_t*>(state); }

}  // namespace headstart
