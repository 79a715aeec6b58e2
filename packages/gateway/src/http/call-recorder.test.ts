import { RUNE } from '@clnrest/testing';
import { FakeNode } from '@clnrest/testing/fake-node';
import { ask } from '@clnrest/testing/http-client';
import { describe, expect, test } from 'vitest';
import { testGateway } from '../testing/gateway.ts';
import { loggableParameters } from './loggable-parameters.ts';

const rune = { Rune: RUNE };

describe('allowed calls', () => {
  test('are logged with rune, command, status and duration, and refused ones are not', async () => {
    const node = await FakeNode.start({
      getinfo: (call) => call.result('{}'),
      pay: (call) => call.error(210, 'no route'),
      checkrune: (call) =>
        call.params.includes('stop')
          ? call.error(1502, 'Not permitted: x')
          : call.result('{"valid":true}'),
    });
    const gateway = await testGateway({ node, settings: { logCalls: 'commands' } });
    const post = (path: string, body?: string) =>
      ask(`${gateway.url}/v1/${path}`, { method: 'POST', headers: rune, ...(body && { body }) });
    await post('getinfo');
    await post('pay', '{"bolt11":"lnbc1"}');
    await post('stop');
    expect(gateway.log.map((line) => line.replace(/ \d+ ms/, ' N ms'))).toEqual([
      'info: 127.0.0.1 called getinfo by rune 0: 201 after N ms',
      'info: 127.0.0.1 called pay by rune 0: 500 after N ms',
      expect.stringContaining('POST /v1/pay: 500 command_failed'),
      expect.stringContaining('POST /v1/stop: 401 rune_refused'),
    ]);
  });

  test('are logged with parameters on request, and not at all by default', async () => {
    const node = await FakeNode.start({ getinfo: (call) => call.result('{}') });
    const gateway = await testGateway({ node, settings: { logCalls: 'parameters' } });
    const silent = await testGateway({ node });
    for (const { url } of [gateway, silent]) {
      const body = '{"label":"a","amount_msat":5}';
      await ask(`${url}/v1/getinfo`, { method: 'POST', headers: rune, body });
    }
    expect(gateway.log[0]).toContain(
      'called getinfo with {"label":"a","amount_msat":5} by rune 0: 201',
    );
    expect(silent.log).toEqual([]);
  });
});

describe('parameters in the log', () => {
  const preimage = 'ab'.repeat(32);

  test.each([
    ['invoice', `{"label":"a","preimage":"${preimage}"}`, '{"label":"a","preimage":"(hidden)"}'],
    ['checkrune', `{"rune":"${RUNE}","method":"pay"}`, '{"rune":"(hidden)","method":"pay"}'],
    ['checkrune', `["${RUNE}","pay"]`, '["(hidden)","pay"]'],
    ['x', '{"b":[1],"my_Secret":{"a":{"c":1},"d":"e"}}', '{"b":[1],"my_Secret":"(hidden)"'],
    ['x', '{"secrets":["hunter2","hunter3"]}', '{"secrets":"(hidden)"'],
    ['createonion', '{"session_key":"0101"}', '{"session_key":"(hidden)"}'],
    ['x', '{"password":"a\\"b","n":1}', '{"password":"(hidden)","n":1}'],
    ['exposesecret', '["hunter2"]', '(hidden)'],
    ['datastore', '{"key":"a","string":"s"}', '(hidden)'],
    ['check', '["exposesecret","hunter2"]', '(hidden)'],
    ['check', '{"key":"a","string":"s","command_to_check":"datastore"}', '(hidden)'],
    ['check', '{"command_to_check":"pay"}', '{"command_to_check":"pay"}'],
    ['x', '{"a":"\\n\u2603"}', '{"a":"\\n?"}'],
  ])('of %s hide secrets: %s', (method, params, shown) => {
    expect(loggableParameters(method, params)).toBe(shown);
  });

  test.each([1_150, 1_165, 1_190, 4_050, 4_070])(
    'show no part of a secret after %i other characters',
    (length) => {
      const long = 'a'.repeat(length);
      expect(loggableParameters('x', `["${long}","${preimage}"]`)).not.toContain('abab');
      expect(loggableParameters('x', `{"token":"${long}","x":"${preimage}"}`)).not.toContain(
        'abab',
      );
    },
  );

  test('are short, and cost little if they are long', () => {
    expect(loggableParameters('x', `{"a":"${'b c '.repeat(1e6)}"}`).length).toBeLessThan(310);
  });
});
