import type { OnboardService } from '../vehicle/onboard-service.ts';

/** Several services that know each other (a gimbal and the camera on it) as one, asked in order. */
export function combineServices(name: string, parts: readonly OnboardService[]): OnboardService {
  const capabilities = parts.reduce((bits, part) => bits | (part.capabilities ?? 0n), 0n);
  return {
    name,
    componentIds: parts.flatMap((part) => part.componentIds ?? []),
    capabilities,
    handle: (message, from, targetComponent, wallMs) =>
      parts.some((part) => part.handle?.(message, from, targetComponent, wallMs) === true),
    command: (command, targetComponent, from) =>
      first(parts, (part) => part.command?.(command, targetComponent, from)),
    missionItem: (seq, item) => parts.some((part) => part.missionItem?.(seq, item) === true),
    telemetry: (messageId) => first(parts, (part) => part.telemetry?.(messageId)),
    armingObjections: () => parts.flatMap((part) => part.armingObjections?.() ?? []),
    armed(isArmed) {
      for (const part of parts) part.armed?.(isArmed);
    },
    step(dtS) {
      for (const part of parts) part.step?.(dtS);
    },
    tick(wallMs) {
      for (const part of parts) part.tick?.(wallMs);
    },
    rebooted() {
      for (const part of parts) part.rebooted?.();
    },
    // A fault may concern several of them.
    fault: (fault, isActive) => parts.filter((part) => part.fault?.(fault, isActive) === true).length > 0,
  };
}

/** The first answer that is not null. */
function first<T>(
  parts: readonly OnboardService[],
  ask: (part: OnboardService) => T | null | undefined,
): T | null {
  for (const part of parts) {
    const answer = ask(part) ?? null;
    if (answer !== null) return answer;
  }
  return null;
}
