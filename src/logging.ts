import { type Logger, pino } from 'pino';
import type { Settings } from './config/settings.ts';

/** Never in a log, wherever they turn up in a logged object. */
const SECRETS = [
  'password',
  'code',
  'token',
  'cookie',
  'authorization',
  'headers.cookie',
  'headers.authorization',
];

/** Readable lines on a terminal, JSON otherwise (or as `log.format` says). */
export function openLogger(settings: Settings['log']): Logger {
  const pretty =
    settings.format === 'pretty' || (settings.format === 'auto' && process.stdout.isTTY === true);
  return pino({
    level: settings.level,
    base: null,
    redact: { paths: SECRETS.flatMap((key) => [key, `*.${key}`]), censor: '[secret]' },
    ...(pretty
      ? {
          transport: {
            target: 'pino-pretty',
            options: { translateTime: 'SYS:HH:MM:ss', ignore: 'pid,hostname' },
          },
        }
      : {}),
  });
}
