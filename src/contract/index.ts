export * from './accounts.ts';
export * from './common.ts';
export * from './console-config.ts';
export * from './evidence.ts';
export * from './fleet.ts';
export * from './grid.ts';
export * from './patrol.ts';
export * from './realtime.ts';
