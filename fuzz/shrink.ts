import type { FuzzCase, Item } from './case.ts';
import { smallest } from './smallest.ts';

/** Whether a case still fails. */
export type Fails = (fuzzCase: FuzzCase) => Promise<boolean>;

const SIMPLE: Item = {
  kind: 'list-methods',
  head: ['GET /v1/list-methods HTTP/1.1', 'Host: fuzz'],
  status: [200],
};

/**
 * Makes a case smaller in every way that leaves it failing. At its time limit, `fails` returns false.
 *
 * @param dependsOnStatus - whether the failure depends on the status of a response. If so, a request with a known
 *   status stays unchanged or becomes another one with a known status
 */
export async function shrink(
  fuzzCase: FuzzCase,
  fails: Fails,
  dependsOnStatus: boolean,
): Promise<FuzzCase> {
  let best = fuzzCase;
  for (let before = ''; before !== JSON.stringify(best);) {
    before = JSON.stringify(best);
    best = await simpler(best, fails);
    best = await fewerItems(best, fails);
    for (let index = 0; index < best.items.length; index++) {
      best = await smallerItem(best, index, fails, dependsOnStatus);
    }
  }
  return best;
}

/** Returns the first candidate that still fails, or else the original case. */
async function firstThatFails(
  fuzzCase: FuzzCase,
  others: readonly FuzzCase[],
  fails: Fails,
): Promise<FuzzCase> {
  for (const other of others) {
    if (JSON.stringify(other) !== JSON.stringify(fuzzCase) && (await fails(other))) return other;
  }
  return fuzzCase;
}

async function simpler(fuzzCase: FuzzCase, fails: Fails): Promise<FuzzCase> {
  let best = fuzzCase;
  best = await firstThatFails(best, [{ ...best, protocol: 'http' }], fails);
  best = await firstThatFails(best, [{ ...best, writes: { pieces: 'whole' } }], fails);
  const { halfOpen, ...closing } = best;
  if (halfOpen) best = await firstThatFails(best, [closing], fails);
  if (best.ending === 'read') return best;
  const endings = best.ending === 'end' ? (['read'] as const) : (['read', 'end'] as const);
  const others = endings.map((ending): FuzzCase => Object.assign({}, best, { ending }));
  return firstThatFails(best, others, fails);
}

async function fewerItems(fuzzCase: FuzzCase, fails: Fails): Promise<FuzzCase> {
  const items = await smallest(fuzzCase.items, (left) => fails({ ...fuzzCase, items: left }));
  return { ...fuzzCase, items };
}

async function smallerItem(
  fuzzCase: FuzzCase,
  index: number,
  fails: Fails,
  dependsOnStatus: boolean,
): Promise<FuzzCase> {
  let best = fuzzCase;
  const item = (): Item => best.items[index] as Item;
  const tryItem = async (changed: Item): Promise<boolean> => {
    const other = { ...best, items: best.items.with(index, changed) };
    if (JSON.stringify(other) === JSON.stringify(best) || !(await fails(other))) return false;
    best = other;
    return true;
  };
  if (await tryItem(SIMPLE)) return best;
  const { after: _, ...atOnce } = item();
  if (item().after !== undefined) await tryItem(atOnce);
  if (dependsOnStatus && item().status !== undefined) return best;
  if (item().body !== undefined) {
    const { body: _, ...bare } = item();
    await tryItem({ ...bare, head: bare.head?.filter(isNotLength) ?? [] });
  }
  const [first, ...headers] = item().head ?? [];
  if (first !== undefined) {
    if (headers.length > 0) {
      const left = await smallest(['', ...headers], (some) =>
        tryItem({ ...item(), head: [first, ...some.filter((line) => line !== '')] }),
      );
      await tryItem({ ...item(), head: [first, ...left.filter((line) => line !== '')] });
      await tryItem({ ...item(), head: ['GET / HTTP/1.1', ...(item().head ?? []).slice(1)] });
      await shorterTexts(item().head ?? [], (head) => tryItem({ ...item(), head }));
    }
  }
  const { body, frames } = item();
  if (body !== undefined) await shorterTexts(body, (texts) => tryItem({ ...item(), body: texts }));
  if (frames !== undefined) {
    const left = await smallest(frames, (some) => tryItem({ ...item(), frames: some }));
    await shorterTexts(
      left.map(({ text }) => text),
      (texts) =>
        tryItem({
          ...item(),
          frames: left.map((frame, n) => Object.assign({}, frame, { text: texts[n] ?? '' })),
        }),
    );
  }
  return best;
}

function isNotLength(line: string): boolean {
  return !/^(Content-Length|Transfer-Encoding):/.test(line);
}

/** Shortens each text: its repetitions, its end, its beginning. */
async function shorterTexts(
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
