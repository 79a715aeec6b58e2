import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ANSWER_DEPTH, ANSWER_NAME } from './answers/limits.ts';
import { builds } from './builds.ts';
import { errorKinds } from './errors.ts';
import { formatOf, MEDIA_TYPES } from './formats/media-types.ts';
import { LIMITS, waitingBytes } from './limits.ts';
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
import { TAGS } from './pages/openapi/known-commands.ts';

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

describe('the reference pages', () => {
  test('errors.md lists the catalogue', () => {
    const rows = Object.entries(errorKinds).map(([name, { status, code, message, when }]) => [
      String(status),
      code === 'node' ? "the node's" : String(code),
      message === 'node' ? "the node's" : message,
      `\`${name}\``,
      when,
    ]);
    expect(table(page('errors'), 'status')).toEqual(rows);
  });

  test('rest.md tells how loud each error is in the log', () => {
    const kinds = Object.entries(errorKinds);
    const named = (level: string) =>
      kinds.filter(([, { log }]) => log === level).map(([name]) => `\`${name}\``);
    expect(table(page('rest'), 'level')).toEqual([
      ...['broken', 'unusual', 'info'].map((level) => [`\`${level}\``, named(level).join(', ')]),
      ['`debug`', 'all others, 404 and 405 among them'],
    ]);
  });

  test('rest.md lists the limits', () => {
    const seconds = (ms: number) => `${number(ms / 1_000)} second${ms === 1_000 ? '' : 's'}`;
    const kib = (bytes: number) => `${number(bytes / 1_024)} KiB`;
    expect(table(page('rest'), 'limit')).toEqual([
      ['connections at once', number(LIMITS.connections)],
      ['of those, from one address', 'as many as are left for others'],
      ['TLS handshake', seconds(LIMITS.handshakeMs)],
      ['headers, to arrive', seconds(LIMITS.headersMs)],
      ['whole request, to arrive', seconds(LIMITS.requestMs)],
      ['connection at rest between requests', seconds(LIMITS.keepAliveMs)],
      ['headers together', kib(LIMITS.headerBytes)],
      ['headers', number(LIMITS.headers)],
      ['URL', `${number(LIMITS.urlLength)} characters`],
      ['body', kib(LIMITS.bodyBytes)],
      ['body in YAML or XML', kib(MAX_MARKUP_BYTES)],
      ['all bodies being read or judged, together', kib(LIMITS.bodyBytesAtOnce)],
      ['of those, by one rune or from one address', 'as many as are left for others'],
      ['parameters as canonical JSON', `${number(MAX_PARAMETERS_LENGTH)} characters`],
      ['large bodies being parsed, waiting ones included', number(LIMITS.parsing)],
      ['of those, of one caller', 'as many as are left for others'],
      ['one body, to be parsed', seconds(LIMITS.parseMs)],
      ['requests sent ahead on one connection', number(LIMITS.pipelined)],
      ['commands in the node at once, waiting ones included', number(LIMITS.commands)],
      ['of those, by one rune and those derived from it', 'as many as are left for others'],
      ['the node, to judge a rune or to list its commands', seconds(LIMITS.nodeMs)],
      ['answers compressed at once; others go out as they are', number(LIMITS.compressors)],
      ['of those, by one rune and those derived from it', 'as many as are left for others'],
      ['answer that its caller does not read on', seconds(LIMITS.stalledReaderMs)],
      ['what runs, to end when the plugin is stopped', seconds(LIMITS.closeMs)],
      ['levels of nesting in parameters', number(MAX_DEPTH)],
      ['parameters', number(MAX_PARAMETERS)],
      ['values in parameters', number(MAX_VALUES)],
      ['digits of one number', number(MAX_NUMBER_LENGTH)],
      ['levels of nesting in an answer that is not JSON', number(ANSWER_DEPTH)],
      ['characters of a key in such an answer', number(ANSWER_NAME)],
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
    expect(names.toSorted()).toEqual(Object.keys(TAGS).toSorted());
  });

  test('notifications.md lists the limits', () => {
    const kib = (bytes: number) => `${number(bytes / 1_024)} KiB`;
    expect(table(page('notifications'), 'limit')).toEqual([
      ['listeners at once', number(LIMITS.subscribers)],
      ['bytes that one listener may leave unread', kib(LIMITS.subscriberBytes)],
      ['one message from a listener', kib(LIMITS.subscriberMessageBytes)],
      ['notifications kept for those who come back', number(LIMITS.historyMessages)],
      ['bytes of them', number(LIMITS.historyBytes)],
      ['bytes that wait for the node to judge a rune', number(waitingBytes(LIMITS))],
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
