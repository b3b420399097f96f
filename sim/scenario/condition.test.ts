import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONDITION_FORMS, holds, parseCondition } from './condition.ts';

describe('the words of `when`', () => {
  it.each([
    ['all ready', { kind: 'all', what: 'ready' }],
    ['D-02 is lost', { kind: 'drone', drone: 'D-02', what: 'lost' }],
    ['D-02 is truly airborne', { kind: 'truth', drone: 'D-02', what: 'airborne' }],
    ['D-02 mode is return', { kind: 'mode', drone: 'D-02', mode: 'return' }],
    ['D-02 sortie is held', { kind: 'sortie', drone: 'D-02', state: 'held' }],
    ['D-02 battery < 40', { kind: 'figure', drone: 'D-02', figure: 'battery', compare: '<', value: 40 }],
    [
      'D-01 within 20.5 m of -300, 12',
      { kind: 'near', drone: 'D-01', withinM: 20.5, place: { eastM: -300, northM: 12 } },
    ],
    ['patrol p1 is on-patrol', { kind: 'patrol', patrol: 'p1', state: 'on-patrol' }],
    ['patrol  p1   is over', { kind: 'patrol', patrol: 'p1', state: 'over' }],
    ['patrol p1 progress >= 35', { kind: 'patrol-progress', patrol: 'p1', compare: '>=', value: 35 }],
    ['notice vehicle.lost', { kind: 'notice', code: 'vehicle.lost', drone: null }],
    ['notice vehicle.lost of D-01', { kind: 'notice', code: 'vehicle.lost', drone: 'D-01' }],
  ])('%s', (text, condition) => {
    expect(parseCondition(text)).toEqual(condition);
  });

  it.each([
    'all gone',
    'D-02 is happy',
    'd-2 is lost',
    'D-02 mode is AUTO',
    'D-02 battery = 40',
    'D-02 battery < forty',
    'patrol p1 is nice',
    'notice Vehicle Lost',
    'whenever you like',
    '',
  ])('does not guess at "%s"', (text) => {
    expect(parseCondition(text)).toBeNull();
  });

  it('documents each kind that it reads', () => {
    const words = CONDITION_FORMS.join('\n');
    for (const word of [
      'all ready',
      'truly',
      'mode is',
      'sortie is',
      'battery',
      'within',
      'patrol',
      'notice',
    ])
      expect(words).toContain(word);
  });

  it('compares as the sign says', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), fc.double({ noNaN: true }), (a, b) => {
        expect(holds(a, '<', b)).toBe(!holds(a, '>=', b));
        expect(holds(a, '>', b)).toBe(!holds(a, '<=', b));
        expect(holds(a, '<=', b) && holds(a, '>=', b)).toBe(a === b);
      }),
    );
  });
});
