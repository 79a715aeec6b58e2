/** Whether a case still fails. At the time limit, it returns false. */
export type Fails<C> = (fuzzCase: C) => Promise<boolean>;

/** Returns the first candidate that still fails, or else the original case. */
export async function firstThatFails<C>(
  fuzzCase: C,
  others: readonly C[],
  fails: Fails<C>,
): Promise<C> {
  for (const other of others) {
    if (JSON.stringify(other) !== JSON.stringify(fuzzCase) && (await fails(other))) return other;
  }
  return fuzzCase;
}

/** Shortens each text: its repetitions, its end, its beginning. */
export async function shorterTexts(
  texts: readonly string[],
  tryTexts: (texts: readonly string[]) => Promise<boolean>,
): Promise<void> {
  let best = texts;
  for (let index = 0; index < best.length; index++) {
    for (let goesOn = true; goesOn;) {
      goesOn = false;
      for (const shorter of shorterThan(best[index] ?? '')) {
        const others = best.with(index, shorter);
        if (!(await tryTexts(others))) continue;
        best = others;
        goesOn = true;
        break;
      }
    }
  }
}

function shorterThan(text: string): string[] {
  const repeated = /^(.*?\{\{[^*]{1,200}?\*)([0-9]+)(\}\}.*)$/s.exec(text);
  if (repeated !== null) {
    const [, before = '', times = '', after = ''] = repeated;
    return [2, 4 / 3, 10 / 9]
      .map((by) => Math.floor(Number(times) / by))
      .filter((count) => count > 0)
      .map((count) => `${before}${count}${after}`);
  }
  if (text.includes('{{') || text.length < 12) return [];
  const half = Math.ceil(text.length / 2);
  return [text.slice(0, half), text.slice(half)];
}
