import { expect, test } from 'vitest';
import { outdatedNodeNotice } from './outdated-node-notice.ts';

test.each(['v26.06.7', 'v26.06.6-modded', 'v26.06', 'v26.04.2', 'v25.12.1', 'v24.02', '23.08.1'])(
  'lightningd %s needs an upgrade',
  (version) => {
    const [name = ''] = version.split('-');
    expect(outdatedNodeNotice(version)).toBe(
      `lightningd ${name} has security faults that attackers use, according to its authors: upgrade it to v26.06.8 or newer`,
    );
  },
);

test.each([
  'v26.06.8',
  'v26.06.10',
  'v26.09',
  'v26.12rc1',
  'v27.03',
  'v26.06.6-sandbox',
  'basilisk',
  '',
])('there is no notice about %j', (version) => {
  expect(outdatedNodeNotice(version)).toBeUndefined();
});
