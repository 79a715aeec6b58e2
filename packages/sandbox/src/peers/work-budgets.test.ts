import { expect, test } from 'vitest';
import { WorkBudgets } from './work-budgets.ts';

function budgets() {
  const clock = { now: 0 };
  return { clock, all: new WorkBudgets(() => clock.now) };
}

/** What a peer that always wants more can do in a second. */
function usedInASecond(peers: number): number[] {
  const { clock, all } = budgets();
  const each = Array.from({ length: peers }, () => ({ budget: all.forPeer(), until: 0, used: 0 }));
  for (; clock.now < 2_000; clock.now++) {
    for (const peer of each) {
      while (peer.until <= clock.now) {
        if (clock.now >= 1_000) peer.used += 1_000;
        const ms = peer.budget.spend(1_000);
        if (ms > 0) peer.until = clock.now + ms;
      }
    }
  }
  return each.map(({ used }) => used);
}

test('one peer can use nearly everything', () => {
  const [used = 0] = usedInASecond(1);
  expect(used).toBeGreaterThan(4_000_000);
  expect(used).toBeLessThan(7_000_000);
});

test('many peers share it equally, and use no more together', () => {
  const used = usedInASecond(20);
  const total = used.reduce((sum, each) => sum + each, 0);
  expect(total).toBeLessThan(7_000_000);
  expect(Math.min(...used)).toBeGreaterThan(Math.max(...used) / 2);
});

test('a peer that uses little never waits, whatever the others do', () => {
  const { clock, all } = budgets();
  const honest = all.forPeer();
  const greedy = Array.from({ length: 200 }, () => all.forPeer());
  for (; clock.now < 5_000; clock.now += 100) {
    for (const budget of greedy) budget.spend(1_000_000);
    expect(honest.spend(1_500)).toBe(0);
  }
});

test('a debt is paid before the peer goes on', () => {
  const { clock, all } = budgets();
  const budget = all.forPeer();
  const ms = budget.spend(4_000_000);
  expect(ms).toBeGreaterThan(600);
  clock.now = ms / 2;
  expect(budget.spend(1)).toBeGreaterThan(300);
  clock.now = 2 * ms;
  expect(budget.spend(1)).toBe(0);
});
