import { type ListenAddress, listenAddresses } from '../peers/listen-address.ts';
import { peerServices } from '../peers/peer-services.ts';
import { resolve } from 'node:path';
import { resumePayments } from '../hooks/incoming-payment.ts';
import type { Node } from '../node.ts';
import { notifyOfLog } from '../notifications/log-notifications.ts';
import type { Notifier } from '../notifications/notifier.ts';
import { RpcServer } from '../rpc-server/server.ts';
import { joinWorld } from '../shared-world/membership.ts';
import { intValue } from '../options/values.ts';
import { VERSION } from '../version.ts';
import type { Cleanup } from './cleanup.ts';
import type { FatalFailure } from './fatal-failure.ts';
import { rpcFile } from './start-plugins.ts';
import type { Lifecycle } from './lifecycle.ts';

/** Listens on the socket. The cleanup stops the plugins while they can still call the node. */
export async function listen(
  node: Node,
  lifecycle: Lifecycle,
  cleanup: Cleanup,
): Promise<RpcServer> {
  const { options, directory } = node.configuration;
  const path = resolve(directory.network, rpcFile({ options }));
  const mode = Number.parseInt(options.value('rpc-file-mode') ?? '0600', 8);
  const server = await RpcServer.listen(node, path, mode);
  lifecycle.waitForConnections(server.closed);
  cleanup.add(() => server.close(lifecycle.caller));
  cleanup.add(() => node.peers.close());
  cleanup.add(() => node.plugins.shutdown());
  cleanup.add(() => server.stopListening());
  return server;
}

/** Initialises the plugins and starts the world. @throws SandboxError `plugin_failed` */
export async function begin(
  node: Node,
  notifier: Notifier,
  failure: FatalFailure,
  cleanup: Cleanup,
): Promise<void> {
  const { log, logBook, plugins, world, peers, identity, autoclean } = node;
  notifyOfLog(logBook, notifier);
  await failure.race(plugins.initialiseAll());
  world.begin(intValue(node.configuration.options.value('rescan') ?? '0') ?? 0n);
  autoclean.schedule();
  peers.serve(peerServices(node));
  await peers.listen(addresses(node));
  cleanup.add(joinWorld(node));
  resumePayments(node);
  failure.onReport(() => void node.stop());
  log.log('info', '-'.repeat(50));
  log.log(
    'info',
    `Server started with public key ${identity.id}, alias ${identity.alias} (color #${identity.color}) and lightningd ${VERSION}`,
  );
  log.log(
    'info',
    'This is a sandbox, not a Lightning node: it simulates its chain and its peers, and never moves real money',
  );
}

/** A node of a shared world listens at a free port, unless the options name one. */
function addresses({ configuration, world }: Node): ListenAddress[] {
  const given = listenAddresses(configuration.options);
  if (given.length > 0 || world.shared === undefined) return given;
  return [{ kind: 'tcp', host: '127.0.0.1', port: 0 }];
}
