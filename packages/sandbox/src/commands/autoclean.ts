import {
  invalidToken,
  oneOf,
  optional,
  type Parser,
  required,
  u64,
} from '@clnrest/lightningd/parameters';
import { CLEANED } from '../autoclean/cleaned.ts';
import type { CallWith } from '../node.ts';
import { defineCommand } from './command.ts';

const subsystem = oneOf(CLEANED, 'should be a valid subsystem name');

const nonZero: Parser<bigint> = (token, name) => {
  const value = u64(token, name);
  if (value === 0n) throw invalidToken(name, 'Must be non-zero', token);
  return value;
};

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
  parameters: { subsystem: required(subsystem), age: required(nonZero) },
  run: ({ subsystem, age }, { node }: CallWith<'autoclean'>) => ({
    autoclean: { [subsystem]: { ...node.autoclean.clean(subsystem, age) } },
  }),
});
