/**
 * What can go wrong aboard one aircraft. Each fault begins when it is injected; a `durationS` (simulated seconds)
 * ends it by itself, null: until it is cleared. The network's faults are in network/.
 */
export type VehicleFault =
  /** Charge jumps to this, 0–100. */
  | { readonly kind: 'battery'; readonly remainingPct: number }
  /** One cell of the pack sags below the others by this voltage; seen in BATTERY_STATUS where cells are reported. */
  | { readonly kind: 'low-cell'; readonly cell: number; readonly sagV: number }
  | { readonly kind: 'gps-loss'; readonly durationS: number | null }
  /** The receiver reports a place that far off (spoofing, multipath). */
  | {
      readonly kind: 'gps-jump';
      readonly eastM: number;
      readonly northM: number;
      readonly durationS: number | null;
    }
  /** The compass is off by this; more than the autopilot tolerates is a failed pre-arm check and a bad estimate. */
  | { readonly kind: 'compass'; readonly errorDeg: number; readonly durationS: number | null }
  | { readonly kind: 'rc-loss'; readonly durationS: number | null }
  /** Gimbal, servo or relay takes the command, answers that it did, and does not move. */
  | { readonly kind: 'stuck-payload'; readonly durationS: number | null }
  /** Added to the wind of the fleet. */
  | {
      readonly kind: 'wind-gust';
      readonly eastMps: number;
      readonly northMps: number;
      readonly durationS: number;
    }
  /** Somebody erased the logs on board. */
  | { readonly kind: 'log-erased' }
  /** Arming is refused with this reason, as the autopilot words it ("PreArm: …" is put before it). */
  | { readonly kind: 'refuse-arming'; readonly reason: string; readonly durationS: number | null }
  /** The next `times` commands of this kind (null: all) are answered with this MAV_RESULT and not executed. */
  | {
      readonly kind: 'refuse-command';
      readonly command: number;
      readonly result: number;
      readonly times: number | null;
    }
  /** An uploaded mission is acknowledged, and the old one stays. */
  | { readonly kind: 'mission-not-stored'; readonly durationS: number | null }
  /** An uploaded mission is acknowledged, but its waypoints are stored 100 m higher than they were sent. */
  | { readonly kind: 'mission-stored-wrong'; readonly durationS: number | null }
  | { readonly kind: 'reboot' };

export type FaultKind = VehicleFault['kind'];
