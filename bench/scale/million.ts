import { LIMITS } from '@clnrest/gateway';
import { grouped, n, rate } from './numbers.ts';
import {
  bottlenecks,
  type Limit,
  PACKET_BYTES,
  type Plan,
  planFor,
  PORT_BYTES,
  USED,
} from './plan.ts';
import type { ScaleModel } from './scale-model.ts';

const SUBSCRIBERS = 1_000_000;
/** The most subscribers of one gateway. */
const LIMIT = LIMITS.subscribers;
/** Subscribers of one gateway. */
const PER_GATEWAY = [LIMIT / 4, LIMIT / 2, LIMIT] as const;
/** Ephemeral ports of Linux by default: `net.ipv4.ip_local_port_range` is 32768 to 60999. */
const PORTS = 28_232;
/** The interval of heartbeats, in seconds, and the bytes of one. */
const HEARTBEAT = { seconds: 15, bytes: 45 };
/** The mean time between two rechecks of a subscriber's rune, with the default \`rune-recheck\`, in seconds. */
const RECHECK_SECONDS = 0.8 * 60;

const LIMIT_NAMES: Readonly<Record<Limit, string>> = {
  gateway: 'the processor of each gateway',
  redis: 'the processor of Redis',
  node: 'the processor of the node',
  network: 'one network port for all subscribers',
};

/** Writes the section about a million subscribers. All of its figures follow from the model. */
export function million(model: ScaleModel): string {
  const plain = PER_GATEWAY.map((count) => planFor(model, 'plain', SUBSCRIBERS, count));
  const tls = PER_GATEWAY.map((count) => planFor(model, 'tls', SUBSCRIBERS, count));
  const [small] = plain;
  const full = plain.at(-1);
  const fullTls = tls.at(-1);
  if (small === undefined || full === undefined || fullTls === undefined) {
    throw new Error('there is no plan');
  }
  return `## 1,000,000 subscribers

These figures are calculated, not measured, for processors like those of this machine. Each cost is that of the model and its deviation
more. Rates use ${n(USED * 100)} % of a processor or a network port, so that bursts fit. All subscribers receive all
notifications, of ${n(model.eventBytes)} bytes each. A network port carries ${n((PORT_BYTES * 8) / 1e9)} Gbit/s, and a packet has ${PACKET_BYTES} bytes of headers.

| | ${plain.map(({ perGateway }) => `HTTP, ${grouped(perGateway)} each`).join(' | ')} | ${tls.map(({ perGateway }) => `TLS, ${grouped(perGateway)} each`).join(' | ')} |
|---|${[...plain, ...tls].map(() => '--:|').join('')}
${planRows([...plain, ...tls]).join('\n')}

With ${grouped(LIMIT)} subscribers for each gateway, the first bottleneck is the first of these:

${bottleneckRow(full, 'HTTP')}
${bottleneckRow(fullTls, 'TLS')}

${gatewayAdvice(model, full, small, fullTls)}

${redisAdvice(full, small)}

${storms(model, full, fullTls)}

${kernelAdvice(model, full)}
`;
}

function planRows(plans: readonly Plan[]): string[] {
  const rows: readonly (readonly [string, (plan: Plan) => string])[] = [
    ['gateways', ({ gateways }) => grouped(gateways)],
    ['memory of all gateways, GB', ({ memory }) => n(memory / 1e9)],
    ['memory of their kernels for connections, GB', ({ kernelMemory }) => n(kernelMemory / 1e9)],
    ['processors busy without notifications', ({ idleProcessors }) => n(idleProcessors, 1)],
    ["one gateway's processor for a notification, ms", ({ gatewayMs }) => n(gatewayMs)],
    ['notifications a second: gateways', ({ rates }) => rate(rates.gateway)],
    ['notifications a second: Redis', ({ rates }) => rate(rates.redis)],
    ['notifications a second: node', ({ rates }) => rate(rates.node)],
    ['notifications a second: one network port', ({ rates }) => rate(rates.network)],
    ['Redis sends at the rate of the gateways, MB/s', ({ redisBytes }) => n(redisBytes / 1e6, 2)],
    ['a gateway accepts its subscribers again in, s', ({ joinSeconds }) => n(joinSeconds)],
  ];
  return rows.map(([name, value]) => `| ${name} | ${plans.map(value).join(' | ')} |`);
}

function bottleneckRow(plan: Plan, protocol: string): string {
  const order = bottlenecks(plan).map(
    ([limit, value]) => `${LIMIT_NAMES[limit]} (${rate(value)}/s)`,
  );
  return `- **${protocol}**: ${order.join(', then ')}.`;
}

