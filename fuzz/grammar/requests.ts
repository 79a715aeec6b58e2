import type { Item } from '../case.ts';
import type { Random } from '../random.ts';

/** An unambiguous request and its acceptable statuses. */
export interface ValidRequest {
  readonly kind: string;
  readonly method: string;
  readonly target: string;
  readonly headers?: readonly string[];
  readonly body?: readonly string[];
  readonly status: readonly number[];
  readonly waits?: true;
  readonly last?: true;
}

/** Headers that clients may add. */
const EXTRAS = [
  'User-Agent: fuzz',
  'Accept: */*',
  'Accept-Encoding: gzip, br',
  'Accept-Encoding: br;q=0, gzip;q=0.1, identity',
  'Accept-Language: de, en;q=0.5',
  'Cache-Control: no-cache',
  'Nodeid: 02cff32286c8a37791fbb356a667a39a339a38d984cf23d593b571845d5aee1b75',
  'X-Anything: {{y*200}}',
  'Cookie: a=b; c=d',
  'Origin: https://fuzz.example',
  'Connection: keep-alive',
] as const;

const GET_PAGES = ['/', '/runes', '/events', '/favicon.ico', '/pages/runes.css', '/swagger.json'];
const SIGNED = ['a', 'one two', '{{m*300}}', '12', 'true', ''] as const;

/** Returns a request as an item. */
export function requestItem(random: Random, request: ValidRequest, version = 'HTTP/1.1'): Item {
  const { kind, method, target, headers = [], body, status, waits, last } = request;
  const extras = random.times(
    random.weighted([
      [5, 0],
      [2, 1],
      [1, 4],
    ]),
    () => random.pick(EXTRAS),
  );
  const isOldest = version === 'HTTP/1.0';
  return {
    kind: isOldest ? `${kind}, HTTP/1.0` : kind,
    head: [
      `${method} ${target} ${version}`,
      random.pick(['Host: fuzz', 'host: 127.0.0.1', 'HOST: [::1]:3010']),
      ...headers,
      ...extras.filter((line) => !line.startsWith('Connection') || !isOldest),
      ...(body === undefined ? [] : ['Content-Length: {{length}}']),
    ],
    ...(body === undefined ? {} : { body }),
    status,
    ...(waits === undefined ? {} : { waits }),
    ...(isOldest || last ? { last: true } : {}),
  };
}

/** Returns a request that is valid HTTP. The gateway can still refuse it for its rune or its command. */
export function validRequest(random: Random): ValidRequest {
  return random.weighted([
    [14, readPage],
    [14, call],
    [8, callInFormat],
    [5, refusedRune],
    [5, registered],
    [3, notFound],
    [2, events],
    [2, wait],
    [2, options],
    [1, expectContinue],
  ])(random);
}

function readPage(random: Random): ValidRequest {
  const method = random.pick(['GET', 'HEAD']);
  const accept = random.pick([undefined, 'text/html', 'application/json', 'text/plain']);
  return random.weighted<ValidRequest>([
    [
      10,
      {
        kind: 'list-methods',
        method,
        target: random.pick([
          '/v1/list-methods',
          '/v1/list-methods?x=y',
          'http://x/v1/list-methods',
        ]),
        headers: accept === undefined ? [] : [`Accept: ${accept}`],
        status: [200],
      },
    ],
    [2, { kind: 'page', method: 'HEAD', target: random.pick(GET_PAGES), status: [200, 404] }],
    [1, { kind: 'page', method, target: random.pick(GET_PAGES), status: [200, 404] }],
    [0.3, { kind: 'openapi', method, target: '/openapi.json', status: [200] }],
  ]);
}

function call(random: Random): ValidRequest {
  const [method, body, status] = random.pick([
    ['getinfo', undefined, [201]],
    ['getinfo', '{}', [201]],
    ['getinfo', '', [201]],
    ['getinfo', '[]', [201]],
    ['getinfo', '{"x":1}', [500]],
    ['listpeers', '{}', [201]],
    ['no-such-command', '{}', [404]],
    ['signmessage', '{"message":"x"}', [201]],
    ['signmessage', '["{{x*500}}"]', [201]],
    ['listdatastore', '{"key":["fuzz"]}', [201]],
    ['datastore', '{"key":["fuzz","a"],"string":"b","mode":"create-or-replace"}', [201]],
    ['getlog', '{"level":"broken"}', [201]],
  ] as const);
  return {
    kind: 'call',
    method: 'POST',
    target: `/v1/${method}`,
    headers: ['Rune: {{rune}}'],
    ...(body === undefined ? {} : { body: [body] }),
    status,
  };
}

