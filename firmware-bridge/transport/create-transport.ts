import type { Clock } from '../model.ts';
import type { LinkAddress } from './parse-link-url.ts';
import { SerialTransport } from './serial.ts';
import { TcpTransport } from './tcp.ts';
import { TcpListenTransport } from './tcp-listen.ts';
import type { Transport } from './transport.ts';
import { UdpTransport } from './udp.ts';

export function createTransport(address: LinkAddress, clock: Clock): Transport {
  switch (address.kind) {
    case 'udp-listen':
    case 'udp':
      return new UdpTransport(address, clock);
    case 'tcp':
      return new TcpTransport(address, clock);
    case 'tcp-listen':
      return new TcpListenTransport(address, clock);
    case 'serial':
      return new SerialTransport(address);
  }
}
