// Damaged and made-up files: whatever is done to a checkpoint's files, opening them and reading every tensor either works or ends
// in a HeadstartError, soon, and without memory that the file does not account for. Each file follows from its number, so a
// failure is repeated by it. HEADSTART_LONG_TESTS=1 tries 10,000 files instead of a few hundred.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { type RandomStream, randomStream } from "../analysis/random.ts";
import { HeadstartError } from "../contract/errors.ts";
import { openGguf } from "./gguf.ts";
import { openHfFolder } from "./hf-checkpoint.ts";
import { openPeftFolder } from "./peft.ts";
import type { WeightFile } from "./weight-file.ts";

const filesEach = process.env.HEADSTART_LONG_TESTS === "1" ? 2_000 : 80;
const maxMilliseconds = 2_000;
/** The largest of these files has 114 kB, and float32 is up to eight times what it is decoded from. */
const maxBytes = 4 << 20;

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "headstart-hostile-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Kind {
  /** The file that is changed, in a copy of a whole folder. */
  file: string;
  from: string;
  open: (folder: string) => WeightFile;
  change: (bytes: Buffer, random: RandomStream) => Buffer;
}

const whole = (name: string) => openHfFolder(name).weights;
const qwen2 = openHfFolder(here("../engine/reference/checkpoints/tiny-qwen2"));
qwen2.weights.close();
const kinds: Record<string, Kind> = {
  gguf: { file: "tiny-qwen3.gguf", from: here("reference"), open: (at) => openGguf(join(at, "tiny-qwen3.gguf")), change: changeBytes },
  safetensors: {
    file: "model.safetensors",
    from: here("../engine/reference/checkpoints/tiny-llama"),
    open: whole,
    change: changeSafetensors,
  },
  "config.json": { file: "config.json", from: here("../engine/reference/checkpoints/tiny-qwen3"), open: whole, change: changeJson },
  "index.json": {
    file: "model.safetensors.index.json",
    from: here("../engine/reference/checkpoints/tiny-qwen2"),
    open: whole,
    change: changeJson,
  },
  "adapter_config.json": {
    file: "adapter_config.json",
    from: here("reference/tiny-adapter"),
    open: (at) => openPeftFolder(at, qwen2.config).weights,
    change: changeJson,
  },
};

test.each(Object.entries(kinds))(
  "%s, changed in every way",
  (name, { file, from, open, change }) => {
    const copy = join(folder, name);
    cpSync(from, copy, { recursive: true });
    const original = readFileSync(join(copy, file));
    const counts = { opened: 0, refused: 0 };
    for (let number = 0; number < filesEach; number++) {
      let bytes: Buffer = original;
      const random = randomStream(name, number);
      for (let changes = 1 + random.integer(0, 2); changes > 0; changes--) bytes = change(bytes, random);
      writeFileSync(join(copy, file), bytes);
      const [start, before] = [performance.now(), process.memoryUsage()];
      let thrown: unknown = null;
      try {
        const weights = open(copy);
        try {
          for (const tensor of weights.names()) weights.read(tensor);
        } finally {
          weights.close();
        }
      } catch (error) {
        thrown = error;
      }
      const [milliseconds, after] = [performance.now() - start, process.memoryUsage()];
      counts[thrown ? "refused" : "opened"]++;
      if (thrown && !(thrown instanceof HeadstartError)) throw new Error(`${name} ${number} is refused by accident`, { cause: thrown });
      expect(milliseconds, `${name} ${number}`).toBeLessThan(maxMilliseconds);
      expect(after.arrayBuffers - before.arrayBuffers, `${name} ${number}`).toBeLessThan(maxBytes);
      expect(after.heapUsed - before.heapUsed, `${name} ${number}`).toBeLessThan(8 * maxBytes);
      if (thrown instanceof HeadstartError) expect(thrown.message.length, `${name} ${number}`).toBeLessThan(2_000);
    }
    // Both must happen, or the changes are too harmless or too coarse to show anything.
    expect(Math.min(counts.opened, counts.refused)).toBeGreaterThan(filesEach / 100);
  },
  600_000,
);

