import { isIPv6 } from 'node:net';
import type { PluginNotification } from '@clnrest/lightningd';
import { type Build, builds } from './builds.ts';
import { isSystemError } from './certificates/files.ts';
import type { Identity } from './certificates/identity.ts';
import { LiveCertificates } from './certificates/live-certificates.ts';
import { certificateNames } from './certificates/names.ts';
import { type ErrorName, Refusal } from './refusals.ts';
import { CallRecorder } from './http/call-recorder.ts';
import { Health } from './http/health.ts';
import { RequestIds } from './http/request-ids.ts';
import { Metrics } from './metrics/metrics.ts';
import { MetricsServer } from './metrics/metrics-server.ts';
import { processGauges } from './metrics/process-gauges.ts';
import { DisconnectSignals } from './http/disconnect-signals.ts';
import { RunningCommands } from './http/running-commands.ts';
import { commonCorsHeaders } from './http/cors.ts';
import { AnonymousConnections } from './http/anonymous-connections.ts';
import { pageLinks } from './http/error-page.ts';
import { baseHeaders } from './http/headers.ts';
import { type Log, RefusalLog } from './http/refusal-log.ts';
import { PortWait } from './http/port-wait.ts';
import { RequestHandler } from './http/request-handler.ts';
import { GatewayServers, ListenError, urlOf } from './http/gateway-servers.ts';
import { GatewayServer, type ServerTools } from './http/server.ts';
import type { Limits } from './limits.ts';
import type { GatewayNode } from './node/gateway-node.ts';
import { makeRuneCheck } from './node/rune-check.ts';
import { RuneReader } from './node/rune-reader.ts';
import { withTimeout } from './node/with-timeout.ts';
import { EarlyRuneCheck } from './node/early-rune-check.ts';
import { RuneVerifier } from './node/rune-verifier.ts';
import { LocalJudge } from './judge/local-judge.ts';
import type { Lease } from './judge/lease.ts';
import type { RevocationRange } from './judge/revocation.ts';
import { type Message, payloadOf } from './notifications/message.ts';
import { Notifications } from './notifications/notifications.ts';
import { isSocketIoUpgrade } from './notifications/socket-io.ts';
import { readOrigins } from './options/origins.ts';
import { OptionError, type Settings } from './options/settings.ts';
import { TrustedProxies } from './options/trusted-proxies.ts';
import { PathRefused } from './routing/path-refused.ts';
import type { PathRegistration } from './routing/registration.ts';
import { makeRoutes } from './routes.ts';
import type { UpstreamClient } from './upstream/upstream-client.ts';
import { VERSION } from './version.ts';
import type { NotificationSource, Restored } from './processes/messages.ts';

/**
 * Bytes of a result on the connection that requests share. `checkrune` returns a few; a blacklist of 500,000
 * ranges of runes fits.
 */
const MAX_SHARED_RESULT_BYTES = 16 * 1024 * 1024;
/** Time for a closing gateway to send its final responses. */
const SHUTDOWN_GRACE_MS = 250;

/** Dependencies and settings of a gateway. */
export interface GatewayParts {
  readonly build: Build;
  readonly settings: Settings;
  /** The node to serve. `Gateway.close` does not close it. */
  readonly node: GatewayNode;
  /** Another gateway that gets the commands, if this one has not the node's socket. `Gateway.close` does not close it. */
  readonly upstream?: UpstreamClient | undefined;
  readonly log: Log;
  readonly limits: Limits;
  /** The state of the gateway that this one replaces. */
  readonly restored?: Restored;
  /** By default `plugin`: the caller of `notify` and `publish` is one. With `none`, subscriptions are refused. */
  readonly notifications?: NotificationSource;
  /** How often HTTP has been restarted since the plugin started; 0 by default. */
  readonly restarts?: number | undefined;
  /**
   * Lets the gateway check runes itself. The caller must announce every change of the node's blacklist before the node makes
   * it. The list has changes that the node may not have made yet. By default the node checks all runes.
   */
  readonly revocations?: readonly RevocationRange[] | undefined;
  /** Whether the gateway can check runes itself only while it has a lease; see {@link Gateway.renewLease}. */
  readonly needsLeases?: boolean | undefined;
  /** Ends the wait for a port that another process uses. */
  readonly signal?: AbortSignal | undefined;
}

