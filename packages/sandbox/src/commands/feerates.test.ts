import { expect, test } from 'vitest';
import { WorldClient } from '../testing/world-client.ts';

test.each([
  ['slow', 253],
  ['penalty', 253],
  ['unilateral_anchor_close', 1250],
  ['0blocks', 253],
  ['1000perkw', 1000],
  ['1011', 253],
  ['1013perkb', 254],
  [4_294_967_292, 1_073_741_823],
  [4_294_967_295, 253],
  ['', 253],
])('parsefeerate %j returns %d', async (feerate, perkw) => {
  const client = await WorldClient.start();
  expect(await client.call('parsefeerate', [feerate])).toEqual({ perkw });
});

const INTEGER = "'feerate' should be an integer";

test.each([
  ['-1blocks', `${INTEGER} not '-1'`],
  ['4294967296blocks', `${INTEGER} not '4294967296'`],
  ['xperkw', `${INTEGER} with optional perkw/perkb, not 'x'`],
  ['splice', `${INTEGER} with optional perkw/perkb, not 'splice'`],
  ['constructor', `${INTEGER} with optional perkw/perkb, not 'constructor'`],
  [['x'], `${INTEGER} with optional perkw/perkb, not '["x"]'`],
  ['"x', `${INTEGER} with optional perkw/perkb, not '\\"x'`],
  [1.5, `${INTEGER} with optional perkw/perkb, not '1.5'`],
])('parsefeerate rejects %j', async (feerate, message) => {
  const client = await WorldClient.start();
  expect(await client.refused('parsefeerate', [feerate])).toEqual({ code: -32602, message });
});

test('estimatefees has an estimate for each target of feerates', async () => {
  const client = await WorldClient.start();
  const { feerates } = await client.call<{ feerates: { blocks: number }[] }>('estimatefees');
  const { perkw } = await client.call<{ perkw: { estimates: { blockcount: number }[] } }>(
    'feerates',
    ['perkw'],
  );
  expect(feerates.map(({ blocks }) => blocks)).toEqual(
    perkw.estimates.map(({ blockcount }) => blockcount),
  );
  expect(await client.call('estimatefees')).toMatchObject({ feerate_floor: 1000 });
});
