/**
 * What a camera does by itself: photos one by one, at intervals or by distance, a recording, zoom and focus that take
 * their time, a card that fills. Knows nothing of MAVLink. Simulated time.
 */
export const CARD_MIB = 64_000;
const IMAGE_MIB = 8;
/** 8 Mbit/s. */
const VIDEO_MIB_PER_S = 1;
const EXPOSURE_S = 0.3;
/** A lens runs from end to end in 4 s. */
const LENS_PCT_PER_S = 25;
const STEP_PCT = 10;
/** Repeated orders for one photo carry the same number. */
const SEQUENCES = 50;

export type CameraMode = 0 | 1 | 2;

export type LensOrder =
  | { readonly kind: 'step'; readonly direction: number }
  /** −1 … 1 of the full speed, until told otherwise. */
  | { readonly kind: 'move'; readonly rate: number }
  | { readonly kind: 'to'; readonly pct: number };

interface Lens {
  pct: number;
  target: LensOrder | null;
}

export interface Series {
  readonly intervalS: number;
  /** Null: until stopped. */
  remaining: number | null;
  nextAtS: number;
}

export class CameraBody {
  readonly #onImage: () => void;
  readonly zoom: Lens = { pct: 0, target: null };
  readonly focus: Lens = { pct: 50, target: null };
  #mode: CameraMode = 0;
  #nowS = 0;
  #exposureEndsAtS: number | null = null;
  #series: Series | null = null;
  #recordingSinceS: number | null = null;
  #usedMib = 0;
  #imageCount = 0;
  readonly #sequences: number[] = [];

  /** `onImage`: the shutter closed and the image is on the card. */
  constructor(onImage: () => void) {
    this.#onImage = onImage;
  }

  get nowS(): number {
    return this.#nowS;
  }

  get mode(): CameraMode {
    return this.#mode;
  }

  get imageCount(): number {
    return this.#imageCount;
  }

  get freeMib(): number {
    return Math.max(0, CARD_MIB - this.#usedMib);
  }

  get isExposing(): boolean {
    return this.#exposureEndsAtS !== null;
  }

  /** Null: no series of photos runs. */
  get intervalS(): number | null {
    return this.#series?.intervalS ?? null;
  }

  /** Null: not recording. */
  get recordingForS(): number | null {
    return this.#recordingSinceS === null ? null : this.#nowS - this.#recordingSinceS;
  }

  setMode(mode: CameraMode): void {
    this.#mode = mode;
  }

  /** @param sequence 0: none. @returns false when it cannot now */
  takePhoto(sequence: number): boolean {
    if (sequence > 0 && this.#sequences.includes(sequence)) return true;
    if (this.isExposing || this.#series !== null || this.freeMib < IMAGE_MIB) return false;
    if (sequence > 0) {
      this.#sequences.push(sequence);
      if (this.#sequences.length > SEQUENCES) this.#sequences.shift();
    }
    this.#exposureEndsAtS = this.#nowS + EXPOSURE_S;
    return true;
  }

  /** @param count null: until stopped */
  startSeries(intervalS: number, count: number | null): boolean {
    if (this.#series !== null || this.freeMib < IMAGE_MIB) return false;
    this.#series = { intervalS: Math.max(EXPOSURE_S, intervalS), remaining: count, nextAtS: this.#nowS };
    return true;
  }

  stopSeries(): void {
    this.#series = null;
  }

  /** Started twice it goes on as it is. */
  startRecording(): boolean {
    if (this.freeMib < VIDEO_MIB_PER_S) return false;
    this.#recordingSinceS ??= this.#nowS;
    return true;
  }

  stopRecording(): void {
    this.#recordingSinceS = null;
  }

  format(): void {
    this.#usedMib = 0;
  }

  forgetImages(): void {
    this.#imageCount = 0;
  }

  step(dtS: number): void {
    this.#nowS += dtS;
    if (this.zoom.target !== null) runLens(this.zoom, dtS);
    if (this.focus.target !== null) runLens(this.focus, dtS);
    if (this.#recordingSinceS !== null) this.#record(dtS);
    if (this.#exposureEndsAtS !== null && this.#nowS >= this.#exposureEndsAtS) this.#store();
    if (this.#series !== null) this.#runSeries(this.#series);
  }

  #record(dtS: number): void {
    this.#usedMib += VIDEO_MIB_PER_S * dtS;
    if (this.freeMib === 0) this.#recordingSinceS = null;
  }

  #store(): void {
    this.#exposureEndsAtS = null;
    this.#usedMib += IMAGE_MIB;
    this.#onImage();
    this.#imageCount += 1;
  }

  #runSeries(series: Series): void {
    if (this.isExposing || this.#nowS < series.nextAtS) return;
    if (series.remaining === 0 || this.freeMib < IMAGE_MIB) {
      this.#series = null;
      return;
    }
    series.nextAtS = Math.max(series.nextAtS + series.intervalS, this.#nowS);
    if (series.remaining !== null) series.remaining -= 1;
    this.#exposureEndsAtS = this.#nowS + EXPOSURE_S;
  }
}

/** Orders a lens. */
export function turnLens(lens: Lens, order: LensOrder): void {
  lens.target =
    order.kind === 'step'
      ? { kind: 'to', pct: limit(lens.pct + STEP_PCT * Math.sign(order.direction)) }
      : order.kind === 'to'
        ? { kind: 'to', pct: limit(order.pct) }
        : order;
}

function runLens(lens: Lens, dtS: number): void {
  const { target } = lens;
  const most = LENS_PCT_PER_S * dtS;
  if (target?.kind === 'move') {
    lens.pct = limit(lens.pct + most * Math.max(-1, Math.min(1, target.rate)));
    if (target.rate === 0) lens.target = null;
  } else if (target?.kind === 'to') {
    const way = target.pct - lens.pct;
    lens.pct = Math.abs(way) <= most ? target.pct : lens.pct + Math.sign(way) * most;
    if (lens.pct === target.pct) lens.target = null;
  }
}

function limit(pct: number): number {
  return Math.max(0, Math.min(100, pct));
}
