import { AvailableModes, buildMessage } from '../../firmware-bridge/codec/messages.ts';
import type { FlightMode } from './firmware.ts';

/** AVAILABLE_MODES of one index, counted from 1; 0 asks for all of them. Empty for an index that is not there. */
export function availableModes(modes: readonly FlightMode[], index: number): readonly AvailableModes[] {
  const wanted = index === 0 ? modes.map((_, at) => at + 1) : [Math.trunc(index)];
  return wanted.flatMap((modeIndex) => {
    const mode = modes[modeIndex - 1];
    if (mode === undefined) return [];
    const { number: customMode, name: modeName, standardMode, properties } = mode;
    return buildMessage(AvailableModes, {
      numberModes: modes.length,
      modeIndex,
      standardMode,
      customMode,
      properties,
      modeName,
    });
  });
}
