import { temporaryDirectory } from '@clnrest/testing';
import { describe, expect, test } from 'vitest';
import { ManualClock } from '../testing/manual-clock.ts';
import { SharedNode } from '../testing/shared-node.ts';
import { writePlugin } from '../testing/test-plugin.ts';

interface Funded {
  readonly txid: string;
  readonly channel_ids: { readonly id: string; readonly outnum: number }[];
  readonly failed: { readonly id: string; readonly method: string; readonly error: object }[];
}

describe('multifundchannel', () => {
  test('opens channels with nodes of the world and simulated peers by one transaction', async () => {
    const [alice, bob, carol] = (await SharedNode.several(3)) as [
      SharedNode,
      SharedNode,
      SharedNode,
    ];
    await alice.call('dev-fund-wallet', { amount: 3_000_000 });
    const world = await alice.call<{ nodes: { id: string; name: string }[] }>('dev-world');
    const peer = world.nodes.find(({ name }) => name === 'bob');
    const { txid, channel_ids, failed } = await alice.call<Funded>('multifundchannel', [
      [
        { id: bob.id, amount: 400_000, push_msat: 100_000_000 },
        { id: peer?.id, amount: 300_000 },
        { id: carol.id, amount: 500_000, announce: false },
      ],
    ]);
    expect(failed).toEqual([]);
    expect(channel_ids.map(({ id, outnum }) => [id, outnum])).toEqual([
      [bob.id, 0],
      [peer?.id, 1],
      [carol.id, 2],
    ]);
    await alice.call('dev-mine');
    for (const node of [bob, carol]) {
      // A command sees what the commands of other nodes have done before.
      expect(await node.call('listpeerchannels')).toMatchObject({
        channels: [{ peer_id: alice.id, funding_txid: txid, state: 'CHANNELD_NORMAL' }],
      });
      const bolt11 = await node.invoice('a', 5000);
      expect(await alice.call('pay', [bolt11])).toMatchObject({ status: 'complete' });
    }
    expect(await bob.call('pay', [await alice.invoice('back', 50_000_000)])).toMatchObject({
      status: 'complete',
    });
    for (const node of [alice, bob, carol]) {
      expect(await node.call('dev-world')).toMatchObject({ balanced: true });
    }
  });

  test('leaves out nodes that refuse or do not run, or fails if too few are left', async () => {
    const plugin = await writePlugin({
      manifest: { hooks: [{ name: 'openchannel' }] },
      body: "on('openchannel', () => ({ result: 'reject', error_message: 'no' }));",
    });
    const [alice, bob, carol, dave] = (await SharedNode.several(
      4,
      [],
      [],
      [`--plugin=${plugin.path}`],
    )) as [SharedNode, SharedNode, SharedNode, SharedNode];
    await alice.call('dev-fund-wallet', { amount: 3_000_000 });
    await dave.sandbox.stop();
    const destinations = [bob, carol, dave].map(({ id }) => ({ id, amount: 100_000 }));
    const noDave = { code: 401, data: { id: dave.id, method: 'connect' } };
    expect(await alice.refused('multifundchannel', { destinations })).toMatchObject(noDave);
    const two = { destinations, minchannels: 2 };
    expect(await alice.refused('multifundchannel', two)).toMatchObject({
      message: 'They sent error no',
      data: { id: carol.id, method: 'fundchannel_start' },
    });
    const one = { destinations, minchannels: 1 };
    const { channel_ids, failed } = await alice.call<Funded>('multifundchannel', one);
    expect(channel_ids).toMatchObject([{ id: bob.id }]);
    expect(failed).toMatchObject([
      { id: dave.id, method: 'connect', error: { code: 401 } },
      { id: carol.id, method: 'fundchannel_start', error: { message: 'They sent error no' } },
    ]);
    expect(await alice.call('listpeerchannels')).toMatchObject({ channels: [{ peer_id: bob.id }] });
  });
});

interface Fetched {
  readonly invoice: string;
}

