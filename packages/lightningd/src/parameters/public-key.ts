/** The prime of secp256k1's field (SEC 2, section 2.4.1). */
const P = (1n << 256n) - (1n << 32n) - 977n;

/** Whether 33 bytes are a compressed point on secp256k1: lightningd rejects others. */
export function isPublicKey(bytes: Buffer): boolean {
  if (bytes.length !== 33 || (bytes[0] !== 2 && bytes[0] !== 3)) return false;
  const x = BigInt(`0x${bytes.toString('hex', 1)}`);
  // y² = x³ + 7 has a solution if y² is a square, by Euler's criterion.
  return x < P && power((x * x * x + 7n) % P, (P - 1n) / 2n) === 1n;
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = base;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = (result * square) % P;
    square = (square * square) % P;
  }
  return result;
}
