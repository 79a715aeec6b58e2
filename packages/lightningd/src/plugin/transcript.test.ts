import fc from 'fast-check';
import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { RawJson } from '@clnrest/json';
import { FakeLightningd } from '../fake-lightningd/fake-lightningd.ts';
import { cut, cuts } from '@clnrest/testing/json-arbitrary';
import { Plugin } from './plugin.ts';

/** All that lightningd v26.06.6 writes to a plugin's stdin, verbatim. */
const STDIN = [
  '{"jsonrpc":"2.0","id":"cln:getmanifest#20","method":"getmanifest","params":{"allow-deprecated-apis":false}}',
  '{"jsonrpc":"2.0","id":"cln:init#44","method":"init","params":{"options":{"rest-port":3010,"rest-protocol":"http","rest-cors-origins":["https://a.example","https://b.example:5001"],"shim-flag":true,"shim-bool":true,"shim-dyn":"xyz","shim-multi-int":[1,2]},"configuration":{"lightning-dir":"/home/bitcoin/l1/regtest","rpc-file":"lightning-rpc","startup":true,"network":"regtest","feature_set":{"init":"800898880a8a59a1","node":"808898880a8a59a1","channel":"","invoice":"02000002024100","bolt12_offer":"","bolt12_invreq":"","bolt12_invoice":"020000","channel_type":"08800000800000"}}}}',
  '{"jsonrpc":"2.0","method":"plugin_started","params":{"plugin_started":{"plugin_name":"recklessrpc","plugin_path":"/usr/libexec/c-lightning/plugins/recklessrpc","methods":["reckless"]}}}',
  '{"jsonrpc":"2.0","id":"rec:shim-echo#6/cln:shim-echo#80","method":"shim-echo","params":{"a": 1}}',
  '{"jsonrpc":"2.0","id":"rec:shim-echo#7/cln:shim-echo#81","method":"shim-echo","params":[1, "x"]}',
  '{"jsonrpc":"2.0","id":"rec:setconfig#8/cln:setconfig#82","method":"setconfig","params":{"config":"shim-dyn","val":"abc"}}',
  '{"jsonrpc":"2.0","method":"shim_custom","origin":"shim.py","params":{"foo": {"bar": [1, 2, "three"]}}}',
  '{"jsonrpc":"2.0","method":"forward_event","params":{"forward_event":{"created_index":1,"in_channel":"110x1x0","in_htlc_id":1,"out_channel":"110x2x0","in_msat":200003,"out_msat":200000,"fee_msat":3,"status":"offered","style":"tlv","received_time":1795195317.257662455}}}',
  '{"jsonrpc":"2.0","method":"shutdown","params":{"shutdown":{}}}',
].join('\n\n');

async function replay(pieces: readonly Buffer[]): Promise<{ written: string[]; heard: string[] }> {
  const heard: string[] = [];
  const plugin = new Plugin({
    options: {
      'rest-port': { type: 'int', description: 'REST port' },
      'rest-protocol': { type: 'string', default: 'https', description: 'REST protocol' },
      'rest-certs': { type: 'string', description: 'REST certs dir' },
      'rest-cors-origins': { type: 'string', multi: true, default: '*', description: 'CORS' },
      'shim-flag': { type: 'flag', description: 'a flag' },
      'shim-bool': { type: 'bool', default: false, description: 'a bool' },
      'shim-dyn': { type: 'string', default: 'd0', dynamic: true, description: 'dynamic' },
      'shim-multi-int': { type: 'int', multi: true, description: 'multi int' },
    },
  })
    .method('shim-echo', { usage: '[a]' }, ({ paramsText }) => new RawJson(paramsText))
    .subscribe('*', ({ topic, origin, paramsText }) => {
      heard.push(`${origin ?? ''} ${topic} ${paramsText}`);
    })
    .onClose(() => heard.push(JSON.stringify(plugin.options)));
  const stdin = new PassThrough();
  const { lightningd, io } = FakeLightningd.inProcess({ stdin });
  const status = plugin.run(io);
  for (const piece of pieces) stdin.write(piece);
  stdin.end();
  expect(await status).toBe(0);
  // Handlers run concurrently: the order of the replies is arbitrary.
  return { written: lightningd.texts.toSorted(), heard };
}

describe('a recorded session', () => {
  const bytes = Buffer.from(STDIN);

  test('gets the replies that lightningd requires', async () => {
    const { written, heard } = await replay([bytes]);
    expect(written.slice(1)).toEqual([
      '{"jsonrpc":"2.0","id":"cln:init#44","result":{}}',
      '{"jsonrpc":"2.0","id":"rec:setconfig#8/cln:setconfig#82","result":{}}',
      '{"jsonrpc":"2.0","id":"rec:shim-echo#6/cln:shim-echo#80","result":{"a": 1}}',
      '{"jsonrpc":"2.0","id":"rec:shim-echo#7/cln:shim-echo#81","result":[1, "x"]}',
    ]);
    expect(JSON.parse(written[0] ?? '')).toMatchObject({
      id: 'cln:getmanifest#20',
      result: { subscriptions: ['*'], rpcmethods: [{ name: 'shim-echo', usage: '[a]' }] },
    });
    expect(heard).toEqual([
      ' plugin_started {"plugin_started":{"plugin_name":"recklessrpc","plugin_path":"/usr/libexec/c-lightning/plugins/recklessrpc","methods":["reckless"]}}',
      'shim.py shim_custom {"foo": {"bar": [1, 2, "three"]}}',
      ' forward_event {"forward_event":{"created_index":1,"in_channel":"110x1x0","in_htlc_id":1,"out_channel":"110x2x0","in_msat":200003,"out_msat":200000,"fee_msat":3,"status":"offered","style":"tlv","received_time":1795195317.257662455}}',
      ' shutdown {"shutdown":{}}',
      '{"rest-port":3010,"rest-protocol":"http","rest-cors-origins":["https://a.example","https://b.example:5001"],"shim-flag":true,"shim-bool":true,"shim-dyn":"abc","shim-multi-int":[1,2]}',
    ]);
  });

  test('gets the same replies however its bytes are split', async () => {
    const whole = await replay([bytes]);
    await fc.assert(
      fc.asyncProperty(cuts, async (at) => {
        expect(await replay(cut(bytes, at))).toEqual(whole);
      }),
      { numRuns: 50 },
    );
    const singles = Array.from(bytes, (_, index) => bytes.subarray(index, index + 1));
    expect(await replay(singles)).toEqual(whole);
  });
});
