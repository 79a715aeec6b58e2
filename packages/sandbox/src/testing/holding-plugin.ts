import { type WrittenPlugin, writePlugin } from './test-plugin.ts';

/** Writes a plugin that holds payments until its command `release` is called. It then accepts them. */
export function writeHoldingPlugin(): Promise<WrittenPlugin> {
  return writePlugin({
    manifest: {
      hooks: [{ name: 'htlc_accepted' }],
      rpcmethods: [{ name: 'release', usage: '', description: 'd' }],
    },
    body: `
      const held = [];
      on('htlc_accepted', () => new Promise((resolve) => held.push(resolve)));
      on('release', () => { for (const resolve of held.splice(0)) resolve({ result: 'continue' }); return {}; });`,
  });
}

/** Resolves when the plugin holds a payment. */
export async function holdsPayment(plugin: WrittenPlugin): Promise<void> {
  await plugin.waitForNote(
    (note) => (note as { raw?: string }).raw?.includes('"method":"htlc_accepted"') ?? false,
  );
}
