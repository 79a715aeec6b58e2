import type { Random } from '../../random.ts';
import type { PeerItem } from '../case.ts';
import { command } from './items.ts';

/** Commands and the codes of their replies; 0 is a result. */
const VALID: readonly (readonly [json: string, codes: readonly number[]])[] = [
  ['{"method":"getinfo","id":1,"rune":"{{rune}}"}', [0]],
  ['{"method":"getinfo","id":"a","rune":"{{narrow}}","params":[]}', [0]],
  ['{ "rune" : "{{rune}}" , "id" : null , "params" : { } , "method" : "listpeers" }', [0]],
  ['{"method":"help","id":1,"rune":"{{rune}}","filter":{"help":[{"command":true}]}}', [0]],
  ['{"method":"listinvoices","id":1,"rune":"{{rune}}"}', [0]],
  ['{"method":"listpeers","id":1,"rune":"{{narrow}}"}', [19_537]],
  ['{"method":"getinfo","id":1,"rune":"{{others}}"}', [19_537]],
  ['{"method":"getinfo","id":1,"rune":"{{foreign}}"}', [19_537]],
  ['{"method":"getinfo","id":1,"rune":"{{blacklisted}}"}', [19_537]],
  ['{"method":"getinfo","id":1,"rune":"{{rated}}"}', [0, 19_537]],
  ['{"method":"nosuch","id":1,"rune":"{{rune}}"}', [-32_601]],
  ['{"method":"getinfo","id":1,"rune":"{{rune}}","params":{"nosuch":1}}', [0, -32_602]],
  ['{"method":"invoice","id":1,"rune":"{{rune}}"}', [-32_602]],
  ['{"method":"getinfo","id":1}', [19_536]],
  ['{"method":"getinfo","rune":"{{rune}}"}', [19_536]],
  ['{"method":"getinfo","id":1,"rune":"not a rune"}', [19_536]],
  ['{"method":"getinfo","id":1,"rune":"{{rune}}","params":"x"}', [19_536]],
  ['{"id":1}', [19_536]],
  ['[]', [19_536]],
  ['{', [19_536]],
  ['', [19_536]],
];

const WAITS =
  '{"method":"waitanyinvoice","id":1,"rune":"{{rune}}","params":{"lastpay_index":9999}}';

/** A command with its reply, in one piece or several. */
export function validCommand(random: Random): PeerItem[] {
  const [json, reply] = random.pick(VALID);
  const id = newId(random);
  const last = { ...command(id, json), kind: 'command', reply };
  if (random.chance(0.7) || json.length < 2 || json.includes('{{')) return [last];
  const at = random.int(0, json.length);
  const first = { ...command(id, json.slice(0, at), false), kind: 'first piece', reply: [] };
  // The reply belongs to the last piece.
  const { reply: _, ...piece } = first;
  return [piece, { ...last, command: { id, json: json.slice(at), isLast: true } }];
}

/** Commands that wait, more than run at once. */
export function waiting(random: Random): PeerItem[] {
  const times = random.weighted([
    [3, random.int(1, 20)],
    [2, random.int(30, 200)],
  ]);
  return [{ ...command(newId(random), WAITS), kind: 'waiting command', waits: true, times }];
}

/** Pieces that never end, interleave, repeat ids or are too long. */
export function strangePieces(random: Random): PeerItem[] {
  const [a, b] = [newId(random), newId(random)];
  const [json] = random.pick(VALID);
  const piece = (id: string, text: string, isLast: boolean, times = 1): PeerItem => ({
    ...command(id, text, isLast),
    kind: 'strange piece',
    times,
  });
  return random.weighted<() => PeerItem[]>([
    [2, () => [piece(a, '{"method":', false), piece(b, json, true), piece(a, '"x"}', true)]],
    [2, () => [piece(a, json, true, random.int(2, 40))]],
    [1, () => [piece(a, '', false, random.int(1, 500)), piece(a, json, true)]],
    [1, () => [piece(a, ' ', false, random.int(1, 500)), piece(a, json, true)]],
    [1, () => [piece(a, '{{ *65000}}', false, random.int(15, 19)), piece(a, json, true)]],
    [1, () => [piece(a, '{{x*65000}}', false, random.int(1, 60))]],
    [1, () => random.times(random.int(2, 30), () => piece(newId(random), '{"a":', false))],
    [1, () => [{ kind: 'short piece', message: { type: 0x4c4f, payload: random.bytes(5) } }]],
    [1, () => [{ kind: 'reply', message: { type: 0x594d, payload: `${random.bytes(8)}{}` } }]],
  ])();
}