/** A gateway that accepts connections. */
export interface Gateway {
  /** The first configured address, for example `https://127.0.0.1:3010`. */
  readonly url: string;
  /** All addresses on which it listens now. Addresses that do not exist yet are tried again. */
  readonly urls: readonly string[];
  readonly port: number;
  /** Registers paths. */
  readonly paths: {
    /** Both throw a {@link PathRefused}. */
    checkRegistration(registration: PathRegistration): void;
    register(registration: PathRegistration): void;
    /** Replaces all registered paths. Logs those that this gateway cannot serve. */
    replace(registrations: readonly PathRegistration[]): void;
  };
  /** Sends a notification of the node to the subscribers and numbers it. */
  notify(notification: PluginNotification): void;
  /** Sends a notification that has a sequence number. */
  publish(message: Message): void;
  /** Notes that a command is about to change the node's blacklist. */
  announceRevocation(range: RevocationRange): void;
  /** Notes that the node continues with the announced commands. */
  revocationsPassed(): void;
  /** Lets the gateway check runes itself until the end of a lease, if it needs leases. */
  renewLease(lease: Lease): void;
  /** Issues due certificates, and reads the certificate files again. New connections use the result, which is logged. */
  reloadCertificates(): Promise<void>;
  /** Stops. Running requests can end within `graceMs`, by default `limits.closeMs`; the others are aborted. */
  close(graceMs?: number): Promise<void>;
}

/**
 * Starts to listen. Rejects with an {@link OptionError} if the certificates, the address or the port cannot
 * be used.
 *
 * @example
 * ```ts no-run
 * import { builds, LIMITS, startGateway } from '@clnrest/gateway';
 * import { RpcClient } from '@clnrest/lightningd';
 * const gateway = await startGateway({
 *   build: builds.rest,
 *   settings: {
 *     port: 3010,
 *     protocol: 'https',
 *     hosts: [{ host: 'localhost', addresses: ['127.0.0.1', '::1'] }],
 *     names: ['node.example.com'],
 *     certificates: '/home/me/.lightning/regtest/clnrest',
 *     contentSecurityPolicy: "default-src 'self'",
 *     origins: ['*'],
 *     swaggerRoot: '',
 *     runeRecheck: 60,
 *     judge: 'node',
 *     logCalls: 'off',
 *     metrics: undefined,
 *     trustedProxies: [],
 *   },
 *   node: new RpcClient({ socketPath: '/home/me/.lightning/regtest/lightning-rpc' }),
 *   log: (level, message) => console.error(level, message),
 *   limits: LIMITS,
 * });
 * gateway.url // => 'https://localhost:3010'
 * await gateway.close();
 * ```
 */
