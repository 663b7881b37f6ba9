// Complex numbers in double precision, principal branches: what formulas are evaluated in.

export interface Complex {
  readonly re: number;
  readonly im: number;
}

export const complex = (re: number, im = 0): Complex => ({ re, im });
export const add = (a: Complex, b: Complex): Complex => complex(a.re + b.re, a.im + b.im);
export const subtract = (a: Complex, b: Complex): Complex => complex(a.re - b.re, a.im - b.im);
export const negate = (a: Complex): Complex => complex(-a.re, -a.im);
export const size = (a: Complex): number => Math.hypot(a.re, a.im);
export const isReal = (a: Complex): boolean => a.im === 0;
export const isDefined = (a: Complex): boolean => Number.isFinite(a.re) && Number.isFinite(a.im);
export const multiply = (a: Complex, b: Complex): Complex =>
  isReal(a) && isReal(b) ? complex(a.re * b.re) : complex(a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re);

export function divide(a: Complex, b: Complex): Complex {
  if (isReal(a) && isReal(b)) return complex(a.re / b.re);
  const d = b.re * b.re + b.im * b.im;
  return complex((a.re * b.re + a.im * b.im) / d, (a.im * b.re - a.re * b.im) / d);
}

export function exp(a: Complex): Complex {
  const scale = Math.exp(a.re);
  return isReal(a) ? complex(scale) : complex(scale * Math.cos(a.im), scale * Math.sin(a.im));
}

export const log = (a: Complex): Complex => complex(Math.log(size(a)), isReal(a) && a.re >= 0 ? 0 : Math.atan2(a.im, a.re));

export function power(base: Complex, exponent: Complex): Complex {
  if (isReal(base) && isReal(exponent) && (base.re >= 0 || Number.isInteger(exponent.re))) return complex(base.re ** exponent.re);
  if (isReal(exponent) && Number.isInteger(exponent.re) && Math.abs(exponent.re) <= 64) {
    let result = complex(1);
    for (let k = 0; k < Math.abs(exponent.re); k++) result = multiply(result, base);
    return exponent.re < 0 ? divide(complex(1), result) : result;
  }
  return size(base) === 0 ? complex(0) : exp(multiply(exponent, log(base)));
}

export function sqrt(a: Complex): Complex {
  if (isReal(a)) return a.re >= 0 ? complex(Math.sqrt(a.re)) : complex(0, Math.sqrt(-a.re));
  return power(a, complex(0.5));
}
