import { describe, expect, it } from "vitest";
import { decodeSafetensors, encodeSafetensors } from "./safetensors.ts";

const tensors = new Map([
  ["a", { shape: [2, 3], values: Float32Array.from([1, -2, 3.5, 0, 1e-30, 7]) }],
  ["b", { shape: [1], values: Float32Array.from([9]) }],
]);

describe("safetensors", () => {
  it("gives back what it wrote", () => {
    const bytes = encodeSafetensors(tensors);
    expect(decodeSafetensors(bytes, "test")).toEqual(tensors);
    // A Buffer's slice is a view: a file as Node reads it must come out the same, whatever lies beside it in memory.
    expect(decodeSafetensors(Buffer.concat([Buffer.from("x"), bytes]).subarray(1), "test")).toEqual(tensors);
  });

  it("has the layout of the format: little-endian header length, JSON, data", () => {
    const bytes = encodeSafetensors(new Map([["x", { shape: [1], values: Float32Array.from([1]) }]]));
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)))).toEqual({
      x: { dtype: "F32", shape: [1], data_offsets: [0, 4] },
    });
    expect([...bytes.subarray(8 + length)]).toEqual([0, 0, 0x80, 0x3f]);
  });

  it("refuses a file that is cut at any place, naming it", () => {
    const bytes = encodeSafetensors(tensors);
    for (let length = 0; length < bytes.length; length++)
      expect(() => decodeSafetensors(bytes.slice(0, length), "model.safetensors")).toThrow();
    try {
      decodeSafetensors(bytes.slice(0, bytes.length - 1), "model.safetensors");
    } catch (thrown) {
      expect(thrown).toMatchObject({
        code: "broken-safetensors",
        where: "model.safetensors",
        message: expect.stringContaining("Tensor b"),
      });
    }
  });

  it("refuses a header that claims more than the file has before allocating", () => {
    const bytes = new Uint8Array(16);
    new DataView(bytes.buffer).setBigUint64(0, 1n << 60n, true);
    expect(() => decodeSafetensors(bytes, "f")).toThrow(/claims/);
  });
});
