import type { Direction, NetworkConditions } from './conditions.ts';
import type { Line } from './line.ts';
import {
  type AddressChangeEntry,
  type ConditionsEntry,
  type CutEntry,
  concerns,
  type NetworkScript,
} from './network-script.ts';
import type { AddressChange } from './vehicle-network.ts';

/** What the director needs of one aircraft's network. */
export interface DirectedNetwork {
  /** Null: not known yet (a relay that heard nothing intact so far); only entries for all concern it. */
  readonly systemId: number | null;
  readonly network: { readonly up: Line; readonly down: Line };
  changeAddress(change: AddressChange): void;
}

type SpanEntry = ConditionsEntry | CutEntry;

/**
 * Plays a network script: lays over each line what holds now and takes it away again. Of entries that overlap the
 * later one in the list wins, property by property. Between two changes a step costs one comparison.
 */
export class NetworkDirector {
  readonly #spans: readonly SpanEntry[];
  readonly #moves: readonly AddressChangeEntry[];
  /** Every second in which something begins or ends. */
  readonly #changesS: readonly number[];
  #nextChange = 0;
  #nextMove = 0;
  #nowS = 0;

  constructor(script: NetworkScript) {
    this.#spans = script.filter((entry): entry is SpanEntry => !('addressChange' in entry));
    this.#moves = script
      .filter((entry): entry is AddressChangeEntry => 'addressChange' in entry)
      .sort((a, b) => a.atS - b.atS);
    const times = this.#spans.flatMap(({ atS, forS }) => (forS === undefined ? [atS] : [atS, atS + forS]));
    this.#changesS = [...new Set(times)].sort((a, b) => a - b);
  }

  /** Before the first `step`, and for whatever joins later: puts on it what holds now. */
  admit(member: DirectedNetwork): void {
    this.#lay(member);
  }

  step(nowS: number, members: Iterable<DirectedNetwork>): void {
    this.#nowS = nowS;
    if ((this.#changesS[this.#nextChange] ?? Number.POSITIVE_INFINITY) <= nowS) {
      while ((this.#changesS[this.#nextChange] ?? Number.POSITIVE_INFINITY) <= nowS) this.#nextChange += 1;
      for (const member of members) this.#lay(member);
    }
    for (
      let move = this.#moves[this.#nextMove];
      move !== undefined && move.atS <= nowS;
      move = this.#moves[this.#nextMove]
    ) {
      this.#nextMove += 1;
      const change = { oldForS: move.addressChange.oldForS ?? 0 };
      for (const member of members)
        if (concerns(move.vehicles, member.systemId)) member.changeAddress(change);
    }
  }

  #lay(member: DirectedNetwork): void {
    const active = this.#spans.filter(
      ({ atS, forS, vehicles }) =>
        atS <= this.#nowS &&
        this.#nowS < atS + (forS ?? Number.POSITIVE_INFINITY) &&
        concerns(vehicles, member.systemId),
    );
    for (const direction of ['up', 'down'] as const) {
      const mine = active.filter((entry) => holdsFor(entry, direction));
      const overlay = Object.assign(
        {},
        ...mine.map((entry) => ('conditions' in entry ? entry.conditions : {})),
      ) as Partial<NetworkConditions>;
      member.network[direction].setOverlay(
        overlay,
        mine.some((entry) => 'cut' in entry),
      );
    }
  }
}

function holdsFor({ direction }: SpanEntry, line: Direction): boolean {
  return direction === undefined || direction === 'both' || direction === line;
}
