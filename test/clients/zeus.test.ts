import { describe, expect, test } from 'vitest';
import { BUILDS, useBothBuilds } from '../support/both-builds.ts';
import type { TestNode } from '../support/node.ts';
import { allowed, commandNames, commands, guideRunes } from './guide-runes.ts';
import { responseToRecorded } from './wire.ts';

/** Headers of OkHttp on Android. The content type is JSON even without a body. */
const NO_BODY = `
rune: <rune>
content-type: application/json
Content-Length: 0
Host: <host>
Connection: Keep-Alive
Accept-Encoding: gzip
User-Agent: okhttp/4.12.0
`;
const BODY = NO_BODY.replace('content-type', 'Content-Type').replace(': 0', ': <length>');

const LOOKS = commands(`
  getinfo listfunds listpeers listpeerchannels listclosedchannels listnodes listchannels
  listtransactions listinvoices listforwards listoffers sql decode checkmessage invoice
  offer newaddr
`);
const ACTS = commands(`
  signmessage disableoffer fetchinvoice invoicerequest sendinvoice pay xpay keysend xkeysend
  withdraw fundchannel setchannel close connect disconnect getroutes askrene-create-layer
  askrene-update-channel askrene-remove-layer sendpay waitsendpay
`);

/** Posts like Zeus and interprets the response like Zeus, for which a line feed ends a message. */
async function post(
  node: TestNode,
  rune: string,
  method: string,
  body?: object,
): Promise<Readonly<Record<string, unknown>>> {
  const { status, text } = await responseToRecorded(
    node,
    body === undefined
      ? { method, rune, head: NO_BODY }
      : { method, rune, head: BODY, body: JSON.stringify(body) },
  );
  if (status >= 300) {
    const { error, message } = JSON.parse(text) as {
      error?: { message?: string };
      message?: string;
    };
    throw new Error(error?.message ?? message);
  }
  const lines = text.split('\n');
  return JSON.parse(lines.length > 1 ? (lines.at(-2) ?? '') : text) as Record<string, unknown>;
}

describe('Zeus', () => {
  const on = useBothBuilds('https');
  const phone = async (node: TestNode): Promise<string> => {
    const [rune = ''] = await guideRunes(node, 'Zeus');
    return rune;
  };

  describe.each(BUILDS)('at %s', (build) => {
    test.each(['listfunds', 'listpeers', 'listpeerchannels'])(
      'posts %s without a body, as JSON',
      async (command) => {
        const rune = await phone(on(build));
        expect(await post(on(build), rune, command)).toEqual(
          await on(build).rpc.call<unknown>(command),
        );
      },
    );

    test('creates an invoice, pays it and shows it', async () => {
      const rune = await phone(on(build));
      const description = 'line one\nline two ☃';
      const { bolt11 } = await post(on(build), rune, 'invoice', {
        description,
        label: `zeus.${Math.random() * 1_000_000}`,
        amount_msat: 10_000,
        expiry: 3_600,
        exposeprivatechannels: true,
      });
      const decoded = await post(on(build), rune, 'decode', { string: bolt11 });
      expect(decoded).toMatchObject({ description, amount_msat: 10_000 });
      const bill = { invstring: bolt11, retry_for: 60, maxfee: 1_000 };
      expect(await post(on(build), rune, 'xpay', bill)).toHaveProperty('payment_preimage');
      const { payment_hash } = decoded;
      const { invoices } = await post(on(build), rune, 'listinvoices', { payment_hash });
      expect(invoices).toMatchObject([{ status: 'paid', description }]);
    });

    test('lists with sql', async () => {
      const rune = await phone(on(build));
      const query = 'SELECT label, bolt11 FROM invoices ORDER BY created_index DESC LIMIT 150;';
      const known = await commandNames(on(build), []);
      const listing = post(on(build), rune, 'sql', { query });
      if (known.includes('sql')) expect(await listing).toHaveProperty('rows');
      else await expect(listing).rejects.toThrow("Unknown command 'sql'");
    });

    test('gets an address of the requested type', async () => {
      const rune = await phone(on(build));
      const { p2tr } = await post(on(build), rune, 'newaddr', { addresstype: 'p2tr' });
      expect(p2tr).toMatch(/^bcrt1p/);
    });

    test('shows the message of an error', async () => {
      const [, looking = ''] = await guideRunes(on(build), 'Zeus');
      await expect(post(on(build), looking, 'decode', {})).rejects.toThrow(
        'missing required parameter: string',
      );
      await expect(post(on(build), looking, 'xpay', { invstring: 'x' })).rejects.toThrow(
        /^Not permitted: method is not equal to /,
      );
    });
  });

  test("the guide's runes allow what it calls and nothing else", async () => {
    const [acting = '', looking = ''] = await guideRunes(on('rest'), 'Zeus');
    const names = await commandNames(on('rest'), [...LOOKS, ...ACTS]);
    expect(await allowed(on('rest'), acting, names)).toEqual([...LOOKS, ...ACTS].toSorted());
    expect(await allowed(on('rest'), looking, names)).toEqual(LOOKS.toSorted());
  });
});
