// npm run gallery: draws every polygon of the coverage benchmark with the path of the planner and, beside it, that of
// plain back-and-forth, as one HTML page that needs no network. Prints where it is (artifacts/gallery, git-ignored).
// --group=small,nofly draws only those groups; --no-baseline leaves the right-hand column out.
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { planCoverage } from '../../dist/missions/pattern/coverage.js';
import { planBaseline } from './plan/coverage-baseline.mjs';
import { discBoundM, judge, loadShapes, planeOver } from './plan/coverage-set.mjs';

const wanted = process.argv
  .find((a) => a.startsWith('--group='))
  ?.slice(8)
  .split(',');
const withBaseline = !process.argv.includes('--no-baseline');
const shapes = loadShapes().filter((s) => wanted === undefined || wanted.includes(s.group));
const WIDTH = 460;

function svg(shape, points) {
  const plane = planeOver(shape.geometry);
  const rings = shape.geometry.coordinates.map((ring) => ring.map((p) => plane.point(p[0], p[1])));
  const xs = rings[0].map((p) => p[0]);
  const ys = rings[0].map((p) => p[1]);
  const [minX, maxX, minY, maxY] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const pad = 0.03 * Math.max(maxX - minX, maxY - minY);
  const scale = WIDTH / Math.max(maxX - minX + 2 * pad, maxY - minY + 2 * pad);
  const at = ([x, y]) => `${((x - minX + pad) * scale).toFixed(1)} ${((maxY - y + pad) * scale).toFixed(1)}`;
  const outline = rings.map((ring) => `M${ring.map(at).join('L')}Z`).join('');
  const stops = points.map((p) => plane.point(p.lonDeg, p.latDeg));
  const track = stops.length === 0 ? '' : `M${stops.map(at).join('L')}`;
  const seen = (shape.swathWidthM * 1000 * scale).toFixed(2);
  const dot = (p, colour, r) =>
    `<circle cx="${at(p).split(' ')[0]}" cy="${at(p).split(' ')[1]}" r="${r}" fill="${colour}"/>`;
  const marks =
    stops.length === 0 ? '' : dot(stops[stops.length - 1], '#b00020', 4) + dot(stops[0], '#0a7d32', 5);
  const corners = stops.length > 150 ? '' : stops.map((p) => dot(p, '#14375e', 1.4)).join('');
  const [w, h] = [(maxX - minX + 2 * pad) * scale, (maxY - minY + 2 * pad) * scale];
  return `<svg viewBox="0 0 ${w.toFixed(0)} ${h.toFixed(0)}" width="${w.toFixed(0)}" height="${h.toFixed(0)}"><path d="${outline}" fill="#f3e3b5" fill-rule="evenodd"/><path d="${track}" fill="none" stroke="#8fc1ef" stroke-opacity=".55" stroke-width="${seen}" stroke-linecap="round" stroke-linejoin="round"/><path d="${outline}" fill="none" stroke="#7a5b12" stroke-width="1.2"/><path d="${track}" fill="none" stroke="#14375e" stroke-width="1.2"/>${corners}${marks}</svg>`;
}

function caption(judged, swathWidthM) {
  const ratio = judged.lengthM / discBoundM(judged.areaM2, swathWidthM);
  const bad = judged.coverage < 0.995 || judged.pointsOutside > 0;
  return `<span${bad ? ' class="bad"' : ''}>${(judged.lengthM / 1000).toFixed(2)} km · ratio ${ratio.toFixed(3)} · ${(judged.coverage * 100).toFixed(2)} % · ${judged.turns} turns${judged.pointsOutside > 0 ? ` · ${judged.pointsOutside} outside` : ''}</span>`;
}

const sections = [];
for (const group of new Set(shapes.map((s) => s.group))) {
  const figures = [];
  for (const shape of shapes.filter((s) => s.group === group)) {
    const path = planCoverage(shape.geometry, { swathWidthM: shape.swathWidthM });
    const judged = await judge(shape.geometry, path.points, shape.swathWidthM);
    let peer = '';
    if (withBaseline) {
      const plain = planBaseline(shape.geometry, shape.swathWidthM);
      const found = plain.spacing !== null;
      const text = found
        ? `${caption(await judge(shape.geometry, plain.points, shape.swathWidthM), shape.swathWidthM)} · spacing ${plain.spacing}`
        : 'no valid plan';
      peer = `<figure>${svg(shape, plain.points)}<figcaption>back-and-forth: ${text}</figcaption></figure>`;
    }
    figures.push(
      `<article><h3>${shape.name} · ${(judged.areaM2 / 1e6).toFixed(3)} km² · swath ${shape.swathWidthM} m</h3><div><figure>${svg(shape, path.points)}<figcaption>${caption(judged, shape.swathWidthM)}</figcaption></figure>${peer}</div></article>`,
    );
  }
  sections.push(`<section><h2>${group}</h2>${figures.join('')}</section>`);
}

const page = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Coverage paths</title><style>
body{font:13px/1.4 system-ui,sans-serif;margin:16px;background:#fff;color:#222}section{display:flex;flex-wrap:wrap;gap:14px}h2{flex-basis:100%;margin:18px 0 0}article{border:1px solid #ddd;border-radius:6px;padding:8px}h3{margin:0 0 4px;font-size:13px}article div{display:flex;gap:10px}figure{margin:0}figcaption{max-width:${WIDTH}px}.bad{color:#b00020;font-weight:600}</style>
<h1>Coverage paths</h1><p>Ochre: the area, with holes. Blue: what half a swath on either side sees. Green: where the path begins, red: where it ends.
Ratio: length over the disc bound (A − πw²/4)/w. Right: plain back-and-forth at the best of 36 angles, with transits inside.</p>${sections.join('')}</html>`;
const folder = new URL('../../artifacts/gallery/', import.meta.url);
mkdirSync(folder, { recursive: true });
const file = new URL('index.html', folder);
writeFileSync(file, page);
console.log(`Gallery of ${shapes.length} polygons: ${fileURLToPath(file)}`);
