import { asTypeScript, indented } from './literals.ts';
import { isEncrypted, type SampleRequest, STREAM } from './request.ts';

const COMMAND = /^\/v1\/([^/{}]+)$/;

/**
 * Returns a request as a TypeScript program for Node, with the rune in the variable `RUNE`: with `@clnrest/client` for
 * commands, and with `fetch` for registered paths.
 */
export function typeScriptSample(request: SampleRequest): string {
  const call = clientCall(request);
  return call === undefined ? fetchSample(request) : clientSample(request, call);
}

function clientCall({ verb, path, isTyped, body = '{}' }: SampleRequest): string | undefined {
  const [, name] = COMMAND.exec(path) ?? [];
  if (verb === 'GET' && path === STREAM) {
    return 'for await (const notification of client.notifications()) {\n  console.log(notification);\n}';
  }
  if (verb === 'GET' && name === 'list-methods') return 'console.log(await client.listMethods());';
  if (verb !== 'POST' || name === undefined) return undefined;
  const params = /^\{\s*\}$/.test(body) ? '' : `, ${asTypeScript(body)}`;
  const type = isTyped ? '' : '<unknown>';
  return `const result = await client.call${type}(${JSON.stringify(name)}${params});\nconsole.log(result);`;
}

function clientSample(request: SampleRequest, call: string): string {
  const lines = [
    `url: ${JSON.stringify(request.server)},`,
    ...(request.needsRune ? ['rune: process.env.RUNE,'] : []),
    ...(isEncrypted(request) ? ["ca: await readFile('ca.pem'),"] : []),
  ];
  const imports = [
    ...(isEncrypted(request) ? ["import { readFile } from 'node:fs/promises';"] : []),
    "import { ClnrestClient } from '@clnrest/client';",
  ];
  const client = `const client = new ClnrestClient({\n  ${lines.join('\n  ')}\n});`;
  return `${imports.join('\n')}\n\n${client}\n${call}`;
}

/** `fetch` has no option for an authority: Node reads it from a variable. */
function fetchSample(request: SampleRequest): string {
  const { server, verb, path, needsRune, body } = request;
  const headers = [
    ...(needsRune ? ["Rune: process.env.RUNE ?? ''"] : []),
    ...(body === undefined ? [] : ["'Content-Type': 'application/json'"]),
  ];
  const lines = [
    `method: '${verb}',`,
    ...(headers.length === 0 ? [] : [`headers: { ${headers.join(', ')} },`]),
    ...(body === undefined ? [] : [`body: JSON.stringify(${indented(body, 2)}),`]),
  ];
  const note = isEncrypted(request) ? '// Run with NODE_EXTRA_CA_CERTS=ca.pem\n' : '';
  return `${note}const response = await fetch(${JSON.stringify(server + path)}, {\n  ${lines.join('\n  ')}\n});\nconsole.log(response.status, await response.text());`;
}
