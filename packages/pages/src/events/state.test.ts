import { expect, test } from 'vitest';
import { announce, isUnderWay, type State, tell } from './state.ts';

const clock = (moment: number): string => `<${moment}>`;

test.each<[State, string, string, boolean]>([
  [{ is: 'idle' }, 'idle', 'Not connected', false],
  [{ is: 'connecting' }, 'info', 'Connecting…', true],
  [{ is: 'listening', since: 5 }, 'pass', 'Listening since <5>', true],
  [
    { is: 'waiting', reason: 'The node is away', until: 12_000 },
    'warn',
    'Reconnecting in 2 s: The node is away',
    true,
  ],
  [
    { is: 'waiting', reason: 'The node is away', until: 9_000 },
    'warn',
    'Reconnecting…: The node is away',
    true,
  ],
  [{ is: 'refused', reason: 'Not permitted: x' }, 'fail', 'Refused: Not permitted: x', false],
  [{ is: 'failed', reason: 'No connection' }, 'fail', 'Not connected: No connection', false],
  [{ is: 'closed' }, 'idle', 'Disconnected', false],
])('%j', (state, tone, words, isOpen) => {
  expect(tell(state, 10_500, clock)).toMatchObject({ tone, words });
  expect(isUnderWay(state)).toBe(isOpen);
  // Nobody who hears the page is told the seconds one by one.
  expect(announce(state)).not.toMatch(/\d/);
});
