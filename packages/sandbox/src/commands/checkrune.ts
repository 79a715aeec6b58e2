import { nodeId, optional, required, string } from '@clnrest/lightningd/parameters';
import type { CallWith } from '../node.ts';
import { callParams, rune } from '../params/runes.ts';
import { defineCommand } from './command.ts';
import type { ErrorCode } from './errors.ts';
import { CommandError } from './errors.ts';

export const checkrune = defineCommand({
  name: 'checkrune',
  parameters: {
    rune: required(rune),
    nodeid: optional(nodeId),
    method: optional(string),
    params: optional(callParams),
  },
  run({ rune: given, nodeid, method, params }, { node }: CallWith<'runes'>) {
    const refusal = node.runes.refusalOrUse(given.rune, {
      nodeId: nodeid,
      method,
      params: params?.raw,
    });
    if (refusal !== undefined) {
      throw new CommandError(refusal.code satisfies ErrorCode, refusal.message);
    }
    return { valid: true };
  },
});
