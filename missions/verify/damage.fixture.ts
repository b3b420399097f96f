import { FLIGHT_DAMAGES } from './damage-flight.fixture.ts';
import { FORM_DAMAGES } from './damage-form.fixture.ts';
import { SPACE_DAMAGES } from './damage-space.fixture.ts';
import type { Damage } from './damage-tools.fixture.ts';

/** Every kind of damage that the verifier has to catch. */
export const DAMAGES: readonly Damage[] = [...FORM_DAMAGES, ...SPACE_DAMAGES, ...FLIGHT_DAMAGES];
