import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { Audit } from '../audit/audit.ts';
import { ActionResult, FleetView, GotoBody, SafetyAction } from '../contract/index.ts';
import { allowRoles, requirePrincipal } from '../http/access.ts';
import type { GotoDesk } from './goto.ts';
import type { FleetService } from './service.ts';

export interface FleetRouteOptions {
  readonly fleet: FleetService;
  readonly audit: Audit;
  /** Puts the act into the record of the flight. */
  readonly note: (vehicleId: string, actor: string, action: SafetyAction, result: ActionResult) => void;
  readonly gotoDesk: GotoDesk;
  /** What a patrol that was left needs before it can be resumed; an answer: it cannot be. */
  readonly beforeResume: (vehicleId: string) => Promise<ActionResult | null>;
}

export const fleetRoutes: FastifyPluginAsyncTypebox<FleetRouteOptions> = async (
  app,
  { fleet, audit, note, gotoDesk, beforeResume },
) => {
  app.get(
    '/fleet',
    {
      schema: {
        tags: ['fleet'],
        summary: 'All aircraft and links as they are now',
        response: { 200: FleetView },
      },
    },
    async () => fleet.fleetView(),
  );

  app.post(
    '/vehicles/:vehicleId/goto',
    {
      preHandler: allowRoles('operator', 'supervisor'),
      schema: {
        tags: ['fleet'],
        summary: 'Send an aircraft in the air straight to a place, where it holds',
        description:
          'Recorded first. A patrol that it was on waits; `resume` takes it up on the leg where it was left. Refused with the name of a zone that is in the way.',
        params: Type.Object({ vehicleId: Type.String() }),
        body: GotoBody,
        response: { 200: ActionResult },
      },
    },
    async (request) =>
      gotoDesk.send(request.params.vehicleId, request.body, requirePrincipal(request).username),
  );

  app.post(
    '/vehicles/:vehicleId/:action',
    {
      preHandler: allowRoles('operator', 'supervisor'),
      schema: {
        tags: ['fleet'],
        summary: 'Hold, resume, return or land',
        description:
          'Answers with what the aircraft reports. `hold`, `return` and `land` are sent at once and recorded afterwards; `resume` is recorded first.',
        params: Type.Object({ vehicleId: Type.String(), action: SafetyAction }),
        response: { 200: ActionResult },
      },
    },
    async (request) => {
      const { vehicleId, action } = request.params;
      const actor = requirePrincipal(request).username;
      const entry = { actor, act: `vehicle.${action}`, target: vehicleId };
      if (action === 'resume') audit.record(entry);
      const kept = action === 'resume' ? await beforeResume(vehicleId) : null;
      const result = kept ?? (await fleet.act(vehicleId, action));
      if (action !== 'resume')
        audit.recordLate({ ...entry, details: { outcome: result.outcome, code: result.code } });
      note(vehicleId, actor, action, result);
      return result;
    },
  );
};
