// The native engine: TensorFlow's libraries from its wheel, and the tfjs-node-gpu binding with the fused kernels of main/native,
// compiled against them. `node main/setup/engine.mjs [--engine cpu|cuda]` makes it alone.
//
// tfjs-node-gpu 4.22 pins TensorFlow 2.9 and fetches it in an install script; its binding's sources compile unchanged against 2.21,
// whose libtensorflow_cc.so.2 holds the C API.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { cpus } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { cache, modules, root } from "./paths.mjs";
import { downloadWheels, extractWheel } from "./python.mjs";
import { ask, failWith, hashOf, hashOfFiles, isMain, isStamped, publish, run, SetupError, say, stamp, stamped } from "./steps.mjs";
import { CPU_PINS, CUDA_PINS, TENSORFLOW } from "./tensorflow-pins.mjs";

// The closure of what tensorflow/c/*.h include, and no more: the wheel's whole include folder is 270 MB.
const HEADERS = [
  "tensorflow/c/",
  "tensorflow/core/platform/",
  "tensorflow/core/common_runtime/next_pluggable_device/c/",
  "xla/tsl/",
  "tsl/",
];
const KEPT = [
  "tensorflow/libtensorflow_cc.so.2",
  "tensorflow/libtensorflow_framework.so.2",
  "tensorflow/THIRD_PARTY_NOTICES.txt",
  "tensorflow/include/LICENSE",
  ...HEADERS.map((folder) => `tensorflow/include/${folder}`),
];
// The prefix map keeps this machine's paths out of the binding, which packages carry.
const COMPILE = ["-std=c++17", "-O3", "-fno-math-errno", "-fno-trapping-math", "-fPIC", "-DNAPI_VERSION=8"];
const PREFIX_MAP = `-ffile-prefix-map=${root}=`;

const CUSOLVER = "../nvidia/cusolver/lib";

const tfjs = join(modules, "@tensorflow", "tfjs-node-gpu");
const native = join(root, "main", "native");
export const binding = join(tfjs, "lib", "napi-v8", "tfjs_binding.node");

/** Which build this machine gets, and why. */
export async function chooseEngine(wanted) {
  if (wanted !== undefined && wanted !== "cpu" && wanted !== "cuda") throw new SetupError(`--engine is cpu or cuda, not "${wanted}".`);
  if (wanted) stamp("engine-wanted", wanted);
  const chosen = stamped("engine-wanted");
  if (chosen) return { engine: chosen, why: wanted ? `--engine ${wanted}` : `--engine ${chosen}, given before` };
  const gpu = await ask("nvidia-smi", ["--query-gpu=name", "--format=csv,noheader"]);
  if (gpu) return { engine: "cuda", why: `an NVIDIA driver with ${gpu.split("\n").join(", ")}` };
  if (existsSync("/proc/driver/nvidia/version")) return { engine: "cuda", why: "an NVIDIA driver" };
  return { engine: "cpu", why: "no NVIDIA driver found" };
}

/** The folder that holds tensorflow/ (and nvidia/ beside it for CUDA), as in site-packages: the libraries find each other by rpath. */
export async function tensorflowFolder(engine) {
  const folder = join(cache, `tensorflow-${TENSORFLOW}-${engine}`);
  return publish(folder, async (part) => {
    const pins = engine === "cuda" ? CUDA_PINS : CPU_PINS;
    say(
      `bringing TensorFlow ${TENSORFLOW} for ${engine === "cuda" ? "CUDA (several GB)" : "the CPU (274 MB)"} from the Python package index`,
    );
    const downloads = `${part}.wheels`;
    try {
      const wheels = await downloadWheels(downloads, pins, {
        pythonVersion: "3.11",
        platforms: ["manylinux_2_27_x86_64", "manylinux2014_x86_64", "manylinux_2_17_x86_64"],
      });
      say("unpacking its libraries and C headers");
      for (const wheel of wheels) {
        const distribution = basename(wheel).split("-").slice(0, 2).join("-");
        await extractWheel(wheel, part, distribution.startsWith("tensorflow") ? KEPT : ["nvidia/", `${distribution}.dist-info/`]);
      }
    } finally {
      rmSync(downloads, { recursive: true, force: true });
    }
  });
}

