import fc from 'fast-check';
import { expect, test } from 'vitest';
import { judgeAddress, judgeStreamUri, STRICT_STREAM_POLICY } from './stream-uri.ts';

const strict = (raw: string, type = 0) => judgeStreamUri(raw, type, STRICT_STREAM_POLICY);

test.each([
  ['rtsp://192.168.1.20:8554/main', 'rtsp://192.168.1.20:8554/main'],
  ['RTSP://Camera.Local/live', 'rtsp://camera.local/live'],
  ['rtsps://cam-1.police.example:322/a/b?x=1', 'rtsps://cam-1.police.example:322/a/b?x=1'],
  ['udp://10.0.0.4:5600', 'udp://10.0.0.4:5600'],
  ['udp://0.0.0.0:5600', 'udp://0.0.0.0:5600'],
  ['rtsp://[2001:db8::5]:554/s', 'rtsp://[2001:db8::5]:554/s'],
  ['srt://10.1.2.3:9000', 'srt://10.1.2.3:9000'],
  // Spelled in octal and decimal, and yet an address like any other.
  ['rtsp://0300.0250.1.20/x', 'rtsp://192.168.1.20/x'],
])('%s may be opened', (raw, uri) => {
  expect(strict(raw)).toEqual({ kind: 'usable', uri, credentialsRemoved: false });
});

test.each([
  ['rtsp://admin:12345@192.168.1.20/live', 'rtsp://192.168.1.20/live'],
  ['rtsp://admin@192.168.1.20/live', 'rtsp://192.168.1.20/live'],
  ['rtsp://a:b@c:d@192.168.1.20/live', 'rtsp://192.168.1.20/live'],
  ['rtsp://192.168.1.20/live?user=admin&password=x&channel=2', 'rtsp://192.168.1.20/live?channel=2'],
  ['rtsp://192.168.1.20/live?TOKEN=x', 'rtsp://192.168.1.20/live'],
])('credentials are taken off: %s', (raw, uri) => {
  expect(strict(raw)).toEqual({ kind: 'usable', uri, credentialsRemoved: true });
});

test.each([
  // Schemes that read files, run scripts or call other services.
  ['file:///etc/passwd', 'scheme'],
  ['http://192.168.1.20/', 'scheme'],
  ['https://192.168.1.20/', 'scheme'],
  ['gopher://10.0.0.1:6379/_FLUSHALL', 'scheme'],
  ['javascript:alert(1)', 'not-a-uri'],
  ['data:text/html,x', 'not-a-uri'],
  ['concat:rtsp://a|file:///etc/passwd', 'not-a-uri'],
  ['//192.168.1.20/live', 'not-a-uri'],
  ['5600', 'not-a-uri'],
  // This machine, in every spelling.
  ['rtsp://127.0.0.1/', 'loopback'],
  ['rtsp://localhost/', 'loopback'],
  ['rtsp://LOCALHOST./', 'loopback'],
  ['rtsp://x.localhost/', 'loopback'],
  ['rtsp://127.1/', 'loopback'],
  ['rtsp://2130706433/', 'loopback'],
  ['rtsp://0x7f000001/', 'loopback'],
  ['rtsp://0177.0.0.1/', 'loopback'],
  ['rtsp://[::1]/', 'loopback'],
  ['rtsp://[::]/', 'loopback'],
  ['rtsp://[::ffff:127.0.0.1]/', 'loopback'],
  ['rtsp://[::ffff:7f00:1]/', 'loopback'],
  ['rtsp://[64:ff9b::7f00:1]/', 'loopback'],
  ['rtsp://0.0.0.0/', 'loopback'],
  ['rtsp://user@127.0.0.1/', 'loopback'],
  // The cloud's metadata, and cables.
  ['rtsp://169.254.169.254/latest/meta-data', 'link-local'],
  ['rtsp://[::ffff:169.254.169.254]/', 'link-local'],
  ['rtsp://metadata.google.internal/', 'link-local'],
  ['rtsp://[fd00:ec2::254]/', 'link-local'],
  ['rtsp://169.254.1.1/', 'link-local'],
  ['rtsp://[fe80::1]/', 'link-local'],
  ['udp://239.0.0.1:5600', 'multicast'],
  ['udp://255.255.255.255:5600', 'multicast'],
  ['rtsp://[ff02::1]/', 'multicast'],
  // Text that is none, or hides something.
  ['rtsp://192.168.1.20/\r\nSETUP x', 'not-text'],
  ['rtsp://192.168.1.20/ a', 'not-text'],
  ['rtsp://192.168.1.20\\@evil/', 'not-text'],
  ['rtsp://192.168.1.20/\u202egpj', 'not-text'],
  ['rtsp://a\ufffdb/', 'not-text'],
  ['rtsp://%31%32%37.0.0.1/', 'host'],
  ['rtsp://ｌocalhost/', 'host'],
  ['rtsp:///live', 'host'],
  ['rtsp://a..b/', 'host'],
  ['rtsp://-a.example/', 'host'],
  ['rtsp://192.168.1.20:0/', 'port'],
  ['rtsp://192.168.1.20:70000/', 'port'],
  [`rtsp://192.168.1.20/${'x'.repeat(160)}`, 'too-long'],
])('%j is refused: %s', (raw, reason) => {
  expect(strict(raw)).toMatchObject({ kind: 'refused', reason });
});

