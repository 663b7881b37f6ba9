import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { FloatType } from "./encode-values.ts";
import { openSafetensors } from "./safetensors.ts";
import { writeSafetensors } from "./safetensors-writer.ts";

const folder = mkdtempSync(join(tmpdir(), "headstart-safetensors-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, "model.safetensors");

const tensors = [
  { name: "a", shape: [2, 3], values: [1, -2, 3.5, 0, 0.25, 7] },
  { name: "none", shape: [0, 1 << 30], values: [] },
  { name: "b", shape: [1], values: [9] },
];
const write = (dtype?: FloatType) =>
  writeSafetensors(path, tensors, (wanted) => Float32Array.from(tensors.find(({ name }) => name === wanted)!.values), dtype);

/** A file of a header and so many bytes of data, with the header as text or as what JSON makes of it. */
function fileOf(header: unknown, dataBytes: number, claimed?: bigint): string {
  const json = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(claimed ?? BigInt(json.length));
  writeFileSync(path, Buffer.concat([length, json, Buffer.alloc(dataBytes)]));
  return path;
}
const entry = (from: number, to: number, shape = [(to - from) / 4]) => ({ dtype: "F32", shape, data_offsets: [from, to] });

describe("safetensors", () => {
  it.each(["F32", "F16", "BF16"] as const)("gives back what it wrote as %s", (dtype) => {
    write(dtype);
    const file = openSafetensors([path]);
    expect(file.names()).toEqual(["a", "none", "b"]);
    for (const { name, shape, values } of tensors) {
      expect(file.shape(name)).toEqual(shape);
      expect(file.dtype(name)).toBe(dtype);
      expect(file.read(name)).toEqual(Float32Array.from(values));
    }
    file.close();
  });

  it("has the layout of the format: little-endian header length, JSON, data at a multiple of eight", () => {
    write();
    const bytes = readFileSync(path);
    const length = Number(bytes.readBigUInt64LE());
    expect(JSON.parse(bytes.toString("utf8", 8, 8 + length))).toEqual({
      __metadata__: { format: "pt" },
      a: entry(0, 24, [2, 3]),
      none: entry(24, 24, [0, 1 << 30]),
      b: entry(24, 28),
    });
    expect((8 + length) % 8).toBe(0);
    expect([...bytes.subarray(8 + length, 12 + length)]).toEqual([0, 0, 0x80, 0x3f]);
  });

  it("reads files with gaps, and tensors whose bytes are not aligned", () => {
    const file = openSafetensors([fileOf({ a: entry(3, 7), b: entry(40, 44) }, 60)]);
    expect([...file.read("a"), ...file.read("b")]).toEqual([0, 0]);
    file.close();
  });

  it("refuses a file that is cut at any place", () => {
    write();
    const bytes = readFileSync(path);
    for (let length = 0; length < bytes.length; length++) {
      writeFileSync(path, bytes.subarray(0, length));
      expect(() => openSafetensors([path]), `${length} bytes`).toThrow(expect.objectContaining({ name: "HeadstartError" }));
    }
    expect(() => openSafetensors([path])).toThrow(/Tensor b .* bytes 24 to 28 of 27/);
  });

  it.each<[string, unknown, RegExp, bigint?]>([
    ["a header that claims more than the file has", {}, /claims 1152921504606847000 bytes/, 1n << 60n],
    ["a header that is no object", "[]", /not a JSON object/],
    ["a header that is no JSON", "{", /not JSON/],
    ["a name twice", '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"\\u0061":{}}', /key a is there twice/],
    ["JSON nested without end", "[".repeat(100), /nested deeper/],
    ["overlapping tensors", { a: entry(0, 8), b: entry(4, 12) }, /Tensors a and b overlap at byte/],
    ["a negative offset", { a: entry(-4, 0) }, /Tensor a has no valid shape/],
    ["an offset that is no integer", { a: { ...entry(0, 4), data_offsets: [0, 4.5] } }, /Tensor a has no valid shape/],
    ["a shape whose product overflows", { a: entry(0, 16, [2 ** 31, 2 ** 31]) }, /Tensor a .* does not fit/],
    ["a shape that is larger than its bytes", { a: entry(0, 16, [5]) }, /Tensor a \(5, F32\) does not fit/],
    ["a tensor past the end", { a: entry(0, 20) }, /Tensor a .* does not fit/],
    ["a type that is not read", { a: { dtype: "F64", shape: [1], data_offsets: [0, 8] } }, /Tensor a is "F64"/],
    ["an entry that is null", { a: null }, /Tensor a/],
  ])("refuses %s", (_, header, message, claimed) => {
    fileOf(header, 16, claimed);
    expect(() => openSafetensors([path])).toThrow(
      expect.objectContaining({ name: "HeadstartError", message: expect.stringMatching(message) }),
    );
  });

  it("has no tensor of another name", () => {
    write();
    const file = openSafetensors([path]);
    expect(() => file.read("c")).toThrow(/no tensor c/);
    file.close();
  });

  it("refuses to write into F16 what it cannot hold, and leaves no file behind", () => {
    rmSync(path, { force: true });
    const writeLarge = () => writeSafetensors(path, [{ name: "x", shape: [2] }], () => Float32Array.of(1, 65_520), "F16");
    expect(writeLarge).toThrow(/65520/);
    expect(() => openSafetensors([path])).toThrow(/cannot be opened/);
    expect(() => openSafetensors([`${path}.part`])).toThrow(/cannot be opened/);
  });
});