async function parallel(jobs, limit) {
  const queue = [...jobs];
  await Promise.all(
    Array.from({ length: limit }, async () => {
      for (let job = queue.shift(); job; job = queue.shift()) await job();
    }),
  );
}

function namesIn(folder, extension) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(extension))
    .sort()
    .map((name) => join(folder, name));
}

/** What the binding is made of: sources, and the object file of each, named by the hash of all it depends on. */
function ingredients(engine) {
  const keys = new Map(
    [join(tfjs, "binding"), native].map((folder) => {
      const headers = hashOfFiles(namesIn(folder, ".h"));
      return [folder, hashOf(headers, COMPILE, TENSORFLOW, engine)];
    }),
  );
  const sources = [...keys.keys()].flatMap((folder) => namesIn(folder, ".cc"));
  const objectOf = (source) =>
    join(cache, "objects", `${basename(source, ".cc")}-${hashOf(keys.get(dirname(source)), readFileSync(source))}.o`);
  return { sources, objectOf };
}

/** Compiles and links the binding to `target`; `rpath` is where it finds TensorFlow at run time. */
export async function buildBinding(engine, target, rpath) {
  const tensorflow = join(await tensorflowFolder(engine), "tensorflow");
  const { sources, objectOf } = ingredients(engine);
  const includes = ["-I", join(modules, "node-api-headers", "include"), "-I", join(tensorflow, "include")];
  const missing = sources.filter((source) => !existsSync(objectOf(source)));
  if (missing.length > 0) say(`compiling ${missing.map((source) => basename(source)).join(", ")}`);
  const compile = (source) => () =>
    publish(objectOf(source), (part) =>
      run("g++", [...COMPILE, PREFIX_MAP, ...includes, "-c", source, "-o", part], {
        otherwise: `${basename(source)} did not compile (g++'s output above says why).`,
      }),
    );
  await parallel(missing.map(compile), Math.max(1, cpus().length));
  const part = `${target}.${process.pid}.part`;
  mkdirSync(dirname(target), { recursive: true });
  // TensorFlow opens CUDA's libraries by name when it looks for a GPU, and finds them all by its own rpath but cuSOLVER: without
  // that one it registers no GPU. Loaded with the binding, it is there already.
  const cusolver = join(tensorflow, CUSOLVER);
  const cuda = engine === "cuda" ? [`-L${cusolver}`, "-Wl,--no-as-needed", "-l:libcusolver.so.11", `-Wl,-rpath,${rpath}/${CUSOLVER}`] : [];
  await run("g++", [
    "-shared",
    ...sources.map(objectOf),
    `-L${tensorflow}`,
    "-l:libtensorflow_cc.so.2",
    "-l:libtensorflow_framework.so.2",
    `-Wl,-rpath,${rpath}`,
    ...cuda,
    "-o",
    part,
  ]);
  renameSync(part, target);
}

/** Makes the engine ready in node_modules; seconds when it is. */
export async function ensureEngine({ wanted } = {}) {
  const { engine, why } = await chooseEngine(wanted);
  if (!existsSync(tfjs)) throw new SetupError("The packages are not installed: run `npm start` first.");
  const { sources, objectOf } = ingredients(engine);
  const tensorflow = join(cache, `tensorflow-${TENSORFLOW}-${engine}`, "tensorflow");
  const inputs = hashOf(sources.map(objectOf), tensorflow, readFileSync(fileURLToPath(import.meta.url)));
  if (existsSync(binding) && existsSync(tensorflow) && isStamped("engine", inputs)) return { engine, why, changed: false };
  say(`native engine for ${engine} (${why})`);
  await buildBinding(engine, binding, tensorflow);
  stamp("engine", inputs);
  say("the native engine is ready");
  return { engine, why, changed: true };
}

if (isMain(import.meta.url)) {
  const at = process.argv.indexOf("--engine");
  await ensureEngine({ wanted: at > 0 ? process.argv[at + 1] : undefined }).catch(failWith);
}
