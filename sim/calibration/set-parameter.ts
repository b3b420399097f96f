import { buildMessage, MavParamType, ParamSet, ParamValue } from '../../firmware-bridge/codec/messages.ts';
import type { Station } from './station.ts';

/** For ArduPilot only, whose values travel as plain floats. @throws Error when it does not say the new value */
export async function setParameter(station: Station, name: string, value: number): Promise<void> {
  const said = station.next(ParamValue, 3000, (message) => message.paramId.replaceAll('\0', '') === name);
  station.send(
    buildMessage(ParamSet, {
      targetSystem: station.systemId,
      targetComponent: 1,
      paramId: name,
      paramValue: value,
      paramType: MavParamType.REAL32,
    }),
  );
  const answer = await said;
  if (answer?.message.paramValue !== value) throw new Error(`${name} could not be set to ${value}`);
}
