import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import {
  Problem,
  ZoneAnswer,
  ZoneBody,
  ZoneConflictList,
  ZoneImportReport,
  ZoneKind,
  ZoneList,
  ZoneRemoved,
} from '../contract/index.ts';
import { allowRoles, requirePrincipal } from '../http/access.ts';
import type { AirspaceService } from './service.ts';
import type { ConflictWatch } from './watch.ts';

export interface AirspaceRouteOptions {
  readonly airspace: AirspaceService;
  readonly watch: ConflictWatch;
}

/** 2,000 zones with generous outlines are some 2 MB. */
const MAX_FILE_BYTES = 16 * 1024 * 1024;
const ZoneParams = Type.Object({ zoneId: Type.String({ minLength: 1, maxLength: 64 }) });

export const airspaceRoutes: FastifyPluginAsyncTypebox<AirspaceRouteOptions> = async (
  app,
  { airspace, watch },
) => {
  // A zone file is read by our own reader, which can say where it is wrong; Fastify's JSON parser cannot.
  app.addContentTypeParser(
    ['application/geo+json', 'application/octet-stream', 'application/vnd.google-earth.kml+xml'],
    { parseAs: 'buffer' },
    (_request, body, done) => done(null, body),
  );
  // Who of them may change which zone depends on the zone: the service says it.
  const mayDraw = allowRoles('operator', 'supervisor', 'admin');

  app.get(
    '/airspace/zones',
    {
      schema: {
        tags: ['airspace'],
        summary: 'All zones, those of other times too',
        response: { 200: ZoneList },
      },
    },
    async () => airspace.list(),
  );

  app.post(
    '/airspace/zones',
    {
      preHandler: mayDraw,
      schema: {
        tags: ['airspace'],
        summary: 'Add a zone; in force at once when it does not say otherwise',
        description: 'Supervisor or admin. An operator may add a `temporary` no-fly zone.',
        body: ZoneBody,
        response: { 201: ZoneAnswer },
      },
    },
    async (request, reply) => reply.code(201).send(airspace.add(request.body, requirePrincipal(request))),
  );

  app.put(
    '/airspace/zones/:zoneId',
    {
      preHandler: mayDraw,
      schema: {
        tags: ['airspace'],
        summary: 'Change a zone: the whole of it',
        params: ZoneParams,
        body: ZoneBody,
        response: { 200: ZoneAnswer },
      },
    },
    async (request) => airspace.replace(request.params.zoneId, request.body, requirePrincipal(request)),
  );

  app.delete(
    '/airspace/zones/:zoneId',
    {
      preHandler: mayDraw,
      schema: {
        tags: ['airspace'],
        summary: 'Remove a zone',
        params: ZoneParams,
        querystring: Type.Object(
          { reason: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })) },
          { additionalProperties: false },
        ),
        response: { 200: ZoneRemoved },
      },
    },
    async (request) =>
      airspace.remove(request.params.zoneId, request.query.reason ?? null, requirePrincipal(request)),
  );

  app.post(
    '/airspace/zones/import',
    {
      bodyLimit: MAX_FILE_BYTES,
      preHandler: allowRoles('supervisor', 'admin'),
      schema: {
        tags: ['airspace'],
        summary: 'Add the zones of a GeoJSON, KML or KMZ file; known ids are replaced',
        consumes: [
          'application/geo+json',
          'application/vnd.google-earth.kml+xml',
          'application/octet-stream',
        ],
        querystring: Type.Object(
          {
            name: Type.String({
              default: 'zones.geojson',
              minLength: 1,
              maxLength: 255,
              description: 'File name',
            }),
            kind: Type.Optional(ZoneKind),
            reason: Type.String({ default: 'Imported', minLength: 1, maxLength: 500 }),
          },
          { additionalProperties: false },
        ),
        body: Type.Unsafe<Buffer>({ description: 'The bytes of the file' }),
        // A file that cannot be read at all is a problem, one with bad zones in it a report.
        response: { 200: ZoneImportReport, 422: Type.Union([ZoneImportReport, Problem]) },
      },
    },
    async (request, reply) => {
      const { name, kind, reason } = request.query;
      const file = { name, bytes: request.body };
      const report = airspace.importFile(file, kind ?? null, reason, requirePrincipal(request));
      return reply.code(report.imported ? 200 : 422).send(report);
    },
  );

  app.get(
    '/airspace/conflicts',
    {
      schema: {
        tags: ['airspace'],
        summary: 'Aircraft in the air that are in a closed zone, or whose way leads into one',
        response: { 200: ZoneConflictList },
      },
    },
    async () => watch.list(),
  );
};
