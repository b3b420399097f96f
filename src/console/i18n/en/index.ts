import { airspace } from './airspace.ts';
import { app } from './app.ts';
import { codes } from './codes.ts';
import { fleet } from './fleet.ts';
import { grid } from './grid.ts';
import { patrol } from './patrol.ts';
import { remedies } from './remedies.ts';

export const en: Readonly<Record<string, string>> = {
  ...airspace,
  ...app,
  ...fleet,
  ...grid,
  ...patrol,
  ...codes,
  ...remedies,
};