interface Offer {
  readonly bolt12: string;
  readonly offer_id: string;
}

describe('BOLT 12', () => {
  test('fetches and pays an invoice of another node', async () => {
    const [alice, bob] = (await SharedNode.several(2)) as [SharedNode, SharedNode];
    const offer = await bob.call<Offer>('offer', {
      amount: '5000msat',
      description: 'tea',
      single_use: true,
    });
    // Messages need no channel: the node connects.
    const { invoice } = await alice.call<Fetched>('fetchinvoice', {
      offer: offer.bolt12,
      payer_note: 'thanks',
    });
    expect(await alice.call('decode', [invoice])).toMatchObject({
      valid: true,
      invoice_node_id: bob.id,
      invoice_amount_msat: 5000,
      invreq_payer_note: 'thanks',
    });
    await alice.openChannelTo(bob, 1_000_000, 100_000_000);
    expect(await alice.call('xpay', [invoice])).toMatchObject({ amount_msat: 5000 });
    const { invoices } = await bob.call<{ invoices: object[] }>('listinvoices');
    expect(invoices).toMatchObject([
      { status: 'paid', invreq_payer_note: 'thanks', local_offer_id: offer.offer_id },
    ]);
    expect(await bob.call('listoffers')).toMatchObject({ offers: [{ used: true, active: false }] });
    const bad = 'Remote node sent failure message';
    expect(await alice.refused('fetchinvoice', [offer.bolt12])).toMatchObject({
      code: 1004,
      message: bad,
      data: { error: expect.stringMatching(/ lnr1.*: Offer no longer available$/) as string },
    });

    // xpay fetches the invoice itself.
    const any = await bob.call<Offer>('offer', ['any', 'gift']);
    expect(await alice.call('xpay', [any.bolt12, 7000])).toMatchObject({ amount_msat: 7000 });
    expect(await bob.call('pay', [await alice.invoice('back', 2000)])).toMatchObject({
      status: 'complete',
    });
  });

  test('reports a node that does not run, or stops before its reply', async () => {
    // The payee holds the payment that its message has caused.
    const plugin = await writePlugin({
      manifest: { hooks: [{ name: 'htlc_accepted' }] },
      body: "on('htlc_accepted', () => new Promise(() => undefined));",
    });
    const [alice, bob] = (await SharedNode.several(2, [`--plugin=${plugin.path}`])) as [
      SharedNode,
      SharedNode,
    ];
    await bob.openChannelTo(alice, 1_000_000);
    const request = await bob.call<{ bolt12: string }>('invoicerequest', ['5000msat', 'refund']);
    const offer = await bob.call<Offer>('offer', ['5000msat', 'tea']);
    const payee = await alice.apart();
    const waiting = payee.refused('sendinvoice', {
      invreq: request.bolt12,
      label: 'refund',
      timeout: 2,
    });
    await plugin.waitForNote(
      (note) => (note as { raw?: string }).raw?.includes('"method":"htlc_accepted"') ?? false,
    );
    await bob.sandbox.stop();
    expect(await waiting).toMatchObject({
      code: 1005,
      message: 'Failed: timeout waiting for response',
      data: { invstring: expect.stringMatching(/^lni1/) as string },
    });
    expect(await alice.refused('fetchinvoice', [offer.bolt12])).toMatchObject({
      code: 1003,
      message: expect.stringMatching(
        `^Failed: could not route or connect directly to ${bob.id}: {"code":401,"message":"All addresses failed`,
      ) as string,
    });
  });

  test('pays an invoice that another node sends for a request', async () => {
    const [alice, bob] = (await SharedNode.several(2)) as [SharedNode, SharedNode];
    const request = { amount: '9000msat', description: 'refund' };
    const { bolt12 } = await alice.call<{ bolt12: string }>('invoicerequest', request);
    const send = (label: string): object => ({ invreq: bolt12, label });
    expect(await bob.refused('sendinvoice', send('no channel'))).toMatchObject({
      code: 1004,
      data: {
        error: expect.stringMatching(
          /^Failed invoice lni1.*: pay attempt failed: "Failed: /,
        ) as string,
      },
    });
    await alice.openChannelTo(bob, 1_000_000);
    expect(await bob.call('sendinvoice', send('refund'))).toMatchObject({
      status: 'paid',
      amount_received_msat: 9000,
    });
    expect(await alice.call('listinvoicerequests')).toMatchObject({
      invoicerequests: [{ used: true, active: false }],
    });
    expect(await bob.refused('sendinvoice', send('again'))).toMatchObject({
      code: 1004,
      data: {
        error: expect.stringMatching(
          /^Failed invoice lni1.*: invoice_request no longer /,
        ) as string,
      },
    });
    expect((await alice.channelsWith(bob))[0]?.to_us_msat).toBe(999_991_000);
  });

  test('pays a recurring offer of another node period by period, until the payer cancels', async () => {
    const DAY = 86_400;
    const clock = new ManualClock(1_800_000_000n * 1_000_000_000n);
    const world = temporaryDirectory();
    const directory = temporaryDirectory();
    const alice = await SharedNode.inWorld(world, { clock });
    let bob = await SharedNode.inWorld(world, { clock, directory });
    await alice.openChannelTo(bob, 1_000_000);
    const { bolt12: offer, offer_id } = await bob.call<Offer>('offer', {
      amount: 1000,
      description: 'Daily',
      recurrence: '1day',
    });
    const request = (counter: number): object => ({
      offer,
      recurrence_counter: counter,
      recurrence_label: 'daily',
    });
    const invoices = async (): Promise<{ label: string; status: string }[]> => {
      const list = await bob.call<{ invoices: { label: string; status: string }[] }>(
        'listinvoices',
        { offer_id },
      );
      return list.invoices;
    };
    for (const counter of [0, 1]) {
      const { invoice } = await alice.call<Fetched>('fetchinvoice', request(counter));
      await alice.call('xpay', { invstring: invoice, label: 'daily' });
      clock.advance(DAY * 1000);
    }
    expect((await invoices()).map(({ status }) => status)).toEqual(['paid', 'paid']);
    // A request can be cancelled only instead of the next period's.
    expect(await alice.refused('cancelrecurringinvoice', request(3))).toMatchObject({
      message: 'previous invoice has not been paid (last was 1)',
    });
    const { bolt12 } = await alice.call<Offer>('cancelrecurringinvoice', request(2));
    expect(await alice.call('decode', [bolt12])).toMatchObject({
      invreq_recurrence_counter: 2,
      invreq_recurrence_cancel: true,
    });
    // lightningd marks the cancellation by an invoice that has expired.
    const [, , cancelled] = (
      await bob.until<{ invoices: { label: string; status: string }[] }>(
        'listinvoices',
        { offer_id },
        (list) => list.invoices.length === 3,
      )
    ).invoices;
    expect(cancelled).toMatchObject({
      label: expect.stringMatching(/-2$/) as string,
      status: 'expired',
    });
    const refused = {
      code: 1004,
      data: { error: expect.stringMatching(/invoice expired \(cancelled\?\)$/) as string },
    };
    expect(await alice.refused('fetchinvoice', request(2))).toMatchObject(refused);
    // The payee remembers it after a restart, and a second cancellation changes nothing.
    await bob.sandbox.stop();
    await alice.until<{ peers: { id: string; connected: boolean }[] }>('listpeers', {}, (list) =>
      list.peers.every(({ id, connected }) => id !== bob.id || !connected),
    );
    expect(await alice.refused('cancelrecurringinvoice', request(2))).toMatchObject({ code: 1003 });
    bob = await SharedNode.inWorld(world, { clock, directory });
    await alice.call('cancelrecurringinvoice', request(2));
    expect(await alice.refused('fetchinvoice', request(2))).toMatchObject(refused);
    expect((await invoices()).map(({ status }) => status)).toEqual(['paid', 'paid', 'expired']);
  });
});
