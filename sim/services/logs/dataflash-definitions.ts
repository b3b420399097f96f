/**
 * The messages that our DataFlash logs hold: names, formats and labels as ArduPilot 4.7 writes them (AP_Logger
 * LogStructure.h and the vehicle's Log.cpp), so that a tool finds the columns that it knows. Format characters:
 * b/B int8/uint8, h/H int16/uint16, i/I int32/uint32, f float, d double, Q uint64, n/N/Z 4/16/64 characters, c/C
 * int16/uint16 in hundredths, e int32 in hundredths, L degE7, M mode.
 */
export interface MessageDefinition {
  readonly type: number;
  readonly name: string;
  readonly format: string;
  readonly labels: string;
  /** A character each: the ids of UNIT and MULT. */
  readonly units: string;
  readonly multipliers: string;
  /** Of a whole message, its three bytes of header included. */
  readonly bytes: number;
}

const HEADER_BYTES = 3;
const SIZES: Readonly<Record<string, number>> = {
  ...{ b: 1, B: 1, M: 1, h: 2, H: 2, c: 2, C: 2, i: 4, I: 4, e: 4, E: 4, L: 4 },
  ...{ f: 4, d: 8, q: 8, Q: 8, n: 4, N: 16, Z: 64 },
};

/** Bytes of one field. @throws RangeError for a character that we do not write */
export function fieldBytes(character: string): number {
  const size = SIZES[character];
  if (size === undefined) throw new RangeError(`no field of kind "${character}" in our DataFlash logs`);
  return size;
}

function define(
  type: number,
  name: string,
  format: string,
  labels: string,
  units: string,
  multipliers: string,
): MessageDefinition {
  const bytes = [...format].reduce((sum, character) => sum + fieldBytes(character), HEADER_BYTES);
  return { type, name, format, labels, units, multipliers, bytes };
}

export const FMT = define(128, 'FMT', 'BBnNZ', 'Type,Length,Name,Format,Columns', '-b---', '-----');
export const UNIT = define(129, 'UNIT', 'QbZ', 'TimeUS,Id,Label', 's--', 'F--');
export const MULT = define(130, 'MULT', 'Qbd', 'TimeUS,Id,Mult', 's--', 'F--');
export const FMTU = define(131, 'FMTU', 'QBNN', 'TimeUS,FmtType,UnitIds,MultIds', 's---', 'F---');
export const PARM = define(132, 'PARM', 'QNff', 'TimeUS,Name,Value,Default', 's---', 'F---');
export const MSG = define(133, 'MSG', 'QZ', 'TimeUS,Message', 's-', 'F-');
export const MODE = define(134, 'MODE', 'QMBB', 'TimeUS,Mode,ModeNum,Rsn', 's---', 'F---');
export const ARM = define(135, 'ARM', 'QBIBB', 'TimeUS,ArmState,ArmChecks,Forced,Method', 's----', 'F----');
export const EV = define(136, 'EV', 'QB', 'TimeUS,Id', 's-', 'F-');
export const ERR = define(137, 'ERR', 'QBB', 'TimeUS,Subsys,ECode', 's--', 'F--');
export const CMD = define(
  138,
  'CMD',
  'QHHHffffLLfB',
  'TimeUS,CTot,CNum,CId,Prm1,Prm2,Prm3,Prm4,Lat,Lng,Alt,Frame',
  's-------DUm-',
  'F-------GG0-',
);
export const GPS = define(
  139,
  'GPS',
  'QBBIHBcLLeffffB',
  'TimeUS,I,Status,GMS,GWk,NSats,HDop,Lat,Lng,Alt,Spd,GCrs,VZ,Yaw,U',
  's#-s-S-DUmnhnh-',
  'F--C-0BGGB000--',
);
export const POS = define(
  140,
  'POS',
  'QLLfff',
  'TimeUS,Lat,Lng,Alt,RelHomeAlt,RelOriginAlt',
  'sDUmmm',
  'FGG000',
);
export const ATT = define(
  141,
  'ATT',
  'QffffffB',
  'TimeUS,DesRoll,Roll,DesPitch,Pitch,DesYaw,Yaw,AEKF',
  'sddddhh-',
  'F000000-',
);
export const BAT = define(
  142,
  'BAT',
  'QBfffffcfB',
  'TimeUS,Inst,Volt,VoltR,Curr,CurrTot,EnrgTot,Temp,Res,RemPct',
  's#vvAaXOw%',
  'F-000C0B0-',
);

export const DEFINITIONS: readonly MessageDefinition[] = [
  ...[FMT, UNIT, MULT, FMTU, PARM, MSG, MODE, ARM, EV, ERR, CMD],
  ...[GPS, POS, ATT, BAT],
];

/** Of UNIT: those that are used above. */
export const UNITS: readonly (readonly [id: string, label: string])[] = [
  ['-', ''],
  ['#', 'instance'],
  ['%', '%'],
  ['A', 'A'],
  ['D', 'deglatitude'],
  ['O', 'degC'],
  ['S', 'satellites'],
  ['U', 'deglongitude'],
  ['X', 'W.h'],
  ['a', 'Ah'],
  ['b', 'B'],
  ['d', 'deg'],
  ['h', 'degheading'],
  ['m', 'm'],
  ['n', 'm/s'],
  ['s', 's'],
  ['v', 'V'],
  ['w', 'Ohm'],
];

/** Of MULT. */
export const MULTIPLIERS: readonly (readonly [id: string, factor: number])[] = [
  ['-', 0],
  ['0', 1],
  ['B', 1e-2],
  ['C', 1e-3],
  ['F', 1e-6],
  ['G', 1e-7],
];
