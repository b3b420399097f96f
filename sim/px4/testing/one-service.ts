import type { OnboardServiceFactory } from '../../vehicle/onboard-service.ts';

export interface TestService {
  readonly factory: OnboardServiceFactory;
  /** What reached it, in order. */
  readonly seen: readonly string[];
  /** What it says against arming. */
  readonly objections: string[];
}

/** An on-board service that takes pictures, and writes down what it is asked for. */
export function testService(): TestService {
  const seen: string[] = [];
  const objections: string[] = [];
  const factory: OnboardServiceFactory = () => ({
    name: 'test camera',
    componentIds: [100],
    capabilities: 32n,
    command({ command }) {
      if (command !== 2000) return null;
      seen.push('command 2000');
      return 0;
    },
    missionItem(seq, { command }) {
      seen.push(`item ${seq}: ${command}`);
      return true;
    },
    armingObjections: () => objections,
    armed(isArmed) {
      seen.push(isArmed ? 'armed' : 'disarmed');
    },
  });
  return { factory, seen, objections };
}
