import { randomUUID } from 'node:crypto';
import { Agent } from 'node:https';
import axios, { type AxiosError } from 'axios';
import { io, type Socket } from 'socket.io-client';
import { describe, expect, onTestFinished, test } from 'vitest';
import { BUILDS, useBothBuilds } from '../support/both-builds.ts';
import type { TestNode } from '../support/node.ts';
import { allowed, commandNames, commands, guideRunes } from './guide-runes.ts';

/** Posts like its server: with the body from its pages, or without a body. */
const READS: readonly (readonly [command: string, body?: object])[] = [
  ['getinfo'],
  ['listpeers'],
  ['listpeerchannels'],
  ['listfunds'],
  ['listinvoices'],
  ['listinvoices', { label: 'there is none' }],
  ['listsendpays'],
  ['listforwards', { status: 'settled' }],
  ['listnodes', { id: `02${'00'.repeat(31)}01` }],
  ['listchannels', { short_channel_id: '1x1x1' }],
  ['listconfigs'],
  ['listoffers'],
  ['feerates', { style: 'perkb' }],
];
const LOOKS = [
  ...new Set([...READS.map(([command]) => command), 'decode', 'getroute', 'checkmessage']),
  'listclnrest-notifications',
];
const ACTS = commands(`
  invoice offer fetchinvoice disableoffer newaddr signmessage pay keysend withdraw
  fundchannel setchannel close connect disconnect funderupdate autoclean-once
`);

const anyCertificate = new Agent({ rejectUnauthorized: false, keepAlive: true });

interface Told {
  readonly status: number;
  readonly data: unknown;
}

/** One of its requests. */
async function post(node: TestNode, rune: string, command: string, body?: object): Promise<Told> {
  const { status, data } = await axios.request<unknown>({
    url: `${node.url}/v1/${command}`,
    method: 'POST',
    headers: { rune },
    timeout: 600_000,
    httpsAgent: anyCertificate,
    ...(body !== undefined && { data: body }),
  });
  return { status, data };
}

/** How its pages show a failure: a text from one of two places, and the status. */
async function failure(failing: Promise<unknown>): Promise<unknown> {
  const error = await failing.then(
    () => Promise.reject(new Error('it did not fail')),
    (reason: AxiosError<{ message?: string; error?: { message?: string } }>) => reason,
  );
  const { status, data } = error.response ?? {};
  return { status, message: data?.message, error: data?.error?.message };
}

/** Its subscription: over WebSocket only, with the rune in a header. */
function listen(node: TestNode, rune: string): Socket {
  const socket = io(node.url, {
    extraHeaders: { rune },
    transports: ['websocket'],
    secure: true,
    rejectUnauthorized: false,
    forceNew: true,
  });
  onTestFinished(() => void socket.close());
  return socket;
}

const next = (socket: Socket, event: string): Promise<unknown> =>
  new Promise((resolve) => socket.once(event, resolve));

describe('Ride The Lightning', () => {
  const on = useBothBuilds('https');

  describe.each(BUILDS)('at %s', (build) => {
    test('reads the data that its pages show', async () => {
      const [rune = ''] = await guideRunes(on(build), 'Ride The Lightning');
      const known = await commandNames(on(build), []);
      for (const [command, body] of READS) {
        if (!known.includes(command)) continue;
        const { status, data } = await post(on(build), rune, command, body);
        expect([command, status, typeof data]).toEqual([command, 201, 'object']);
      }
    });

    test('receives notifications of an invoice that it created and paid', async () => {
      const node = on(build);
      const [rune = ''] = await guideRunes(node, 'Ride The Lightning');
      const socket = listen(node, rune);
      const received = new Promise((resolve) => {
        socket.on('message', (message: { invoice_payment?: object }) => {
          if (message.invoice_payment !== undefined) resolve(message);
        });
      });
      await next(socket, 'connect');
      const label = `rtl ${randomUUID()}`;
      const invoice = {
        label,
        amount_msat: 10_000,
        description: 'ünï',
        expiry: 3_600,
        exposeprivatechannels: true,
      };
      const { data } = await post(node, rune, 'invoice', invoice);
      const { bolt11 } = data as { bolt11: string };
      expect((await post(node, rune, 'decode', { string: bolt11 })).data).toMatchObject({
        amount_msat: 10_000,
        description: 'ünï',
      });
      expect((await post(node, rune, 'pay', { bolt11, maxfee: 2_000 })).data).toMatchObject({
        status: 'complete',
        payment_preimage: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      });
      expect(await received).toMatchObject({ invoice_payment: { label } });
    });

    test('signs a message', async () => {
      const [rune = ''] = await guideRunes(on(build), 'Ride The Lightning');
      const { data } = await post(on(build), rune, 'signmessage', { message: 'mine' });
      expect(data).toMatchObject({ zbase: expect.stringMatching(/^[a-z0-9]{104}$/) as string });
    });

    test('reads a long, compressed list', async () => {
      const [rune = ''] = await guideRunes(on(build), 'Ride The Lightning');
      const one = `long ${randomUUID()}`;
      const description = 'd'.repeat(600);
      for (let n = 0; n < 100; n++) {
        await on(build).rpc.call('invoice', ['any', `${one} ${n}`, description]);
      }
      const { data } = await post(on(build), rune, 'listinvoices');
      const { invoices } = data as { invoices: { label: string }[] };
      expect(invoices.filter(({ label }) => label.startsWith(one))).toHaveLength(100);
    });

    test('requests twenty aliases at once', async () => {
      const [rune = ''] = await guideRunes(on(build), 'Ride The Lightning');
      const { data } = await post(on(build), rune, 'getinfo');
      const { id } = data as { id: string };
      const all = Array.from({ length: 20 }, () => post(on(build), rune, 'listnodes', { id }));
      for (const { status } of await Promise.all(all)) expect(status).toBe(201);
    });

    test('finds the message of an error', async () => {
      const [rune = '', looking = ''] = await guideRunes(on(build), 'Ride The Lightning');
      const close = { id: '00', unilateraltimeout: null };
      expect(await failure(post(on(build), rune, 'close', close))).toEqual({
        status: 500,
        message: expect.stringMatching(/^id: should be a channel ID/) as string,
        error: expect.stringMatching(/^id: should be a channel ID/) as string,
      });
      const refused = await failure(post(on(build), looking, 'pay', { bolt11: 'lnbcrt1' }));
      const reason: unknown = expect.stringMatching(/^Not permitted: method is not equal to /);
      expect(refused).toEqual({ status: 401, message: reason, error: reason });
    });

    test('receives nothing if the rune does not allow it', async () => {
      const rune = await on(build).rune(['method=listpeers']);
      const error = (await next(listen(on(build), rune), 'connect_error')) as Error;
      expect(error.message).toBe('Not permitted: method is not equal to listpeers');
    });
  });

  test("the guide's runes allow what it calls and nothing else", async () => {
    const node = on('rest');
    const [acting = '', looking = ''] = await guideRunes(node, 'Ride The Lightning');
    const names = await commandNames(node, [...LOOKS, ...ACTS]);
    expect(await allowed(node, acting, names)).toEqual([...LOOKS, ...ACTS].toSorted());
    expect(await allowed(node, looking, names)).toEqual([...LOOKS].toSorted());
  });
});
