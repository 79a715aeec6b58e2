import { hex, optional, type ParameterValues, string } from '@clnrest/lightningd/parameters';
import type { CallWith } from '../node.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';

const parameters = { hex: optional(hex), string: optional(string) };

export const makesecret = defineCommand({
  name: 'makesecret',
  parameters,
  validate: (values) => void infoOf(values),
  run: (values, { node }: CallWith<'keys'>) => ({
    secret: Buffer.from(node.keys.makeSecret(infoOf(values))).toString('hex'),
  }),
});

function infoOf(values: ParameterValues<typeof parameters>): Buffer {
  if (values.hex !== undefined && values.string !== undefined) {
    throw new CommandError(ErrorCode.invalidParams, 'Cannot have both hex and string');
  }
  if (values.string !== undefined) return Buffer.from(values.string);
  if (values.hex !== undefined) return values.hex;
  throw new CommandError(ErrorCode.invalidParams, 'Must have either hex or string');
}
