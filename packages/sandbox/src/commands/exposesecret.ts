import { createHash } from 'node:crypto';
import { type ParameterValues, optional, required, string } from '@clnrest/lightningd/parameters';
import { encodeCodex32, identifierFor, identifierProblem } from '../keys/codex32.ts';
import type { CallWith, NodeWith } from '../node.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';

type Parts = 'configuration' | 'identity' | 'keys';

const parameters = { passphrase: required(string), identifier: optional(string) };

export const exposesecret = defineCommand({
  name: 'exposesecret',
  parameters,
  validate: (values, { node }: CallWith<Parts>) => check(values, node),
  run({ identifier }, { node }: CallWith<Parts>) {
    const id = identifier ?? identifierFor(node.identity.alias);
    return { identifier: id, codex32: encodeCodex32(node.keys.secret, id) };
  },
});

function check(
  { passphrase, identifier }: ParameterValues<typeof parameters>,
  { configuration }: NodeWith<Parts>,
): void {
  const fail = (message: string): CommandError => new CommandError(ErrorCode.general, message);
  const { options } = configuration;
  const expected = options.isSet('exposesecret-passphrase')
    ? options.value('exposesecret-passphrase')
    : undefined;
  if (expected === undefined) throw fail('exposesecrets-passphrase is not set');
  // The time of comparing hashes does not depend on how much of the passphrase is right.
  if (!hashOf(expected).equals(hashOf(passphrase))) {
    throw fail('passphrase does not match exposesecrets-passphrase');
  }
  const problem = identifier === undefined ? undefined : identifierProblem(identifier);
  if (problem !== undefined) throw fail(`Unexpected failure encoding hsm_secret: ${problem}`);
}

function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
