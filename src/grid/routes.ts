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
  app.addContentTypeParser(
    ['application/geo+json', 'application/octet-stream'],
    { parseAs: 'buffer' },
    (_request, body, done) => done(null, body),
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
        summary: 'Replace the grid by GeoJSON, KML, KMZ or Shapefile; several files as one zip',
        consumes: ['application/geo+json', 'application/octet-stream'],
        querystring: Type.Object(
          {
            crs: Type.Optional(
              Type.String({
                pattern: '^(wgs84|cgcs2000|gcj02|bd09|EPSG:[0-9]{4,6})$',
                description:
                  'Coordinates of the file: wgs84, cgcs2000, gcj02, bd09 or EPSG:…; default: as it says itself, else WGS-84',
              }),
            ),
            name: Type.String({
              default: 'grid.geojson',
              minLength: 1,
              maxLength: 255,
              description: 'File name',
            }),
          },
          { additionalProperties: false },
        ),
        body: Type.Unsafe<Buffer>({ description: 'The bytes of the file' }),
        response: { 200: ImportReport, 422: ImportReport },
      },
    },
    async (request, reply) => {
      const { name, crs } = request.query;
      const file = { name, bytes: request.body };
      const report = await grid.importFiles([file], crs ?? null, requirePrincipal(request).username);
      return reply.code(report.imported ? 200 : 422).send(report);
    },
  );
};
