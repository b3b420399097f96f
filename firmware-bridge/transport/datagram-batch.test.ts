import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BatchReader, BatchWriter } from './datagram-batch.ts';
import type { UdpPeer } from './udp-port.ts';

const peerOf = (n: number): UdpPeer => ({ address: '10.0.0.1', port: n, endpoint: `10.0.0.1:${n}` });

test('any datagrams in any batches come out as they went in: bytes, peer, time, order', () => {
  const datagram = fc.record({
    bytes: fc.uint8Array({ maxLength: 300 }),
    port: fc.integer({ min: 1, max: 5 }),
    atMs: fc.double({ min: 0, max: 4e12, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(fc.array(datagram, { maxLength: 8 }), { maxLength: 8 }), (batches) => {
      const writer = new BatchWriter();
      const reader = new BatchReader();
      for (const batch of batches) {
        for (const { bytes, port, atMs } of batch) writer.add(bytes, peerOf(port), atMs);
        const got: { bytes: Uint8Array; port: number; atMs: number }[] = [];
        // As it goes between threads.
        const sent = structuredClone(writer.take());
        reader.read(sent, (bytes, peer, atMs) =>
          got.push({ bytes: Uint8Array.from(bytes), port: peer.port, atMs }),
        );
        expect(got).toEqual(batch);
      }
    }),
  );
});

test('the longest datagram of UDP fits', () => {
  const writer = new BatchWriter();
  writer.add(new Uint8Array(65_507).fill(7), peerOf(1), 1);
  const lengths: number[] = [];
  new BatchReader().read(writer.take(), (bytes) => lengths.push(bytes.length));
  expect(lengths).toEqual([65_507]);
});

test('what is dropped is gone, and its peer is still told with the next batch', () => {
  const writer = new BatchWriter();
  writer.add(Buffer.from('lost'), peerOf(1), 1);
  expect(writer.drop()).toBe(1);
  writer.add(Buffer.from('kept'), peerOf(1), 2);
  const got: string[] = [];
  new BatchReader().read(writer.take(), (bytes, peer) => got.push(`${bytes} ${peer.port}`));
  expect(got).toEqual(['kept 1']);
});

test('ten thousand made-up addresses do not stay in the table', () => {
  const writer = new BatchWriter();
  const reader = new BatchReader();
  const got: number[] = [];
  for (const ports of [10_001, 10]) {
    for (let port = 1; port <= ports; port++) writer.add(Buffer.from('x'), peerOf(port), 1);
    const batch = writer.take();
    got.push(batch.peers.length);
    expect(batch.isFresh).toBe(true);
    reader.read(batch, (_bytes, peer) => expect(peer.port).toBeLessThanOrEqual(ports));
  }
  expect(got).toEqual([10_001, 10]);
});
