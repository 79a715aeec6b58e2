import { readFileSync } from 'node:fs';
import { STATUS_CODES } from 'node:http';
import { describe, expect, test } from 'vitest';
import { MAX_RESULT_DEPTH, MAX_RESULT_KEY_LENGTH } from './answers/limits.ts';
import { builds } from './builds.ts';
import { errorKinds } from './refusals.ts';
import { formatOf, MEDIA_TYPES } from './formats/media-types.ts';
import { LIMITS, waitingBytes } from './limits.ts';
import { MAX_LOGGED_BYTES } from './node/fatal-call.ts';
import { PACKETS } from './notifications/engine-connection.ts';
import { CONTROL_FRAMES } from './notifications/limit-input.ts';
import { MAX_FRAGMENTS } from './notifications/websocket-server.ts';
import { declareOptions, OPTIONS } from './options/declarations.ts';
import { MAX_PATHS } from './routing/registered-paths.ts';
import { PARAMETERS } from './paths/read-registration.ts';
import { REGISTRABLE } from './routing/registration.ts';
import { MAX_CHARACTERS } from './paths/rune-restrictions.ts';
import {
  MAX_DEPTH,
  MAX_MARKUP_BYTES,
  MAX_NUMBER_LENGTH,
  MAX_PARAMETERS,
  MAX_PARAMETERS_LENGTH,
  MAX_VALUES,
} from './parameters/limits.ts';
import { readFacts } from './pages/openapi/facts/read-facts.ts';
import { groupsOf } from './pages/openapi/groups.ts';

function page(name: string): string {
  return readFileSync(new URL(`../../../docs/reference/${name}.md`, import.meta.url), 'utf8');
}

/** The rows of the first table whose header begins with this cell, a list of cells each. */
function table(text: string, header: string): string[][] {
  const lines = text.split('\n');
  const at = lines.findIndex((line) => cells(line)[0] === header);
  const rows = lines.slice(at + 2);
  const end = rows.findIndex((line) => !line.startsWith('|'));
  return rows.slice(0, end).map(cells);
}

function cells(line: string): string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}

const number = (value: number) => value.toLocaleString('en-US');

/** The catalogue as Markdown: a section for each status, an item for each error. */
function errorSections(): string {
  const statuses = new Set(Object.values(errorKinds).map(({ status }) => status));
  return [...statuses]
    .toSorted((one, other) => one - other)
    .map((status) => `## ${status} ${STATUS_CODES[status] ?? ''}\n\n${errorItems(status)}`)
    .join('\n\n');
}

function errorItems(status: number): string {
  return Object.entries(errorKinds)
    .filter(([, kind]) => kind.status === status)
    .map(([name, { code, message, when }]) => {
      const words =
        code === 'node' ? 'code and message of the node' : `code ${code}, \`${message}\``;
      return `- **\`${name}\`**: ${words}. ${when}`;
    })
    .join('\n');
}

