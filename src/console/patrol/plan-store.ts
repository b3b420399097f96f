import { create } from 'zustand';
import type { LaunchBody, PatrolPreview, Problem } from '../../contract/index.ts';
import { commandMap } from '../map/map-commands.ts';
import { api, toProblem } from '../state/api.ts';
import { patchModel, readModel } from '../state/store.ts';

/** The plan on the table: one at a time, for one cell. */
export interface PlanModel {
  readonly cellId: string | null;
  readonly altitudeM: number;
  readonly state: 'planning' | 'ready' | 'failed' | 'launching';
  readonly preview: PatrolPreview | null;
  /** Why there is no preview, or why the launch was refused. */
  readonly problem: Problem | null;
}

export const usePlan = create<PlanModel>()(() => ({
  cellId: null,
  altitudeM: 60,
  state: 'planning',
  preview: null,
  problem: null,
}));

/** Counts the requests, so that a slow answer to an old question is dropped. */
let asked = 0;

export function openPlan(cellId: string): void {
  const { config, selectedCellId } = readModel();
  const altitudeM =
    usePlan.getState().cellId === cellId ? usePlan.getState().altitudeM : config?.defaultPatrolAltitudeM;
  patchModel({ card: { kind: 'plan', cellId }, selectedCellId: selectedCellId ?? cellId });
  void plan(cellId, altitudeM ?? usePlan.getState().altitudeM);
}

export async function plan(cellId: string, altitudeM: number): Promise<void> {
  asked += 1;
  const question = asked;
  usePlan.setState({ cellId, altitudeM, state: 'planning', problem: null, preview: null });
  try {
    const preview = await api.previewPatrol({ cellId, relativeAltitudeM: altitudeM });
    if (question !== asked) return;
    usePlan.setState({ state: 'ready', preview });
    if (preview.sorties.length > 0) {
      commandMap({ kind: 'fit-lines', lines: preview.sorties.map((sortie) => sortie.route) });
    }
  } catch (error) {
    if (question === asked) usePlan.setState({ state: 'failed', problem: toProblem(error) });
  }
}

export function closePlan(): void {
  asked += 1;
  usePlan.setState({ cellId: null, preview: null, problem: null, state: 'planning' });
  patchModel({ card: null });
}

export async function launch(body: LaunchBody): Promise<void> {
  usePlan.setState({ state: 'launching', problem: null });
  try {
    const patrol = await api.launchPatrol(body);
    const { patrols, selectedVehicleIds } = readModel();
    usePlan.setState({ cellId: null, preview: null, problem: null, state: 'planning' });
    patchModel({
      // The socket may have told a newer state of it meanwhile.
      patrols: { [patrol.patrolId]: patrol, ...patrols },
      card: { kind: 'patrol', patrolId: patrol.patrolId },
      // The safety bar points at what is about to fly.
      selectedVehicleIds:
        patrol.sorties.length > 0 ? patrol.sorties.map((sortie) => sortie.vehicleId) : selectedVehicleIds,
    });
  } catch (error) {
    usePlan.setState({ state: 'ready', problem: toProblem(error) });
  }
}
