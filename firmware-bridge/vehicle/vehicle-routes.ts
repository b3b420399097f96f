import type { Frame } from '../codec/framer.ts';
import type { MavLinkData } from '../codec/messages.ts';
import type { Link } from '../link/link.ts';
import { LinkSet } from '../link/link-set.ts';
import type { SigningGuard } from '../link/signing-guard.ts';
import type { AutopilotKind, Clock, LinkId, RouteStatus, VehicleComponent } from '../model.ts';
import type { Target } from '../protocol/step.ts';
import type { KeySetupRoute } from '../service/signing.ts';
import { Components } from './components.ts';
import { DuplicateFilter, isState } from './duplicates.ts';
import type { Detail } from './rate-wishes.ts';
import { routeStatuses } from './route-status.ts';
import type { Source } from './source.ts';
import { StreamKeeper } from './stream-keeper.ts';

/** The ways to and from one vehicle and its components: what is taken from which, and what is sent where. */
export interface VehicleRoutesOptions {
  readonly source: Source;
  readonly clock: Clock;
  readonly random: () => number;
  readonly telemetryRateHz: number;
  readonly detail: Detail;
  /** Within which the first rates are asked for. */
  readonly spreadMs: number;
  readonly guardOf: (linkId: LinkId) => SigningGuard | null;
  /** Another way is used for sending from now on. */
  readonly onRoute: (atMs: number) => void;
}

export class VehicleRoutes {
  readonly #options: VehicleRoutesOptions;
  readonly #links: LinkSet<Source>;
  readonly #duplicates = new DuplicateFilter();
  readonly #components = new Components();
  readonly #streams: StreamKeeper;
  /** State from the way in use counts from then. */
  #stateFromMs = Number.NEGATIVE_INFINITY;

  constructor(options: VehicleRoutesOptions) {
    this.#options = options;
    this.#links = new LinkSet(options.source);
    this.#streams = new StreamKeeper(options);
  }

  get best(): Source {
    return this.#links.best;
  }

  get sources(): ReadonlySet<Source> {
    return this.#links.routes;
  }

  add(source: Source): void {
    this.#links.add(source);
    this.choose(this.#options.clock.nowMs());
  }

  remove(source: Source): void {
    this.#links.remove(source);
    this.#streams.forget(source);
  }

  setDetail(detail: Detail, autopilot: AutopilotKind): void {
    this.#streams.setDetail(detail, autopilot, this.#options.clock.nowMs());
  }

  choose(atMs: number): void {
    if (!this.#links.choose(atMs)) return;
    this.#stateFromMs = atMs + this.#links.slowerByMs;
    this.#options.onRoute(atMs);
  }

  /** A frame of the autopilot came by `source`. */
  heard(source: Source, frame: Frame, atMs: number): void {
    this.choose(atMs);
    this.#streams.received(source, frame.messageId);
  }

  /** A frame of another component. True: the list of components is worth telling again. */
  componentHeard(link: Link, endpoint: string, frame: Frame, atMs: number): boolean {
    return this.#components.note(link, endpoint, frame, atMs);
  }

  components(atMs: number): readonly VehicleComponent[] {
    return this.#components.list(atMs);
  }

  /** State comes from the best way alone; after a switch to a slower one, not before what was known is older. */
  isTimely(source: Source, frame: Frame, atMs: number): boolean {
    return !isState(frame.messageId) || (source === this.#links.best && atMs >= this.#stateFromMs);
  }

  /** It was taken already, by this way or another, or something newer was. */
  isStale(source: Source, frame: Frame, atMs: number): boolean {
    return this.#duplicates.isStale(source, frame, atMs);
  }

  /** Over the best way; a component with a modem of its own, where it is heard. False: it could not leave. */
  send(message: MavLinkData): boolean {
    const { best } = this.#links;
    const componentId = (message as { targetComponent?: unknown }).targetComponent;
    const own = typeof componentId === 'number' ? this.#components.addressOf(componentId) : null;
    if (own !== null && own.endpoint !== best.endpoint && !this.#isRoute(own)) {
      return own.link.send(message, own.endpoint);
    }
    return best.link.send(message, best.endpoint);
  }

  /** By every way that is alive, for what must arrive. */
  sendEverywhere(message: MavLinkData): boolean {
    const routes = this.#alive();
    if (routes.length === 0) return this.send(message);
    return routes.map(({ link, endpoint }) => link.send(message, endpoint)).includes(true);
  }

  keySetupRoutes(): readonly KeySetupRoute[] {
    return this.#alive().map(({ link, endpoint }) => ({
      guard: this.#options.guardOf(link.linkId),
      send: (message) => link.send(message, endpoint),
    }));
  }

  /** Asks each way for the rates that it shall carry. */
  askRates(target: Target, autopilot: AutopilotKind, nowMs: number): void {
    for (const source of this.#links.alive(nowMs)) {
      for (const message of this.#streams.due(source, target, autopilot, nowMs)) {
        source.link.send(message, source.endpoint);
      }
    }
  }

  /** The autopilot restarted: its rates and its clock begin anew. */
  onReboot(): void {
    this.#streams.forgetAll();
    this.#duplicates.clear();
  }

  quality(nowMs: number): { readonly lossPct: number; readonly framesPerS: number } {
    return this.#links.best.loss.quality(nowMs);
  }

  statuses(nowMs: number, before: readonly RouteStatus[]): readonly RouteStatus[] {
    return routeStatuses(this.#links, nowMs, before);
  }

  #alive(): readonly Source[] {
    return this.#links.alive(this.#options.clock.nowMs());
  }

  #isRoute(address: { readonly link: Link; readonly endpoint: string }): boolean {
    for (const route of this.#links.routes) {
      if (route.link === address.link && route.endpoint === address.endpoint) return true;
    }
    return false;
  }
}
