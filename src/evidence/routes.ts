import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { FlightDetail, FlightList } from '../contract/index.ts';
import { AirgridError } from '../errors.ts';
import { allowRoles, requirePrincipal } from '../http/access.ts';
import type { EvidenceService } from './service.ts';

export const evidenceRoutes: FastifyPluginAsyncTypebox<{ readonly evidence: EvidenceService }> = async (
  app,
  { evidence },
) => {
  const params = Type.Object({ flightId: Type.String({ pattern: '^[A-Za-z0-9-]{1,64}$' }) });
  app.addHook('preHandler', allowRoles('operator', 'supervisor', 'investigator', 'auditor'));

  app.get(
    '/flights',
    {
      schema: {
        tags: ['flights'],
        summary: 'Flights, newest first',
        querystring: Type.Object(
          {
            before: Type.Optional(Type.String({ maxLength: 128 })),
            limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
          },
          { additionalProperties: false },
        ),
        response: { 200: FlightList },
      },
    },
    async (request) => evidence.list(request.query.before, request.query.limit),
  );

  app.get(
    '/flights/:flightId',
    { schema: { tags: ['flights'], params, response: { 200: FlightDetail } } },
    async (request) => evidence.detail(request.params.flightId, requirePrincipal(request).username),
  );

  app.get(
    '/flights/:flightId/tlog',
    {
      schema: {
        tags: ['flights'],
        summary: 'The raw recording: 8-byte big-endian µs + frame, as it was on the wire',
        params,
      },
    },
    async (request, reply) => {
      const { flightId } = request.params;
      const path = evidence.tlogPath(flightId, requirePrincipal(request).username);
      const size = await stat(path).then(
        (info) => info.size,
        (cause: unknown) => {
          throw new AirgridError('evidence.no-tlog', 'The recording is missing on disk.', {
            cause,
            details: { flightId },
          });
        },
      );
      // While the flight goes on the file grows: send what is there now.
      return attach(reply, `${flightId}.tlog`, 'application/octet-stream')
        .header('content-length', size)
        .send(size === 0 ? Buffer.alloc(0) : createReadStream(path, { end: size - 1 }));
    },
  );

  app.get(
    '/flights/:flightId/track.geojson',
    { schema: { tags: ['flights'], params } },
    async (request, reply) => {
      const { flightId } = request.params;
      const text = evidence.trackGeoJson(flightId, requirePrincipal(request).username);
      return attach(reply, `${flightId}.geojson`, 'application/geo+json').send(text);
    },
  );

  app.get(
    '/flights/:flightId/track.kml',
    { schema: { tags: ['flights'], params } },
    async (request, reply) => {
      const { flightId } = request.params;
      const text = evidence.trackKml(flightId, requirePrincipal(request).username);
      return attach(reply, `${flightId}.kml`, 'application/vnd.google-earth.kml+xml').send(text);
    },
  );
};

function attach<R extends { header(name: string, value: string): R; type(value: string): R }>(
  reply: R,
  filename: string,
  type: string,
): R {
  return reply.header('content-disposition', `attachment; filename="${filename}"`).type(type);
}
