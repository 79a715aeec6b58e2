import type { LightningdCommand, Schema } from '@clnrest/commands';
import { check } from '@clnrest/commands/check';
import { commandSchemas } from '@clnrest/commands/schema-table';
import { encodeJson } from '@clnrest/json';
import { unknownMembers } from './unknown-members.ts';

/** The most characters of a recorded result. */
const MAX_RECORDED = 4_000;

/** The parameters and the result of a call. */
export interface RecordedCall {
  readonly params: unknown;
  readonly result: unknown;
}

/** What several nodes returned, compared with the schemas. */
export class SchemaReport {
  /** The number of values that were compared. */
  compared = 0;
  readonly mismatches = new Set<string>();
  /** Members that the schemas do not name. */
  readonly unknown = new Set<string>();
  /** Of the calls of each command, the one with the longest result within {@link MAX_RECORDED}. */
  readonly recorded = new Map<LightningdCommand, RecordedCall>();
  readonly called = new Set<LightningdCommand>();

  /** Compares the parameters of a call. */
  addParams(name: LightningdCommand, params: unknown): void {
    this.#compare(`${name} params`, commandSchemas[name].params, params);
  }

  addResult(name: LightningdCommand, call: RecordedCall): void {
    this.called.add(name);
    this.add(name, commandSchemas[name].result, call.result);
    const { length } = encodeJson(call.result);
    const known = this.recorded.get(name);
    const isBetter = known === undefined || length > encodeJson(known.result).length;
    if (isBetter && length <= MAX_RECORDED) this.recorded.set(name, call);
  }

  /** Compares a result or a payload. */
  add(name: string, schema: Schema, value: unknown): void {
    this.compared++;
    this.#compare(name, schema, value);
    for (const path of unknownMembers([schema], value)) this.unknown.add(`${name}${path}`);
  }

  #compare(name: string, schema: Schema, value: unknown): void {
    for (const { path, message } of check(schema, value)) {
      this.mismatches.add(`${name} ${path.replaceAll(/\[\d+\]/g, '[]')}: ${message}`);
    }
  }
}
