import { CurrentEventSequence, Event, ResponseEventError } from '../codec/messages.ts';
import type { TimerHandle } from '../model.ts';
import { NO_EVENTS, type Px4Event, type Px4EventsInput, px4EventsStep } from '../protocol/px4-events.ts';
import { type EventDictionary, eventInWords, knownEvent } from '../protocol/px4-events-text.ts';
import type { VehiclePort, VehicleService } from './vehicle-port.ts';

/**
 * What PX4 says by events instead of texts. Each becomes an `autopilot-event`; the failed arming checks of a report
 * (summary, checks, health summary) become the vehicle's pre-arm reasons. Both need the dictionary for words.
 */
const RESET_FLAG = 1;
/** From here on events carry no message for people: protocol and disabled. */
const LOWEST_SEVERITY = 7;
/** A check that stops arming is an error; warnings only warn. */
const SEVERITY_ERROR = 3;
const MAX_REASONS = 20;

export class AutopilotEventService implements VehicleService {
  readonly #port: VehiclePort;
  readonly #dictionary: EventDictionary | null;
  readonly #stopListening: readonly (() => void)[];
  #state = NO_EVENTS;
  #timer: TimerHandle | null = null;
  /** Of the report that is coming in; null: none. */
  #checks: string[] | null = null;

  constructor(port: VehiclePort, dictionary: EventDictionary | null = null) {
    this.#port = port;
    this.#dictionary = dictionary;
    this.#stopListening = [
      port.on(Event, (message, from) => {
        const isOurs = message.destinationSystem === 0 || message.destinationSystem === port.ourSystemId;
        if (isOurs && from.componentId === port.target.componentId) {
          this.#step({ kind: 'event', event: eventOf(message) });
        }
      }),
      port.on(CurrentEventSequence, (message, from) => {
        if (from.componentId !== port.target.componentId) return;
        const isReset = (message.flags & RESET_FLAG) !== 0;
        this.#step({ kind: 'current', sequence: message.sequence, isReset });
      }),
      port.on(ResponseEventError, (message, from) => {
        if (from.componentId !== port.target.componentId) return;
        const { sequence, sequenceOldestAvailable } = message;
        this.#step({ kind: 'unavailable', sequence, oldestSequence: sequenceOldestAvailable });
      }),
    ];
  }

  /** Events that never came, since the start of the bridge. */
  get lost(): number {
    return this.#state.lost;
  }

  onReboot(): void {
    this.#checks = null;
    this.#step({ kind: 'restart' });
  }

  close(): void {
    for (const stop of this.#stopListening) stop();
    this.#timer?.cancel();
    this.#timer = null;
  }

  #step(input: Px4EventsInput): void {
    const { state, told, effects } = px4EventsStep(this.#port.target, this.#state, input);
    this.#state = state;
    for (const effect of effects) {
      if (effect.kind === 'stopTimer' || effect.kind === 'startTimer') {
        this.#timer?.cancel();
        this.#timer = null;
      }
      if (effect.kind === 'startTimer') {
        this.#timer = this.#port.clock.setTimer(() => this.#step({ kind: 'timer' }), effect.afterMs);
      }
    }
    for (const effect of effects) if (effect.kind === 'send') this.#port.send(effect.message);
    for (const event of told) this.#tell(event);
  }

  #tell(event: Px4Event): void {
    const level = event.logLevels & 0x0f;
    const words =
      this.#dictionary === null ? null : eventInWords(this.#dictionary, event.id, event.arguments);
    if (words !== null) this.#gatherChecks(words.group, words.name, words.text, level);
    if (level > LOWEST_SEVERITY) return;
    const known = words === null ? knownEvent(event.id) : null;
    const unknown = `PX4 event 0x${event.id.toString(16).padStart(8, '0')}`;
    this.#port.emit({
      kind: 'autopilot-event',
      vehicleId: this.#port.vehicleId,
      eventId: event.id,
      severity: level,
      name: words?.name ?? known?.name ?? null,
      text: words?.text ?? known?.words ?? unknown,
      atMs: this.#port.clock.nowMs(),
    });
  }

  /** A report: arming_check_summary, any number of checks, health_summary. Parts of it alone say nothing. */
  #gatherChecks(group: string, name: string, text: string, level: number): void {
    if (name === 'arming_check_summary') this.#checks = [];
    else if (name === 'health_summary') {
      if (this.#checks !== null) this.#setReasons(this.#checks);
      this.#checks = null;
    } else if (group === 'arming_check' && level <= SEVERITY_ERROR && this.#checks !== null) {
      if (!this.#checks.includes(text) && this.#checks.length < MAX_REASONS) this.#checks.push(text);
    }
  }

  #setReasons(reasons: readonly string[]): void {
    const before = this.#port.state().prearm ?? { ready: null, positionEstimateOk: null };
    this.#port.update({ prearm: { ...before, reasons, receivedAtMs: this.#port.clock.nowMs() } });
  }
}

function eventOf(message: Event): Px4Event {
  const { id, sequence, logLevels } = message;
  return { id, sequence, logLevels, bootMs: message.eventTimeBootMs, arguments: message.arguments };
}
