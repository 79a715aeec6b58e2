import {
  anything,
  bool,
  defaulted,
  nodeId,
  number,
  optional,
  port,
  required,
  string,
} from '@clnrest/lightningd/parameters';
import { FEATURES } from '../features.ts';
import { connectPeer } from '../hooks/peer-connected.ts';
import type { CommandResult, JsonObject, JsonOutput } from '../json/output.ts';
import type { CallWith } from '../node.ts';
import { logLevel } from '../params/log-level.ts';
import { logJson } from './getlog.ts';
import { peerAddress } from '../params/peer-address.ts';
import { peerId } from '../params/texts.ts';
import { addressJson, addressText } from '../peers/peer-listener.ts';
import type { RemotePeer } from '../peers/remote-peer.ts';
import type { RemotePeers } from '../peers/remote-peers.ts';
import { type Attempt, connectCommand } from '../world/connections.ts';
import type { WorldNode } from '../world/nodes.ts';
import type { World } from '../world/world.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';

function fail(code: ErrorCode, message: string): CommandError {
  return new CommandError(code, message);
}

/** The peer, if it is connected. */
export function connectedPeer(id: string, world: World): WorldNode | undefined {
  const found = world.nodes.byId(id);
  return found !== undefined && world.connections.has(id) ? found : undefined;
}

export const connect = defineCommand({
  name: 'connect',
  parameters: { id: required(peerAddress), host: optional(string), port: optional(port) },
  validate({ id: { place }, host, port: at }) {
    const duplicate = (what: string, where: string): CommandError =>
      fail(ErrorCode.invalidParams, `Can't specify ${what} as both ${where} and separate argument`);
    if (place !== undefined && host !== undefined) throw duplicate('host', 'xxx@yyy');
    if (place?.port !== undefined && at !== undefined) throw duplicate('port', 'xxx@yyy:port');
    if (at !== undefined && (place?.host ?? host) === undefined) {
      throw fail(ErrorCode.invalidParams, "Can't specify port without host");
    }
  },
  run(
    { id: { id, place }, host, port: at },
    { node, id: request }: CallWith<'log' | 'peers' | 'plugins' | 'world'>,
  ) {
    const attempt = connectCommand(request);
    const peer = node.world.nodes.byId(id);
    if (peer === undefined || peer.member !== undefined) {
      const known = node.world.shared?.journal.member(id);
      const [to, on] = [place?.host ?? host, place?.port ?? at];
      const remote =
        to === undefined
          ? connectRemote(id, known?.host, known?.port, node.peers, attempt)
          : connectRemote(id, to, on, node.peers, attempt);
      return remote.catch((error: unknown) => recordFailure(id, error, attempt, node.world));
    }
    const json = (): CommandResult => ({
      id: peer.id,
      features: FEATURES.init,
      direction: node.world.connections.direction(peer.id) ?? 'out',
      address: node.world.connections.addressJson(peer),
    });
    return connectPeer(node, peer, 'out', attempt)?.then(json) ?? json();
  },
});

/** Connects to a node that is not simulated, over the Lightning protocol. */
async function connectRemote(
  id: string,
  host: string | undefined,
  port: number | undefined,
  peers: RemotePeers,
  attempt: Attempt,
): Promise<CommandResult> {
  const found = peers.byId(id);
  if (found === undefined && host === undefined) {
    throw fail(ErrorCode.connectNoAddress, 'Unable to connect, no address known for peer');
  }
  const peer = found ?? (await peers.connect(id, host ?? '', port, attempt));
  const { features, direction, remote } = peer;
  return { id, features, direction, address: addressJson(remote) };
}

/** lightningd does not record a connection that the peer or a plugin ends while it is established. */
function recordFailure(peerId: string, error: unknown, { since }: Attempt, world: World): never {
  if (error instanceof CommandError && error.code !== ErrorCode.connectDisconnected) {
    world.networkEvents.add({
      peerId,
      type: 'connect_fail',
      reason: error.message,
      durationNsec: process.hrtime.bigint() - since,
      isAttempted: error.code !== ErrorCode.connectNoAddress,
    });
  }
  throw error;
}

