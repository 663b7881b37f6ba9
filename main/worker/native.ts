// The only import of tfjs-node-gpu: brings up the TensorFlow backend and registers the fused kernels (main/native) with
// tfjs-core under the names the engine's ops ask for.
import { createRequire } from "node:module";
import util from "node:util";
import * as tf from "@tensorflow/tfjs-core";

interface OpAttribute {
  name: string;
  type: number;
  value: number;
}

interface NativeBackend extends tf.KernelBackend {
  binding: Record<"TF_ATTR_FLOAT" | "TF_ATTR_INT" | "TF_ATTR_TYPE" | "TF_FLOAT" | "TF_INT32", number> & { TF_Version: string };
  isUsingGpuDevice: boolean;
  executeMultipleOutputs(name: string, attributes: OpAttribute[], inputs: tf.TensorInfo[], outputs: number): tf.TensorInfo[];
}

/** Fused kernels: op name → number of outputs, of some beside one for each tensor of its list. */
const fusedKernels: Record<string, number | { beside: number }> = {
  HeadstartRmsNorm: 1,
  HeadstartRmsNormGrad: 2,
  HeadstartAddNorm: 2,
  HeadstartAddNormGrad: 2,
  HeadstartSwiGlu: 1,
  HeadstartSwiGluGrad: 2,
  HeadstartTokenLogprob: 1,
  HeadstartTokenLogprobGrad: 1,
  HeadstartLinear: { beside: 0 },
  HeadstartLinearGrad: { beside: 1 },
  HeadstartAdamW: 0,
  HeadstartSquaredNorm: 1,
  HeadstartCausalAttention: 2,
  HeadstartCausalAttentionGrad: 3,
  HeadstartCachedForward: 1,
  HeadstartCacheMemory: 1,
  HeadstartSample: 1,
};

let backend: NativeBackend | null = null;

/** Idempotent. Throws when the native engine is not built. */
export function loadNative(): NativeBackend {
  if (backend) return backend;
  // tfjs-node 4.22 calls two functions that Node removed in version 23.
  const legacy = util as unknown as Record<string, (value: unknown) => boolean>;
  legacy.isNullOrUndefined ??= (value) => value === null || value === undefined;
  legacy.isArray = Array.isArray; // where it is still there, it warns
  createRequire(import.meta.url)("@tensorflow/tfjs-node-gpu");
  backend = tf.backend() as NativeBackend;
  registerStock();
  if (!backend.isUsingGpuDevice) registerFused(); // the fused kernels have a CPU form only; CUDA runs the composites
  return backend;
}

export function registeredFusedKernels(): string[] {
  return Object.keys(fusedKernels).filter((name) => tf.getKernel(name, "tensorflow") != null);
}

/** Ops of TensorFlow's own that tfjs has no kernel for. */
function registerStock(): void {
  tf.registerKernel({
    kernelName: "StatelessRandomUniform",
    backendName: "tensorflow",
    kernelFunc: ({ inputs, backend: running }) => {
      const native = running as NativeBackend;
      const { TF_ATTR_TYPE: type, TF_FLOAT, TF_INT32 } = native.binding;
      const attributes = Object.entries({ dtype: TF_FLOAT, T: TF_INT32, Tseed: TF_INT32 }).map(([name, value]) => ({ name, type, value }));
      return native.executeMultipleOutputs("StatelessRandomUniform", attributes, Object.values(inputs) as tf.TensorInfo[], 1);
    },
  });
}

function registerFused(): void {
  for (const [kernelName, outputs] of Object.entries(fusedKernels)) {
    tf.registerKernel({
      kernelName,
      backendName: "tensorflow",
      kernelFunc: ({ inputs, backend: running, attrs }) => {
        const native = running as NativeBackend;
        const attributes = Object.entries(attrs ?? {}).map(([name, value]) => ({
          name,
          // The length of a list of inputs is the one attribute that is no float.
          type: name === "N" ? native.binding.TF_ATTR_INT : native.binding.TF_ATTR_FLOAT,
          value: value as number,
        }));
        const count = typeof outputs === "number" ? outputs : outputs.beside + Number(attrs?.N);
        return native.executeMultipleOutputs(kernelName, attributes, Object.values(inputs) as tf.TensorInfo[], count);
      },
    });
  }
}
