import {
  EkfStatusReport,
  GpsRawInt,
  Heartbeat,
  HomePosition,
  MavCmd,
  SysStatus,
} from '../../firmware-bridge/codec/messages.ts';
import { NOTHING_HEARD, readyStage, reduceReadiness } from '../sitl/readiness.ts';
import { isArmed, resultName } from './autopilot-words.ts';
import { type Figures, type FigureValue, rounded } from './figures.ts';
import { pause, type Station } from './station.ts';
import type { SubjectKind } from './subject.ts';

const READY_WITHIN_MS = 150_000;
const POLL_MS = 100;

/** From its start to each stage, as `airgrid sitl` judges it; and what arming says before and after. */
export async function readinessOf(kind: SubjectKind, station: Station, startedMs: number): Promise<Figures> {
  const figures: Record<string, FigureValue> = {};
  for (const { MSG_ID } of [SysStatus, GpsRawInt, EkfStatusReport, HomePosition])
    await station.setInterval(MSG_ID, 4);
  const early = await station.command(MavCmd.COMPONENT_ARM_DISARM, 1);
  figures['start.armTooEarly'] = words(early);
  if (early.result === 0) await station.command(MavCmd.COMPONENT_ARM_DISARM, 0);
  await untilReady(station, (stage) => {
    figures[`start.${stage}S`] ??= rounded((performance.now() - startedMs) / 1000, 1);
  });
  const armSentMs = performance.now();
  const armed = station.next(Heartbeat, 5000, isArmed);
  const answer = await station.command(MavCmd.COMPONENT_ARM_DISARM, 1);
  const beat = await armed;
  figures['start.armWhenReady'] = words(answer);
  figures['command.armToHeartbeatMs'] = beat === null ? null : rounded(beat.atMs - armSentMs);
  figures['command.disarmOnGround'] = words(await station.command(MavCmd.COMPONENT_ARM_DISARM, 0));
  await pause(500);
  figures['start.family'] = kind.family;
  return figures;
}

/** Resolves when the vehicle can fly. @throws Error when it cannot within two and a half minutes */
export async function untilReady(
  station: Station,
  onStage: (stage: string) => void = () => {},
): Promise<void> {
  let state = station.log.reduce((before, { message }) => reduceReadiness(before, message), NOTHING_HEARD);
  const stop = station.listen(({ message }) => {
    state = reduceReadiness(state, message);
  });
  try {
    for (const endMs = performance.now() + READY_WITHIN_MS; ; ) {
      const stage = readyStage(state);
      onStage(stage);
      if (stage === 'ready') return;
      if (performance.now() > endMs) throw new Error(`it cannot fly: ${stage}, ${JSON.stringify(state)}`);
      await pause(POLL_MS);
    }
  } finally {
    stop();
  }
}

/** Said when it is ready to be said, whatever was asked in that moment. */
const OF_THE_START = /^(EKF3|AHRS|GPS|ArduPilot Ready|Barometer|Frame|RCOut|Field Elevation)/;

/** `failed: "Arm: Need Position Estimate"` */
export function words({
  result,
  texts,
}: {
  readonly result: number | null;
  readonly texts: readonly string[];
}): string {
  const said = [...new Set(texts)]
    .filter((text) => !OF_THE_START.test(text))
    .slice(0, 3)
    .map((text) => `"${text}"`);
  return said.length === 0 ? resultName(result) : `${resultName(result)}: ${said.join(', ')}`;
}
