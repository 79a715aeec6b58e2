import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { check } from './check.ts';
import { formatMismatch } from './check/formats.ts';
import type { Format, Schema } from './schema.ts';
import { commandSchemas, hookSchemas, notificationSchemas } from './schema-table.ts';
import type { LightningdCommand } from './types/commands.ts';

const FORMATS: readonly Format[] = [
  'u8',
  'u16',
  'u32',
  'u64',
  'msat',
  'msat_or_any',
  'sat',
  'sat_or_all',
  'feerate',
  'currency',
  'hex',
  'hash',
  'txid',
  'secret',
  'pubkey',
  'short_channel_id',
  'short_channel_id_dir',
  'outpoint',
  'signature',
  'bip340sig',
];

/** Another implementation of JSON Schema, which knows the formats. */
function ajv(): Ajv2020 {
  const validator = new Ajv2020({
    strict: true,
    allowUnionTypes: true,
    strictRequired: false,
    strictTypes: false,
  });
  for (const format of FORMATS) {
    const validate = (value: string | number): boolean =>
      formatMismatch(format, value) === undefined;
    validator.addFormat(format, { type: 'string', validate });
    validator.addFormat(format, { validate });
  }
  return validator;
}

const schemas: readonly (readonly [string, Schema])[] = [
  ...Object.entries(commandSchemas).flatMap(([name, { params, result }]) => [
    [`${name} parameters`, params] as const,
    [`${name} result`, result] as const,
  ]),
  ...Object.entries(notificationSchemas).map(
    ([name, schema]) => [`${name} notification`, schema] as const,
  ),
  ...Object.entries(hookSchemas).flatMap(([name, { request, response }]) => [
    [`${name} hook`, request] as const,
    [`${name} response`, response] as const,
  ]),
];

test('all schemas are valid JSON Schema', () => {
  const validator = ajv();
  const invalid = schemas.filter(([, schema]) => {
    validator.compile(schema);
    return validator.errors;
  });
  expect(invalid).toEqual([]);
  expect(schemas.length).toBe(2 * 162 + 24 + 2 * 15);
});

/** A request and the reply of lightningd v26.06.6: see `test/recordings/README.md`. */
interface Recorded {
  readonly label: string;
  readonly request: string;
  readonly reply: string | null;
}

const FILES = [
  'createrune',
  'showrunes',
  'blacklistrune',
  'decode_runes',
  'invoice_and_errors',
  'command_results',
];

describe.each(FILES)('the recorded replies of %s', (file) => {
  const results = recordedResults(file);

  test('fit their schemas', () => {
    const mismatches = results.flatMap(({ name, label, result }) =>
      check(commandSchemas[name].result, result).map(
        ({ path, message }) => `${name} (${label}) ${path}: ${message}`,
      ),
    );
    expect(mismatches).toEqual([]);
    expect(results.length).toBeGreaterThan(2);
  });

  test('do not fit without a required member, as another implementation finds', () => {
    const validator = ajv();
    for (const { name, result } of results) {
      const schema = commandSchemas[name].result;
      const validate = validator.compile(schema);
      for (const changed of [result, ...withoutEachMember(result)]) {
        expect(check(schema, changed).length === 0, `${name} ${JSON.stringify(changed)}`).toBe(
          validate(changed),
        );
      }
    }
  });
});

/** An integer that JSON.parse rounds. `check.test.ts` covers bigints. */
const LARGE_INTEGER = /[:[,][0-9]{16,}[,}\]]/;

interface RecordedResult {
  readonly name: LightningdCommand;
  readonly label: string;
  readonly result: unknown;
}

function recordedResults(file: string): RecordedResult[] {
  const path = new URL(`../../../test/recordings/${file}.jsonl`, import.meta.url);
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  return lines.flatMap((line) => {
    const { label, request, reply } = JSON.parse(line) as Recorded;
    if (LARGE_INTEGER.test(reply ?? '')) return [];
    const { result } = JSON.parse(reply || '{}') as { result?: unknown };
    const name = /"method": ?"([^"]+)"/.exec(request)?.[1] ?? '';
    if (result === undefined || !Object.hasOwn(commandSchemas, name)) return [];
    return [{ name: name as LightningdCommand, label, result }];
  });
}

/** Returns copies of a value, each without one member at any depth. */
function withoutEachMember(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  const copies: unknown[] = [];
  if (Array.isArray(value)) {
    for (const [at, item] of value.entries()) {
      for (const changed of withoutEachMember(item)) copies.push(value.with(at, changed));
    }
    return copies;
  }
  for (const [name, member] of Object.entries(value)) {
    const { [name]: _, ...rest } = value as Record<string, unknown>;
    copies.push(rest);
    for (const changed of withoutEachMember(member)) copies.push({ ...value, [name]: changed });
  }
  return copies;
}
