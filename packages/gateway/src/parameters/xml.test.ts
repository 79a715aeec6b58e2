import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Refusal } from '../refusals.ts';
import { xmlToParameters } from './xml.ts';

function outcome(text: string, method = 'm'): string {
  try {
    return xmlToParameters(text, method);
  } catch (error) {
    if (error instanceof Refusal) return error.kind;
    throw error;
  }
}

describe('xmlToParameters', () => {
  test.each([
    ['<m/>', '{}'],
    ['<m></m>', '{}'],
    ['<m>\n</m>\n', '{}'],
    ['<m type="object"/>', '{}'],
    ['<m type="array"/>', '[]'],
    ['<?xml version="1.0" encoding="UTF-8"?>\n<m><a>x</a></m>', '{"a":"x"}'],
    ['<m>\n  <a>x</a>\n  <b>\n    <c>y</c>\n  </b>\n</m>', '{"a":"x","b":{"c":"y"}}'],
    ['<m><e>x</e><e>y</e></m>', '{"e":["x","y"]}'],
    ['<m><e>x</e><b>z</b><e><c>y</c></e></m>', '{"e":["x",{"c":"y"}],"b":"z"}'],
    ['<m><e type="array"><item>x</item></e></m>', '{"e":["x"]}'],
    ['<m><e type="array"><a>x</a><b>1</b></e></m>', '{"e":["x",1]}'],
    ['<m><e type="array"/></m>', '{"e":[]}'],
    ['<m type="array"><a>1000</a><a>x</a><a type="null"/></m>', '[1000,"x",null]'],
    ['<m><a/><b></b><c type="object"/></m>', '{"a":"","b":"","c":{}}'],
    ['<m><a type="null"/><b><c type="null"></c></b></m>', '{"b":{"c":null}}'],
    ['<m><a type="string">12</a><b type="string"/></m>', '{"a":"12","b":""}'],
    ['<m><a type="number"> 12\n</a><b type="boolean">true</b></m>', '{"a":12,"b":true}'],
    ['<m><a>12<!-- c --></a><?pi x?></m>', '{"a":12}'],
    ['<m><a>1<!-- c -->2</a></m>', '{"a":12}'],
    ['<m><a> x\n y </a></m>', '{"a":" x\\n y "}'],
    ['<m><a>&lt;&amp;&#65;&#x1F600;&quot;&apos;&gt;</a></m>', '{"a":"<&A😀\\"\'>"}'],
    ['<m><a><![CDATA[<b>&amp;]]></a></m>', '{"a":"<b>&amp;"}'],
    ['<m><a>x&#13;\r\ny</a></m>', '{"a":"x\\r\\ny"}'],
    [
      '<m><a escaped="true">\\u0001"\\\\\\"\n\\n\\ud83d\\ude00</a></m>',
      `{"a":"\\u0001\\"\\\\\\"\\n\\n😀"}`,
    ],
    ['<m><a escaped="true">12</a><b escaped="true"/></m>', '{"a":"12","b":""}'],
    ['<m><a escaped="false">\\n</a></m>', '{"a":"\\\\n"}'],
    ['<m><_x0031_st>x</_x0031_st><_x_>y</_x_></m>', '{"1st":"x","":"y"}'],
    ['<m><é>x</é></m>', '{"é":"x"}'],
    [
      '<m><__proto__>1</__proto__><constructor>2</constructor></m>',
      '{"__proto__":1,"constructor":2}',
    ],
    ["<m><a type='string'>1</a></m>", '{"a":"1"}'],
  ])('%s', (xml, json) => {
    expect(outcome(xml)).toBe(json);
  });

  test.each([
    ['18446744073709551615', '18446744073709551615'],
    ['0.1000', '0.1000'],
    ['-0', '-0'],
    ['1e400', '1e400'],
    [' 5 ', '5'],
    ['true', 'true'],
    ['\nfalse', 'false'],
    ['True', '"True"'],
    ['007', '"007"'],
    ['+5', '"+5"'],
    ['0x10', '"0x10"'],
    ['.5', '".5"'],
    ['null', '"null"'],
    ['1 2', '"1 2"'],
    ['\u00a05', '"\u00a05"'],
  ])('text %j is %s', (text, json) => {
    expect(outcome(`<m><a>${text}</a></m>`)).toBe(`{"a":${json}}`);
  });

  test.each([
    ['nothing', ' ', 'bad_xml'],
    ['another root', '<pay><a>1</a></pay>', 'bad_xml'],
    ['two roots', '<m/><m/>', 'bad_xml'],
    ['text before the root', 'x<m/>', 'bad_xml'],
    ['missing end tags', '<m><a>', 'bad_xml'],
    ['tags that do not match', '<m><a></m></a>', 'bad_xml'],
    ['a document type', '<!DOCTYPE m><m/>', 'bad_xml'],
    ['an entity', '<!DOCTYPE m [<!ENTITY a "b">]><m><k>&a;</k></m>', 'bad_xml'],
    [
      'a file',
      '<!DOCTYPE m [<!ENTITY a SYSTEM "file:///etc/passwd">]><m><k>&a;</k></m>',
      'bad_xml',
    ],
    ['an unknown entity', '<m><a>&nbsp;</a></m>', 'bad_xml'],
    ['a bare ampersand', '<m><a>a & b</a></m>', 'bad_xml'],
    ['a reference to NUL', '<m><a>&#0;</a></m>', 'bad_xml'],
    ['a reference to a lone surrogate', '<m><a>&#xD800;</a></m>', 'bad_xml'],
    ['a control character', '<m><a>\u0001</a></m>', 'bad_xml'],
    ['the end of CDATA', '<m><a>]]></a></m>', 'bad_xml'],
    ['a namespace', '<m xmlns="urn:x"><a>1</a></m>', 'bad_xml'],
    ['a prefix', '<m><p:a>1</p:a></m>', 'bad_xml'],
    ['an attribute', '<m><a id="1">1</a></m>', 'bad_xml'],
    ['an attribute twice', '<m><a type="string" type="null">1</a></m>', 'bad_xml'],
    ['an unknown type', '<m><a type="date">1</a></m>', 'bad_xml'],
    ['an empty type', '<m><a type="">1</a></m>', 'bad_xml'],
    ['an unknown escaped', '<m><a escaped="yes">1</a></m>', 'bad_xml'],
    ['text before elements', '<m><a>t<b>1</b></a></m>', 'bad_xml'],
    ['text after elements', '<m><b>1</b>t</m>', 'bad_xml'],
    ['text in an array', '<m><a type="array">t</a></m>', 'bad_xml'],
    ['elements in a string', '<m><a type="string"><b>1</b></a></m>', 'bad_xml'],
    ['elements in an escaped string', '<m><a escaped="true"><b>1</b></a></m>', 'bad_xml'],
    ['text in null', '<m><a type="null">x</a></m>', 'bad_xml'],
    ['an invalid number', '<m><a type="number">0x10</a></m>', 'bad_xml'],
    ['an invalid boolean', '<m><a type="boolean">yes</a></m>', 'bad_xml'],
    ['an escaped number', '<m><a type="number" escaped="true">1</a></m>', 'bad_xml'],
    ['an invalid escape', '<m><a escaped="true">\\x</a></m>', 'bad_xml'],
    ['a backslash at the end', '<m><a escaped="true">a\\</a></m>', 'bad_xml'],
    ['a lone surrogate', '<m><a escaped="true">\\ud800</a></m>', 'bad_xml'],
    ['a lone surrogate in a name', '<m><_xD800_>1</_xD800_></m>', 'bad_xml'],
    ['another encoding', '<?xml version="1.0" encoding="ISO-8859-1"?><m/>', 'bad_xml'],
    ['XML 1.1', '<?xml version="1.1"?><m/>', 'bad_xml'],
    ['names that differ in punctuation', '<m><a_b>1</a_b><ab>2</ab></m>', 'ambiguous_parameters'],
    ['a name with a quote', '<m><_x0022_>1</_x0022_></m>', 'impossible_parameter'],
    ['a string', '<m>text</m>', 'not_parameters'],
    ['a number', '<m>5</m>', 'not_parameters'],
    ['deep elements', '<m>'.repeat(80_000), 'too_complex'],
    ['many values', `<m>${'<a/>'.repeat(100_001)}</m>`, 'too_complex'],
    ['a long number', `<m><a>${'1'.repeat(1_001)}</a></m>`, 'too_complex'],
  ])('refuses %s', (_, xml, kind) => {
    expect(outcome(xml)).toBe(kind);
  });

  test('names the expected root and does not quote the document', () => {
    expect(() => xmlToParameters('<a/>', 'getinfo')).toThrow(
      /^Body is not valid XML: Use rpc method name as root element: `getinfo`$/,
    );
    expect(() => xmlToParameters('<m>\n<secret>&secret;</secret></m>', 'm')).toThrow(
      /^Body is not valid XML: syntax error in line 2$/,
    );
  });

  test('reads the escaped root of a method whose name is not an XML name', () => {
    expect(outcome('<_x0032_fa-test><a>1</a></_x0032_fa-test>', '2fa-test')).toBe('{"a":1}');
  });

  test('returns parameters or throws a refusal for any text', () => {
    const parts = '<a> </a> <b/> <![CDATA[ ]]> <!-- --> &lt; &#1; <?p ?>'.split(' ');
    const attributes = [' type="array"', ' escaped="true"'];
    const unit = fc.constantFrom(...'ab1<>/&;="\'!?-[] \n\\', ...parts, ...attributes);
    const property = fc.property(fc.string({ unit, size: '+1' }), (text) => {
      expect(outcome(`<m>${text}</m>`)).toMatch(/^[[{]|^[a-z_]+$/);
    });
    fc.assert(property, { numRuns: 2_000 });
  });
});
