import { createServer, type Server as HttpServer } from 'node:http';
import { Server } from 'socket.io';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Operator } from './operator.ts';

let http: HttpServer;
let feed: Server;
let picture: readonly { readonly vehicleId: string; readonly name: string }[];
let operator: Operator;

beforeEach(async () => {
  http = createServer();
  feed = new Server(http);
  feed.on('connection', (socket) => socket.emit('fleet:snapshot', { vehicles: picture }));
  await new Promise<void>((bound) => http.listen(0, '127.0.0.1', bound));
  const address = http.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  operator = new Operator(`http://127.0.0.1:${address.port}`);
});
afterEach(async () => {
  operator.closeConsole();
  await feed.close();
});

async function shows(vehicles: typeof picture): Promise<void> {
  const seen = new Promise<void>((resolve) =>
    operator.onEvent((event) => {
      if (event.kind === 'vehicle' && event.vehicle.vehicleId === vehicles.at(-1)?.vehicleId) resolve();
    }),
  );
  feed.emit('fleet:snapshot', { vehicles });
  await seen;
}

it('gives orders to the id that an aircraft has now, not to the one before its hardware id was known', async () => {
  picture = [{ vehicleId: 'link-1-1', name: 'D-01' }];
  await operator.openConsole();
  expect(operator.idOf('D-01')).toBe('link-1-1');
  await shows([{ vehicleId: 'px4-55185aaef027', name: 'D-01' }]);
  expect(operator.idOf('D-01')).toBe('px4-55185aaef027');
});

it('keeps the first of two that bear one name, and who is not in the picture yet', async () => {
  picture = [
    { vehicleId: 'first', name: 'D-01' },
    { vehicleId: 'second', name: 'D-01' },
  ];
  await operator.openConsole();
  expect(operator.idOf('D-01')).toBe('first');
  await shows([
    { vehicleId: 'second', name: 'D-01' },
    { vehicleId: 'first', name: 'D-01' },
  ]);
  expect(operator.idOf('D-01')).toBe('first');
  await shows([{ vehicleId: 'another', name: 'D-02' }]);
  expect(operator.idOf('D-01')).toBe('first');
});
