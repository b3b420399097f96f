import { describe, expect, it } from 'vitest';
import { codeText, remedyText } from './code-text.ts';

const find = (key: string) =>
  ({
    'errors.plan.too-far': 'Too far: {{distanceM}} m of {{limitM}} m.',
    'remedies.plan.too-far': 'Choose a nearer drone.',
  })[key] ?? null;

describe('the text of a code', () => {
  it('fills the details in, without the machine’s digits', () => {
    expect(codeText('plan.too-far', { distanceM: 1234.5678, limitM: 900 }, 'x', find)).toBe(
      'Too far: 1234.6 m of 900 m.',
    );
  });

  it('is the server’s sentence when the code is new here', () => {
    expect(codeText('plan.brand-new', {}, 'The server says so.', find)).toBe('The server says so.');
  });

  it('is the server’s sentence when a value that ours needs is missing', () => {
    expect(codeText('plan.too-far', { distanceM: 1 }, 'Too far.', find)).toBe('Too far.');
  });

  it('has a remedy of our own before the server’s', () => {
    expect(remedyText('plan.too-far', {}, 'Theirs', find)).toBe('Choose a nearer drone.');
    expect(remedyText('plan.brand-new', {}, 'Theirs', find)).toBe('Theirs');
  });
});