function gatewayAdvice(model: ScaleModel, full: Plan, small: Plan, tls: Plan): string {
  const beats = SUBSCRIBERS / HEARTBEAT.seconds;
  const beatBytes = beats * (HEARTBEAT.bytes + PACKET_BYTES);
  return `### Processor of the gateways

One thread of a gateway writes to each subscriber separately. Most of that time is the system's call for one connection, which
a faster program in the gateway cannot shorten. With ${grouped(full.perGateway)} subscribers, the last one has a notification after ${n(model.lastMs.fixed + full.gatewayMs)} ms,
and with ${grouped(small.perGateway)} after ${n(model.lastMs.fixed + small.gatewayMs)} ms, if each gateway has a processor. TLS in the gateway makes it ${n(tls.gatewayMs / full.gatewayMs, 1)} times as long,
because each connection is encrypted with its own key.

Notifications that arrive while a gateway writes are sent together afterwards, in one write for each subscriber. If notifications
arrive faster than the rate in the table, they are therefore not lost, but arrive up to the time of two such writes later.

- **More gateways with fewer subscribers** raise the rate in proportion: ${grouped(small.gateways)} instead of ${grouped(full.gateways)} gateways carry ${rate(small.rates.gateway)} instead of ${rate(full.rates.gateway)} notifications
  a second. Use one processor for each gateway, and several gateways on each machine.
- **Topics**: a subscriber that [chooses topics](notifications.md) costs nothing for other notifications.
- **TLS at a proxy** moves the cost of TLS to a program that encrypts on several processors.
- **Heartbeats** every ${HEARTBEAT.seconds} seconds are ${grouped(beats)} writes a second, and ${n(beatBytes / 1e6, 1)} MB/s. They are most of what gateways do without notifications.
- **Network**: one notification is ${n(full.notificationBytes / 1e6)} MB. Spread the gateways over several ports when the rate approaches ${rate(full.rates.network)} a second.`;
}

function redisAdvice(full: Plan, small: Plan): string {
  return `### Redis

Redis sends each notification to each gateway, whatever the number of subscribers. At ${n(USED * 100)} % of its processor, it sends ${rate(full.rates.redis)} notifications
a second to ${grouped(full.gateways)} gateways, and ${rate(small.rates.redis)} to ${grouped(small.gateways)} gateways. Without notifications, leases take ${n(full.redisIdle * 100)} % and ${n(small.redisIdle * 100)} % of its processor.
The rate of the gateways needs only ${n(full.redisBytes / 1e6, 2)} and ${n(small.redisBytes / 1e6, 2)} MB/s.

If Redis is the bottleneck, give the gateways replicas of Redis to read from. The gateway has no option for that today: it
reads and renews its lease at one address. A cluster does not help, because all keys of a node are in one slot.`;
}

function storms(model: ScaleModel, full: Plan, tls: Plan): string {
  const share = full.perGateway / (full.gateways - 1);
  const nodeSeconds = (SUBSCRIBERS * model.nodeJoinTime) / 1e6;
  return `### Subscribers that reconnect

A client reconnects 2 to 4 seconds after its connection ended: the gateway chooses a delay for each connection. The client resumes at any gateway.

- **One gateway restarts**: each of the others gets ${grouped(share)} subscribers, which is ${n((share / full.perGateway) * full.joinSeconds, 1)} s of its processor with HTTP and ${n((share / full.perGateway) * tls.joinSeconds, 1)} s
  with TLS. The gateways need that much spare room: plan for ${grouped(full.perGateway - Math.ceil(share))} subscribers for each, not for ${grouped(full.perGateway)}. A gateway refuses more than ${grouped(LIMIT)}.
- **All reconnect together**, such as after a proxy restarts: a gateway accepts its ${grouped(full.perGateway)} subscribers in ${n(full.joinSeconds)} s with HTTP and in
  ${n(tls.joinSeconds)} s with TLS. Notifications wait as long, since one thread does both. Let the proxy limit the rate of new connections.
- **The node** gets one report for each rune. If all runes have unique ids of their own, that is ${n(nodeSeconds)} s of the node's processor
  (with \`--judge=node\` ${n((SUBSCRIBERS * model.nodeJudgeTime) / 1e6)} s). Subscribers do not wait for reports, until one takes longer than 500 ms: then the gateways let the
  node check each rune, and the node is the bottleneck. To avoid that, derive the users' runes from one rune: they then share
  a unique id, and each gateway sends at most four reports a second. Such runes can only be revoked together.
- **Gateways without the node's socket** ask the [upstream gateway](gateway.md#without-the-nodes-socket) about each subscriber, and again every ${n(RECHECK_SECONDS)} seconds: ${grouped(SUBSCRIBERS / RECHECK_SECONDS)}
  requests a second for all. Give these gateways a larger \`--rune-recheck\`, or the node's socket.`;
}

function kernelAdvice(model: ScaleModel, full: Plan): string {
  return `### Descriptors, ports and memory of the system

- **File descriptors**: a gateway with ${grouped(full.perGateway)} subscribers needs a limit (\`ulimit -n\`) of ${grouped(full.perGateway + 2_000)}, because it accepts 1,000 other
  connections and opens some to the node. A proxy needs two for each subscriber. Many systems start with 1,024.
- **Ports**: a proxy has ${grouped(PORTS)} ports for each pair of its own address and a gateway's address and port. This is enough
  for ${grouped(full.perGateway)} subscribers of each gateway, but not if all gateways share one address and port. Give each gateway its own port.
- **Backlog**: 4,096 connections can wait until a gateway accepts them, if \`net.core.somaxconn\` allows that many. Clients that
  find the backlog full connect a second or more later.
- **Kernel**: one end of a connection takes ${n(model.kernelMemory / 1e3, 1)} kB besides the process. Unread data of slow subscribers adds up to
  1 MiB for each in the gateway, which then disconnects them.`;
}
