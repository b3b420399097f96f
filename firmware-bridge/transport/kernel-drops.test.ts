import { expect, test } from 'vitest';
import { dropsIn } from './kernel-drops.ts';

/** As Linux prints it; 127.0.0.1:14550 and 0.0.0.0:14550, then [::]:14550. */
const UDP = `   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  101: 0100007F:38D6 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 20263 2 0000000000000000 4966
  102: 00000000:38D6 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 20264 2 0000000000000000 7
`;
const UDP6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  233: 00000000000000000000000000000000:38D6 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 20265 2 0000000000000000 12
`;

test('finds the figure of one socket by its address and port', () => {
  expect(dropsIn(UDP, '127.0.0.1', 14_550)).toBe(4966);
  expect(dropsIn(UDP, '0.0.0.0', 14_550)).toBe(7);
  expect(dropsIn(UDP6, '::', 14_550)).toBe(12);
});

test('a socket that is not listed has no figure, which is not zero', () => {
  expect(dropsIn(UDP, '127.0.0.1', 14_551)).toBeNull();
  expect(dropsIn('', '127.0.0.1', 14_550)).toBeNull();
});
