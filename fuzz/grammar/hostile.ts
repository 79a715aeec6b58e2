import type { Item } from '../case.ts';
import type { Random } from '../random.ts';

const CONTENT_TYPES = [
  'application/json; charset={{ *3000}}"x"y',
  'application/json; charset={{ *300}}"x"y',
  'application/json; charset={{ *15000}}"x"y',
  'application/json;{{ ;*1500}}',
  'application/json; charset="{{\\"*2000}}',
  'application/yaml; {{a=b; *800}}',
  'multipart/form-data; boundary={{-*70}}',
  'text/xml; charset=utf-16',
  'application/json; charset=',
  '/',
  ';',
  '{{a*8000}}',
  'application/json, text/xml',
] as const;

const ACCEPTS = [
  '{{text/x;q=0.1, *900}}',
  '{{a/b;q=*2000}}',
  'application/json;q={{9*3000}}',
  '{{,*12000}}',
  '*/*;q=0',
  'text/html;"{{\\*3000}}',
] as const;

/** Unusual and invalid headers. */
const HEADERS = [
  'Host: second',
  'Host:',
  'Connection: Upgrade',
  'Connection: close',
  'Connection: keep-alive, Upgrade, close, TE',
  'Upgrade: h2c',
  'Upgrade: websocket',
  'Upgrade: {{a,*2000}}',
  'HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA',
  'Expect: 100-continue',
  'Expect: 200-ok',
  'Expect: {{100-continue, *500}}',
  'Content-Length: 0',
  'Content-Length: 5',
  'Content-Length: 4194304',
  'Content-Length: 99999999999',
  'Content-Length: 18446744073709551616',
  'Content-Length: -1',
  'Content-Length: +5',
  'Content-Length: 0x10',
  'Content-Length: 5, 5',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: identity',
  'Transfer-Encoding: gzip, chunked',
  'Transfer-Encoding: chunked, chunked',
  'Transfer-Encoding:\x0bchunked',
  'Content-Encoding: gzip',
  'TE: trailers',
  'Trailer: Rune',
  'Rune: {{rune}}',
  'Rune: {{foreign}}',
  'Accept-Encoding: {{br;q=0.1,*1200}}',
  'Accept-Encoding: *;q=0',
  'Origin: {{q*38}}',
  'Origin: http://{{q*3000}}',
  'Origin: null',
  'Last-Event-ID: {{0*12000}}',
  'Range: bytes=0-{{,0-*1000}}',
  'If-None-Match: {{"a",*2000}}',
  'Access-Control-Request-Headers: {{a,*6000}}',
  'X-Large: {{x*17000}}',
  'X-Nearly-Large: {{x*14000}}',
  '{{X: y\r\n*99}}X: y',
  '{{X: y\r\n*150}}X: y',
  '{{X: y\r\n*3000}}X: y',
  ': empty',
  'No colon',
  ' folded',
  'Bad\x00Name: a',
  'Bare: a\nNext: b',
  'Value: \x00',
  'Value: \xe9\xff',
  '__proto__: x',
  'constructor: x',
] as const;

const TARGETS = [
  '*',
  'x:80',
  'http://',
  'http://[::1',
  '//host/v1/getinfo',
  '/v1/../v1/getinfo',
  '/v1/get%69nfo',
  '/v1/%00',
  '/v1/%zz',
  '/v1/%',
  '/%2e%2e/%2e%2e/etc/passwd',
  '/v1/{{a*5000}}',
  '/{{%41*1300}}',
  '/{{a/*2000}}',
  '/fuzz/invoice/%2F%00%ff',
  '/fuzz/invoice/a?{{a[b]=1&*400}}',
  '/fuzz/invoice/a?a{{[b]*900}}=1',
  '/v1/notifications?topics={{a,*1500}}',
  '/v1/notifications?topics=%ff',
  '/socket.io/?EIO=3&transport=polling',
  '/socket.io/?EIO=3&transport=websocket',
  '/socket.io/?EIO=4&transport=websocket',
  '/socket.io/?EIO=4&transport=polling&sid=none',
  '/socket.io/?EIO=4&transport=carrier-pigeon',
  '/socket.io/?EIO=4&EIO=3&transport=polling&transport=websocket',
  '/socket.io/?EIO=4&transport=polling&b64=1&j=0',
  '/socket.io',
  '/socket.io/?{{&*3000}}',
  '/pages/../../../etc/passwd',
  '/pages/%2e%2e%2fopenapi.json',
  '/x y',
  '/\xff',
  '/#fragment',
  '?',
  '',
] as const;

const METHODS = [
  'get',
  'FOO',
  'PRI',
  'TRACE',
  'CONNECT',
  'M-SEARCH',
  'SOURCE',
  'QUERY',
  'POST',
  '',
];
const VERSIONS = [
  'HTTP/1.2',
  'HTTP/2.0',
  'HTTP/0.9',
  'HTTP/1.1 ',
  'HTTP/11',
  'http/1.1',
  '',
  'HTTP/1.0',
];

