import { afterEach, describe, expect, test, vi } from 'vitest';
import { connectablePath } from './socket-path.ts';

afterEach(() => vi.restoreAllMocks());

describe('the path to connect to', () => {
  const long = `/home/${'d'.repeat(120)}/regtest`;

  test('is the path itself up to the limit of the system', async () => {
    const path = `/${'x'.repeat(102)}`;
    expect((await connectablePath(path)).path).toBe(path);
  });

  test('is relative if the socket is near, as it is for a plugin', async () => {
    vi.spyOn(process, 'cwd').mockReturnValue(long);
    expect((await connectablePath(`${long}/lightning-rpc`)).path).toBe('lightning-rpc');
  });

  test('counts bytes, not characters', async () => {
    vi.spyOn(process, 'cwd').mockReturnValue('/');
    await expect(connectablePath(`/tmp/${'ä'.repeat(60)}`)).rejects.toMatchObject({
      code: 'socket_missing',
      message: expect.stringContaining('has 125 bytes'),
    });
  });
});
