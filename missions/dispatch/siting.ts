import highsLoader from 'highs';
import { straightWays } from '../geo/straight-way.ts';
import type { ReachOptions, ReachPlace } from './reach.ts';
import { type ReachSource, Travel } from './travel.ts';

/**
 * Where bases do most good: the choice of sites that brings the most weight within reach (maximal covering location,
 * R. Church and C. ReVelle, 1974), as an integer program solved exactly by HiGHS.
 *
 *   maximise Σ weight_g · y_g   with  y_g ≤ Σ x_s over the sites that reach group g,  Σ x_s ≤ count,
 *                                     x binary, 0 ≤ y ≤ 1, x = 1 for bases that exist
 *
 * Places with the same set of sites are one group: 2,000 cells and 150 sites become some hundred rows.
 */
export interface SitingRequest extends ReachOptions {
  /** Sites and bases in existence; `isFixed`: it is there already and stays. */
  readonly sites: readonly (ReachSource & { readonly isFixed: boolean })[];
  readonly places: readonly ReachPlace[];
  readonly withinS: number;
  /** How many sites in all, those that exist included. */
  readonly count: number;
}

export type SitingResult =
  | {
      /** `optimal`: no other choice reaches more. `best-found`: the time was up; `boundShare` says how much more there could be. */
      readonly kind: 'optimal' | 'best-found';
      /** Chosen sites, those that exist included, in the order of the request. */
      readonly siteIds: readonly string[];
      readonly reachedShare: number;
      /** What the bases in existence reach alone. */
      readonly reachedBeforeShare: number;
      readonly boundShare: number;
      /** Places that no choice of sites could reach. */
      readonly unreachable: readonly string[];
    }
  | { readonly kind: 'refused'; readonly message: string };

/** Its type declarations describe the CommonJS build; what is imported is the ES module's default, the loader itself. */
const loadHighs = highsLoader as unknown as typeof highsLoader.default;
const TIME_LIMIT_S = 20;

interface Group {
  readonly sites: readonly number[];
  weight: number;
}

/** Never throws for bad input: `refused` says what to change. */
export async function siteBases(request: SitingRequest): Promise<SitingResult> {
  const { sites, places, count } = request;
  const fixed = sites.filter((site) => site.isFixed).length;
  const allWeight = places.reduce((sum, place) => sum + place.weight, 0);
  if (!Number.isInteger(count) || count < 1 || count < fixed) {
    return {
      kind: 'refused',
      message: `${count} bases cannot be placed: there are ${fixed} already, and it must be a whole number of at least 1.`,
    };
  }
  if (!(allWeight > 0) || places.some((place) => !(place.weight >= 0))) {
    return { kind: 'refused', message: 'The places have no weight: nothing would be gained anywhere.' };
  }
  const reaching = reachingSites(request);
  const groups = groupsOf(reaching, places);
  const solver = await loadHighs();
  const solution = solver.solve(program(request, groups), { time_limit: TIME_LIMIT_S, mip_rel_gap: 0 });
  const isChosen = (index: number): boolean => {
    const column = solution.Columns[`x${index}`];
    return column !== undefined && 'Primal' in column && column.Primal > 0.5;
  };
  if (solution.Status !== 'Optimal' && solution.Status !== 'Time limit reached') {
    return { kind: 'refused', message: `The solver ended with "${solution.Status}".` };
  }
  const reachedBy = (chosen: (index: number) => boolean): number =>
    groups.reduce((sum, group) => (group.sites.some(chosen) ? sum + group.weight : sum), 0) / allWeight;
  const isOptimal = solution.Status === 'Optimal';
  const reachedShare = reachedBy(isChosen);
  const reachable = groups.reduce((sum, group) => sum + group.weight, 0) / allWeight;
  return {
    kind: isOptimal ? 'optimal' : 'best-found',
    siteIds: sites.filter((_site, index) => isChosen(index)).map((site) => site.sourceId),
    reachedShare,
    reachedBeforeShare: reachedBy((index) => sites[index]?.isFixed === true),
    boundShare: isOptimal ? reachedShare : reachable,
    unreachable: places.filter((_place, i) => reaching[i]?.length === 0).map((place) => place.placeId),
  };
}

/** For each place, the sites from which it is reached in time. */
function reachingSites({
  sites,
  places,
  withinS,
  ways,
  wind,
}: SitingRequest): readonly (readonly number[])[] {
  const travels = sites.map((site) => new Travel(site, wind, ways ?? straightWays));
  return places.map(({ position }) =>
    travels.flatMap((travel, index) => {
      if (travel.straightS(position) > withinS) return [];
      return ways === null || travel.arrivalS(position) <= withinS ? [index] : [];
    }),
  );
}

function groupsOf(reaching: readonly (readonly number[])[], places: readonly ReachPlace[]): Group[] {
  const groups = new Map<string, Group>();
  for (const [i, sites] of reaching.entries()) {
    const weight = places[i]?.weight ?? 0;
    if (sites.length === 0 || weight === 0) continue;
    const key = sites.join(' ');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { sites, weight });
    else group.weight += weight;
  }
  return [...groups.values()];
}

/** In the LP format of CPLEX, which HiGHS reads. */
function program({ sites, count }: SitingRequest, groups: readonly Group[]): string {
  const lines = [
    'Maximize',
    ` gain: ${groups.map((group, g) => `${group.weight} y${g}`).join('\n + ') || '0 x0'}`,
  ];
  lines.push('Subject To');
  for (const [g, group] of groups.entries()) {
    lines.push(` r${g}: y${g}${group.sites.map((site) => ` - x${site}`).join('')} <= 0`);
  }
  lines.push(` most: ${sites.map((_site, i) => `x${i}`).join('\n + ')} <= ${count}`);
  lines.push('Bounds', ...groups.map((_group, g) => ` 0 <= y${g} <= 1`));
  for (const [i, site] of sites.entries()) if (site.isFixed) lines.push(` x${i} = 1`);
  lines.push('Binary', ` ${sites.map((_site, i) => `x${i}`).join(' ')}`, 'End');
  return lines.join('\n');
}
