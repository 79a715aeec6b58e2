import { COMMAND_FACTS } from '@clnrest/commands';
import { expect, test } from 'vitest';
import {
  DELICATE_COMMANDS,
  SENSITIVE_COMMANDS,
} from '../packages/runes/src/lint/sensitive-commands.ts';

/**
 * `@clnrest/runes` has its own table of the commands that spend, since it imports no commands. The names and positions of
 * parameters must be those of lightningd.
 */

/** Commands of older nodes and of the gateway, which lightningd's schemas do not describe. */
const WITHOUT_FACTS = new Set([
  'commando-rune',
  'commando-listrunes',
  'invokerune',
  'rest-register-path',
]);

const plain = (name: string): string => name.replaceAll(/[^a-z0-9]/g, '');

test.each(
  [...SENSITIVE_COMMANDS, ...DELICATE_COMMANDS].filter(({ name }) => !WITHOUT_FACTS.has(name)),
)('$name has the parameters of lightningd', ({ name, params, required }) => {
  const facts = new Map(Object.entries(COMMAND_FACTS)).get(name);
  const positions = (facts?.positions ?? []).map(plain);
  // The table omits parameters of developers, which come last.
  expect(positions.slice(0, params.length)).toEqual(params);
  expect(positions.slice(params.length).filter((one) => !one.startsWith('dev'))).toEqual([]);
  expect(new Set(params.slice(0, required))).toEqual(new Set((facts?.required ?? []).map(plain)));
});

test('the details name parameters of the command', () => {
  for (const command of SENSITIVE_COMMANDS) {
    const { params, invoices, amounts, fees, fixed, feeLimit, recipient } = command;
    const named = [...invoices, ...amounts, ...fees, ...fixed, feeLimit ?? '', recipient ?? ''];
    for (const name of named.filter(Boolean)) expect(params).toContain(name);
    // Only an optional parameter can be absent.
    for (const name of [...fees, recipient].filter((one) => one !== undefined)) {
      expect(params.indexOf(name)).toBeGreaterThanOrEqual(command.required);
    }
  }
});

/**
 * Commands that do not spend although a parameter has one of the names below. Those that open or splice channels require
 * signatures, which only `signpsbt`, `txsend` and `splice_signed` make.
 */
const HARMLESS = [
  'addpsbtoutput',
  'askrene-create-channel',
  'askrene-inform-channel',
  'createinvoice',
  'createproof',
  'currencyconvert',
  'fetchinvoice',
  'fundchannel_complete',
  'fundchannel_start',
  'fundpsbt',
  'getroute',
  'getroutes',
  'invoice',
  'listchannels',
  'listinvoices',
  'listpays',
  'listsendpays',
  'offer',
  'openchannel_bump',
  'openchannel_init',
  'openchannel_signed',
  'openchannel_update',
  'preapproveinvoice',
  'preapprovekeysend',
  'renepaystatus',
  'reserveinputs',
  'sendinvoice',
  'sendpsbt',
  'setpsbtversion',
  'signinvoice',
  'splice_init',
  'splice_update',
  'unreserveinputs',
  'utxopsbt',
];

test('every command with an amount and a recipient is in the table, or harmless', () => {
  const known = new Set(SENSITIVE_COMMANDS.map(({ name }) => name));
  const others = Object.entries(COMMAND_FACTS).flatMap(([name, { positions }]) =>
    positions.some((one) => /amount|satoshi|destination|psbt|invstring|bolt11|outputs/.test(one)) &&
    !known.has(name)
      ? [name]
      : [],
  );
  expect(others).toEqual(HARMLESS);
});