/** JSON that takes a reader long, or too deep. */
export function hostileJson(random: Random): PeerItem[] {
  const id = newId(random);
  const many = random.weighted([
    [3, random.int(10, 3_000)],
    [1, random.int(3_000, 60_000)],
  ]);
  const call = (rune: string, params: string, method = '"getinfo"', own = '1'): string =>
    `{"method":${method},"id":${own},"rune":${rune},"params":${params}}`;
  const rune = '"{{rune}}"';
  const json = random.weighted<() => string>([
    [2, () => `{{[*${many}}}`],
    [1, () => `{"a":{{[*${many}}}{{]*${many}}}}`],
    [1, () => call(rune, `{{[*${many}}}{{]*${many}}}`)],
    [1, () => call(rune, '{}', '"getinfo"', `{{[*${many}}}{{]*${many}}}`)],
    [1, () => call(rune, `{{{"a":*${many >> 2}}}1{{}*${many >> 2}}}`)],
    [2, () => call(rune, `[{{1,*${many >> 1}}}1]`)],
    [2, () => call(`"${manyRestrictions(many >> 4)}"`, '{}')],
    [1, () => call(`"{{A*${many}}}"`, '{}')],
    [1, () => call(random.pick(['1', 'null', '[]', '{}', '""', '"="', '"\\u0041"']), '{}')],
    [1, () => call(rune, '{}', random.pick(['1', '""', '[]', '"\\u0000"', '"a b"', 'null']))],
    [1, () => call(rune, '{}', '"getinfo"', random.pick(['-', '1e999999', '"\\ud800"', 'true']))],
    [1, () => call(rune, '{}', `"{{m*${many}}}"`)],
    [1, () => `{${'"method":"getinfo",'.repeat(30)}"id":1,"id":2,"rune":${rune}}`],
    [1, () => `{"method":"help","id":1,"rune":${rune},"filter":${filter(random)}}`],
    [1, () => call(rune, '{}').replace('getinfo', random.bytes(8))],
    [1, () => random.bytes(random.int(1, 400))],
  ])();
  return [{ ...command(id, json), kind: 'hostile JSON' }];
}

function filter(random: Random): string {
  return random.pick(['1', '[]', '{"help":1}', '{"help":[]}', '{"help":[true,true]}', '{{[*500}}']);
}

/** A rune with many restrictions, and a wrong code. */
function manyRestrictions(threes: number): string {
  const start = Buffer.concat([Buffer.alloc(32), Buffer.from('=00&')]).toString('base64url');
  const three = Buffer.from('a=1&a=1&a=1&').toString('base64url');
  return `${start}{{${three}*${threes + 1}}}YT0x`;
}

/** Many commands with little effort. */
export function floodOfCommands(random: Random): PeerItem[] {
  const [json] = random.pick(VALID.filter(([text]) => !text.includes('listinvoices')));
  const times = random.int(20, 400);
  return [{ ...command(newId(random), json), kind: 'flood of commands', times }];
}

/** Large results. */
export function largeResults(random: Random): PeerItem[] {
  const json = '{"method":"listinvoices","id":1,"rune":"{{rune}}"}';
  return random.times(random.int(1, 8), () => ({ ...command(newId(random), json), kind: 'large' }));
}

function newId(random: Random): string {
  return random.times(16, () => random.int(0, 16).toString(16)).join('');
}
