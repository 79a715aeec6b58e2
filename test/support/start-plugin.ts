import { onTestFinished } from 'vitest';
import { launchPlugin, type PluginProcess } from './plugin-process.ts';

/** Starts a plugin and kills it after the test. */
export function startPlugin(...how: Parameters<typeof launchPlugin>): PluginProcess {
  const plugin = launchPlugin(...how);
  onTestFinished(() => plugin.kill());
  return plugin;
}
