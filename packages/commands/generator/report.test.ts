import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { applyCorrections } from './corrections.ts';
import { descriptions } from './descriptions.ts';
import type { Facts } from './fact-types.ts';
import { readCorrectedFacts, readCorrections, readFacts } from './facts.ts';
import { changesBetween, missingTexts } from './report.ts';
import { readSchemaFolder } from './schema-folder.ts';

const directories: string[] = [];

afterEach(async () => {
  await Promise.all(directories.splice(0).map((directory) => rm(directory, { recursive: true })));
});

/** Facts that a test changes. */
interface Changeable {
  params: { properties: Record<string, object>; required: string[] };
  result: { properties: Record<string, object> };
  errors?: number[];
}

function changeable(facts: Facts): Record<string, Changeable> {
  return structuredClone(facts.commands) as unknown as Record<string, Changeable>;
}

/** Writes a schema folder as a checkout of lightningd has it. */
async function schemaFolder(files: Readonly<Record<string, object>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'clnrest-schemas-'));
  directories.push(folder);
  await Promise.all(['notification', 'hook'].map((name) => mkdir(join(folder, name))));
  for (const [file, content] of Object.entries(files)) {
    await writeFile(join(folder, file), JSON.stringify(content));
  }
  return folder;
}

const INVOICE = {
  rpc: 'invoice',
  title: 'prose',
  description: ['prose'],
  added: 'v1',
  request: {
    required: ['amount_msat'],
    additionalProperties: false,
    properties: {
      amount_msat: { type: 'msat', description: ['prose'] },
      description: {
        type: 'string',
        description: ['a parameter with the name of a keyword'],
        default: 'none',
      },
      title: { type: 'string', default: 'a default that is a whole sentence of prose' },
    },
  },
  response: { required: [], properties: { bolt11: { type: 'string', description: ['prose'] } } },
  errors: ['The following error codes may occur:', '', '- 901: b', '- -1: a'],
};

test('facts are read without prose', async () => {
  const folder = await schemaFolder({
    'invoice.json': INVOICE,
    'sql-template.json': {},
    'notification/a.json': { notification: 'pay_a', response: { properties: {} } },
    'hook/b.json': { hook: 'b', request: { properties: {} }, response: { properties: {} } },
  });
  expect(readSchemaFolder(folder, 'v2')).toEqual({
    version: 'v2',
    commands: {
      invoice: {
        added: 'v1',
        params: {
          required: ['amount_msat'],
          properties: {
            amount_msat: { type: 'msat' },
            description: { type: 'string', default: 'none' },
            title: { type: 'string' },
          },
        },
        result: { required: [], properties: { bolt11: { type: 'string' } } },
        errors: [-1, 901],
      },
    },
    notifications: { a: { notification: 'pay_a', response: { properties: {} } } },
    hooks: { b: { hook: 'b', request: { properties: {} }, response: { properties: {} } } },
  });
});

test('changes are listed', () => {
  const facts = readFacts();
  expect(changesBetween(facts, structuredClone(facts))).toEqual([]);
  const { addgossip: removed, ...commands } = changeable(facts);
  expect(removed).toBeDefined();
  const { connect, getinfo, ping, stop, xpay } = commands;
  if (!connect || !getinfo || !ping || !stop || !xpay) throw new Error('a command is missing');
  commands['mine'] = getinfo;
  ping.params.properties['more'] = { type: 'u8' };
  delete ping.params.properties['len'];
  xpay.params.properties['maxfee'] = { type: 'sat' };
  xpay.params.required = [];
  connect.params.properties = { port: { type: 'u16' }, ...connect.params.properties };
  stop.result.properties['more'] = {};
  stop.errors = [1];
  const after = { ...facts, commands: commands as unknown as Facts['commands'], hooks: {} };
  expect(changesBetween(facts, after).slice(0, 11)).toEqual([
    'removed: command addgossip',
    'changed: command connect: order of parameters',
    'new: command mine',
    'changed: command ping: removed parameter len',
    'changed: command ping: new parameter more',
    'changed: command stop: errors',
    'changed: command stop: result',
    'changed: command xpay: changed parameter maxfee',
    'changed: command xpay: required parameters',
    'removed: hook commitment_revocation',
    'removed: hook custommsg',
  ]);
});

test('missing texts are listed', () => {
  const facts = readCorrectedFacts();
  expect(missingTexts(facts, descriptions)).toEqual([]);
  const commands = changeable(facts);
  const { getinfo, ping } = commands;
  if (!getinfo || !ping) throw new Error('a command is missing');
  commands['mine'] = getinfo;
  ping.params.properties['more'] = { type: 'u8' };
  ping.params.properties['dev_more'] = { type: 'u8', hidden: true } as object;
  const notifications = { mine: { notification: 'mine', response: {} } };
  const after = { ...facts, commands: commands as unknown as Facts['commands'], notifications };
  expect(missingTexts(after, descriptions)).toEqual([
    'no text: parameter ping.more',
    'no summary: command mine',
    'no text: notification mine',
  ]);
});

test('a correction of something that has changed is an error', () => {
  const facts: Facts = { ...readFacts(), commands: {} };
  expect(() => applyCorrections(facts, readCorrections())).toThrow(/does not exist/);
});
