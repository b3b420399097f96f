import { type Static, type TSchema, Type } from 'typebox';

/**
 * Every setting of the server: name, unit, range, default and meaning in one place. The type, the validation, the
 * environment names (`AIRGRID_SERVER_PORT`), the `--set server.port=…` flags and docs/configuration.md follow from it.
 */

interface Extra {
  readonly description: string;
  /** Unit of the number, for people. */
  readonly unit?: string;
}

const text = (fallback: string, extra: Extra) => Type.String({ default: fallback, ...extra });
const number = (fallback: number, minimum: number, maximum: number, extra: Extra) =>
  Type.Number({ default: fallback, minimum, maximum, ...extra });
const whole = (fallback: number, minimum: number, maximum: number, extra: Extra) =>
  Type.Integer({ default: fallback, minimum, maximum, ...extra });
const section = <T extends Record<string, TSchema>>(properties: T, description: string) =>
  Type.Object(properties, { additionalProperties: false, description });
const list = (fallback: readonly string[], extra: Extra) =>
  Type.Array(Type.String(), { default: [...fallback], ...extra });
const choice = <T extends readonly string[]>(fallback: T[number], values: T, extra: Extra) =>
  Type.Unsafe<T[number]>({ type: 'string', enum: [...values], default: fallback, ...extra });

export const SettingsSchema = section(
  {
    server: section(
      {
        host: text('127.0.0.1', {
          description:
            'Address the console and API listen on. `0.0.0.0` opens them to the network: set TLS too.',
        }),
        port: whole(8080, 0, 65535, { description: 'TCP port of the console and API; 0 takes a free one.' }),
        tlsCertFile: text('', {
          description: 'PEM certificate (chain). Empty: plain HTTP, for this machine only.',
        }),
        tlsKeyFile: text('', { description: 'PEM private key that belongs to the certificate.' }),
        origins: list([], {
          description:
            'Origins a browser may use besides the address it listens on, e.g. `https://airgrid.example.cn` behind a proxy.',
        }),
      },
      'The web server.',
    ),
    data: section(
      {
        dir: text('data', {
          description: 'Folder for the database and the flight recordings; made when missing.',
        }),
      },
      'Where everything is kept.',
    ),
    links: list(['udp-listen://0.0.0.0:14550'], {
      description:
        'MAVLink links: `udp-listen://0.0.0.0:14550` (many vehicles on one port), `udp://host:port`, `tcp://host:port`, `tcp-listen://0.0.0.0:5760`, `serial:///dev/ttyUSB0?baud=57600`. They are called `link-1`, `link-2` … in this order.',
    }),
    mavlink: section(
      {
        systemId: whole(245, 1, 254, {
          description:
            "The ground station's system id. Set MAV_GCS_SYSID (SYSID_MYGCS before 4.7) to it on ArduPilot, or its GCS failsafe ignores our heartbeats.",
        }),
        componentId: whole(190, 1, 255, { description: 'The component id of the ground station.' }),
        lostAfterMs: whole(3000, 1500, 60000, {
          unit: 'ms',
          description: 'Silence after which a vehicle counts as lost.',
        }),
        telemetryRateHz: number(5, 1, 50, {
          unit: 'Hz',
          description:
            'Position and attitude messages asked of each vehicle that flies, has a task or is looked at. In a fleet of more than 40 the rest sends once a second.',
        }),
        signing: list([], {
          description:
            'Signed links: `link-1=required:/etc/airgrid/link-1.key`. `required` drops what is not signed, `accepted` takes unsigned frames too. The file holds 32 bytes or 64 hexadecimal digits and belongs to the server alone (mode 0600). `link-1=accepted:…:setup` also trusts that link to carry a new key: a cable, never a radio.',
        }),
        vehicleKeys: list([], {
          description:
            'A vehicle’s own key on a signed link: `link-1/7=/etc/airgrid/drone-7.key`, 7 its system id.',
        }),
        forwards: list([], {
          description:
            'Other ground stations that see our traffic: `udp://192.168.1.20:14550` shows it, `udp://192.168.1.20:14550?write` also lets that station command.',
        }),
        elevationDir: text('', {
          description:
            'Folder of SRTM elevation tiles (`N25E110.hgt`) that are served to aircraft which ask for terrain. Empty: none.',
        }),
        px4EventsFile: text('', {
          description:
            "PX4's `all_events.json` (of its build, unpacked), so that its events are told in words. Empty: by number.",
        }),
      },
      'How we speak MAVLink.',
    ),
    realtime: section(
      {
        rateHz: number(10, 5, 30, {
          unit: 'Hz',
          description: 'How often changed vehicles are sent to the consoles.',
        }),
      },
      'The live feed to the consoles.',
    ),
    patrol: section(
      {
        relativeAltitudeM: number(60, 20, 120, {
          unit: 'm above home',
          description: 'Height of the lowest patrol layer.',
        }),
        maxRelativeAltitudeM: number(120, 20, 500, {
          unit: 'm above home',
          description:
            'No patrol is planned above this. Over 120 m an airspace approval is needed in most places.',
        }),
        layerSpacingM: number(10, 5, 50, {
          unit: 'm',
          description: 'Height between aircraft that fly at the same time.',
        }),
        sideOverlapFraction: number(0.1, 0, 0.8, {
          description: 'Share of a camera swath that neighbouring lanes have in common.',
        }),
        previewValidS: whole(300, 10, 3600, {
          unit: 's',
          description: 'How long a previewed plan may be launched before it must be planned again.',
        }),
      },
      'Patrol planning.',
    ),
    aircraft: section(
      {
        cruiseSpeedMps: number(10, 1, 40, { unit: 'm/s', description: 'Speed on patrol.' }),
        climbSpeedMps: number(2.5, 0.5, 10, { unit: 'm/s', description: 'Speed of climb.' }),
        descentSpeedMps: number(1.5, 0.3, 10, { unit: 'm/s', description: 'Speed of descent.' }),
        batteryCapacityWh: number(230, 5, 20000, { unit: 'Wh', description: 'Energy of a full battery.' }),
        hoverPowerW: number(420, 10, 50000, { unit: 'W', description: 'Power in the hover.' }),
        cruisePowerW: number(380, 10, 50000, { unit: 'W', description: 'Power at patrol speed.' }),
        climbPowerW: number(550, 10, 50000, { unit: 'W', description: 'Power in the climb.' }),
        reserveFraction: number(0.25, 0.1, 0.6, {
          description: 'Share of the battery that a plan leaves at touch-down.',
        }),
        cameraHorizontalFovDeg: number(62, 5, 150, {
          unit: '°',
          description: 'Horizontal field of view of the camera, looking down.',
        }),
        missionCapacity: whole(650, 10, 65000, { description: 'Most mission items the autopilot stores.' }),
      },
      'The aircraft that plans are made for.',
    ),
    fleet: section(
      {
        names: list([], {
          description:
            'Call signs as `key=name`, key a vehicle id or a MAVLink system id: `3=D-03`. Others are called `D-` and their system id.',
        }),
      },
      'What aircraft are called.',
    ),
    map: section(
      {
        styleUrl: text('', {
          description: 'MapLibre style URL. Empty: a plain dark base with the district, without any network.',
        }),
        pmtilesFile: text('', {
          description: 'PMTiles file on this machine, served to the consoles as base map.',
        }),
        origins: list([], {
          description:
            'Web origins that the style takes tiles, glyphs and sprites from, e.g. `https://tiles.example.cn`.',
        }),
      },
      'The base map.',
    ),
    accounts: section(
      {
        idleTimeoutMin: whole(60, 5, 1440, {
          unit: 'min',
          description: 'A session ends after this much inactivity.',
        }),
        absoluteTimeoutH: whole(12, 1, 168, {
          unit: 'h',
          description: 'A session ends this long after signing in.',
        }),
        lockoutFailures: whole(5, 3, 20, { description: 'Wrong passwords before an account is locked.' }),
        lockoutMin: whole(15, 1, 1440, { unit: 'min', description: 'How long it stays locked.' }),
      },
      'Signing in.',
    ),
    log: section(
      {
        level: choice('info', ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const, {
          description: 'Least severe log line that is written.',
        }),
        format: choice('auto', ['auto', 'pretty', 'json'] as const, {
          description: '`auto`: readable on a terminal, JSON otherwise.',
        }),
      },
      'Logging.',
    ),
  },
  'Airgrid settings',
);

