// 16-bit floats as float32 and back: IEEE half (F16) and bfloat16 (the upper half of a float32). Little-endian throughout.

/** Each of the 65,536 halves as a float32; made on first use. */
let halves: Float32Array | null = null;

export function halfTable(): Float32Array {
  if (halves) return halves;
  const bits = new Uint32Array(1 << 16);
  for (let half = 0; half < bits.length; half++) {
    const sign = (half & 0x8000) << 16;
    const exponent = (half >> 10) & 0x1f;
    const fraction = half & 0x3ff;
    if (exponent === 0x1f) bits[half] = sign | 0x7f800000 | (fraction << 13);
    else if (exponent > 0) bits[half] = sign | ((exponent + 112) << 23) | (fraction << 13);
    else if (fraction > 0) {
      // Subnormal: shifted up until its leading bit is the implicit one of a float32.
      const shift = Math.clz32(fraction) - 21;
      bits[half] = sign | ((113 - shift) << 23) | (((fraction << shift) & 0x3ff) << 13);
    } else bits[half] = sign;
  }
  halves = new Float32Array(bits.buffer);
  return halves;
}

export function widenF16(source: Uint16Array, target: Float32Array, at: number): void {
  const table = halfTable();
  for (let i = 0; i < source.length; i++) target[at + i] = table[source[i]];
}

export function widenBF16(source: Uint16Array, target: Float32Array, at: number): void {
  const bits = new Uint32Array(target.buffer, target.byteOffset, target.length);
  for (let i = 0; i < source.length; i++) bits[at + i] = source[i] << 16;
}

/** Rounded to nearest, ties to even. What is past 65,504 becomes infinite, as in IEEE 754. */
export function narrowF16(values: Float32Array): Uint16Array<ArrayBuffer> {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const out = new Uint16Array(values.length);
  for (let i = 0; i < out.length; i++) out[i] = halfOf(bits[i]);
  return out;
}

/** Rounded to nearest, ties to even. */
export function narrowBF16(values: Float32Array): Uint16Array<ArrayBuffer> {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const out = new Uint16Array(values.length);
  for (let i = 0; i < out.length; i++) {
    const b = bits[i];
    // A NaN stays one: rounding could carry it over into the sign.
    out[i] = (b & 0x7fffffff) > 0x7f800000 ? (b >>> 16) | 0x40 : (b + 0x7fff + ((b >>> 16) & 1)) >>> 16;
  }
  return out;
}

/** The half nearest to a float32 given by its bits. */
function halfOf(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00; // NaN
  if (magnitude >= 0x477ff000) return sign | 0x7c00; // 65,520 and more round to infinity
  if (magnitude >= 0x38800000) {
    // Normal: the exponent is rebased, 13 bits are rounded away; a carry runs into the exponent as it should.
    const rebased = magnitude - 0x38000000;
    return sign | ((rebased + 0xfff + ((rebased >>> 13) & 1)) >>> 13);
  }
  const shift = 126 - (magnitude >>> 23); // bits to round away from the full significand: 14 at 2^-15, 24 at 2^-25
  if (shift > 24) return sign;
  const significand = (magnitude & 0x7fffff) | 0x800000;
  const half = significand >>> shift;
  const rest = significand & ((1 << shift) - 1);
  const middle = 1 << (shift - 1);
  return sign | (rest > middle || (rest === middle && (half & 1) === 1) ? half + 1 : half);
}