export const disconnect = defineCommand({
  name: 'disconnect',
  parameters: { id: required(peerId), force: optional(anything) },
  run({ id, force }, { node }: CallWith<'peers' | 'world'>) {
    const remote = node.peers.byId(id);
    const peer = node.world.nodes.byId(id);
    const channels = peer === undefined ? [] : node.world.channelsWith(peer);
    if (remote !== undefined && channels.length === 0) {
      remote.close();
      return {};
    }
    if (peer === undefined || (!node.world.connections.has(id) && channels.length === 0)) {
      throw fail(ErrorCode.invalidParams, `Unknown peer '${id}'`);
    }
    const isForced = force !== undefined && bool(force, 'force');
    if (!node.world.connections.has(id)) throw fail(ErrorCode.general, 'Peer not connected');
    const busy = channels.find(({ state }) => state !== 'ONCHAIN');
    if (busy !== undefined && !isForced) {
      throw fail(ErrorCode.general, `Peer has (at least one) channel in state ${busy.state}`);
    }
    if (remote === undefined) node.world.connections.disconnect(peer);
    else remote.close();
    return {};
  },
});

export const listpeers = defineCommand({
  name: 'listpeers',
  parameters: { id: optional(nodeId), level: optional(logLevel) },
  run({ id, level }, { node }: CallWith<'logBook' | 'peers' | 'world'>) {
    const logOf = (peer: string) =>
      level === undefined ? undefined : [...logJson(node.logBook, level, peer)];
    const isWanted = (peer: { readonly id: string }) => id === undefined || peer.id === id;
    const simulated = node.world.nodes.all().filter(isWanted);
    const remote = node.peers
      .all()
      .filter((peer) => isWanted(peer) && node.world.nodes.byId(peer.id) === undefined);
    return {
      peers: [
        ...simulated.flatMap((peer) => {
          const connected = node.peers.byId(peer.id);
          return connected === undefined
            ? peerJson(peer, logOf, node.world)
            : [remotePeerJson(connected, logOf, node.world.channelsWith(peer).length)];
        }),
        ...remote.map((peer) => remotePeerJson(peer, logOf)),
      ],
    };
  },
});

type LogOf = (peer: string) => readonly JsonOutput[] | undefined;

function remotePeerJson(peer: RemotePeer, logOf: LogOf, channels = 0): JsonObject {
  return {
    id: peer.id,
    connected: true,
    num_channels: channels,
    netaddr: [addressText(peer.remote)],
    features: peer.features,
    log: logOf(peer.id),
  };
}

function peerJson(peer: WorldNode, logOf: LogOf, world: World): JsonObject[] {
  const connected = world.connections.has(peer.id);
  const channels = world.channelsWith(peer).length;
  if (!connected && channels === 0) return [];
  return [
    {
      id: peer.id,
      connected,
      num_channels: channels,
      netaddr: connected ? [`127.0.0.1:${world.connections.port(peer)}`] : undefined,
      features: FEATURES.init,
      log: logOf(peer.id),
    },
  ];
}

/** Bytes of the type and length before a pong's bytes. */
const PONG_HEADER = 4;
/** Requests for at least this many bytes get no pong (BOLT 1). */
const NO_PONG = 65_532;
/** A message has at most 65,535 bytes: a ping has its type and two lengths before its bytes. */
const MAX_PING = 65_535 - 6;

export const ping = defineCommand({
  name: 'ping',
  parameters: {
    id: required(nodeId),
    len: defaulted(number, 128),
    pongbytes: defaulted(number, 128),
  },
  validate({ len, pongbytes }) {
    if (len > MAX_PING) {
      throw fail(ErrorCode.invalidParams, `${len} would result in oversize ping`);
    }
    if (pongbytes > 65_535) {
      throw fail(ErrorCode.invalidParams, `pongbytes ${pongbytes} > 65535`);
    }
  },
  async run({ id, len, pongbytes }, { node }: CallWith<'peers' | 'world'>) {
    const remote = node.peers.byId(id);
    const since = process.hrtime.bigint();
    if (remote === undefined && connectedPeer(id, node.world) === undefined) {
      throw fail(ErrorCode.general, 'Peer not connected');
    }
    const simulated = pongbytes >= NO_PONG ? 0 : pongbytes + PONG_HEADER;
    const totlen = remote === undefined ? simulated : await pingRemote(remote, len, pongbytes);
    if (totlen > 0) {
      const durationNsec = process.hrtime.bigint() - since;
      node.world.networkEvents.add({ peerId: id, type: 'ping', durationNsec });
    }
    return { totlen };
  },
});

/** Returns the length of the pong's message. */
async function pingRemote(peer: RemotePeer, len: number, pongbytes: number): Promise<number> {
  const expectsPong = pongbytes < NO_PONG;
  const pong = peer.ping(pongbytes, len, expectsPong);
  if (!expectsPong) return 0;
  const bytes = await pong;
  if (bytes < 0) throw fail(ErrorCode.general, 'Peer not connected');
  return bytes + PONG_HEADER;
}