export async function startGateway(parts: GatewayParts): Promise<Gateway> {
  const { build, settings, node, log, limits, restored, restarts = 0 } = parts;
  const live = settings.protocol === 'https' ? await certificates(parts) : undefined;
  const pipeline = node.pipeline({
    batching: true,
    maxResultBytes: MAX_SHARED_RESULT_BYTES,
  });
  const proxies = TrustedProxies.of(settings.trustedProxies);
  const requestIds = new RequestIds(proxies);
  const metrics = new Metrics();
  for (const family of processGauges({
    version: VERSION,
    restarts,
    certificate: () => live?.identity.cert,
  }))
    metrics.add(family);
  const count = (kind: ErrorName): void => metrics.refusals.add([kind]);
  const refusals = new RefusalLog(log, { count, requestIds, proxies });
  const reader = new RuneReader();
  const verifier = new RuneVerifier(reader);
  const disconnects = new DisconnectSignals();
  const running = new RunningCommands(disconnects);
  const timeoutMs = limits.nodeMs;
  const judge =
    parts.revocations &&
    new LocalJudge({
      silent: (id, since) => running.abortSince(id, since),
      pipeline,
      verifier,
      log,
      timeoutMs,
      mismatched: () => metrics.mismatches.add(),
      revocations: parts.revocations,
      isLeased: parts.needsLeases === true,
    });
  const checkRune = makeRuneCheck({
    pipeline,
    reader,
    judge,
    timeoutMs,
    checked: (by, seconds) => metrics.judgeSeconds.observe(seconds, [by]),
  });
  const { contentSecurityPolicy, swaggerRoot } = settings;
  const origins = readOrigins(settings.origins);
  const anonymousConnections = new AnonymousConnections(limits, proxies);
  const notifications = new Notifications({
    checkRune,
    limits,
    log: refusals,
    metrics,
    origins,
    anonymousConnections,
    holdMs: build.holdMs,
    methods: build.subscribeMethods,
    recheckMs: settings.runeRecheck * 1_000,
    restored,
    source: parts.notifications ?? 'plugin',
  });
  const routes = makeRoutes({
    node,
    checkRune,
    reader,
    earlyCheck: new EarlyRuneCheck({ node: pipeline, verifier, judge }),
    proxies,
    limits,
    disconnects,
    running,
    upstream: parts.upstream,
    notifications,
    recorder: new CallRecorder({ metrics, log, logging: settings.logCalls, requestIds, proxies }),
    metrics,
    health: new Health(pipeline),
    swaggerRoot,
  });
  const { paths, register } = routes;
  registerAll(register, restored?.registrations ?? [], log);
  const headers = [...baseHeaders(contentSecurityPolicy), ...commonCorsHeaders(origins)];
  const handler = new RequestHandler({
    paths,
    origins,
    limits,
    log: refusals,
    outlivesNode: build.prefix === '-',
    links: pageLinks(swaggerRoot),
  });
  const serverTools = {
    handler,
    headers,
    limits,
    log: refusals,
    anonymousConnections,
    requestIds,
    isWebSocket: isSocketIoUpgrade,
    upgrade: (request, socket, head) => notifications.upgrade(request, socket, head),
  } satisfies Omit<ServerTools, 'identity'>;
  const ports = new PortWait({ log, waitMs: limits.portWaitMs, signal: parts.signal });
  const servers = await listen(parts, serverTools, live?.identity, ports);
  const metricsServer = await listenForMetrics(parts, metrics, refusals, ports).catch(
    async (error: unknown) => {
      await servers.close(0);
      throw error;
    },
  );
  live?.watch((identity) => servers.setIdentity(identity));
  const { protocol, hosts } = settings;
  return {
    url: urlOf(protocol, hosts[0]?.host ?? '', servers.port),
    urls: servers.urls,
    port: servers.port,
    reloadCertificates: async () => live?.reload(),
    paths: {
      register,
      checkRegistration: (registration) => paths.checkRegistration(registration),
      replace: (registrations) => {
        paths.clearRegistered();
        registerAll(register, registrations, log);
      },
    },
    notify: (notification) => {
      notifications.publish(notification.topic, payloadOf(notification));
    },
    publish: (message) => notifications.publishMessage(message),
    announceRevocation: (range) => judge?.announce(range),
    revocationsPassed: () => judge?.revocationsPassed(),
    renewLease: (lease) => judge?.renewLease(lease),
    close: async (graceMs = limits.closeMs) => {
      // First, so that subscribers that poll can fetch their last messages.
      await notifications.close(Refusal.of('stopping'));
      handler.stop();
      // Commands that still run then are aborted with the reason. The servers cut the connections after that.
      const reason = Refusal.of('stopping', { detail: 'whether the command ran is unknown' });
      const abort = setTimeout(() => disconnects.abortAll(reason), graceMs);
      await servers.close(graceMs + SHUTDOWN_GRACE_MS);
      clearTimeout(abort);
      await metricsServer?.close();
      await routes.close();
      await flushReports(judge);
      await pipeline.close();
      await live?.close();
    },
  };
}

