import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import fastifyStatic from '@fastify/static';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyPluginAsync,
  LogController,
} from 'fastify';
import type { Logger } from 'pino';
import { accountRoutes } from './accounts/routes.ts';
import type { AccountService } from './accounts/service.ts';
import { type AirspaceRouteOptions, airspaceRoutes } from './airspace/routes.ts';
import type { Audit } from './audit/audit.ts';
import type { Settings } from './config/settings.ts';
import { ConsoleConfig, type ServerInfo } from './contract/index.ts';
import { AirgridError } from './errors.ts';
import { evidenceRoutes } from './evidence/routes.ts';
import type { EvidenceService } from './evidence/service.ts';
import { type FleetRouteOptions, fleetRoutes } from './fleet/routes.ts';
import type { FleetService } from './fleet/service.ts';
import { gridRoutes } from './grid/routes.ts';
import type { GridService } from './grid/service.ts';
import { guardRoutes, requirePrincipal } from './http/access.ts';
import { answerWithProblem } from './http/problems.ts';
import { patrolRoutes } from './patrol/routes.ts';
import type { PatrolService } from './patrol/service.ts';

export interface AppParts {
  readonly settings: Settings;
  readonly logger: Logger;
  readonly version: string;
  readonly accounts: AccountService;
  readonly audit: Audit;
  readonly grid: GridService;
  readonly fleet: FleetService;
  readonly patrols: PatrolService;
  readonly evidence: EvidenceService;
  readonly airspace: AirspaceRouteOptions;
  readonly noteAction: FleetRouteOptions['note'];
  readonly gotoDesk: FleetRouteOptions['gotoDesk'];
  readonly demoSignIn: ServerInfo['demoSignIn'];
}

/** dist/src/app.js → dist/console. Run from source there is no console; the API works all the same. */
const CONSOLE_DIR = fileURLToPath(new URL('../console/', import.meta.url));

/** The HTTP side: routes, schema, session, static console. Listening is main's affair. */
export async function buildApp(parts: AppParts): Promise<FastifyInstance> {
  const { settings, accounts } = parts;
  const tls = await readTls(settings);
  const options = {
    loggerInstance: parts.logger as FastifyBaseLogger,
    // One line per request would drown what a supervisor reads; failures are logged by the error handler.
    logController: new LogController({ disableRequestLogging: true }),
    // A typing slip in a request is told instead of being taken away silently.
    ajv: { customOptions: { removeAdditional: false as const } },
    forceCloseConnections: true,
  };
  // Routes do not care which of the two servers carries them; Fastify's types do.
  const app =
    tls === null ? Fastify(options) : (Fastify({ ...options, https: tls }) as unknown as FastifyInstance);

  app.setErrorHandler(answerWithProblem);
  await app.register(helmet, {
    contentSecurityPolicy: { directives: securityPolicy(settings, tls !== null) },
  });
  await app.register(cookie);
  await app.register(rateLimit, { global: false });
  guardRoutes(app, accounts, () => settings.server.origins);
  await registerDocs(app, parts.version);

  await app.register(apiRoutes(parts, tls !== null), { prefix: '/api/v1' });
  await registerConsole(app, settings);
  return app;
}

function apiRoutes(parts: AppParts, secure: boolean): FastifyPluginAsync {
  const { settings, accounts, version, demoSignIn } = parts;
  return async (api) => {
    await api.register(accountRoutes, { accounts, version, secure, demoSignIn });
    await api.register(gridRoutes, { grid: parts.grid });
    await api.register(airspaceRoutes, parts.airspace);
    await api.register(fleetRoutes, {
      fleet: parts.fleet,
      audit: parts.audit,
      note: parts.noteAction,
      gotoDesk: parts.gotoDesk,
      beforeResume: (vehicleId) => parts.patrols.rejoin(vehicleId),
    });
    await api.register(patrolRoutes, { patrols: parts.patrols });
    await api.register(evidenceRoutes, { evidence: parts.evidence });
    api.get(
      '/console-config',
      { schema: { tags: ['session'], response: { 200: ConsoleConfig } } },
      async (): Promise<ConsoleConfig> => consoleConfig(settings),
    );
  };
}

