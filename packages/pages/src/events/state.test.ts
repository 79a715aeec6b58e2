import { expect, test } from 'vitest';
import { announcement, describe as describeState, isActive, type State } from './state.ts';

const clock = (moment: number): string => `<${moment}>`;

test.each<[State, string, string, boolean]>([
  [{ is: 'idle' }, 'idle', 'Not connected', false],
  [{ is: 'connecting' }, 'info', 'Connecting…', true],
  [{ is: 'connected', since: 5 }, 'pass', 'Connected since <5>', true],
  [
    { is: 'reconnecting', reason: 'The node is away', until: 12_000 },
    'warn',
    'Reconnecting in 2 s: The node is away',
    true,
  ],
  [
    { is: 'reconnecting', reason: 'The node is away', until: 9_000 },
    'warn',
    'Reconnecting…: The node is away',
    true,
  ],
  [{ is: 'refused', reason: 'Not permitted: x' }, 'fail', 'Refused: Not permitted: x', false],
  [{ is: 'failed', reason: 'No connection' }, 'fail', 'Not connected: No connection', false],
  [{ is: 'disconnected' }, 'idle', 'Disconnected', false],
])('%j', (state, tone, words, expectedActive) => {
  expect(describeState(state, 10_500, clock)).toMatchObject({ tone, words });
  expect(isActive(state)).toBe(expectedActive);
  // Screen readers must not announce the countdown.
  expect(announcement(state)).not.toMatch(/\d/);
});
