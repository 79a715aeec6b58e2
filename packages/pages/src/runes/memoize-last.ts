/** Returns a function that caches its last result, for repeated calls with the same arguments. */
export function memoizeLast<A extends readonly unknown[], R>(
  make: (...args: A) => R,
): (...args: A) => R {
  let last: { args: A; result: R } | undefined;
  return (...args) => {
    if (last?.args.every((arg, i) => Object.is(arg, args[i])) !== true) {
      last = { args, result: make(...args) };
    }
    return last.result;
  };
}
