import type { Command } from './command.ts';
import type { Facts } from './facts/facts.ts';
import { code } from './markdown.ts';

/**
 * Returns a command's description as Markdown: what a caller must know, the node's error codes, the versions, and the usage
 * line of `help`.
 */
export function describe(command: Command, facts: Facts): string {
  const { name, usageLine, description } = command;
  const hint = usageLine.includes('[') ? ' Parameters in brackets are optional.' : '';
  const paragraphs = [
    ...(description === '' ? [] : [code(description)]),
    ...factualParagraphs(command, facts),
    `Usage: ${code(`${name} ${usageLine}`)}.${hint}`,
  ];
  return paragraphs.join('\n\n');
}

function factualParagraphs({ facts }: Command, { errors }: Facts): readonly string[] {
  if (facts === undefined) return [];
  const { description, errors: codes = [], added, deprecated } = facts;
  return [
    ...(description === undefined ? [] : [description]),
    ...(codes.length === 0
      ? []
      : [`Error codes: ${codes.map((code) => named(code, errors)).join(', ')}.`]),
    ...versions(added, deprecated),
  ];
}

/** Returns a code with its meaning: "`900` (invoice label already exists)". */
function named(code: number, errors: Facts['errors']): string {
  const name = errors[code];
  return name === undefined ? `\`${code}\`` : `\`${code}\` (${meaningOf(name)})`;
}

function meaningOf(name: string): string {
  // The code of all failures that have no other one.
  if (name === 'LIGHTNINGD') return 'any other failure';
  return name
    .replace(/^JSONRPC2_/, '')
    .toLowerCase()
    .replaceAll('_', ' ');
}

function versions(added: string | undefined, [since, removal]: readonly string[] = []): string[] {
  const ends = removal === undefined ? '' : `; removal is due in ${removal}`;
  return [
    ...(added === undefined ? [] : [`Since ${added.replace(/^pre-/, 'before ')}.`]),
    ...(since === undefined ? [] : [`Deprecated since ${since}${ends}.`]),
  ];
}
