import { defaulted, oneOf, optional, u32, u64 } from '@clnrest/lightningd/parameters';
import type { CallWith } from '../node.ts';
import { channelMoveJson, chainMoveJson } from '../world/move-json.ts';
import { INDEXES, type IndexName } from '../world/waits.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';

const PARAMETERS = {
  index: optional(oneOf(INDEXES, 'unknown index')),
  start: defaulted(u64, 0n),
  limit: optional(u32),
};

interface Paging {
  readonly index: IndexName | undefined;
  readonly start: bigint;
  readonly limit: bigint | undefined;
}

export const listchainmoves = defineCommand({
  name: 'listchainmoves',
  parameters: PARAMETERS,
  validate: (paging) => checkPaging(paging, 'chainmoves'),
  run: ({ start, limit }, { node }: CallWith<'world'>) => ({
    chainmoves: node.world.moves.chain(start, limit).map((move) => chainMoveJson(move, false)),
  }),
});

export const listchannelmoves = defineCommand({
  name: 'listchannelmoves',
  parameters: PARAMETERS,
  validate: (paging) => checkPaging(paging, 'channelmoves'),
  run: ({ start, limit }, { node }: CallWith<'world'>) => ({
    channelmoves: node.world.moves
      .channel(start, limit)
      .map((move) => channelMoveJson(move, false, false)),
  }),
});

function checkPaging({ index, start, limit }: Paging, what: string): void {
  const invalid = (message: string): CommandError =>
    new CommandError(ErrorCode.invalidParams, message);
  if (start !== 0n && index === undefined) {
    throw invalid('Can only specify {start} with {index}');
  }
  if (limit !== undefined && index === undefined) {
    throw invalid('Can only specify {limit} with {index}');
  }
  if (index !== undefined && index !== 'created') {
    throw invalid(`index must be 'created', since ${what} are never updated`);
  }
}
