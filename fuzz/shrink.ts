import type { FuzzCase, Item } from './case.ts';
import { type Fails, firstThatFails, shorterTexts } from './shrink-list.ts';
import { smallest } from './smallest.ts';

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
  fails: Fails<FuzzCase>,
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

async function simpler(fuzzCase: FuzzCase, fails: Fails<FuzzCase>): Promise<FuzzCase> {
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

async function fewerItems(fuzzCase: FuzzCase, fails: Fails<FuzzCase>): Promise<FuzzCase> {
  const items = await smallest(fuzzCase.items, (left) => fails({ ...fuzzCase, items: left }));
  return { ...fuzzCase, items };
}

async function smallerItem(
  fuzzCase: FuzzCase,
  index: number,
  fails: Fails<FuzzCase>,
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
