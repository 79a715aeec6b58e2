/** Tests of plugins and of clients: a lightningd that the test controls. Requires Node. */
export { startPlugin } from './fake-lightningd/start-plugin.ts';
export type { PluginTestSettings, TestablePlugin } from './fake-lightningd/settings.ts';
export { type NodeCall, PluginUnderTest } from './fake-lightningd/plugin-under-test.ts';
export { FakeLightningd, type PluginFrame } from './fake-lightningd/fake-lightningd.ts';
export { type FakeRequest, FakeSocket } from './fake-lightningd/fake-socket.ts';
