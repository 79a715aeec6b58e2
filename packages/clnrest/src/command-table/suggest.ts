/** Returns the name that a user most likely meant, if one is similar enough. */
export function suggest(word: string, names: Iterable<string>): string | undefined {
  const typed = word.toLowerCase().slice(0, MAX_LENGTH);
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const name of names) {
    const distance = distanceBetween(typed, name);
    if (distance < bestDistance && distance <= tolerance(name)) {
      best = name;
      bestDistance = distance;
    }
  }
  if (best !== undefined) return best;
  const begun = [...names].filter((name) => typed.length >= 3 && name.startsWith(typed));
  return begun.length === 1 ? begun[0] : undefined;
}

/** Bounds the work for a long word; no name is as long. */
const MAX_LENGTH = 40;

/** The edits that a name may differ by: short names differ too easily. */
function tolerance(name: string): number {
  return name.length <= 3 ? 1 : name.length <= 7 ? 2 : 3;
}

/** Edits between two words: insertions, deletions, replacements, and swaps of neighbours (optimal string alignment). */
function distanceBetween(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      const edits = [
        (last[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (last[j - 1] ?? 0) + (isSame ? 0 : 1),
      ];
      if (a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) edits.push((before[j - 2] ?? 0) + 1);
      row.push(Math.min(...edits));
    }
    before = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
