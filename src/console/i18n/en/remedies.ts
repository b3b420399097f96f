/** What to do about a code. */
export const remedies: Readonly<Record<string, string>> = {
  'remedies.console.server-unreachable': 'Check that the server runs and that this computer reaches it.',
  'remedies.console.server-slow': 'Try again; if it stays, tell whoever runs the server.',
  'remedies.accounts.locked': 'Wait, or ask an administrator.',
  'remedies.accounts.setup-code-wrong':
    "Read it from the server's console; it is printed at each start until the first account exists.",
  'remedies.accounts.setup-closed': 'Sign in.',
  'remedies.accounts.role-needed': 'Ask an administrator for the role, or a colleague who has it.',
  'remedies.http.internal':
    'Try again; if it stays, give the time of this message to whoever runs the server.',
  'remedies.command.denied': 'Read what the aircraft says, put it right and try again.',
  'remedies.command.no-answer': 'Look at the aircraft and its link, then try again.',
  'remedies.command.not-confirmed': 'Watch what the aircraft does, then try again.',
  'remedies.command.not-connected': 'Wait for the link to come back.',
  'remedies.command.identity-conflict': 'Give each aircraft its own system id.',
  'remedies.mission.rejected': 'Read what the aircraft says. Plan again, perhaps with another drone.',
  'remedies.mission.no-space': 'Choose a smaller cell.',
  'remedies.mission.different': 'Plan and launch again; if it happens twice, take this drone out of service.',
  'remedies.mission.no-progress': 'Check the link, then plan and launch again.',
  'remedies.mission.not-connected': 'Wait for the link, then plan and launch again.',
  'remedies.sortie.server-restarted': 'Look at the aircraft before you launch again.',
  'remedies.patrol.preview-expired': 'Plan the cell again: aircraft and batteries have changed since.',
  'remedies.patrol.not-launchable': 'See the findings of the plan.',
  'remedies.patrol.vehicle-battery': 'Charge it, or plan again with another drone.',
  'remedies.patrol.vehicle-prearm': 'Put right what the autopilot names, then plan again.',
  'remedies.patrol.vehicle-reserved': 'Plan again: another drone is chosen.',
  'remedies.plan.no-drone-ready':
    'See in the fleet list why: lost, not ready, already flying or too little battery.',
  'remedies.plan.area-too-large': 'Choose a smaller cell, or a greater height for a wider swath.',
  'remedies.plan.coverage-low': 'Choose another height.',
  'remedies.plan.empty-area': 'Correct the outline of the cell and import the grid again.',
  'remedies.plan.bad-area': 'Correct the outline of the cell and import the grid again.',
};
