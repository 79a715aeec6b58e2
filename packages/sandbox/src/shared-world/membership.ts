import type { Node } from '../node.ts';
import { isOurs, peerOf } from '../world/channel.ts';
import { inTransaction } from '../world/context.ts';
import { OURS } from '../world/nodes.ts';
import { intValue } from '../options/values.ts';
import { policyOfTerms, termsOf } from './channel-terms.ts';
import { PartDecisions } from './part-decisions.ts';

/** How long a node waits before it connects again to a peer with a channel. */
const RECONNECT_MS = 500;

/** Joins the shared world: announces the node, follows the journal, and connects the peers with channels. @returns a function that ends this */
export function joinWorld(node: Node): () => void {
  const { identity, peers, world, configuration } = node;
  const { shared } = world;
  if (shared === undefined) return () => undefined;
  const { id, alias, color } = identity;
  const finalDelay = intValue(configuration.options.value('cltv-final') ?? '') ?? 10n;
  const decisions = new PartDecisions(node, shared, Number(finalDelay));
  shared.follow(() => decisions.update());
  shared.commit(() => ({ kind: 'member', id, alias, color }));
  announcePolicies(node);
  const address = peers.bound.find(({ kind }) => kind === 'tcp');
  if (address !== undefined) {
    const host = /^(?:::|0\.0\.0\.0)$/.test(address.host) ? '127.0.0.1' : address.host;
    shared.journal.setMember(id, { host, port: address.port });
  }
  let isDialing = false;
  const reconnect = (): void => {
    if (isDialing) return;
    isDialing = true;
    void dialPeers(node).finally(() => {
      isDialing = false;
    });
  };
  const timer = configuration.options.isSet('dev-no-reconnect')
    ? undefined
    : setInterval(reconnect, RECONNECT_MS).unref();
  if (timer !== undefined) reconnect();
  return () => {
    clearInterval(timer);
    decisions.close();
  };
}

/** Announces the fees and limits that other nodes do not know: older versions announced only the fees of `setchannel`. */
function announcePolicies({ world }: Node): void {
  const unknown = world.channels.living().filter((channel) => {
    if (!isOurs(channel) || channel.closingTxid !== undefined) return false;
    const { opener, other } = channel.announcedPolicies;
    const known = (channel.opener === OURS ? opener : other) ?? policyOfTerms(undefined);
    return JSON.stringify(termsOf(known)) !== JSON.stringify(termsOf(channel.policy));
  });
  if (unknown.length === 0) return;
  inTransaction(world.context, () => {
    for (const channel of unknown) world.announcePolicy(channel);
  });
}

/**
 * Connects to the nodes of the world with which we have channels. One that does not run is tried again. Of two nodes, the one with
 * the lesser id connects: otherwise both connections could replace each other.
 */
async function dialPeers({ identity, peers, world }: Node): Promise<void> {
  const wanted = new Set(
    world.channels
      .living()
      .filter((channel) => isOurs(channel) && channel.closingTxid === undefined)
      .map(peerOf),
  );
  const dials = [...wanted].map(async (number) => {
    const { id, member } = world.nodes.byNumber(number);
    const address = world.shared?.journal.member(id);
    if (member === undefined || address === undefined || id < identity.id) return;
    // It can end before the peer listens.
    await peers.connect(id, address.host, address.port).catch(() => undefined);
  });
  await Promise.all(dials);
}
