import type { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import { SocketIoEncoder } from './socket-io-encoder.ts';

const message = (text: string, sequence = 1) => ({ sequence, topic: 't', text });

/** The library's parser of frames, which its types hide. */
const { Receiver } = WebSocket as unknown as {
  Receiver: new (options: { isServer: boolean }) => Writable;
};

/** Reads frames as a websocket client does. */
function framesIn(bytes: Buffer): string[] {
  const receiver = new Receiver({ isServer: false });
  const texts: string[] = [];
  receiver.on('message', (data: Buffer) => texts.push(data.toString()));
  receiver.write(bytes);
  return texts;
}

describe('a batch is', () => {
  test('a websocket frame for each event, in one buffer', () => {
    const { options } = new SocketIoEncoder('message').encode([
      message('{"a": 18446744073709551615}'),
      message('{"b":"☃"}', 2),
    ]);
    expect(options.wsPreEncodedFrame).toHaveLength(1);
    expect(framesIn(options.wsPreEncodedFrame[0])).toEqual([
      '42["message",{"a": 18446744073709551615}]',
      '42["message",{"b":"☃"}]',
    ]);
  });

  test.each([0, 1, 124, 125, 126, 127, 65_534, 65_535, 65_536, 70_000, 200_000])(
    'readable with a frame of %i bytes and one after it',
    (length) => {
      const overhead = '42["message",""]'.length;
      const text = JSON.stringify('x'.repeat(Math.max(0, length - overhead)));
      const { options } = new SocketIoEncoder('message').encode([message(text), message('1', 2)]);
      expect(framesIn(options.wsPreEncodedFrame[0])).toEqual([
        `42["message",${text}]`,
        '42["message",1]',
      ]);
    },
  );

  test('one body of polling with a packet for each event', () => {
    const { data } = new SocketIoEncoder('m"').encode([message('1'), message('[2]', 2)]);
    expect(`4${data}`.split('\x1e')).toEqual(['42["m\\"",1]', '42["m\\"",[2]]']);
  });

  test('encoded once for the same messages', () => {
    const encoder = new SocketIoEncoder('message');
    const messages = [message('1')];
    expect(encoder.encode(messages)).toBe(encoder.encode(messages));
    expect(encoder.encode([...messages])).not.toBe(encoder.encode(messages));
  });
});
