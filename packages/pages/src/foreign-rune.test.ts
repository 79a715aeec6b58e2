import { ClnrestError } from '@clnrest/client';
import { expect, test } from 'vitest';
import { messageOf } from './foreign-rune.ts';

const FOREIGN = 'Not authorized: Not derived from master';

test.each([
  [
    new ClnrestError('rune_not_authorized', FOREIGN, { status: 401, nodeCode: 1501 }),
    `This rune belongs to another node, or is damaged: enter a rune of this node. The node responds: ${FOREIGN}`,
  ],
  [
    new ClnrestError('rune_missing', 'Missing rune', { status: 403, nodeCode: 1501 }),
    'Missing rune',
  ],
  [new ClnrestError('rune_blacklisted', 'x', { status: 401, nodeCode: 1503 }), 'x'],
  [new Error('x'), 'x'],
  ['x', 'x'],
])('%s', (error, message) => {
  expect(messageOf(error)).toBe(message);
});
