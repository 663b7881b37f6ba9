// HeadstartCachedForward: new tokens of many rows through the whole model in one op, as generation needs it. Each row has its
// own length and its own pages of keys and values (paged_attention.h), prompts stand beside single tokens, and the weights stream
// past all of them once (panels.h). Its composite is model/transformer.ts over a cache of stock ops.
// HeadstartCacheMemory: memory for the pages, not touched before it is used.
#include <cstdlib>
#include <memory>

#include "paged_attention.h"

namespace headstart {
namespace {

constexpr int64_t kShare = 2;           // a piece of a product is what is left, by so many times the cores
constexpr int64_t kLeastTiles = 4;      // of a piece
constexpr int64_t kQueries = 24;        // (token, head) pairs of one key head, worked through at once
constexpr int64_t kRowsOfLogits = 192;  // a multiple of every tile
constexpr int64_t kRunColumns = 3;      // start, count, whether the last token's logits are asked for
constexpr int kFirstWeight = 8;

template <int Lanes, int>
HEADSTART_INLINE void embed(const float* table, const int32_t* ids, int64_t count, int64_t features, float* x) {
  for (int64_t l = 0; l < count; l++)
    for (int64_t i = 0; i < features; i++) x[i * Lanes + l] = table[ids[l] * features + i];
}

template <int Lanes, int>
HEADSTART_INLINE void norm(const float* x, const float* weight, int64_t features, float eps, float* y) {
  panel_norm<Lanes>(x, weight, features, eps, y);
}

template <int Lanes, int>
HEADSTART_INLINE void add_bias(const float* bias, int64_t rows, int64_t panels, float* y, int64_t stride) {
  for (int64_t p = 0; p < panels; p++)
    for (int64_t r = 0; r < rows; r++)
      for (int64_t l = 0; l < Lanes; l++) y[p * stride + r * Lanes + l] += bias[r];
}

// gate becomes silu(gate) · up.
template <int Lanes, int>
HEADSTART_INLINE void apply_gate(const float* up, int64_t rows, int64_t panels, float* gate, int64_t stride) {
  for (int64_t p = 0; p < panels; p++) {
    const float* __restrict u = up + p * stride;
    float* __restrict g = gate + p * stride;
    for (int64_t i = 0; i < rows * Lanes; i++) g[i] = g[i] * u[i] / (1.0f + exp_approx(-g[i]));
  }
}

template <int Lanes, int>
HEADSTART_INLINE void rotate(float* x, int64_t heads, int64_t dim, const float* weight, float eps, const float* cos, const float* sin) {
  panel_heads<Lanes>(x, heads, dim, weight, eps, cos, sin);
}

template <int Lanes, int>
HEADSTART_INLINE void store(const CacheShape* cache, const Block* block, int64_t kv_head, const float* k, const float* v, int64_t stride, float* keys, float* values) {
  store_block<Lanes>(*cache, *block, kv_head, k, v, stride, keys, values);
}

template <int Lanes, int Rows>
HEADSTART_INLINE void attend(const CacheShape* cache, const Block* block, int64_t kv_head, int64_t group, const float* q, int64_t q_stride, const float* keys,
                             const float* values, float* out, int64_t out_stride, float* scratch) {
  attend_block<Lanes, Rows>(*cache, *block, kv_head, group, q, q_stride, keys, values, out, out_stride, scratch);
}

// y [panels][rows][Lanes], panels `stride` apart, turned into out[token · width + row].
template <int Lanes, int>
HEADSTART_INLINE void turn(const float* y, int64_t stride, int64_t rows, int64_t tokens, float* out, int64_t width) {
  for (int64_t n = 0; n < tokens; n++)
    for (int64_t r = 0; r < rows; r++) out[n * width + r] = y[n / Lanes * stride + r * Lanes + n % Lanes];
}

HEADSTART_FOR_CPU(run_embed, embed)
HEADSTART_FOR_CPU(run_norm, norm)
HEADSTART_FOR_CPU(run_product, panel_product)
HEADSTART_FOR_CPU(run_bias, add_bias)
HEADSTART_FOR_CPU(run_gate, apply_gate)
HEADSTART_FOR_CPU(run_rotate, rotate)
HEADSTART_FOR_CPU(run_store, store)
HEADSTART_FOR_CPU(run_attend, attend)
HEADSTART_FOR_CPU(run_turn, turn)

struct Free {
  void operator()(float* data) const { std::free(data); }
};
using Buffer = std::unique_ptr<float[], Free>;

// On a cache line's boundary, zeroed: lanes without a token then hold nothing that is not a number.
Buffer buffer(int64_t size) {
  const size_t bytes = (size * sizeof(float) + 63) / 64 * 64;
  float* data = static_cast<float*>(std::aligned_alloc(64, bytes));
  std::memset(data, 0, bytes);
  return Buffer(data);
}

float* scratch(int64_t size) {
  static thread_local std::vector<float> memory;
  if (static_cast<int64_t>(memory.size()) < size) memory.resize(size);
  return memory.data();
}

struct Matrix {
  const float* data;
  int64_t out, in;
  const float* row(int64_t r) const { return data + r * in; }
};

struct Layer {
  const float *norm = nullptr, *q_bias = nullptr, *k_bias = nullptr, *v_bias = nullptr, *q_norm = nullptr, *k_norm = nullptr, *between = nullptr;
  Matrix q, k, v, o, gate, up, down;
};

struct Model {
  Matrix embedding, head;
  const float* norm;
  std::vector<Layer> layers;
};

// Reads the list of weights in order and holds their sizes against each other.
class Weights {
 public:
  Weights(Call& call, int64_t count) : call_(call), end_(kFirstWeight + count) {}

