import fc from 'fast-check';
import { load, YAML11_SCHEMA } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { canonicalParameters } from '../parameters/canonical-json.ts';
import { formToParameters } from '../parameters/form.ts';
import { xmlToParameters } from '../parameters/xml.ts';
import { yamlToParameters } from '../parameters/yaml.ts';
import { jsonOf, type JsonTree, someTree } from '../testing/json-tree.ts';
import { translated } from '../testing/translated.ts';

const cuts = fc.array(fc.nat(), { maxLength: 5 });
const RUNS = { numRuns: 500 };

/** Wraps a value in an object, because parameters are objects. */
const around = (tree: JsonTree): string => `{"value":${jsonOf(tree)}}`;

describe('a result translates back to the same JSON', () => {
  test('from YAML', async () => {
    const property = fc.asyncProperty(someTree(), cuts, async (tree, cuts) => {
      const yaml = await translated(around(tree), 'yaml', 'm', cuts);
      expect(yamlToParameters(yaml)).toBe(canonicalParameters(around(tree)));
    });
    await fc.assert(property, RUNS);
  });

  test('from XML, except arrays of one value and empty arrays', async () => {
    const property = fc.asyncProperty(someTree(), cuts, async (tree, cuts) => {
      const xml = await translated(around(tree), 'xml', 'm', cuts);
      const isOmitted = Array.isArray(tree) && tree.length === 0;
      const expected = isOmitted ? '{}' : canonicalParameters(around(asElements(tree)));
      expect(xmlToParameters(xml, 'm')).toBe(expected);
    });
    await fc.assert(property, RUNS);
  });

  test('from a form, with all values as text', async () => {
    const key = fc.stringMatching(/^[a-z_][a-z0-9_ é&=%+]{0,5}$/);
    const property = fc.asyncProperty(someTree(key), cuts, async (tree, cuts) => {
      const form = await translated(around(tree), 'form', 'm', cuts);
      expect(formToParameters(form)).toBe(canonicalParameters(around(asText(tree))));
    });
    await fc.assert(property, RUNS);
  });
});

test('a parser of YAML 1.1 reads all strings as strings', async () => {
  const strings = (tree: JsonTree): JsonTree => {
    if (Array.isArray(tree)) return tree.map((item: JsonTree) => strings(item));
    if (tree instanceof Map) {
      return new Map([...(tree as ReadonlyMap<string, JsonTree>)].map(([k, v]) => [k, strings(v)]));
    }
    return typeof tree === 'string' ? tree : 'x';
  };
  const property = fc.asyncProperty(someTree(), async (tree) => {
    const json = jsonOf(strings(tree));
    const read = load(await translated(json, 'yaml'), { schema: YAML11_SCHEMA, maxDepth: 1_000 });
    expect(read).toEqual(JSON.parse(json));
  });
  await fc.assert(property, RUNS);
});

/** The value of a key after XML: an array of one value becomes that value, an empty array is omitted. */
function asElements(tree: JsonTree): JsonTree {
  if (Array.isArray(tree)) {
    const [first, ...others] = tree as readonly JsonTree[];
    const isSingle = first !== undefined && others.length === 0 && !Array.isArray(first);
    return isSingle ? asElements(first) : tree.map((item: JsonTree) => asItem(item));
  }
  return asItem(tree);
}

function asItem(tree: JsonTree): JsonTree {
  if (Array.isArray(tree)) return tree.map((item: JsonTree) => asItem(item));
  if (!(tree instanceof Map)) return tree;
  const members = [...(tree as ReadonlyMap<string, JsonTree>)].filter(([, value]) => {
    return !Array.isArray(value) || value.length > 0;
  });
  return new Map(members.map(([key, value]) => [key, asElements(value)]));
}

/** A value after a form. */
function asText(tree: JsonTree): JsonTree {
  if (Array.isArray(tree)) {
    return tree.length === 0 ? '' : tree.map((item: JsonTree) => asText(item));
  }
  if (tree instanceof Map) {
    const members = [...(tree as ReadonlyMap<string, JsonTree>)];
    return members.length === 0 ? '' : new Map(members.map(([key, value]) => [key, asText(value)]));
  }
  if (tree === null) return '';
  return typeof tree === 'string' ? tree : jsonOf(tree);
}
