import { Restriction } from '@clnrest/runes';
import { expect, test } from 'vitest';
import { emptyDraft } from './draft.ts';
import { suggestedCommand } from './suggested.ts';

const commands = ['pay', 'xpay', 'invoice'].map((name) => ({ name, parameters: [] }));
const drafted = [{ ...emptyDraft(0), value: 'xpay' }];
const allowed = [Restriction.of('method^list', 'method=invoice')];

test('the form suggests the parameters of the most relevant command', () => {
  const suggested = (about: string, draft = drafted, restrictions = allowed, asked = 'pay') =>
    suggestedCommand(about, draft, restrictions, asked, commands)?.name;
  expect(suggested(' pay ')).toBe('pay');
  expect(suggested('unknown')).toBeUndefined();
  expect(suggested('')).toBe('xpay');
  expect(suggested('', [])).toBe('invoice');
  expect(suggested('', [], [])).toBe('pay');
  expect(suggested('', [], [], 'unknown')).toBeUndefined();
});
