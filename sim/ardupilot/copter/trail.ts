import type { LocalPoint } from '../../aircraft/local-frame.ts';
import { SEVERITY } from '../firmware.ts';
import type { ParameterTable } from '../parameters.ts';
import { Breadcrumbs } from './smart-return.ts';

const EVERY_S = 0.4;

/** Lays the breadcrumbs that SMART_RTL follows home, and says when there are none any more. */
export class Trail {
  readonly crumbs = new Breadcrumbs();
  readonly #parameters: ParameterTable;
  readonly #text: (severity: number, text: string) => void;
  #inS = 0;

  constructor(parameters: ParameterTable, text: (severity: number, text: string) => void) {
    this.#parameters = parameters;
    this.#text = text;
  }

  /** `at` null: the position is lost. */
  step(dtS: number, at: LocalPoint | null): void {
    if (!this.crumbs.hasPath) return;
    this.#inS -= dtS;
    if (this.#inS > 0) return;
    this.#inS = EVERY_S;
    if (at === null) {
      this.#end('bad position');
      return;
    }
    const accuracyM = this.#parameters.number('SRTL_ACCURACY');
    const most = this.#parameters.number('SRTL_POINTS');
    if (this.crumbs.record(at, accuracyM, most) === 'full') this.#end('buffer full');
  }

  #end(why: string): void {
    this.crumbs.discard();
    this.#text(SEVERITY.WARNING, `SmartRTL deactivated: ${why}`);
  }
}
