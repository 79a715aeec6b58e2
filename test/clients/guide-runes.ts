import { readFileSync } from 'node:fs';
import { RpcError } from '@clnrest/lightningd';
import type { TestNode } from '../support/node.ts';

/** The guide for clients. */
export const GUIDE_URL = new URL('../../docs/guide/clients.md', import.meta.url);
export const GUIDE = readFileSync(GUIDE_URL, 'utf8');

/** Returns the createrune command lines in a section of the guide for clients. */
export function runeLines(section: string): string[] {
  const [, text = ''] = GUIDE.split(`\n## ${section}\n`);
  const [own = ''] = text.split('\n## ');
  return own.match(/lightning-cli createrune null '[^']+'/g) ?? [];
}

/** Creates the runes of a section. */
export function guideRunes(node: TestNode, section: string): Promise<string[]> {
  const runes = runeLines(section).map((line) => {
    const [, restrictions = ''] = line.split("'");
    return node.rune(...(JSON.parse(restrictions) as string[][]));
  });
  return Promise.all(runes);
}

/** Splits names of commands at white space. */
export const commands = (text: string): string[] => text.trim().split(/\s+/);

/** All commands of the node, and other commands that clients call. */
export async function commandNames(node: TestNode, called: readonly string[]): Promise<string[]> {
  const { help } = await node.rpc.call<{ help: { command: string }[] }>('help');
  const names = help.map(({ command }) => command.split(' ', 1)[0] ?? '');
  return [...new Set([...names, ...called])].toSorted();
}

/** Returns the commands that a rune allows with these parameters. */
export async function allowed(
  node: TestNode,
  rune: string,
  names: readonly string[],
  params: Readonly<Record<string, unknown>> = {},
): Promise<string[]> {
  const checks = names.map(async (method) => {
    try {
      await node.rpc.call('checkrune', { rune, method, params });
      return [method];
    } catch (error) {
      if (error instanceof RpcError) return [];
      throw error;
    }
  });
  return (await Promise.all(checks)).flat();
}
