import { anything, hex, nodeId, required } from '@clnrest/lightningd/parameters';
import type { JsonToken } from '@clnrest/json/tokens';
import type { CallWith, NodeWith } from '../node.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';
import { connectedPeer } from './peers.ts';

/** The messages that lightningd handles itself (BOLT 1, 2 and 7), by type. Plugins handle those of peer storage. */
const OWN_MESSAGES: ReadonlyMap<number, string> = new Map([
  [0, 'PROTOCOL_BATCH_ELEMENT'],
  [1, 'WARNING'],
  [2, 'STFU'],
  [16, 'INIT'],
  [17, 'ERROR'],
  [18, 'PING'],
  [19, 'PONG'],
  [32, 'OPEN_CHANNEL'],
  [33, 'ACCEPT_CHANNEL'],
  [34, 'FUNDING_CREATED'],
  [35, 'FUNDING_SIGNED'],
  [36, 'CHANNEL_READY'],
  [38, 'SHUTDOWN'],
  [39, 'CLOSING_SIGNED'],
  [40, 'CLOSING_COMPLETE'],
  [41, 'CLOSING_SIG'],
  [64, 'OPEN_CHANNEL2'],
  [65, 'ACCEPT_CHANNEL2'],
  [66, 'TX_ADD_INPUT'],
  [67, 'TX_ADD_OUTPUT'],
  [68, 'TX_REMOVE_INPUT'],
  [69, 'TX_REMOVE_OUTPUT'],
  [70, 'TX_COMPLETE'],
  [71, 'TX_SIGNATURES'],
  [72, 'TX_INIT_RBF'],
  [73, 'TX_ACK_RBF'],
  [74, 'TX_ABORT'],
  [77, 'SPLICE_LOCKED'],
  [80, 'SPLICE'],
  [81, 'SPLICE_ACK'],
  [127, 'START_BATCH'],
  [128, 'UPDATE_ADD_HTLC'],
  [130, 'UPDATE_FULFILL_HTLC'],
  [131, 'UPDATE_FAIL_HTLC'],
  [132, 'COMMITMENT_SIGNED'],
  [133, 'REVOKE_AND_ACK'],
  [134, 'UPDATE_FEE'],
  [135, 'UPDATE_FAIL_MALFORMED_HTLC'],
  [136, 'CHANNEL_REESTABLISH'],
  [137, 'UPDATE_BLOCKHEIGHT'],
  [256, 'CHANNEL_ANNOUNCEMENT'],
  [257, 'NODE_ANNOUNCEMENT'],
  [258, 'CHANNEL_UPDATE'],
  [259, 'ANNOUNCEMENT_SIGNATURES'],
  [261, 'QUERY_SHORT_CHANNEL_IDS'],
  [262, 'REPLY_SHORT_CHANNEL_IDS_END'],
  [263, 'QUERY_CHANNEL_RANGE'],
  [264, 'REPLY_CHANNEL_RANGE'],
  [265, 'GOSSIP_TIMESTAMP_FILTER'],
  [513, 'ONION_MESSAGE'],
]);

function refused(message: string): CommandError {
  return new CommandError(ErrorCode.invalidRequest, message);
}

export const sendcustommsg = defineCommand({
  name: 'sendcustommsg',
  parameters: { node_id: required(nodeId), msg: required(anything) },
  run({ node_id, msg: token }, { node }: CallWith<'log' | 'peers' | 'world'>) {
    const type = typeOf(token);
    const name = type === undefined ? undefined : OWN_MESSAGES.get(type);
    if (name !== undefined) {
      throw refused(
        `Cannot send messages of type ${type} (WIRE_${name}). It is not possible to send messages that have a type managed internally since that might cause issues with the internal state tracking.`,
      );
    }
    requireConnected(node_id, node);
    const msg = hex(token, 'msg');
    if (type === undefined) {
      throw new CommandError(ErrorCode.invalidParams, 'msg: should be at least 2 bytes');
    }
    if (type % 2 === 0) node.log.log('info', `sending a custom even message (${type})`);
    node.peers.byId(node_id)?.send(type, msg.subarray(2));
    return { status: 'Message sent to connectd for delivery' };
  },
});

/** The type of a message in hex; undefined if the text is not one. */
function typeOf({ text }: JsonToken): number | undefined {
  if (!/^(?:[0-9a-f]{2}){2,}$/i.test(text)) return undefined;
  return Number.parseInt(text.slice(0, 4), 16);
}

function requireConnected(id: string, { peers, world }: NodeWith<'peers' | 'world'>): void {
  if (peers.byId(id) !== undefined || connectedPeer(id, world) !== undefined) return;
  const known = world.nodes.byId(id);
  const hasChannel = known !== undefined && world.channelsWith(known).length > 0;
  throw refused(hasChannel ? 'Peer is not connected' : `No such peer: ${id}`);
}
