import { readFileSync } from 'node:fs';
import type { ServiceTools } from '@clnrest/gateway/service';
import { Rune } from '@clnrest/runes';
import { expandPath } from '../paths.ts';
import { UsageError } from '../usage-error.ts';
import type { GivenOption } from './given-options.ts';

type Given = ReadonlyMap<string, GivenOption>;

/** The node of a gateway without the node's socket. */
export type RemoteNode = Required<Pick<ServiceTools, 'node'>> & Pick<ServiceTools, 'nodeId'>;

/**
 * Reads the options of a gateway that forwards to another one. Undefined without `--upstream`.
 *
 * @throws {UsageError} if one of them is missing or invalid. The sentence shows no rune.
 */
export function readUpstream(given: Given): RemoteNode | undefined {
  const upstream = given.get('upstream');
  if (upstream === undefined) return undefined;
  for (const name of ['rpc-file', 'lightning-dir', 'network']) {
    const other = given.get(name);
    if (other === undefined) continue;
    throw new UsageError(`${upstream.shown} and ${other.shown} exclude each other: remove one`);
  }
  const nodeId = given.get('node-id');
  if (nodeId === undefined && given.has('redis')) {
    throw new UsageError(
      `with ${upstream.shown} and ${given.get('redis')?.shown ?? ''}, set also --node-id: it names the node in Redis`,
    );
  }
  return {
    node: { upstream: { url: readUrl(upstream), ca: readAuthority(given), rune: readRune(given) } },
    nodeId: nodeId && readNodeId(nodeId),
  };
}

function readUrl({ values, shown }: GivenOption): string {
  const text = values.at(-1) ?? '';
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain =
    url !== undefined &&
    /^https?:$/.test(url.protocol) &&
    `${url.username}${url.password}${url.search}${url.hash}` === '' &&
    url.pathname === '/';
  if (isPlain) return url.origin;
  throw new UsageError(
    `${shown} must be the address of a gateway, for example https://10.0.0.5:3010, without a path`,
  );
}

function readAuthority(given: Given): string | undefined {
  const option = given.get('upstream-ca');
  return option && readFile(option);
}

function readRune(given: Given): string {
  const option = given.get('upstream-rune-file');
  if (option === undefined) {
    throw new UsageError(
      '--upstream requires --upstream-rune-file, a file with a rune for checkrune',
    );
  }
  const text = readFile(option).trim();
  try {
    Rune.fromBase64(text);
  } catch (cause) {
    throw new UsageError(`the file of ${option.shown} does not contain a rune`, { cause });
  }
  return text;
}

function readFile({ values, shown }: GivenOption): string {
  const file = expandPath(values.at(-1) ?? '');
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new UsageError(`cannot read ${file}, the file of ${shown} (${code})`, { cause });
  }
}

function readNodeId({ values, shown }: GivenOption): string {
  const text = values.at(-1) ?? '';
  if (/^0[23][0-9a-f]{64}$/.test(text)) return text;
  throw new UsageError(
    `${shown} must be the node's id: 66 hexadecimal digits, as getinfo shows it`,
  );
}
