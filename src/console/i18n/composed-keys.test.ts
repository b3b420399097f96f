import { describe, expect, it } from 'vitest';
import { PAGES } from '../app/route.ts';
import { DRONE_STATES } from '../fleet/drone-state.ts';
import { en } from './en/index.ts';

/** Every member of a closed set that is translated by a composed key; the contract's unions are spelled out here. */
const FAMILIES: Readonly<Record<string, readonly string[]>> = {
  'app.page-': PAGES,
  'state.': DRONE_STATES,
  'mode.': ['manual', 'hold', 'guided', 'mission', 'return', 'land', 'takeoff', 'other'],
  'role.': ['operator', 'supervisor', 'investigator', 'auditor', 'admin'],
  'purpose.': ['patrol', 'public-information', 'incident-follow-up', 'evidence', 'exercise'],
  'step.': ['upload', 'read-back', 'prepare', 'arm', 'take-off', 'start-mission', 'cover', 'return', 'land'],
  'step-state.': ['waiting', 'running', 'done', 'failed', 'skipped'],
  'sortie.': [
    'preparing',
    'launching',
    'on-patrol',
    'held',
    'returning',
    'landing',
    'done',
    'partly-done',
    'failed',
  ],
  'zone.kind-': ['no-fly', 'altitude', 'privacy'],
  'zone.datum-': ['amsl', 'above-terrain'],
  'zone.conflict-': ['inside', 'on-route', 'on-return'],
  'severity.': ['info', 'warning', 'alarm', 'error', 'repair'],
  'flight-state.': ['open', 'closed', 'interrupted'],
  'connection.': ['connecting', 'online'],
  'action.': ['hold', 'resume', 'return', 'land'],
  'action.outcome-': ['running', 'done', 'failed', 'unknown'],
  'gps.fix-': ['0', '1', '2', '3', '4', '5', '6'],
  'import.system-': ['wgs84', 'cgcs2000', 'gcj02'],
  'import.hint-': ['wgs84', 'cgcs2000', 'gcj02'],
  'grid.level-': ['1', '2', '3', 'all'],
  'sheet.': ['cells', 'fleet', 'drone', 'notices'],
};

describe('composed keys', () => {
  it.each(Object.entries(FAMILIES))('%s has a word for each member', (prefix, members) => {
    expect(members.filter((member) => !(`${prefix}${member}` in en))).toEqual([]);
  });

  it('asks before every command but hold', () => {
    for (const action of ['resume', 'return', 'land']) {
      for (const part of ['question', 'consequence', 'confirm', 'title']) {
        expect(en).toHaveProperty([`action.${action}-${part}`]);
      }
    }
  });
});