test('what is shown of a refused address carries no credentials and no control characters', () => {
  const judged = strict('http://admin:secret@10.0.0.1/\u001b[31m?password=secret');
  expect(judged).toMatchObject({ kind: 'refused' });
  expect(JSON.stringify(judged)).not.toContain('secret');
  expect(JSON.stringify(judged)).not.toContain('\\u001b');
});

test('a bare port is where we listen, for RTP and MPEG-TS only; nothing is nothing', () => {
  expect(strict('5600', 1)).toMatchObject({ kind: 'usable', uri: 'rtp://0.0.0.0:5600' });
  expect(strict('5600', 3)).toMatchObject({ kind: 'usable', uri: 'udp://0.0.0.0:5600' });
  expect(strict('0', 1)).toMatchObject({ kind: 'refused', reason: 'port' });
  expect(strict('')).toEqual({ kind: 'none' });
  expect(strict('\0rtsp://127.0.0.1/')).toEqual({ kind: 'none' });
});

test('an installation may allow its own machine and its cables, never the metadata service', () => {
  const open = { allowLoopback: true, allowLinkLocal: true, allowMulticast: true };
  expect(judgeStreamUri('rtsp://127.0.0.1:8554/x', 0, open)).toMatchObject({ kind: 'usable' });
  expect(judgeStreamUri('rtsp://[fe80::1]/x', 0, open)).toMatchObject({ kind: 'usable' });
  expect(judgeStreamUri('udp://239.1.1.1:5600', 0, open)).toMatchObject({ kind: 'usable' });
  expect(judgeStreamUri('rtsp://169.254.169.254/', 0, open)).toMatchObject({ kind: 'refused' });
});

test('resolved addresses are judged by the same rule', () => {
  expect(judgeAddress('::ffff:127.0.0.1', STRICT_STREAM_POLICY)).toBe('loopback');
  expect(judgeAddress('10.0.0.7', STRICT_STREAM_POLICY)).toBeNull();
  expect(judgeAddress('fe80::1%eth0', STRICT_STREAM_POLICY)).toBe('link-local');
});

test('any text is judged without a throw, and what is usable is short, plain and without a sign-in', () => {
  const hostish = fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain(), fc.string());
  const anyUri = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc
      .tuple(fc.constantFrom('rtsp', 'udp', 'http', 'rtp'), fc.string(), hostish, fc.string())
      .map(([scheme, user, host, path]) => `${scheme}://${user}@${host}/${path}`),
  );
  fc.assert(
    fc.property(anyUri, fc.integer({ min: 0, max: 255 }), (raw, type) => {
      const judged = strict(raw, type);
      if (judged.kind !== 'usable') return;
      expect(judged.uri).toMatch(/^(rtsps?|s?rtp|udp|tcp|mpegts|srt):\/\/[a-z0-9.:[\]-]+/);
      // Who may sign in stands before the host; a path may hold an "@".
      expect(judged.uri).not.toMatch(/^[a-z]+:\/\/[^/?#]*@|\p{Cc}|\s/u);
      expect(judged.uri.length).toBeLessThanOrEqual(200);
    }),
    { numRuns: 2000 },
  );
});