  const float* vector(int64_t size) {
    TF_Tensor* tensor = take(1);
    if (tensor != nullptr && dim(tensor, 0) != size) call_.fail("a weight has not the size that the others ask for");
    return tensor == nullptr ? nullptr : floats(tensor);
  }

  // A size of 0 is not known beforehand.
  Matrix matrix(int64_t out, int64_t in) {
    TF_Tensor* tensor = take(2);
    if (tensor == nullptr) return {nullptr, 0, 0};
    if ((out > 0 && dim(tensor, 0) != out) || (in > 0 && dim(tensor, 1) != in)) call_.fail("a weight has not the size that the others ask for");
    return {floats(tensor), dim(tensor, 0), dim(tensor, 1)};
  }

 private:
  TF_Tensor* take(int dims) {
    if (!call_.ok()) return nullptr;
    if (next_ == end_) return call_.fail("weights are missing"), nullptr;
    TF_Tensor* tensor = call_.input(next_++);
    if (call_.ok() && TF_NumDims(tensor) != dims) call_.fail("the weights are not in order");
    return call_.ok() ? tensor : nullptr;
  }

  Call& call_;
  int next_ = kFirstWeight, end_;
};

// Embedding, head, last norm, then each layer's weights in the order of contract/parameter-shapes.ts.
Model read_model(Call& call, int64_t count, const CacheShape& cache) {
  Model model;
  Weights weights(call, count);
  const int64_t per_layer = (count - 3) / cache.layers, kv = cache.kv_heads * cache.dim;
  const bool biases = per_layer == 12, norms = per_layer == 11;
  if (count != 3 + per_layer * cache.layers || (per_layer != 9 && !biases && !norms)) call.fail("the weights are not those of a model");
  model.embedding = weights.matrix(0, 0);
  const int64_t d = model.embedding.in;
  model.head = weights.matrix(model.embedding.out, d);
  model.norm = weights.vector(d);
  for (int64_t l = 0; l < cache.layers && call.ok(); l++) {
    Layer layer;
    layer.norm = weights.vector(d);
    layer.q = weights.matrix(l == 0 ? 0 : model.layers[0].q.out, d);
    if (layer.q.out % kv != 0) call.fail("the query heads are no multiple of the key heads");
    layer.k = weights.matrix(kv, d);
    layer.v = weights.matrix(kv, d);
    if (biases) {
      layer.q_bias = weights.vector(layer.q.out);
      layer.k_bias = weights.vector(kv);
      layer.v_bias = weights.vector(kv);
    }
    if (norms) {
      layer.q_norm = weights.vector(cache.dim);
      layer.k_norm = weights.vector(cache.dim);
    }
    layer.o = weights.matrix(d, layer.q.out);
    layer.between = weights.vector(d);
    layer.gate = weights.matrix(0, d);
    layer.up = weights.matrix(layer.gate.out, d);
    layer.down = weights.matrix(d, layer.gate.out);
    model.layers.push_back(layer);
  }
  return model;
}

// The new tokens and where they belong.
struct Step {
  CacheShape cache;
  int64_t lanes, tokens, panels;
  float eps;
  std::vector<Run> runs;
  std::vector<Block> blocks;
  std::vector<int64_t> wanted;  // tokens whose logits are asked for
  Buffer cos, sin;              // [panels][dim / 2][Lanes] of the tokens' positions