describe('the reference pages', () => {
  test('errors.md lists the catalogue', () => {
    const [, listed] = page('errors').split('<!-- From packages/gateway/src/refusals.ts. -->\n\n');
    expect(listed).toBe(`${errorSections()}\n`);
  });

  test('rest.md lists the log level of each error', () => {
    const kinds = Object.entries(errorKinds);
    const named = (level: string) =>
      kinds.filter(([, { log }]) => log === level).map(([name]) => `\`${name}\``);
    expect(table(page('rest'), 'level')).toEqual([
      ...['broken', 'unusual', 'info'].map((level) => [`\`${level}\``, named(level).join(', ')]),
      ['`debug`', 'all others, including 404 and 405'],
    ]);
  });

  test('rest.md lists the limits', () => {
    const seconds = (ms: number) => `${number(ms / 1_000)} second${ms === 1_000 ? '' : 's'}`;
    const kib = (bytes: number) => `${number(bytes / 1_024)} KiB`;
    expect(table(page('rest'), 'limit')).toEqual([
      ['concurrent connections', number(LIMITS.connections)],
      ['of these, from one address', 'half of what others leave'],
      ['time for a TLS handshake', seconds(LIMITS.handshakeMs)],
      ['time for the headers to arrive', seconds(LIMITS.headersMs)],
      ['time for the whole request to arrive', seconds(LIMITS.requestMs)],
      ['idle time of a connection between requests', seconds(LIMITS.keepAliveMs)],
      ['size of all headers', kib(LIMITS.headerBytes)],
      ['number of headers', number(LIMITS.headers)],
      ['length of the URL', `${number(LIMITS.urlLength)} characters`],
      ['size of a body', kib(LIMITS.bodyBytes)],
      ['size of a body in YAML or XML', kib(MAX_MARKUP_BYTES)],
      ['size of all bodies being read or checked', kib(LIMITS.bodyBytesAtOnce)],
      ['of these, of one rune or address', 'half of what others leave'],
      ['length of parameters as canonical JSON', `${number(MAX_PARAMETERS_LENGTH)} characters`],
      ['large bodies being parsed, including waiting ones', number(LIMITS.parsing)],
      ['of these, of one rune or address', 'half of what others leave'],
      ['time to parse one body', seconds(LIMITS.parseMs)],
      ['pipelined requests on one connection', number(LIMITS.pipelined)],
      ['concurrent commands in the node, including waiting ones', number(LIMITS.commands)],
      ['of these, of one rune and those derived from it', 'half of what others leave'],
      ['time for the node to check a rune or list its commands', seconds(LIMITS.nodeMs)],
      ['results compressed concurrently', number(LIMITS.compressors)],
      ['of these, of one rune and those derived from it', 'half of what others leave'],
      ['time for which a client can leave a response unread', seconds(LIMITS.stalledReaderMs)],
      ['time for running commands to end when the plugin stops', seconds(LIMITS.closeMs)],
      ['time at the start for another process to release the port', seconds(LIMITS.portWaitMs)],
      ['levels of nesting in parameters', number(MAX_DEPTH)],
      [
        'size of one parameter, if lightningd is v26.04–v26.06.6',
        `${number(MAX_LOGGED_BYTES)} bytes`,
      ],
      ['number of parameters', number(MAX_PARAMETERS)],
      ['number of values in parameters', number(MAX_VALUES)],
      ['digits of a number', number(MAX_NUMBER_LENGTH)],
      ['levels of nesting in a result that is not JSON', number(MAX_RESULT_DEPTH)],
      ['characters of a key in such a result', number(MAX_RESULT_KEY_LENGTH)],
    ]);
  });

  test('paths.md lists the commands, their parameters and the limits', () => {
    const text = page('paths');
    expect(table(text, 'build')).toEqual(
      Object.values(builds).map(({ prefix, registerPath }) => [
        `\`${prefix}\``,
        `\`${registerPath}\``,
      ]),
    );
    const parameters = table(text, 'parameter');
    expect(parameters.map(([name]) => name)).toEqual(PARAMETERS.map((name) => `\`${name}\``));
    const [last = '', ...methods] = REGISTRABLE.map((name) => `\`${name}\``).toReversed();
    expect(parameters[2]?.[2]).toBe(`${methods.toReversed().join(', ')} or ${last}`);
    expect(table(text, 'what')).toEqual([
      ['registered paths', number(MAX_PATHS)],
      ['a path', `${number(LIMITS.urlLength)} characters`],
      ['its `rune_restrictions`', `${number(MAX_CHARACTERS)} characters`],
    ]);
  });

  test('rest.md lists the media types of each format', () => {
    const rows = table(page('rest'), 'media types');
    const listed = rows.flatMap(([types = '', format = '']) =>
      types.split(', ').map((type) => [type.replaceAll('`', ''), format.toLowerCase()]),
    );
    expect(new Map(listed.map(([type = '', format]) => [type, format]))).toEqual(
      new Map(MEDIA_TYPES.map((type) => [type, formatOf(type)])),
    );
  });

  test('openapi.md lists the groups of commands', () => {
    const [, listed = ''] = /^- \*\*Groups\*\*: (.*)$/m.exec(page('openapi')) ?? [];
    const names = [...listed.matchAll(/`([a-z]+)`/g)].map(([, name]) => name);
    expect(names).toEqual(groupsOf(readFacts()).map(({ name }) => name));
  });

  test('notifications.md lists the limits', () => {
    const kib = (bytes: number) => `${number(bytes / 1_024)} KiB`;
    const rate = ({ capacity, perSecond }: typeof PACKETS) =>
      `${capacity} at once, then ${perSecond} each second`;
    expect(table(page('notifications'), 'limit')).toEqual([
      ['subscribers', number(LIMITS.subscribers)],
      ['unread bytes per subscriber', kib(LIMITS.subscriberBytes)],
      ['message from a subscriber', kib(LIMITS.subscriberMessageBytes)],
      [
        'input of a websocket',
        `${kib(2 * LIMITS.subscriberMessageBytes)} at once, then ${kib(LIMITS.subscriberMessageBytes)} each second`,
      ],
      ['pings and pongs of a websocket', rate(CONTROL_FRAMES)],
      ['Engine.IO packets of a client', rate(PACKETS)],
      ['fragments of a websocket message', number(MAX_FRAGMENTS)],
      ['notifications kept for reconnects', number(LIMITS.historyMessages)],
      ['bytes of kept notifications', number(LIMITS.historyBytes)],
      ['bytes that wait for rune checks', number(waitingBytes(LIMITS))],
    ]);
  });

  test('options.md lists the options of both builds', () => {
    const rows = table(page('options'), '`rest`');
    const names = (build: keyof typeof builds) => Object.keys(declareOptions(builds[build]));
    expect(rows.map(([rest]) => rest)).toEqual(names('rest').map((name) => `\`${name}\``));
    expect(rows.map(([, clnrest]) => clnrest)).toEqual(
      names('clnrest').map((name) => `\`${name}\``),
    );
    for (const [index, option] of Object.values(OPTIONS).entries()) {
      const shown = rows[index]?.[2] ?? '';
      if (!('default' in option)) expect(shown).toMatch(/^none|^see/);
      else if (shown.startsWith('see')) expect(page('options')).toContain(option.default);
      else expect(shown).toBe(`\`${option.default}\``);
    }
  });
});