/** Lengths, counts, offsets and types at their edges. */
const edges = [
  0n,
  1n,
  2n,
  0x7fn,
  0xffn,
  0xffffn,
  1n << 20n,
  (1n << 31n) - 1n,
  1n << 31n,
  (1n << 32n) - 1n,
  1n << 40n,
  (1n << 53n) + 1n,
  1n << 63n,
  (1n << 64n) - 1n,
];

/** One change to a binary file, more often near its beginning. */
function changeBytes(original: Buffer, random: RandomStream): Buffer {
  const bytes = Buffer.from(original);
  const place = () => Math.floor(bytes.length * random.uniform() ** 3);
  const at = place();
  switch (random.integer(0, 7)) {
    case 0: // cut
      return bytes.subarray(0, place());
    case 1: // another byte
      if (bytes.length) bytes[at] = random.integer(0, 255);
      return bytes;
    case 2: // another bit
      if (bytes.length) bytes[at] ^= 1 << random.integer(0, 7);
      return bytes;
    case 3: // another 32-bit number
      if (at + 4 <= bytes.length) bytes.writeUInt32LE(Number(BigInt.asUintN(32, random.pick(edges))), at);
      return bytes;
    case 4: // another 64-bit number
    case 5: {
      // in place of what may be a length or an offset
      for (let from = at; from + 8 <= bytes.length; from++)
        if (bytes[from] !== 0 && bytes.readUIntLE(from + 3, 5) === 0) {
          bytes.writeBigUInt64LE(random.integer(0, 3) ? random.pick(edges) : BigInt(bytes[from] + random.integer(0, 4)), from);
          break;
        }
      return bytes;
    }
    case 6: // a part left out
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + random.integer(0, 63))]);
    default: // a part twice
      return Buffer.concat([bytes.subarray(0, at + random.integer(0, 63)), bytes.subarray(at)]);
  }
}

/** As any binary file; or its JSON header, with the length that says so. */
function changeSafetensors(original: Buffer, random: RandomStream): Buffer {
  if (original.length < 8 || random.integer(0, 2) === 0) return changeBytes(original, random);
  const length = Number(original.readBigUInt64LE());
  const header = changeJson(original.subarray(8, 8 + length), random);
  const start = Buffer.alloc(8);
  start.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([start, header, original.subarray(Math.min(original.length, 8 + length))]);
}

const odd = [
  "0",
  "-1",
  "1.5",
  "1e999",
  "9007199254740993",
  "1e30",
  "2147483648",
  "null",
  "true",
  '"x"',
  "[]",
  "{}",
  "[[0]]",
  '{"__proto__":[]}',
  '"../x"',
  '"\\ud800"',
];

/** One change to a JSON text: a value or key that is another, nested or left out; or its bytes. */
function changeJson(original: Buffer, random: RandomStream): Buffer {
  const text = original.toString("latin1");
  const strings = /"(?:[^"\\]|\\.)*"/.source;
  const keys = [...text.matchAll(new RegExp(`${strings}(?=\\s*:)`, "g"))];
  const values = [...text.matchAll(new RegExp(`(?<=[:[,]\\s*)(?:${strings}|[-\\w.]+)(?=\\s*[,}\\]])`, "g"))];
  if (keys.length === 0 || values.length === 0 || random.integer(0, 9) === 0) return changeBytes(original, random);
  const replaced = (part: RegExpExecArray, by: string) =>
    Buffer.from(text.slice(0, part.index) + by + text.slice(part.index + part[0].length), "latin1");
  const value = random.pick(values);
  switch (random.integer(0, 6)) {
    case 0:
    case 1:
    case 2:
      return replaced(value, random.pick(odd));
    case 3:
      return replaced(value, random.pick(values)[0]);
    case 4:
      return replaced(random.pick(keys), random.pick([...keys.map(([key]) => key), '"__proto__"', '""']));
    case 5: {
      const depth = random.pick([1, 70, 5000]);
      return replaced(value, "[".repeat(depth) + value[0] + "]".repeat(depth));
    }
    default:
      return replaced(value, random.pick(["", `${value[0]},${value[0]}`, value[0].slice(1)]));
  }
}
