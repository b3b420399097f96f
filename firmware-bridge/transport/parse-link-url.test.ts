import { describe, expect, test } from 'vitest';
import { BridgeError } from '../bridge-error.ts';
import { parseLinkUrl } from './parse-link-url.ts';

describe('parseLinkUrl', () => {
  test.each([
    ['udp-listen://0.0.0.0:14550', { kind: 'udp-listen', host: '0.0.0.0', port: 14550 }],
    ['udp-listen://[::]:14550', { kind: 'udp-listen', host: '::', port: 14550 }],
    ['udp://drone.local:14551', { kind: 'udp', host: 'drone.local', port: 14551 }],
    ['tcp-listen://0.0.0.0:5760', { kind: 'tcp-listen', host: '0.0.0.0', port: 5760 }],
    ['tcp-listen://127.0.0.1:0', { kind: 'tcp-listen', host: '127.0.0.1', port: 0 }],
    ['tcp://127.0.0.1:5760', { kind: 'tcp', host: '127.0.0.1', port: 5760 }],
    ['serial:///dev/ttyUSB0?baud=115200', { kind: 'serial', path: '/dev/ttyUSB0', baudRate: 115_200 }],
    ['serial:///dev/ttyUSB0', { kind: 'serial', path: '/dev/ttyUSB0', baudRate: 57_600 }],
    ['serial:///COM3?baud=57600', { kind: 'serial', path: 'COM3', baudRate: 57_600 }],
  ])('%s', (url, address) => {
    expect(parseLinkUrl(url)).toEqual(address);
  });

  test.each([
    ['', 'does not begin with a known scheme'],
    ['14550', 'does not begin with a known scheme'],
    ['http://host:80', 'scheme http is not known'],
    ['udp://host', 'port is missing'],
    ['udp://:14550', 'host is missing'],
    ['tcp://host:0', 'port 0 is not within'],
    ['tcp-listen://:5760', 'host is missing'],
    ['tcp-listen://0.0.0.0', 'port is missing'],
    ['tcp://host:70000', 'port 70000 is not within'],
    ['tcp://host:57x', 'port 57x is not within'],
    ['tcp://host:5760/path', 'only host and port'],
    ['udp://::1:14550', 'brackets'],
    ['serial://dev/ttyUSB0', 'must be absolute'],
    ['serial://', 'device is missing'],
    ['serial:///dev/ttyUSB0?speed=9600', 'parameter speed is not known'],
    ['serial:///dev/ttyUSB0?baud=fast', 'baud rate fast is not within'],
    ['serial:///dev/ttyUSB0?baud=1', 'baud rate 1 is not within'],
  ])('refuses "%s", says why and what is allowed', (url, why) => {
    const refused = () => parseLinkUrl(url);
    expect(refused).toThrow(BridgeError);
    expect(refused).toThrow(why);
    expect(refused).toThrow('udp-listen://0.0.0.0:14550');
  });
});
