import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeById } from '../codec/decoder.ts';
import { buildMessage, CurrentEventSequence, Event, RequestEvent } from '../codec/messages.ts';
import { readTlog } from '../codec/tlog-reader.ts';
import { AutopilotEventService } from '../service/autopilot-events.ts';
import { FakePort } from '../test-support/fake-port.ts';
import { NO_EVENTS, px4EventsStep } from './px4-events.ts';
import { eventInWords, parseEventDictionary } from './px4-events-text.ts';

const TARGET = { systemId: 1, componentId: 1 };
const event = (sequence: number) => ({ sequence, id: sequence, bootMs: 0, logLevels: 0x66, arguments: [] });

/** Written for this test; only the form is libevents'. */
const DICTIONARY = JSON.stringify({
  version: 2,
  components: {
    '0': {
      namespace: 'common',
      event_groups: {
        arming_check: { events: { '1': { name: 'arming_check_summary', message: '' } } },
        health: { events: { '2': { name: 'health_summary', message: '' } } },
      },
    },
    '1': {
      namespace: 'px4',
      enums: {
        fruit_t: { type: 'uint8_t', entries: { '1': { name: 'apple', description: 'Apple' } } },
        parts_t: {
          type: 'uint16_t',
          is_bitfield: true,
          separator: ', ',
          entries: { '1': { name: 'a', description: 'left' }, '4': { name: 'b', description: 'right' } },
        },
      },
      event_groups: {
        default: {
          events: {
            '5': {
              name: 'sample',
              message: 'Eats {1}, <profile name="dev">height</profile> {2:.1m}, parts {3} \\{x}',
              arguments: [
                { name: 'fruit', type: 'fruit_t' },
                { name: 'h', type: 'float' },
                { name: 'p', type: 'px4::parts_t' },
              ],
            },
          },
        },
        arming_check: { events: { '6': { name: 'check_gps', message: 'GPS is weak' } } },
      },
    },
  },
});

describe('PX4 events', () => {
  it('are told in order, each once, however they come, and over the wrap', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 65_535 }),
        fc.array(fc.nat(29), { maxLength: 60 }),
        (start, order) => {
          let state = px4EventsStep(TARGET, NO_EVENTS, {
            kind: 'current',
            sequence: (start + 65_535) & 0xffff,
            isReset: false,
          }).state;
          const told: number[] = [];
          for (const n of [...order, ...Array.from({ length: 30 }, (_, i) => i)]) {
            const step = px4EventsStep(TARGET, state, { kind: 'event', event: event((start + n) & 0xffff) });
            state = step.state;
            told.push(...step.told.map((one) => one.sequence));
          }
          expect(told).toEqual(Array.from({ length: 30 }, (_, i) => (start + i) & 0xffff));
          expect(state.lost).toBe(0);
        },
      ),
    );
  });

  it('asks for what is missing, again and again, then goes on without it', async () => {
    const port = new FakePort();
    const service = new AutopilotEventService(port);
    const hear = (sequence: number) =>
      port.deliver(
        buildMessage(Event, { id: 0x01000005, sequence, logLevels: 0x64, arguments: new Array(40).fill(0) }),
      );
    hear(65_534);
    hear(1);
    expect(port.sentOf(RequestEvent)).toMatchObject([
      { firstSequence: 65_535, lastSequence: 0, targetSystem: 1 },
    ]);
    expect(port.events).toHaveLength(1);
    await port.clock.advance(5_000);
    expect(port.sentOf(RequestEvent)).toHaveLength(5);
    expect(port.events).toHaveLength(2);
    expect(service.lost).toBe(2);
    expect(port.events[1]).toMatchObject({ severity: 4, name: null, text: 'PX4 event 0x01000005' });
    expect(port.clock.pendingTimers).toBe(0);
  });

  it('gives up at once what the vehicle says to have no more', () => {
    const first = px4EventsStep(TARGET, NO_EVENTS, { kind: 'event', event: event(10) });
    const gap = px4EventsStep(TARGET, first.state, { kind: 'event', event: event(14) });
    const error = px4EventsStep(TARGET, gap.state, { kind: 'unavailable', sequence: 11, oldestSequence: 13 });
    expect(error.state).toMatchObject({ next: 13, lost: 2 });
    const rest = px4EventsStep(TARGET, error.state, { kind: 'event', event: event(13) });
    expect(rest.told.map((one) => one.sequence)).toEqual([13, 14]);
  });

  it('puts arguments, enums and units into the words, and takes tags off', () => {
    const dictionary = parseEventDictionary(DICTIONARY);
    const payload = Buffer.alloc(7);
    payload[0] = 1;
    payload.writeFloatLE(12.34, 1);
    payload.writeUInt16LE(5, 5);
    expect(eventInWords(dictionary, 0x01000005, [...payload])).toEqual({
      name: 'sample',
      group: 'default',
      text: 'Eats Apple, height 12.3 m, parts left, right {x}',
    });
    expect(eventInWords(dictionary, 0x01000007, [])).toBeNull();
    expect(() => parseEventDictionary('{"version":1}')).toThrow();
  });

  it('turns a report of failed checks into reasons, and a clean one into none', () => {
    const port = new FakePort({ prearm: null });
    new AutopilotEventService(port, parseEventDictionary(DICTIONARY));
    let sequence = 0;
    const hear = (id: number, level: number) =>
      port.deliver(
        buildMessage(Event, { id, sequence: sequence++, logLevels: level, arguments: new Array(40).fill(0) }),
      );
    hear(0x00000001, 8);
    hear(0x01000006, 3);
    expect(port.state().prearm).toBeNull();
    hear(0x00000002, 8);
    expect(port.state().prearm?.reasons).toEqual(['GPS is weak']);
    hear(0x00000001, 8);
    hear(0x00000002, 8);
    expect(port.state().prearm?.reasons).toEqual([]);
  });
});

/** Beside the repository, where the recordings are kept whole. */
const CAPTURE = process.env.AIRGRID_CAPTURES ?? '/work/shared/captures';

describe('a recorded PX4 flight', () => {
  it.skipIf(!existsSync(`${CAPTURE}/px4-quad-flight.tlog`))(
    'gives its events in order and loses none',
    () => {
      const port = new FakePort();
      const service = new AutopilotEventService(port);
      let heard = 0;
      for (const { frame } of readTlog(readFileSync(`${CAPTURE}/px4-quad-flight.tlog`))) {
        const message = decodeById(frame);
        if (message instanceof Event) heard++;
        if (message instanceof Event || message instanceof CurrentEventSequence) port.deliver(message);
      }
      // Counted in the file by hand: 19 events, sequence 8 to 26; four of them are for machines only (level 8).
      expect({ heard, told: port.events.length, lost: service.lost }).toEqual({
        heard: 19,
        told: 15,
        lost: 0,
      });
      expect(port.events[1]).toMatchObject({
        severity: 3,
        eventId: 19_865_031,
        text: 'PX4 event 0x012f1dc7',
      });
      expect(port.sentOf(RequestEvent)).toEqual([]);
    },
  );
});
