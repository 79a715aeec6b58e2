/**
 * Removes as many values as possible while the rest still fails (delta debugging: halves first, then smaller parts).
 * Never calls `fails` with an empty list.
 */
export async function smallest<T>(
  values: readonly T[],
  fails: (values: readonly T[]) => Promise<boolean>,
): Promise<readonly T[]> {
  let left = values;
  for (let size = Math.ceil(left.length / 2); size >= 1 && left.length > 1;) {
    let from = 0;
    let hasShrunk = false;
    while (from < left.length && left.length > 1) {
      const without = [...left.slice(0, from), ...left.slice(from + size)];
      if (without.length > 0 && (await fails(without))) {
        left = without;
        hasShrunk = true;
      } else from += size;
    }
    if (size === 1 && !hasShrunk) break;
    size = size === 1 ? 1 : Math.min(Math.ceil(size / 2), Math.ceil(left.length / 2));
  }
  return left;
}
