/**
 * MAVLink marks "not known" with a value at the edge of the field's range. Here those values become null, so that
 * nobody takes 65535 for a measurement.
 */
export function uint8OrNull(value: number): number | null {
  return value === 0xff ? null : value;
}

export function uint16OrNull(value: number): number | null {
  return value === 0xffff ? null : value;
}

export function int16OrNull(value: number): number | null {
  return value === 0x7fff ? null : value;
}

/** Fields where -1 says "not measured" (battery percentage, current, consumption). */
export function minusOneOrNull(value: number): number | null {
  return value === -1 ? null : value;
}

export function int32OrNull(value: number): number | null {
  return value === 0x7fffffff ? null : value;
}

/** NaN and infinities say "not known" in float fields. */
export function floatOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
