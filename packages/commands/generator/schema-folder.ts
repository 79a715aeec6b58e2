import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandFacts, Facts, HookFacts, NotificationFacts } from './fact-types.ts';

/** The keywords that state facts. The others hold prose, examples or the author's name. */
const FACT_KEYWORDS = new Set([
  'type',
  'properties',
  'required',
  'items',
  'enum',
  'if',
  'then',
  'else',
  'allOf',
  'anyOf',
  'oneOf',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'default',
  'added',
  'deprecated',
  'hidden',
  'untyped',
  'dependentUpon',
  'oneOfMany',
]);
/** A longer default is a sentence, not a value. */
const MAX_DEFAULT_LENGTH = 24;
/** A line of `errors` with a code. */
const ERROR_CODE = /^\s*- (-?\d+)\b/;

/** The files that describe no command. */
const NOT_A_COMMAND = new Set(['sql-template.json']);

type Source = Record<string, unknown>;

/** Reads the facts from the folder `doc/schemas` of a checkout of lightningd. */
export function readSchemaFolder(folder: string, version: string): Facts {
  const commands = jsonFiles(folder)
    .filter((file) => !NOT_A_COMMAND.has(file))
    .map((file) => commandFacts(readSource(join(folder, file))));
  const notifications = jsonFiles(join(folder, 'notification')).map(
    (file) =>
      [nameOf(file), notificationFacts(readSource(join(folder, 'notification', file)))] as const,
  );
  const hooks = jsonFiles(join(folder, 'hook')).map(
    (file) => [nameOf(file), hookFacts(readSource(join(folder, 'hook', file)))] as const,
  );
  return {
    version,
    commands: Object.fromEntries(commands),
    notifications: Object.fromEntries(notifications),
    hooks: Object.fromEntries(hooks),
  };
}

function commandFacts(source: Source): [string, CommandFacts] {
  const name = source['rpc'];
  if (typeof name !== 'string') throw new Error('a schema file without "rpc"');
  const codes = errorCodes(source['errors']);
  return [
    name,
    {
      ...versions(source),
      params: factsOnly(source['request']) as CommandFacts['params'],
      result: factsOnly(source['response']) as CommandFacts['result'],
      ...(codes.length > 0 && { errors: codes }),
    },
  ];
}

function notificationFacts(source: Source): NotificationFacts {
  return {
    notification: String(source['notification']),
    ...versions(source),
    response: factsOnly(source['response']) as NotificationFacts['response'],
  };
}

function hookFacts(source: Source): HookFacts {
  return {
    hook: String(source['hook']),
    ...versions(source),
    request: factsOnly(source['request']) as HookFacts['request'],
    response: factsOnly(source['response']) as HookFacts['response'],
  };
}

function versions(source: Source): Pick<CommandFacts, 'added' | 'deprecated'> {
  const { added, deprecated } = source;
  return {
    ...(typeof added === 'string' && { added }),
    ...(Array.isArray(deprecated) && { deprecated: deprecated as string[] }),
  };
}

/** Returns a schema without prose. Members of `properties` are names, and no keywords. */
function factsOnly(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(factsOnly);
  if (typeof schema !== 'object' || schema === null) return schema;
  const kept = Object.entries(schema).filter(([keyword, value]) => isFact(keyword, value));
  return Object.fromEntries(
    kept.map(([keyword, value]) => [keyword, factOf(keyword, value as Source)]),
  );
}

function isFact(keyword: string, value: unknown): boolean {
  if (keyword === 'default' && typeof value === 'string') return value.length <= MAX_DEFAULT_LENGTH;
  return FACT_KEYWORDS.has(keyword);
}

function factOf(keyword: string, value: Source): unknown {
  if (keyword === 'dependentUpon') return value;
  return keyword === 'properties' ? mapValues(value, factsOnly) : factsOnly(value);
}

function mapValues(source: Source, convert: (value: unknown) => unknown): Source {
  return Object.fromEntries(Object.entries(source).map(([name, value]) => [name, convert(value)]));
}

function errorCodes(lines: unknown): number[] {
  if (!Array.isArray(lines)) return [];
  const codes = lines.flatMap((line) => {
    const [, code] = ERROR_CODE.exec(String(line)) ?? [];
    return code === undefined ? [] : [Number(code)];
  });
  return [...new Set(codes)].toSorted((a, b) => a - b);
}

function jsonFiles(folder: string): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .toSorted();
}

function nameOf(file: string): string {
  return file.slice(0, -'.json'.length);
}

function readSource(file: string): Source {
  return JSON.parse(readFileSync(file, 'utf8')) as Source;
}
