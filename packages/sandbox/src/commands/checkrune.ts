import { nodeId, optional, required, string } from '@clnrest/lightningd/parameters';
import type { CallWith } from '../node.ts';
import { callParams, rune, UNREADABLE_PARAMS, unlessUnreadable } from '../params/runes.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';

export const checkrune = defineCommand({
  name: 'checkrune',
  parameters: {
    rune: required(rune),
    nodeid: optional(nodeId),
    method: optional(string),
    params: optional(callParams),
  },
  run({ rune: given, nodeid, method, params }, { node }: CallWith<'runes'>) {
    const call = { nodeId: nodeid, method, params: params?.raw };
    const refusal = unlessUnreadable(() => node.runes.refusalOrUse(given.rune, call));
    if (refusal === UNREADABLE_PARAMS) {
      throw new CommandError(ErrorCode.invalidParams, UNREADABLE_PARAMS);
    }
    if (refusal !== undefined) {
      throw new CommandError(refusal.code satisfies ErrorCode, refusal.message);
    }
    return { valid: true };
  },
});
