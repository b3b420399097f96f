import type { Map as MapLibreMap } from 'maplibre-gl';
import { DRONE_STATES, type DroneState, droneColour, GLYPH_PATHS } from '../fleet/drone-state.ts';
import { colour, stateColour } from '../theme/tokens.ts';

/** Drawn at twice the size, so that they stay sharp on a dense screen. */
const RATIO = 2;

function draw(sizePx: number, paint: (context: CanvasRenderingContext2D) => void): ImageData {
  const canvas = document.createElement('canvas');
  canvas.width = sizePx * RATIO;
  canvas.height = sizePx * RATIO;
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('This browser cannot draw on a canvas');
  context.scale(RATIO, RATIO);
  paint(context);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

/** In the air: a disc with a nose that points along the heading. On the ground: a pad. Lost: a broken ring. */
function body(state: DroneState): ImageData {
  const tint = droneColour(state);
  return draw(44, (context) => {
    context.translate(22, 22);
    context.lineJoin = 'round';
    if (state === 'ready' || state === 'not-ready' || state === 'armed') {
      context.beginPath();
      context.roundRect(-8.5, -8.5, 17, 17, 4);
      context.fillStyle = colour.panel;
      context.fill();
      context.lineWidth = 1.6;
      context.strokeStyle = tint;
      context.stroke();
      return;
    }
    if (state === 'lost' || state === 'stale') {
      context.beginPath();
      context.arc(0, 0, 12, 0, 2 * Math.PI);
      context.fillStyle = state === 'lost' ? colour.alarmDeep : colour.panel;
      context.fill();
      context.setLineDash([5, 3.4]);
      context.lineWidth = 2.2;
      context.strokeStyle = tint;
      context.stroke();
      return;
    }
    context.beginPath();
    context.arc(0, 0, 11, -Math.PI / 2 + 0.75, -Math.PI / 2 - 0.75 + 2 * Math.PI);
    context.lineTo(0, -19.5);
    context.closePath();
    context.fillStyle = tint;
    context.fill();
    context.lineWidth = 2;
    context.strokeStyle = colour.base;
    context.stroke();
  });
}

/** The same glyph as in the lists, upright whatever the heading. */
function glyph(state: DroneState): ImageData {
  const hollow =
    state === 'ready' || state === 'not-ready' || state === 'armed' || state === 'lost' || state === 'stale';
  return draw(20, (context) => {
    context.translate(2, 2);
    context.lineCap = 'round';
    context.lineJoin = 'round';
    context.lineWidth = 2;
    context.strokeStyle = hollow ? droneColour(state) : colour.onAccent;
    context.stroke(new Path2D(GLYPH_PATHS[state]));
  });
}

/** A direction mark on planned lines; one shape, tinted by the layer. */
function arrow(): ImageData {
  return draw(14, (context) => {
    context.translate(7, 7);
    context.beginPath();
    context.moveTo(5, 0);
    context.lineTo(-3.6, -4.6);
    context.lineTo(-1.6, 0);
    context.lineTo(-3.6, 4.6);
    context.closePath();
    context.fillStyle = '#fff';
    context.fill();
  });
}

function base(kind: 'station' | 'room' | 'dock'): ImageData {
  return draw(20, (context) => {
    context.translate(10, 10);
    context.lineWidth = 1.4;
    context.strokeStyle = stateColour.ground;
    context.fillStyle = colour.raised;
    context.beginPath();
    if (kind === 'station') context.roundRect(-7, -7, 14, 14, 2);
    else if (kind === 'room') {
      context.rotate(Math.PI / 4);
      context.roundRect(-4.4, -4.4, 8.8, 8.8, 1.5);
    } else context.arc(0, 0, 5, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
    if (kind === 'station') {
      context.stroke(new Path2D('M-3.4 3.4V-1L0 -3.6L3.4 -1V3.4z'));
    }
  });
}

export function addIcons(map: MapLibreMap): void {
  const add = (name: string, image: ImageData, sdf = false) => {
    if (!map.hasImage(name)) map.addImage(name, image, { pixelRatio: RATIO, sdf });
  };
  for (const state of DRONE_STATES) {
    add(`drone-${state}`, body(state));
    add(`glyph-${state}`, glyph(state));
  }
  for (const kind of ['station', 'room', 'dock'] as const) add(`base-${kind}`, base(kind));
  add('arrow', arrow(), true);
}