/** Serves the metrics without a rune, if that is configured. */
async function listenForMetrics(
  { build, settings }: GatewayParts,
  metrics: Metrics,
  log: RefusalLog,
  ports: PortWait,
): Promise<MetricsServer | undefined> {
  if (settings.metrics === undefined) return undefined;
  const { host, port } = settings.metrics;
  try {
    return await ports.listen(host, port, () =>
      MetricsServer.listen(host, port, metrics, (error) => log.fault(error)),
    );
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new OptionError(
      `\`${build.prefix}-metrics-host\` ${host} and \`${build.prefix}-metrics-port\` ${port} cannot be used: ${reason}.`,
      { cause },
    );
  }
}

/** Sends the last reports about runes, unless the node takes too long. */
async function flushReports(judge: LocalJudge | undefined): Promise<void> {
  if (judge === undefined) return;
  await withTimeout(SHUTDOWN_GRACE_MS, judge.flush()).catch(() => undefined);
  judge.close();
}

/** Registers paths of the plugin: before the servers listen, so that no path is ever missing. */
function registerAll(
  register: (registration: PathRegistration) => void,
  registrations: readonly PathRegistration[],
  log: Log,
): void {
  for (const registration of registrations) {
    try {
      register(registration);
    } catch (error) {
      if (!(error instanceof PathRefused)) throw error;
      log('unusual', `Path '${registration.path}' cannot be served: ${error.message}`);
    }
  }
}

async function certificates({ build, settings, log }: GatewayParts): Promise<LiveCertificates> {
  const directory = settings.certificates;
  const hosts = settings.hosts.map(({ host }) => host);
  const names = () => certificateNames(hosts, settings.names);
  try {
    return await LiveCertificates.prepare({ directory, names, log });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new OptionError(`\`${build.prefix}-certs\` ${directory} cannot be used: ${reason}`, {
      cause,
    });
  }
}

async function listen(
  parts: GatewayParts,
  tools: Omit<ServerTools, 'identity'>,
  identity: Identity | undefined,
  ports: PortWait,
): Promise<GatewayServers<Identity>> {
  const { hosts, port, protocol } = parts.settings;
  // Without `ipv6Only`, `::` also includes all IPv4 addresses.
  const both = hosts.some(({ host }) => host === '0.0.0.0');
  try {
    return await GatewayServers.start(
      {
        hosts,
        port,
        protocol,
        option: `${parts.build.prefix}-host`,
        log: parts.log,
        listen: (host, port, identity) =>
          ports.listen(host, port, () =>
            GatewayServer.listen(
              { host, port, ipv6Only: both && isIPv6(host) },
              { ...tools, identity },
            ),
          ),
      },
      identity,
    );
  } catch (error) {
    throw error instanceof ListenError ? unusable(parts, error) : error;
  }
}

function unusable({ build, settings }: GatewayParts, error: ListenError): OptionError {
  const { prefix } = build;
  const other = prefix === 'rest' ? builds.clnrest.prefix : builds.rest.prefix;
  const { port } = settings;
  const { host, address, cause, message } = error;
  return new OptionError(
    isSystemError(cause, 'EADDRINUSE')
      ? `\`${prefix}-port\` ${port}, should be a valid available port between 1024 and 65535. Another program listens on it at ${address}: set another port. If \`${other}-port\` has the same value, that program is the plugin ${other}.`
      : `\`${prefix}-host\` ${host} and \`${prefix}-port\` ${port} cannot be used: ${message}.`,
    { cause },
  );
}
