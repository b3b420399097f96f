import type { Clock } from '../model.ts';
import type { LinkAddress } from './parse-link-url.ts';
import { SerialTransport } from './serial.ts';
import { TcpTransport } from './tcp.ts';
import { TcpListenTransport } from './tcp-listen.ts';
import type { Transport } from './transport.ts';
import { UdpTransport } from './udp.ts';
import type { UdpPort } from './udp-port.ts';
import { type UdpAddress, UdpSocket } from './udp-socket.ts';

/** `udpPort`: where UDP sockets live; default: on this thread. */
export function createTransport(
  address: LinkAddress,
  clock: Clock,
  udpPort: (address: UdpAddress) => UdpPort = (udp) => new UdpSocket(udp, clock),
): Transport {
  switch (address.kind) {
    case 'udp-listen':
    case 'udp':
      return new UdpTransport(address, clock, udpPort(address));
    case 'tcp':
      return new TcpTransport(address, clock);
    case 'tcp-listen':
      return new TcpListenTransport(address, clock);
    case 'serial':
      return new SerialTransport(address);
  }
}
