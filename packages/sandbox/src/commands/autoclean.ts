import { oneOf, optional, required, u64 } from '@clnrest/lightningd/parameters';
import { CLEANED } from '../autoclean/cleaned.ts';
import type { CallWith } from '../node.ts';
import { defineCommand } from './command.ts';

const subsystem = oneOf(CLEANED, 'should be a valid subsystem name');

export const autocleanStatus = defineCommand({
  name: 'autoclean-status',
  parameters: { subsystem: optional(subsystem) },
  run: ({ subsystem }, { node }: CallWith<'autoclean'>) => ({
    autoclean: Object.fromEntries(
      CLEANED.filter((what) => subsystem === undefined || what === subsystem).map((what) => {
        const age = node.autoclean.age(what);
        return [what, { enabled: age !== undefined, age, cleaned: node.autoclean.total(what) }];
      }),
    ),
  }),
});

export const autocleanOnce = defineCommand({
  name: 'autoclean-once',
  parameters: { subsystem: required(subsystem), age: required(u64) },
  run: ({ subsystem, age }, { node }: CallWith<'autoclean'>) => ({
    // With an age of 0, nothing is removed, as with the options.
    autoclean: age === 0n ? {} : { [subsystem]: { ...node.autoclean.clean(subsystem, age) } },
  }),
});
