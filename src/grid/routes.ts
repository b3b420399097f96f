import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { BaseView, CellList, ImportReport } from '../contract/index.ts';
import { allowRoles, requirePrincipal } from '../http/access.ts';
import type { GridService } from './service.ts';

/** 2,000 cells with generous outlines are some 3 MB. */
const MAX_GRID_BYTES = 64 * 1024 * 1024;

export const gridRoutes: FastifyPluginAsyncTypebox<{ readonly grid: GridService }> = async (
  app,
  { grid },
) => {
  // A grid file is read by our own reader, which can say where it is wrong; Fastify's JSON parser cannot.
  app.addContentTypeParser('application/geo+json', { parseAs: 'string' }, (_request, body, done) =>
    done(null, body),
  );

  app.get(
    '/grid/cells',
    { schema: { tags: ['grid'], summary: 'All cells without outlines', response: { 200: CellList } } },
    async () => ({ revision: grid.revision, cells: grid.cellViews() }),
  );

  app.get(
    '/grid/outlines',
    { schema: { tags: ['grid'], summary: 'All cells as GeoJSON, properties {cellId, level, name, nameEn}' } },
    async (_request, reply) => {
      // Serialised here: walking 2,000 outlines through a response schema costs more than it checks.
      await reply.type('application/geo+json').send(JSON.stringify(grid.outlines()));
    },
  );

  app.get(
    '/bases',
    { schema: { tags: ['grid'], response: { 200: Type.Object({ bases: Type.Array(BaseView) }) } } },
    async () => ({ bases: grid.bases() }),
  );

  app.post(
    '/grid/import',
    {
      bodyLimit: MAX_GRID_BYTES,
      preHandler: allowRoles('supervisor', 'admin'),
      schema: {
        tags: ['grid'],
        summary: 'Replace the grid by a GeoJSON file',
        consumes: ['application/geo+json'],
        querystring: Type.Object(
          {
            crs: Type.Union([Type.Literal('wgs84'), Type.Literal('cgcs2000'), Type.Literal('gcj02')], {
              default: 'wgs84',
              description: 'Coordinate system of the file',
            }),
          },
          { additionalProperties: false },
        ),
        body: Type.String(),
        response: { 200: ImportReport, 422: ImportReport },
      },
    },
    async (request, reply) => {
      const report = grid.importText(request.body, request.query.crs, requirePrincipal(request).username);
      return reply.code(report.imported ? 200 : 422).send(report);
    },
  );
};
