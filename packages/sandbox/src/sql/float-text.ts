/** The digits after the point in C's `%f`. */
const DIGITS = 6n;
const SCALE = 10n ** DIGITS;

/** A finite double as C's `%f` prints it: exact, with ties to even, so that it equals lightningd's JSON. */
export function floatText(value: number): string {
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const { numerator, denominator } = fractionOf(Math.abs(value));
  const scaled = numerator * SCALE;
  const floor = scaled / denominator;
  const twice = (scaled % denominator) * 2n;
  const isUp = twice > denominator || (twice === denominator && floor % 2n === 1n);
  const rounded = isUp ? floor + 1n : floor;
  const fraction = (rounded % SCALE).toString().padStart(Number(DIGITS), '0');
  return `${sign}${rounded / SCALE}.${fraction}`;
}

/** The exact value of a positive double, by its binary form (IEEE 754). */
function fractionOf(value: number): { numerator: bigint; denominator: bigint } {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const exponent = bits >> 52n;
  const fraction = bits & ((1n << 52n) - 1n);
  const mantissa = exponent === 0n ? fraction : fraction | (1n << 52n);
  const power = (exponent === 0n ? 1n : exponent) - 1075n;
  return power >= 0n
    ? { numerator: mantissa << power, denominator: 1n }
    : { numerator: mantissa, denominator: 1n << -power };
}