/** Bytes that do not form a request. */
const GARBAGE = [
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0',
  '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
  '\x80\x2e\x01\x00\x02',
  '\r\n{{\r\n*5000}}',
  '\r\n\r\n',
  'GET',
  'GET /',
  'GET / HTTP/1.1\r\nHost',
  'GET / HTTP/1.1\nHost: x\n\n',
  '{{A*20000}}',
  '{{\0*1000}}',
  'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
  '{"jsonrpc":"2.0","id":1,"method":"getinfo","params":{}}\n\n',
  '\x81\x85\0\0\0\x00hello',
] as const;

/** Unusual and invalid chunked bodies. */
const CHUNKS = [
  '2\r\n{}\r\n0\r\n\r\n',
  '2;x=y\r\n{}\r\n0\r\nRune: {{rune}}\r\n\r\n',
  '2;{{x*20000}}\r\n{}\r\n0\r\n\r\n',
  '{{1;a\r\n \r\n*3000}}0\r\n\r\n',
  'ffffffffffffffff\r\n{}',
  '7fffffff\r\n{}',
  '2\r\n{}X\r\n0\r\n\r\n',
  '-2\r\n{}\r\n0\r\n\r\n',
  '2\n{}\n0\n\n',
  '0\r\n{{A: b\r\n*2000}}\r\n',
  '2\r\n{',
  'zz\r\n',
  '',
] as const;

/** Returns bytes that do not form a request. */
export function garbage(random: Random): Item {
  const text = random.chance(0.3) ? random.bytes(random.int(1, 400)) : random.pick(GARBAGE);
  return { kind: 'garbage', body: [text] };
}

/** Returns a request with random changes. No status is required for it. */
export function mutated(random: Random, item: Item): Item {
  let head = [...(item.head ?? [])];
  let body = item.body;
  for (
    let count = random.weighted([
      [6, 1],
      [3, 2],
      [1, 4],
    ]);
    count > 0;
    count--
  ) {
    const change = random.weighted([
      [8, 'header'],
      [3, 'target'],
      [2, 'method'],
      [2, 'version'],
      [2, 'chunked'],
      [3, 'type'],
      [1, 'drop'],
      [1, 'repeat'],
      [2, 'flip'],
      [2, 'length'],
      [3, 'upgrade'],
    ]);
    const at = random.int(0, head.length);
    if (change === 'header') head.splice(random.int(1, head.length + 1), 0, random.pick(HEADERS));
    else if (change === 'target') head[0] = startLine(head[0], 1, random.pick(TARGETS));
    else if (change === 'method') head[0] = startLine(head[0], 0, random.pick(METHODS));
    else if (change === 'version') head[0] = startLine(head[0], 2, random.pick(VERSIONS));
    else if (change === 'type') {
      const isType = random.chance(0.7);
      const value = random.pick(isType ? CONTENT_TYPES : ACCEPTS);
      head.push(`${isType ? 'Content-Type' : 'Accept'}: ${value}`);
    } else if (change === 'drop') head = head.filter((_, index) => index !== at);
    else if (change === 'repeat') head.push(...head.slice(1));
    else if (change === 'flip') head[at] = flipped(random, head[at] ?? '');
    else if (change === 'upgrade') {
      head.push(
        `Connection: ${random.pick(['Upgrade', 'upgrade, HTTP2-Settings', 'close, Upgrade'])}`,
        `Upgrade: ${random.pick(['h2c', 'websocket', 'h2c, websocket', 'TLS/1.0', '\xff'])}`,
      );
    } else if (change === 'length') {
      head = head.filter((line) => !line.startsWith('Content-Length'));
      head.push(
        `Content-Length: ${random.pick(['1', '7', '1000', '0', '4194304', '1e3', '', '\xb2'])}`,
      );
    } else {
      head = head.filter((line) => !line.startsWith('Content-Length'));
      head.push('Transfer-Encoding: chunked');
      body = [random.pick(CHUNKS)];
    }
  }
  return {
    kind: 'mutated request',
    head,
    ...(body === undefined ? {} : { body }),
    // The change can alter which request of a pipeline waits.
    ...(item.waits === undefined ? {} : { waits: true }),
  };
}

/** Returns a request that is cut at a random place. */
export function truncated(random: Random, item: Item): Item {
  const text = `${(item.head ?? []).join('\r\n')}\r\n\r\n${(item.body ?? []).join('')}`;
  const waits = item.waits === undefined ? {} : ({ waits: true } as const);
  return { kind: 'cut request', body: [text.slice(0, random.int(0, text.length))], ...waits };
}

function startLine(line: string | undefined, word: number, by: string): string {
  const words = (line ?? 'GET / HTTP/1.1').split(' ');
  words[word] = by;
  return words.join(' ');
}

function flipped(random: Random, text: string): string {
  const at = random.int(0, text.length);
  return text.slice(0, at) + random.bytes(1) + text.slice(at + random.int(0, 2));
}
