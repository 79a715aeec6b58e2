import type { Item } from '../case.ts';
import type { Random } from '../random.ts';

const JSON_BODIES = [
  '{{[*100000}}',
  '{{[*60}}{{]*60}}',
  '{{{"a":*3000}}',
  '{{{"a":*60}}1{{}*60}}',
  '[{{1,*99000}}1]',
  '[{{1,*200000}}1]',
  '{"a":{{9*5000}}}',
  '{"a":{{9*999}}}',
  '{"a":1e{{9*500}}}',
  '{"a":1,"a":2}',
  '{"a":1,"\\u0061":2}',
  '{"amount_msat":1,"amountmsat":2}',
  '{"__proto__":{"a":1},"constructor":1}',
  '"{{\\/a*1000}}"',
  '"{{\\ud800*1000}}"',
  '{"a":"{{\\u0000*1000}}"}',
  '{"a":"\xff\xfe"}',
  '\xef\xbb\xbf{}',
  '{"a":1}{"b":2}',
  '{{ *50000}}{}',
  '{"a":tru',
  "{'a':1}",
  'NaN',
  'null',
  '-',
  '{"a":-0,"b":0.10,"c":1E+2}',
] as const;

const YAML_BODIES = [
  'a: &x [1]\nb: *x\n',
  '{{- *2000}}1',
  '{{[*5000}}',
  '{{a: {*2000}}',
  '{{? *2000}}',
  'a: |\n{{ x\n*3000}}',
  'a: >-\n{{\n*20000}}',
  '--- \n--- \n',
  '%YAML 1.1\n---\na: 1\n',
  '!!binary x',
  '<<: {a: 1}',
  '{{"*3000}}',
  "'{{''*5000}}",
  '{{#\n*20000}}a: 1',
  '{{a{{ *3000}}: 1',
  '\t- a',
  '{{ *100000}}',
  '{{- a\n*5000}}',
  '\xff',
] as const;

const XML_BODIES = [
  '{{<a>*20000}}',
  '{{<a>*60}}x{{</a>*60}}',
  '<!DOCTYPE a [<!ENTITY x "y">]><getinfo>&x;</getinfo>',
  '<getinfo {{a="b" *4000}}/>',
  '<getinfo>{{<a/>*20000}}</getinfo>',
  '<getinfo>{{&lt;*20000}}</getinfo>',
  '<getinfo>{{&#x41;*10000}}</getinfo>',
  '<getinfo><![CDATA[{{]]*20000}}',
  '<!--{{-*50000}}',
  '<?xml version="1.0" encoding="UTF-16"?><getinfo/>',
  '<getinfo><x type="array"><y/></x></getinfo>',
  '<getinfo>{{ *100000}}',
  '<{{a*60000}}/>',
  '<x:getinfo/>',
  '<getinfo',
] as const;

const FORM_BODIES = [
  '{{a[]=1&*20000}}',
  'a{{[b]*3000}}=1',
  '{{+*50000}}',
  '{{%*10000}}',
  'a={{%41*20000}}',
  'a[0]=1&a[2]=2',
  'a[=1',
  'a]=1',
  '{{&*50000}}',
  '{{=*50000}}',
  'a=1&a=2',
  '__proto__[a]=1',
  'a={{%ff*1000}}',
] as const;

const FORMATS = [
  ['application/json', JSON_BODIES],
  ['application/yaml', YAML_BODIES],
  ['application/xml', XML_BODIES],
  ['application/x-www-form-urlencoded', FORM_BODIES],
] as const;

/** Bodies of the largest accepted size. */
const HUGE = [
  ['application/json', '["{{\\/a*1300000}}"]'],
  ['application/json', '["{{a*4000000}}"]'],
  ['application/json', '{{ *4194300}}[]'],
  ['application/yaml', '{{- a: [1, 2]\n*15000}}'],
  ['application/yaml', 'a: "{{\\x41*60000}}"'],
  ['application/xml', '<getinfo>{{<a>1</a>*29000}}</getinfo>'],
  ['application/x-www-form-urlencoded', '{{+*4194304}}'],
  ['application/x-www-form-urlencoded', '{{a&*1500000}}'],
] as const;

/** Rune headers for hostile bodies: the gateway does not read the body for all of them. */
const RUNES = ['{{rune}}', '{{rune}}', '{{rune}}', '{{foreign}}', 'no rune'] as const;

/** The statuses that a hostile body can get. */
const ANY = [201, 400, 401, 403, 404, 406, 408, 413, 415, 500];

/** A correctly framed request with a hostile body. */
export function hostileBody(random: Random): Item {
  const [type, bodies] = random.pick(FORMATS);
  const text = random.pick<string>(bodies);
  const body = random.chance(0.25) ? spoiled(random, text) : text;
  // The declared format can differ from the body's format.
  const declared = random.chance(0.1) ? random.pick(FORMATS)[0] : type;
  return withBody(`body of ${type}`, declared, random.pick(RUNES), body);
}

/** A request with a body of the largest accepted size, or larger. */
export function hugeBody(random: Random): Item {
  const [type, body] = random.pick(HUGE);
  return withBody('huge body', type, random.pick(['{{rune}}', '{{foreign}}']), body);
}

/** A refused upgrade, followed by more bytes than a server should buffer. */
export function endlessBody(random: Random): Item {
  const count = random.pick([1_000_000, 20_000_000, 64_000_000]);
  const upgrade = random.chance(0.7)
    ? [`Connection: Upgrade`, `Upgrade: ${random.pick(['h2c', 'websocket'])}`]
    : [];
  return {
    kind: 'endless body',
    head: [
      random.pick(['POST /v1/getinfo HTTP/1.1', 'CONNECT x:80 HTTP/1.1', 'GET /nowhere HTTP/1.1']),
      'Host: fuzz',
      ...upgrade,
      `Content-Length: ${random.pick([count, 4_000_000, 10])}`,
    ],
    body: [`{{z*${count}}}`],
  };
}

/** A request with an incomplete body. */
export function unfinishedBody(random: Random): Item {
  const upgrade = random.chance(0.3) ? ['Connection: Upgrade', 'Upgrade: h2c'] : [];
  return {
    kind: 'unfinished body',
    head: [
      'POST /v1/getinfo HTTP/1.1',
      'Host: fuzz',
      `Rune: ${random.pick(RUNES)}`,
      ...upgrade,
      random.pick(['Content-Length: 4194303', 'Content-Length: 100', 'Transfer-Encoding: chunked']),
    ],
    body: [random.pick(['', '{', '5\r\n{', '{{[*90}}', '{{a*60000}}'])],
  };
}

function withBody(kind: string, type: string, rune: string, body: string): Item {
  return {
    kind,
    head: [
      'POST /v1/getinfo HTTP/1.1',
      'Host: fuzz',
      `Rune: ${rune}`,
      `Content-Type: ${type}`,
      'Content-Length: {{length}}',
    ],
    body: [body],
    status: ANY,
  };
}

function spoiled(random: Random, text: string): string {
  const at = random.int(0, text.length + 1);
  const by = random.pick(['', '\0', '"', '\\', '\xff', '{{a*3000}}', '{', ']', '<', '&']);
  return text.slice(0, at) + by + text.slice(random.chance(0.5) ? at : text.length);
}
