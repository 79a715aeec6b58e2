import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { expect, test } from 'vitest';
import { someText } from '../testing/json-tree.ts';
import { keyOfXmlName, xmlName } from './xml-name.ts';

test.each([
  ['amount_msat', 'amount_msat'],
  ['our-features.v2', 'our-features.v2'],
  ['1st', '_x0031_st'],
  ['-a', '_x002D_a'],
  ['a b', 'a_x0020_b'],
  ['a:b', 'a_x003A_b'],
  ['é', '_x00E9_'],
  ['😀', '_xD83D__xDE00_'],
  ['', '_x_'],
  ['_x_', '_x005F_x_'],
  ['_x0041_', '_x005F_x0041_'],
  ['_x00411_', '_x00411_'],
  ['<script>', '_x003C_script_x003E_'],
])('the key %j is the element %s', (key, name) => {
  expect(xmlName(key)).toBe(name);
  expect(keyOfXmlName(name)).toBe(key);
});

test('every key has a valid XML name, which maps back to the key', () => {
  const tricky = fc.string({
    unit: fc.constantFrom('_', 'x', '0', '4', '1', 'F', 'é'),
    size: '+1',
  });
  const property = fc.property(fc.oneof(someText, tricky), (key) => {
    const name = xmlName(key);
    const parser = new SaxesParser();
    parser.on('error', (error) => {
      throw error;
    });
    parser.write(`<${name}/>`).close();
    expect(keyOfXmlName(name)).toBe(key);
  });
  fc.assert(property, { numRuns: 2_000 });
});