function callInFormat(random: Random): ValidRequest {
  const text = random.pick(SIGNED);
  const [type, body] = random.pick([
    ['application/json', `{"message":"${text}"}`],
    ['application/yaml', `message: "${text}"\n`],
    ['text/xml', `<signmessage><message type="string">${text}</message></signmessage>`],
    ['application/x-www-form-urlencoded', `message=${text.replaceAll(' ', '+')}`],
  ] as const);
  const accept = random.pick([
    'application/json',
    'application/yaml',
    'application/xml',
    'application/x-www-form-urlencoded',
    'text/yaml;q=0.5, text/xml;q=0.5',
  ]);
  return {
    kind: `call in ${type}`,
    method: 'POST',
    target: '/v1/signmessage',
    headers: [
      'Rune: {{rune}}',
      `Content-Type: ${type}${random.pick(['', '; charset=utf-8', ';charset="UTF-8"'])}`,
      `Accept: ${accept}`,
    ],
    body: [body],
    status: [201],
  };
}

function refusedRune(random: Random): ValidRequest {
  const [rune, status] = random.pick([
    [undefined, [403]],
    ['', [403]],
    ['{{narrow}}', [401]],
    ['{{foreign}}', [401]],
    ['{{blacklisted}}', [401]],
    ['{{rune}}AAAA', [401]],
    ['{{A*300}}', [401]],
    ['{{A*9000}}', [401]],
    ['{{%*200}}', [401]],
    ['{{rune}}, {{rune}}', [401]],
    ['\xff\xfe', [400, 401]],
  ] as const);
  return {
    kind: 'refused rune',
    method: 'POST',
    target: '/v1/listpeers',
    headers: rune === undefined ? [] : [`Rune: ${rune}`],
    // The gateway may close the connection without reading the body.
    ...(random.chance(0.5)
      ? { body: [random.pick(['{}', '{"a":"{{b*5000}}"}'])], last: true }
      : {}),
    status,
  };
}

function registered(random: Random): ValidRequest {
  return random.pick<ValidRequest>([
    { kind: 'registered path', method: 'GET', target: '/fuzz/info', status: [201] },
    { kind: 'registered path', method: 'DELETE', target: '/fuzz/info', status: [405] },
    {
      kind: 'registered path',
      method: 'GET',
      target: `/fuzz/invoice/${random.pick(['a', '%41', '{{l*100}}', 'a?index=created&start=1'])}`,
      headers: ['Rune: {{rune}}'],
      status: [201, 500],
    },
    {
      kind: 'registered path',
      method: 'PUT',
      target: '/fuzz/sign/hello',
      headers: ['Rune: {{rune}}'],
      body: [random.pick(['', '{}', '{"message":"twice"}'])],
      status: [201, 406],
    },
    {
      kind: 'registered path',
      method: 'GET',
      target: `/fuzz/invoice/a?${random.pick(['%zz', 'a[b=1', '{{a[]=1&*50}}', '{{a[b]*20}}=1'])}`,
      headers: ['Rune: {{rune}}'],
      status: [201, 400, 406, 500],
    },
  ]);
}

function notFound(random: Random): ValidRequest {
  return {
    kind: 'not found',
    method: random.pick(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']),
    target: random.pick([
      '/nowhere',
      '/v1/',
      '/v1',
      '/v2/getinfo',
      '/x/v1/getinfo',
      '//',
      '/v1/a/b',
    ]),
    status: [204, 404, 405],
  };
}

function events(random: Random): ValidRequest {
  return {
    kind: 'server-sent events',
    method: 'GET',
    target: `/v1/notifications${random.pick(['', '?topics=invoice_creation', '?topics=none'])}`,
    headers: [
      `Rune: ${random.pick(['{{rune}}', '{{readonly}}'])}`,
      ...random.pick([
        [],
        ['Last-Event-ID: 0'],
        ['Last-Event-ID: a9c6ac28-2'],
        ['Last-Event-ID: {{9*40}}'],
      ]),
    ],
    status: [200],
    waits: true,
  };
}

function wait(random: Random): ValidRequest {
  const [method, body] = random.pick([
    ['waitanyinvoice', '{}'],
    ['wait', '{"subsystem":"invoices","indexname":"created","nextvalue":99999999}'],
    ['waitblockheight', '{"blockheight":99999,"timeout":600}'],
  ] as const);
  return {
    kind: 'waiting call',
    method: 'POST',
    target: `/v1/${method}`,
    headers: ['Rune: {{rune}}'],
    body: [body],
    status: [201, 500],
    waits: true,
  };
}

function options(random: Random): ValidRequest {
  return {
    kind: 'preflight',
    method: 'OPTIONS',
    target: random.pick(['/v1/getinfo', '/v1/list-methods', '/', '/fuzz/info']),
    headers: [
      'Origin: https://fuzz.example',
      'Access-Control-Request-Method: POST',
      'Access-Control-Request-Headers: rune, content-type',
    ],
    status: [204],
  };
}

function expectContinue(random: Random): ValidRequest {
  return {
    ...call(random),
    kind: 'expect',
    target: '/v1/listpeers',
    headers: ['Rune: {{rune}}', 'Expect: 100-continue'],
    body: ['{}'],
    status: [201],
  };
}
