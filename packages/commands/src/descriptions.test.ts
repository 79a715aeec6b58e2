import { describe, expect, test } from 'vitest';
import { CATEGORIES } from './descriptions/index.ts';
import { HOOKS, NOTIFICATIONS } from './descriptions/events.ts';
import { categories, describeCommand, describeField } from './descriptions.ts';
import { COMMAND_FACTS } from './facts.ts';
import { commandSchemas, hookSchemas, notificationSchemas } from './schema-table.ts';

const MAX_WORDS = 25;
/** Parameters that are for lightningd's own plugins, and hidden. */
const WITHOUT_TEXT = new Set(['injectpaymentonion.blinding']);

const described = Object.values(CATEGORIES).flatMap(({ commands }) => Object.keys(commands));
const names = Object.keys(COMMAND_FACTS);

test('each command has exactly one category', () => {
  expect(described.toSorted()).toEqual(names.toSorted());
  expect(names).toHaveLength(162);
});

describe.each(names)('%s', (name) => {
  const texts = describeCommand(name);

  test('has a summary that starts with a verb in the third person', () => {
    expect(texts?.summary).toMatch(/^[A-Z][a-z]*s\b.*[^.]\.$/);
  });

  test('describes each parameter', () => {
    const { positions } = COMMAND_FACTS[name as keyof typeof COMMAND_FACTS];
    const missing = positions.filter((param) => texts?.params[param] === undefined);
    expect(missing.filter((param) => !WITHOUT_TEXT.has(`${name}.${param}`))).toEqual([]);
  });

  test('has short sentences', () => {
    const all = [
      texts?.summary ?? '',
      texts?.description ?? '',
      ...Object.values(texts?.params ?? {}),
    ];
    expect(all.flatMap(longSentences)).toEqual([]);
    expect(all.filter((text) => text !== '' && !/^[A-Z0-9`].*[.]$/.test(text))).toEqual([]);
  });
});

test('each described parameter exists', () => {
  const unknown = Object.values(CATEGORIES).flatMap(({ commands }) =>
    Object.entries(commands).flatMap(([name, { params = {} }]) => {
      const known = commandSchemas[name as keyof typeof commandSchemas].params.properties ?? {};
      return Object.keys(params)
        .filter((param) => !Object.hasOwn(known, param))
        .map((param) => `${name}.${param}`);
    }),
  );
  expect(unknown).toEqual([]);
});

test('each notification and hook has a sentence', () => {
  expect(Object.keys(NOTIFICATIONS).toSorted()).toEqual(
    Object.keys(notificationSchemas).toSorted(),
  );
  expect(Object.keys(HOOKS).toSorted()).toEqual(Object.keys(hookSchemas).toSorted());
  expect([...Object.values(NOTIFICATIONS), ...Object.values(HOOKS)].flatMap(longSentences)).toEqual(
    [],
  );
});

test('commands of other plugins have no texts', () => {
  expect(describeCommand('mine')).toBeUndefined();
  expect(describeCommand('toString')).toBeUndefined();
  expect(describeField('toString')).toBeUndefined();
});

test('a text states a default once', () => {
  expect(describeCommand('xpay')?.params['retry_for']).toContain('Default: 60 seconds.');
  const texts = names.flatMap((name) => Object.values(describeCommand(name)?.params ?? {}));
  expect(texts.filter((text) => text.split('Default:').length > 2)).toEqual([]);
});

test('versions come from the facts', () => {
  expect(describeCommand('pay')).toMatchObject({
    category: 'payments',
    deprecated: ['v26.06', 'v27.03'],
  });
  expect(describeCommand('decode')).toMatchObject({ added: 'v23.05' });
  expect(new Set(categories.map(({ name }) => name)).size).toBe(categories.length);
});

function longSentences(text: string): string[] {
  return text.split(/(?<=[.:;])\s/).filter((sentence) => sentence.split(' ').length > MAX_WORDS);
}
