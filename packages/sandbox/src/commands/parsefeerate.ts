import { required } from '@clnrest/lightningd/parameters';
import { feerate } from '../params/feerate.ts';
import { defineCommand } from './command.ts';

export const parsefeerate = defineCommand({
  name: 'parsefeerate',
  parameters: { feerate: required(feerate) },
  run: ({ feerate: perkw }) => ({ perkw }),
});