async function readTls(settings: Settings): Promise<{ cert: Buffer; key: Buffer } | null> {
  const { tlsCertFile, tlsKeyFile } = settings.server;
  if (tlsCertFile === '' && tlsKeyFile === '') return null;
  try {
    return { cert: await readFile(tlsCertFile), key: await readFile(tlsKeyFile) };
  } catch (cause) {
    throw new AirgridError(
      'config.tls-unreadable',
      `server.tlsCertFile ("${tlsCertFile}") and server.tlsKeyFile ("${tlsKeyFile}") must both name readable PEM files.`,
      { cause },
    );
  }
}

function securityPolicy(settings: Settings, secure: boolean): Record<string, string[] | null> {
  const style = settings.map.styleUrl;
  const mapOrigins = [...settings.map.origins, ...(URL.canParse(style) ? [new URL(style).origin] : [])];
  return {
    'default-src': ["'self'"],
    'script-src': ["'self'"],
    // Ant Design writes its styles at run time.
    'style-src': ["'self'", "'unsafe-inline'"],
    'img-src': ["'self'", 'data:', 'blob:', ...mapOrigins],
    'worker-src': ["'self'", 'blob:'],
    'connect-src': ["'self'", 'ws:', 'wss:', ...mapOrigins],
    'font-src': ["'self'", 'data:'],
    'frame-ancestors': ["'none'"],
    // Without TLS (the demo on this machine) there is nothing to upgrade to.
    'upgrade-insecure-requests': secure ? [] : null,
  };
}

async function registerDocs(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Airgrid', version, description: 'Ground system for a police drone fleet.' },
      components: { securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: 'airgrid-session' } } },
      security: [{ session: [] }],
    },
  });
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: true,
    uiHooks: {
      onRequest: (request, _reply, done) => {
        requirePrincipal(request);
        done();
      },
    },
  });
}

function consoleConfig(settings: Settings): ConsoleConfig {
  return {
    map: {
      styleUrl: settings.map.styleUrl === '' ? null : settings.map.styleUrl,
      pmtilesUrl: settings.map.pmtilesFile === '' ? null : '/api/v1/map/base.pmtiles',
    },
    telemetryRateHz: settings.mavlink.telemetryRateHz,
    lostAfterMs: settings.mavlink.lostAfterMs,
    defaultPatrolAltitudeM: settings.patrol.relativeAltitudeM,
    maxPatrolAltitudeM: settings.patrol.maxRelativeAltitudeM,
  };
}

async function registerConsole(app: FastifyInstance, settings: Settings): Promise<void> {
  const built = existsSync(CONSOLE_DIR);
  await app.register(fastifyStatic, {
    root: CONSOLE_DIR,
    serve: false,
  });
  if (built) {
    app.get('/*', { config: { public: true }, schema: { hide: true } }, async (request, reply) => {
      const path = (request.params as { '*': string })['*'];
      // Pages of the console have addresses of their own; all of them are the same document.
      const isPage = !path.includes('.') && !path.startsWith('api/');
      if (path.startsWith('api/')) throw new AirgridError('http.not-found', `There is nothing at /${path}.`);
      return reply.sendFile(isPage ? 'index.html' : path, {
        // Built files carry a hash in their name and never change; the page itself is asked for each time.
        maxAge: path.startsWith('assets/') ? '1y' : 0,
        immutable: path.startsWith('assets/'),
      });
    });
  }
  if (settings.map.pmtilesFile !== '') {
    const pmtilesFile = resolve(settings.map.pmtilesFile);
    if (!existsSync(pmtilesFile)) {
      throw new AirgridError('config.invalid', `map.pmtilesFile names ${pmtilesFile}, which does not exist.`);
    }
    app.get('/api/v1/map/base.pmtiles', { schema: { hide: true } }, async (_request, reply) =>
      reply.sendFile(basename(pmtilesFile), dirname(pmtilesFile)),
    );
  }
  app.setNotFoundHandler((request) => {
    throw new AirgridError('http.not-found', `There is nothing at ${request.url}.`);
  });
}