export type Settings = Static<typeof SettingsSchema>;

/** One leaf of the schema, for documents, environment names and messages. */
export interface SettingInfo {
  /** Dotted path, `server.port`. */
  readonly path: string;
  readonly env: string;
  readonly type: 'text' | 'number' | 'whole number' | 'list of texts';
  readonly unit: string | null;
  readonly minimum: number | null;
  readonly maximum: number | null;
  readonly choices: readonly string[] | null;
  readonly default: unknown;
  readonly description: string;
}

interface SchemaNode {
  readonly type?: string;
  readonly properties?: Record<string, SchemaNode>;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly unit?: string;
  readonly default?: unknown;
  readonly description?: string;
}

const TYPE_WORDS = {
  string: 'text',
  number: 'number',
  integer: 'whole number',
  array: 'list of texts',
} as const;

/** `server.tlsCertFile` → `AIRGRID_SERVER_TLS_CERT_FILE`. */
export function envNameOf(path: string): string {
  return `AIRGRID_${path
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll('.', '_')
    .toUpperCase()}`;
}

/** Every setting in the order of the schema. */
export function listSettings(): readonly SettingInfo[] {
  const found: SettingInfo[] = [];
  const walk = (node: SchemaNode, path: string): void => {
    if (node.properties !== undefined) {
      for (const [key, child] of Object.entries(node.properties))
        walk(child, path === '' ? key : `${path}.${key}`);
      return;
    }
    found.push({
      path,
      env: envNameOf(path),
      type: TYPE_WORDS[(node.type ?? 'string') as keyof typeof TYPE_WORDS],
      unit: node.unit ?? null,
      minimum: node.minimum ?? null,
      maximum: node.maximum ?? null,
      choices: node.enum ?? null,
      default: node.default,
      description: node.description ?? '',
    });
  };
  walk(SettingsSchema as unknown as SchemaNode, '');
  return found;
}
