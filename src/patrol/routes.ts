import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { LaunchBody, PatrolList, PatrolPreview, PatrolView, PreviewBody } from '../contract/index.ts';
import { allowRoles, requirePrincipal } from '../http/access.ts';
import type { PatrolService } from './service.ts';

export const patrolRoutes: FastifyPluginAsyncTypebox<{ readonly patrols: PatrolService }> = async (
  app,
  { patrols },
) => {
  const mayFly = allowRoles('operator', 'supervisor');

  app.post(
    '/patrols/preview',
    {
      preHandler: mayFly,
      schema: {
        tags: ['patrol'],
        summary: 'Plan a cell with the aircraft that are ready now',
        body: PreviewBody,
        response: { 200: PatrolPreview },
      },
    },
    async (request) => patrols.preview(request.body),
  );

  app.post(
    '/patrols',
    {
      preHandler: mayFly,
      schema: {
        tags: ['patrol'],
        summary: 'Launch a previewed plan',
        body: LaunchBody,
        response: { 201: PatrolView },
      },
    },
    async (request, reply) =>
      reply.code(201).send(patrols.launch(request.body, requirePrincipal(request).username)),
  );

  app.get(
    '/patrols',
    { schema: { tags: ['patrol'], summary: 'The newest patrols', response: { 200: PatrolList } } },
    async () => ({ patrols: patrols.recent() }),
  );

  app.get(
    '/patrols/:patrolId',
    {
      schema: {
        tags: ['patrol'],
        params: Type.Object({ patrolId: Type.String() }),
        response: { 200: PatrolView },
      },
    },
    async (request) => patrols.patrol(request.params.patrolId),
  );
};