  int64_t stride(int64_t features) const { return panel_stride(features, lanes); }
};

// Checks all that a caller could get wrong: no page, position or token is read that is not there.
void read_runs(Call& call, TF_Tensor* ids, TF_Tensor* runs, TF_Tensor* pages, TF_Tensor* cos, TF_Tensor* sin, Step* s) {
  const CacheShape& c = s->cache;
  s->tokens = dim(ids, 0);
  int64_t first = 0;
  for (int64_t r = 0; r < dim(runs, 0); r++) {
    const int32_t* row = ints(runs) + r * kRunColumns;
    const Run run = {first, row[1], row[0], ints(pages) + r * dim(pages, 1)};
    const int64_t end = run.start + run.count, used = (end + c.tokens - 1) / c.tokens;
    first += run.count;
    if (run.start < 0 || run.count < 1 || first > s->tokens || used > dim(pages, 1)) return call.fail("a row's tokens or pages are missing");
    if (end > dim(cos, 0)) return call.fail("a row is longer than the RoPE table");
    for (int64_t p = 0; p < used; p++)
      if (run.pages[p] < 0 || run.pages[p] >= c.pages) return call.fail("a page is not in the cache");
    if (row[2] != 0) s->wanted.push_back(first - 1);
    s->runs.push_back(run);
  }
  if (first != s->tokens || first == 0) return call.fail("the rows' tokens are not as many as the ids");
  s->lanes = tile_shape().width / 2;
  s->panels = (s->tokens + s->lanes - 1) / s->lanes;
  const int64_t half = c.dim / 2;
  s->cos = buffer(s->panels * s->stride(half));
  s->sin = buffer(s->panels * s->stride(half));
  for (const Run& run : s->runs)
    for (int64_t t = 0; t < run.count; t++)
      for (int64_t i = 0; i < half; i++) {
        const int64_t token = run.first + t, to = token / s->lanes * s->stride(half) + i * s->lanes + token % s->lanes, from = (run.start + t) * half + i;
        s->cos[to] = floats(cos)[from];
        s->sin[to] = floats(sin)[from];
      }
}

struct Part {
  Matrix w;
  const float* bias;
};

// Ends of the pieces that `rows` rows are cut into, in whole tiles: first long streams of a weight, then shorter and shorter ones, so
// that the cores end together though one was held up.
std::vector<int64_t> pieces_of(int64_t rows) {
  const int64_t tile = tile_shape().rows;
  std::vector<int64_t> ends;
  for (int64_t from = 0; from < rows;) {
    const int64_t tiles = std::max(kLeastTiles, (rows - from) / (kShare * thread_count() * tile));
    from = std::min(rows, from + tiles * tile);
    ends.push_back(from);
  }
  return ends;
}

// y [panels][rows of all parts][Lanes] (+)= W · x + bias.
void products(const Step& s, const std::vector<Part>& parts, const float* x, bool add, float* y) {
  struct Piece {
    const Part* part;
    int64_t from, count, at;
  };
  int64_t rows = 0;
  for (const Part& part : parts) rows += part.w.out;
  const int64_t stride = s.stride(rows);
  std::vector<Piece> pieces;
  int64_t at = 0;
  for (const Part& part : parts) {
    int64_t from = 0;
    for (const int64_t end : pieces_of(part.w.out)) {
      pieces.push_back({&part, from, end - from, at + from});
      from = end;
    }
    at += part.w.out;
  }
  std::stable_sort(pieces.begin(), pieces.end(), [](const Piece& a, const Piece& b) { return a.count > b.count; });
  parallel_for(pieces.size(), [&](int64_t i) {
    const Piece& p = pieces[i];
    float* out = y + p.at * s.lanes;
    run_product(p.part->w.row(p.from), p.part->w.in, p.count, x, s.panels, add, out, stride);
    if (p.part->bias != nullptr) run_bias(p.part->bias + p.from, p.count, s.panels, out, stride);
  });
}

// y [panels][inner][Lanes] = silu(gate · x) · (up · x); `spare` is as large as y.
void gated_products(const Step& s, const Layer& layer, const float* x, float* spare, float* y) {
  const int64_t inner = layer.gate.out, in = layer.gate.in, stride = s.stride(inner);
  const std::vector<int64_t> ends = pieces_of(inner);
  parallel_for(ends.size(), [&](int64_t i) {
    const int64_t from = i == 0 ? 0 : ends[i - 1], to = ends[i];
    float *gate = y + from * s.lanes, *up = spare + from * s.lanes;
    run_product(layer.gate.row(from), in, to - from, x, s.panels, false, gate, stride);
    run_product(layer.up.row(from), in, to - from, x, s.panels, false, up, stride);
    run_gate(up, to - from, s.panels, gate, stride);
  });
}

void norms(const Step& s, int64_t panels, const float* weight, int64_t features, const float* x, float* y) {
  parallel_for(panels, [&](int64_t p) { run_norm(x + p * s.stride(features), weight, features, s.eps, y + p * s.stride(features)); });
}

// Rotates q and k, puts k and v into their pages, and lets every token look at what it can see.
void attention(const Step& s, const Layer& layer, float* keys, float* values, float* qkv, float* mixed) {
  const CacheShape& c = s.cache;
  const int64_t q_rows = layer.q.out, kv_rows = layer.k.out, group = q_rows / kv_rows, stride = s.stride(q_rows + 2 * kv_rows), half = s.stride(c.dim / 2);
  float *k = qkv + q_rows * s.lanes, *v = k + kv_rows * s.lanes;
  parallel_for(s.panels, [&](int64_t p) {
    const float *cos = s.cos.get() + p * half, *sin = s.sin.get() + p * half;
    run_rotate(qkv + p * stride, q_rows / c.dim, c.dim, layer.q_norm, s.eps, cos, sin);
    run_rotate(k + p * stride, c.kv_heads, c.dim, layer.k_norm, s.eps, cos, sin);
  });
  // A run's keys and values must be there before its tokens look. A run of one block puts its own there first, which brings
  // the lines of its last page that it is about to read.
  const auto is_whole = [](const Block& b) { return b.to - b.from == b.run->count; };
  const auto each = [&](const auto& body) {
    parallel_for(s.blocks.size() * c.kv_heads, [&](int64_t i) { body(s.blocks[i / c.kv_heads], i % c.kv_heads); });
  };
  if (!std::all_of(s.blocks.begin(), s.blocks.end(), is_whole))
    each([&](const Block& b, int64_t head) {
      if (!is_whole(b)) run_store(&c, &b, head, k, v, stride, keys, values);
    });
  each([&](const Block& b, int64_t head) {
    if (is_whole(b)) run_store(&c, &b, head, k, v, stride, keys, values);
    float* memory = scratch(attend_scratch(c, (b.to - b.from) * group, b.run->start + b.to));
    run_attend(&c, &b, head, group, qkv, stride, keys, values, mixed, s.stride(q_rows), memory);
  });
}

// Logits of the tokens that are asked for, [wanted, vocabulary].
void logits(const Step& s, const Model& model, const float* x, float* out) {
  const int64_t d = model.embedding.in, count = s.wanted.size(), panels = (count + s.lanes - 1) / s.lanes;
  const Buffer chosen = buffer(panels * s.stride(d));
  for (int64_t n = 0; n < count; n++)
    for (int64_t i = 0; i < d; i++)
      chosen[n / s.lanes * s.stride(d) + i * s.lanes + n % s.lanes] = x[s.wanted[n] / s.lanes * s.stride(d) + i * s.lanes + s.wanted[n] % s.lanes];
  norms(s, panels, model.norm, d, chosen.get(), chosen.get());
  parallel_pieces(model.head.out, kRowsOfLogits, [&](int64_t from, int64_t to) {
    float* part = scratch(panels * s.stride(to - from));
    run_product(model.head.row(from), d, to - from, chosen.get(), panels, false, part, s.stride(to - from));
    run_turn(part, s.stride(to - from), to - from, count, out + from, model.head.out);
  });
}

// Pages from → to in all layers, in order: what is copied into may have been copied from before.
void copy_pages(const CacheShape& c, const int32_t* pairs, int64_t count, float* keys, float* values) {
  const int64_t key = c.kv_heads * c.key_page(), value = c.kv_heads * c.value_page();
  parallel_for(count == 0 ? 0 : c.layers, [=](int64_t layer) {
    for (int64_t i = 0; i < count; i++) {
      const int64_t from = layer * c.pages + pairs[2 * i], to = layer * c.pages + pairs[2 * i + 1];
      std::memcpy(keys + to * key, keys + from * key, key * sizeof(float));
      std::memcpy(values + to * value, values + from * value, value * sizeof(float));
    }
  });
}

void forward(const Step& s, const Model& model, const int32_t* ids, float* keys, float* values, float* out) {
  const CacheShape& c = s.cache;
  const int64_t d = model.embedding.in, q_rows = model.layers[0].q.out;
  int64_t inner = 0;
  for (const Layer& layer : model.layers) inner = std::max(inner, layer.gate.out);
  const auto features = [&](int64_t count) { return buffer(s.panels * s.stride(count)); };
  const Buffer x = features(d), normed = features(d), qkv = features(q_rows + 2 * c.kv_heads * c.dim), mixed = features(q_rows), gate = features(inner), up = features(inner);
  parallel_for(s.panels, [&](int64_t p) {
    run_embed(model.embedding.data, ids + p * s.lanes, std::min(s.lanes, s.tokens - p * s.lanes), d, x.get() + p * s.stride(d));
  });
  for (int64_t l = 0; l < c.layers; l++) {
    const Layer& layer = model.layers[l];
    norms(s, s.panels, layer.norm, d, x.get(), normed.get());
    products(s, {{layer.q, layer.q_bias}, {layer.k, layer.k_bias}, {layer.v, layer.v_bias}}, normed.get(), false, qkv.get());
    attention(s, layer, keys + l * c.pages * c.kv_heads * c.key_page(), values + l * c.pages * c.kv_heads * c.value_page(), qkv.get(), mixed.get());
    products(s, {{layer.o, nullptr}}, mixed.get(), true, x.get());
    norms(s, s.panels, layer.between, d, x.get(), normed.get());
    gated_products(s, layer, normed.get(), up.get(), gate.get());
    products(s, {{layer.down, nullptr}}, gate.get(), true, x.get());
  }
  if (!s.wanted.empty()) logits(s, model, x.get(), out);
}

// ids [N], runs [R, 3], pages [R, most pages], copies [C, 2], keys [layers, pages, kv_heads, dim, tokens], values [layers, pages,
// kv_heads, tokens, width], cos and sin [positions, dim / 2], weights … → logits [wanted, vocabulary]. Writes keys and values.
void compute(void* state, TF_OpKernelContext* context) {
  Call call(context);
  TF_Tensor* in[kFirstWeight];
  for (int i = 0; i < kFirstWeight; i++) in[i] = call.input(i);
  if (!call.ok()) return;
  TF_Tensor *ids = in[0], *copies = in[3], *keys = in[4], *values = in[5];
  if (TF_NumDims(keys) != 5 || TF_NumDims(values) != 5) return call.fail("the cache has not the shape of one");
  Step step;
  step.eps = *static_cast<float*>(state);
  step.cache = {dim(keys, 0), dim(keys, 1), dim(keys, 2), dim(keys, 3), dim(keys, 4), dim(values, 4)};
  const CacheShape& c = step.cache;
  if (c.tokens % 32 != 0 || c.value_width % 32 != 0 || c.value_width < c.dim || c.dim != 2 * dim(in[6], 1)) return call.fail("the cache has not the shape of one");
  read_runs(call, ids, in[1], in[2], in[6], in[7], &step);
  const Model model = read_model(call, TF_NumInputs(context) - kFirstWeight, c);
  if (!call.ok()) return;
  for (int64_t n = 0; n < step.tokens; n++)
    if (ints(ids)[n] < 0 || ints(ids)[n] >= model.embedding.out) return call.fail("a token is not in the vocabulary");
  for (int64_t i = 0; i < 2 * dim(copies, 0); i++)
    if (ints(copies)[i] < 0 || ints(copies)[i] >= c.pages) return call.fail("a page is not in the cache");
  const int64_t tokens_per_block = std::max<int64_t>(1, kQueries / (model.layers[0].q.out / model.layers[0].k.out));
  for (const Run& run : step.runs)
    for (int64_t from = 0; from < run.count; from += tokens_per_block) step.blocks.push_back({&run, from, std::min(run.count, from + tokens_per_block)});
  float* out = call.output(0, {static_cast<int64_t>(step.wanted.size()), model.head.out});
  if (!call.ok()) return;
  float *key_data = static_cast<float*>(TF_TensorData(keys)), *value_data = static_cast<float*>(TF_TensorData(values));
  copy_pages(c, ints(copies), dim(copies, 0), key_data, value_data);
  forward(step, model, ints(ids), key_data, value_data, out);
}

void compute_memory(void*, TF_OpKernelContext* context) {
  Call call(context);
  TF_Tensor* shape = call.input(0);
  if (!call.ok()) return;
  call.output(0, std::vector<int64_t>(ints(shape), ints(shape) + TF_TensorElementCount(shape)));
}

const bool registered = register_op({"HeadstartCachedForward",
                                     {"ids: int32", "runs: int32", "pages: int32", "copies: int32", "keys: float", "values: float", "cos: float", "sin: float", "weights: N * float"},
                                     {"logits: float"},
                                     {"eps: float", "N: int"}},
                                    create_with_eps, compute, destroy_eps) &&
                        register_op({"HeadstartCacheMemory", {"shape: int32"}, {"memory: float"}, {}}, nullptr, compute_memory, nullptr);

}  // namespace
}  // namespace headstart
